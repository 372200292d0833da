// What the documents promise is what the server has: the tools and their arguments, the codes, the exit statuses.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { outputSchema } from './support/schemas.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { Server } from './support/server.mjs';
import { test } from './support/test.mjs';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

// The first column of the tables in a part of a document, without the code marks.
function firstColumn(text) {
  return [...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);
}

test('README: each tool with exactly its arguments', async () => {
  const sandbox = new Sandbox();
  const server = await Server.start(sandbox);
  const { tools } = await server.request('tools/list');
  await server.close();
  const [, section] = /\n## Tools\n([^]*?)\n## /.exec(read('README.md'));
  const documented = section.split(/\n### /).slice(1).map((part) => [part.split('\n')[0], firstColumn(part).sort()]);
  assert.deepEqual(documented.sort(), tools.map(({ name, inputSchema }) => [name, Object.keys(inputSchema.properties).sort()]).sort());
  await sandbox.dispose();
});

test('docs/errors.md: exactly the codes that a refusal can have', () => {
  for (const tool of ['rollout', 'resolve_tag', 'lookup_service']) {
    assert.deepEqual(firstColumn(read('docs/errors.md')).sort(), [...outputSchema(tool).$defs.refusal.properties.code.enum].sort());
  }
});
