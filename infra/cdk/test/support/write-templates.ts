// Writes the template of every kind of fleet into a folder, for linters of
// others: `npm run templates -- FOLDER`. One more holds the rendered definition,
// since cfn-lint reads none that has references in it.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { definition } from './definition.ts';
import { ALL, template } from './fleets.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  throw new Error('name the folder that the templates are written to');
}
mkdirSync(folder, { recursive: true });

const write = (name: string, json: unknown): void =>
  writeFileSync(path.join(folder, `${name.replaceAll(/\W+/g, '-')}.json`), JSON.stringify(json, null, 1));

for (const kind of ALL) {
  write(kind, template(kind).json);
}
// cfn-lint's schema knows times as numbers only, so an expression is shown to it as one.
const rendered = definition(template()).replaceAll(/"TimeoutSeconds": "\{%[^\n]*%\}"/g, '"TimeoutSeconds": 60');
write('rendered definition', {
  Resources: {
    StateMachine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: { RoleArn: 'arn:aws:iam::111122223333:role/states', DefinitionString: rendered },
    },
  },
});
process.stdout.write(`${ALL.length + 1} templates\n`);
