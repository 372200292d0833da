// kill -9 at any moment of a rollout, of the server alone or with everything that it started; the next rollout works,
// whatever was left. The moments are random with a seed that a failure names.
//   ROLLOUT_E2E_KILLS   how many moments (default 25)
//   ROLLOUT_E2E_SEED    which ones

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { kill, leftoversOf, processesWith } from './support/processes.mjs';
import { assertValidResult } from './support/schemas.mjs';
import { manifest, manifestFile, Sandbox } from './support/sandbox.mjs';
import { callOnce, Server } from './support/server.mjs';
import { test } from './support/test.mjs';

const kills = Number(process.env.ROLLOUT_E2E_KILLS ?? 25);
const seed = Number(process.env.ROLLOUT_E2E_SEED ?? 20260728);

// mulberry32: small, seeded, the same everywhere.
function randomNumbers(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

// Every commit that any of the rollouts put on the remote changes that one file and nothing else in it but the tag.
function assertHistory(sandbox, base) {
  const commits = sandbox.git(sandbox.remote, 'rev-list', `${base}..main`).split('\n');
  for (const commit of commits) {
    assert.equal(sandbox.git(sandbox.remote, 'diff-tree', '-r', '--name-status', `${commit}^`, commit), `M\t${manifestFile}`);
    const number = /update image tag to pr-(\d+)-a1b2c3d$/.exec(sandbox.git(sandbox.remote, 'log', '-1', '--format=%s', commit))?.[1];
    assert.ok(number, commit);
    assert.equal(sandbox.fileAt(commit).toString(), manifest.replace('pr-41-0f0e0d0', `pr-${number}-a1b2c3d`));
  }
}

for (const victim of ['the server and all that it started', 'the server alone']) {
  test(`kill -9 of ${victim}, at ${Math.ceil(kills / 2)} moments (seed ${seed})`, { timeout: 10_000 + kills * 10_000 }, async () => {
    const sandbox = new Sandbox();
    const base = sandbox.head();
    const random = randomNumbers(seed + victim.length);
    const started = performance.now();
    await callOnce(sandbox, 'rollout', { service: 'papi', prNumber: 1000 });
    const duration = performance.now() - started;
    let interrupted = 0;
    for (let i = 0; i < Math.ceil(kills / 2); i++) {
      const moment = Math.round(random() * duration * 1.2);
      const where = `moment ${i}, after ${moment} ms of some ${Math.round(duration)}`;
      if (i % 5 === 4) rmSync(sandbox.clone, { recursive: true }); // every fifth begins with cloning
      const server = await Server.start(sandbox);
      const call = server.call('rollout', { service: 'papi', prNumber: 2000 + i }).then(() => 'answered', () => 'killed');
      await sleep(moment);
      if (victim === 'the server alone') {
        server.child.kill('SIGKILL');
      } else {
        kill([server.child.pid, ...processesWith(sandbox.root).map(({ pid }) => pid)]);
      }
      if (await call === 'killed') interrupted++;
      await server.exited;
      const result = await callOnce(sandbox, 'rollout', { service: 'papi', prNumber: 3000 + i });
      assert.notEqual(result.isError, true, `${where}: ${result.content[0].text}`);
      assertValidResult('rollout', result);
      assert.equal(result.structuredContent.status, 'updated', where);
      // Children of a killed server may still have been at work: the push of theirs may come after ours, as a
      // colleague's would, but ours is in the history.
      assert.deepEqual(await leftoversOf(sandbox.root), [], where);
      sandbox.git(sandbox.remote, 'merge-base', '--is-ancestor', result.structuredContent.commit, 'main');
      assert.equal(sandbox.git(sandbox.clone, 'status', '--porcelain'), '', where);
      sandbox.git(sandbox.clone, 'fsck', '--strict', '--no-dangling');
    }
    assertHistory(sandbox, base);
    assert.ok(interrupted > 0, 'no rollout was interrupted: the moments are all too late');
    await sandbox.dispose();
  });
}
