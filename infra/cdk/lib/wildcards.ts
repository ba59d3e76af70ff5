// Every wildcard that a role of the fleet holds, with its reason. cdk-nag is
// told these and no others, and test/least-privilege.test.ts fails on one that
// is not here, and on one here that no template holds.
//
// In resources, `F` stands for the fleet's name, and what a template computes
// (partition, region, account) is left out: `<service>:<rest>`.

import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { HANDLERS } from './names.ts';

/** A resource with a wildcard, and the actions that may be allowed on it. */
export interface Wildcard {
  readonly resource: string;
  readonly actions: readonly string[];
  readonly reason: string;
}

const STREAMS = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const TRACES = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'];

/** The list. */
export const WILDCARDS: readonly Wildcard[] = [
  ...HANDLERS.map((handler) => ({
    resource: `logs:log-group:/aws/lambda/F-${handler}:log-stream:*`,
    actions: STREAMS,
    reason: "Lambda names the streams of the function's one log group.",
  })),
  ...['x86-64', 'arm64'].map((architecture) => ({
    resource: `logs:log-group:/aws/codebuild/F-image-${architecture}:log-stream:*`,
    actions: STREAMS,
    reason: "CodeBuild names a stream after each build in the project's one log group.",
  })),
  {
    resource: 'logs:log-group:/ecs/F:log-stream:*',
    actions: STREAMS,
    reason: "ECS names a stream after each task in the tasks' one log group.",
  },
  {
    resource: 'logs:log-group:/aws/vpc/F:log-stream:*',
    actions: STREAMS,
    reason: 'Flow logs have a stream for each network interface in their one log group.',
  },
  {
    resource: 'logs:log-group:/aws/vpc/F:*',
    actions: ['logs:DescribeLogStreams'],
    reason: 'The ARN of a log group ends so where its streams are described.',
  },
  {
    resource: '*',
    actions: TRACES,
    reason: 'X-Ray has no resources to name for these actions.',
  },
  {
    resource: '*',
    actions: [
      'logs:CreateLogDelivery',
      'logs:GetLogDelivery',
      'logs:UpdateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:DescribeResourcePolicies',
      'logs:DescribeLogGroups',
    ],
    reason: "Log deliveries have no resource to name; Step Functions' documentation asks for exactly these.",
  },
  {
    resource: '*',
    actions: ['ecr:GetAuthorizationToken'],
    reason: "A registry's sign-in has no resource to name; pulling and pushing are allowed on one repository.",
  },
  ...['size', 'mint', 'verify-removal', 'escalate'].map((handler) => ({
    resource: `lambda:function:F-${handler}:*`,
    actions: ['lambda:InvokeFunction'],
    reason: 'Executions that began before a deployment go on calling the versions that they know.',
  })),
  ...['x86-64', 'arm64'].map((family) => ({
    resource: `ecs:task-definition/F-${family}:*`,
    actions: ['ecs:RunTask'],
    reason: 'The newest revision of one family: an image that is rebuilt makes a new revision.',
  })),
  {
    resource: 'ecs:task/F/*',
    actions: ['ecs:DescribeTasks', 'ecs:StopTask', 'ecs:TagResource'],
    reason: "ECS names tasks when they start; these are the fleet's own cluster's.",
  },
  {
    resource: '*',
    actions: ['ecs:ListTasks'],
    reason: 'Listing has no resource to name; a condition ties it to the one cluster.',
  },
  {
    resource: 'states:execution:F:*',
    actions: ['states:DescribeExecution', 'states:GetExecutionHistory', 'states:RedriveExecution'],
    reason: "Step Functions names executions when they start; these are the fleet's own machine's.",
  },
  ...['github-app-key', 'github-webhook-secret'].map((secret) => ({
    resource: `secretsmanager:secret:F/${secret}-??????`,
    actions: ['secretsmanager:GetSecretValue'],
    reason: 'Secrets Manager puts six characters behind the name; the prop with the ARN leaves no wildcard.',
  })),
];

/** The entry for these actions on this resource, both as a template has them. */
export function wildcard(fleet: string, actions: readonly string[], resource: string): Wildcard | undefined {
  const generic = normalized(fleet, resource);
  return WILDCARDS.find((entry) => entry.resource === generic && actions.every((action) => entry.actions.includes(action)));
}

/** Whether IAM reads more than itself into this text. */
export function isWild(text: string): boolean {
  return /[*?]/.test(text);
}

/** `arn:<…>:logs:<…>:<…>:log-group:/ecs/my-fleet:*` as `logs:log-group:/ecs/F:*`. */
export function normalized(fleet: string, resource: string): string {
  const [, , service, , , ...rest] = resource.replace(/<[^>]*>/g, '').split(':');
  const name = new RegExp(`(?<![\\w-])${fleet}(?=$|[:/-])`, 'g');
  return resource.startsWith('arn:') ? `${service}:${rest.join(':').replace(name, 'F')}` : resource;
}

/** A value of a resolved template as text: `{Ref: "AWS::Region"}` as `<AWS::Region>`. */
export function rendered(value: unknown): string {
  if (typeof value === 'string') {
    return value.replace(/\$\{([\w.:]+)\}/g, '<$1>');
  }
  const [[key, inner] = ['', '']] = Object.entries(value as Record<string, unknown>);
  switch (key) {
    case 'Ref':
      return `<${String(inner)}>`;
    case 'Fn::GetAtt':
      return `<${(inner as string[]).join('.')}>`;
    case 'Fn::Join': {
      const [separator, parts] = inner as [string, unknown[]];
      return parts.map(rendered).join(separator);
    }
    case 'Fn::Sub':
      return rendered(inner);
    default:
      throw new Error(`no text for ${JSON.stringify(value)}`);
  }
}

/** Statement by statement: actions and each resource, as text. */
export function pairs(resolve: (value: unknown) => unknown, statement: PolicyStatement): [string[], string][] {
  const { Action = [], Resource = [] } = resolve(statement.toStatementJson()) as Record<string, unknown>;
  const actions = [Action].flat() as string[];
  return [Resource].flat().map((resource) => [actions, rendered(resource)]);
}
