// Network and webhook props that cannot work, one sentence each.

import { BlockList, isIP } from 'node:net';
import { Token } from 'aws-cdk-lib';
import { range, shown } from './check.ts';
import type { NetworkProps, WebhookProps } from './props.ts';

const KINDS = ['public', 'nat', 'endpoints', 'given'];
const WAYS_IN = ['url', 'private-api'];
/** Props that only a given VPC has. */
const GIVEN = ['vpcId', 'subnetIds', 'assignPublicIp', 'routeTableIds', 'hasDynamoDbEndpoint'] as const;
/** Props that only a new VPC has. */
const NEW = ['cidr', 'availabilityZones'] as const;

/** Everything that is wrong. */
export function networkProblems(network: NetworkProps, webhook: WebhookProps): string[] {
  const kind = network.kind ?? 'public';
  const problems = KINDS.includes(kind)
    ? []
    : [`network.kind is ${shown(kind)}, but a network is ${KINDS.join(', ')}: set one of these words.`];
  problems.push(...(kind === 'given' ? givenProblems(network) : newProblems(network)));
  const misplaced = kind === 'given' ? NEW : GIVEN;
  for (const prop of misplaced.filter((name) => network[name] !== undefined)) {
    problems.push(
      `network.${prop} is ${shown(network[prop])}, but network.kind is ${shown(kind)}, which does not take it: remove it or change the kind.`,
    );
  }
  const ports = network.egressPorts ?? [443];
  if (ports.length === 0) {
    problems.push('network.egressPorts is [], but runners reach GitHub and AWS over HTTPS: name 443 at least.');
  }
  problems.push(...ports.flatMap((port) => range('network.egressPorts has a port that', port, 1, 65_535)));
  return [...problems, ...webhookProblems(webhook)];
}

function givenProblems(network: NetworkProps): string[] {
  const problems = [...ids('network.vpcId', [network.vpcId], 'vpc-')];
  if (network.subnetIds === undefined || network.subnetIds.length === 0) {
    problems.push(
      `network.subnetIds is ${shown(network.subnetIds)}, but runners need at least one subnet: name subnets of the VPC with a way out to GitHub.`,
    );
  }
  problems.push(...ids('network.subnetIds', network.subnetIds ?? [], 'subnet-'));
  problems.push(...ids('network.routeTableIds', network.routeTableIds ?? [], 'rtb-'));
  if (!network.hasDynamoDbEndpoint && (network.routeTableIds ?? []).length === 0) {
    problems.push(
      'network.routeTableIds is missing, but hand-overs must come through a DynamoDB gateway endpoint: name the route tables of the subnets to add one, or set network.hasDynamoDbEndpoint where there is one.',
    );
  }
  return problems;
}

function newProblems({ cidr, availabilityZones }: NetworkProps): string[] {
  const problems = range('network.availabilityZones', availabilityZones, 1, 3);
  const bits = Number(cidr?.split('/')[1]);
  if (cidr !== undefined && !(isCidr(cidr) && isIP(cidr.split('/')[0] ?? '') === 4 && bits >= 16 && bits <= 24)) {
    problems.push(`network.cidr is ${shown(cidr)}, but a VPC has an IPv4 range from /16 to /24 here: set one such as 10.0.0.0/16.`);
  }
  return problems;
}

function webhookProblems({ kind = 'url', hookCidrs = [], vpcEndpointId }: WebhookProps): string[] {
  const problems = WAYS_IN.includes(kind)
    ? []
    : [`webhook.kind is ${shown(kind)}, but GitHub's way in is ${WAYS_IN.join(' or ')}: set one of these words.`];
  for (const cidr of hookCidrs.filter((text) => !isCidr(text))) {
    problems.push(
      `webhook.hookCidrs has ${shown(cidr)}, but must hold ranges of addresses such as 140.82.112.0/20: take them from "hooks" of https://api.github.com/meta.`,
    );
  }
  if (vpcEndpointId !== undefined) {
    problems.push(...ids('webhook.vpcEndpointId', [vpcEndpointId], 'vpce-'));
    if (kind !== 'private-api') {
      problems.push(
        `webhook.vpcEndpointId is ${shown(vpcEndpointId)}, but webhook.kind is ${shown(kind)}: set webhook.kind to private-api or remove it.`,
      );
    }
  }
  return problems;
}

function ids(prop: string, values: readonly (string | undefined)[], prefix: string): string[] {
  return values
    .filter((id) => !Token.isUnresolved(id) && !new RegExp(`^${prefix}[0-9a-z]+$`).test(id ?? ''))
    .map((id) => `${prop} has ${shown(id)}, but such an id begins with "${prefix}": copy it from the VPC console.`);
}

/** An address, `/`, and a number of bits that the address has. */
function isCidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0 || !/^\d{1,3}$/.test(bits)) {
    return false;
  }
  try {
    new BlockList().addSubnet(address, Number(bits), version === 4 ? 'ipv4' : 'ipv6');
    return true;
  } catch {
    return false;
  }
}
