// `fluxGitBranch`: the branch that a rollout changes, whatever else the remote has.

import assert from 'node:assert/strict';
import { run } from './support/command.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { assertRefused, assertValidResult } from './support/schemas.mjs';
import { callOnce, eras, Server } from './support/server.mjs';
import { test } from './support/test.mjs';

// A sandbox whose remote has a branch `staging`, and an rwenv of that branch.
function withBranch(name = 'staging') {
  const sandbox = new Sandbox({ rwenv: { fluxGitBranch: name } });
  sandbox.git(sandbox.remote, 'branch', 'staging', 'main');
  return sandbox;
}

for (const era of eras) {
  test(`${era}: a rollout changes the branch of the rwenv, and no other`, async () => {
    const sandbox = withBranch();
    const main = sandbox.head();
    const dry = await callOnce(sandbox, 'rollout', { service: 'papi', dryRun: true }, { era });
    assert.equal(dry.structuredContent.branch, 'staging');
    const result = await callOnce(sandbox, 'rollout', { service: 'papi' }, { era });
    assertValidResult('rollout', result);
    assert.equal(result.structuredContent.branch, 'staging');
    assert.equal(result.structuredContent.commit, sandbox.head('staging'));
    assert.equal(sandbox.head(), main);
    const again = await callOnce(sandbox, 'rollout', { service: 'papi' }, { era });
    assert.equal(again.structuredContent.status, 'unchanged');
    await sandbox.dispose();
  });
}

test('the field may come, change and go', async () => {
  const sandbox = new Sandbox();
  sandbox.git(sandbox.remote, 'branch', 'staging', 'main');
  const rollout = async (fluxGitBranch, tag) => {
    sandbox.writeEnvs({ fluxGitRepo: sandbox.url, fluxGitRepoType: 'gitea', fluxGitBranch });
    const { structuredContent } = await callOnce(sandbox, 'rollout', { service: 'papi', tag });
    assert.equal(structuredContent.status, 'updated', JSON.stringify(structuredContent));
    return structuredContent;
  };
  assert.equal((await rollout(undefined, 'pr-1-abcdef0')).branch, 'main');
  const staging = await rollout('staging', 'pr-2-abcdef0');
  assert.deepEqual([staging.branch, staging.previousTag], ['staging', 'pr-41-0f0e0d0']);
  const main = await rollout(null, 'pr-3-abcdef0');
  assert.deepEqual([main.branch, main.previousTag], ['main', 'pr-1-abcdef0']);
  assert.equal(sandbox.head('staging'), staging.commit);
  await sandbox.dispose();
});

test('a branch that the remote has not is named, and no other takes its place', async () => {
  const sandbox = withBranch('stagin');
  const before = [sandbox.head(), sandbox.head('staging')];
  assertRefused(await callOnce(sandbox, 'rollout', { service: 'papi' }), 'branch_not_found', /has no branch 'stagin', which fluxGitBranch/);
  const doctor = JSON.parse(run(sandbox, ['doctor', '--json']).stdout);
  assert.equal(doctor.checks.find(({ name }) => name === 'remote').code, 'branch_not_found');
  assert.deepEqual([sandbox.head(), sandbox.head('staging')], before);
  await sandbox.dispose();
});

test('a name that git would not accept is refused, by its place', async () => {
  const sandbox = new Sandbox();
  for (const name of ['', '-x', 'a..b', 'a b', 'a.lock', '@{-1}', 'HEAD', '--upload-pack=x']) {
    sandbox.writeEnvs({ fluxGitRepo: sandbox.url, fluxGitRepoType: 'gitea', fluxGitBranch: name });
    assertRefused(await callOnce(sandbox, 'rollout', { service: 'papi' }), 'bad_config', /rwenvs\/rdebug\/fluxGitBranch: /);
  }
  await sandbox.dispose();
});

test('doctor, the resource and the catalog are of that branch', async () => {
  const sandbox = withBranch();
  sandbox.pushFromElsewhere('apps/only-main/kustomization.yaml', 'images:\n  - name: only-main\n    newTag: pr-1-abcdef0\n');
  const doctor = JSON.parse(run(sandbox, ['doctor', '--json']).stdout);
  assert.equal(doctor.checks.find(({ name }) => name === 'remote').message, 'answers, branch staging');
  const server = await Server.start(sandbox);
  const { contents } = await server.request('resources/read', { uri: 'rollout://rwenv' });
  assert.equal(JSON.parse(contents[0].text).fluxGitBranch, 'staging');
  const { structuredContent } = await server.call('regenerate_services', { dryRun: true });
  assert.equal(structuredContent.branch, 'staging');
  assert.doesNotMatch(JSON.stringify(structuredContent), /only-main/);
  await server.close();
  await sandbox.dispose();
});
