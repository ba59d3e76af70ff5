// Compiles every JSONata expression of a definition with the JSONata that AWS
// runs, validates the definition against asl-validator's schema, and reads it as
// AWS's own editors do (amazon-states-language-service: names and reachability).
// Usage: node expressions.mjs DEFINITION; prints how many expressions compiled.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const jsonata = require('jsonata');
const validate = require('asl-validator');
const { getLanguageService, TextDocument } = require('amazon-states-language-service');

const text = readFileSync(process.argv[2], 'utf8');
const definition = JSON.parse(text);
const problems = [];
let compiled = 0;

function walk(value, path) {
  if (typeof value === 'string') {
    const text = value.trim();
    if (!text.startsWith('{%') || !text.endsWith('%}')) return;
    try {
      jsonata(text.slice(2, -2));
      compiled += 1;
    } catch (error) {
      problems.push(`${path}: ${error.message}`);
    }
  } else if (value && typeof value === 'object') {
    for (const key of Object.keys(value)) walk(value[key], `${path}/${key}`);
  }
}
walk(definition, '');

const { isValid, errors } = validate(definition);
if (!isValid) problems.push(...errors.map((error) => `${error.path ?? ''} ${error.Message ?? error['Error code']}`));

const service = getLanguageService({});
const document = TextDocument.create('file:///definition.asl.json', 'asl', 1, text);
for (const { message, range } of await service.doValidation(document, service.parseJSONDocument(document))) {
  problems.push(`line ${range.start.line + 1}: ${message}`);
}

for (const problem of problems) console.error(problem);
console.log(`${compiled} expressions compiled`);
process.exit(problems.length ? 1 : 0);
