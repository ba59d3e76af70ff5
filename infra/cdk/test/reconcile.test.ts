// The schedule of the function reconcile, and what it is told.

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { LEAST, synthesize, template } from './support/fleets.ts';

test('the function is called every two minutes, in the fleet’s own group of schedules', () => {
  const fleet = template();
  expect(fleet.one('AWS::Scheduler::ScheduleGroup').Properties).toMatchObject({ Name: 'fleet' });
  const { Properties } = fleet.one('AWS::Scheduler::Schedule');
  expect(Properties).toMatchObject({
    Name: 'fleet-reconcile',
    GroupName: 'fleet',
    State: 'ENABLED',
    ScheduleExpression: 'rate(2 minutes)',
    FlexibleTimeWindow: { Mode: 'OFF' },
  });
  expect(fleet.text(Properties['Target'].Arn)).toMatch(/:function:fleet-reconcile:live$/);
  expect(JSON.parse(Properties['Target'].Input)).toEqual({ version: 1 });
  expect(Properties['Target'].RetryPolicy.MaximumRetryAttempts).toBe(0);
});

test('another period can be chosen', () => {
  const rate = (periodMinutes: number): unknown =>
    synthesize({ ...LEAST, reconcile: { periodMinutes } }).one('AWS::Scheduler::Schedule').Properties['ScheduleExpression'];
  expect(rate(1)).toBe('rate(1 minute)');
  expect(rate(10)).toBe('rate(10 minutes)');
});

test('it knows the policy that jobs are sized by, and the labels that start an execution', () => {
  const fleet = template('with everything said');
  const variables = (handler: string): Record<string, string> =>
    fleet.one('AWS::Lambda::Function', handler).Properties['Environment'].Variables;
  const ours = variables('Functionsreconcile');
  expect(ours['POLICY']).toBe(variables('Functionssize')['POLICY']);
  expect(ours['RECONCILE_LABELS']).toBe('self-hosted');
  expect(ours['RECONCILE_ORG_HOOK_ID']).toBe('foo-organisation/12345678');
  expect(fleet.text(ours['STATE_MACHINE_ARN'])).toMatch(/:stateMachine:fleet$/);
  expect(fleet.text(ours['DEAD_LETTER_QUEUE_URL'])).toMatch(/^https:\/\/sqs\..*\/fleet-dead-letters$/);
});

test('beside a long policy it is told which one that is, for variables have 4 KB in all', () => {
  const policy = `# ${'x'.repeat(3800)}\n`;
  const fleet = synthesize({ ...LEAST, policy });
  const variables = fleet.one('AWS::Lambda::Function', 'Functionsreconcile').Properties['Environment'].Variables;
  expect(variables['POLICY']).toBeUndefined();
  expect(variables['ARCHITECTURES']).toBe('x86_64,arm64');
  expect(variables['POLICY_HASH']).toBe(createHash('sha256').update(policy).digest('hex'));
});
