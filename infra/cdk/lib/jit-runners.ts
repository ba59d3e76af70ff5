// The construct: one fleet of single-use GitHub Actions runners on Fargate.
// Each capability has its own file; this one only puts them together.

import { Annotations, RemovalPolicy, type aws_logs as logs } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import { check } from './check.ts';
import { Cluster } from './cluster.ts';
import { Dashboard } from './dashboard.ts';
import { Events } from './events.ts';
import { Functions } from './functions.ts';
import { Metrics } from './metrics.ts';
import { ARCHITECTURES, Names } from './names.ts';
import { Network } from './network.ts';
import { PACKAGES } from './package.ts';
import type { JitRunnersProps } from './props.ts';
import { Reconcile } from './reconcile.ts';
import { type RunnerImage, runnerImage } from './runner-image.ts';
import { StateMachine } from './state-machine.ts';
import { Tables } from './tables.ts';
import { Webhook } from './webhook.ts';

/** A fleet; see {@link JitRunnersProps}. */
export class JitRunners extends Construct {
  readonly names: Names;
  readonly tables: Tables;
  readonly events: Events;
  readonly functions: Functions;
  readonly image: RunnerImage;
  readonly network: Network;
  readonly cluster: Cluster;
  readonly stateMachine: StateMachine;
  readonly webhook: Webhook;
  readonly alarms: Alarms;

  /** @throws PropsInvalid where the props cannot work. */
  constructor(scope: Construct, id: string, props: JitRunnersProps) {
    super(scope, id);
    check(props);
    const names = new Names(this, props.name ?? 'jit-runners');
    const logRetention = (props.logRetentionDays ?? 30) as logs.RetentionDays;
    this.names = names;
    this.tables = new Tables(this, 'Tables', {
      names,
      claimsRemovalPolicy: props.claimsRemovalPolicy ?? RemovalPolicy.RETAIN,
    });
    this.events = new Events(this, 'Events', { names, archiveDays: props.archiveDays ?? 14 });
    this.functions = new Functions(this, 'Functions', {
      names,
      fleet: props,
      architecture: props.functionArchitecture ?? 'arm64',
      packageDirectory: props.packageDirectory ?? PACKAGES,
      logRetention,
    });
    const user = props.image?.user ?? 1001;
    this.image = runnerImage(this, {
      names,
      architectures: props.architectures ?? [...ARCHITECTURES],
      image: props.image ?? {},
      user,
      packageDirectory: props.packageDirectory ?? PACKAGES,
      logRetention,
    });
    this.network = new Network(this, 'Network', { ...props.network, names, logRetention });
    this.cluster = new Cluster(this, 'Cluster', {
      names,
      architectures: props.architectures ?? [...ARCHITECTURES],
      image: this.image,
      user,
      vpcId: this.network.vpcId,
      logRetention,
      containerInsights: props.containerInsights ?? false,
    });
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      names,
      functions: this.functions,
      cluster: this.cluster,
      network: this.network,
      logRetention,
    });
    this.events.rule(
      'queued',
      { action: ['queued'], workflow_job: { labels: [...(props.labels ?? ['self-hosted'])] } },
      { arn: this.stateMachine.alias.attrArn, action: 'states:StartExecution' },
    );
    this.webhook = new Webhook(this, 'Webhook', {
      ...props.webhook,
      names,
      function: this.functions.get('webhook'),
      network: this.network,
    });
    new Reconcile(this, 'Reconcile', {
      names,
      function: this.functions.get('reconcile'),
      periodMinutes: props.reconcile?.periodMinutes ?? 2,
    });
    const metrics = new Metrics(this, 'Metrics', { names, functions: this.functions });
    const watched = {
      names,
      stateMachineArn: this.stateMachine.stateMachine.attrArn,
      functions: this.functions,
      metrics,
    };
    const imageBuilds = [...(this.image.builds?.projects.keys() ?? [])].map(names.imageProject);
    this.alarms = new Alarms(this, 'Alarms', { ...props.alarms, ...watched, events: this.events, imageBuilds });
    new Dashboard(this, 'Dashboard', { ...watched, alarms: this.alarms });
    if (props.network?.kind === 'endpoints') {
      Annotations.of(this).addWarningV2(
        'jit-runners:NoWayOut',
        'network.kind is "endpoints", so runners reach AWS but not GitHub: add a way out to GitHub to the VPC (a transit gateway, a proxy, peering), or choose "nat".',
      );
    }
  }
}
