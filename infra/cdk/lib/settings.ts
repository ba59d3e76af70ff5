// The app's settings file: the construct's props as JSON, with the policy in a
// file of its own. `jit-runners setup` writes it.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { RemovalPolicy } from 'aws-cdk-lib';
import { PropsInvalid } from './check.ts';
import type { JitRunnersProps } from './props.ts';

const FOLDER = path.resolve(import.meta.dirname, '..');
const EXAMPLE = path.join(FOLDER, 'jit-runners.example.json');

/** Settings that were read. */
export interface Settings {
  readonly props: JitRunnersProps;
  /** Whether they are the example's, which no App answers to. */
  readonly example: boolean;
}

/** Keys that stand for something else than the prop of their name. */
interface Written extends Omit<JitRunnersProps, 'policy' | 'claimsRemovalPolicy'> {
  /** Path of the policy file, from the settings file. */
  readonly policyFile?: string;
  /** `retain` or `destroy`. */
  readonly claimsRemovalPolicy?: 'retain' | 'destroy';
}

const KEYS: ReadonlySet<string> = new Set([
  'name',
  'github',
  'scope',
  'runnerGroupId',
  'runnerNamePrefix',
  'policyFile',
  'architectures',
  'functionArchitecture',
  'packageDirectory',
  'functions',
  'logLevel',
  'webhook',
  'network',
  'image',
  'labels',
  'reconcile',
  'archiveDays',
  'logRetentionDays',
  'claimsRemovalPolicy',
  'alarms',
  'containerInsights',
] satisfies (keyof Written)[]);

/**
 * Reads `file`, else jit-runners.json, else the example.
 * @throws PropsInvalid where the file cannot be read or has unknown keys.
 */
export function readSettings(file?: string): Settings {
  const own = path.resolve(FOLDER, file ?? 'jit-runners.json');
  if (existsSync(own)) {
    return { props: read(own), example: false };
  }
  if (file !== undefined) {
    throw new PropsInvalid([`settings is ${JSON.stringify(file)}, but there is no such file: correct the path after "-c settings=".`]);
  }
  return { props: read(EXAMPLE), example: true };
}

function read(file: string): JitRunnersProps {
  const { policyFile, claimsRemovalPolicy, ...props } = parse(file);
  const removal = { retain: RemovalPolicy.RETAIN, destroy: RemovalPolicy.DESTROY }[claimsRemovalPolicy ?? 'retain'];
  if (removal === undefined) {
    throw new PropsInvalid([
      `claimsRemovalPolicy is ${JSON.stringify(claimsRemovalPolicy)}, but the table is kept or goes with the stack: set retain or destroy.`,
    ]);
  }
  return {
    ...props,
    claimsRemovalPolicy: removal,
    ...(policyFile === undefined ? {} : { policy: policyText(file, policyFile) }),
  };
}

function parse(file: string): Written {
  let written: unknown;
  try {
    written = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new PropsInvalid([`${path.basename(file)} is not JSON (${(error as Error).message}): correct it.`]);
  }
  if (typeof written !== 'object' || written === null || Array.isArray(written)) {
    throw new PropsInvalid([`${path.basename(file)} must hold one JSON object: see jit-runners.example.json.`]);
  }
  const unknown = Object.keys(written).filter((key) => !KEYS.has(key));
  if (unknown.length > 0) {
    throw new PropsInvalid(
      unknown.map((key) => `${path.basename(file)} has the key ${JSON.stringify(key)}, which is none of ${[...KEYS].join(', ')}: correct or remove it.`),
    );
  }
  return written as Written;
}

function policyText(settings: string, policyFile: string): string {
  const file = path.resolve(path.dirname(settings), policyFile);
  if (!existsSync(file)) {
    throw new PropsInvalid([
      `policyFile is ${JSON.stringify(policyFile)}, but there is no such file beside ${path.basename(settings)}: write one (functions/size/policy.example.toml shows how) or correct the path.`,
    ]);
  }
  return readFileSync(file, 'utf8');
}
