// Commits are signed where the user's git signs commits, and never pushed unsigned instead. F13, F8

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { moveHead, once } from '../e2e/support/hooks.mjs';
import { findProgram } from '../support/servers/programs.mjs';
import { signWithSsh } from '../support/servers/ssh.mjs';
import { scenario, subjectOf } from './support/world.mjs';

const noGpg = findProgram('gpg') === undefined ? 'gpg is not installed: see scripts/setup' : false;

// What `git verify-commit` says of the remote's head; it fails unless the signature is good.
function verified(world) {
  const { environment } = world;
  return execFileSync('sh', ['-c', 'git verify-commit --raw main 2>&1'], { cwd: world.remote, env: environment, encoding: 'utf8' });
}

function assertSigned(world) {
  assert.match(verified(world), /Good "git" signature|GOODSIG/);
  world.assertHistory([subjectOf(42)]);
  world.assertRolledOut(42);
  world.assertClean();
}

// A key in a keyring of the world's own; its agent ends with the world.
function signWithGpg(world, passphrase = '') {
  const home = join(world.root, 'gnupg');
  mkdirSync(home, { mode: 0o700 });
  world.environment.GNUPGHOME = home;
  world.keep({ stop: async () => execFileSync('gpgconf', ['--kill', 'all'], { env: world.environment, stdio: 'ignore' }) });
  const batch = ['--batch', '--quiet', '--pinentry-mode', 'loopback', '--passphrase', passphrase];
  execFileSync('gpg', [...batch, '--quick-generate-key', 'Dana Developer <dana@example.com>', 'ed25519', 'sign', 'never'],
    { env: world.environment, stdio: ['ignore', 'ignore', 'pipe'] });
  execFileSync('gpgconf', ['--kill', 'gpg-agent'], { env: world.environment, stdio: 'ignore' }); // it forgets the passphrase
  world.configure('[commit]\n\tgpgsign = true\n[user]\n\tsigningkey = dana@example.com');
}

async function assertNotSigned(world, patterns, options) {
  await world.refused('sign_failed', patterns, {}, options);
  world.assertHistory([]);
}

scenario('F13 commit.gpgsign with an ssh key', async (world) => {
  signWithSsh(world);
  await world.updated();
  assertSigned(world);
});

scenario('F13 a signed commit is in UTF-8, as one that is not', async (world) => {
  signWithSsh(world);
  world.configure('[i18n]\n\tcommitEncoding = ISO-8859-1\n[user]\n\tname = Jörg');
  await world.updated();
  const commit = world.git(world.remote, 'cat-file', 'commit', 'main');
  assert.match(commit, /^author Jörg </m);
  assert.doesNotMatch(commit, /^encoding /m);
});

scenario('F13 commit.gpgsign with gpg', async (world) => {
  signWithGpg(world);
  await world.updated();
  assertSigned(world);
}, { skip: noGpg });

scenario('F13 each commit that is made again is signed again', async (world) => {
  signWithSsh(world);
  world.hook('update', once(moveHead));
  const result = await world.updated();
  assert.equal(result.attempts, 2);
  assert.match(verified(world), /Good "git" signature/);
  world.assertHistory(['Faster', subjectOf(42)]);
});

scenario('F13 without commit.gpgsign nothing is signed', async (world) => {
  signWithSsh(world);
  world.configure('[commit]\n\tgpgsign = false');
  await world.updated();
  assert.doesNotMatch(world.git(world.remote, 'cat-file', 'commit', 'main'), /gpgsig/);
});

scenario('F13 sign_failed: the key is not there', async (world) => {
  const key = signWithSsh(world);
  renameSync(key, `${key}.away`);
  await assertNotSigned(world, [/nothing was pushed/, /signing_key|key/]);
  renameSync(`${key}.away`, key);
  await world.assertNextWorks();
});

