// From the bus to an execution, and what becomes of an event that cannot get there.

import { expect, test } from 'vitest';
import { LEAST, synthesize, template } from './support/fleets.ts';
import { statements } from './support/iam.ts';
import { ACCOUNT, REGION } from './support/template.ts';

const rule = (name: string): string => `arn:aws:events:${REGION}:${ACCOUNT}:rule/fleet/${name}`;

test('a queued job that wants a self-hosted runner starts the live state machine', () => {
  const fleet = template();
  const { Properties } = fleet.one('AWS::Events::Rule', 'Eventsqueued');
  expect(Properties).toMatchObject({
    Name: 'fleet-queued',
    State: 'ENABLED',
    EventPattern: {
      source: ['github.com'],
      'detail-type': ['workflow_job'],
      detail: { action: ['queued'], workflow_job: { labels: ['self-hosted'] } },
    },
  });
  const [target, ...more] = Properties['Targets'];
  expect(more).toEqual([]);
  expect(fleet.text(target.Arn)).toMatch(/:stateMachine:fleet:live$/);
  expect(target.RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 });
  expect(fleet.text(target.DeadLetterConfig.Arn)).toMatch(/:fleet-dead-letters$/);
});

test('a completed job of that kind is told to the function release, which this rule alone may call', () => {
  const fleet = template();
  const { Properties } = fleet.one('AWS::Events::Rule', 'Eventscompleted');
  expect(Properties).toMatchObject({
    Name: 'fleet-completed',
    State: 'ENABLED',
    EventPattern: {
      source: ['github.com'],
      'detail-type': ['workflow_job'],
      detail: { action: ['completed'], workflow_job: { labels: ['self-hosted'] } },
    },
  });
  const [target, ...more] = Properties['Targets'];
  expect(more).toEqual([]);
  expect(fleet.text(target.Arn)).toMatch(/:function:fleet-release:live$/);
  expect(target.RoleArn).toBeUndefined();
  expect(fleet.text(target.DeadLetterConfig.Arn)).toMatch(/:fleet-dead-letters$/);
  const permission = fleet.one('AWS::Lambda::Permission', 'Eventscompleted').Properties;
  expect(permission).toMatchObject({ Action: 'lambda:InvokeFunction', Principal: 'events.amazonaws.com' });
  expect(fleet.text(permission['SourceArn'])).toBe(rule('fleet-completed'));
});

test('other labels can be asked for', () => {
  const fleet = synthesize({ ...LEAST, labels: ['large', 'small'] });
  for (const name of ['Eventsqueued', 'Eventscompleted']) {
    expect(fleet.one('AWS::Events::Rule', name).Properties['EventPattern'].detail.workflow_job.labels).toEqual(['large', 'small']);
  }
});

test('what cannot be delivered is kept for two weeks, encrypted, and only the rules may put it there', () => {
  const fleet = template();
  const { Properties, DeletionPolicy } = fleet.one('AWS::SQS::Queue');
  expect({ ...Properties, DeletionPolicy }).toMatchObject({
    QueueName: 'fleet-dead-letters',
    MessageRetentionPeriod: 14 * 86_400,
    SqsManagedSseEnabled: true,
  });
  const policy = statements(fleet, fleet.one('AWS::SQS::QueuePolicy').Properties['PolicyDocument']);
  expect(policy).toEqual([
    expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': ['false'] } } }),
    ...['fleet-queued', 'fleet-completed'].map((name) =>
      expect.objectContaining({
        Effect: 'Allow',
        Action: ['sqs:SendMessage'],
        Principal: { Service: 'events.amazonaws.com' },
        Condition: { ArnEquals: { 'aws:SourceArn': [rule(name)] } },
      }),
    ),
  ]);
});

test('events can be replayed for two weeks', () => {
  expect(template().one('AWS::Events::Archive').Properties).toMatchObject({
    ArchiveName: 'fleet',
    RetentionDays: 14,
    EventPattern: { source: ['github.com'] },
  });
});
