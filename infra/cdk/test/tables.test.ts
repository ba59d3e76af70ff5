// Claims survive; hand-over items leave no trace.

import { expect, test } from 'vitest';
import { RemovalPolicy } from 'aws-cdk-lib';
import { LEAST, synthesize, template } from './support/fleets.ts';

test('claims can be restored to any second, and outlive the stack', () => {
  const claims = template().one('AWS::DynamoDB::Table', 'Claims');
  expect(claims).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  expect(claims.Properties).toMatchObject({
    TableName: 'fleet-claims',
    BillingMode: 'PAY_PER_REQUEST',
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  });
});

test('hand-over items are in no stream and no backup, and go with the stack', () => {
  const handover = template().one('AWS::DynamoDB::Table', 'Handover');
  expect(handover).toMatchObject({ DeletionPolicy: 'Delete' });
  expect(handover.Properties).toMatchObject({
    TableName: 'fleet-handover',
    BillingMode: 'PAY_PER_REQUEST',
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
  });
  expect(handover.Properties).not.toHaveProperty('StreamSpecification');
  expect(handover.Properties).not.toHaveProperty('KinesisStreamSpecification');
});

test('expiry is never left to DynamoDB, and the key is the code’s', () => {
  for (const [, { Properties }] of template().all('AWS::DynamoDB::Table')) {
    expect(Properties).not.toHaveProperty('TimeToLiveSpecification');
    expect(Properties['KeySchema']).toEqual([{ AttributeName: 'pk', KeyType: 'HASH' }]);
  }
});

test('claims can be told to go with the stack', () => {
  const fleet = synthesize({ ...LEAST, claimsRemovalPolicy: RemovalPolicy.DESTROY });
  expect(fleet.one('AWS::DynamoDB::Table', 'Claims').DeletionPolicy).toBe('Delete');
});
