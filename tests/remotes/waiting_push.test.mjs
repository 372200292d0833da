// A push over HTTPS whose connection is made while gh is asked: it goes over that connection or, if that cannot be, as if
// there were none.
//   F1, F4, F5, F6, F10, F11, F12, F36

import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { moveHead, once } from '../e2e/support/hooks.mjs';
import { manifest, manifestFile } from '../e2e/support/sandbox.mjs';
import { processesWith } from '../e2e/support/processes.mjs';
import { ofPrivateAuthority } from '../../stand_ins/certificates.mjs';
import { serveHttp } from '../../stand_ins/https.mjs';
import { forwardProxy, front, relay } from './support/relays.mjs';
import { scenario, subjectOf, withTag } from './support/environment.mjs';

const password = 's3cr3t-P4ss-w0rd';
const userAt = (url, secret = password) => url.replace('//', `//dana:${secret}@`);

// What our git commands were, from the logs since `from`: 'remote-https', 'push', 'fetch', ... with how each ended.
function commandsOf(sandbox, from = 0) {
  const logs = sandbox.said.slice(from).filter(({ what }) => what === 'log file').map(({ text }) => text).join('');
  return [...logs.matchAll(/ debug git .*? (remote-https?|push|fetch|ls-remote) .*?: (exit status \d+|cancelled|signal \d+|ended at the time limit), \d+ ms$/gm)]
    .map(([, name, ending]) => `${name}: ${ending}`);
}
const pushesOf = (sandbox, from) => commandsOf(sandbox, from).filter((line) => /^(remote|push)/.test(line));

// gh does not answer before `answer()` is called.
function slowGh(sandbox) {
  const go = join(sandbox.root, 'gh/go');
  const wait = `while [ ! -e '${go}' ]; do sleep 0.02; done\nif [ -f "$state/hangs" ]`;
  sandbox.script('bin/gh', readFileSync(join(sandbox.root, 'bin/gh'), 'utf8').replace('if [ -f "$state/hangs" ]', wait));
  return { answer: () => writeFileSync(go, '') };
}

async function until(condition, what) {
  const end = Date.now() + 30_000;
  while (!await condition()) {
    assert.ok(Date.now() < end, `never: ${what}`);
    await sleep(10);
  }
}

function assertDone(sandbox, subjects = [subjectOf(42)]) {
  sandbox.assertHistory(subjects);
  sandbox.assertRolledOut(42);
  sandbox.assertClean();
  assert.equal(sandbox.git(sandbox.clone, 'rev-parse', 'refs/remotes/origin/main'), sandbox.head());
}

// nginx with TLS and basic authentication, whose certificate git trusts.
async function serve(sandbox, secret = password) {
  sandbox.secrets.push(password);
  const tls = ofPrivateAuthority(sandbox);
  const server = await serveHttp(sandbox, { tls, users: { dana: password } });
  sandbox.configure(`[http]\n\tsslCAInfo = ${tls.authority}`);
  sandbox.useRemote(userAt(server.url, secret), 'github');
  return server;
}

scenario('a rollout that asks gh pushes over the connection that was made meanwhile', async (sandbox) => {
  await serve(sandbox);
  await sandbox.updated();
  assertDone(sandbox);
  assert.deepEqual(pushesOf(sandbox), ['remote-https: exit status 0']);
  const before = sandbox.said.length;
  await sandbox.assertNextWorks(); // asks nobody, and pushes at once
  assert.deepEqual(pushesOf(sandbox, before), ['push: exit status 0']);
});

scenario('one connection for all that a push asks', async (sandbox) => {
  const { port } = await serveHttp(sandbox);
  const services = [];
  const between = await relay(sandbox, port, (connection, { direction }) => {
    if (direction === 'up') services[connection.number] = connection.service;
  });
  sandbox.useRemote(`http://127.0.0.1:${between.port}/flux.git`);
  await sandbox.updated();
  assertDone(sandbox);
  assert.deepEqual(pushesOf(sandbox), ['remote-http: exit status 0']);
  assert.equal(services.filter((service) => service === 'git-receive-pack').length, 1);
});

scenario('a rollout that changes nothing, and one that is refused, end what waited', async (sandbox) => {
  await serve(sandbox);
  await sandbox.updated();
  const before = sandbox.said.length;
  assert.equal((await sandbox.rollout()).structuredContent.status, 'unchanged');
  await sandbox.refused('image_not_found', [], { imageName: 'nobody', file: manifestFile });
  assert.ok(pushesOf(sandbox, before).every((line) => line === 'remote-https: cancelled'), pushesOf(sandbox, before));
  sandbox.assertHistory([subjectOf(42)]);
  assert.equal((await sandbox.rollout({ dryRun: true })).structuredContent.status, 'unchanged');
});

