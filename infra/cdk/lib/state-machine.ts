// The state machine: the one definition, deployed as it stands.
//
// Its file is read here, not handed over as an asset, so that the template says
// what is deployed. An execution keeps its version of the definition and the
// function versions that it names, for days; so all versions are kept, and the
// role covers them.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Fn, RemovalPolicy, aws_iam as iam, aws_logs as logs, aws_stepfunctions as sfn } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Cluster } from './cluster.ts';
import type { Functions } from './functions.ts';
import { ARCHITECTURES, type Architecture, type Handler, LIVE, type Names } from './names.ts';
import type { Network } from './network.ts';
import { allow, serviceRole } from './roles.ts';

/** The file that the embedded place runs as well. */
export const DEFINITION = path.resolve(import.meta.dirname, '../../../statemachine/runner.asl.json');

/** The functions that the definition calls, by placeholder. */
const CALLED: Record<string, Handler> = {
  SizeFunctionArn: 'size',
  MintFunctionArn: 'mint',
  VerifyRemovalFunctionArn: 'verify-removal',
  EscalateFunctionArn: 'escalate',
};

/** Times and tries, as docs and the embedded place have them. */
const CONSTANTS = {
  EndMarginSeconds: '600',
  MaxTries: '20',
  ShortBackoffSeconds: '30',
  LongBackoffMinSeconds: '30',
  LongBackoffMaxSeconds: '600',
};

/** The actions of Step Functions' own log delivery; AWS gives them no resource. */
const LOG_DELIVERY = [
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
];

/** Settings of {@link StateMachine}. */
export interface StateMachineProps {
  readonly names: Names;
  readonly functions: Functions;
  readonly cluster: Cluster;
  readonly network: Network;
  readonly logRetention: logs.RetentionDays;
}

/** One execution of it is one queued job. */
export class StateMachine extends Construct {
  readonly stateMachine: sfn.CfnStateMachine;
  /** Published at every change of definition or role; kept. */
  readonly version: sfn.CfnStateMachineVersion;
  /** `live`: what the rule starts. */
  readonly alias: sfn.CfnStateMachineAlias;
  readonly role: iam.Role;
  readonly logGroup: logs.LogGroup;

  constructor(scope: Construct, id: string, props: StateMachineProps) {
    super(scope, id);
    const { names } = props;
    this.logGroup = new logs.LogGroup(this, 'Logs', {
      logGroupName: names.stateMachineLogs(),
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = serviceRole(this, 'Role', {
      names,
      service: 'states.amazonaws.com',
      sourceArn: names.arn('states', `stateMachine:${names.stateMachine()}`),
      description: `What executions of ${names.stateMachine()} may do`,
      statements: statements(props),
    });
    this.stateMachine = new sfn.CfnStateMachine(this, 'StateMachine', {
      stateMachineName: names.stateMachine(),
      stateMachineType: 'STANDARD',
      roleArn: this.role.roleArn,
      definitionString: readFileSync(DEFINITION, 'utf8'),
      definitionSubstitutions: substitutions(props),
      tracingConfiguration: { enabled: true },
      // ALL: which states a job went through stays readable when its history is
      // gone. Without execution data: inputs, outputs and causes stay in the
      // history, whose readers are fewer.
      loggingConfiguration: {
        level: 'ALL',
        includeExecutionData: false,
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: this.logGroup.logGroupArn } }],
      },
    });
    // cfn-lint's schema has the times of JSONPath definitions only: a number, no
    // expression. test/definition.test.ts reads the rendered definition instead.
    this.stateMachine.addMetadata('cfn-lint', { config: { ignore_checks: ['E3601'] } });
    // Step Functions checks the role when it takes the machine.
    this.stateMachine.node.addDependency(this.role);
    this.version = new sfn.CfnStateMachineVersion(this, 'Version', {
      stateMachineArn: this.stateMachine.attrArn,
      stateMachineRevisionId: this.stateMachine.attrStateMachineRevisionId,
    });
    this.version.applyRemovalPolicy(RemovalPolicy.RETAIN);
    this.alias = new sfn.CfnStateMachineAlias(this, 'Live', {
      name: LIVE,
      routingConfiguration: [{ stateMachineVersionArn: this.version.attrArn, weight: 100 }],
    });
  }
}

function substitutions({ names, functions, cluster, network }: StateMachineProps): Record<string, string> {
  const called = Object.entries(CALLED).map(([placeholder, handler]) => [
    placeholder,
    functions.get(handler).version.functionArn,
  ]);
  return {
    ...Object.fromEntries(called),
    ClaimsTable: names.claims(),
    ClusterArn: cluster.cluster.attrArn,
    // The family, not a revision: a deployment takes its old revision out of
    // service, and executions that began before still have tasks to start. An
    // architecture that is not deployed has no family, and ECS says so.
    TaskDefinitionX86: names.family('x86_64'),
    TaskDefinitionArm: names.family('arm64'),
    SubnetIds: Fn.join(',', [...network.subnetIds]),
    SecurityGroupIds: network.securityGroupId,
    AssignPublicIp: network.assignPublicIp ? 'ENABLED' : 'DISABLED',
    ...CONSTANTS,
  };
}

function statements({ names, cluster }: StateMachineProps): iam.PolicyStatement[] {
  const clusterArn = names.arn('ecs', `cluster/${names.cluster()}`);
  const inCluster = { ArnEquals: { 'ecs:cluster': clusterArn } };
  const deployed = ARCHITECTURES.filter((it: Architecture) => cluster.taskDefinitions.has(it));
  return [
    allow(
      'lambda:InvokeFunction',
      Object.values(CALLED).map((handler) => names.arn('lambda', `function:${names.function(handler)}:*`)),
    ),
    allow(['dynamodb:UpdateItem', 'dynamodb:DeleteItem'], names.arn('dynamodb', `table/${names.claims()}`)),
    allow(
      'ecs:RunTask',
      deployed.map((architecture) => names.arn('ecs', `task-definition/${names.family(architecture)}:*`)),
      { ...inCluster, BoolIfExists: { 'ecs:enable-execute-command': 'false' } },
    ),
    allow(['ecs:StopTask', 'ecs:DescribeTasks'], names.arn('ecs', `task/${names.cluster()}/*`), inCluster),
    // The task takes the tags of its definition.
    allow('ecs:TagResource', names.arn('ecs', `task/${names.cluster()}/*`), {
      StringEquals: { 'ecs:CreateAction': 'RunTask' },
    }),
    allow('iam:PassRole', [cluster.taskRole.roleArn, cluster.executionRole.roleArn], {
      StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
    }),
    allow(
      ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
      names.arn('events', 'rule/StepFunctionsGetEventsForECSTaskRule'),
    ),
    allow(
      ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'],
      '*',
    ),
    allow(LOG_DELIVERY, '*'),
  ];
}
