// Commits are signed where the user's git signs commits, and never pushed unsigned instead. F13, F8

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { moveHead, once } from '../e2e/support/hooks.mjs';
import { findProgram } from '../../stand_ins/programs.mjs';
import { signWithSsh } from '../../stand_ins/ssh.mjs';
import { scenario, subjectOf } from './support/environment.mjs';

const noGpg = findProgram('gpg') === undefined ? 'gpg is not installed: see scripts/setup' : false;

// What `git verify-commit` says of the remote's head; it fails unless the signature is good.
function verified(sandbox) {
  const { environment } = sandbox;
  return execFileSync('sh', ['-c', 'git verify-commit --raw main 2>&1'], { cwd: sandbox.remote, env: environment, encoding: 'utf8' });
}

function assertSigned(sandbox) {
  assert.match(verified(sandbox), /Good "git" signature|GOODSIG/);
  sandbox.assertHistory([subjectOf(42)]);
  sandbox.assertRolledOut(42);
  sandbox.assertClean();
}

// A key in a keyring of the sandbox's own; its agent ends with the sandbox.
function signWithGpg(sandbox, passphrase = '') {
  const home = join(sandbox.root, 'gnupg');
  mkdirSync(home, { mode: 0o700 });
  sandbox.environment.GNUPGHOME = home;
  sandbox.keep({ stop: async () => execFileSync('gpgconf', ['--kill', 'all'], { env: sandbox.environment, stdio: 'ignore' }) });
  const batch = ['--batch', '--quiet', '--pinentry-mode', 'loopback', '--passphrase', passphrase];
  execFileSync('gpg', [...batch, '--quick-generate-key', 'Dana Developer <dana@example.com>', 'ed25519', 'sign', 'never'],
    { env: sandbox.environment, stdio: ['ignore', 'ignore', 'pipe'] });
  execFileSync('gpgconf', ['--kill', 'gpg-agent'], { env: sandbox.environment, stdio: 'ignore' }); // it forgets the passphrase
  sandbox.configure('[commit]\n\tgpgsign = true\n[user]\n\tsigningkey = dana@example.com');
}

async function assertNotSigned(sandbox, patterns, options) {
  await sandbox.refused('sign_failed', patterns, {}, options);
  sandbox.assertHistory([]);
}

scenario('F13 commit.gpgsign with an ssh key', async (sandbox) => {
  signWithSsh(sandbox);
  await sandbox.updated();
  assertSigned(sandbox);
});

scenario('F13 a signed commit is in UTF-8, as one that is not', async (sandbox) => {
  signWithSsh(sandbox);
  sandbox.configure('[i18n]\n\tcommitEncoding = ISO-8859-1\n[user]\n\tname = Jörg');
  await sandbox.updated();
  const commit = sandbox.git(sandbox.remote, 'cat-file', 'commit', 'main');
  assert.match(commit, /^author Jörg </m);
  assert.doesNotMatch(commit, /^encoding /m);
});

scenario('F13 commit.gpgsign with gpg', async (sandbox) => {
  signWithGpg(sandbox);
  await sandbox.updated();
  assertSigned(sandbox);
}, { skip: noGpg });

scenario('F13 each commit that is made again is signed again', async (sandbox) => {
  signWithSsh(sandbox);
  sandbox.hook('update', once(moveHead));
  const result = await sandbox.updated();
  assert.equal(result.attempts, 2);
  assert.match(verified(sandbox), /Good "git" signature/);
  sandbox.assertHistory(['Faster', subjectOf(42)]);
});

scenario('F13 without commit.gpgsign nothing is signed', async (sandbox) => {
  signWithSsh(sandbox);
  sandbox.configure('[commit]\n\tgpgsign = false');
  await sandbox.updated();
  assert.doesNotMatch(sandbox.git(sandbox.remote, 'cat-file', 'commit', 'main'), /gpgsig/);
});

scenario('F13 sign_failed: the key is not there', async (sandbox) => {
  const key = signWithSsh(sandbox);
  renameSync(key, `${key}.away`);
  await assertNotSigned(sandbox, [/nothing was pushed/, /signing_key|key/]);
  renameSync(`${key}.away`, key);
  await sandbox.assertNextWorks();
});

