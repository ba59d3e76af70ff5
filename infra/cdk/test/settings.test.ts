// The settings file, and what a fresh clone does without one.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, RemovalPolicy } from 'aws-cdk-lib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deployable } from '../lib/app.ts';
import { readSettings } from '../lib/settings.ts';
import { CONTEXT, LEAST, withPackages } from './support/fleets.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'jit-runners-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes a settings file; answers its path. */
function settings(content: unknown): string {
  const file = path.join(folder, 'fleet.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

/** The rules of the template, by what they say. */
function refusals(app: App): string[] {
  const { template } = app.synth().stacks[0] ?? {};
  const rules = Object.values((template?.['Rules'] ?? {}) as Record<string, any>);
  return rules
    .filter(({ Assertions }) => Assertions[0].Assert['Fn::Equals'] !== undefined)
    .map(({ Assertions }) => {
      const [reference, wanted] = Assertions[0].Assert['Fn::Equals'];
      // The parameter can have no value that the rule takes.
      expect(template['Parameters'][reference.Ref]).toMatchObject({ Default: 'no', AllowedValues: ['no'] });
      expect(wanted).toBe('yes');
      return Assertions[0].AssertDescription;
    });
}

describe('a settings file', () => {
  test.each([
    ['that is not JSON', '{', 'fleet.json is not JSON'],
    ['that holds a list', [], 'one JSON object'],
    ['with a key that nobody reads', { nmae: 'x' }, 'the key "nmae"'],
    ['with the policy itself', { policy: '' }, 'the key "policy"'],
    ['whose policy file is missing', { policyFile: 'policy.toml' }, 'policyFile is "policy.toml"'],
    ['that says what becomes of claims in other words', { claimsRemovalPolicy: 'snapshot' }, 'set retain or destroy'],
  ])('%s is refused', (_, content, words) => {
    expect(() => readSettings(settings(content))).toThrow(words);
  });

  test('that is named and not there is refused', () => {
    expect(() => readSettings(path.join(folder, 'none.json'))).toThrow('there is no such file');
  });

  test('gives the construct its props, and the policy file’s text', () => {
    writeFileSync(path.join(folder, 'p.toml'), 'spot_allowed = false\n');
    const { props, example } = readSettings(settings({ ...LEAST, policyFile: 'p.toml', claimsRemovalPolicy: 'destroy' }));
    expect(example).toBe(false);
    expect(props).toEqual({ ...LEAST, policy: 'spot_allowed = false\n', claimsRemovalPolicy: RemovalPolicy.DESTROY });
  });
});

describe('a template', () => {
  test('of a fresh clone is made, and cannot be deployed', () => {
    const app = new App({ context: CONTEXT });
    const example = readSettings('jit-runners.example.json');
    deployable(app, { props: { ...example.props, packageDirectory: folder }, example: true });
    expect(refusals(app)).toEqual([
      expect.stringContaining('The functions were not packaged for arm64'),
      expect.stringContaining("entrypoint was not packaged for x86_64, so this template cannot be deployed: run \"cargo xtask package --arch x86_64\""),
      expect.stringContaining("entrypoint was not packaged for arm64, so this template cannot be deployed: run \"cargo xtask package --arch arm64\""),
      expect.stringContaining('There is no jit-runners.json'),
    ]);
  });

  test('of packaged functions and own settings can be deployed', () => {
    withPackages((packageDirectory) => {
      const app = new App({ context: CONTEXT });
      deployable(app, { props: { ...LEAST, packageDirectory }, example: false });
      expect(refusals(app)).toEqual([]);
    });
  });

  test('names its stack, tags and outputs after the fleet', () => {
    const app = new App({ context: CONTEXT });
    deployable(app, { props: { ...LEAST, packageDirectory: folder }, example: false });
    const [stack] = app.synth().stacks;
    expect(stack?.stackName).toBe('fleet');
    expect(Object.keys(stack?.template['Outputs'])).toEqual(expect.arrayContaining(['WebhookUrl', 'StateMachineArn']));
    const { Tags } = (Object.values(stack?.template['Resources']) as any[]).find(({ Type }) => Type === 'AWS::ECS::Cluster').Properties;
    expect(Tags).toContainEqual({ Key: 'jit-runners:fleet', Value: 'fleet' });
  });
});
