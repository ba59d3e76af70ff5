// Nothing is allowed by a wildcard that has no written reason, in no kind of
// fleet; and no reason is left for what is no longer there.

import { describe, expect, test } from 'vitest';
import { isWild, normalized, WILDCARDS, wildcard } from '../lib/wildcards.ts';
import { ALL, type Kind, template } from './support/fleets.ts';
import { type Statement, statements } from './support/iam.ts';
import type { Template } from './support/template.ts';

/** Every policy of roles in a template: inline, attached, managed. */
function rolePolicies(of: Template): Statement[] {
  const inline = of.all('AWS::IAM::Role').flatMap(([, role]) => role.Properties['Policies'] ?? []);
  const others = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].flatMap((type) =>
    of.all(type).map(([, policy]) => policy.Properties),
  );
  return [...inline, ...others].flatMap((policy) => statements(of, policy.PolicyDocument));
}

/** The denials that close the runner's role: the only ones that say what they do not mean. */
const CLOSING = ['Deny but dynamodb:DeleteItem on *', 'Deny dynamodb:DeleteItem but on F-handover'];

function closing(of: Template, statement: Statement): string {
  const resource = statement.NotResource?.map((arn) => arn.replace(/^.*table\/fleet/, 'F')).join();
  const actions = statement.NotAction ? `but ${statement.NotAction.join()}` : statement.Action?.join();
  return `${statement.Effect} ${actions} ${resource ? `but on ${resource}` : `on ${statement.Resource?.join()}`}`.replaceAll(of.fleet, 'F');
}

describe.each(ALL)('a fleet: %s', (kind: Kind) => {
  const fleet = template(kind);

  test('allows no wildcard without a reason', () => {
    const unexplained = rolePolicies(fleet)
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action = [], NotAction, Resource = [], NotResource }) => [
        ...Action.filter(isWild).map((action) => `action ${action}`),
        ...(NotAction || NotResource ? [`an Allow by exclusion: ${String(NotAction ?? NotResource)}`] : []),
        ...Resource.filter(isWild)
          .filter((resource) => !wildcard(fleet.fleet, Action, resource))
          .map((resource) => `${Action.join()} on ${resource}`),
      ]);
    expect(unexplained).toEqual([]);
  });

  test('denies by exclusion only to close the runner’s role', () => {
    const denials = rolePolicies(fleet).filter(({ Effect }) => Effect === 'Deny');
    expect(denials.map((statement) => closing(fleet, statement))).toEqual(CLOSING);
  });

  test('has no managed policy, user, group or access key', () => {
    const types = ['AWS::IAM::User', 'AWS::IAM::Group', 'AWS::IAM::AccessKey', 'AWS::IAM::ManagedPolicy'];
    expect(types.flatMap((type) => fleet.all(type))).toEqual([]);
    expect(fleet.all('AWS::IAM::Role').filter(([, role]) => role.Properties['ManagedPolicyArns'])).toEqual([]);
  });

  test('opens to everybody only the webhook', () => {
    const open = fleet.all('AWS::Lambda::Permission').filter(([, { Properties }]) => Properties['Principal'] === '*');
    const url = ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction by URL'];
    const isPrivate = kind.startsWith('private API');
    expect(
      open.map(([, { Properties }]) => `${Properties['Action']}${Properties['InvokedViaFunctionUrl'] ? ' by URL' : ''}`),
    ).toEqual(isPrivate ? [] : url);
    for (const [, { Properties }] of open) {
      expect(fleet.text(Properties['FunctionName'])).toMatch(/:function:fleet-webhook:live$/);
    }
  });
});

test('every reason in the list is for something that is there', () => {
  const held = ALL.flatMap((kind) => {
    const fleet = template(kind);
    return rolePolicies(fleet).flatMap(({ Effect, Action = [], Resource = [] }) =>
      Effect === 'Allow' ? Resource.map((resource) => ({ Action, resource: normalized(fleet.fleet, resource) })) : [],
    );
  });
  const idle = WILDCARDS.flatMap((entry) =>
    entry.actions
      .filter((action) => !held.some(({ Action, resource }) => resource === entry.resource && Action.includes(action)))
      .map((action) => `${action} on ${entry.resource}`),
  );
  expect(idle).toEqual([]);
});

test('the list itself names no action by a wildcard, and gives every reason', () => {
  for (const entry of WILDCARDS) {
    expect(entry.actions.filter(isWild)).toEqual([]);
    expect(isWild(entry.resource)).toBe(true);
    expect(entry.reason).toMatch(/^[A-Z].{20,}\.$/);
  }
});
