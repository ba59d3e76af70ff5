// Findings of cdk-nag that stand, each with its reason, next to the resource
// that it is about. test/nag.test.ts shows that the pack is really run.

import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Lets the finding `AwsSolutions-<rule>` stand on this construct, and below it. */
export function acknowledge(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions-${rule}`, reason });
}
