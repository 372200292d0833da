// Connections over ssh that are kept (specification, section 6): one for the commands of a rollout and for the rollouts
// that follow; never where the user has configured something else; and never why a rollout fails.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { after } from 'node:test';
import { leftoversOf, processesWith } from '../e2e/support/processes.mjs';
import { newKey, noSsh, removeSeparationDirectory, serveSsh } from '../../stand_ins/ssh.mjs';
import { scenario } from './support/environment.mjs';

after(removeSeparationDirectory);

// In a sandbox whose remote is behind ssh, with a record of what every ssh is started with.
const overSsh = (name, body, { serve, ...options } = {}) => scenario(name, async (sandbox) => {
  sandbox.ssh = await serveSsh(sandbox, serve);
  sandbox.useRemote(sandbox.ssh.url);
  sandbox.calls = join(sandbox.root, 'ssh-calls');
  sandbox.script('bin/ssh', `echo "$*" >>'${sandbox.calls}'; exec /usr/bin/ssh "$@"`);
  await body(sandbox);
}, { skip: noSsh, ...options });

const calls = (sandbox) => readFileSync(sandbox.calls, 'utf8').trim().split('\n');
// Those by which git reaches the remote.
const gits = (sandbox) => calls(sandbox).filter((line) => /git-(upload|receive)-pack/.test(line));
const assertNothingAdded = (sandbox) => {
  assert.ok(gits(sandbox).length > 0);
  for (const line of gits(sandbox)) assert.doesNotMatch(line, /Control|ServerAlive/);
};
const masters = (sandbox) => processesWith(sandbox.root).filter(({ command }) => /^ssh: .*\[mux\]/.test(command));
const socketOf = (sandbox) => /^ssh: (\S+) \[mux\]/.exec(masters(sandbox)[0].command)[1];
const directories = (sandbox) => readdirSync(join(sandbox.root, 'tmp')).filter((name) => /^rollout-\w{6}$/.test(name));

async function assertNothingLeft(sandbox) {
  assert.deepEqual(await leftoversOf(`${sandbox.root}/tmp/rollout-`), []);
  assert.deepEqual(directories(sandbox), []);
}

async function rollOut(server, prNumber) {
  const { structuredContent, content } = await server.call('rollout', { service: 'papi', prNumber });
  assert.equal(structuredContent.status, 'updated', content[0].text);
}

// `between(sandbox)` happens between two rollouts of one server.
async function twoRollouts(sandbox, between = async () => {}, options = {}) {
  const server = await sandbox.server(options);
  await rollOut(server, 40);
  await between(sandbox);
  await rollOut(server, 42);
  sandbox.assertRolledOut(42);
  sandbox.assertClean();
  await server.close();
}

overSsh('one connection for a rollout, and for the one that follows', async (sandbox) => {
  await twoRollouts(sandbox, async () => assert.equal(sandbox.ssh.connections(), 1));
  assert.equal(sandbox.ssh.connections(), 1);
  const asked = calls(sandbox).filter((line) => line.startsWith('-G '));
  assert.equal(asked.length, 1);
  for (const line of gits(sandbox)) assert.match(line, /-o BatchMode=yes -o ControlMaster=auto -o ControlPath=\S+%C -o ControlPersist=300 -o ServerAliveInterval=10 -o ServerAliveCountMax=2/);
  await assertNothingLeft(sandbox);
});

overSsh('a rollout with a known clone, whose push goes out beside its fetch', async (sandbox) => {
  await sandbox.updated({ prNumber: 40 });
  const before = sandbox.ssh.connections();
  await sandbox.updated();
  assert.equal(sandbox.ssh.connections(), before + 1);
  const { status } = await sandbox.command(['rollout', 'papi', '--pr', '43']);
  assert.equal(status, 0);
  assert.equal(sandbox.ssh.connections(), before + 2);
  await assertNothingLeft(sandbox);
});

overSsh('ROLLOUT_SSH_SHARE=0', async (sandbox) => {
  await twoRollouts(sandbox, undefined, { environment: { ROLLOUT_SSH_SHARE: '0' } });
  assertNothingAdded(sandbox);
  assert.equal(calls(sandbox).length, gits(sandbox).length);
  assert.equal(sandbox.ssh.connections(), gits(sandbox).length);
});

for (const setting of ['ControlMaster no', 'ControlMaster auto', 'ControlPath none', 'LocalForward 127.0.0.1:1 127.0.0.1:2']) {
  overSsh(`nothing is added for a host with ${setting}, and all for another`, async (sandbox) => {
    sandbox.write('home/.ssh/config', `Host 127.0.0.1\n  ${setting}\nHost same\n  HostName 127.0.0.1\n`);
    await twoRollouts(sandbox);
    assertNothingAdded(sandbox);
    rmSync(sandbox.calls);
    sandbox.useRemote(sandbox.ssh.url.replace('127.0.0.1', 'same'));
    const before = sandbox.ssh.connections();
    await twoRollouts(sandbox);
    assert.equal(sandbox.ssh.connections(), before + 1);
    await assertNothingLeft(sandbox);
  });
}

