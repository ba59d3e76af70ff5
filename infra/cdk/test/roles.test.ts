// What each role may do, written by hand: action by action on each resource.

import { describe, expect, test } from 'vitest';
import { ALL, type Kind, template } from './support/fleets.ts';
import { statements, statementsOf } from './support/iam.ts';
import { ACCOUNT, REGION, type Template } from './support/template.ts';

/** `service:Action resource`, sorted; account and region left out. */
function held(of: Template, role: string): string[] {
  return statementsOf(of, role)
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action = [], Resource = [], Condition }) =>
      Action.flatMap((action) => Resource.map((resource) => `${action} ${short(resource)}${conditions(Condition)}`)),
    )
    .sort();
}

function short(arn: string): string {
  return arn
    .replace(/^arn:aws:s3:::cdk-\w+-assets-\d+-[\w-]+$/, "CDK's bucket")
    .replace(/^arn:aws:s3:::cdk-\w+-assets-\d+-[\w-]+\/[0-9a-f]{64}\.zip$/, 'the context')
    .replace(/^<FleetNetworkVpc\w+>$/, 'its VPC').replace(/^arn:aws:\w+:[\w-]*:\d*:/, '').replaceAll(/^role\/Fleet(\w+?)[0-9A-F]{8}$/g, 'role $1');
}

function conditions(condition: Record<string, Record<string, string[]>>): string {
  const all = Object.values(condition).flatMap((keys) => Object.entries(keys));
  return all.length === 0 ? '' : ` if ${all.map(([key, values]) => `${key}=${values.map(short).join('|')}`).join(', ')}`;
}

const TRACES = ['xray:PutTelemetryRecords *', 'xray:PutTraceSegments *'];
const logs = (group: string): string[] => [
  `logs:CreateLogStream log-group:${group}:log-stream:*`,
  `logs:PutLogEvents log-group:${group}:log-stream:*`,
];
const own = (handler: string): string[] => [...logs(`/aws/lambda/fleet-${handler}`), ...TRACES];
const APP_KEY = 'secretsmanager:GetSecretValue secret:fleet/github-app-key-??????';

