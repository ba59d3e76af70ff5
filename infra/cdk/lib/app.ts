// The app: one stack, named after the fleet, from a settings file.

import { type App, CfnOutput, Stack, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { JitRunners } from './jit-runners.ts';
import type { JitRunnersProps } from './props.ts';
import { refuseDeployment } from './refuse.ts';
import type { Settings } from './settings.ts';

/** The stack of one fleet, with what people look for as outputs. */
export class FleetStack extends Stack {
  readonly fleet: JitRunners;

  constructor(app: App, props: JitRunnersProps) {
    const name = props.name ?? 'jit-runners';
    // No concrete environment: the template is made offline, and fits any region.
    super(app, name, { description: `GitHub Actions runners on Fargate, one per job: ${name}` });
    this.fleet = new JitRunners(this, 'Fleet', props);
    Tags.of(this).add('jit-runners:fleet', name);
    const { webhook, stateMachine, events, cluster, network, tables } = this.fleet;
    const outputs = {
      WebhookUrl: [webhook.url, "Enter it as the App's webhook URL"],
      StateMachineArn: [stateMachine.stateMachine.attrArn, 'Each execution is one queued job'],
      StateMachineAliasArn: [stateMachine.alias.attrArn, 'What the rule starts'],
      EventBusName: [events.bus.eventBusName, "GitHub's events"],
      DeadLetterQueueUrl: [events.deadLetters.queueUrl, 'Events that could not be delivered'],
      ClaimsTableName: [tables.claims.tableName, 'Which execution answers for which job'],
      ClusterName: [cluster.cluster.ref, 'Where runners run'],
      VpcId: [network.vpcId, 'The VPC that hand-overs must come from'],
      SubnetIds: [network.subnetIds.join(','), 'Where runners are placed'],
    } as const;
    const { builds } = this.fleet.image;
    if (builds) {
      new CfnOutput(this, 'ImageProjects', {
        value: [...builds.projects.keys()].map(this.fleet.names.imageProject).join(','),
        description:
          'What builds the runner image, after each deployment; until the first is done no task can start: aws codebuild list-builds-for-project --project-name NAME',
      });
    }
    for (const [id, [value, description]] of Object.entries(outputs)) {
      new CfnOutput(this, id, { value, description });
    }
  }
}

/** The fleet's stack in `app`, checked by cdk-nag when it is synthesized. */
export function deployable(app: App, { props, example }: Settings): FleetStack {
  const stack = new FleetStack(app, props);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  if (example) {
    refuseDeployment(
      stack,
      'SettingsAreYours',
      'There is no jit-runners.json, so these are the example\'s settings and cannot be deployed: run "jit-runners setup", or copy jit-runners.example.json to jit-runners.json and fill in your App.',
    );
  }
  return stack;
}