scenario("F13 sign_failed: the signer's own words", async (world) => {
  const signer = world.script('signer', "echo 'the smart card is at home' >&2; exit 1");
  world.configure(`[commit]\n\tgpgsign = true\n[gpg]\n\tprogram = ${signer}`);
  // git before 2.43 keeps gpg's words to itself.
  await assertNotSigned(world, [/the smart card is at home|gpg failed to sign the data/, 'user.signingkey']);
});

scenario('F13 sign_failed: there is no such signer', async (world) => {
  world.configure(`[commit]\n\tgpgsign = true\n[gpg]\n\tprogram = ${join(world.root, 'no-such-gpg')}`);
  await assertNotSigned(world, [/no-such-gpg/]);
});

scenario('F13 sign_failed: gpg has no key of that name', async (world) => {
  signWithGpg(world);
  world.configure('[user]\n\tsigningkey = 0123456789ABCDEF');
  await assertNotSigned(world, [/0123456789ABCDEF|secret key|gpg failed to sign the data/i]);
}, { skip: noGpg });

scenario('F8 sign_failed: an ssh key with a passphrase asks nobody', async (world) => {
  const passphrase = 'open-s3same';
  world.secrets.push(passphrase);
  signWithSsh(world, passphrase);
  const asked = join(world.root, 'asked');
  const askpass = world.script('askpass', `echo "$1" >>'${asked}'; exec sleep 600`);
  await assertNotSigned(world, [/passphrase|key/], { environment: { SSH_ASKPASS: askpass, DISPLAY: ':0', SSH_ASKPASS_REQUIRE: 'force' } });
  assert.ok(!existsSync(asked), 'a window would have opened');
});

scenario('F8 sign_failed: a gpg key with a passphrase, and a pinentry that has no terminal to ask on', async (world) => {
  const passphrase = 'open-s3same';
  world.secrets.push(passphrase);
  signWithGpg(world, passphrase);
  // As pinentry-curses does without a terminal; what it is told of one is kept.
  const told = join(world.root, 'told');
  const pinentry = world.script('pinentry', `echo 'OK Pleased to meet you'
while read -r line; do
  printf '%s\\n' "$line" >>'${told}'
  case $line in GETPIN*) echo 'ERR 83886179 Inappropriate ioctl for device <Pinentry>';; BYE*) echo OK; exit;; *) echo OK;; esac
done`);
  world.write('gnupg/gpg-agent.conf', `pinentry-program ${pinentry}\n`);
  await assertNotSigned(world, [/nothing was pushed/], { environment: { GPG_TTY: '/dev/tty1', DISPLAY: ':0' } });
  assert.doesNotMatch(existsSync(told) ? readFileSync(told, 'utf8') : '', /tty1|:0/);
}, { skip: noGpg });

scenario('F8 sign_failed: a signer that waits for ever is ended', async (world) => {
  const signer = world.script('signer', 'exec sleep 600');
  world.configure(`[commit]\n\tgpgsign = true\n[gpg]\n\tprogram = ${signer}`);
  await assertNotSigned(world, [/no answer/], { environment: { ROLLOUT_TIMEOUT_SECONDS: '2' } });
});

// Git gives up, and the git at the other end says that it hung up: which of the two is read first is chance.
for (const [title, arrange, patterns] of [
  ['a remote that takes no signed pushes', () => {}, ['does not support --signed push', 'push.gpgSign']],
  ['a key that does not work', (world) => {
    world.git(world.remote, 'config', 'receive.certNonceSeed', 'x');
    world.configure(`[gpg]\n\tprogram = ${world.script('signer', 'exit 1')}`);
  }, ['failed to sign the push certificate', 'push.gpgSign']],
]) {
  scenario(`F13 sign_failed: push.gpgSign, and ${title}`, async (world) => {
    arrange(world);
    world.configure('[push]\n\tgpgSign = true');
    for (let i = 0; i < 6; i++) await assertNotSigned(world, patterns);
    world.configure('[push]\n\tgpgSign = false');
    await world.assertNextWorks();
  });
}
