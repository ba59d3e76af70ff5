// Roles that one service may assume, for this account only.

import { Aws, Stack, aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { acknowledge } from './nag.ts';
import type { Names } from './names.ts';
import { isWild, pairs, wildcard } from './wildcards.ts';

/** A role whose whole policy is given here; nothing adds to it later. */
export interface ServiceRoleProps {
  readonly names: Names;
  /** For example `lambda.amazonaws.com`. */
  readonly service: string;
  /** For whom the service acts; `*` and `?` may be used. @default any source in this account */
  readonly sourceArn?: string;
  /** What it is for, in the console. */
  readonly description: string;
  /** The whole of what it may do. @default nothing */
  readonly statements?: iam.PolicyStatement[];
  /** What CDK's own grants will add to it, for cdk-nag. @default nothing */
  readonly granted?: iam.PolicyStatement[];
}

/** The role, closed against a confused deputy of another account. */
export function serviceRole(scope: Construct, id: string, props: ServiceRoleProps): iam.Role {
  const statements = props.statements ?? [];
  const role = new iam.Role(scope, id, {
    description: props.description,
    assumedBy: new iam.ServicePrincipal(props.service, {
      conditions: {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        ...(props.sourceArn ? { ArnLike: { 'aws:SourceArn': props.sourceArn } } : {}),
      },
    }),
    inlinePolicies: statements.length > 0 ? { whole: new iam.PolicyDocument({ statements }) } : undefined,
  });
  for (const statement of [...statements, ...(props.granted ?? [])]) {
    acknowledgeWildcards(role, props.names.fleet, statement);
  }
  return role;
}

/** Tells cdk-nag of the wildcards that lib/wildcards.ts gives a reason for. */
function acknowledgeWildcards(role: iam.Role, fleet: string, statement: iam.PolicyStatement): void {
  const resolve = (value: unknown): unknown => Stack.of(role).resolve(value);
  for (const [actions, resource] of pairs(resolve, statement)) {
    const entry = isWild(resource) ? wildcard(fleet, actions, resource) : undefined;
    if (entry) {
      acknowledge(role, `IAM5[Resource::${resource}]`, entry.reason);
    }
  }
}

/** `actions` on `resources`, under `conditions`. */
export function allow(
  actions: string | string[],
  resources: string | string[],
  conditions?: Record<string, Record<string, unknown>>,
): iam.PolicyStatement {
  return new iam.PolicyStatement({
    actions: [actions].flat(),
    resources: [resources].flat(),
    conditions,
  });
}
