// The recovery table of the shell procedure that this program replaces, row by row: what it tells a person to do is either
// done without a word to the user, or is the advice that the user gets.

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { moveHead, once } from '../e2e/support/hooks.mjs';
import { selfSigned } from '../support/servers/certificates.mjs';
import { serveHttp } from '../support/servers/https.mjs';
import { front } from './support/relays.mjs';
import { noSsh, removeSeparationDirectory, serveSsh } from '../support/servers/ssh.mjs';
import { scenario, subjectOf, withTag } from './support/world.mjs';

after(removeSeparationDirectory);

scenario('`SSL certificate problem`: gitea is not verified in any command; else the type is what to look at', async (world) => {
  const { url } = await serveHttp(world, { tls: selfSigned(world) });
  world.useRemote(url, 'github');
  await world.refused('tls_untrusted', [/[Vv]erify `fluxGitRepoType: gitea` in (the )?rwenv config/]);
  world.useRemote(url, 'gitea');
  await world.updated();
  world.pushFromElsewhere('apps/other.yaml', 'other: true\n');
  await world.assertNextWorks();
});

scenario('`The current branch has no upstream branch`: a push names its refs, whatever the branch tracks', async (world) => {
  await world.updated({ prNumber: 40 });
  world.git(world.clone, 'checkout', '-q', '-b', 'mine');
  world.git(world.clone, 'branch', '-q', '-D', 'main');
  world.configure('[push]\n\tdefault = nothing\n[branch]\n\tautoSetupMerge = false');
  const result = await world.updated();
  assert.deepEqual(result.warnings, []);
  world.assertHistory([subjectOf(40), subjectOf(42)]);
  assert.equal(world.git(world.remote, 'for-each-ref', '--format=%(refname)'), 'refs/heads/main');
  world.assertClean();
});

scenario("`fatal: couldn't find remote ref main`: the branch that the remote's HEAD names", async (world) => {
  await world.updated({ prNumber: 40 });
  world.git(world.remote, 'branch', '-m', 'main', 'master');
  world.git(world.remote, 'symbolic-ref', 'HEAD', 'refs/heads/master');
  const result = await world.updated();
  assert.equal(result.branch, 'master');
  assert.deepEqual(result.warnings, []);
  world.assertHistory([subjectOf(40), subjectOf(42)], 'master');
  world.assertRolledOut(42, { branch: 'master' });
  assert.equal(world.git(world.remote, 'for-each-ref', '--format=%(refname)'), 'refs/heads/master');
});

scenario("`fatal: couldn't find remote ref main`: and a HEAD that names nothing", async (world) => {
  world.git(world.remote, 'branch', '-m', 'main', 'trunk');
  world.git(world.remote, 'symbolic-ref', 'HEAD', 'refs/heads/gone');
  await world.refused('branch_not_found', [/main/, /git ls-remote --symref/]);
  assert.equal(world.git(world.remote, 'for-each-ref', '--format=%(refname)'), 'refs/heads/trunk');
});

scenario('`Permission denied (publickey)`: an HTTPS URL, or ~/.ssh/config', async (world) => {
  const { url, userKey } = await serveSsh(world);
  rmSync(userKey);
  world.useRemote(url);
  await world.refused('auth_failed', ['Permission denied (publickey', /HTTPS URL/, '`~/.ssh/config`'.replaceAll('`', '')]);
  world.assertHistory([]);
}, { skip: noSsh });

scenario('`remote: Permission to X denied to Y`: `gh auth status`, `gh auth login`', async (world) => {
  const { port } = await serveHttp(world);
  const { url } = await front(world, port, (request) => request.url.includes('git-receive-pack')
    ? { status: 403, headers: { 'content-type': 'text/plain' }, body: 'Permission to shop/flux.git denied to dana.' } : undefined);
  world.useRemote(url);
  await world.refused('auth_failed', ['Permission to shop/flux.git denied to dana', '`gh auth status`', '`gh auth login`']);
  world.assertHistory([]);
});

scenario('`error: failed to push some refs`: the remote has newer commits: fetched, redone and pushed', async (world) => {
  await world.updated({ prNumber: 40 });
  world.hook('update', once(moveHead));
  const result = await world.updated();
  assert.deepEqual(result.warnings, []);
  world.assertHistory([subjectOf(40), 'Faster', subjectOf(42)]);
  assert.equal(world.fileAt('main').toString(), withTag(42));
  world.assertClean();
});

scenario('`fatal: not a git repository`: a new clone is made', async (world) => {
  await world.updated({ prNumber: 40 });
  rmSync(join(world.clone, '.git'), { recursive: true });
  const result = await world.updated();
  assert.deepEqual(result.warnings, []);
  world.assertHistory([subjectOf(40), subjectOf(42)]);
  world.assertClean();
});

scenario('the nuclear option is never needed, and does no harm', async (world) => {
  await world.updated({ prNumber: 40 });
  rmSync(world.clone, { recursive: true });
  await world.assertNextWorks();
});

scenario('a person can go on in the clone by hand', async (world) => {
  await world.updated();
  const head = world.pushFromElsewhere('apps/other.yaml', 'other: true\n');
  world.git(world.clone, 'fetch', '-q', 'origin');
  world.git(world.clone, 'reset', '-q', '--hard', 'origin/main');
  assert.equal(world.git(world.clone, 'rev-parse', 'HEAD'), head);
  world.write('home/.claude/rwenv/flux-repos/rdebug/apps/mine.yaml', 'mine: true\n');
  world.git(world.clone, 'add', '.');
  world.git(world.clone, 'commit', '-qm', 'By hand');
  world.git(world.clone, 'push', '-q', 'origin', 'HEAD:main');
  world.assertHistory([subjectOf(42), 'Another change', 'By hand']);
  assert.equal(world.git(world.clone, 'status', '--porcelain', '--branch'), '## main...origin/main');
  await world.assertNextWorks();
});
