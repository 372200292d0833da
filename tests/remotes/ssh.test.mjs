// ssh as people have it: keys, agents, host keys, aliases in ~/.ssh/config, commands of their own; and that nothing ever
// asks or accepts a host on its own.
//   F8, F9, F10 (GIT_SSH_COMMAND), F4 over ssh

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { freePort } from '../../stand_ins/programs.mjs';
import { liveInHome, newKey, noSsh, removeSeparationDirectory, serveSsh } from '../../stand_ins/ssh.mjs';
import { scenario, subjectOf } from './support/environment.mjs';

after(removeSeparationDirectory);

const overSsh = (name, body) => scenario(name, body, { skip: noSsh });
const knownHosts = (sandbox) => join(sandbox.home, '.ssh/known_hosts');

function assertDone(sandbox) {
  sandbox.assertHistory([subjectOf(42)]);
  sandbox.assertRolledOut(42);
  sandbox.assertClean();
}

overSsh('a key that the server knows', async (sandbox) => {
  const { url } = await serveSsh(sandbox);
  sandbox.useRemote(url);
  const result = await sandbox.updated();
  assert.equal(result.fluxRepo, url);
  assertDone(sandbox);
  await sandbox.assertNextWorks();
});

overSsh('an alias in ~/.ssh/config, as ssh:// and in the short form', async (sandbox) => {
  const { port } = await serveSsh(sandbox);
  renameSync(join(sandbox.home, '.ssh/id_ed25519'), join(sandbox.home, '.ssh/flux_key'));
  sandbox.write('home/.ssh/config', `Host flux\n  HostName 127.0.0.1\n  Port ${port}\n  IdentityFile ~/.ssh/flux_key\n`);
  sandbox.useRemote(`ssh://flux${sandbox.remote}`);
  await sandbox.updated();
  assertDone(sandbox);
  sandbox.useRemote(`flux:${sandbox.remote}`);
  await sandbox.assertNextWorks();
});

overSsh('F10 core.sshCommand that git includes for this remote alone', async (sandbox) => {
  const { url } = await serveSsh(sandbox);
  renameSync(join(sandbox.home, '.ssh/id_ed25519'), join(sandbox.home, '.ssh/flux_key'));
  const more = sandbox.write('more', '[core]\n\tsshCommand = ssh -i ~/.ssh/flux_key\n');
  sandbox.configure(`[includeIf "hasconfig:remote.*.url:${url}"]\n\tpath = ${more}`);
  sandbox.useRemote(url);
  await sandbox.updated();
  assertDone(sandbox);
});

for (const how of ['core.sshCommand', 'GIT_SSH_COMMAND', 'GIT_SSH']) {
  overSsh(`F10 ${how} is what runs, in batch mode`, async (sandbox) => {
    const { url } = await serveSsh(sandbox);
    const calls = join(sandbox.root, 'ssh-calls');
    const ssh = sandbox.script('my-ssh', `echo "$*" >>'${calls}'; exec ssh "$@"`);
    if (how === 'core.sshCommand') sandbox.configure(`[core]\n\tsshCommand = ${ssh} -4`);
    else sandbox.environment[how] = how === 'GIT_SSH' ? ssh : `${ssh} -4`;
    sandbox.useRemote(url);
    await sandbox.updated();
    assertDone(sandbox);
    const lines = readFileSync(calls, 'utf8').trim().split('\n').filter((line) => line.includes('git-'));
    assert.ok(lines.length > 0);
    for (const line of lines) {
      assert.match(line, /-o BatchMode=yes/);
      if (how !== 'GIT_SSH') assert.match(line, /^-4 /);
    }
  });
}

overSsh('F9 auth_failed: an unknown host key is named and not accepted', async (sandbox) => {
  const { url, known } = await serveSsh(sandbox);
  writeFileSync(knownHosts(sandbox), '');
  sandbox.useRemote(url);
  await sandbox.refused('auth_failed', [/Host key verification failed|host key/i, '127.0.0.1']);
  sandbox.assertHistory([]);
  assert.equal(readFileSync(knownHosts(sandbox), 'utf8'), '');
  writeFileSync(knownHosts(sandbox), known);
  await sandbox.assertNextWorks();
});

