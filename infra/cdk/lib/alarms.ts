// The alarms: each is about something a person must do, and has a section of
// its name in docs/operations.md that says what. test/observe.test.ts compares
// the two.

import { Duration, aws_cloudwatch as cloudwatch, aws_sns as sns, aws_sns_subscriptions as subscriptions } from 'aws-cdk-lib';
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import type { Events } from './events.ts';
import type { Functions } from './functions.ts';
import type { Metrics } from './metrics.ts';
import type { Names } from './names.ts';
import type { AlarmProps } from './props.ts';

/** Settings of {@link Alarms}. */
export interface AlarmsProps extends AlarmProps {
  readonly names: Names;
  readonly stateMachineArn: string;
  readonly functions: Functions;
  readonly events: Events;
  readonly metrics: Metrics;
  /** CodeBuild projects that build the runners' image; none where the image is given. */
  readonly imageBuilds: readonly string[];
}

/** One alarm: it goes off when the metric reaches the threshold so many periods in a row. */
interface Entry {
  readonly says: string;
  readonly metric: cloudwatch.IMetric;
  readonly threshold: number;
  /** @default 1 */
  readonly periods?: number;
}

/** A topic, and the alarms that write to it. */
export class Alarms extends Construct {
  readonly topic: sns.ITopic;
  readonly alarms: readonly cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.topic = this.whom(props);
    const action = new actions.SnsAction(this.topic);
    this.alarms = Object.entries(entries(props)).map(([name, entry]) => {
      const alarm = new cloudwatch.Alarm(this, name, {
        alarmName: `${props.names.fleet}-${name}`,
        alarmDescription: `${entry.says} What to do: docs/operations.md#${name}`,
        metric: entry.metric,
        threshold: entry.threshold,
        evaluationPeriods: entry.periods ?? 1,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        // A fleet without jobs is a healthy one.
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      });
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
      return alarm;
    });
  }

  private whom({ names, topicArn, emails }: AlarmsProps): sns.ITopic {
    if (topicArn !== undefined) {
      return sns.Topic.fromTopicArn(this, 'Topic', topicArn);
    }
    // Not encrypted by a key: CloudWatch can write to such a topic only with a
    // key of one's own, and alarms hold names and figures.
    const topic = new sns.Topic(this, 'Topic', { topicName: `${names.fleet}-alarms`, enforceSSL: true });
    for (const email of emails ?? []) {
      topic.addSubscription(new subscriptions.EmailSubscription(email));
    }
    return topic;
  }
}