scenario('F1 another push while gh is asked, after the connection was made: edited again on the new head', async (sandbox) => {
  const { port } = await serveHttp(sandbox);
  let moved = false;
  const between = await front(sandbox, port, ({ method, url }) => {
    if (method === 'POST' && url.endsWith('git-receive-pack') && !moved) {
      moved = true;
      sandbox.pushFromElsewhere(manifestFile, manifest.replace('pr-7-1234567', 'pr-8-7654321'));
    }
  });
  sandbox.useRemote(between.url);
  const result = await sandbox.updated();
  assert.ok(moved);
  assert.equal(result.attempts, 2);
  sandbox.assertHistory(['Another change', subjectOf(42)]);
  assert.equal(sandbox.fileAt('main').toString(), withTag(42).replace('pr-7-1234567', 'pr-8-7654321'));
  sandbox.assertClean();
  assert.deepEqual(pushesOf(sandbox), ['remote-http: exit status 128', 'push: exit status 0']);
});

scenario('F1 another push before the connection is made, and after the fetch: the connection is not used', async (sandbox) => {
  const { port } = await serveHttp(sandbox);
  let moved = false;
  const between = await relay(sandbox, port, (connection, { direction }) => {
    if (connection.service !== 'git-receive-pack' || direction !== 'up' || moved) return undefined;
    moved = true;
    setTimeout(() => sandbox.pushFromElsewhere('apps/other.yaml', 'other: true\n'), 1000);
    return 2500;
  });
  sandbox.useRemote(`http://127.0.0.1:${between.port}/flux.git`);
  const result = await sandbox.updated();
  assert.equal(result.attempts, 2);
  assertDone(sandbox, ['Another change', subjectOf(42)]);
  assert.deepEqual(pushesOf(sandbox).filter((line) => line.startsWith('remote')), ['remote-http: cancelled']);
});

scenario('F1 lost while the remote updates its ref', async (sandbox) => {
  await serve(sandbox);
  sandbox.hook('update', once(moveHead));
  const result = await sandbox.updated();
  assert.equal(result.attempts, 2);
  assertDone(sandbox, ['Faster', subjectOf(42)]);
  assert.deepEqual(pushesOf(sandbox), ['remote-https: exit status 128', 'push: exit status 0']);
});

scenario('F5 a hook of the remote refuses: said in its words, asked once', async (sandbox) => {
  await serve(sandbox);
  sandbox.hook('pre-receive', `echo x >>"$GIT_DIR/tried"; echo 'Frozen until Monday.' >&2; exit 1`);
  const refusal = await sandbox.refused('rejected', ['pre-receive hook declined', 'Frozen until Monday.', 'main']);
  assert.equal(refusal.details.reason, 'pre-receive hook declined');
  assert.equal(sandbox.git(sandbox.remote, 'rev-list', '--count', `${sandbox.base}..main`), '0');
  assert.deepEqual(pushesOf(sandbox), ['remote-https: exit status 128']);
  sandbox.hook('pre-receive', 'exit 0');
  await sandbox.assertNextWorks();
});

scenario('F6 a notice of the remote on success', async (sandbox) => {
  await serve(sandbox);
  sandbox.hook('post-receive', `echo 'Deploys are slow today.' >&2`);
  const { warnings } = await sandbox.updated();
  assert.ok(warnings.includes('The remote says: Deploys are slow today.'), warnings);
  assertDone(sandbox);
});

