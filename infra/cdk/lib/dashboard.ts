// The fleet at a glance: jobs, waiting, failures, capacity, and what runners
// cost by repository. The cost is computed from the executions' own records
// (one log line for each task), because tags on tasks that a state machine
// starts are not proven to reach the bill.

import { Duration, aws_cloudwatch as cloudwatch, aws_logs as logs } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { executions, vcpu } from './alarms.ts';
import type { Alarms } from './alarms.ts';
import { costByRepository, usageByRepository } from './cost-queries.ts';
import type { Functions } from './functions.ts';
import type { Metrics } from './metrics.ts';
import type { Names } from './names.ts';

/** Settings of {@link Dashboard}. */
export interface DashboardProps {
  readonly names: Names;
  readonly stateMachineArn: string;
  readonly functions: Functions;
  readonly metrics: Metrics;
  readonly alarms: Alarms;
}

/** A CloudWatch dashboard, and the saved queries behind its tables. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const { names, functions } = props;
    const ended = functions.get('verify-removal').logGroup.logGroupName;
    new logs.QueryDefinition(this, 'Cost', {
      queryDefinitionName: `${names.fleet}/cost by repository`,
      queryString: costByRepository(),
      logGroups: [functions.get('verify-removal').logGroup],
    });
    new logs.QueryDefinition(this, 'Usage', {
      queryDefinitionName: `${names.fleet}/usage by repository`,
      queryString: usageByRepository(),
      logGroups: [functions.get('verify-removal').logGroup],
    });
    new cloudwatch.Dashboard(this, 'Dashboard', {
      dashboardName: names.fleet,
      defaultInterval: Duration.days(1),
      widgets: [
        [new cloudwatch.AlarmStatusWidget({ title: 'Alarms', width: 24, height: 3, alarms: [...props.alarms.alarms] })],
        graphs(props),
        [
          table('Cost by repository (USD, list prices)', costByRepository().toString(), ended),
          table('Usage by repository', usageByRepository().toString(), ended),
        ],
      ],
    });
  }
}

function graphs(props: DashboardProps): cloudwatch.IWidget[] {
  const { metrics, functions } = props;
  const graph = (title: string, left: cloudwatch.IMetric[]) =>
    new cloudwatch.GraphWidget({ title, left, width: 8, height: 6 });
  const started = (statistic: string) => metrics.metric('QueueToStart', { statistic, label: statistic });
  return [
    graph('Executions', [
      executions(props, 'ExecutionsStarted'),
      executions(props, 'ExecutionsSucceeded'),
      executions(props, 'ExecutionsFailed'),
      executions(props, 'ExecutionsAborted'),
    ]),
    graph('Jobs', [metrics.metric('JobsServed'), metrics.metric('JobsInterrupted'), metrics.metric('JobsRejected')]),
    graph('Seconds from queued to started', [started('p50'), started('p90'), started('p99')]),
    graph('Runners that did not come to their job', [
      metrics.metric('RunnersWithoutCapacity'),
      metrics.metric('RunnersNotStarted'),
      metrics.metric('RunnersStolen'),
    ]),
    graph('Calls to GitHub for each runner', [
      metrics.metric('GitHubCalls', { statistic: 'Average', label: 'average' }),
      metrics.metric('GitHubCalls', { statistic: 'Maximum', label: 'most' }),
    ]),
    graph('Calls to GitHub, together', [metrics.metric('GitHubCalls', { label: 'calls in 5 minutes' })]),
    graph('Deliveries refused', [metrics.metric('DeliveriesFailed'), metrics.metric('DeliveriesForged')]),
    graph('Reconciled', [
      metrics.metric('ReconcileRepaired', { label: 'repaired' }),
      metrics.metric('ReconcileLeft', { label: 'left to a person', statistic: 'Maximum' }),
      metrics.metric('ReconcileErrors', { label: 'errors' }),
    ]),
    graph("Reconcile's calls to GitHub", [metrics.metric('ReconcileGitHubCalls', { label: 'calls' })]),
    graph('Fargate vCPUs in use in this account', [
      vcpu('Standard/OnDemand').with({ label: 'on-demand' }),
      vcpu('Standard/Spot').with({ label: 'Spot' }),
    ]),
    graph(
      'Functions: longest run (ms)',
      functions.all().map(([handler, it]) => it.function.metricDuration({ statistic: 'Maximum', label: handler })),
    ),
  ];
}

function table(title: string, queryString: string, logGroupName: string): cloudwatch.LogQueryWidget {
  return new cloudwatch.LogQueryWidget({
    title,
    width: 12,
    height: 8,
    view: cloudwatch.LogQueryVisualizationType.TABLE,
    logGroupNames: [logGroupName],
    queryString,
  });
}
