// The props of the construct JitRunners: what a fleet can be told. Each has a
// default where there is a sound one; lib/check.ts refuses what cannot work.

import type { RemovalPolicy } from 'aws-cdk-lib';
import type { Architecture, Handler } from './names.ts';

/** GitHub's side: the App that the fleet signs in as. */
export interface GitHubProps {
  /** The App's id, a number above 0. */
  readonly appId: number;
  /** The id of the App's one installation that this fleet serves, above 0. */
  readonly installationId: number;
  /** Base address of the REST API. @default 'https://api.github.com' */
  readonly apiUrl?: string;
  /**
   * ARN of a KMS key (RSA_2048, SIGN_VERIFY) that holds the App's private key,
   * so that it never enters a process.
   * @default - the PEM text in a secret
   */
  readonly appKeyKmsArn?: string;
  /** ARN of the secret with the App's private key (PEM). @default - the secret `<name>/github-app-key` */
  readonly appKeySecretArn?: string;
  /** ARN of the secret that webhooks are signed with. @default - the secret `<name>/github-webhook-secret` */
  readonly webhookSecretArn?: string;
  /** Logins whose repositories may have runners; others get 403. @default - all that the App sees */
  readonly owners?: readonly string[];
}

/** Memory, time and concurrency of one function. */
export interface FunctionProps {
  /** MiB, 128 to 10240; CPU grows with it. */
  readonly memoryMiB?: number;
  /** Seconds, 1 to 900. */
  readonly timeoutSeconds?: number;
  /** Instances that are kept for this function, and its ceiling. @default - shares the account's */
  readonly reservedConcurrency?: number;
}

/** How GitHub reaches the webhook function. */
export interface WebhookProps {
  /**
   * `url`: a public function URL. `private-api`: an API inside a VPC, for a
   * GitHub Enterprise Server in the same network.
   * @default 'url'
   */
  readonly kind?: 'url' | 'private-api';
  /** Addresses that deliveries may come from (see GitHub's /meta, `hooks`). @default - any */
  readonly hookCidrs?: readonly string[];
  /** With `private-api`: an execute-api VPC endpoint that exists. @default - one is made in the fleet's subnets */
  readonly vpcEndpointId?: string;
}

/** The network that runners are in. */
export interface NetworkProps {
  /**
   * `public`: a new VPC, public subnets with public addresses and no NAT, which
   * costs nothing by itself. `nat`: a new VPC, private subnets behind one NAT
   * gateway. `endpoints`: a new VPC, subnets without a way out but for VPC
   * endpoints (ECR, CloudWatch Logs, S3, DynamoDB): a runner reaches GitHub only
   * where you add the way yourself (a transit gateway, a proxy, peering).
   * `given`: your VPC and subnets.
   * @default 'public'
   */
  readonly kind?: 'public' | 'nat' | 'endpoints' | 'given';
  /** Address range of a new VPC. @default '10.0.0.0/16' */
  readonly cidr?: string;
  /** Availability zones of a new VPC, 1 to 3. @default 2 */
  readonly availabilityZones?: number;
  /** With `given`: the VPC's id. */
  readonly vpcId?: string;
  /** With `given`: where runners are placed; at least one, all in the VPC. */
  readonly subnetIds?: readonly string[];
  /** With `given`: whether tasks get a public address (they need it in public subnets). @default false */
  readonly assignPublicIp?: boolean;
  /** With `given`: route tables of the subnets, for the DynamoDB gateway endpoint that is added. */
  readonly routeTableIds?: readonly string[];
  /** With `given`: the VPC has a DynamoDB gateway endpoint, so none is added. @default false */
  readonly hasDynamoDbEndpoint?: boolean;
  /**
   * TCP ports that runners may connect to anywhere. 80 is what apt's mirrors
   * need; 53 is for DNS servers of your own (UDP as well), since the VPC's own
   * resolver is behind no security group.
   * @default [443]
   */
  readonly egressPorts?: readonly number[];
}

/** The image that the stack builds itself, from target/package; see lib/image-builds.ts. */
export interface ImageBuildProps {
  /**
   * The base that the entrypoint is put on, pulled anew for each build; one in a
   * private ECR gets the permission to be pulled. infra/image/README.md says what
   * it must have. @default 'ghcr.io/actions/actions-runner:latest'
   */
  readonly base?: string;
  /** `keep` lets jobs become root in their container, by the base's sudo. @default 'remove' */
  readonly setuid?: 'remove' | 'keep';
  /** When the image is built anew, as EventBridge writes it. @default 'rate(7 days)' */
  readonly schedule?: string;
  /** Older images that are kept for each architecture, 1 to 100. @default 5 */
  readonly keep?: number;
  /** How layers are compressed: Fargate unpacks zstd faster, and every registry knows gzip. @default 'gzip' */
  readonly compression?: 'gzip' | 'zstd';
}

