// The repository of the runner image, and the builds that fill it: after every
// deployment, so that a new entrypoint arrives, and on a schedule, since GitHub
// refuses a runner 30 days after the next one's release.

import { Aws, RemovalPolicy, Stack, aws_codebuild as codebuild, aws_ecr as ecr, aws_events as events, aws_logs as logs } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { buildspec } from './image-buildspec.ts';
import { imageContext } from './image-context.ts';
import { acknowledge } from './nag.ts';
import type { Architecture, Names } from './names.ts';
import type { ImageBuildProps } from './props.ts';
import { allow, serviceRole } from './roles.ts';

/** The base that images are built on where no other is named. */
export const OFFICIAL_BASE = 'ghcr.io/actions/actions-runner:latest';

/** A repository of a private ECR, with its tag or digest. */
export const PRIVATE_ECR = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)(?:[:@](.+))?$/;

/** Where a build runs: the architecture's own machines, so that nothing is emulated. */
const MACHINES = {
  x86_64: { type: 'LINUX_CONTAINER', image: 'aws/codebuild/amazonlinux-x86_64-standard:5.0' },
  arm64: { type: 'ARM_CONTAINER', image: 'aws/codebuild/amazonlinux-aarch64-standard:3.0' },
} as const satisfies Record<Architecture, { type: string; image: string }>;

/** Settings of {@link ImageBuilds}. */
export interface ImageBuildsProps {
  readonly names: Names;
  readonly architectures: readonly Architecture[];
  readonly build: ImageBuildProps;
  /** The runner's user in the base. */
  readonly user: number;
  /** Folder with `image-<architecture>`. */
  readonly packageDirectory: string;
  readonly logRetention: logs.RetentionDays;
}

