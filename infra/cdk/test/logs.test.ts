// Logs end some day, and carry no payload.

import { describe, expect, test } from 'vitest';
import { ALL, type Kind, LEAST, synthesize, template } from './support/fleets.ts';

describe.each(ALL)('a fleet: %s', (kind: Kind) => {
  const fleet = template(kind);

  test('keeps every log for a time, and takes it along when it goes', () => {
    const groups = fleet.all('AWS::Logs::LogGroup');
    expect(groups.length).toBeGreaterThanOrEqual(7);
    for (const [id, { Properties, DeletionPolicy }] of groups) {
      expect([id, Properties['RetentionInDays'], DeletionPolicy]).toEqual([id, 30, 'Delete']);
    }
  });

  test('gives every writer its own group', () => {
    const names = fleet.all('AWS::Logs::LogGroup').map(([, { Properties }]) => Properties['LogGroupName']);
    for (const [, { Properties }] of fleet.all('AWS::Lambda::Function')) {
      expect(fleet.text(Properties['LoggingConfig'].LogGroup)).toBe(`/aws/lambda/${Properties['FunctionName']}`);
      expect(names).toContain(`/aws/lambda/${Properties['FunctionName']}`);
    }
    for (const [, { Properties }] of fleet.all('AWS::ECS::TaskDefinition')) {
      const { LogDriver, Options } = Properties['ContainerDefinitions'][0].LogConfiguration;
      expect(LogDriver).toBe('awslogs');
      expect(fleet.text(Options['awslogs-group'])).toBe('/ecs/fleet');
      expect(Options['awslogs-stream-prefix']).toBe('runner');
      expect(Options['awslogs-create-group']).toBeUndefined();
    }
  });

  test('logs the states of an execution without their data', () => {
    const { LoggingConfiguration, TracingConfiguration } = fleet.one('AWS::StepFunctions::StateMachine').Properties;
    expect(LoggingConfiguration).toMatchObject({ Level: 'ALL', IncludeExecutionData: false });
    expect(fleet.text(LoggingConfiguration.Destinations[0].CloudWatchLogsLogGroup.LogGroupArn)).toContain(
      ':log-group:/aws/vendedlogs/states/fleet:*',
    );
    expect(TracingConfiguration).toEqual({ Enabled: true });
  });

  test('logs no body of a webhook', () => {
    for (const [, { Properties }] of fleet.all('AWS::ApiGateway::Stage')) {
      expect(Properties['MethodSettings']).toBeUndefined();
      expect(Properties['AccessLogSetting']).toBeUndefined();
    }
  });
});

test('logs are kept as long as it was told', () => {
  const fleet = synthesize({ ...LEAST, logRetentionDays: 7 });
  const days = fleet.all('AWS::Logs::LogGroup').map(([, { Properties }]) => Properties['RetentionInDays']);
  expect(new Set(days)).toEqual(new Set([7]));
});
