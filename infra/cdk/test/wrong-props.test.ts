// Props that cannot work are refused at synth: one sentence each, which names
// the prop, its value, the rule and the way out.

import { describe, expect, test } from 'vitest';
import { PropsInvalid, check } from '../lib/check.ts';
import type { JitRunnersProps } from '../lib/props.ts';
import { LEAST, synthesize } from './support/fleets.ts';

const given = { kind: 'given', vpcId: 'vpc-1', subnetIds: ['subnet-1'], hasDynamoDbEndpoint: true } as const;
const github = LEAST.github;

/** The sentences about `props`, which may be of any shape, as a settings file is. */
function sentences(props: Record<string, unknown>): readonly string[] {
  try {
    check({ ...LEAST, ...props } as JitRunnersProps);
    return [];
  } catch (error) {
    return (error as PropsInvalid).problems;
  }
}

/** What is wrong, and words that the one sentence about it must have. */
const WRONG: [what: string, props: Record<string, unknown>, words: string[]][] = [
  ['no App id', { github: { installationId: 8 } }, ['github.appId is missing', 'above 0', 'jit-runners setup']],
  ['App id 0', { github: { ...github, appId: 0 } }, ['github.appId is 0', 'above 0']],
  ['an App id that is no number', { github: { ...github, appId: 'x' } }, ['github.appId is "x"']],
  ['no installation', { github: { appId: 7 } }, ['github.installationId is missing']],
  ['an API address that is none', { github: { ...github, apiUrl: 'github' } }, ['github.apiUrl is "github"', 'https://']],
  ['two keys for one App', { github: { ...github, appKeyKmsArn: 'arn:aws:kms:eu-west-1:111122223333:key/1', appKeySecretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:k-AbCdEf' } }, ['appKeyKmsArn and github.appKeySecretArn are both set']],
  ['a key by its alias', { github: { ...github, appKeyKmsArn: 'alias/app' } }, ['github.appKeyKmsArn is "alias/app"', 'arn:aws:kms:']],
  ['a secret without its six characters', { github: { ...github, webhookSecretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:h' } }, ['github.webhookSecretArn', 'six characters']],
  ['an unknown scope', { scope: 'enterprise' }, ['scope is "enterprise"', 'organization', 'repository']],
  ['a runner group 0', { runnerGroupId: 0 }, ['runnerGroupId is 0']],
  ['a prefix with a blank', { runnerNamePrefix: 'a b' }, ['runnerNamePrefix is "a b"']],
  ['a name in capitals', { name: 'Fleet' }, ['name is "Fleet"', '1 to 32 lower-case']],
  ['a name that begins with a digit', { name: '1fleet' }, ['name is "1fleet"', 'a letter first']],
  ['a name that is too long', { name: 'a'.repeat(33) }, ['1 to 32']],
  ['an empty name', { name: '' }, ['name is ""']],
  ['an unknown architecture', { architectures: ['riscv'] }, ['architectures has "riscv"', 'x86_64 or arm64']],
  ['no architecture', { architectures: [] }, ['architectures is []', 'at least one']],
  ['an architecture twice', { architectures: ['arm64', 'arm64'] }, ['twice']],
  ['functions of an unknown architecture', { functionArchitecture: 'x64' }, ['functionArchitecture is "x64"', 'x86_64 or arm64']],
  ['a policy that is not TOML', { policy: 'cpu = ' }, ['policy is not TOML']],
  ['a policy over the environment', { policy: `#${'x'.repeat(4000)}` }, ['policy has 4001 bytes', '3900']],
  ['a maximum of 64 vCPU', { policy: '[maximum]\ncpu = 64' }, ['policy maximum.cpu is 64', '0.25, 0.5, 1, 2, 4, 8, 16, 32']],
  ['a maximum of 3 vCPU', { policy: '[maximum]\ncpu = 3' }, ['policy maximum.cpu is 3']],
  ['a maximum in words', { policy: '[maximum]\ncpu = "4"' }, ['policy maximum.cpu is 4']],
  ['a maximum of 300 GB', { policy: '[maximum]\nmem = 300' }, ['policy maximum.mem is 300', '0.5 to 244 GB']],
  ['a maximum that its CPU cannot have', { policy: '[maximum]\ncpu = 4\nmem = 64' }, ['policy maximum.mem is 64', '8 to 30 GB with 4 vCPU']],
  ['a maximum between two steps', { policy: '[maximum]\ncpu = 8\nmem = 17' }, ['policy maximum.mem is 17', '16, 20, 24']],
  ['a maximum of 10 GiB storage', { policy: '[maximum]\ndisk = 10' }, ['policy maximum.disk is 10', '20 to 200 GiB']],
  ['a maximum of 500 GiB storage', { policy: '[maximum]\ndisk = 500' }, ['policy maximum.disk is 500']],
  ['a profile whose architecture is not deployed', { architectures: ['x86_64'], policy: '[profiles.cheap]\narch = "arm64"' }, ['policy profiles.cheap.arch is "arm64"', 'architectures are x86_64']],
  ['an allowed architecture that is not deployed', { architectures: ['x86_64'], policy: 'architectures = ["x64", "arm64"]' }, ['policy architectures has "arm64"', 'architectures are x86_64']],
  ['a default whose architecture is not deployed', { architectures: ['arm64'] }, ['policy default.arch is "x64"', 'architectures are arm64']],
  ['an unknown function', { functions: { release: {} } }, ['functions has "release"', 'verify-removal']],
  ['too little memory', { functions: { mint: { memoryMiB: 64 } } }, ['functions.mint.memoryMiB is 64', '128 to 10240']],
  ['too much time', { functions: { mint: { timeoutSeconds: 901 } } }, ['functions.mint.timeoutSeconds is 901', '1 to 900']],
  ['no concurrency', { functions: { mint: { reservedConcurrency: 0 } } }, ['functions.mint.reservedConcurrency is 0']],
  ['an unknown network', { network: { kind: 'vpn' } }, ['network.kind is "vpn"', 'public, nat, endpoints, given']],
  ['no subnets', { network: { ...given, subnetIds: [] } }, ['network.subnetIds is []', 'at least one']],
  ['subnets left out', { network: { ...given, subnetIds: undefined } }, ['network.subnetIds is missing', 'at least one']],
  ['a subnet that is none', { network: { ...given, subnetIds: ['10.0.0.0/24'] } }, ['network.subnetIds has "10.0.0.0/24"', 'subnet-']],
  ['no VPC', { network: { ...given, vpcId: undefined } }, ['network.vpcId has missing', 'vpc-']],
  ['no way to DynamoDB', { network: { ...given, hasDynamoDbEndpoint: false } }, ['network.routeTableIds is missing', 'hasDynamoDbEndpoint']],
  ['subnets of a new VPC', { network: { subnetIds: ['subnet-1'] } }, ['network.subnetIds', 'network.kind is "public"']],
  ['a range for a given VPC', { network: { ...given, cidr: '10.0.0.0/16' } }, ['network.cidr', 'network.kind is "given"']],
  ['a range that is none', { network: { cidr: '10.0.0/16' } }, ['network.cidr is "10.0.0/16"', '10.0.0.0/16']],
  ['a range that is too large', { network: { cidr: '10.0.0.0/8' } }, ['network.cidr is "10.0.0.0/8"', '/16 to /24']],
  ['too many zones', { network: { availabilityZones: 7 } }, ['network.availabilityZones is 7', '1 to 3']],
  ['no port', { network: { egressPorts: [] } }, ['network.egressPorts is []', '443']],
  ['a port that is none', { network: { egressPorts: [70_000] } }, ['network.egressPorts', '70000', '65535']],
  ['an unknown way in', { webhook: { kind: 'alb' } }, ['webhook.kind is "alb"', 'url or private-api']],
  ['a hook range that is none', { webhook: { hookCidrs: ['140.82.112.0'] } }, ['webhook.hookCidrs has "140.82.112.0"', '/meta']],
  ['a hook range with too many bits', { webhook: { hookCidrs: ['140.82.112.0/33'] } }, ['webhook.hookCidrs has "140.82.112.0/33"']],
  ['an endpoint for a public URL', { webhook: { vpcEndpointId: 'vpce-1' } }, ['webhook.vpcEndpointId', 'private-api']],
  ['an endpoint that is none', { webhook: { kind: 'private-api', vpcEndpointId: 'vpc-1' } }, ['webhook.vpcEndpointId has "vpc-1"']],
  ['two images', { image: { registry: 'r', asset: { directory: '.' } } }, ['image.registry and image.asset']],
  ['no image for an architecture', { image: { registry: { arm64: 'r' } } }, ['image.registry has no address for x86_64']],
  ['root', { image: { user: 0 } }, ['image.user is 0']],
  ['a period that never ends', { reconcile: { periodMinutes: 90 } }, ['reconcile.periodMinutes is 90', '1 to 60']],
  ['no calls to GitHub', { reconcile: { githubCalls: 0 } }, ['reconcile.githubCalls is 0', '4 to 1000']],
  ['a webhook of nobody', { reconcile: { organizationHook: '12345678' } }, ['reconcile.organizationHook is "12345678"', 'acme/12345678']],
  ['no labels', { labels: [] }, ['labels is []']],
  ['an archive for ever', { archiveDays: 0 }, ['archiveDays is 0', '1 to 365']],
  ['a retention that CloudWatch has not', { logRetentionDays: 10 }, ['logRetentionDays is 10', '1, 3, 5, 7, 14, 30']],
];

describe('refused at synth', () => {
  test.each(WRONG)('%s', (_, props, words) => {
    const [sentence = '', ...more] = sentences(props);
    expect(more).toEqual([]);
    for (const word of words) {
      expect(sentence).toContain(word);
    }
    // One line: what, why, and what to do behind a colon.
    expect(sentence).toMatch(/^[^\n]+: [^\n]+\.$/);
  });

  test('everything at once, before anything is made', () => {
    const props = { name: 'F', github: { appId: 0, installationId: 0 }, network: { kind: 'given' } } as JitRunnersProps;
    expect(() => synthesize(props)).toThrow(PropsInvalid);
    expect(sentences({ ...props })).toHaveLength(6);
  });
});

describe('taken', () => {
  const RIGHT: [what: string, props: Record<string, unknown>][] = [
    ['the least', {}],
    ['the longest name', { name: `a${'b'.repeat(31)}` }],
    ['the largest maximum', { policy: '[maximum]\ncpu = 32\nmem = 244\ndisk = 200' }],
    ['the smallest maximum', { policy: '[maximum]\ncpu = 0.25\nmem = 0.5\ndisk = 20' }],
    ['Arm alone, with a policy that says so', { architectures: ['arm64'], policy: '[default]\narch = "arm64"' }],
    ['hook ranges of both kinds', { webhook: { hookCidrs: ['140.82.112.0/20', '2a0a:a440::/29'] } }],
    ['one index for all architectures', { image: { registry: 'ghcr.io/o/r@sha256:0' } }],
  ];

  test.each(RIGHT)('%s', (_, props) => {
    expect(sentences(props)).toEqual([]);
  });
});