const ROLES: Record<string, string[]> = {
  Functionswebhook: [
    ...own('webhook'),
    'events:PutEvents event-bus/fleet',
    'secretsmanager:GetSecretValue secret:fleet/github-webhook-secret-??????',
  ],
  Functionssize: own('size'),
  Functionsmint: [
    ...own('mint'),
    'dynamodb:GetItem table/fleet-claims',
    'dynamodb:UpdateItem table/fleet-claims',
    'dynamodb:PutItem table/fleet-handover',
    'dynamodb:DeleteItem table/fleet-handover',
    APP_KEY,
  ],
  Functionsverifyremoval: [
    ...own('verify-removal'),
    'dynamodb:GetItem table/fleet-claims',
    'dynamodb:UpdateItem table/fleet-claims',
    'dynamodb:DeleteItem table/fleet-handover',
    'ecs:DescribeTasks task/fleet/* if ecs:cluster=cluster/fleet',
    'ecs:StopTask task/fleet/* if ecs:cluster=cluster/fleet',
    'states:GetExecutionHistory execution:fleet:*',
    APP_KEY,
  ],
  Functionsescalate: own('escalate'),
  Functionsreconcile: [
    ...own('reconcile'),
    ...['DeleteItem', 'GetItem', 'Scan', 'UpdateItem'].map((it) => `dynamodb:${it} table/fleet-claims`),
    'dynamodb:DeleteItem table/fleet-handover',
    'dynamodb:Scan table/fleet-handover if dynamodb:Attributes=pk|expires_at, dynamodb:Select=SPECIFIC_ATTRIBUTES',
    'events:PutEvents event-bus/fleet',
    'sqs:DeleteMessage fleet-dead-letters',
    'sqs:ReceiveMessage fleet-dead-letters',
    'ecs:ListTasks * if ecs:cluster=cluster/fleet',
    'ecs:DescribeTasks task/fleet/* if ecs:cluster=cluster/fleet',
    'ecs:StopTask task/fleet/* if ecs:cluster=cluster/fleet',
    'states:ListExecutions stateMachine:fleet',
    ...['DescribeExecution', 'GetExecutionHistory', 'RedriveExecution'].map((it) => `states:${it} execution:fleet:*`),
    APP_KEY,
  ],
  StateMachineRole: [
    ...['size', 'mint', 'verify-removal', 'escalate'].map((it) => `lambda:InvokeFunction function:fleet-${it}:*`),
    'dynamodb:UpdateItem table/fleet-claims',
    'dynamodb:DeleteItem table/fleet-claims',
    ...['x86-64', 'arm64'].map(
      (it) => `ecs:RunTask task-definition/fleet-${it}:* if ecs:cluster=cluster/fleet, ecs:enable-execute-command=false`,
    ),
    'ecs:StopTask task/fleet/* if ecs:cluster=cluster/fleet',
    'ecs:DescribeTasks task/fleet/* if ecs:cluster=cluster/fleet',
    'ecs:TagResource task/fleet/* if ecs:CreateAction=RunTask',
    ...['ClusterTaskRole', 'ClusterExecutionRole'].map(
      (it) => `iam:PassRole role ${it} if iam:PassedToService=ecs-tasks.amazonaws.com`,
    ),
    ...['PutTargets', 'PutRule', 'DescribeRule'].map((it) => `events:${it} rule/StepFunctionsGetEventsForECSTaskRule`),
    ...TRACES,
    'xray:GetSamplingRules *',
    'xray:GetSamplingTargets *',
    ...['Create', 'Get', 'Update', 'Delete'].map((it) => `logs:${it}LogDelivery *`),
    'logs:ListLogDeliveries *',
    'logs:PutResourcePolicy *',
    'logs:DescribeResourcePolicies *',
    'logs:DescribeLogGroups *',
  ],
  ClusterExecutionRole: [
    ...logs('/ecs/fleet'),
    'ecr:GetAuthorizationToken *',
    ...['BatchCheckLayerAvailability', 'GetDownloadUrlForLayer', 'BatchGetImage'].map(
      (it) => `ecr:${it} repository/fleet-runner`,
    ),
  ],
  ClusterTaskRole: ['dynamodb:DeleteItem table/fleet-handover if aws:SourceVpc=its VPC'],
  ...Object.fromEntries(
    [
      ['ImageBuildsx8664', 'x86-64'],
      ['ImageBuildsarm64', 'arm64'],
    ].map(([role, name]) => [
      `${role}Role`,
      [
        ...logs(`/aws/codebuild/fleet-image-${name}`),
        's3:GetObject the context',
        's3:GetObjectVersion the context',
        "s3:GetBucketAcl CDK's bucket",
        "s3:GetBucketLocation CDK's bucket",
        'ecr:GetAuthorizationToken *',
        ...['BatchCheckLayerAvailability', 'BatchGetImage', 'CompleteLayerUpload', 'InitiateLayerUpload', 'PutImage', 'UploadLayerPart'].map(
          (it) => `ecr:${it} repository/fleet-runner`,
        ),
      ],
    ]),
  ),
  ...Object.fromEntries(
    ['scheduled', 'deployed'].map((rule) => [
      `ImageBuilds${rule}`,
      ['codebuild:StartBuild project/fleet-image-x86-64', 'codebuild:StartBuild project/fleet-image-arm64'],
    ]),
  ),
  Reconcile: ['lambda:InvokeFunction function:fleet-reconcile:live'],
  Eventsqueued: ['states:StartExecution stateMachine:fleet:live'],
  FlowLogsRole: [...logs('/aws/vpc/fleet'), 'logs:DescribeLogStreams log-group:/aws/vpc/fleet:*'],
};