/** The runners' image; see lib/runner-image.ts. */
export interface ImageProps {
  /**
   * Images that exist: one address for all architectures (a multi-architecture
   * index), or one each. Addresses in a private ECR are recognised, and the
   * pull permission is given for that repository alone.
   * @default - repository `<name>-runner`, tags `x86_64` and `arm64`, filled by the stack's own builds
   */
  readonly registry?: string | Partial<Record<Architecture, string>>;
  /** How the stack builds the image, where it is neither in a registry nor an asset. */
  readonly build?: ImageBuildProps;
  /** A folder with a Dockerfile, built by `cdk deploy` where Docker is. */
  readonly asset?: {
    /** Path of the folder. @default - `image-<architecture>` in the folder of packages */
    readonly directory?: string;
    /** Build arguments. @default - none */
    readonly buildArgs?: Record<string, string>;
  };
  /** The unprivileged user of the image, as a number above 0. @default 1001, the official image's */
  readonly user?: number;
}

/** Who is told of alarms. */
export interface AlarmProps {
  /** ARN of an SNS topic that exists. @default - a topic `<name>-alarms` is made */
  readonly topicArn?: string;
  /** Addresses that the topic made here writes to, after each confirmed its subscription. @default - nobody yet */
  readonly emails?: string[];
}

/** How what was lost is found; see functions/reconcile. */
export interface ReconcileProps {
  /** Minutes from one period to the next, 1 to 60. @default 2 */
  readonly periodMinutes?: number;
  /** Calls to GitHub that one period may make, 4 to 1,000. @default 60 */
  readonly githubCalls?: number;
  /**
   * An organization's own webhook that delivers to this fleet beside the App's,
   * `<organization>/<id>`: its failed deliveries are sent again as well. The App
   * needs the permission `organization_hooks: write`. @default - the App's webhook alone
   */
  readonly organizationHook?: string;
}

/** What a fleet is told. */
export interface JitRunnersProps {
  /** Names everything; 1 to 32 lower-case letters, digits and `-`, a letter first. @default 'jit-runners' */
  readonly name?: string;
  /** GitHub's side. */
  readonly github: GitHubProps;
  /** Where runners register: at the organization or at the job's repository. @default 'organization' */
  readonly scope?: 'organization' | 'repository';
  /** The runner group's id. @default 1, GitHub's Default */
  readonly runnerGroupId?: number;
  /** What runners' names begin with. @default 'jit' */
  readonly runnerNamePrefix?: string;
  /** The policy's text (TOML): who may have runners, of which sizes, for how long. @default - the policy's own defaults */
  readonly policy?: string;
  /** Architectures that runners exist for. @default ['x86_64', 'arm64'] */
  readonly architectures?: readonly Architecture[];
  /** Architecture of the functions. @default 'arm64' */
  readonly functionArchitecture?: Architecture;
  /** Folder with `bootstrap-<architecture>.zip`, as `cargo xtask package` leaves it. @default - target/package of this repository */
  readonly packageDirectory?: string;
  /** Memory, time and concurrency by function. @default - lib/functions.ts */
  readonly functions?: Partial<Record<Handler, FunctionProps>>;
  /** `RUST_LOG` of the functions. @default 'info' */
  readonly logLevel?: string;
  /** How GitHub reaches the fleet. @default - a public function URL, any address, HMAC checked */
  readonly webhook?: WebhookProps;
  /** The runners' network. @default - a new VPC with public subnets and no NAT */
  readonly network?: NetworkProps;
  /** The runners' image. @default - built by the stack, weekly and after each deployment */
  readonly image?: ImageProps;
  /** A queued job must carry one of these labels to start an execution. @default ['self-hosted'] */
  readonly labels?: readonly string[];
  /** How what was lost is found. @default - every 2 minutes, by 60 calls to GitHub at most */
  readonly reconcile?: ReconcileProps;
  /** Days that events are kept for replay, 1 to 365. @default 14 */
  readonly archiveDays?: number;
  /** Days that logs are kept; one of CloudWatch Logs' values. @default 30 */
  readonly logRetentionDays?: number;
  /** What becomes of the claims table when the stack goes. @default RemovalPolicy.RETAIN */
  readonly claimsRemovalPolicy?: RemovalPolicy;
  /** Who is told of alarms. @default - a topic without subscribers */
  readonly alarms?: AlarmProps;
  /** CloudWatch Container Insights on the cluster, charged by metric. @default false */
  readonly containerInsights?: boolean;
}
