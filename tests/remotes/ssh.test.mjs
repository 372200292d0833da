// ssh as people have it: keys, agents, host keys, aliases in ~/.ssh/config, commands of their own; and that nothing ever
// asks or accepts a host on its own.
//   F8, F9, F10 (GIT_SSH_COMMAND), F4 over ssh

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { freePort } from '../support/servers/programs.mjs';
import { liveInHome, newKey, noSsh, removeSeparationDirectory, serveSsh } from '../support/servers/ssh.mjs';
import { scenario, subjectOf } from './support/world.mjs';

after(removeSeparationDirectory);

const overSsh = (name, body) => scenario(name, body, { skip: noSsh });
const knownHosts = (world) => join(world.home, '.ssh/known_hosts');

function assertDone(world) {
  world.assertHistory([subjectOf(42)]);
  world.assertRolledOut(42);
  world.assertClean();
}

overSsh('a key that the server knows', async (world) => {
  const { url } = await serveSsh(world);
  world.useRemote(url);
  const result = await world.updated();
  assert.equal(result.fluxRepo, url);
  assertDone(world);
  await world.assertNextWorks();
});

overSsh('an alias in ~/.ssh/config, as ssh:// and in the short form', async (world) => {
  const { port } = await serveSsh(world);
  renameSync(join(world.home, '.ssh/id_ed25519'), join(world.home, '.ssh/flux_key'));
  world.write('home/.ssh/config', `Host flux\n  HostName 127.0.0.1\n  Port ${port}\n  IdentityFile ~/.ssh/flux_key\n`);
  world.useRemote(`ssh://flux${world.remote}`);
  await world.updated();
  assertDone(world);
  world.useRemote(`flux:${world.remote}`);
  await world.assertNextWorks();
});

overSsh('F10 core.sshCommand that git includes for this remote alone', async (world) => {
  const { url } = await serveSsh(world);
  renameSync(join(world.home, '.ssh/id_ed25519'), join(world.home, '.ssh/flux_key'));
  const more = world.write('more', '[core]\n\tsshCommand = ssh -i ~/.ssh/flux_key\n');
  world.configure(`[includeIf "hasconfig:remote.*.url:${url}"]\n\tpath = ${more}`);
  world.useRemote(url);
  await world.updated();
  assertDone(world);
});

for (const how of ['core.sshCommand', 'GIT_SSH_COMMAND', 'GIT_SSH']) {
  overSsh(`F10 ${how} is what runs, in batch mode`, async (world) => {
    const { url } = await serveSsh(world);
    const calls = join(world.root, 'ssh-calls');
    const ssh = world.script('my-ssh', `echo "$*" >>'${calls}'; exec ssh "$@"`);
    if (how === 'core.sshCommand') world.configure(`[core]\n\tsshCommand = ${ssh} -4`);
    else world.environment[how] = how === 'GIT_SSH' ? ssh : `${ssh} -4`;
    world.useRemote(url);
    await world.updated();
    assertDone(world);
    const lines = readFileSync(calls, 'utf8').trim().split('\n').filter((line) => line.includes('git-'));
    assert.ok(lines.length > 0);
    for (const line of lines) {
      assert.match(line, /-o BatchMode=yes/);
      if (how !== 'GIT_SSH') assert.match(line, /^-4 /);
    }
  });
}

overSsh('F9 auth_failed: an unknown host key is named and not accepted', async (world) => {
  const { url, known } = await serveSsh(world);
  writeFileSync(knownHosts(world), '');
  world.useRemote(url);
  await world.refused('auth_failed', [/Host key verification failed|host key/i, '127.0.0.1']);
  world.assertHistory([]);
  assert.equal(readFileSync(knownHosts(world), 'utf8'), '');
  writeFileSync(knownHosts(world), known);
  await world.assertNextWorks();
});