scenario("F13 sign_failed: the signer's own words", async (sandbox) => {
  const signer = sandbox.script('signer', "echo 'the smart card is at home' >&2; exit 1");
  sandbox.configure(`[commit]\n\tgpgsign = true\n[gpg]\n\tprogram = ${signer}`);
  // git before 2.43 keeps gpg's words to itself.
  await assertNotSigned(sandbox, [/the smart card is at home|gpg failed to sign the data/, 'user.signingkey']);
});

scenario('F13 sign_failed: there is no such signer', async (sandbox) => {
  sandbox.configure(`[commit]\n\tgpgsign = true\n[gpg]\n\tprogram = ${join(sandbox.root, 'no-such-gpg')}`);
  await assertNotSigned(sandbox, [/no-such-gpg/]);
});

scenario('F13 sign_failed: gpg has no key of that name', async (sandbox) => {
  signWithGpg(sandbox);
  sandbox.configure('[user]\n\tsigningkey = 0123456789ABCDEF');
  await assertNotSigned(sandbox, [/0123456789ABCDEF|secret key|gpg failed to sign the data/i]);
}, { skip: noGpg });

scenario('F8 sign_failed: an ssh key with a passphrase asks nobody', async (sandbox) => {
  const passphrase = 'open-s3same';
  sandbox.secrets.push(passphrase);
  signWithSsh(sandbox, passphrase);
  const asked = join(sandbox.root, 'asked');
  const askpass = sandbox.script('askpass', `echo "$1" >>'${asked}'; exec sleep 600`);
  await assertNotSigned(sandbox, [/passphrase|key/], { environment: { SSH_ASKPASS: askpass, DISPLAY: ':0', SSH_ASKPASS_REQUIRE: 'force' } });
  assert.ok(!existsSync(asked), 'a window would have opened');
});

scenario('F8 sign_failed: a gpg key with a passphrase, and a pinentry that has no terminal to ask on', async (sandbox) => {
  const passphrase = 'open-s3same';
  sandbox.secrets.push(passphrase);
  signWithGpg(sandbox, passphrase);
  // As pinentry-curses does without a terminal; what it is told of one is kept.
  const told = join(sandbox.root, 'told');
  const pinentry = sandbox.script('pinentry', `echo 'OK Pleased to meet you'
while read -r line; do
  printf '%s\\n' "$line" >>'${told}'
  case $line in GETPIN*) echo 'ERR 83886179 Inappropriate ioctl for device <Pinentry>';; BYE*) echo OK; exit;; *) echo OK;; esac
done`);
  sandbox.write('gnupg/gpg-agent.conf', `pinentry-program ${pinentry}\n`);
  await assertNotSigned(sandbox, [/nothing was pushed/], { environment: { GPG_TTY: '/dev/tty1', DISPLAY: ':0' } });
  assert.doesNotMatch(existsSync(told) ? readFileSync(told, 'utf8') : '', /tty1|:0/);
}, { skip: noGpg });

scenario('F8 sign_failed: a signer that waits for ever is ended', async (sandbox) => {
  const signer = sandbox.script('signer', 'exec sleep 600');
  sandbox.configure(`[commit]\n\tgpgsign = true\n[gpg]\n\tprogram = ${signer}`);
  await assertNotSigned(sandbox, [/no answer/], { environment: { ROLLOUT_TIMEOUT_SECONDS: '2' } });
});

// Git gives up, and the git at the other end says that it hung up: which of the two is read first is chance.
for (const [title, arrange, patterns] of [
  ['a remote that takes no signed pushes', () => {}, ['does not support --signed push', 'push.gpgSign']],
  ['a key that does not work', (sandbox) => {
    sandbox.git(sandbox.remote, 'config', 'receive.certNonceSeed', 'x');
    sandbox.configure(`[gpg]\n\tprogram = ${sandbox.script('signer', 'exit 1')}`);
  }, ['failed to sign the push certificate', 'push.gpgSign']],
]) {
  scenario(`F13 sign_failed: push.gpgSign, and ${title}`, async (sandbox) => {
    arrange(sandbox);
    sandbox.configure('[push]\n\tgpgSign = true');
    for (let i = 0; i < 6; i++) await assertNotSigned(sandbox, patterns);
    sandbox.configure('[push]\n\tgpgSign = false');
    await sandbox.assertNextWorks();
  });
}
