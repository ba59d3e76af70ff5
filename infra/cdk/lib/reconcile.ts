// The schedule of the function reconcile, in a group of the fleet's own: a role
// for schedules can be tied to a group, not to one schedule.

import { aws_scheduler as scheduler } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Deployed } from './functions.ts';
import type { Names } from './names.ts';
import { allow, serviceRole } from './roles.ts';

/** Settings of {@link Reconcile}. */
export interface ReconcileSettings {
  readonly names: Names;
  readonly function: Deployed;
  /** Minutes from one period to the next. */
  readonly periodMinutes: number;
}

/** Calls the function at every period. */
export class Reconcile extends Construct {
  constructor(scope: Construct, id: string, { names, function: { live }, periodMinutes }: ReconcileSettings) {
    super(scope, id);
    const group = new scheduler.CfnScheduleGroup(this, 'Group', { name: names.schedules() });
    const role = serviceRole(this, 'Role', {
      names,
      service: 'scheduler.amazonaws.com',
      sourceArn: names.arn('scheduler', `schedule-group/${names.schedules()}`),
      description: `Lets the schedule ${names.reconcileSchedule()} call its function`,
      statements: [allow('lambda:InvokeFunction', live.functionArn)],
    });
    const schedule = new scheduler.CfnSchedule(this, 'Schedule', {
      name: names.reconcileSchedule(),
      groupName: names.schedules(),
      description: 'Finds what was lost, and what was left behind',
      state: 'ENABLED',
      scheduleExpression: `rate(${periodMinutes} minute${periodMinutes === 1 ? '' : 's'})`,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: live.functionArn,
        roleArn: role.roleArn,
        input: JSON.stringify({ version: 1 }),
        // The next period does what this one did not.
        retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 0 },
      },
    });
    schedule.node.addDependency(group);
  }
}
