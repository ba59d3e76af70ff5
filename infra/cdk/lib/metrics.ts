// Metrics of what only the functions know: counted from their log lines, so
// that no function makes a call for it. The lines' fields are written down in
// the functions' own documentation; each filter here names one message.

import { Duration, aws_cloudwatch as cloudwatch, aws_logs as logs } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Functions } from './functions.ts';
import type { Handler, Names } from './names.ts';

/** Settings of {@link Metrics}. */
export interface MetricsProps {
  readonly names: Names;
  readonly functions: Functions;
}

/** One metric: which lines of which function it counts, or whose figure it takes. */
interface Counted {
  readonly handler: Handler;
  /** The filter pattern over the JSON line. */
  readonly pattern: string;
  /** The field that is the value. @default - one for each line */
  readonly value?: string;
  readonly unit?: cloudwatch.Unit;
}

const ended = (condition: string): Counted => ({
  handler: 'verify-removal',
  pattern: `{ $.message = "attempt ended" && ${condition} }`,
});

/** A count of each period of reconcile. */
const reconciled = (field: string): Counted => ({
  handler: 'reconcile',
  pattern: `{ $.message = "reconciled" && $.${field} >= 0 }`,
  value: `$.${field}`,
});

/** The metrics by name, in the namespace `JitRunners/<fleet>`. */
export const COUNTED = {
  JobsServed: ended('($.outcome = "served" || $.outcome = "served_elsewhere")'),
  JobsInterrupted: { handler: 'verify-removal', pattern: '{ $.message = "job interrupted" }' },
  RunnersWithoutCapacity: ended('($.outcome = "capacity" || $.outcome = "spot")'),
  RunnersNotStarted: ended('$.outcome = "start_failure"'),
  RunnersStolen: ended('$.outcome = "stolen"'),
  QueueToStart: {
    ...ended('$.queue_to_start_seconds >= 0'),
    value: '$.queue_to_start_seconds',
    unit: cloudwatch.Unit.SECONDS,
  },
  GitHubCalls: { ...ended('$.github_calls >= 0'), value: '$.github_calls' },
  JobsRejected: { handler: 'escalate', pattern: '{ $.message = "escalated" && $.failure = "JobRejected" }' },
  DeliveriesFailed: { handler: 'webhook', pattern: '{ $.message = "delivery answered" && $.status >= 500 }' },
  DeliveriesForged: { handler: 'webhook', pattern: '{ $.message = "delivery answered" && $.status = 401 }' },
  ReconcileRepaired: reconciled('repaired'),
  ReconcileLeft: reconciled('left'),
  ReconcileErrors: reconciled('errors'),
  ReconcileGitHubCalls: reconciled('github_calls'),
  GitHubUnavailable: { handler: 'mint', pattern: '{ $.message = "call failed" && $.error_name = "GitHubUnavailable" }' },
} as const satisfies Record<string, Counted>;

/** The name of such a metric. */
export type CountedName = keyof typeof COUNTED;

/** The metric filters of a fleet. */
export class Metrics extends Construct {
  private readonly namespace: string;

  constructor(scope: Construct, id: string, { names, functions }: MetricsProps) {
    super(scope, id);
    this.namespace = `JitRunners/${names.fleet}`;
    for (const [metricName, counted] of Object.entries<Counted>(COUNTED)) {
      new logs.MetricFilter(this, metricName, {
        logGroup: functions.get(counted.handler).logGroup,
        filterPattern: logs.FilterPattern.literal(counted.pattern),
        metricNamespace: this.namespace,
        metricName,
        metricValue: counted.value ?? '1',
        unit: counted.unit ?? cloudwatch.Unit.COUNT,
      });
    }
  }

  /** One of them, summed over five minutes unless told otherwise. */
  metric(metricName: CountedName, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: this.namespace,
      metricName,
      statistic: 'Sum',
      period: Duration.minutes(5),
      ...options,
    });
  }
}
