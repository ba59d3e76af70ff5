// The names and settings here are those of the rest of the repository.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { FARGATE } from '../lib/fargate.ts';
import { HANDLERS } from '../lib/names.ts';
import { template } from './support/fleets.ts';
import { Template } from './support/template.ts';

const read = (file: string): string => readFileSync(path.resolve(import.meta.dirname, '../../..', file), 'utf8');

/** What a name of the command (infra/cli/observe/src/names.rs) comes to for the fleet `fleet`. */
function commandName(method: string): string {
  const body = new RegExp(`fn ${method}\\(&self[^{]*\\{\\s*(.*?)\\s*\\n    \\}`, 's').exec(read('infra/cli/observe/src/names.rs'))?.[1];
  const format = /^format!\("(.*)", self\.fleet\)$/.exec(body ?? '')?.[1];
  expect(format, method).toBeDefined();
  return String(format).replace('{}', 'fleet');
}

describe('the command and the stack agree on', () => {
  const fleet = template();
  const properties = (type: string, part?: string): Record<string, any> => fleet.one(type, part).Properties;

  test.each([
    ['claims_table', () => properties('AWS::DynamoDB::Table', 'Claims')['TableName']],
    ['handover_table', () => properties('AWS::DynamoDB::Table', 'Handover')['TableName']],
    ['queued_rule', () => properties('AWS::Events::Rule', 'Eventsqueued')['Name']],
    ['dead_letter_queue', () => properties('AWS::SQS::Queue')['QueueName']],
    ['task_log_group', () => properties('AWS::Logs::LogGroup', 'ClusterLogs')['LogGroupName']],
    ['app_key_secret', () => properties('AWS::Lambda::Function', 'mint')['Environment'].Variables.GITHUB_APP_KEY_SECRET],
    ['webhook_secret', () => properties('AWS::Lambda::Function', 'webhook')['Environment'].Variables.GITHUB_WEBHOOK_SECRET],
  ])('%s', (method, name) => {
    expect(name()).toBe(commandName(method));
  });
});

test('every handler of the function binary has its function', () => {
  const handlers = [...read('functions/shared/domain/src/names/handler.rs').matchAll(/= "([\w-]+)";/g)].map(([, name]) => name);
  expect([...HANDLERS].sort()).toEqual(handlers.sort());
  for (const [, { Properties }] of template().all('AWS::Lambda::Function')) {
    expect(Properties['FunctionName']).toBe(`fleet-${Properties['Handler']}`);
  }
});

test('the functions’ variables are those that the embedded fleet gives, and those that only AWS needs', () => {
  const source = read('infra/cli/src/fleet/functions.rs') + read('infra/cli/src/fleet/app_key.rs');
  const embedded = [...source.matchAll(/\(\s*"([A-Z_]+)",/g)].map(([, name]) => name);
  expect(embedded.length).toBeGreaterThan(10);
  const variables = (of: Template): string[] =>
    of.all('AWS::Lambda::Function').flatMap(([, { Properties }]) => Object.keys(Properties['Environment'].Variables));
  const ours = new Set([...variables(template()), ...variables(template('with everything said'))]);
  const alone = [
    'GITHUB_HOOK_CIDRS',
    'GITHUB_OWNERS',
    'RECONCILE_GITHUB_CALLS',
    'RECONCILE_LABELS',
    'RECONCILE_ORG_HOOK_ID',
    'RUNNER_NAME_PREFIX',
  ];
  expect([...ours].filter((name) => !embedded.includes(name)).sort()).toEqual(alone);
  expect(embedded.filter((name) => !ours.has(String(name)))).toEqual([]);
});

test('Fargate’s table is the functions’', () => {
  const table = read('functions/shared/domain/src/fargate.rs');
  const rows = [...table.matchAll(/Row \{ cpu: (\d+), memory: (?:gib\((\d+), (\d+), (\d+)\)|Memory::Listed\(&\[(.*?)\]\)) \}/g)];
  const sizes = rows.map(([, cpu, from, to, step, listed]): [number, number[]] => {
    const each = (text: string): number => (text.includes('GIB') ? Number(text.replace(/\D/g, '') || 1) : Number(text) / 1024);
    const stepped = Array.from({ length: (Number(to) - Number(from)) / Number(step) + 1 }, (_, i) => Number(from) + i * Number(step));
    return [Number(cpu) / 1024, listed === undefined ? stepped : listed.split(', ').map(each)];
  });
  expect(new Map(sizes)).toEqual(FARGATE);
});