function entries(props: AlarmsProps): Record<string, Entry> {
  const { functions, events, metrics } = props;
  const minutes = (value: number) => ({ period: Duration.minutes(value) });
  return {
    'executions-failed': {
      says: 'Executions failed for another reason than a rejected job; their jobs wait in vain.',
      metric: new cloudwatch.MathExpression({
        expression: 'FILL(failed, 0) - FILL(rejected, 0)',
        usingMetrics: { failed: executions(props, 'ExecutionsFailed'), rejected: metrics.metric('JobsRejected') },
        label: 'failed, not rejected',
        ...minutes(5),
      }),
      threshold: 1,
    },
    'executions-aborted': {
      says: 'Executions were stopped by hand or by another program; their jobs may wait in vain.',
      metric: executions(props, 'ExecutionsAborted'),
      threshold: 1,
    },
    'jobs-rejected': {
      says: 'Jobs asked for what the policy does not allow, three or more in an hour.',
      metric: metrics.metric('JobsRejected', minutes(60)),
      threshold: 3,
    },
    'dead-letters': {
      says: 'Events could not be delivered to the state machine.',
      metric: events.deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', ...minutes(5) }),
      threshold: 1,
    },
    'webhook-failed': {
      says: "The webhook function answered 5xx, so GitHub's deliveries were not taken.",
      metric: metrics.metric('DeliveriesFailed'),
      threshold: 1,
    },
    'webhook-broken': {
      says: 'The webhook function crashed or ran out of time.',
      metric: functions.get('webhook').function.metricErrors({ statistic: 'Sum', ...minutes(5) }),
      threshold: 1,
    },
    'webhook-throttled': {
      says: "Lambda refused to run the webhook function, so GitHub's deliveries were not taken.",
      metric: functions.get('webhook').function.metricThrottles({ statistic: 'Sum', ...minutes(5) }),
      threshold: 1,
    },
    'webhook-forged': {
      says: "Ten or more deliveries in five minutes had a wrong signature: somebody's forgeries, or a secret that differs from the App's.",
      metric: metrics.metric('DeliveriesForged'),
      threshold: 10,
    },
    'reconcile-failed': {
      says: 'The function reconcile failed three times or more in 15 minutes, so nothing that is lost is found.',
      metric: functions.get('reconcile').function.metricErrors({ statistic: 'Sum', ...minutes(15) }),
      threshold: 3,
    },
    'reconcile-left': {
      says: 'The function reconcile met something that it does not mend, in each of its periods for 15 minutes.',
      metric: metrics.metric('ReconcileLeft', { statistic: 'Minimum', ...minutes(15) }),
      threshold: 1,
    },
    'reconcile-repaired': {
      says: 'Twenty or more things in an hour would have been lost without the function reconcile.',
      metric: metrics.metric('ReconcileRepaired', minutes(60)),
      threshold: 20,
    },
    'github-unavailable': {
      says: 'GitHub failed or did not answer ten or more times in five minutes, twice in a row; executions wait for it.',
      metric: metrics.metric('GitHubUnavailable'),
      threshold: 10,
      periods: 2,
    },
    'slow-start': {
      says: 'One job in ten waited more than five minutes from being queued to its start, for 15 minutes.',
      metric: metrics.metric('QueueToStart', { statistic: 'p90', ...minutes(5) }),
      threshold: 300,
      periods: 3,
    },
    'no-capacity': {
      says: 'Fargate had no capacity for ten or more runners in 15 minutes.',
      metric: metrics.metric('RunnersWithoutCapacity', minutes(15)),
      threshold: 10,
    },
    'runners-not-started': {
      says: 'Five or more tasks in 15 minutes ended before their runner started.',
      metric: metrics.metric('RunnersNotStarted', minutes(15)),
      threshold: 5,
    },
    'jobs-interrupted': {
      says: 'Five or more running jobs in an hour were ended by Spot, by memory or by a lost host.',
      metric: metrics.metric('JobsInterrupted', minutes(60)),
      threshold: 5,
    },
    'vcpu-quota': {
      says: "On-demand Fargate uses 80 % or more of the account's vCPU quota in this region.",
      metric: new cloudwatch.MathExpression({
        expression: '100 * used / SERVICE_QUOTA(used)',
        usingMetrics: { used: vcpu('Standard/OnDemand') },
        label: '% of the quota',
        ...minutes(5),
      }),
      threshold: 80,
      periods: 2,
    },
    ...(props.imageBuilds.length === 0
      ? {}
      : {
          'image-build-failed': {
            says: "A build of the runners' image failed; GitHub refuses runners that are older than 30 days.",
            metric: imageBuilds(props.imageBuilds),
            threshold: 1,
          },
        }),
  };
}

/** A metric of the state machine's executions. */
export function executions({ stateMachineArn }: { stateMachineArn: string }, metricName: string): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/States',
    metricName,
    dimensionsMap: { StateMachineArn: stateMachineArn },
    statistic: 'Sum',
    period: Duration.minutes(5),
  });
}

/** vCPUs in use in the account and region; `SERVICE_QUOTA` of it is the quota. */
export function vcpu(kind: 'Standard/OnDemand' | 'Standard/Spot'): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/Usage',
    metricName: 'ResourceCount',
    dimensionsMap: { Service: 'Fargate', Type: 'Resource', Resource: 'vCPU', Class: kind },
    statistic: 'Maximum',
    period: Duration.minutes(5),
  });
}

function imageBuilds(projects: readonly string[]): cloudwatch.IMetric {
  const metrics = projects.map(
    (ProjectName, index): [string, cloudwatch.IMetric] => [
      `build${index}`,
      new cloudwatch.Metric({
        namespace: 'AWS/CodeBuild',
        metricName: 'FailedBuilds',
        dimensionsMap: { ProjectName },
        statistic: 'Sum',
        period: Duration.minutes(5),
      }),
    ],
  );
  const [[, first] = []] = metrics;
  if (metrics.length === 1 && first) {
    return first;
  }
  return new cloudwatch.MathExpression({
    expression: metrics.map(([id]) => `FILL(${id}, 0)`).join(' + '),
    usingMetrics: Object.fromEntries(metrics),
    label: 'failed builds',
    period: Duration.minutes(5),
  });
}