overSsh("the user's own master is used and left alone", async (sandbox) => {
  const socket = join(sandbox.home, '.ssh/own');
  sandbox.write('home/.ssh/config', `Host *\n  ControlPath ${socket}\n  ControlMaster auto\n  ControlPersist 60\n`);
  await twoRollouts(sandbox);
  assertNothingAdded(sandbox);
  assert.ok(existsSync(socket));
  execFileSync('/usr/bin/ssh', ['-O', 'exit', '-S', socket, '127.0.0.1'], { env: sandbox.environment, stdio: 'ignore' });
});

overSsh('a keepalive of the user stays', async (sandbox) => {
  sandbox.write('home/.ssh/config', 'Host *\n  ServerAliveInterval 0\n');
  await twoRollouts(sandbox);
  assert.equal(sandbox.ssh.connections(), 1);
  for (const line of gits(sandbox)) assert.doesNotMatch(line, /ServerAlive/);
});

for (const how of ['core.sshCommand', 'GIT_SSH_COMMAND', 'GIT_SSH', 'ssh.variant']) {
  overSsh(`nothing is added to the ssh of ${how}`, async (sandbox) => {
    const ssh = join(sandbox.root, 'bin/ssh');
    if (how === 'core.sshCommand') sandbox.configure(`[core]\n\tsshCommand = ${ssh}`);
    else if (how === 'ssh.variant') sandbox.configure('[ssh]\n\tvariant = simple');
    else sandbox.environment[how] = ssh;
    // Of an ssh that is told no port.
    sandbox.write('home/.ssh/config', `Host flux\n  HostName 127.0.0.1\n  Port ${sandbox.ssh.port}\n`);
    sandbox.useRemote(`flux:${sandbox.remote}`);
    await twoRollouts(sandbox);
    assertNothingAdded(sandbox);
    assert.deepEqual(calls(sandbox).filter((line) => line.startsWith('-G -F')), []);
    assert.deepEqual(directories(sandbox), []);
  });
}

overSsh('aliases that lead to one host have connections of their own', async (sandbox) => {
  sandbox.write('home/.ssh/config', `Host one two\n  HostName 127.0.0.1\n  Port ${sandbox.ssh.port}\n`);
  const server = await sandbox.server();
  for (const [alias, number] of [['one', 40], ['two', 41], ['one', 42]]) {
    sandbox.configure(`[url "${alias}:${sandbox.remote}"]\n\tinsteadOf = ssh://${alias}.example/`);
    sandbox.useRemote(`ssh://${alias}.example/`);
    await rollOut(server, number);
  }
  assert.equal(sandbox.ssh.connections(), 2);
  await server.close();
  await assertNothingLeft(sandbox);
});

overSsh('the master has been killed', async (sandbox) => {
  await twoRollouts(sandbox, async () => process.kill(masters(sandbox)[0].pid, 'SIGKILL'));
  assert.equal(sandbox.ssh.connections(), 2);
  await assertNothingLeft(sandbox);
});

overSsh('the master does not go on', async (sandbox) => {
  let stuck;
  await twoRollouts(sandbox, async () => {
    stuck = masters(sandbox)[0].pid;
    process.kill(stuck, 'SIGSTOP');
  });
  assert.equal(sandbox.ssh.connections(), 2);
  assert.deepEqual(masters(sandbox).map(({ pid }) => pid), [stuck]);
  process.kill(stuck, 'SIGKILL');
  await assertNothingLeft(sandbox);
});

for (const [what, replace] of [
  ['a file', async (socket) => writeFileSync(socket, '')],
  ['a directory', async (socket) => mkdirSync(socket)],
  ['a socket that never answers', (socket, sandbox) => new Promise((resolve) => {
    const server = createServer(() => {}).listen(socket, resolve);
    sandbox.keep({ stop: async () => server.close() });
    server.unref();
  })],
]) {
  overSsh(`the socket has been replaced by ${what}`, async (sandbox) => {
    let lost;
    await twoRollouts(sandbox, async () => {
      const socket = socketOf(sandbox);
      lost = masters(sandbox)[0].pid;
      rmSync(socket);
      await replace(socket, sandbox);
    });
    assert.equal(sandbox.ssh.connections(), 2);
    // Nobody can reach that one any more; it would end by itself.
    process.kill(lost, 'SIGKILL');
    await assertNothingLeft(sandbox);
  });
}

overSsh('the server has ended the connection', async (sandbox) => {
  await twoRollouts(sandbox, async () => sandbox.ssh.restart());
  assert.equal(sandbox.ssh.connections(), 1);
});

