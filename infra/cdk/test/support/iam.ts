// A small evaluator of IAM policies: enough of it to say what a role may do.
// Whatever it does not know, it refuses to judge.

import type { Resource, Template } from './template.ts';

/** A statement with all references resolved. */
export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string[];
  readonly NotAction?: string[];
  readonly Resource?: string[];
  readonly NotResource?: string[];
  readonly Principal?: unknown;
  readonly Condition: Record<string, Record<string, string[]>>;
}

/** A call that somebody makes. */
export interface Call {
  readonly action: string;
  readonly resource: string;
  /** What the call's context holds, for example `aws:SourceVpc`. */
  readonly context?: Record<string, string>;
}

/** All statements of the role whose logical id has `part` in it. */
export function statementsOf(template: Template, part: string): Statement[] {
  const [id, role] = roleNamed(template, part);
  const inline = (role.Properties['Policies'] ?? []) as Record<string, any>[];
  const attached = [...template.all('AWS::IAM::Policy'), ...template.all('AWS::IAM::ManagedPolicy')]
    .map(([, policy]) => policy.Properties)
    .filter((policy) => JSON.stringify(policy['Roles'] ?? []).includes(`"${id}"`));
  if (role.Properties['ManagedPolicyArns'] !== undefined) {
    throw new Error(`${id} has managed policies, whose text is not here`);
  }
  return [...inline, ...attached].flatMap((policy) => statements(template, policy['PolicyDocument']));
}

/** Logical id and resource of the one role with `part` in its id. */
export function roleNamed(template: Template, part: string): [string, Resource] {
  const found = template.all('AWS::IAM::Role').filter(([id]) => id.includes(part));
  const [first] = found;
  if (first === undefined || found.length > 1) {
    throw new Error(`${found.length} roles have ${part} in their id`);
  }
  return first;
}

/** The statements of a policy document. */
export function statements(template: Template, document: Record<string, any>): Statement[] {
  const list = (value: unknown): string[] | undefined =>
    value === undefined ? undefined : [value].flat().map((one) => template.text(one));
  return ([document['Statement']].flat() as Record<string, any>[]).map((statement) => ({
    Effect: statement['Effect'],
    Action: list(statement['Action']),
    NotAction: list(statement['NotAction']),
    Resource: list(statement['Resource']),
    NotResource: list(statement['NotResource']),
    Principal: statement['Principal'],
    Condition: Object.fromEntries(
      Object.entries((statement['Condition'] ?? {}) as Record<string, Record<string, unknown>>).map(([operator, keys]) => [
        operator,
        Object.fromEntries(Object.entries(keys).map(([key, value]) => [key, list(value) ?? []])),
      ]),
    ),
  }));
}

/** Whether the statements allow the call: one allows it and none denies it. */
export function isAllowed(policy: readonly Statement[], call: Call): boolean {
  const applies = (effect: string): boolean =>
    policy.some((statement) => statement.Effect === effect && matches(statement, call));
  return applies('Allow') && !applies('Deny');
}

function matches(statement: Statement, { action, resource, context = {} }: Call): boolean {
  const any = (patterns: string[] | undefined, value: string, fold: boolean): boolean =>
    (patterns ?? []).some((pattern) => like(pattern, value, fold));
  const onAction = statement.NotAction ? !any(statement.NotAction, action, true) : any(statement.Action, action, true);
  const onResource = statement.NotResource
    ? !any(statement.NotResource, resource, false)
    : any(statement.Resource, resource, false);
  return onAction && onResource && Object.entries(statement.Condition).every(([operator, keys]) => holds(operator, keys, context));
}

function holds(operator: string, keys: Record<string, string[]>, context: Record<string, string>): boolean {
  const ifExists = operator.endsWith('IfExists');
  const base = operator.replace(/IfExists$/, '');
  return Object.entries(keys).every(([key, values]) => {
    const found = context[key];
    if (found === undefined) {
      return ifExists || base.includes('Not');
    }
    switch (base) {
      case 'StringEquals':
      case 'Bool':
        return values.includes(found);
      case 'StringNotEquals':
        return !values.includes(found);
      case 'ArnEquals':
      case 'ArnLike':
      case 'StringLike':
        return values.some((value) => like(value, found, false));
      default:
        throw new Error(`the condition operator ${operator} is not known here`);
    }
  });
}

function like(pattern: string, value: string, fold: boolean): boolean {
  const text = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.');
  return new RegExp(`^${text}$`, fold ? 'is' : 's').test(value);
}