/** Repository `<fleet>-runner`, and one CodeBuild project per architecture. */
export class ImageBuilds extends Construct {
  readonly repository: ecr.Repository;
  readonly projects: ReadonlyMap<Architecture, codebuild.CfnProject>;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ImageBuildsProps,
  ) {
    super(scope, id);
    const { names, architectures, build } = props;
    this.repository = new ecr.Repository(this, 'Repository', {
      repositoryName: names.repository(),
      imageScanOnPush: true,
      // The tags x86_64 and arm64 move to each new image.
      imageTagMutability: ecr.TagMutability.MUTABLE,
      lifecycleRules: [
        {
          description: 'Images that a newer one took the tag from',
          tagStatus: ecr.TagStatus.UNTAGGED,
          maxImageCount: (build.keep ?? 5) * architectures.length,
        },
      ],
      // A build makes it anew; nothing in it is of its own.
      removalPolicy: RemovalPolicy.DESTROY,
      emptyOnDelete: true,
    });
    this.projects = new Map(architectures.map((architecture) => [architecture, this.project(architecture)]));
    this.rule('scheduled', `Builds the image anew: ${names.fleet}`, {
      scheduleExpression: build.schedule ?? 'rate(7 days)',
    });
    this.rule('deployed', `Builds the image after a deployment: ${names.fleet}`, {
      eventPattern: {
        source: ['aws.cloudformation'],
        'detail-type': ['CloudFormation Stack Status Change'],
        detail: {
          'stack-id': [Stack.of(this).stackId],
          'status-details': { status: ['CREATE_COMPLETE', 'UPDATE_COMPLETE'] },
        },
      },
    });
  }

  private project(architecture: Architecture): codebuild.CfnProject {
    const { names, build, packageDirectory } = this.props;
    const scope = new Construct(this, architecture);
    const name = names.imageProject(architecture);
    const source = imageContext(scope, packageDirectory, architecture);
    const base = build.base ?? OFFICIAL_BASE;
    const logGroup = new logs.LogGroup(scope, 'Logs', {
      logGroupName: names.imageLogs(architecture),
      retention: this.props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = serviceRole(scope, 'Role', {
      names,
      service: 'codebuild.amazonaws.com',
      sourceArn: names.arn('codebuild', `project/${name}`),
      description: `Builds and pushes the ${architecture} image of ${names.fleet}`,
      statements: [
        allow(['logs:CreateLogStream', 'logs:PutLogEvents'], names.arn('logs', `log-group:${names.imageLogs(architecture)}:log-stream:*`)),
        allow(['s3:GetObject', 's3:GetObjectVersion'], source.bucket.arnForObjects(source.s3ObjectKey)),
        allow(['s3:GetBucketAcl', 's3:GetBucketLocation'], source.bucket.bucketArn),
        allow('ecr:GetAuthorizationToken', '*'),
        allow(
          [
            'ecr:BatchCheckLayerAvailability',
            'ecr:BatchGetImage',
            'ecr:CompleteLayerUpload',
            'ecr:InitiateLayerUpload',
            'ecr:PutImage',
            'ecr:UploadLayerPart',
          ],
          names.arn('ecr', `repository/${names.repository()}`),
        ),
        ...pullOf(base),
      ],
    });
    const { type, image } = MACHINES[architecture];
    const project = new codebuild.CfnProject(scope, 'Project', {
      name,
      description: `The runner image of ${names.fleet} for ${architecture}`,
      serviceRole: role.roleArn,
      artifacts: { type: 'NO_ARTIFACTS' },
      source: {
        type: 'S3',
        location: `${source.s3BucketName}/${source.s3ObjectKey}`,
        buildSpec: JSON.stringify(buildspec(build.compression ?? 'gzip', PRIVATE_ECR.exec(base)?.[2])),
      },
      environment: {
        type,
        image,
        computeType: 'BUILD_GENERAL1_SMALL',
        // `docker build` needs a daemon, and a daemon needs this. What it builds
        // is our own Dockerfile on the base that the settings name; no job of
        // GitHub's ever runs here.
        privilegedMode: true,
        environmentVariables: Object.entries({
          IMAGE: `${this.repository.repositoryUri}:${architecture}`,
          BASE: base,
          SETUID: build.setuid ?? 'remove',
          RUNNER_UID: String(this.props.user),
          REVISION: source.assetHash,
        }).map(([name, value]) => ({ name, value, type: 'PLAINTEXT' })),
      },
      logsConfig: { cloudWatchLogs: { status: 'ENABLED', groupName: logGroup.logGroupName } },
      timeoutInMinutes: 30,
      queuedTimeoutInMinutes: 60,
    });
    acknowledge(project, 'CB3', 'It builds an image, and the Docker daemon needs it; only our own Dockerfile runs here.');
    acknowledge(project, 'CB4', 'It has no artifacts; the image lies in ECR, encrypted there.');
    return project;
  }

  /** A rule on the account's default bus that starts every project. */
  private rule(suffix: string, description: string, when: Pick<events.CfnRuleProps, 'scheduleExpression' | 'eventPattern'>): void {
    const { names } = this.props;
    const scope = new Construct(this, suffix);
    const name = names.imageRule(suffix);
    const projects = [...this.projects.values()];
    const role = serviceRole(scope, 'Role', {
      names,
      service: 'events.amazonaws.com',
      sourceArn: names.arn('events', `rule/${name}`),
      description: `Lets the rule ${name} start the builds of the image`,
      statements: [allow('codebuild:StartBuild', projects.map(({ attrArn }) => attrArn))],
    });
    new events.CfnRule(scope, 'Rule', {
      name,
      description,
      state: 'ENABLED',
      ...when,
      targets: projects.map(({ attrArn }, index) => ({ id: `project-${index}`, arn: attrArn, roleArn: role.roleArn })),
    });
  }
}

/** What pulling the base needs, where it lies in a private ECR. */
function pullOf(base: string): ReturnType<typeof allow>[] {
  const [, account, region, name] = PRIVATE_ECR.exec(base) ?? [];
  return account && region && name
    ? [
        allow(
          ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
          `arn:${Aws.PARTITION}:ecr:${region}:${account}:repository/${name}`,
        ),
      ]
    : [];
}
