// Flux repositories that are made to take long: regenerating the catalog from them ends when it is told to, and says
// what it did not look at.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Sandbox } from './support/sandbox.mjs';
import { assertValidResult } from './support/schemas.mjs';
import { binary, callOnce, eras, Server } from './support/server.mjs';
import { test } from './support/test.mjs';

const tag = 'pr-42-a1b2c3d';
// A lock that is not free is not waited for longer.
const environment = { ROLLOUT_TIMEOUT_SECONDS: '10', ROLLOUT_SERVICES_FILE: undefined };

async function until(condition, what) {
  for (const end = Date.now() + 60_000; !condition(); await sleep(10)) assert.ok(Date.now() < end, `never: ${what}`);
}

function git(sandbox, input, ...args) {
  return execFileSync('git', ['-C', sandbox.remote, ...args], { input, env: { ...sandbox.environment, GIT_AUTHOR_NAME: 'O',
    GIT_AUTHOR_EMAIL: 'o@example.com', GIT_COMMITTER_NAME: 'O', GIT_COMMITTER_EMAIL: 'o@example.com' }, encoding: 'utf8' }).trim();
}

// Adds a tree below `many` to the remote's head.
function addTree(sandbox, tree) {
  const entries = git(sandbox, '', 'ls-tree', 'main');
  const root = git(sandbox, `${entries}\n040000 tree ${tree}\tmany\n`, 'mktree');
  git(sandbox, '', 'update-ref', 'refs/heads/main', git(sandbox, '', 'commit-tree', root, '-p', 'main', '-m', 'Many'));
}

const blobOf = (sandbox, text) => git(sandbox, text, 'hash-object', '-w', '--stdin');
const treeOf = (sandbox, names, mode, type, id) =>
  git(sandbox, names.map((name) => `${mode} ${type} ${id}\t${name}\n`).join(''), 'mktree');
const numbered = (count) => Array.from({ length: count }, (_, i) => `f${String(i).padStart(4, '0')}`);

// 240 names of one file of nearly 4 MiB that is slow to parse: more than a minute for all.
function slowSandbox() {
  const sandbox = new Sandbox();
  const blob = blobOf(sandbox, `# kind: Deployment, image\nx: [${'a,'.repeat(2_090_000)}]\n`);
  addTree(sandbox, treeOf(sandbox, numbered(240).map((name) => `${name}.yaml`), '100644', 'blob', blob));
  return sandbox;
}

const isReading = (server) => server.notifications.some(({ params }) => /reading the manifests/.test(params?.message ?? ''));

// Without waiting for the other to end: only for its lock, and not for long.
async function assertLockIsFree(sandbox) {
  const result = await callOnce(sandbox, 'rollout', { file: 'apps/backend-services/kustomization.yaml', imageName: 'backend-services',
    tag, dryRun: true }, { environment });
  assert.equal(result.structuredContent.status, 'dry_run', result.structuredContent.message);
}

for (const era of eras) {
  test(`a regenerate that is cancelled ends within a file, and the clone is free (${era})`, { timeout: 300_000 }, async () => {
    const sandbox = slowSandbox();
    const server = await Server.start(sandbox, { era, environment });
    let answer;
    server.call('regenerate_services', {}, { progressToken: 'it' }).then((result) => (answer = result), () => {});
    const id = server.lastId;
    await until(() => isReading(server), 'the reading of the manifests');
    server.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } });
    await assertLockIsFree(sandbox);
    await server.close();
    assert.equal(answer, undefined);
    assert.ok(!existsSync(join(sandbox.configDirectory, 'flux-infra-guide/rdebug/services.json')));
    await sandbox.dispose();
  });
}

test('the end of input ends a regenerate within a file', { timeout: 300_000 }, async () => {
  const sandbox = slowSandbox();
  const server = await Server.start(sandbox, { environment });
  server.call('regenerate_services', {}, { progressToken: 'it' }).catch(() => {});
  await until(() => isReading(server), 'the reading of the manifests');
  server.child.stdin.end();
  await assertLockIsFree(sandbox);
  await server.close();
  await sandbox.dispose();
});

test('an interrupt ends a regenerate on the command line within a file', { timeout: 300_000 }, async () => {
  const sandbox = slowSandbox();
  const env = { ...sandbox.environment, ...environment };
  delete env.ROLLOUT_SERVICES_FILE;
  const child = spawn(binary, ['regenerate'], { cwd: sandbox.project, env, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
  await until(() => existsSync(join(sandbox.clone, '.git/HEAD')), 'the clone');
  await sleep(500);
  child.kill('SIGINT');
  await assertLockIsFree(sandbox);
  assert.notEqual((await ended).code, 0);
  assert.ok(!existsSync(join(sandbox.configDirectory, 'flux-infra-guide/rdebug/services.json')));
  await sandbox.dispose();
});

test('trees that multiply, deep ones and nesting are passed over and told', { timeout: 300_000 }, async () => {
  const sandbox = new Sandbox({ files: {
    'apps/deep/kustomization.yaml': `images: [{name: x}]\nx: ${'['.repeat(100_000)}\n`,
    'apps/deployment.yaml': `kind: Deployment\nimage: ${'{a: '.repeat(50_000)}\n`,
    [`${'d/'.repeat(70)}kustomization.yaml`]: 'images: [{name: deep, newTag: a}]\n',
    ...Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`bases/c${i}/kustomization.yaml`,
      `images: [{name: x, newTag: a}]\ncomponents: [../c${i + 1}, ../c${i + 1}/]\n`])),
    'bases/c60/kustomization.yaml': 'kind: Component\nnamePrefix: a\n',
  } });
  // Two names for each tree, thirty deep: a thousand million paths of a few objects.
  let tree = treeOf(sandbox, ['kustomization.yaml'], '100644', 'blob', blobOf(sandbox, 'images: [{name: app}]\n'));
  for (let i = 0; i < 30; i++) tree = treeOf(sandbox, ['a', 'b'], '040000', 'tree', tree);
  addTree(sandbox, tree);
  const result = await callOnce(sandbox, 'regenerate_services', { path: 'apps' }, { environment: { ROLLOUT_SERVICES_FILE: undefined } });
  assertValidResult('regenerate_services', result);
  assert.equal(result.isError, undefined, result.content[0].text);
  const reasons = result.structuredContent.unplaced.map(({ reason }) => reason).join('\n');
  assert.match(reasons, /nested more than 64 levels deep/);
  assert.match(reasons, /not looked at: directories below 64 others \(1\)/);
  assert.match(reasons, /not looked at: what follows \d+ files and directories, of which 300000 are manifests/);
  assert.match(reasons, /the kustomizations build too much together/);
  await sandbox.dispose();
});

test('a rollout of a manifest that is nested deeper than 64 is refused', async () => {
  const nested = (levels) => `images:\n- name: app\n  newTag: v1\nx: ${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}\n`;
  const sandbox = new Sandbox({ files: { 'a.yaml': nested(64), 'b.yaml': nested(65), 'c.yaml': nested(500_000) } });
  const rollout = (file) => callOnce(sandbox, 'rollout', { file, imageName: 'app', tag, dryRun: true });
  assert.equal((await rollout('a.yaml')).structuredContent.status, 'dry_run');
  for (const file of ['b.yaml', 'c.yaml']) {
    const { structuredContent } = await rollout(file);
    assert.equal(structuredContent.code, 'bad_manifest');
    assert.equal(structuredContent.message, `${file}:4: not readable as YAML: nested more than 64 levels deep`);
  }
  await sandbox.dispose();
});
