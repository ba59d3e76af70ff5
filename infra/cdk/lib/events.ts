// The bus between GitHub's events and what they start: rules, what becomes of
// events that cannot be delivered, and an archive to replay from.

import { Duration, RemovalPolicy, aws_events as events, aws_iam as iam, aws_lambda as lambda, aws_sqs as sqs } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { acknowledge } from './nag.ts';
import type { Names } from './names.ts';
import { allow, serviceRole } from './roles.ts';

/** What the webhook function writes on its events. */
export const SOURCE = 'github.com';
/** GitHub's name of the event. */
export const WORKFLOW_JOB = 'workflow_job';

/** EventBridge tries for so long, then the event is a dead letter. */
const RETRY = { maximumEventAgeInSeconds: 24 * 3600, maximumRetryAttempts: 185 };

/** Settings of {@link Events}. */
export interface EventsProps {
  readonly names: Names;
  /** Days that events are kept for replay. */
  readonly archiveDays: number;
}

/** Bus, archive and dead-letter queue; rules are added with {@link Events.rule}. */
export class Events extends Construct {
  readonly bus: events.EventBus;
  readonly archive: events.CfnArchive;
  readonly deadLetters: sqs.Queue;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: EventsProps,
  ) {
    super(scope, id);
    const { names } = props;
    this.bus = new events.EventBus(this, 'Bus', { eventBusName: names.bus() });
    this.archive = new events.CfnArchive(this, 'Archive', {
      archiveName: names.archive(),
      sourceArn: this.bus.eventBusArn,
      description: "GitHub's trimmed events, for replay",
      eventPattern: { source: [SOURCE] },
      retentionDays: props.archiveDays,
    });
    this.deadLetters = new sqs.Queue(this, 'DeadLetters', {
      queueName: names.deadLetters(),
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    acknowledge(this.deadLetters, 'SQS3', 'It is the dead-letter queue.');
  }

  /**
   * A rule `<fleet>-<suffix>` for `detail` of GitHub's workflow_job events,
   * whose target is started with the role's one action.
   */
  rule(suffix: string, detail: Record<string, unknown>, target: { arn: string; action: string }): events.CfnRule {
    const { names } = this.props;
    const scope = new Construct(this, suffix);
    const role = serviceRole(scope, 'Role', {
      names,
      service: 'events.amazonaws.com',
      sourceArn: this.arn(suffix),
      description: `Lets the rule ${this.name(suffix)} start its target`,
      statements: [allow(target.action, target.arn)],
    });
    return this.add(scope, suffix, detail, { arn: target.arn, roleArn: role.roleArn });
  }

  /** The same for a function, whose own policy lets this rule alone call the alias. */
  call(suffix: string, detail: Record<string, unknown>, alias: lambda.Alias): events.CfnRule {
    const scope = new Construct(this, suffix);
    new lambda.CfnPermission(scope, 'Permission', {
      action: 'lambda:InvokeFunction',
      functionName: alias.functionArn,
      principal: 'events.amazonaws.com',
      sourceArn: this.arn(suffix),
    });
    return this.add(scope, suffix, detail, { arn: alias.functionArn });
  }

  private name(suffix: string): string {
    return `${this.props.names.fleet}-${suffix}`;
  }

  private arn(suffix: string): string {
    const { names } = this.props;
    return names.arn('events', `rule/${names.bus()}/${this.name(suffix)}`);
  }

  private add(
    scope: Construct,
    suffix: string,
    detail: Record<string, unknown>,
    target: { arn: string; roleArn?: string },
  ): events.CfnRule {
    const rule = new events.CfnRule(scope, 'Rule', {
      name: this.name(suffix),
      eventBusName: this.bus.eventBusName,
      description: `GitHub's workflow_job events: ${suffix}`,
      state: 'ENABLED',
      eventPattern: { source: [SOURCE], 'detail-type': [WORKFLOW_JOB], detail },
      targets: [
        {
          id: suffix,
          ...target,
          retryPolicy: RETRY,
          deadLetterConfig: { arn: this.deadLetters.queueArn },
        },
      ],
    });
    this.deadLetters.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.deadLetters.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': this.arn(suffix) } },
      }),
    );
    return rule;
  }
}
