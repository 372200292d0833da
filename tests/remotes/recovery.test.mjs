// The recovery table of the shell procedure that this program replaces, row by row: what it tells a person to do is either
// done without a word to the user, or is the advice that the user gets.

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { moveHead, once } from '../e2e/support/hooks.mjs';
import { selfSigned } from '../../stand_ins/certificates.mjs';
import { serveHttp } from '../../stand_ins/https.mjs';
import { front } from './support/relays.mjs';
import { noSsh, removeSeparationDirectory, serveSsh } from '../../stand_ins/ssh.mjs';
import { otherWarnings } from '../e2e/support/sandbox.mjs';
import { scenario, subjectOf, withTag } from './support/environment.mjs';

after(removeSeparationDirectory);

scenario('`SSL certificate problem`: gitea is not verified in any command; else the type is what to look at', async (sandbox) => {
  const { url } = await serveHttp(sandbox, { tls: selfSigned(sandbox) });
  sandbox.useRemote(url, 'github');
  await sandbox.refused('tls_untrusted', [/[Vv]erify `fluxGitRepoType: gitea` in (the )?rwenv config/]);
  sandbox.useRemote(url, 'gitea');
  await sandbox.updated();
  sandbox.pushFromElsewhere('apps/other.yaml', 'other: true\n');
  await sandbox.assertNextWorks();
});

scenario('`The current branch has no upstream branch`: a push names its refs, whatever the branch tracks', async (sandbox) => {
  await sandbox.updated({ prNumber: 40 });
  sandbox.git(sandbox.clone, 'checkout', '-q', '-b', 'mine');
  sandbox.git(sandbox.clone, 'branch', '-q', '-D', 'main');
  sandbox.configure('[push]\n\tdefault = nothing\n[branch]\n\tautoSetupMerge = false');
  const result = await sandbox.updated();
  assert.deepEqual(otherWarnings(result), []);
  sandbox.assertHistory([subjectOf(40), subjectOf(42)]);
  assert.equal(sandbox.git(sandbox.remote, 'for-each-ref', '--format=%(refname)'), 'refs/heads/main');
  sandbox.assertClean();
});

scenario("`fatal: couldn't find remote ref main`: the branch that the remote's HEAD names", async (sandbox) => {
  await sandbox.updated({ prNumber: 40 });
  sandbox.git(sandbox.remote, 'branch', '-m', 'main', 'master');
  sandbox.git(sandbox.remote, 'symbolic-ref', 'HEAD', 'refs/heads/master');
  const result = await sandbox.updated();
  assert.equal(result.branch, 'master');
  assert.deepEqual(otherWarnings(result), []);
  sandbox.assertHistory([subjectOf(40), subjectOf(42)], 'master');
  sandbox.assertRolledOut(42, { branch: 'master' });
  assert.equal(sandbox.git(sandbox.remote, 'for-each-ref', '--format=%(refname)'), 'refs/heads/master');
});

scenario("`fatal: couldn't find remote ref main`: and a HEAD that names nothing", async (sandbox) => {
  sandbox.git(sandbox.remote, 'branch', '-m', 'main', 'trunk');
  sandbox.git(sandbox.remote, 'symbolic-ref', 'HEAD', 'refs/heads/gone');
  await sandbox.refused('branch_not_found', [/main/, /git ls-remote --symref/]);
  assert.equal(sandbox.git(sandbox.remote, 'for-each-ref', '--format=%(refname)'), 'refs/heads/trunk');
});

scenario('`Permission denied (publickey)`: an HTTPS URL, or ~/.ssh/config', async (sandbox) => {
  const { url, userKey } = await serveSsh(sandbox);
  rmSync(userKey);
  sandbox.useRemote(url);
  await sandbox.refused('auth_failed', ['Permission denied (publickey', /HTTPS URL/, '`~/.ssh/config`'.replaceAll('`', '')]);
  sandbox.assertHistory([]);
}, { skip: noSsh });

scenario('`remote: Permission to X denied to Y`: `gh auth status`, `gh auth login`', async (sandbox) => {
  const { port } = await serveHttp(sandbox);
  const { url } = await front(sandbox, port, (request) => request.url.includes('git-receive-pack')
    ? { status: 403, headers: { 'content-type': 'text/plain' }, body: 'Permission to shop/flux.git denied to dana.' } : undefined);
  sandbox.useRemote(url);
  await sandbox.refused('auth_failed', ['Permission to shop/flux.git denied to dana', '`gh auth status`', '`gh auth login`']);
  sandbox.assertHistory([]);
});

scenario('`error: failed to push some refs`: the remote has newer commits: fetched, redone and pushed', async (sandbox) => {
  await sandbox.updated({ prNumber: 40 });
  sandbox.hook('update', once(moveHead));
  const result = await sandbox.updated();
  assert.deepEqual(otherWarnings(result), []);
  sandbox.assertHistory([subjectOf(40), 'Faster', subjectOf(42)]);
  assert.equal(sandbox.fileAt('main').toString(), withTag(42));
  sandbox.assertClean();
});

scenario('`fatal: not a git repository`: a new clone is made', async (sandbox) => {
  await sandbox.updated({ prNumber: 40 });
  rmSync(join(sandbox.clone, '.git'), { recursive: true });
  const result = await sandbox.updated();
  assert.deepEqual(otherWarnings(result), []);
  sandbox.assertHistory([subjectOf(40), subjectOf(42)]);
  sandbox.assertClean();
});

scenario('the nuclear option is never needed, and does no harm', async (sandbox) => {
  await sandbox.updated({ prNumber: 40 });
  rmSync(sandbox.clone, { recursive: true });
  await sandbox.assertNextWorks();
});

scenario('a person can go on in the clone by hand', async (sandbox) => {
  await sandbox.updated();
  const head = sandbox.pushFromElsewhere('apps/other.yaml', 'other: true\n');
  sandbox.git(sandbox.clone, 'fetch', '-q', 'origin');
  sandbox.git(sandbox.clone, 'reset', '-q', '--hard', 'origin/main');
  assert.equal(sandbox.git(sandbox.clone, 'rev-parse', 'HEAD'), head);
  sandbox.write('home/.claude/rwenv/flux-repos/rdebug/apps/mine.yaml', 'mine: true\n');
  sandbox.git(sandbox.clone, 'add', '.');
  sandbox.git(sandbox.clone, 'commit', '-qm', 'By hand');
  sandbox.git(sandbox.clone, 'push', '-q', 'origin', 'HEAD:main');
  sandbox.assertHistory([subjectOf(42), 'Another change', 'By hand']);
  assert.equal(sandbox.git(sandbox.clone, 'status', '--porcelain', '--branch'), '## main...origin/main');
  await sandbox.assertNextWorks();
});
