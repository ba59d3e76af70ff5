// The policy, as far as a deployment depends on it: that it is TOML, that its
// maximum is in Fargate's table, and that its architectures are deployed. The
// whole of it is checked by the function `size` (functions/size/README.md).

import { parse } from 'smol-toml';
import { FARGATE, STORAGE } from './fargate.ts';
import type { Architecture } from './names.ts';

/**
 * What is left of Lambda's 4 KB for a function's environment when the other
 * variables of `size` are in it.
 */
export const MOST_BYTES = 3900;

const ARCHITECTURE: Record<string, Architecture> = { x64: 'x86_64', arm64: 'arm64' };

type Table = Record<string, unknown>;

/** Everything that is wrong, one sentence each. */
export function policyProblems(text: string, architectures: readonly Architecture[]): string[] {
  const bytes = Buffer.byteLength(text);
  if (bytes > MOST_BYTES) {
    return [
      `policy has ${bytes} bytes, but a function's environment holds ${MOST_BYTES} besides its other variables: shorten its comments or its lists of repositories.`,
    ];
  }
  let policy: Table;
  try {
    policy = parse(text);
  } catch (error) {
    const [reason = ''] = String((error as Error).message).split('\n');
    return [`policy is not TOML (${reason}): correct that line.`];
  }
  return [...maximumProblems(table(policy['maximum'])), ...architectureProblems(policy, architectures)];
}

function maximumProblems({ cpu, mem, disk }: Table): string[] {
  const problems: string[] = [];
  const cpus = [...FARGATE.keys()];
  const memories = typeof cpu === 'number' ? FARGATE.get(cpu) : [...new Set([...FARGATE.values()].flat())];
  if (cpu !== undefined && !(typeof cpu === 'number' && FARGATE.has(cpu))) {
    problems.push(`policy maximum.cpu is ${String(cpu)}, but Fargate offers ${cpus.join(', ')} vCPU: set one of them.`);
  } else if (mem !== undefined && !(typeof mem === 'number' && memories?.includes(mem))) {
    const sizes = memories ?? [];
    problems.push(
      `policy maximum.mem is ${String(mem)}, but Fargate offers ${sizes[0]} to ${sizes.at(-1)} GB${cpu === undefined ? '' : ` with ${String(cpu)} vCPU`}, not that: set one of ${sizes.join(', ')}.`,
    );
  }
  if (disk !== undefined && !(Number.isInteger(disk) && within(Number(disk), STORAGE.from, STORAGE.to))) {
    problems.push(
      `policy maximum.disk is ${String(disk)}, but Fargate offers ${STORAGE.from} to ${STORAGE.to} GiB: set a whole number between them.`,
    );
  }
  return problems;
}

function architectureProblems(policy: Table, architectures: readonly Architecture[]): string[] {
  const sizes = { default: policy['default'] ?? {}, ...named(table(policy['profiles'])) };
  const allowed = Array.isArray(policy['architectures']) ? policy['architectures'] : [];
  const foreign = allowed.filter((word) => {
    const architecture = ARCHITECTURE[String(word)];
    return architecture === undefined || !architectures.includes(architecture);
  });
  const wrong = foreign.map(
    (word) => `policy architectures has ${JSON.stringify(word)}, but architectures are ${architectures.join(', ')}: change one of them.`,
  );
  return wrong.concat(Object.entries(sizes).flatMap(([key, size]) => {
    // What labels and policy leave open is x64.
    const arch = table(size)['arch'] ?? (key === 'default' ? 'x64' : undefined);
    const architecture = ARCHITECTURE[String(arch)];
    if (arch === undefined || (architecture && architectures.includes(architecture))) {
      return [];
    }
    return [
      `policy ${key}.arch is ${JSON.stringify(arch)}, but architectures are ${architectures.join(', ')}: change one of them.`,
    ];
  }));
}

function named(profiles: Table): Table {
  return Object.fromEntries(Object.entries(profiles).map(([name, size]) => [`profiles.${name}`, size]));
}

function table(value: unknown): Table {
  return typeof value === 'object' && value !== null ? (value as Table) : {};
}

function within(value: number, from: number, to: number): boolean {
  return value >= from && value <= to;
}