describe('by default', () => {
  test.each(Object.entries(ROLES))('%s holds exactly this', (role, expected) => {
    expect(held(template(), role)).toEqual([...expected].sort());
  });

  test('there is no other role', () => {
    expect(template().all('AWS::IAM::Role')).toHaveLength(Object.keys(ROLES).length);
  });
});

describe('where it was chosen', () => {
  test('the App’s key is signed with in KMS and never read', () => {
    const sign = 'kms:Sign key/11111111-2222-3333-4444-555555555555 if kms:SigningAlgorithm=RSASSA_PKCS1_V1_5_SHA_256';
    for (const role of ['Functionsmint', 'Functionsverifyremoval', 'Functionsreconcile']) {
      const expected = (ROLES[role] ?? []).map((line) => (line === APP_KEY ? sign : line));
      expect(held(template('signing key in KMS'), role)).toEqual(expected.sort());
    }
  });

  test('secrets are read by their whole ARN', () => {
    const fleet = template('secrets by ARN');
    expect(held(fleet, 'Functionsmint')).toContain('secretsmanager:GetSecretValue secret:app-key-AbCdEf');
    expect(held(fleet, 'Functionswebhook')).toContain('secretsmanager:GetSecretValue secret:hook-AbCdEf');
  });

  test('an image from elsewhere is pulled without a permission, one in ECR with those of its repository', () => {
    expect(held(template('image from a registry'), 'ClusterExecutionRole')).toEqual(logs('/ecs/fleet'));
    expect(held(template('image from a private ECR'), 'ClusterExecutionRole')).toContain('ecr:BatchGetImage repository/runner');
  });

  test('an architecture that is not deployed cannot be run', () => {
    const runs = held(template('x86_64 alone'), 'StateMachineRole').filter((line) => line.startsWith('ecs:RunTask'));
    expect(runs).toEqual([expect.stringContaining('task-definition/fleet-x86-64:*')]);
  });
});

/** Whom a service acts for; Lambda tells the account alone. */
const SOURCES: Record<string, string[]> = {
  'lambda.amazonaws.com': [],
  'ecs-tasks.amazonaws.com': [`arn:aws:ecs:${REGION}:${ACCOUNT}:*`],
  'states.amazonaws.com': [`arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:fleet`],
  'events.amazonaws.com': ['fleet/fleet-queued', 'fleet-image-scheduled', 'fleet-image-deployed'].map(
    (rule) => `arn:aws:events:${REGION}:${ACCOUNT}:rule/${rule}`,
  ),
  'scheduler.amazonaws.com': [`arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule-group/fleet`],
  'codebuild.amazonaws.com': ['x86-64', 'arm64'].map((it) => `arn:aws:codebuild:${REGION}:${ACCOUNT}:project/fleet-image-${it}`),
  'vpc-flow-logs.amazonaws.com': [`arn:aws:ec2:${REGION}:${ACCOUNT}:vpc-flow-log/*`],
};

describe.each(ALL)('in a fleet: %s', (kind: Kind) => {
  test('each role can be assumed by its one service, for this account alone', () => {
    const fleet = template(kind);
    for (const [id, { Properties }] of fleet.all('AWS::IAM::Role')) {
      const [trust, ...more] = statements(fleet, Properties['AssumeRolePolicyDocument']);
      expect(more, id).toEqual([]);
      const { Service, ...others } = trust?.Principal as { Service: string };
      expect(others, id).toEqual({});
      expect(Object.keys(SOURCES), id).toContain(Service);
      const told = trust?.Condition['ArnLike']?.['aws:SourceArn'];
      const sources = SOURCES[Service] ?? [];
      expect(trust, id).toMatchObject({ Effect: 'Allow', Action: ['sts:AssumeRole'] });
      expect(trust?.Condition, id).toEqual({
        StringEquals: { 'aws:SourceAccount': [ACCOUNT] },
        ...(sources.length > 0 ? { ArnLike: { 'aws:SourceArn': [expect.any(String)] } } : {}),
      });
      expect(sources.length > 0 ? sources : [undefined], id).toContain(told?.[0]);
    }
  });
});
