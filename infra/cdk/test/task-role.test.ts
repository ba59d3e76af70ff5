// What a hostile job has in reach: its task's role, and nothing of ours by it.

import { describe, expect, test } from 'vitest';
import { ALL, type Kind, template } from './support/fleets.ts';
import { isAllowed, roleNamed, statementsOf } from './support/iam.ts';
import { ACCOUNT, REGION } from './support/template.ts';

const arn = (service: string, rest: string): string => `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;
const HANDOVER = arn('dynamodb', 'table/fleet-handover');
const CLAIMS = arn('dynamodb', 'table/fleet-claims');

describe.each(ALL)('a job in a fleet: %s', (kind: Kind) => {
  const fleet = template(kind);
  const role = statementsOf(fleet, 'ClusterTaskRole');
  const vpc = kind.includes('given') ? 'vpc-0123456789abcdef0' : '<FleetNetworkVpc';
  const ours = { 'aws:SourceVpc': role[0]?.Condition['StringEquals']?.['aws:SourceVpc']?.[0] ?? '' };
  const may = (action: string, resource: string, context: Record<string, string> = ours): boolean =>
    isAllowed(role, { action, resource, context });

  test('can take a hand-over from our VPC', () => {
    expect(ours['aws:SourceVpc'].startsWith(vpc)).toBe(true);
    expect(may('dynamodb:DeleteItem', HANDOVER)).toBe(true);
  });

  test('cannot take one from anywhere else', () => {
    expect(may('dynamodb:DeleteItem', HANDOVER, { 'aws:SourceVpc': 'vpc-elsewhere' })).toBe(false);
    expect(may('dynamodb:DeleteItem', HANDOVER, {})).toBe(false);
  });

  test('can delete nothing else', () => {
    for (const table of [CLAIMS, arn('dynamodb', 'table/other'), `${HANDOVER}/index/x`, `${HANDOVER}-2`]) {
      expect(may('dynamodb:DeleteItem', table), table).toBe(false);
    }
  });

  test.each([HANDOVER, CLAIMS])('can do no other call on %s', (table) => {
    const calls = ['GetItem', 'Query', 'Scan', 'PutItem', 'UpdateItem', 'BatchGetItem', 'BatchWriteItem', 'PartiQLSelect', 'PartiQLDelete', 'TransactGetItems', 'DescribeTable', 'DeleteTable', 'ExportTableToPointInTime'];
    expect(calls.filter((call) => may(`dynamodb:${call}`, table))).toEqual([]);
  });

  test('can do nothing in any other service', () => {
    const elsewhere: [string, string][] = [
      ['secretsmanager:GetSecretValue', arn('secretsmanager', 'secret:fleet/github-app-key-AbCdEf')],
      ['kms:Sign', arn('kms', 'key/1')],
      ['ssm:GetParameter', arn('ssm', 'parameter/x')],
      ['ssmmessages:CreateControlChannel', '*'],
      ['s3:GetObject', 'arn:aws:s3:::bucket/key'],
      ['ecs:RunTask', arn('ecs', 'task-definition/fleet-x86-64:1')],
      ['ecs:ExecuteCommand', arn('ecs', 'task/fleet/1')],
      ['ecs:StopTask', arn('ecs', 'task/fleet/1')],
      ['states:StartExecution', arn('states', 'stateMachine:fleet:live')],
      ['states:GetExecutionHistory', arn('states', 'execution:fleet:1')],
      ['events:PutEvents', arn('events', 'event-bus/fleet')],
      ['lambda:InvokeFunction', arn('lambda', 'function:fleet-mint:live')],
      ['logs:GetLogEvents', arn('logs', 'log-group:/ecs/fleet:log-stream:x')],
      ['ecr:BatchGetImage', arn('ecr', 'repository/fleet-runner')],
      ['iam:PassRole', `arn:aws:iam::${ACCOUNT}:role/x`],
      ...fleet.all('AWS::IAM::Role').map(([id]): [string, string] => ['sts:AssumeRole', `arn:aws:iam::${ACCOUNT}:role/${id}`]),
    ];
    expect(elsewhere.filter(([action, resource]) => may(action, resource))).toEqual([]);
  });

  test('would still be denied all that, whatever somebody allows the role later', () => {
    const widened = [...role, { Effect: 'Allow' as const, Action: ['*'], Resource: ['*'], Condition: {} }];
    const calls = ['secretsmanager:GetSecretValue', 'dynamodb:Scan', 'sts:AssumeRole', 's3:GetObject'];
    expect(calls.filter((action) => isAllowed(widened, { action, resource: HANDOVER, context: ours }))).toEqual([]);
    expect(isAllowed(widened, { action: 'dynamodb:DeleteItem', resource: CLAIMS, context: ours })).toBe(false);
  });

  test('runs without root, without a way in by ExecuteCommand, with the log as its only output', () => {
    for (const [, { Properties }] of fleet.all('AWS::ECS::TaskDefinition')) {
      expect(fleet.text(Properties['TaskRoleArn'])).toContain(roleNamed(fleet, 'ClusterTaskRole')[0]);
      const [container, ...more] = Properties['ContainerDefinitions'];
      expect(more).toEqual([]);
      expect(container).toMatchObject({
        Name: 'runner',
        Essential: true,
        User: '1001',
        StopTimeout: 120,
        Environment: [{ Name: 'HANDOVER_TABLE', Value: 'fleet-handover' }],
      });
      for (const key of ['Cpu', 'Memory', 'Privileged', 'Secrets', 'MountPoints', 'PortMappings', 'Command', 'EntryPoint']) {
        expect(container, key).not.toHaveProperty(key);
      }
    }
    const definition = fleet.one('AWS::StepFunctions::StateMachine').Properties['DefinitionString'];
    expect(definition).toContain('"EnableExecuteCommand": false');
  });
});
