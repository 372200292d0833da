// Trouble with the remote: a hook that rejects, one that is faster once, a remote that stalls, is not there, or is not
// asked because nobody could commit.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { moveHead } from './support/hooks.mjs';
import { assertRefused, assertValidResult } from './support/schemas.mjs';
import { manifest, manifestFile, Sandbox } from './support/sandbox.mjs';
import { callOnce, Server } from './support/server.mjs';
import { test } from './support/test.mjs';

test('rejected: a hook that declines, in its own words, and nothing is retried', async () => {
  const sandbox = new Sandbox();
  sandbox.hook('pre-receive', `echo once >>"$GIT_DIR/tried"\necho 'main is protected: ask the platform team' >&2\nexit 1`);
  const before = sandbox.head();
  const result = await callOnce(sandbox, 'rollout', { service: 'papi' });
  assertRefused(result, 'rejected', /main is protected: ask the platform team/);
  assert.equal(sandbox.git(sandbox.remote, 'rev-parse', 'main'), before);
  assert.equal(readFileSync(join(sandbox.remote, 'tried'), 'utf8'), 'once\n');
  await sandbox.dispose();
});

test('a head that moves during the push: edited again on the new head, nobody\'s commit lost', async () => {
  const sandbox = new Sandbox();
  sandbox.hook('update', `if [ -f "$GIT_DIR/moved" ]; then exit 0; fi\ntouch "$GIT_DIR/moved"\n${moveHead}`);
  const before = sandbox.head();
  const result = await callOnce(sandbox, 'rollout', { service: 'papi' });
  assertValidResult('rollout', result);
  assert.equal(result.structuredContent.status, 'updated');
  assert.equal(result.structuredContent.attempts, 2);
  assert.deepEqual(sandbox.git(sandbox.remote, 'log', '--format=%an: %s', `${before}..main`).split('\n'),
    ['Dana Developer: chore(backend-services): update image tag to pr-42-a1b2c3d', 'Olga Other: Faster']);
  await sandbox.dispose();
});

test('a change of the same entry by another person meanwhile is replaced, with a warning', async () => {
  const sandbox = new Sandbox();
  sandbox.hook('update', `if [ -f "$GIT_DIR/moved" ]; then exit 0; fi
touch "$GIT_DIR/moved"
export GIT_INDEX_FILE="$GIT_DIR/other-index"
git read-tree refs/heads/main
blob=$(git cat-file blob refs/heads/main:${manifestFile} | sed 's/pr-41-0f0e0d0/pr-77-7777777/' | git hash-object -w --stdin)
git update-index --cacheinfo "100644,$blob,${manifestFile}"
export GIT_AUTHOR_NAME='Olga Other' GIT_AUTHOR_EMAIL=olga@example.com
export GIT_COMMITTER_NAME='Olga Other' GIT_COMMITTER_EMAIL=olga@example.com
new=$(git commit-tree "$(git write-tree)" -p refs/heads/main -m 'Faster' </dev/null)
git update-ref refs/heads/main "$new"`);
  const result = await callOnce(sandbox, 'rollout', { service: 'papi' });
  assertValidResult('rollout', result);
  assert.equal(result.structuredContent.previousTag, 'pr-77-7777777');
  assert.match(result.structuredContent.warnings.join('\n'), /pr-77-7777777/);
  assert.match(result.structuredContent.warnings.join('\n'), /Olga Other/);
  assert.equal(sandbox.fileAt('main').toString(), manifest.replace('pr-41-0f0e0d0', 'pr-42-a1b2c3d'));
  await sandbox.dispose();
});

test('no_identity: said before anything is fetched', async () => {
  const sandbox = new Sandbox();
  const config = '[init]\n\tdefaultBranch = main\n';
  writeFileSync(sandbox.environment.GIT_CONFIG_GLOBAL, config);
  sandbox.writeEnvs({ fluxGitRepo: `${sandbox.url}-is-not-there` });
  const result = await callOnce(sandbox, 'rollout', { service: 'papi' });
  assertRefused(result, 'no_identity', /user\.name[^]*user\.email/);
  assert.match(result.content[0].text, /git config --global/);
  await sandbox.dispose();
});

test('timeout: a remote that accepts and says nothing, ended with its whole process tree', async () => {
  const sandbox = new Sandbox();
  const sockets = [];
  const stall = createServer((socket) => sockets.push(socket.on('error', () => {}).resume()));
  stall.listen(0, '127.0.0.1');
  await once(stall, 'listening');
  const url = `git://127.0.0.1:${stall.address().port}/flux.git`;
  sandbox.writeEnvs({ fluxGitRepo: url });
  const result = await callOnce(sandbox, 'rollout', { service: 'papi' }, { environment: { ROLLOUT_TIMEOUT_SECONDS: '2' } });
  assertRefused(result, 'timeout', /\b2\b/);
  assert.ok(result.content[0].text.includes(url), result.content[0].text);
  assert.ok(sockets.length >= 1);
  stall.close();
  sockets.forEach((socket) => socket.destroy());
  await sandbox.dispose();
});