overSsh('F9 auth_failed: a host key that has changed', async (sandbox) => {
  const { url, port } = await serveSsh(sandbox);
  const other = readFileSync(`${newKey(sandbox, 'another_host_key')}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
  const wrong = `[127.0.0.1]:${port} ${other}\n`;
  writeFileSync(knownHosts(sandbox), wrong);
  sandbox.useRemote(url);
  await sandbox.refused('auth_failed', [/host key|HOST IDENTIFICATION HAS CHANGED/i, '127.0.0.1']);
  sandbox.assertHistory([]);
  assert.equal(readFileSync(knownHosts(sandbox), 'utf8'), wrong);
});

overSsh('auth_failed: a key that the server does not know', async (sandbox) => {
  const { url, userKey } = await serveSsh(sandbox);
  renameSync(userKey, `${userKey}.good`);
  newKey(sandbox, 'home/.ssh/id_rsa', { type: 'ecdsa' });
  sandbox.useRemote(url);
  await sandbox.refused('auth_failed', [/Permission denied \(publickey/, /HTTPS/, '~/.ssh/config']);
  sandbox.assertHistory([]);
  renameSync(`${userKey}.good`, userKey);
  await sandbox.assertNextWorks();
});

overSsh('F8 auth_failed: a key with a passphrase asks nobody; with an agent it works', async (sandbox) => {
  const { url, userKey } = await serveSsh(sandbox);
  const passphrase = 'open-s3same';
  sandbox.secrets.push(passphrase);
  execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', passphrase, '-f', userKey], { env: sandbox.environment });
  const asked = join(sandbox.root, 'asked');
  const askpass = sandbox.script('askpass', `echo "$1" >>'${asked}'; exec sleep 600`);
  sandbox.useRemote(url);
  await sandbox.refused('auth_failed', [/Permission denied/, /HTTPS/], {}, { environment: { SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':0' } });
  assert.ok(!existsSync(asked), 'a window would have opened');
  sandbox.assertHistory([]);

  const socket = join(sandbox.root, 'agent');
  const words = execFileSync('ssh-agent', ['-a', socket], { env: sandbox.environment, encoding: 'utf8' });
  sandbox.keep({ stop: async () => process.kill(Number(/SSH_AGENT_PID=(\d+)/.exec(words)[1])) });
  sandbox.environment.SSH_AUTH_SOCK = socket;
  const answer = sandbox.script('answer', `echo '${passphrase}'`);
  execFileSync('ssh-add', ['-q', userKey], { env: { ...sandbox.environment, SSH_ASKPASS: answer, SSH_ASKPASS_REQUIRE: 'force' }, stdio: 'ignore' });
  await sandbox.assertNextWorks();
});

overSsh('auth_failed: a key that may only read', async (sandbox) => {
  const { url } = await serveSsh(sandbox, { command: 'case $SSH_ORIGINAL_COMMAND in *receive-pack*) ' +
    "echo 'ERROR: The key you are authenticating with has been marked as read only.' >&2; exit 1;; esac; eval \"$SSH_ORIGINAL_COMMAND\"" });
  sandbox.useRemote(url);
  await sandbox.refused('auth_failed', [/marked as read only/]);
  sandbox.assertHistory([]);
});

overSsh('remote_not_found: no such repository behind ssh', async (sandbox) => {
  const { url } = await serveSsh(sandbox);
  sandbox.useRemote(url.replace('flux.git', 'fluxx.git'));
  await sandbox.refused('remote_not_found', [/fluxx\.git/]);
});

overSsh('unreachable: a port where no ssh server listens, and no ssh at all', async (sandbox) => {
  liveInHome(sandbox);
  sandbox.useRemote(`ssh://127.0.0.1:${await freePort()}${sandbox.remote}`);
  await sandbox.refused('unreachable', [/Connection refused/, '127.0.0.1']);
  sandbox.useRemote(`ssh://127.0.0.1:22${sandbox.remote}`);
  await sandbox.refused('unreachable', [/ssh/], { prNumber: 42 }, { environment: { PATH: sandbox.pathWithoutGh() } });
  sandbox.assertHistory([]);
});

overSsh('F4 the connection dies after the pack went out: found, and not pushed twice', async (sandbox) => {
  const session = join(sandbox.root, 'session');
  const { url } = await serveSsh(sandbox, { command: `echo $PPID >'${session}'; eval "$SSH_ORIGINAL_COMMAND"` });
  sandbox.hook('post-receive', `kill -9 $(cat '${session}'); sleep 0.2`);
  sandbox.useRemote(url);
  await sandbox.updated();
  assertDone(sandbox);
  rmSync(join(sandbox.remote, 'hooks/post-receive'));
  await sandbox.assertNextWorks();
});

overSsh('unreachable: there is no ssh', async (sandbox) => {
  const { url } = await serveSsh(sandbox);
  sandbox.useRemote(url);
  for (const environment of [{ PATH: sandbox.pathWithoutGh() }, { GIT_SSH_COMMAND: 'no-such-ssh -4' }, { GIT_SSH: join(sandbox.root, 'no-such-ssh') }]) {
    await sandbox.refused('unreachable', [/not found|No such file|ssh variant/, 'Install an ssh client', url], { prNumber: 42 }, { environment });
  }
  await sandbox.assertNextWorks();
});
