// cdk-nag's AwsSolutions pack: every kind of fleet passes, every finding that
// stands has a reason, and the pack is really run.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Validations, aws_dynamodb as dynamodb, aws_iam as iam, aws_sqs as sqs } from 'aws-cdk-lib';
import { expect, test } from 'vitest';
import { deployable, type FleetStack } from '../lib/app.ts';
import type { JitRunnersProps } from '../lib/props.ts';
import { ALL, CONTEXT, KINDS, LEAST } from './support/fleets.ts';

/** The rules that the fleet's app breaks, after `change` to its stack. */
function broken(props: Partial<JitRunnersProps>, change: (stack: FleetStack) => void = () => {}): string[] {
  const outdir = mkdtempSync(path.join(tmpdir(), 'jit-runners-nag-'));
  try {
    const app = new App({ outdir, context: CONTEXT });
    change(deployable(app, { props: { ...LEAST, packageDirectory: outdir, ...props }, example: false }));
    app.synth();
    return [];
  } catch (error) {
    if ((error as Error).name !== 'ValidationFailed') {
      throw error;
    }
    const rules = (error as Error).message.matchAll(/Acknowledge with '(.*)'/g);
    return [...rules].map(([, rule = '']) => rule).filter((rule) => !rule.startsWith('Annotation::'));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

test.each(ALL)('a fleet passes: %s', (kind) => {
  expect(broken(KINDS[kind] as Partial<JitRunnersProps>)).toEqual([]);
});

test('a queue that takes plain HTTP and has no dead letters is found', () => {
  const rules = broken({}, (stack) => new sqs.Queue(stack, 'Plain'));
  expect(rules).toEqual(expect.arrayContaining([expect.stringContaining('SQS3'), expect.stringContaining('SQS4')]));
});

test('a table without backups is found, although the hand-over table may have none', () => {
  const table = (stack: FleetStack): unknown =>
    new dynamodb.Table(stack, 'Plain', { partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING } });
  expect(broken({}, table)).toEqual([expect.stringContaining('DDB3')]);
});

test('a wildcard that has no written reason is found, although the same role has others', () => {
  const rules = broken({}, ({ fleet }) => {
    fleet.functions.get('mint').role.addToPolicy(new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::*'] }));
  });
  expect(rules).toEqual([expect.stringContaining('IAM5')]);
});

test('every finding that stands has a reason', () => {
  const app = new App({ context: CONTEXT });
  const stack = deployable(app, { props: LEAST, example: false });
  const reasons = stack.node
    .findAll()
    .flatMap((construct) => construct.node.metadata)
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) => Object.entries(data as Record<string, string>))
    .filter(([rule]) => rule.includes('AwsSolutions'))
    .map(([, reason]) => reason);
  expect(reasons.length).toBeGreaterThan(20);
  for (const reason of reasons) {
    expect(reason).toMatch(/^[A-Z].{20,}\.$/);
  }
});
