// A template that may be made and looked at, but not deployed.
//
// CloudFormation evaluates a template's rules before it touches anything, and
// answers with the sentence. A rule needs a parameter to look at: this one has
// one allowed value, which is the one that the rule refuses.

import { Annotations, CfnParameter, CfnRule, Fn, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Warns at synth and refuses the deployment, both with `sentence`. */
export function refuseDeployment(scope: Construct, id: string, sentence: string): void {
  Annotations.of(scope).addWarningV2(`jit-runners:${id}`, sentence);
  const stack = Stack.of(scope);
  if (stack.node.tryFindChild(id)) {
    return;
  }
  const parameter = new CfnParameter(stack, id, {
    default: 'no',
    allowedValues: ['no'],
    description: sentence,
  });
  new CfnRule(stack, `${id}Rule`, {
    assertions: [{ assert: Fn.conditionEquals(parameter.valueAsString, 'yes'), assertDescription: sentence }],
  });
}
