// Runners connect out and never in; hand-overs go through the gateway endpoint.

import { describe, expect, test } from 'vitest';
import { ALL, type Kind, template } from './support/fleets.ts';

describe.each(ALL)('runners in a fleet: %s', (kind: Kind) => {
  const fleet = template(kind);

  test('take no connection, and make only those that were named', () => {
    const { Properties } = fleet.one('AWS::EC2::SecurityGroup', 'Runners');
    expect(Properties).not.toHaveProperty('SecurityGroupIngress');
    const out = (Properties['SecurityGroupEgress'] as any[]).map((it) => `${it.IpProtocol} ${it.FromPort}-${it.ToPort}`);
    expect(out).toEqual(kind === 'endpoints instead of NAT' ? ['tcp 443-443', 'tcp 53-53', 'udp 53-53'] : ['tcp 443-443']);
    expect(fleet.all('AWS::EC2::SecurityGroupIngress')).toEqual([]);
  });

  test('reach DynamoDB through a gateway endpoint', () => {
    const gateways = fleet
      .all('AWS::EC2::VPCEndpoint')
      .filter(([, { Properties }]) => Properties['VpcEndpointType'] === 'Gateway')
      .map(([, { Properties }]) => fleet.text(Properties['ServiceName']).split('.').at(-1));
    const expected = !kind.includes('given')
      ? ['dynamodb', 's3']
      : kind === 'given VPC'
        ? ['dynamodb']
        : [];
    expect(gateways.sort()).toEqual(expected);
  });

  test('have no machine of ours beside them that would cost by the hour, but where it was chosen', () => {
    expect(fleet.all('AWS::EC2::NatGateway')).toHaveLength(kind === 'NAT gateway' ? 1 : 0);
    const interfaces = fleet
      .all('AWS::EC2::VPCEndpoint')
      .filter(([, { Properties }]) => Properties['VpcEndpointType'] === 'Interface')
      .map(([, { Properties }]) => fleet.text(Properties['ServiceName']).replace(/^com\.amazonaws\.[\w-]+\./, ''));
    const expected: Partial<Record<Kind, string[]>> = {
      'endpoints instead of NAT': ['ecr.api', 'ecr.dkr', 'logs'],
      'private API': ['execute-api'],
    };
    expect(interfaces.sort()).toEqual(expected[kind] ?? []);
  });
});

test('subnets give nobody a public address by themselves', () => {
  for (const [, { Properties }] of template().all('AWS::EC2::Subnet')) {
    expect(Properties['MapPublicIpOnLaunch']).toBe(false);
  }
});

test('without NAT, nothing routes to the internet', () => {
  const fleet = template('endpoints instead of NAT');
  expect(fleet.all('AWS::EC2::Route')).toEqual([]);
  expect(fleet.all('AWS::EC2::InternetGateway')).toEqual([]);
});

test('a private API answers its endpoint alone', () => {
  const fleet = template('private API behind a given endpoint');
  const { Properties } = fleet.one('AWS::ApiGateway::RestApi');
  expect(Properties['EndpointConfiguration']).toEqual({ Types: ['PRIVATE'], VpcEndpointIds: ['vpce-0123456789abcdef0'] });
  expect(Properties['Policy'].Statement).toEqual([
    expect.objectContaining({
      Action: 'execute-api:Invoke',
      Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-0123456789abcdef0' } },
    }),
  ]);
  expect(fleet.all('AWS::Lambda::Url')).toEqual([]);
});