overSsh('auth_failed: the server has another host key after that', async (sandbox) => {
  const server = await sandbox.server();
  await rollOut(server, 40);
  await sandbox.ssh.restart(newKey(sandbox, 'another_host_key'));
  const { structuredContent } = await server.call('rollout', { service: 'papi', prNumber: 42 });
  assert.equal(structuredContent.code, 'auth_failed');
  assert.equal(sandbox.ssh.connections(), 0);
  await server.close();
});

overSsh('a connection that dies while a rollout uses it', async (sandbox) => {
  const server = await sandbox.server();
  await rollOut(server, 40);
  const master = masters(sandbox)[0].pid;
  sandbox.hook('pre-receive', `kill -9 ${master}; sleep 0.3`);
  const answer = server.call('rollout', { service: 'papi', prNumber: 42 });
  const { structuredContent, content } = await answer;
  assert.equal(structuredContent.status, 'updated', content[0].text);
  sandbox.assertRolledOut(42);
  await server.close();
  await assertNothingLeft(sandbox);
});

// The file `doomed` names a master that is killed as soon as the server is asked for something.
const killsMaster = { command: 'doomed=$SANDBOX/doomed; if [ -e $doomed ]; then kill -9 $(cat $doomed); rm $doomed; sleep 0.3; fi; eval "$SSH_ORIGINAL_COMMAND"' };
for (const [what, more] of [['a rollout begins', {}], ['a dry run fetches', { dryRun: true }]]) {
  overSsh(`a connection that dies when ${what}`, async (sandbox) => {
    const server = await sandbox.server();
    await rollOut(server, 40);
    sandbox.write('doomed', `${masters(sandbox)[0].pid}`);
    const { isError, content } = await server.call('rollout', { service: 'papi', prNumber: 42, ...more });
    assert.ok(!isError, content[0].text);
    assert.ok(!existsSync(join(sandbox.root, 'doomed')), 'the connection was not used');
    await rollOut(server, 43);
    sandbox.assertRolledOut(43);
    await server.close();
    await assertNothingLeft(sandbox);
  }, { serve: killsMaster });
}

overSsh('the refs of pull requests of a project on the same host', async (sandbox) => {
  const project = join(sandbox.root, 'papi.git');
  sandbox.git(sandbox.project, 'remote', 'set-url', 'origin', sandbox.ssh.url.replace(sandbox.remote, project));
  sandbox.git(project, 'update-ref', 'refs/pull/42/head', 'refs/heads/feature/health');
  const path = sandbox.pathWithoutGh();
  symlinkSync(join(sandbox.root, 'bin/ssh'), join(path, 'ssh'));
  await sandbox.updated({}, { environment: { PATH: path } });
  sandbox.assertRolledOut(42);
  assert.equal(sandbox.ssh.connections(), 1);
});

overSsh('a server that allows one session per connection', async (sandbox) => {
  const server = await sandbox.server();
  await rollOut(server, 40);
  const answers = await Promise.all([41, 42, 43].map((prNumber) => server.call('rollout', { service: 'papi', prNumber })));
  for (const { structuredContent, content } of answers) {
    assert.equal(structuredContent.status, 'updated', content[0].text);
    assert.ok(!/mux|Control/.test(JSON.stringify(structuredContent)), content[0].text);
  }
  await server.close();
  await assertNothingLeft(sandbox);
}, { serve: { settings: 'MaxSessions 1\n' } });

overSsh('a TMPDIR that is too long for a socket', async (sandbox) => {
  sandbox.environment.TMPDIR = join(sandbox.root, 'tmp', 'l'.repeat(60));
  mkdirSync(sandbox.environment.TMPDIR);
  await twoRollouts(sandbox);
  assert.equal(sandbox.ssh.connections(), 1);
  const directory = dirname(/ControlPath=(\S+)/.exec(gits(sandbox)[0])[1]);
  assert.match(directory, /^\/tmp\/rollout-\w{6}$/);
  assert.ok(!existsSync(directory));
  rmSync(sandbox.environment.TMPDIR, { recursive: true });
});

overSsh('the directory of the sockets has been removed', async (sandbox) => {
  let lost;
  await twoRollouts(sandbox, async () => {
    lost = masters(sandbox)[0].pid;
    rmSync(dirname(socketOf(sandbox)), { recursive: true });
  });
  process.kill(lost, 'SIGKILL');
  await assertNothingLeft(sandbox);
});

for (const signal of ['SIGTERM', 'SIGINT']) {
  overSsh(`nothing is left of a server that ends by ${signal}`, async (sandbox) => {
    const server = await sandbox.server();
    await rollOut(server, 42);
    assert.equal(masters(sandbox).length, 1);
    server.child.kill(signal);
    await server.exited;
    await assertNothingLeft(sandbox);
  });
}

overSsh('what a killed server leaves is ended by the next one', async (sandbox) => {
  const server = await sandbox.server();
  await rollOut(server, 40);
  server.child.kill('SIGKILL');
  await server.exited;
  assert.equal(masters(sandbox).length, 1);
  assert.equal(directories(sandbox).length, 1);
  await sandbox.updated();
  await assertNothingLeft(sandbox);
});
