// kill -9 at random moments of a rollout, of the server alone or of it and all that it started (never of the remote):
// the next rollout works whatever was left, and the remote holds whole rollouts only.
//   ROLLOUT_REMOTES_KILLS   how many moments (default 50)
//   ROLLOUT_REMOTES_SEED    which ones (a number)

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { kill, leftoversOf, processesWith } from '../e2e/support/processes.mjs';
import { Server } from '../e2e/support/server.mjs';
import { manifestFile } from '../e2e/support/sandbox.mjs';
import { serveGitDaemon } from './support/https.mjs';
import { scenario, subjectOf, tagOf, withTag } from './support/world.mjs';

const kills = Number(process.env.ROLLOUT_REMOTES_KILLS ?? 50);
const seed = Number(process.env.ROLLOUT_REMOTES_SEED ?? 1);

// xorshift32: small, seeded, the same everywhere.
function randomNumbers(state) {
  let x = (state * 2654435761) >>> 0 || 1;
  return () => {
    x ^= x << 13;
    x >>>= 0;
    x ^= x >>> 17;
    x ^= x << 5;
    x >>>= 0;
    return x / 4294967296;
  };
}

async function rolloutAlone(world, prNumber) {
  const server = await Server.start(world);
  const result = await server.call('rollout', { service: 'papi', prNumber });
  await server.close();
  return result;
}

function assertWholeRolloutsOnly(world) {
  for (const line of world.git(world.remote, 'log', '--format=%H%x09%s', `${world.base}..main`).split('\n')) {
    const [commit, subject] = line.split('\t');
    const number = /pr-(\d+)-/.exec(subject)[1];
    assert.equal(subject, subjectOf(number));
    assert.equal(world.git(world.remote, 'diff-tree', '-r', '--name-status', `${commit}^`, commit), `M\t${manifestFile}`);
    assert.equal(world.fileAt(commit).toString(), withTag(number));
  }
}

scenario(`kill -9 at ${kills} moments (seed ${seed})`, async (world) => {
  world.useRemote((await serveGitDaemon(world)).url);
  const random = randomNumbers(seed);
  await rolloutAlone(world, 999);
  const started = performance.now();
  await rolloutAlone(world, 1000);
  const duration = performance.now() - started;
  let interrupted = 0;
  for (let i = 0; i < kills; i++) {
    const moment = Math.round(random() * duration * 1.1);
    const all = random() < 0.5;
    const where = `moment ${i} of seed ${seed}: after ${moment} ms of some ${Math.round(duration)}, ${all ? 'all' : 'the server alone'}`;
    if (i % 5 === 4) rmSync(world.clone, { recursive: true, force: true });
    const server = await Server.start(world);
    const outcome = server.call('rollout', { service: 'papi', prNumber: 2000 + i }).then(() => 'answered', () => 'killed');
    await sleep(moment);
    server.child.kill('SIGKILL');
    if (all) kill(processesWith(`HOME=${world.home}`).map(({ pid }) => pid));
    if (await outcome === 'killed') interrupted++;
    await server.exited;
    const result = await rolloutAlone(world, 3000 + i);
    assert.equal(result.structuredContent.status, 'updated', `${where}: ${result.content[0].text}`);
    assert.equal(result.structuredContent.tag, tagOf(3000 + i));
    // An orphan's push may come after ours, as a colleague's would; ours is in the history all the same.
    assert.deepEqual(await leftoversOf(`HOME=${world.home}`), [], where);
    world.git(world.remote, 'merge-base', '--is-ancestor', result.structuredContent.commit, 'main');
    if (i % 10 === 9) {
      assert.equal(world.git(world.clone, 'status', '--porcelain'), '', where);
      world.git(world.clone, 'fsck', '--strict', '--no-dangling');
    }
  }
  assertWholeRolloutsOnly(world);
  assert.ok(interrupted > kills / 10, `only ${interrupted} of ${kills} rollouts were interrupted: the moments are too late`);
}, { timeout: 280_000 });
