// To say whom a rollout replaces costs no connection.

import assert from 'node:assert/strict';
import { serveGitDaemon } from '../../stand_ins/https.mjs';
import { manifest, manifestFile } from '../e2e/support/sandbox.mjs';
import { oldTag, scenario, subjectOf } from './support/environment.mjs';
import { relay } from './support/relays.mjs';

// The remote behind a relay that counts the connections on which something was sent to each service.
async function counted(sandbox) {
  const { port } = await serveGitDaemon(sandbox);
  const between = await relay(sandbox, port, () => {});
  const url = `git://127.0.0.1:${between.port}/flux.git`;
  sandbox.useRemote(url);
  const rollout = async (args, options) => {
    const before = between.connections;
    const result = await sandbox.rollout(args, options);
    return { ...result.structuredContent, connections: between.connections - before };
  };
  return Object.assign(rollout, { url });
}

scenario('a push on a known head stays one connection, and says whom it replaces', async (sandbox) => {
  const rollout = await counted(sandbox);
  await rollout({ prNumber: 40 });
  // A fetch that has begun beside the push is given up, but counts.
  for (const number of [43, 44]) {
    const { replaced, warnings, connections } = await rollout({ prNumber: number });
    assert.equal(replaced.author, 'Dana Developer');
    assert.match(warnings.join('\n'), /^Replaces pr-4[03]-a1b2c3d, rolled out by Dana Developer (just now|1 minute ago)\.$/);
    assert.ok(connections <= 2, `${connections} connections`);
  }
  sandbox.assertHistory([subjectOf(40), subjectOf(43), subjectOf(44)]);
});

scenario('what is not known is not asked for', async (sandbox) => {
  sandbox.pushFromElsewhere(manifestFile, manifest.replace(oldTag, 'pr-77-7777777'));
  sandbox.pushFromElsewhere('apps/one.yaml', 'one: 1\n');
  sandbox.base = sandbox.head();
  const rollout = await counted(sandbox);
  const first = await rollout({ dryRun: true });
  assert.deepEqual(first.replaced, { tag: 'pr-77-7777777', prNumber: 77 });
  assert.deepEqual(first.warnings, ['Replaces pr-77-7777777.']);
  assert.equal(first.connections, 1);
});

scenario('confirmReplace: a value that needs no question is pushed on the known head', async (sandbox) => {
  const rollout = await counted(sandbox);
  await rollout({ prNumber: 42 });
  sandbox.useRemote(rollout.url, 'github', { confirmReplace: true });
  const { status, connections } = await rollout({ tag: 'pr-42-abcdef0' });
  assert.equal(status, 'updated');
  assert.ok(connections <= 2, `${connections} connections`);
  const refused = await rollout({ tag: 'pr-43-abcdef0' });
  assert.equal(refused.code, 'occupied');
  assert.equal(refused.connections, 1);
  assert.equal(refused.details.author, 'Dana Developer');
  sandbox.assertClean();
});
