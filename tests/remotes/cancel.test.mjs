// The client takes its request back, at each stage. F36: before the push nothing remains; after it began it completes.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { moveHead } from '../e2e/support/hooks.mjs';
import { processesWith } from '../e2e/support/processes.mjs';
import { eras } from '../e2e/support/server.mjs';
import { answers, GitHub } from './support/github.mjs';
import { serveGitDaemon } from '../support/servers/https.mjs';
import { relay } from './support/relays.mjs';
import { scenario, subjectOf } from './support/world.mjs';

async function until(condition, what) {
  const end = Date.now() + 30_000;
  while (!condition()) {
    assert.ok(Date.now() < end, `never: ${what}`);
    await sleep(10);
  }
}

const progressOf = (server) => server.notifications.filter(({ method }) => method === 'notifications/progress').map(({ params }) => params.message ?? '');
const children = (world, server) => processesWith(`HOME=${world.home}`).filter(({ pid }) => pid !== server.child.pid);

// Starts a rollout, cancels it once `reached(server)`, and waits until it has ended: no child process is left, and the
// clone is free again.
async function cancelled(world, reached, { args = {}, era = eras[0], meanwhile = () => {}, environment = {} } = {}) {
  const server = await world.server({ era, environment });
  let answer;
  server.call('rollout', { service: 'papi', ...args }, { progressToken: 'it' }).then((result) => (answer = result), () => {});
  const id = server.lastId;
  await until(() => reached(server), 'the stage to cancel at');
  server.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id, reason: 'changed my mind' } });
  // What is asked afterwards is answered: the cancellation has been read, and nothing hangs.
  await server.call('lookup_service', { service: 'papi' });
  meanwhile();
  let quiet = 0; // ms without a child process; an attempt that goes on would start the next within them
  await until(() => (quiet = children(world, server).length === 0 ? quiet + 10 : 0) > 400, 'the end of the child processes');
  assert.equal(answer, undefined, 'a cancelled request was answered');
  const seen = progressOf(server);
  await server.close();
  return seen;
}

for (const era of eras) {
  scenario(`F36 cancelled while gh is asked (${era})`, async (world) => {
    const github = await GitHub.start(world);
    github.answer = answers.nothing();
    await cancelled(world, () => github.requests.length > 0, { era });
    world.assertHistory([]);
    github.answer = undefined;
    await world.assertNextWorks();
  });

  scenario(`F36 cancelled while the remote is fetched (${era})`, async (world) => {
    const { port } = await serveGitDaemon(world);
    let hangs = true;
    const between = await relay(world, port, (connection) => {
      if (hangs) connection.stall();
    });
    world.useRemote(`git://127.0.0.1:${between.port}/flux.git`);
    await cancelled(world, () => between.connections > 0, { era });
    world.assertHistory([]);
    hangs = false;
    await world.assertNextWorks();
  });

  scenario(`F36 cancelled after the push began: it is finished (${era})`, async (world) => {
    const [begun, go] = [join(world.root, 'begun'), join(world.root, 'go')];
    world.hook('pre-receive', `touch '${begun}'; while [ ! -e '${go}' ]; do sleep 0.02; done`);
    await cancelled(world, () => existsSync(begun), { era, meanwhile: () => writeFileSync(go, '') });
    world.assertHistory([subjectOf(42)]);
    world.assertRolledOut(42);
    world.assertClean();
    await world.assertNextWorks();
  });
}

scenario('F36 cancelled while another rollout has the clone', async (world) => {
  const [begun, go] = [join(world.root, 'begun'), join(world.root, 'go')];
  world.hook('pre-receive', `touch '${begun}'; while [ ! -e '${go}' ]; do sleep 0.02; done`);
  const first = await world.server();
  const one = first.call('rollout', { service: 'papi', prNumber: 1 });
  await until(() => existsSync(begun), 'the first push');
  const second = await world.server();
  let answer;
  second.call('rollout', { service: 'papi', prNumber: 2 }, { progressToken: 'it' }).then((result) => (answer = result), () => {});
  const id = second.lastId;
  await until(() => progressOf(second).some((message) => /waiting/i.test(message)), 'waiting');
  second.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } });
  await second.call('lookup_service', { service: 'papi' });
  await second.close();
  writeFileSync(go, '');
  assert.equal((await one).structuredContent.status, 'updated');
  await first.close();
  assert.equal(answer, undefined);
  world.assertHistory([subjectOf(1)]);
  await world.assertNextWorks();
});

scenario('F36 cancelled while the commit is signed', async (world) => {
  const begun = join(world.root, 'begun');
  world.configure(`[commit]\n\tgpgsign = true\n[gpg]\n\tprogram = ${world.script('signer', `touch '${begun}'; exec sleep 600`)}`);
  await cancelled(world, () => existsSync(begun));
  world.assertHistory([]);
  world.configure('[commit]\n\tgpgsign = false');
  await world.assertNextWorks();
});

scenario('F36 cancelled between two attempts: nothing more is tried', async (world) => {
  // Another writer is faster each time, until the rollout is cancelled.
  world.hook('update', `echo x >>"$GIT_DIR/tried"\n${moveHead}`);
  await cancelled(world, (server) => progressOf(server).some((message) => /attempt 3/.test(message)));
  assert.ok(!world.git(world.remote, 'log', '--format=%s', 'main').includes(subjectOf(42)));
  assert.ok(readFileSync(join(world.remote, 'tried'), 'utf8').length <= 8, 'it went on trying');
  world.hook('update', ':');
  await world.assertNextWorks();
});

for (const how of ['end of input', 'SIGTERM']) {
  scenario(`F36 ${how} while the remote hangs: the server leaves, and takes its children with it`, async (world) => {
    const { port } = await serveGitDaemon(world);
    let hangs = true;
    const between = await relay(world, port, (connection) => {
      if (hangs) connection.stall();
    });
    world.useRemote(`git://127.0.0.1:${between.port}/flux.git`);
    const server = await world.server();
    const call = server.call('rollout', { service: 'papi' }).catch(() => {});
    await until(() => between.connections > 0, 'the fetch');
    if (how === 'SIGTERM') server.child.kill('SIGTERM');
    else server.child.stdin.end();
    const { code, signal } = await server.exited;
    await call;
    if (how === 'end of input') assert.deepEqual({ code, signal }, { code: 0, signal: null });
    await until(() => children(world, server).length === 0, 'the end of the child processes');
    world.assertHistory([]);
    hangs = false;
    await world.assertNextWorks();
  });

  scenario(`F36 ${how} after the push began: it is finished`, async (world) => {
    const [begun, go] = [join(world.root, 'begun'), join(world.root, 'go')];
    world.hook('pre-receive', `touch '${begun}'; while [ ! -e '${go}' ]; do sleep 0.02; done`);
    const server = await world.server();
    server.call('rollout', { service: 'papi' }).catch(() => {});
    await until(() => existsSync(begun), 'the push');
    if (how === 'SIGTERM') server.child.kill('SIGTERM');
    else server.child.stdin.end();
    await sleep(300);
    writeFileSync(go, '');
    await server.exited;
    world.assertHistory([subjectOf(42)]);
    world.assertRolledOut(42);
    await world.assertNextWorks();
  });
}
