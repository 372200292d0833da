// docs/errors.md has every code that a refusal can carry, and under each its messages word for word: what is not between
// angle brackets there stands so in the sources.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from '../e2e/support/test.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const document = readFileSync(join(root, 'docs/errors.md'), 'utf8');
const schema = JSON.parse(readFileSync(join(root, 'schemas/rollout.output.json'), 'utf8'));
const codes = schema.$defs.refusal.properties.code.enum;

// The string literals of the engine and the tools, those that follow one another joined.
const literals = ['engine', 'tools', 'cli'].flatMap((directory) => readdirSync(join(root, directory), { recursive: true })
  .filter((name) => /\.(cc|h)$/.test(name))
  .flatMap((name) => [...readFileSync(join(root, directory, name), 'utf8').matchAll(/"(?:[^"\\\n]|\\.)*"(?:\s*(?:\+\s*)?"(?:[^"\\\n]|\\.)*")*/g)]
    .map(([text]) => text.replace(/"\s*(?:\+\s*)?"/g, '').slice(1, -1).replaceAll('\\"', '"').replaceAll('\\\\', '\\'))));

// code -> messages
const messages = new Map(document.split(/\n### /).slice(1).map((section) => [/^`(\w+)`/.exec(section)?.[1],
  [...section.matchAll(/^    (\S.*)$/gm)].map(([, line]) => line)]));

test('each code has its messages', () => {
  assert.deepEqual([...messages.keys()].sort(), [...codes].sort());
  for (const [code, lines] of messages) assert.ok(lines.length > 0, code);
});

for (const code of codes) {
  test(`the messages of ${code} are those of the program`, () => {
    for (const message of messages.get(code) ?? []) {
      const fragments = message.split(/<[^>]*>/).map((text) => text.replace(/^[\s:.,']+|\s+$/g, '')).filter((text) => text.length > 2);
      for (const fragment of fragments) {
        assert.ok(literals.some((literal) => literal.includes(fragment)), `not in the sources: '${fragment}' of '${message}'`);
      }
    }
  });
}
