// What a service's image has been set to: the tool in both eras, and the command.

import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './support/command.mjs';
import { exampleCatalog, manifest, manifestFile, Sandbox } from './support/sandbox.mjs';
import { assertRefused, assertValidResult } from './support/schemas.mjs';
import { callOnce, eras } from './support/server.mjs';
import { test } from './support/test.mjs';

const tag = 'pr-42-a1b2c3d';
const first = 'pr-41-0f0e0d0';
const withTag = (value) => manifest.replace(first, value);

for (const era of eras) {
  test(`${era}: the history is that of the value, newest first, and nothing changes`, async () => {
    const sandbox = new Sandbox();
    sandbox.pushFromElsewhere(manifestFile, withTag('v2'), 'Back to v2');
    sandbox.pushFromElsewhere(manifestFile, `${withTag('v2')}# a comment\n`, 'Another place');
    await callOnce(sandbox, 'rollout', { service: 'papi' }, { era });
    sandbox.pushFromElsewhere('other', 'x\n');
    const head = sandbox.head();
    const result = await callOnce(sandbox, 'rollout_history', { service: 'worker.mail' }, { era });
    assertValidResult('rollout_history', result);
    assert.equal(sandbox.head(), head);
    const { entries, report, ...rest } = result.structuredContent;
    assert.deepEqual(rest, { rwenv: 'rdebug', imageGroup: 'backend-services', file: manifestFile, imageName: 'backend-services', complete: true });
    const log = (format, commit) => sandbox.git(sandbox.remote, 'log', '-1', `--format=${format}`, commit);
    assert.deepEqual(entries.map(({ tag: value, previousTag, prNumber, current }) => [value, previousTag, prNumber, current]),
      [[tag, 'v2', 42, true], ['v2', first, undefined, false], [first, undefined, 41, false]]);
    assert.deepEqual(entries.map(({ commit }) => commit), ['main~1', 'main~3', 'main~4'].map((name) => sandbox.git(sandbox.remote, 'rev-parse', name)));
    for (const { commit, author, committedAt, message } of entries) {
      assert.deepEqual([author, message], log('%an%n%s', commit).split('\n'));
      assert.equal(Date.parse(committedAt) / 1000, Number(log('%ct', commit)));
    }
    assert.equal(entries[1].author, 'Olga Other');
    assert.equal(report, result.content[0].text);
    const lines = report.split('\n');
    assert.equal(lines[0], `backend-services in rdebug (${manifestFile}): the tags that were set, newest first`);
    assert.match(lines[3], new RegExp(`^\\* ${tag} .*chore\\(backend-services\\): update image tag to ${tag}$`));
    await sandbox.dispose();
  });

  test(`${era}: limit, a read-only rwenv, and refusals`, async () => {
    const sandbox = new Sandbox({ rwenv: { readOnly: true } });
    sandbox.pushFromElsewhere(manifestFile, withTag('v2'));
    const { structuredContent } = await callOnce(sandbox, 'rollout_history', { service: 'papi', limit: 1 }, { era });
    assert.deepEqual(structuredContent.entries.map(({ tag: value, previousTag }) => [value, previousTag]), [['v2', first]]);
    assert.equal(structuredContent.complete, true);
    assertRefused(await callOnce(sandbox, 'rollout_history', { service: 'papi', limit: 51 }, { era }), 'bad_argument');
    assertRefused(await callOnce(sandbox, 'rollout_history', { service: 'pappi' }, { era }), 'unknown_service');
    sandbox.pushFromElsewhere(manifestFile, 'images: []\n');
    assertRefused(await callOnce(sandbox, 'rollout_history', { service: 'papi' }, { era }), 'image_not_found');
    await sandbox.dispose();
  });
}

