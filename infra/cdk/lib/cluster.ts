// The cluster, a task definition per architecture, and the runners' two roles.
//
// A job has its task's role in reach, so the role is worth nothing to it: one
// DeleteItem on the hand-over table from our VPC, and everything else denied,
// whatever a policy may add later.

import { Duration, RemovalPolicy, aws_ecs as ecs, aws_iam as iam, aws_logs as logs } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { acknowledge } from './nag.ts';
import { type Architecture, CONTAINER, type Names } from './names.ts';
import { allow, serviceRole } from './roles.ts';
import type { RunnerImage } from './runner-image.ts';

/** Settings of {@link Cluster}. */
export interface ClusterProps {
  readonly names: Names;
  readonly architectures: readonly Architecture[];
  readonly image: RunnerImage;
  /** The container's user; never root. */
  readonly user: number;
  /** The VPC that hand-overs must come from. */
  readonly vpcId: string;
  readonly logRetention: logs.RetentionDays;
  readonly containerInsights: boolean;
}

/** Fargate and Fargate Spot, and what runs there. */
export class Cluster extends Construct {
  readonly cluster: ecs.CfnCluster;
  /** What a job has in reach. */
  readonly taskRole: iam.Role;
  /** What Fargate uses to pull the image and write the log. */
  readonly executionRole: iam.Role;
  readonly logGroup: logs.LogGroup;
  readonly taskDefinitions: ReadonlyMap<Architecture, ecs.FargateTaskDefinition>;

  constructor(scope: Construct, id: string, props: ClusterProps) {
    super(scope, id);
    const { names } = props;
    this.cluster = new ecs.CfnCluster(this, 'Cluster', {
      clusterName: names.cluster(),
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      clusterSettings: [{ name: 'containerInsights', value: props.containerInsights ? 'enabled' : 'disabled' }],
    });
    if (!props.containerInsights) {
      acknowledge(
        this.cluster,
        'ECS4',
        "Charged by metric and task, while each job's record is its execution; the prop containerInsights turns it on.",
      );
    }
    this.logGroup = new logs.LogGroup(this, 'Logs', {
      logGroupName: names.taskLogs(),
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const tasks = { names, service: 'ecs-tasks.amazonaws.com', sourceArn: names.arn('ecs', '*') };
    this.taskRole = serviceRole(this, 'TaskRole', {
      ...tasks,
      description: `What a job of ${names.fleet} has in reach: one DeleteItem`,
      statements: handoverOnly(names, props.vpcId),
    });
    this.executionRole = serviceRole(this, 'ExecutionRole', {
      ...tasks,
      description: `Pulls the image of ${names.fleet} and writes its tasks' log`,
      statements: [
        allow(
          ['logs:CreateLogStream', 'logs:PutLogEvents'],
          names.arn('logs', `log-group:${names.taskLogs()}:log-stream:*`),
        ),
      ],
      granted: [allow('ecr:GetAuthorizationToken', '*')],
    });
    this.taskDefinitions = new Map(
      props.architectures.map((architecture) => [architecture, this.taskDefinition(architecture, props)]),
    );
  }

  private taskDefinition(architecture: Architecture, props: ClusterProps): ecs.FargateTaskDefinition {
    const definition = new ecs.FargateTaskDefinition(this, `Task-${architecture}`, {
      family: props.names.family(architecture),
      runtimePlatform: {
        cpuArchitecture: architecture === 'arm64' ? ecs.CpuArchitecture.ARM64 : ecs.CpuArchitecture.X86_64,
        operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
      },
      // The least; each execution overrides it with its job's size.
      cpu: 256,
      memoryLimitMiB: 512,
      taskRole: this.taskRole.withoutPolicyUpdates(),
      executionRole: this.executionRole,
    });
    definition.addContainer(CONTAINER, {
      containerName: CONTAINER,
      image: props.image.containerImage(architecture),
      environment: { HANDOVER_TABLE: props.names.handover() },
      user: String(props.user),
      // Fargate's most: a listener that is told to stop has its job to cancel.
      stopTimeout: Duration.seconds(120),
      // The runner keeps its identity, its diagnostics and the job's folder beside
      // its program in /home/runner, and Fargate fills a volume only from a path
      // that the image declares as one. What may be written is up to the image,
      // which leaves its user no way to become root; and nothing outlives the job.
      readonlyRootFilesystem: false,
      logging: new Awslogs(this.logGroup),
    });
    acknowledge(definition, 'ECS2', 'The one variable is the name of a table, which is no secret.');
    return definition;
  }
}

/** The `awslogs` driver. CDK's own would give the execution role a second, wider statement. */
class Awslogs extends ecs.LogDriver {
  constructor(private readonly logGroup: logs.LogGroup) {
    super();
  }

  override bind(): ecs.LogDriverConfig {
    return {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': this.logGroup.logGroupName,
        'awslogs-region': this.logGroup.env.region,
        'awslogs-stream-prefix': CONTAINER,
        // A log service that is away must not stop a job's output, and the job with it.
        mode: 'non-blocking',
        'max-buffer-size': '8m',
      },
    };
  }
}

function handoverOnly(names: Names, vpcId: string): iam.PolicyStatement[] {
  const table = names.arn('dynamodb', `table/${names.handover()}`);
  const deny = (what: Partial<iam.PolicyStatementProps>): iam.PolicyStatement =>
    new iam.PolicyStatement({ effect: iam.Effect.DENY, ...what });
  return [
    allow('dynamodb:DeleteItem', table, { StringEquals: { 'aws:SourceVpc': vpcId } }),
    deny({ notActions: ['dynamodb:DeleteItem'], resources: ['*'] }),
    deny({ actions: ['dynamodb:DeleteItem'], notResources: [table] }),
  ];
}
