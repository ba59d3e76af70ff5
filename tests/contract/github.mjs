// Holds answers of GitHub's API and webhook deliveries to GitHub's own words: the
// OpenAPI description (npm @octokit/openapi) and the schemas of webhooks (npm
// @octokit/webhooks-schemas).
// Usage: node github.mjs FILE, a JSON file with
//   answers:    [{operation: 'GET /app', status, type, body}]: body is null where there was none
//   deliveries: [{event, action, body, headers}]: the names of the headers, lower case
// Prints a JSON object with, for each of both, a list of {how, problems} in the same
// order. `how` names what it was held to: 'listed' (what the description lists for this
// operation and status), 'basic-error' (the description does not list the status) or
// 'unknown' (nothing fits). Fields that the description does not know are problems, too.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const Ajv = require('ajv').default;
const addFormats = require('ajv-formats').default;
const description = require('@octokit/openapi/generated/api.github.com.json');
const webhooks = require('@octokit/webhooks-schemas');

const { answers, deliveries } = JSON.parse(readFileSync(process.argv[2], 'utf8'));

function validator() {
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
  addFormats(ajv);
  return ajv;
}

// An object takes the fields that are described and no others, unless its
// description says otherwise or is only a part of one (allOf).
function close(schema, part = false) {
  if (Array.isArray(schema)) return schema.forEach((one) => close(one, part));
  if (!schema || typeof schema !== 'object') return;
  const described = schema.properties && Object.keys(schema.properties).length > 0;
  const parts = schema.allOf || schema.anyOf || schema.oneOf;
  if (described && !part && !parts && schema.additionalProperties === undefined) {
    schema.additionalProperties = false;
  }
  for (const one of Object.values(schema.properties ?? {})) close(one);
  for (const key of ['items', 'additionalProperties']) close(schema[key]);
  for (const key of ['anyOf', 'oneOf']) close(schema[key], part || described);
  close(schema.allOf, true);
}

const lookUp = (found) => {
  let one = found;
  while (one?.$ref) {
    const path = one.$ref.slice(2).split('/');
    one = path.reduce((at, key) => at[key.replaceAll('~1', '/').replaceAll('~0', '~')], description);
  }
  return one;
};

// `nullable` beside a list of values, or anything but a type, in words that ajv takes.
(function allowNull(value) {
  if (!value || typeof value !== 'object') return;
  Object.values(value).forEach(allowNull);
  if (value.nullable !== true) return;
  if (value.type) {
    if (value.enum && !value.enum.includes(null)) value.enum.push(null);
    return;
  }
  const { nullable, ...rest } = value;
  for (const key of Object.keys(value)) delete value[key];
  value.anyOf = [rest, { type: 'null' }];
})([description.components, description.paths]);

// What is a part of something else in one place must stay open in all.
const parts = new Set();
(function collect(value) {
  if (!value || typeof value !== 'object') return;
  for (const one of Array.isArray(value.allOf) ? value.allOf : []) if (one.$ref) parts.add(one.$ref);
  Object.values(value).forEach(collect);
})([description.components, description.paths]);
for (const [name, schema] of Object.entries(description.components.schemas)) {
  close(schema, parts.has(`#/components/schemas/${name}`));
}

const rest = validator();
rest.addSchema(description, 'github');
const compiled = new Map();

function check(ajv, key, schema, value) {
  if (!compiled.has(key)) compiled.set(key, ajv.compile(schema()));
  const holds = compiled.get(key);
  if (holds(value)) return [];
  return holds.errors.map(({ instancePath, message, params }) => {
    const more = params.additionalProperty ?? params.allowedValues ?? '';
    return `${instancePath || '/'} ${message} ${more}`.trim();
  });
}

function answer({ operation, status, type, body }) {
  const [method, path] = operation.split(' ');
  const described = description.paths[path]?.[method.toLowerCase()];
  if (!described) return { how: 'unknown', problems: [`${operation} is no operation`] };
  const listed = lookUp(described.responses[status]);
  if (!listed) {
    const basic = () => ({ $ref: 'github#/components/schemas/basic-error' });
    // A version that is refused has a text in the place of a list of errors.
    const problems = body === null ? [] : check(rest, 'basic-error', basic, body);
    return { how: 'basic-error', problems };
  }
  const content = listed.content ?? {};
  const media = Object.keys(content).find((one) => (type ?? '').startsWith(one));
  if (!media) {
    const problems = body === null ? [] : [`a body of ${type}, where ${Object.keys(content)} is described`];
    if (body === null && Object.keys(content).length) problems.push('no body');
    return { how: 'listed', problems };
  }
  const key = `${operation} ${status} ${media}`;
  const schema = content[media].schema;
  const root = () => {
    const copy = structuredClone(schema);
    close(copy);
    return JSON.parse(JSON.stringify(copy).replaceAll('"#/components', '"github#/components'));
  };
  return { how: 'listed', problems: check(rest, key, root, body) };
}

const events = validator();
events.addSchema(webhooks, 'webhooks');

// Of an event both the schema of its webhook and what the description says of it.
function delivery({ event, action, body, headers }) {
  const name = action ? `${event}$${action}` : `${event}$event`;
  const kind = [event, action].filter(Boolean).join('-').replaceAll('_', '-');
  const described = description['x-webhooks'][kind]?.post;
  if (!webhooks.definitions[name] || !described) {
    return { how: 'unknown', problems: [`${name} is no webhook`] };
  }
  const schema = () => ({ $ref: `webhooks#/definitions/${name}` });
  const { $ref } = described.requestBody.content['application/json'].schema;
  const problems = [
    ...check(events, name, schema, body),
    ...check(rest, kind, () => ({ $ref: `github${$ref}` }), body),
    ...described.parameters
      .filter((one) => one.in === 'header' && !headers.includes(one.name.toLowerCase()))
      .map((one) => `no header ${one.name}`),
  ];
  return { how: 'listed', problems };
}

console.log(JSON.stringify({ answers: answers.map(answer), deliveries: deliveries.map(delivery) }));