// What a status, a rollout and the history say of who set the value there.
async function setters(sandbox, file = manifestFile) {
  const { groups } = (await callOnce(sandbox, 'rollout_status', {})).structuredContent;
  const group = groups.find((each) => each.file === file && each.imageGroup === 'backend-services');
  const { replaced } = (await callOnce(sandbox, 'rollout', { service: 'papi', dryRun: true })).structuredContent;
  const [newest] = (await callOnce(sandbox, 'rollout_history', { service: 'papi' })).structuredContent.entries;
  return [group, replaced, newest].map(({ commit }) => sandbox.git(sandbox.remote, 'log', '-1', '--format=%an', commit));
}

// Commits of several people on the Flux repository's branch: `script(git, set)`.
function people(sandbox, script) {
  const work = join(sandbox.root, 'tmp/people');
  sandbox.git(sandbox.root, 'clone', '--quiet', sandbox.url, work);
  const git = (who, ...args) => sandbox.git(work, '-c', `user.name=${who}`, '-c', `user.email=${who}@example.com`, ...args);
  script(git, (who, value, file = manifestFile) => {
    writeFileSync(join(work, file), withTag(value));
    git(who, 'commit', '--quiet', '--all', '--message', value);
  }, work);
  git('Pusher', 'push', '--quiet', 'origin', 'HEAD:main');
  rmSync(work, { recursive: true });
}

test('a rename sets nothing: status, rollout and history name who set the value', async () => {
  const sandbox = new Sandbox();
  const file = 'apps/be/kustomization.yaml';
  people(sandbox, (git, set, work) => {
    set('Alice', 'pr-50-5555555');
    mkdirSync(join(work, 'apps/be'));
    git('Bob', 'mv', manifestFile, file);
    git('Bob', 'commit', '--quiet', '--message', 'Move');
  });
  const catalog = exampleCatalog();
  catalog.imageGroups['backend-services'].file = file;
  sandbox.write('services.json', JSON.stringify(catalog));
  await callOnce(sandbox, 'rollout_history', { service: 'papi' });
  assert.deepEqual(await setters(sandbox, file), ['Alice', 'Alice', 'Alice']);
  await sandbox.dispose();
});

test('a merge that gives back an earlier value has set it, for all', async () => {
  const sandbox = new Sandbox();
  people(sandbox, (git, set) => {
    set('Alice', 'B');
    git('Alice', 'branch', 'side');
    set('Carol', 'C');
    git('Carol', 'checkout', '--quiet', 'side');
    git('Sid', 'commit', '--quiet', '--allow-empty', '--message', 'work');
    git('Sid', 'checkout', '--quiet', 'main');
    git('Merger', 'merge', '--quiet', '--no-ff', '--no-commit', 'side');
    set('Merger', 'B');
  });
  await callOnce(sandbox, 'rollout_history', { service: 'papi' });
  assert.deepEqual(await setters(sandbox), ['Merger', 'Merger', 'Merger']);
  await sandbox.dispose();
});

test('the command prints the table, or with --json what the tool returns', async () => {
  const sandbox = new Sandbox();
  sandbox.pushFromElsewhere(manifestFile, withTag('v2'), 'An \x1b[31mescape\u202e and password=hunter2');
  const { structuredContent, content } = await callOnce(sandbox, 'rollout_history', { service: 'papi' });
  const printed = run(sandbox, ['history', 'papi']);
  assert.equal(printed.status, 0, printed.stderr);
  assert.equal(printed.stdout, `${content[0].text}\n`);
  assert.match(printed.stdout, / {2}An escape and password=\*\*\*$/m);
  assert.deepEqual(JSON.parse(run(sandbox, ['history', 'papi', '--json']).stdout), structuredContent);
  const one = JSON.parse(run(sandbox, ['history', 'papi', '--limit', '1', '--json']).stdout);
  assert.deepEqual(one.entries, structuredContent.entries.slice(0, 1));
  const refused = run(sandbox, ['history', 'pappi']);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /^Service 'pappi' not found/);
  assert.equal(run(sandbox, ['history', 'papi', '--limit', '0']).status, 2);
  await sandbox.dispose();
});