overSsh('F9 auth_failed: a host key that has changed', async (world) => {
  const { url, port } = await serveSsh(world);
  const other = readFileSync(`${newKey(world, 'another_host_key')}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
  const wrong = `[127.0.0.1]:${port} ${other}\n`;
  writeFileSync(knownHosts(world), wrong);
  world.useRemote(url);
  await world.refused('auth_failed', [/host key|HOST IDENTIFICATION HAS CHANGED/i, '127.0.0.1']);
  world.assertHistory([]);
  assert.equal(readFileSync(knownHosts(world), 'utf8'), wrong);
});

overSsh('auth_failed: a key that the server does not know', async (world) => {
  const { url, userKey } = await serveSsh(world);
  renameSync(userKey, `${userKey}.good`);
  newKey(world, 'home/.ssh/id_rsa', { type: 'ecdsa' });
  world.useRemote(url);
  await world.refused('auth_failed', [/Permission denied \(publickey/, /HTTPS/, '~/.ssh/config']);
  world.assertHistory([]);
  renameSync(`${userKey}.good`, userKey);
  await world.assertNextWorks();
});

overSsh('F8 auth_failed: a key with a passphrase asks nobody; with an agent it works', async (world) => {
  const { url, userKey } = await serveSsh(world);
  const passphrase = 'open-s3same';
  world.secrets.push(passphrase);
  execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', passphrase, '-f', userKey], { env: world.environment });
  const asked = join(world.root, 'asked');
  const askpass = world.script('askpass', `echo "$1" >>'${asked}'; exec sleep 600`);
  world.useRemote(url);
  await world.refused('auth_failed', [/Permission denied/, /HTTPS/], {}, { environment: { SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':0' } });
  assert.ok(!existsSync(asked), 'a window would have opened');
  world.assertHistory([]);

  const socket = join(world.root, 'agent');
  const words = execFileSync('ssh-agent', ['-a', socket], { env: world.environment, encoding: 'utf8' });
  world.keep({ stop: async () => process.kill(Number(/SSH_AGENT_PID=(\d+)/.exec(words)[1])) });
  world.environment.SSH_AUTH_SOCK = socket;
  const answer = world.script('answer', `echo '${passphrase}'`);
  execFileSync('ssh-add', ['-q', userKey], { env: { ...world.environment, SSH_ASKPASS: answer, SSH_ASKPASS_REQUIRE: 'force' }, stdio: 'ignore' });
  await world.assertNextWorks();
});

overSsh('auth_failed: a key that may only read', async (world) => {
  const { url } = await serveSsh(world, { command: 'case $SSH_ORIGINAL_COMMAND in *receive-pack*) ' +
    "echo 'ERROR: The key you are authenticating with has been marked as read only.' >&2; exit 1;; esac; eval \"$SSH_ORIGINAL_COMMAND\"" });
  world.useRemote(url);
  await world.refused('auth_failed', [/marked as read only/]);
  world.assertHistory([]);
});

overSsh('remote_not_found: no such repository behind ssh', async (world) => {
  const { url } = await serveSsh(world);
  world.useRemote(url.replace('flux.git', 'fluxx.git'));
  await world.refused('remote_not_found', [/fluxx\.git/]);
});

overSsh('unreachable: a port where no ssh server listens, and no ssh at all', async (world) => {
  liveInHome(world);
  world.useRemote(`ssh://127.0.0.1:${await freePort()}${world.remote}`);
  await world.refused('unreachable', [/Connection refused/, '127.0.0.1']);
  world.useRemote(`ssh://127.0.0.1:22${world.remote}`);
  await world.refused('unreachable', [/ssh/], { prNumber: 42 }, { environment: { PATH: world.pathWithoutGh() } });
  world.assertHistory([]);
});

overSsh('F4 the connection dies after the pack went out: found, and not pushed twice', async (world) => {
  const session = join(world.root, 'session');
  const { url } = await serveSsh(world, { command: `echo $PPID >'${session}'; eval "$SSH_ORIGINAL_COMMAND"` });
  world.hook('post-receive', `kill -9 $(cat '${session}'); sleep 0.2`);
  world.useRemote(url);
  await world.updated();
  assertDone(world);
  rmSync(join(world.remote, 'hooks/post-receive'));
  await world.assertNextWorks();
});

overSsh('unreachable: there is no ssh', async (world) => {
  const { url } = await serveSsh(world);
  world.useRemote(url);
  for (const environment of [{ PATH: world.pathWithoutGh() }, { GIT_SSH_COMMAND: 'no-such-ssh -4' }, { GIT_SSH: join(world.root, 'no-such-ssh') }]) {
    await world.refused('unreachable', [/not found|No such file|ssh variant/, 'Install an ssh client', url], { prNumber: 42 }, { environment });
  }
  await world.assertNextWorks();
});