scenario('F4 the answer of the push is lost behind a gateway: it is looked up, and was done once', async (sandbox) => {
  const { port } = await serveHttp(sandbox);
  let lost = 0;
  const gateway = await relay(sandbox, port, (connection, { direction, text }) => {
    if (connection.packUp && direction === 'down' && lost++ === 0) {
      assert.match(text, /^HTTP\/1\.1 200/);
      return Buffer.from('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    }
    return connection.packUp && direction === 'down' ? 'drop' : undefined;
  });
  sandbox.useRemote(`http://127.0.0.1:${gateway.port}/flux.git`);
  const result = await sandbox.updated();
  assert.ok(lost > 0);
  assert.equal(result.commit, sandbox.head());
  assertDone(sandbox);
  assert.equal(pushesOf(sandbox).length, 1);
});

scenario('the server closes the idle connection while gh is asked: git makes another one', async (sandbox) => {
  const { port } = await serveHttp(sandbox);
  const gh = slowGh(sandbox);
  let waiting;
  const between = await relay(sandbox, port, (connection, { direction, text }) => {
    if (connection.service === 'git-receive-pack' && direction === 'down' && text.includes('refs/heads/main')) waiting ??= connection;
  });
  sandbox.useRemote(`http://127.0.0.1:${between.port}/flux.git`);
  const rollout = sandbox.updated();
  await until(() => waiting !== undefined, 'the connection for the push');
  await sleep(300);
  waiting.break();
  await sleep(100);
  gh.answer();
  await rollout;
  assertDone(sandbox);
  assert.deepEqual(pushesOf(sandbox), ['remote-http: exit status 0']);
});

scenario('gh takes long: a connection that has waited for long is not used', async (sandbox) => {
  await serve(sandbox);
  const gh = slowGh(sandbox);
  const rollout = sandbox.updated();
  await sleep(12_000);
  gh.answer();
  await rollout;
  assertDone(sandbox);
  assert.deepEqual(pushesOf(sandbox), ['remote-https: cancelled', 'push: exit status 0']);
});

scenario('F11 a wrong password: auth_failed, and the remote is not asked again and again', async (sandbox) => {
  const { url } = await serve(sandbox, 'wrong-P4ss');
  sandbox.secrets.push('wrong-P4ss');
  await sandbox.refused('auth_failed', url);
  sandbox.assertHistory([]);
  assert.ok(commandsOf(sandbox).length <= 2, commandsOf(sandbox));
});

scenario('F12 a user who may read but not push: refused as git push refuses, without the password', async (sandbox) => {
  sandbox.secrets.push(password);
  const { url } = await serveHttp(sandbox, { users: { dana: password }, readOnlyUsers: ['dana'] });
  sandbox.useRemote(userAt(url));
  await sandbox.refused('auth_failed', ['403', url]);
  sandbox.assertHistory([]);
  assert.deepEqual(pushesOf(sandbox), ['remote-http: exit status 128', 'push: exit status 128']);
});

scenario('F10 what is configured for the push counts: another address, a hook, options', async (sandbox) => {
  const { port, url } = await serveHttp(sandbox);
  const pushes = await front(sandbox, port, () => undefined);
  const configuration = sandbox.environment.GIT_CONFIG_GLOBAL;
  sandbox.useRemote(url);
  const hook = sandbox.script('hooks/pre-push', `echo x >>'${join(sandbox.root, 'hooked')}'`);
  for (const [number, lines] of [[42, `[url "${new URL(pushes.url).origin}/"]\n\tpushInsteadOf = ${new URL(url).origin}/`],
    [43, `[core]\n\thooksPath = ${join(hook, '..')}`], [44, '[push]\n\tgpgSign = if-asked']]) {
    const before = sandbox.said.length;
    sandbox.environment.GIT_CONFIG_GLOBAL = sandbox.write(`gitconfig-${number}`, `[include]\n\tpath = ${configuration}\n${lines}\n`);
    sandbox.setPullRequest({ number });
    await sandbox.updated();
    assert.deepEqual(pushesOf(sandbox, before), ['push: exit status 0'], lines);
  }
  assert.ok(pushes.requests.length > 0 && pushes.requests.every((request) => request.url.includes('git-receive-pack')));
  assert.ok(existsSync(join(sandbox.root, 'hooked')));
});

scenario('F10 insteadOf and a proxy', async (sandbox) => {
  const { port } = await serveHttp(sandbox);
  const proxy = await forwardProxy(sandbox);
  sandbox.configure(`[url "http://127.0.0.1:${port}/"]\n\tinsteadOf = https://flux.example.invalid/\n[remote "origin"]\n\tproxy = ${proxy.url}`);
  sandbox.environment.no_proxy = '';
  sandbox.useRemote('https://flux.example.invalid/flux.git');
  await sandbox.updated();
  assertDone(sandbox);
  assert.ok(proxy.requests.some((request) => request.startsWith('POST ') && request.endsWith('git-receive-pack')), proxy.requests);
  assert.deepEqual(pushesOf(sandbox), ['remote-http: exit status 0']);
});

scenario('F36 cancelled while gh is asked: what waits is ended; cancelled during the push: it is finished', async (sandbox) => {
  await serve(sandbox);
  const gh = slowGh(sandbox);
  const children = (server) => processesWith(`HOME=${sandbox.home}`).filter(({ pid }) => pid !== server.child.pid);
  const cancelled = async (reached, then) => {
    const server = await sandbox.server();
    server.call('rollout', { service: 'papi' }).catch(() => {});
    const id = server.lastId;
    await until(() => reached(server), 'the stage to cancel at');
    server.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } });
    await server.call('lookup_service', { service: 'papi' });
    then();
    await until(() => children(server).length === 0, 'the end of the child processes');
    await server.close();
  };
  await cancelled((server) => children(server).some(({ command }) => /^\S*git-remote-https origin/.test(command)), () => {});
  sandbox.assertHistory([]);
  const [begun, go] = [join(sandbox.root, 'begun'), join(sandbox.root, 'go')];
  sandbox.hook('pre-receive', `touch '${begun}'; while [ ! -e '${go}' ]; do sleep 0.02; done`);
  gh.answer();
  await cancelled(() => existsSync(begun), () => writeFileSync(go, ''));
  assertDone(sandbox);
});
