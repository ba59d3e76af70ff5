// Every variable that a function is given is one that the code reads.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { template } from './support/fleets.ts';

const FUNCTIONS = path.resolve(import.meta.dirname, '../../../functions');

test('every variable is read by the code', () => {
  const code = readdirSync(FUNCTIONS, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\bsrc\b.*\.rs$/.test(file))
    .map((file) => readFileSync(path.join(FUNCTIONS, file), 'utf8'))
    .join('\n');
  const unread = template('with everything said')
    .all('AWS::Lambda::Function')
    .flatMap(([, { Properties }]) => Object.keys(Properties['Environment'].Variables))
    .filter((name) => !code.includes(`"${name}"`));
  expect([...new Set(unread)]).toEqual([]);
});
