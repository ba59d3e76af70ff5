// Alarms, metrics, dashboard and the queries for cost: each alarm has its
// section in the runbook, and each pattern finds the lines that it is for.

import { readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { FleetStack } from '../lib/app.ts';
import { costByRepository, usageByRepository } from '../lib/cost-queries.ts';
import { COUNTED } from '../lib/metrics.ts';
import { fargatePrices } from '../lib/prices.ts';
import type { JitRunnersProps } from '../lib/props.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const RUNBOOK = readFileSync(path.join(ROOT, 'docs/operations.md'), 'utf8');

function fleet(props: Partial<JitRunnersProps> = {}): Template {
  const stack = new FleetStack(new App(), {
    name: 'fleet',
    github: { appId: 7, installationId: 8 },
    packageDirectory: path.join(tmpdir(), 'no-packages'),
    ...props,
  });
  return Template.fromStack(stack);
}

const all = (template: Template, type: string) =>
  Object.values(template.findResources(type)).map((it) => it['Properties'] as Record<string, any>);

describe('alarms', () => {
  const alarms = all(fleet(), 'AWS::CloudWatch::Alarm');
  const names = alarms.map((it) => String(it['AlarmName']).replace(/^fleet-/, ''));

  test('each has a section in the runbook, and each section its alarm', () => {
    const part = RUNBOOK.split('\n## ').find((it) => it.startsWith('Alarms\n')) ?? '';
    const sections = [...part.matchAll(/^### (.+)$/gm)].map(([, title]) => title);
    expect(sections.length).toBeGreaterThan(10);
    // Where nothing builds an image, nothing can fail to.
    const builds = all(fleet(), 'AWS::CodeBuild::Project').length > 0;
    expect([...names, ...(builds ? [] : ['image-build-failed'])].sort()).toEqual([...sections].sort());
  });

  test('each says what happened and where to read on', () => {
    for (const [index, alarm] of alarms.entries()) {
      expect(alarm['AlarmDescription']).toMatch(/^[A-Z].{20,}\. What to do: docs\/operations\.md#/);
      expect(alarm['AlarmDescription']).toContain(`#${names[index]}`);
    }
  });

  test('each tells somebody, when it goes off and when it is over, and no jobs are no alarm', () => {
    for (const alarm of alarms) {
      expect(alarm['AlarmActions']).toHaveLength(1);
      expect(alarm['OKActions']).toEqual(alarm['AlarmActions']);
      expect(alarm['TreatMissingData']).toBe('notBreaching');
      expect(alarm['ActionsEnabled'] ?? true).toBe(true);
    }
  });

  test('write to a topic that only takes TLS, or to one that is given', () => {
    const [policy] = all(fleet(), 'AWS::SNS::TopicPolicy');
    expect(JSON.stringify(policy)).toContain('"aws:SecureTransport":"false"');
    const arn = 'arn:aws:sns:eu-west-1:111122223333:pager';
    const given = fleet({ alarms: { topicArn: arn } });
    expect(all(given, 'AWS::SNS::Topic')).toEqual([]);
    expect(all(given, 'AWS::CloudWatch::Alarm').every((it) => it['AlarmActions'][0] === arn)).toBe(true);
  });

  test('write to the addresses that are named', () => {
    const template = fleet({ alarms: { emails: ['ops@example.com'] } });
    expect(all(template, 'AWS::SNS::Subscription')).toMatchObject([{ Protocol: 'email', Endpoint: 'ops@example.com' }]);
  });
});

describe('metrics', () => {
  const filters = all(fleet(), 'AWS::Logs::MetricFilter');

  test('are those that alarms and dashboard read', () => {
    const template = fleet();
    const read = JSON.stringify([template.findResources('AWS::CloudWatch::Alarm'), all(template, 'AWS::CloudWatch::Dashboard')]);
    for (const name of Object.keys(COUNTED)) {
      expect(read).toContain(name);
    }
    expect(filters.map((it) => it['MetricTransformations'][0].MetricName).sort()).toEqual(Object.keys(COUNTED).sort());
  });

  test('find messages and fields that the functions write', () => {
    const source = ['verify-removal', 'escalate', 'webhook', 'mint', 'reconcile']
      .map((name) => sources(path.join(ROOT, 'functions', name, 'src')))
      .join('\n')
      .concat(sources(path.join(ROOT, 'functions/shared')));
    for (const { pattern } of Object.values(COUNTED)) {
      for (const [, message] of pattern.matchAll(/\$\.message = "([^"]+)"/g)) {
        expect(source).toContain(`"${message}"`);
      }
      for (const [, field] of pattern.matchAll(/\$\.(\w+) (?:=|>=) /g)) {
        expect(source).toMatch(new RegExp(`\\b${field}\\b`));
      }
    }
  });
});

describe('cost by repository', () => {
  test('takes each task once, and the same prices as docs/costs.md', () => {
    const prices = fargatePrices();
    const query = costByRepository().toString();
    expect(query).toContain('dedup task_arn');
    expect(query).toContain(String(prices.x86.vcpuHour));
    expect(query).toContain(String(prices.storageGbHour));
    expect(usageByRepository().toString()).toContain('by repository, architecture, capacity');
  });

  test('comes to the price that was computed by hand', () => {
    // 2 vCPU and 8 GB on x86_64 for half an hour, 50 GB of storage.
    const usd = evaluate(costByRepository().toString(), {
      cpu: 2048, memory_mib: 8192, storage_gib: 50, architecture: 'X86_64', capacity: 'on_demand', billed_seconds: 1800,
    });
    expect(usd).toBeCloseTo(0.5 * (2 * 0.04048 + 8 * 0.004445 + 30 * 0.000111), 8);
    // 1 vCPU and 2 GB on ARM64, on Spot, for an hour.
    const spot = evaluate(costByRepository().toString(), {
      cpu: 1024, memory_mib: 2048, storage_gib: 20, architecture: 'ARM64', capacity: 'spot', billed_seconds: 3600,
    });
    expect(spot).toBeCloseTo((0.03238 + 2 * 0.00356) * 0.3, 8);
  });

  test('is saved as a query, and on the dashboard', () => {
    const template = fleet();
    expect(all(template, 'AWS::Logs::QueryDefinition').map((it) => it['Name']).sort()).toEqual([
      'fleet/cost by repository',
      'fleet/usage by repository',
    ]);
    expect(JSON.stringify(all(template, 'AWS::CloudWatch::Dashboard'))).toContain('Cost by repository');
  });
});

/** The `fields … as name` of a query for one record, with JavaScript's own arithmetic. */
function evaluate(query: string, record: Record<string, unknown>): number {
  const scope: Record<string, unknown> = { ...record };
  for (const [, expression, name] of query.matchAll(/fields (.+) as (\w+)$/gm)) {
    const names = Object.keys(scope);
    const compute = new Function('strcontains', 'greatest', ...names, `return ${expression}`);
    scope[String(name)] = compute(
      (text: string, part: string) => (text.includes(part) ? 1 : 0),
      Math.max,
      ...names.map((it) => scope[it]),
    );
  }
  return scope['usd'] as number;
}

function sources(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((it) => it.endsWith('.rs'))
    .map((it) => readFileSync(path.join(folder, it), 'utf8'))
    .join('\n');
}
