// Every case of the table in README.md has a test that is named after it, and every case that a test names is there.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from '../e2e/support/test.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const tests = readdirSync(here).filter((name) => name.endsWith('.test.mjs')).map((name) => readFileSync(join(here, name), 'utf8')).join('\n');

test('the cases of the table are those of the tests', () => {
  const cases = [...readFileSync(join(here, 'README.md'), 'utf8').matchAll(/^\| (F\d+) \|/gm)].map(([, name]) => name);
  const named = [...tests.matchAll(/^ *(?:\w+\(|\[)(['"`])(F\d+) /gm)].map(([, , name]) => name);
  assert.ok(cases.length > 30, `${cases}`);
  assert.deepEqual([...new Set(named)].sort(), [...cases].sort());
});
