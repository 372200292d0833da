// Several servers of one person, on one clone. Many people with clones of their own: tests/remotes/crowd.test.mjs.

import assert from 'node:assert/strict';
import { Sandbox } from './support/sandbox.mjs';
import { Server } from './support/server.mjs';
import { test } from './support/test.mjs';

test('four servers of one person, on one clone, one after the other; a lookup does not wait for them', async () => {
  const sandbox = new Sandbox();
  const before = sandbox.head();
  sandbox.hook('pre-receive', 'sleep 0.5');
  const servers = await Promise.all([1, 2, 3, 4].map(() => Server.start(sandbox)));
  const ended = [];
  const rollouts = servers.map(async (server, i) => {
    const result = await server.call('rollout', { service: i % 2 === 0 ? 'papi' : 'frontend', prNumber: i + 1 });
    ended.push('rollout');
    return result;
  });
  const lookups = servers.map(async (server) => {
    await server.call('lookup_service', { service: 'papi' });
    ended.push('lookup');
  });
  await Promise.all(lookups);
  assert.deepEqual(ended, ['lookup', 'lookup', 'lookup', 'lookup']);
  const results = await Promise.all(rollouts);
  await Promise.all(servers.map((server) => server.close()));
  for (const result of results) assert.equal(result.structuredContent.status, 'updated', result.content[0].text);
  assert.equal(sandbox.git(sandbox.remote, 'rev-list', '--count', `${before}..main`), '4');
  assert.equal(sandbox.git(sandbox.clone, 'rev-parse', 'HEAD'), sandbox.head());
  assert.equal(sandbox.git(sandbox.clone, 'status', '--porcelain'), '');
  await sandbox.dispose();
});
