// kill -9 at random moments of a rollout or of regenerate, of the server alone or of it and all that it started (never of
// the remote): the next call works whatever was left, the remote holds whole rollouts only, and there is a whole catalog
// or none. `scripts/faults kills N SEED` runs it for long.
//   ROLLOUT_REMOTES_KILLS   how many moments (default 50)
//   ROLLOUT_REMOTES_SEED    which ones (a number)

import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { leftoversOf, processesWith } from '../e2e/support/processes.mjs';
import { Server } from '../e2e/support/server.mjs';
import { manifestFile } from '../e2e/support/sandbox.mjs';
import { serveGitDaemon } from '../../stand_ins/https.mjs';
import { kill } from '../../stand_ins/programs.mjs';
import { randomNumbers } from '../faults/support/random.mjs';
import { scenario, subjectOf, tagOf, withTag } from './support/environment.mjs';

const kills = Number(process.env.ROLLOUT_REMOTES_KILLS ?? 50);
const seed = Number(process.env.ROLLOUT_REMOTES_SEED ?? 1);

async function alone(sandbox, tool, args) {
  const server = await Server.start(sandbox);
  const result = await server.call(tool, args);
  await server.close();
  return result;
}

const rolloutAlone = (sandbox, prNumber) => alone(sandbox, 'rollout', { service: 'papi', prNumber });

function assertWholeRolloutsOnly(sandbox) {
  for (const line of sandbox.git(sandbox.remote, 'log', '--format=%H%x09%s', `${sandbox.base}..main`).split('\n')) {
    const [commit, subject] = line.split('\t');
    const number = /pr-(\d+)-/.exec(subject)[1];
    assert.equal(subject, subjectOf(number));
    assert.equal(sandbox.git(sandbox.remote, 'diff-tree', '-r', '--name-status', `${commit}^`, commit), `M\t${manifestFile}`);
    assert.equal(sandbox.fileAt(commit).toString(), withTag(number));
  }
}

// The catalog that regenerate writes is as it was or as it comes to be.
function assertWholeCatalog(sandbox, whole, where) {
  const file = join(sandbox.configDirectory, 'flux-infra-guide/rdebug/services.json');
  if (!existsSync(file)) return;
  const { generatedAt, ...catalog } = JSON.parse(readFileSync(file, 'utf8'));
  assert.match(generatedAt, /^20/, where);
  assert.deepEqual(catalog, whole, where);
}

// What regenerate comes to; nothing of it is left.
async function wholeCatalog(sandbox) {
  const directory = join(sandbox.configDirectory, 'flux-infra-guide');
  const result = await alone(sandbox, 'regenerate_services', {});
  assert.equal(result.structuredContent.status, 'written', result.content[0].text);
  const { generatedAt, ...catalog } = JSON.parse(readFileSync(join(directory, 'rdebug/services.json'), 'utf8'));
  assert.ok(generatedAt);
  rmSync(directory, { recursive: true });
  return catalog;
}

const calls = [
  (i) => ['rollout', { service: 'papi', prNumber: 2000 + i }],
  () => ['regenerate_services', {}],
];

scenario(`kill -9 at ${kills} moments (seed ${seed})`, async (sandbox) => {
  sandbox.useRemote((await serveGitDaemon(sandbox)).url);
  const random = randomNumbers(seed);
  await rolloutAlone(sandbox, 999);
  const catalog = await wholeCatalog(sandbox);
  const durations = [];
  for (const [i, call] of calls.entries()) {
    const started = performance.now();
    await alone(sandbox, ...call(-1000 + i));
    durations.push(performance.now() - started);
  }
  rmSync(join(sandbox.configDirectory, 'flux-infra-guide'), { recursive: true });
  let interrupted = 0;
  for (let i = 0; i < kills; i++) {
    const which = random() < 0.7 ? 0 : 1;
    const [tool, args] = calls[which](i);
    const duration = durations[which];
    const moment = Math.round(random() * duration * 1.1);
    const all = random() < 0.5;
    const where = `moment ${i} of seed ${seed}: ${tool} after ${moment} ms of some ${Math.round(duration)}, ${all ? 'all' : 'the server alone'}`;
    if (i % 5 === 4) rmSync(sandbox.clone, { recursive: true, force: true });
    const server = await Server.start(sandbox);
    const outcome = server.call(tool, args).then(() => 'answered', () => 'killed');
    await sleep(moment);
    server.child.kill('SIGKILL');
    if (all) kill(processesWith(`HOME=${sandbox.home}`).map(({ pid }) => pid));
    if (await outcome === 'killed') interrupted++;
    await server.exited;
    assertWholeCatalog(sandbox, catalog, where);
    const result = await rolloutAlone(sandbox, 3000 + i);
    assert.equal(result.structuredContent.status, 'updated', `${where}: ${result.content[0].text}`);
    assert.equal(result.structuredContent.tag, tagOf(3000 + i));
    // An orphan's push may come after ours, as a colleague's would; ours is in the history all the same.
    assert.deepEqual(await leftoversOf(`HOME=${sandbox.home}`), [], where);
    sandbox.git(sandbox.remote, 'merge-base', '--is-ancestor', result.structuredContent.commit, 'main');
    if (i % 10 === 9) {
      assert.equal(sandbox.git(sandbox.clone, 'status', '--porcelain'), '', where);
      sandbox.git(sandbox.clone, 'fsck', '--strict', '--no-dangling');
    }
  }
  assertWholeRolloutsOnly(sandbox);
  assert.ok(interrupted > kills / 10, `only ${interrupted} of ${kills} rollouts were interrupted: the moments are too late`);
}, { timeout: 80_000 + kills * 4000 });
