// Fleets of several kinds, synthesized once each.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { FleetStack } from '../../lib/app.ts';
import type { JitRunnersProps } from '../../lib/props.ts';
import { Template } from './template.ts';

/** The least that a fleet is told. */
export const LEAST: JitRunnersProps = { name: 'fleet', github: { appId: 7, installationId: 8 } };

const given = {
  kind: 'given',
  vpcId: 'vpc-0123456789abcdef0',
  subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
} as const;

/** A folder with a Dockerfile, as good as any for a template. */
const IMAGE = path.resolve(import.meta.dirname, '../../../image');

/** What fleets may differ in. */
export const KINDS = {
  default: {},
  'signing key in KMS': {
    github: {
      appId: 7,
      installationId: 8,
      appKeyKmsArn: 'arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555',
    },
  },
  'secrets by ARN': {
    github: {
      appId: 7,
      installationId: 8,
      appKeySecretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-key-AbCdEf',
      webhookSecretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:hook-AbCdEf',
    },
  },
  'given VPC': { network: { ...given, routeTableIds: ['rtb-0123456789abcdef0'] } },
  'given VPC with its endpoint': { network: { ...given, hasDynamoDbEndpoint: true } },
  'private API': { webhook: { kind: 'private-api' } },
  'private API behind a given endpoint': {
    network: { ...given, hasDynamoDbEndpoint: true },
    webhook: { kind: 'private-api', vpcEndpointId: 'vpce-0123456789abcdef0' },
  },
  'x86_64 alone': { functionArchitecture: 'x86_64', architectures: ['x86_64'] },
  'NAT gateway': { network: { kind: 'nat' } },
  'endpoints instead of NAT': { network: { kind: 'endpoints', egressPorts: [443, 53] } },
  'image from a registry': { image: { registry: 'registry.example/runner:1' } },
  'image from a private ECR': {
    image: { registry: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/runner:1' },
    containerInsights: true,
  },
  'with everything said': {
    github: {
      appId: 7,
      installationId: 8,
      apiUrl: 'https://github.example/api/v3',
      owners: ['foo-organisation', 'bar'],
      appKeyKmsArn: 'arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555',
    },
    scope: 'repository',
    runnerGroupId: 3,
    runnerNamePrefix: 'ci',
    policy: 'other_labels = "default-size"\n',
    architectures: ['arm64', 'x86_64'],
    functions: { webhook: { memoryMiB: 512, timeoutSeconds: 9, reservedConcurrency: 20 } },
    logLevel: 'debug',
    webhook: { kind: 'url', hookCidrs: ['192.0.2.0/24', '2001:db8::/32'] },
    network: { kind: 'public', cidr: '10.9.0.0/20', availabilityZones: 2, egressPorts: [443] },
    image: { asset: { directory: IMAGE, buildArgs: { SETUID: 'keep' } }, user: 1001 },
    labels: ['self-hosted'],
    reconcile: { periodMinutes: 1, githubCalls: 100, organizationHook: 'foo-organisation/12345678' },
    archiveDays: 30,
    containerInsights: true,
  },
} as const satisfies Record<string, Partial<JitRunnersProps>>;

/** The name of one of {@link KINDS}. */
export type Kind = keyof typeof KINDS;

/** All of them. */
export const ALL = Object.keys(KINDS) as Kind[];

/** The feature flags that the app is synthesized with. */
export const CONTEXT = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../cdk.json'), 'utf8')).context;

const made = new Map<Kind, Template>();

/** The template of a fleet of this kind. */
export function template(kind: Kind = 'default'): Template {
  const template = made.get(kind) ?? synthesize({ ...LEAST, ...KINDS[kind] } as JitRunnersProps);
  made.set(kind, template);
  return template;
}

/** The template of a fleet with these props. */
export function synthesize(props: JitRunnersProps): Template {
  const outdir = mkdtempSync(path.join(tmpdir(), 'jit-runners-cdk-'));
  try {
    const packages = path.join(outdir, 'package');
    const app = new App({ outdir, context: CONTEXT });
    const stack = new FleetStack(app, { packageDirectory: packages, ...props });
    return new Template(app.synth().getStackByName(stack.stackName).template, stack.fleet.names.fleet);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** Runs `test` with a folder that holds stand-ins for the functions' packages. */
export function withPackages<T>(test: (directory: string) => T): T {
  const directory = mkdtempSync(path.join(tmpdir(), 'jit-runners-packages-'));
  try {
    for (const architecture of ['arm64', 'x86_64']) {
      // An empty archive: its end record alone.
      const end = Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)]);
      writeFileSync(path.join(directory, `bootstrap-${architecture}.zip`), end);
      mkdirSync(path.join(directory, `image-${architecture}`));
      writeFileSync(path.join(directory, `image-${architecture}`, 'entrypoint'), architecture);
    }
    return test(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
