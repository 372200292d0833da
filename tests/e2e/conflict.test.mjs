// A remote whose head is always moved by another writer: the longest that a rollout can take.

import assert from 'node:assert/strict';
import { moveHead } from './support/hooks.mjs';
import { assertRefused } from './support/schemas.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { callOnce } from './support/server.mjs';
import { test } from './support/test.mjs';

test('conflict: a head that always moves, who moved it last, and an end within the time that is promised', { timeout: 200_000 }, async () => {
  const sandbox = new Sandbox();
  sandbox.hook('update', moveHead);
  const started = performance.now();
  const result = await callOnce(sandbox, 'rollout', { service: 'papi' });
  assertRefused(result, 'conflict', /Olga Other/);
  const moves = Number(sandbox.git(sandbox.remote, 'rev-list', '--count', '--author=Olga Other', 'main'));
  assert.match(result.content[0].text, new RegExp(`\\b${moves}\\b`), 'how often it was tried');
  assert.ok(moves > 5 && moves <= 40, `${moves} attempts`);
  assert.ok(performance.now() - started < 150_000);
  assert.equal(sandbox.git(sandbox.remote, 'log', '--format=%s', '--author=Dana', 'main'), 'The environment as it is');
  await sandbox.dispose();
});
