// The functions: one artifact, one table of what each is given and may do.
//
// Each has its own role with exact actions, its own log group, memory and time,
// and publishes a version at every change; `live` names the one in service. A
// function more is one entry in `TABLE` and one in lib/names.ts.

import { createHash } from 'node:crypto';
import { Duration, RemovalPolicy, aws_iam as iam, aws_lambda as lambda, aws_logs as logs } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ARCHITECTURES, type Architecture, HANDLERS, type Handler, LIVE, type Names } from './names.ts';
import { functionPackage } from './package.ts';
import type { FunctionProps, JitRunnersProps } from './props.ts';
import { allow, serviceRole } from './roles.ts';
import { appKey, webhookSecret } from './secrets.ts';

/** Bytes of a policy that fit beside reconcile's other variables. */
const POLICY_BESIDE_OTHERS = 2300;

/** Settings of {@link Functions}: those of the fleet, with their defaults filled in. */
export interface FunctionsProps {
  readonly names: Names;
  readonly fleet: JitRunnersProps;
  readonly architecture: Architecture;
  readonly packageDirectory: string;
  readonly logRetention: logs.RetentionDays;
}

/** One function in service. */
export interface Deployed {
  readonly function: lambda.Function;
  /** What the state machine calls. Kept when a newer one is published. */
  readonly version: lambda.Version;
  readonly live: lambda.Alias;
  readonly role: iam.Role;
  readonly logGroup: logs.LogGroup;
}

/** What one function is given and may do, besides logs and traces. */
interface Entry {
  readonly description: string;
  readonly memoryMiB: number;
  readonly timeoutSeconds: number;
  readonly environment: Record<string, string>;
  readonly statements: iam.PolicyStatement[];
}

/** All functions of a fleet. */
export class Functions extends Construct {
  private readonly deployed: Record<Handler, Deployed>;

  constructor(scope: Construct, id: string, props: FunctionsProps) {
    super(scope, id);
    const code = functionPackage(this, props.packageDirectory, props.architecture);
    const entries = table(props);
    const deploy = (handler: Handler): [Handler, Deployed] => [
      handler,
      this.deploy(handler, entries[handler], code, props),
    ];
    this.deployed = Object.fromEntries(HANDLERS.map(deploy)) as Record<Handler, Deployed>;
  }

  /** The function with this handler setting. */
  get(handler: Handler): Deployed {
    return this.deployed[handler];
  }

  /** All of them, in the order of {@link HANDLERS}. */
  all(): [Handler, Deployed][] {
    return HANDLERS.map((handler) => [handler, this.get(handler)]);
  }

