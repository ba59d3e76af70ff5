// The definition as it is deployed.

import type { Template } from './template.ts';

/** The definition with its substitutions, as CloudFormation makes it. */
export function definition(of: Template): string {
  const { DefinitionString, DefinitionSubstitutions } = of.one('AWS::StepFunctions::StateMachine').Properties;
  return Object.entries(DefinitionSubstitutions).reduce(
    (text, [name, value]) => text.replaceAll(`\${${name}}`, of.text(value)),
    String(DefinitionString),
  );
}
