// A team's configuration directory, which belongs to another user: every user reads it and works in a place of their own.
// Run as root, which can be several users; elsewhere it is skipped.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, lchownSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Sandbox } from './support/sandbox.mjs';
import { binary } from './support/server.mjs';
import { test } from './support/test.mjs';

const [dana, kim] = [34001, 34002];
const canBeOthers = process.getuid?.() === 0 && spawnSync('setpriv', ['--version']).status === 0;
const asRoot = { skip: canBeOthers ? false : 'needs root and setpriv, to be several users' };

function everything(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    return entry.isDirectory() ? [path, ...everything(path)] : [path];
  });
}

function giveTo(user, directory) {
  for (const path of [directory, ...everything(directory)]) lchownSync(path, user, user);
}

// The sandbox's configuration as a shared directory of root's; the remote and the project are open to both users.
function shared() {
  const sandbox = new Sandbox();
  const directory = join(sandbox.root, 'team/rwenv');
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'envs.json'), JSON.stringify({ rwenvs: { rdebug: { fluxGitRepo: sandbox.url, fluxGitRepoType: 'gitea' } } }));
  chmodSync(sandbox.root, 0o755);
  sandbox.write('gitconfig', '[user]\n\tname = Dana\n\temail = dana@example.com\n[safe]\n\tdirectory = *\n');
  for (const path of everything(sandbox.remote)) chmodSync(path, lstatSync(path).mode | 0o666 | (lstatSync(path).isDirectory() ? 0o111 : 0));
  sandbox.git(sandbox.remote, 'config', 'core.sharedRepository', '0666');
  chmodSync(sandbox.remote, 0o777);
  for (const path of everything(sandbox.gh)) chmodSync(path, 0o666);
  writeFileSync(join(sandbox.gh, 'calls'), '');
  chmodSync(join(sandbox.gh, 'calls'), 0o666);
  chmodSync(join(sandbox.root, 'tmp'), 0o1777);
  return { sandbox, directory };
}

function as(user, sandbox, directory, args, umask = '022') {
  const home = join(sandbox.root, `home-${user}`);
  if (!existsSync(home)) {
    mkdirSync(home);
    chownSync(home, user, user);
  }
  const result = spawnSync('setpriv', [`--reuid=${user}`, `--regid=${user}`, '--clear-groups', 'sh', '-c', `umask ${umask}; exec "$0" "$@"`, binary, ...args],
    { cwd: sandbox.project, encoding: 'utf8', timeout: 60_000, env: { ...sandbox.environment, HOME: home, RWENV_CONFIG_DIR: directory } });
  return { ...result, home };
}

test('two users roll out from one shared directory, each in a clone of their own', asRoot, async () => {
  const { sandbox, directory } = shared();
  const tags = { [dana]: 'pr-1-aaaaaaa', [kim]: 'pr-2-bbbbbbb' };
  for (const user of [dana, kim, dana]) {
    const { status, stderr, home } = as(user, sandbox, directory, ['rollout', 'papi', '--tag', tags[user]]);
    assert.equal(status, 0, stderr);
    assert.match(sandbox.fileAt('main').toString(), new RegExp(tags[user]));
    const clone = join(home, '.claude/rwenv/shared', directory, 'flux-repos/rdebug');
    assert.equal(lstatSync(join(clone, '.git')).uid, user);
    const found = JSON.parse(as(user, sandbox, directory, ['doctor', '--json']).stdout).checks.find(({ name }) => name === 'clone');
    assert.deepEqual(found, { name: 'clone', state: 'ok', message: clone });
  }
  assert.deepEqual(readdirSync(directory), ['envs.json']);
  await sandbox.dispose();
});

test('nothing that is made is writable by everybody, with any umask', asRoot, async () => {
  const { sandbox, directory } = shared();
  giveTo(dana, directory);
  for (const [umask, forbidden] of [['000', 0o002], ['027', 0o027], ['077', 0o077]]) {
    const { status, stderr } = as(dana, sandbox, directory, ['rollout', 'papi', '--tag', `pr-3-0000${umask}`], umask);
    assert.equal(status, 0, stderr);
    const made = everything(join(directory, 'flux-repos')).filter((path) => !lstatSync(path).isSymbolicLink());
    assert.ok(made.length > 10);
    assert.deepEqual(made.filter((path) => (lstatSync(path).mode & forbidden) !== 0), []);
    spawnSync('rm', ['-r', join(directory, 'flux-repos')]);
  }
  await sandbox.dispose();
});

test('a catalog of the shared directory is read by everybody', asRoot, async () => {
  const { sandbox, directory } = shared();
  mkdirSync(join(directory, 'flux-infra-guide/rdebug'), { recursive: true });
  writeFileSync(join(directory, 'flux-infra-guide/rdebug/services.json'), '{"services": {"shared": {}}}');
  sandbox.environment.ROLLOUT_SERVICES_FILE = '';
  assert.equal(as(dana, sandbox, directory, ['services']).stdout, 'shared\n');
  await sandbox.dispose();
});
