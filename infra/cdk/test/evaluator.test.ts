// The evaluator that the other tests judge with, judged itself.

import { describe, expect, test } from 'vitest';
import { type Call, isAllowed, type Statement } from './support/iam.ts';

const table = 'arn:aws:dynamodb:eu-west-1:111122223333:table/one';
const call = (action: string, context?: Record<string, string>): Call => ({ action, resource: table, context });
const statement = (parts: Partial<Statement>): Statement => ({
  Effect: 'Allow',
  Action: ['dynamodb:GetItem'],
  Resource: [table],
  Condition: {},
  ...parts,
});

describe('the evaluator', () => {
  test('denies what nothing allows', () => {
    expect(isAllowed([], call('dynamodb:GetItem'))).toBe(false);
    expect(isAllowed([statement({})], call('dynamodb:PutItem'))).toBe(false);
    expect(isAllowed([statement({})], { action: 'dynamodb:GetItem', resource: `${table}-two` })).toBe(false);
  });

  test('allows what one statement allows, in any case of letters', () => {
    expect(isAllowed([statement({})], call('DynamoDB:getitem'))).toBe(true);
    expect(isAllowed([statement({ Action: ['dynamodb:*'], Resource: ['*'] })], call('dynamodb:GetItem'))).toBe(true);
    expect(isAllowed([statement({ Resource: [table.replace('one', '?ne')] })], call('dynamodb:GetItem'))).toBe(true);
  });

  test('lets a denial win', () => {
    const deny = statement({ Effect: 'Deny', Action: undefined, NotAction: ['dynamodb:PutItem'], Resource: ['*'] });
    expect(isAllowed([statement({}), deny], call('dynamodb:GetItem'))).toBe(false);
    const elsewhere = statement({ Effect: 'Deny', Resource: undefined, NotResource: [table] });
    expect(isAllowed([statement({}), elsewhere], call('dynamodb:GetItem'))).toBe(true);
  });

  test('takes a condition on a key that is not there as failed, but for IfExists', () => {
    const vpc = statement({ Condition: { StringEquals: { 'aws:SourceVpc': ['vpc-1'] } } });
    expect(isAllowed([vpc], call('dynamodb:GetItem'))).toBe(false);
    expect(isAllowed([vpc], call('dynamodb:GetItem', { 'aws:SourceVpc': 'vpc-2' }))).toBe(false);
    expect(isAllowed([vpc], call('dynamodb:GetItem', { 'aws:SourceVpc': 'vpc-1' }))).toBe(true);
    const off = statement({ Condition: { BoolIfExists: { 'ecs:enable-execute-command': ['false'] } } });
    expect(isAllowed([off], call('dynamodb:GetItem'))).toBe(true);
    expect(isAllowed([off], call('dynamodb:GetItem', { 'ecs:enable-execute-command': 'true' }))).toBe(false);
  });

  test('does not judge by an operator that it does not know', () => {
    const odd = statement({ Condition: { DateLessThan: { 'aws:CurrentTime': ['2030-01-01'] } } });
    expect(() => isAllowed([odd], call('dynamodb:GetItem', { 'aws:CurrentTime': '2026-01-01' }))).toThrow('DateLessThan');
  });
});
