// The definition as it is deployed: rendered, linted by others elsewhere
// (tests/contract), and looked at here for what a template can get wrong.

import { describe, expect, test } from 'vitest';
import { HANDLERS } from '../lib/names.ts';
import { ALL, type Kind, template } from './support/fleets.ts';
import { definition } from './support/definition.ts';

describe.each(ALL)('a fleet: %s', (kind: Kind) => {
  const fleet = template(kind);
  const machine = fleet.one('AWS::StepFunctions::StateMachine').Properties;

  test('fills in every placeholder, and has no value that the definition does not ask for', () => {
    const asked = [...new Set([...String(machine['DefinitionString']).matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name))];
    expect(Object.keys(machine['DefinitionSubstitutions']).sort()).toEqual(asked.sort());
    expect(definition(fleet)).not.toContain('${');
    expect(() => JSON.parse(definition(fleet))).not.toThrow();
  });

  test('calls published versions of the functions', () => {
    const called = Object.entries(machine['DefinitionSubstitutions'] as Record<string, unknown>)
      .filter(([name]) => name.endsWith('FunctionArn'))
      .map(([name, value]) => [name, fleet.text(value).replace(/^.*:function:/, '')]);
    expect(Object.fromEntries(called)).toEqual({
      SizeFunctionArn: 'fleet-size:1',
      MintFunctionArn: 'fleet-mint:1',
      VerifyRemovalFunctionArn: 'fleet-verify-removal:1',
      EscalateFunctionArn: 'fleet-escalate:1',
    });
  });

  test('places tasks where the network is', () => {
    const { SubnetIds, AssignPublicIp, SecurityGroupIds } = machine['DefinitionSubstitutions'];
    expect(fleet.text(SubnetIds).split(',').length).toBe(2);
    expect(fleet.text(SecurityGroupIds)).toContain('FleetNetworkRunners');
    const isPublic = !['NAT gateway', 'endpoints instead of NAT'].includes(kind) && !kind.includes('given');
    expect(AssignPublicIp).toBe(isPublic ? 'ENABLED' : 'DISABLED');
  });
});

test('times and tries are those of the docs', () => {
  expect(template().one('AWS::StepFunctions::StateMachine').Properties['DefinitionSubstitutions']).toMatchObject({
    EndMarginSeconds: '600',
    MaxTries: '20',
    ShortBackoffSeconds: '30',
    LongBackoffMinSeconds: '30',
    LongBackoffMaxSeconds: '600',
    TaskDefinitionX86: 'fleet-x86-64',
    TaskDefinitionArm: 'fleet-arm64',
    ClaimsTable: expect.anything(),
  });
});

test('a live fleet is upgraded by new versions, and the old ones stay', () => {
  const fleet = template();
  const versions = [...fleet.all('AWS::Lambda::Version'), ...fleet.all('AWS::StepFunctions::StateMachineVersion')];
  expect(versions).toHaveLength(HANDLERS.length + 1);
  for (const [id, version] of versions) {
    expect([id, version.DeletionPolicy, version.UpdateReplacePolicy]).toEqual([id, 'Retain', 'Retain']);
  }
  const { StateMachineRevisionId } = fleet.one('AWS::StepFunctions::StateMachineVersion').Properties;
  expect(fleet.text(StateMachineRevisionId)).toContain('.StateMachineRevisionId>');
  for (const [, { Properties }] of [...fleet.all('AWS::Lambda::Alias'), ...fleet.all('AWS::StepFunctions::StateMachineAlias')]) {
    expect(Properties['Name']).toBe('live');
  }
});