  private deploy(handler: Handler, entry: Entry, code: lambda.Code, props: FunctionsProps): Deployed {
    const { names } = props;
    const scope = new Construct(this, handler);
    const own: FunctionProps = props.fleet.functions?.[handler] ?? {};
    const logGroup = new logs.LogGroup(scope, 'Logs', {
      logGroupName: names.functionLogs(handler),
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = serviceRole(scope, 'Role', {
      names,
      service: 'lambda.amazonaws.com',
      description: `What ${names.function(handler)} may do`,
      statements: [
        allow(
          ['logs:CreateLogStream', 'logs:PutLogEvents'],
          names.arn('logs', `log-group:${names.functionLogs(handler)}:log-stream:*`),
        ),
        allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*'),
        ...entry.statements,
      ],
    });
    const lambdaFunction = new lambda.Function(scope, 'Function', {
      functionName: names.function(handler),
      description: entry.description,
      runtime: lambda.Runtime.PROVIDED_AL2023,
      architecture: props.architecture === 'arm64' ? lambda.Architecture.ARM_64 : lambda.Architecture.X86_64,
      handler,
      code,
      // The role is whole: CDK must not add to it.
      role: role.withoutPolicyUpdates(),
      logGroup,
      tracing: lambda.Tracing.ACTIVE,
      memorySize: own.memoryMiB ?? entry.memoryMiB,
      timeout: Duration.seconds(own.timeoutSeconds ?? entry.timeoutSeconds),
      reservedConcurrentExecutions: own.reservedConcurrency,
      environment: { ...entry.environment, RUST_LOG: props.fleet.logLevel ?? 'info' },
      // Executions of the last release go on calling the version they began with.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
    });
    const version = lambdaFunction.currentVersion;
    const live = new lambda.Alias(scope, 'Live', { aliasName: LIVE, version });
    return { function: lambdaFunction, version, live, role, logGroup };
  }
}

/** Actions are those of the code's API calls, resources those that it is told. */
function table({ names, fleet }: FunctionsProps): Record<Handler, Entry> {
  const claims = names.arn('dynamodb', `table/${names.claims()}`);
  const handover = names.arn('dynamodb', `table/${names.handover()}`);
  const cluster = names.arn('ecs', `cluster/${names.cluster()}`);
  const key = appKey(names, fleet.github);
  const secret = webhookSecret(names, fleet.github);
  const github = {
    GITHUB_API_URL: fleet.github.apiUrl ?? 'https://api.github.com',
    GITHUB_APP_ID: String(fleet.github.appId),
    GITHUB_INSTALLATION_ID: String(fleet.github.installationId),
    RUNNER_SCOPE: fleet.scope ?? 'organization',
    RUNNER_GROUP_ID: String(fleet.runnerGroupId ?? 1),
    RUNNER_NAME_PREFIX: fleet.runnerNamePrefix ?? 'jit',
    ...key.environment,
  };
  const tables = { CLAIMS_TABLE: names.claims(), HANDOVER_TABLE: names.handover() };
  // Take before stop: the item, the registration, the task that the history names.
  const removal = [
    allow(['dynamodb:GetItem', 'dynamodb:UpdateItem'], claims),
    allow('dynamodb:DeleteItem', handover),
    allow(['ecs:DescribeTasks', 'ecs:StopTask'], names.arn('ecs', `task/${names.cluster()}/*`), {
      ArnEquals: { 'ecs:cluster': cluster },
    }),
    allow('states:GetExecutionHistory', names.arn('states', `execution:${names.stateMachine()}:*`)),
    ...key.statements,
  ];
  const machine = names.arn('states', `stateMachine:${names.stateMachine()}`);
  return {
    webhook: {
      description: "Checks GitHub's deliveries and puts them on the event bus",
      memoryMiB: 256,
      // GitHub gives up after 10 seconds.
      timeoutSeconds: 10,
      environment: {
        EVENT_BUS: names.bus(),
        ...secret.environment,
        ...listed('GITHUB_OWNERS', fleet.github.owners),
        ...listed('GITHUB_HOOK_CIDRS', fleet.webhook?.hookCidrs),
      },
      statements: [
        allow('events:PutEvents', names.arn('events', `event-bus/${names.bus()}`)),
        ...secret.statements,
      ],
    },
    size: {
      description: 'Labels and policy to a decision and a Fargate size',
      memoryMiB: 128,
      timeoutSeconds: 10,
      environment: {
        ARCHITECTURES: (fleet.architectures ?? ARCHITECTURES).join(','),
        ...(policyGiven(fleet) ? { POLICY: fleet.policy } : {}),
      },
      statements: [],
    },
    mint: {
      description: 'One JIT runner for one queued job',
      memoryMiB: 256,
      // Below the state's 120, so that Lambda's own error is seen.
      timeoutSeconds: 100,
      environment: { ...tables, ...github },
      statements: [
        allow(['dynamodb:GetItem', 'dynamodb:UpdateItem'], claims),
        allow(['dynamodb:PutItem', 'dynamodb:DeleteItem'], handover),
        ...key.statements,
      ],
    },
    'verify-removal': {
      description: 'The end of a runner, classified and cleaned up',
      memoryMiB: 256,
      timeoutSeconds: 100,
      environment: { ...tables, CLUSTER: names.cluster(), ...github },
      statements: removal,
    },
    escalate: {
      description: 'Fails the execution under a name of our own',
      memoryMiB: 128,
      timeoutSeconds: 10,
      environment: {},
      statements: [],
    },
    release: {
      description: 'Removes the runner of a job that has ended without it',
      memoryMiB: 256,
      timeoutSeconds: 100,
      environment: { ...tables, CLUSTER: names.cluster(), ...github },
      statements: removal,
    },
    reconcile: {
      description: 'On a schedule: finds what was lost, and what was left behind',
      memoryMiB: 256,
      // It works for 40 seconds at most; the rest is for what is under way.
      timeoutSeconds: 60,
      environment: {
        ...tables,
        CLUSTER: names.cluster(),
        EVENT_BUS: names.bus(),
        STATE_MACHINE_ARN: machine,
        DEAD_LETTER_QUEUE_URL: names.deadLettersUrl(),
        ...github,
        ...reconcileSettings(fleet),
      },
      statements: [
        allow(['dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:Scan'], claims),
        allow('dynamodb:DeleteItem', handover),
        // It sees keys and times there, never a JIT config.
        allow('dynamodb:Scan', handover, {
          'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['pk', 'expires_at'] },
          StringEquals: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
        }),
        allow('events:PutEvents', names.arn('events', `event-bus/${names.bus()}`)),
        allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage'], names.arn('sqs', names.deadLetters())),
        allow('ecs:ListTasks', '*', { ArnEquals: { 'ecs:cluster': cluster } }),
        allow(['ecs:DescribeTasks', 'ecs:StopTask'], names.arn('ecs', `task/${names.cluster()}/*`), {
          ArnEquals: { 'ecs:cluster': cluster },
        }),
        allow('states:ListExecutions', machine),
        allow(
          ['states:DescribeExecution', 'states:GetExecutionHistory', 'states:RedriveExecution'],
          names.arn('states', `execution:${names.stateMachine()}:*`),
        ),
        ...key.statements,
      ],
    },
  };
}

/** Whether size is told a policy; else it takes the policy's own defaults. */
function policyGiven(fleet: JitRunnersProps): fleet is JitRunnersProps & { policy: string } {
  return fleet.policy !== undefined && fleet.policy !== '';
}

function reconcileSettings(fleet: JitRunnersProps): Record<string, string> {
  const { githubCalls, organizationHook } = fleet.reconcile ?? {};
  return {
    ARCHITECTURES: (fleet.architectures ?? ARCHITECTURES).join(','),
    ...policyOrHash(fleet),
    ...listed('RECONCILE_LABELS', fleet.labels),
    ...(githubCalls === undefined ? {} : { RECONCILE_GITHUB_CALLS: String(githubCalls) }),
    ...(organizationHook === undefined ? {} : { RECONCILE_ORG_HOOK_ID: organizationHook }),
  };
}

/**
 * A function's variables have 4 KB in all, and this one has many: beside a long
 * policy it is only told which one sizes jobs.
 */
function policyOrHash(fleet: JitRunnersProps): Record<string, string> {
  if (!policyGiven(fleet)) {
    return {};
  }
  return Buffer.byteLength(fleet.policy) <= POLICY_BESIDE_OTHERS
    ? { POLICY: fleet.policy }
    : { POLICY_HASH: createHash('sha256').update(fleet.policy).digest('hex') };
}

function listed(variable: string, values?: readonly string[]): Record<string, string> {
  return values && values.length > 0 ? { [variable]: values.join(',') } : {};
}