test('timeout: a gh that hangs is ended too, and prNumber is offered', async () => {
  const sandbox = new Sandbox();
  writeFileSync(join(sandbox.gh, 'hangs'), '');
  const result = await callOnce(sandbox, 'rollout', { service: 'papi' }, { environment: { ROLLOUT_TIMEOUT_SECONDS: '1' } });
  assert.ok(['timeout', 'gh_failed'].includes(result.structuredContent.code), result.content[0].text);
  assertRefused(result, result.structuredContent.code, /prNumber/);
  await sandbox.dispose();
});

test('unreachable: a port where nobody listens; the URL is shown without its token', async () => {
  const sandbox = new Sandbox();
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  sandbox.writeEnvs({ fluxGitRepo: `http://dana:s3cr3t-t0ken@127.0.0.1:${port}/flux.git` });
  const result = await callOnce(sandbox, 'rollout', { service: 'papi' });
  assertRefused(result, 'unreachable', new RegExp(`127\\.0\\.0\\.1:${port}`));
  assert.doesNotMatch(JSON.stringify(result), /s3cr3t|dana:/);
  await sandbox.dispose();
});

test('remote_not_found: a repository that is not there', async () => {
  const sandbox = new Sandbox();
  rmSync(sandbox.remote, { recursive: true });
  const result = await callOnce(sandbox, 'rollout', { service: 'papi' });
  assertRefused(result, 'remote_not_found', /flux\.git/);
  await sandbox.dispose();
});

test('branch_not_found: an empty repository', async () => {
  const sandbox = new Sandbox();
  sandbox.git(sandbox.remote, 'update-ref', '-d', 'refs/heads/main');
  const result = await callOnce(sandbox, 'rollout', { service: 'papi' });
  assertRefused(result, 'branch_not_found', /main/);
  await sandbox.dispose();
});

test('a remote without main: the branch that its HEAD names', async () => {
  const sandbox = new Sandbox();
  sandbox.git(sandbox.remote, 'branch', '-m', 'main', 'trunk');
  sandbox.git(sandbox.remote, 'symbolic-ref', 'HEAD', 'refs/heads/trunk');
  const result = await callOnce(sandbox, 'rollout', { service: 'papi' });
  assertValidResult('rollout', result);
  assert.equal(result.structuredContent.branch, 'trunk');
  assert.equal(sandbox.head('trunk'), result.structuredContent.commit);
  await sandbox.dispose();
});

test('what a person left in the clone never reaches the remote', async () => {
  const sandbox = new Sandbox();
  const server = await Server.start(sandbox);
  await server.call('rollout', { service: 'papi' });
  writeFileSync(join(sandbox.clone, 'apps/left.yaml'), 'x: 1\n');
  sandbox.git(sandbox.clone, 'add', '.');
  sandbox.git(sandbox.clone, 'commit', '-qm', 'Local');
  writeFileSync(join(sandbox.clone, '.git/index.lock'), '');
  const head = sandbox.pushFromElsewhere('apps/other.yaml', 'y: 2\n');
  const result = await server.call('rollout', { service: 'papi', prNumber: 43 });
  await server.close();
  assertValidResult('rollout', result);
  assert.equal(result.structuredContent.status, 'updated', result.content[0].text);
  assert.equal(sandbox.git(sandbox.remote, 'rev-parse', 'main^'), head);
  assert.equal(sandbox.git(sandbox.remote, 'diff-tree', '-r', '--name-only', 'main^', 'main'), manifestFile);
  assert.equal(sandbox.git(sandbox.clone, 'rev-parse', 'HEAD'), sandbox.head());
  await sandbox.dispose();
});

test('a clone that is broken or belongs to another URL is replaced', async () => {
  const sandbox = new Sandbox();
  for (const breakIt of [
    () => rmSync(join(sandbox.clone, '.git/HEAD')),
    () => rmSync(join(sandbox.clone, '.git/objects'), { recursive: true }),
    () => sandbox.git(sandbox.clone, 'remote', 'set-url', 'origin', 'https://git.example.com/other.git'),
    () => rmSync(join(sandbox.clone, '.git'), { recursive: true }),
  ]) {
    const first = await callOnce(sandbox, 'rollout', { service: 'papi', prNumber: 50 });
    assert.notEqual(first.isError, true, first.content[0].text);
    breakIt();
    const result = await callOnce(sandbox, 'rollout', { service: 'papi', prNumber: 51 });
    assertValidResult('rollout', result);
    assert.equal(result.structuredContent.status, 'updated', `${breakIt}: ${result.content[0].text}`);
    assert.equal(sandbox.git(sandbox.clone, 'rev-parse', 'HEAD'), sandbox.head());
    assert.equal(sandbox.git(sandbox.clone, 'remote', 'get-url', 'origin'), sandbox.url);
  }
  await sandbox.dispose();
});
