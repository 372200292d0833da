// The client takes its request back, at each stage. F36: before the push nothing remains; after it began it completes.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { moveHead } from '../e2e/support/hooks.mjs';
import { processesWith } from '../e2e/support/processes.mjs';
import { eras } from '../e2e/support/server.mjs';
import { answers, GitHub } from './support/github.mjs';
import { serveGitDaemon } from '../../stand_ins/https.mjs';
import { relay } from './support/relays.mjs';
import { scenario, subjectOf } from './support/environment.mjs';

async function until(condition, what) {
  const end = Date.now() + 30_000;
  while (!condition()) {
    assert.ok(Date.now() < end, `never: ${what}`);
    await sleep(10);
  }
}

const progressOf = (server) => server.notifications.filter(({ method }) => method === 'notifications/progress').map(({ params }) => params.message ?? '');
const children = (sandbox, server) => processesWith(`HOME=${sandbox.home}`).filter(({ pid }) => pid !== server.child.pid);

// Starts a rollout, cancels it once `reached(server)`, and waits until it has ended: no child process is left, and the
// clone is free again.
async function cancelled(sandbox, reached, { args = {}, era = eras[0], meanwhile = () => {}, environment = {} } = {}) {
  const server = await sandbox.server({ era, environment });
  let answer;
  server.call('rollout', { service: 'papi', ...args }, { progressToken: 'it' }).then((result) => (answer = result), () => {});
  const id = server.lastId;
  await until(() => reached(server), 'the stage to cancel at');
  server.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id, reason: 'changed my mind' } });
  // What is asked afterwards is answered: the cancellation has been read, and nothing hangs.
  await server.call('lookup_service', { service: 'papi' });
  meanwhile();
  let quiet = 0; // ms without a child process; an attempt that goes on would start the next within them
  await until(() => (quiet = children(sandbox, server).length === 0 ? quiet + 10 : 0) > 400, 'the end of the child processes');
  assert.equal(answer, undefined, 'a cancelled request was answered');
  const seen = progressOf(server);
  await server.close();
  return seen;
}

for (const era of eras) {
  scenario(`F36 cancelled while gh is asked (${era})`, async (sandbox) => {
    const github = await GitHub.start(sandbox);
    github.answer = answers.nothing();
    await cancelled(sandbox, () => github.requests.length > 0, { era });
    sandbox.assertHistory([]);
    github.answer = undefined;
    await sandbox.assertNextWorks();
  });

  scenario(`F36 cancelled while the remote is fetched (${era})`, async (sandbox) => {
    const { port } = await serveGitDaemon(sandbox);
    let hangs = true;
    const between = await relay(sandbox, port, (connection) => {
      if (hangs) connection.stall();
    });
    sandbox.useRemote(`git://127.0.0.1:${between.port}/flux.git`);
    await cancelled(sandbox, () => between.connections > 0, { era });
    sandbox.assertHistory([]);
    hangs = false;
    await sandbox.assertNextWorks();
  });

  scenario(`F36 cancelled after the push began: it is finished (${era})`, async (sandbox) => {
    const [begun, go] = [join(sandbox.root, 'begun'), join(sandbox.root, 'go')];
    sandbox.hook('pre-receive', `touch '${begun}'; while [ ! -e '${go}' ]; do sleep 0.02; done`);
    await cancelled(sandbox, () => existsSync(begun), { era, meanwhile: () => writeFileSync(go, '') });
    sandbox.assertHistory([subjectOf(42)]);
    sandbox.assertRolledOut(42);
    sandbox.assertClean();
    await sandbox.assertNextWorks();
  });
}

scenario('F36 cancelled while another rollout has the clone', async (sandbox) => {
  const [begun, go] = [join(sandbox.root, 'begun'), join(sandbox.root, 'go')];
  sandbox.hook('pre-receive', `touch '${begun}'; while [ ! -e '${go}' ]; do sleep 0.02; done`);
  const first = await sandbox.server();
  const one = first.call('rollout', { service: 'papi', prNumber: 1 });
  await until(() => existsSync(begun), 'the first push');
  const second = await sandbox.server();
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
  sandbox.assertHistory([subjectOf(1)]);
  await sandbox.assertNextWorks();
});

scenario('F36 cancelled while the commit is signed', async (sandbox) => {
  const begun = join(sandbox.root, 'begun');
  sandbox.configure(`[commit]\n\tgpgsign = true\n[gpg]\n\tprogram = ${sandbox.script('signer', `touch '${begun}'; exec sleep 600`)}`);
  await cancelled(sandbox, () => existsSync(begun));
  sandbox.assertHistory([]);
  sandbox.configure('[commit]\n\tgpgsign = false');
  await sandbox.assertNextWorks();
});

scenario('F36 cancelled between two attempts: nothing more is tried', async (sandbox) => {
  // Another writer is faster each time, until the rollout is cancelled.
  sandbox.hook('update', `echo x >>"$GIT_DIR/tried"\n${moveHead}`);
  await cancelled(sandbox, (server) => progressOf(server).some((message) => /attempt 3/.test(message)));
  assert.ok(!sandbox.git(sandbox.remote, 'log', '--format=%s', 'main').includes(subjectOf(42)));
  assert.ok(readFileSync(join(sandbox.remote, 'tried'), 'utf8').length <= 8, 'it went on trying');
  sandbox.hook('update', ':');
  await sandbox.assertNextWorks();
});

for (const how of ['end of input', 'SIGTERM']) {
  scenario(`F36 ${how} while the remote hangs: the server leaves, and takes its children with it`, async (sandbox) => {
    const { port } = await serveGitDaemon(sandbox);
    let hangs = true;
    const between = await relay(sandbox, port, (connection) => {
      if (hangs) connection.stall();
    });
    sandbox.useRemote(`git://127.0.0.1:${between.port}/flux.git`);
    const server = await sandbox.server();
    const call = server.call('rollout', { service: 'papi' }).catch(() => {});
    await until(() => between.connections > 0, 'the fetch');
    if (how === 'SIGTERM') server.child.kill('SIGTERM');
    else server.child.stdin.end();
    const { code, signal } = await server.exited;
    await call;
    if (how === 'end of input') assert.deepEqual({ code, signal }, { code: 0, signal: null });
    await until(() => children(sandbox, server).length === 0, 'the end of the child processes');
    sandbox.assertHistory([]);
    hangs = false;
    await sandbox.assertNextWorks();
  });

  scenario(`F36 ${how} after the push began: it is finished`, async (sandbox) => {
    const [begun, go] = [join(sandbox.root, 'begun'), join(sandbox.root, 'go')];
    sandbox.hook('pre-receive', `touch '${begun}'; while [ ! -e '${go}' ]; do sleep 0.02; done`);
    const server = await sandbox.server();
    server.call('rollout', { service: 'papi' }).catch(() => {});
    await until(() => existsSync(begun), 'the push');
    if (how === 'SIGTERM') server.child.kill('SIGTERM');
    else server.child.stdin.end();
    await sleep(300);
    writeFileSync(go, '');
    await server.exited;
    sandbox.assertHistory([subjectOf(42)]);
    sandbox.assertRolledOut(42);
    await sandbox.assertNextWorks();
  });
}
