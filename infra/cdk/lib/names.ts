// What a fleet's resources are called. The command `jit-runners` uses the same
// names (infra/cli/observe/src/names.rs); test/names.test.ts compares them.

import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** The processor architectures that runners and functions exist for. */
export const ARCHITECTURES = ['x86_64', 'arm64'] as const;

/** `x86_64` or `arm64`, as in files, flags and tags. */
export type Architecture = (typeof ARCHITECTURES)[number];

/** The handler settings of the functions. */
export const HANDLERS = [
  'webhook',
  'size',
  'mint',
  'verify-removal',
  'escalate',
  'reconcile',
] as const;

/** A function's handler setting; also the last part of its name. */
export type Handler = (typeof HANDLERS)[number];

/** The alias of functions and state machine that is in service. */
export const LIVE = 'live';

/** The container's name in the task definitions; the state machine's overrides name it too. */
export const CONTAINER = 'runner';

/** Physical names of one fleet's resources, and ARNs made from them. */
export class Names {
  constructor(
    private readonly scope: Construct,
    /** The fleet's name: also its bus, archive, state machine, cluster and stack. */
    readonly fleet: string,
  ) {}

  readonly bus = (): string => this.fleet;
  readonly archive = (): string => this.fleet;
  readonly queuedRule = (): string => `${this.fleet}-queued`;
  readonly deadLetters = (): string => `${this.fleet}-dead-letters`;
  readonly stateMachine = (): string => this.fleet;
  readonly schedules = (): string => this.fleet;
  readonly reconcileSchedule = (): string => `${this.fleet}-reconcile`;
  readonly claims = (): string => `${this.fleet}-claims`;
  readonly handover = (): string => `${this.fleet}-handover`;
  readonly cluster = (): string => this.fleet;
  readonly family = (architecture: Architecture): string =>
    `${this.fleet}-${architecture.replace('_', '-')}`;
  readonly function = (handler: Handler): string => `${this.fleet}-${handler}`;
  readonly functionLogs = (handler: Handler): string => `/aws/lambda/${this.function(handler)}`;
  readonly taskLogs = (): string => `/ecs/${this.fleet}`;
  readonly stateMachineLogs = (): string => `/aws/vendedlogs/states/${this.fleet}`;
  readonly appKeySecret = (): string => `${this.fleet}/github-app-key`;
  readonly webhookSecret = (): string => `${this.fleet}/github-webhook-secret`;
  readonly repository = (): string => `${this.fleet}-runner`;
  readonly imageProject = (architecture: Architecture): string => `${this.fleet}-image-${architecture.replace('_', '-')}`;
  readonly imageLogs = (architecture: Architecture): string => `/aws/codebuild/${this.imageProject(architecture)}`;
  readonly imageRule = (suffix: string): string => `${this.fleet}-image-${suffix}`;

  /** Where the dead-letter queue is called. */
  deadLettersUrl(): string {
    const { region, account, urlSuffix } = Stack.of(this.scope);
    return `https://sqs.${region}.${urlSuffix}/${account}/${this.deadLetters()}`;
  }

  /** `arn:<partition>:<service>:<region>:<account>:<rest>`, all of this stack. */
  arn(service: string, rest: string): string {
    const { partition, region, account } = Stack.of(this.scope);
    return `arn:${partition}:${service}:${region}:${account}:${rest}`;
  }
}
