// Several services by one commit, all or none of them, and a rollout that names no service in a project that has some.

import assert from 'node:assert/strict';
import { run } from './support/command.mjs';
import { exampleCatalog, manifest, manifestFile, Sandbox } from './support/sandbox.mjs';
import { assertRefused, assertValidResult } from './support/schemas.mjs';
import { callOnce, eras, Server } from './support/server.mjs';
import { test } from './support/test.mjs';

const tag = 'pr-42-a1b2c3d';
const webFile = 'apps/web/kustomization.yaml';
const web = 'images:\n  - name: web\n    newTag: pr-3-0000000 # web\n  - name: jobs\n    newTag: latest\n';

// The example's catalog with a service for each group of these: [service, file, image].
function catalogWith(groups, more = {}) {
  const catalog = exampleCatalog();
  for (const [service, file, imageName] of groups) {
    catalog.services[service] = { imageGroup: `group-${service}`, kustomization: `apps-${service}`, ...more[service] };
    catalog.imageGroups[`group-${service}`] = { file, imageName, type: 'kustomize-images' };
  }
  return catalog;
}

function sandboxOfMany(options = {}) {
  return new Sandbox({ files: { [webFile]: web }, catalog: catalogWith([['web', webFile, 'web'], ['jobs', webFile, 'jobs'], ['frontend', manifestFile, 'frontend']], options.services),
    ...options });
}

for (const era of eras) {
  test(`${era}: several services are one commit, and the result has one object for each group`, async () => {
    const sandbox = sandboxOfMany();
    const before = sandbox.head();
    const dry = await callOnce(sandbox, 'rollout', { services: ['web', 'papi', 'jobs'], dryRun: true }, { era });
    assert.equal(sandbox.head(), before);
    assert.equal(dry.structuredContent.status, 'dry_run');
    const result = await callOnce(sandbox, 'rollout', { services: ['web', 'papi', 'jobs', 'web'] }, { era });
    assertValidResult('rollout', dry);
    assertValidResult('rollout', result);
    const { structuredContent: told, content } = result;
    assert.equal(told.status, 'updated');
    assert.deepEqual(told.changes.map(({ imageGroup }) => imageGroup), ['group-web', 'backend-services', 'group-jobs']);
    assert.deepEqual(told.changes.map(({ previousTag }) => previousTag), ['pr-3-0000000', 'pr-41-0f0e0d0', 'latest']);
    assert.deepEqual(told.changes.map(({ diff }) => diff), dry.structuredContent.changes.map(({ diff }) => diff));
    assert.deepEqual([told.imageGroup, told.file, told.previousTag, told.service], ['group-web', webFile, 'pr-3-0000000', 'web']);
    assert.equal(sandbox.git(sandbox.remote, 'rev-parse', 'main~'), before);
    assert.equal(sandbox.git(sandbox.remote, 'log', '-1', '--format=%s', 'main'),
      `chore(group-web,backend-services,group-jobs): update image tag to ${tag}`);
    assert.equal(sandbox.fileAt('main', webFile).toString(), web.replace('pr-3-0000000', tag).replace('latest', tag));
    assert.equal(sandbox.fileAt('main', manifestFile).toString(), manifest.replace('pr-41-0f0e0d0', tag));
    assert.ok(content[0].text.startsWith(`✓ Updated group-web, backend-services, group-jobs to ${tag}\n\nFlux repo: `), content[0].text);
    assert.ok(content[0].text.includes(`\nTag: ${tag}\ngroup-web: ${webFile}, image web\nbackend-services: ${manifestFile}, image backend-services\n`), content[0].text);
    assert.ok(content[0].text.includes('\n  flux reconcile kustomization apps-web --with-source\n'), content[0].text);
    await sandbox.dispose();
  });
}

test('one of several that is there already is told so; all of them are no commit', async () => {
  const sandbox = sandboxOfMany();
  await callOnce(sandbox, 'rollout', { service: 'papi' });
  const { structuredContent: told } = await callOnce(sandbox, 'rollout', { services: ['papi', 'web'] });
  assert.deepEqual([told.status, told.changes.map(({ changed }) => changed)], ['updated', [false, true]]);
  assert.equal(told.changes[0].diff, '');
  const head = sandbox.head();
  const again = await callOnce(sandbox, 'rollout', { services: ['papi', 'web'] });
  assert.equal(again.structuredContent.status, 'unchanged');
  assert.ok(again.content[0].text.startsWith(`✓ backend-services, group-web are already at ${tag}`), again.content[0].text);
  assert.equal(sandbox.head(), head);
  await sandbox.dispose();
});

test('one refusal refuses all, names its service, and changes nothing', async () => {
  const sandbox = sandboxOfMany();
  const before = sandbox.head();
  for (const [services, code, pattern] of [
    [['web', 'nobody'], 'unknown_service', /^Service 'nobody' not found in flux-infra-guide\./],
    [['web', 'pinned'], 'digest_pinned', /^Service 'pinned': /],
    [['web', 'gone'], 'image_not_found', /^Service 'gone': /],
    [['web', 'lost'], 'bad_path', /^Service 'lost': /],
  ]) {
    sandbox.write('services.json', JSON.stringify(catalogWith([['web', webFile, 'web'], ['pinned', manifestFile, 'pinned'], ['gone', webFile, 'gone'], ['lost', 'apps/lost.yaml', 'lost']])));
    assertRefused(await callOnce(sandbox, 'rollout', { services }), code, pattern);
  }
  assertRefused(await callOnce(sandbox, 'rollout', { services: ['web'], service: 'papi' }), 'bad_argument', /services/);
  assertRefused(await callOnce(sandbox, 'rollout', { services: ['web'], file: webFile, imageName: 'web' }), 'bad_argument', /services/);
  assertRefused(await callOnce(sandbox, 'rollout', { services: [] }), 'bad_argument', /services.*1 to 50/);
  assertRefused(await callOnce(sandbox, 'rollout', { services: Array.from({ length: 51 }, () => 'web') }), 'bad_argument', /services.*1 to 50/);
  assert.equal(sandbox.head(), before);
  await sandbox.dispose();
});

test('fifty groups in as many files are one commit', async () => {
  const names = Array.from({ length: 50 }, (_, i) => `s${i}`);
  const files = Object.fromEntries(names.map((name) => [`apps/${name}/kustomization.yaml`, `images:\n  - name: ${name}\n    newTag: pr-1-0000000\n`]));
  const sandbox = new Sandbox({ files, catalog: catalogWith(names.map((name) => [name, `apps/${name}/kustomization.yaml`, name])) });
  const before = sandbox.head();
  const result = await callOnce(sandbox, 'rollout', { services: names });
  assertValidResult('rollout', result);
  assert.equal(result.structuredContent.changes.length, 50);
  assert.equal(sandbox.git(sandbox.remote, 'rev-parse', 'main~'), before);
  for (const file of Object.keys(files)) assert.equal(sandbox.fileAt('main', file).toString(), files[file].replace('pr-1-0000000', tag));
  await sandbox.dispose();
});

test('the command line takes several names', async () => {
  const sandbox = sandboxOfMany();
  const { status, stdout } = await run(sandbox, ['rollout', 'web', '--json', 'papi']);
  assert.equal(status, 0);
  assert.deepEqual(JSON.parse(stdout).changes.map(({ imageGroup }) => imageGroup), ['group-web', 'backend-services']);
  await sandbox.dispose();
});

test('without a service, the project of the catalog decides', async () => {
  const origin = 'git@git.example.com:shop/papi.git';
  const sandbox = sandboxOfMany({ services: { web: { project: 'https://ann@git.example.com/shop/papi' }, jobs: { project: 'ssh://git@git.example.com/shop/other' } } });
  sandbox.git(sandbox.project, 'remote', 'set-url', 'origin', origin);
  const { structuredContent } = await callOnce(sandbox, 'rollout', { tag });
  assert.equal(structuredContent.service, 'web');
  const { status, stdout } = await run(sandbox, ['rollout', '--tag', 'pr-43-a1b2c3d', '--json']);
  assert.deepEqual([status, JSON.parse(stdout).service], [0, 'web']);
  await sandbox.dispose();
});

test('several services of the project: the user is asked which, or they are listed', async () => {
  const project = 'https://git.example.com/shop/papi.git';
  const sandbox = sandboxOfMany({ services: { web: { project }, jobs: { project } } });
  sandbox.git(sandbox.project, 'remote', 'set-url', 'origin', 'git@git.example.com:shop/papi.git');
  assertRefused(await callOnce(sandbox, 'rollout', { tag }), 'bad_argument', /one of the project's services: web, jobs/);
  const asked = [];
  const server = await Server.start(sandbox, { era: eras[1], capabilities: { elicitation: {} },
    answer: ({ params }) => { asked.push(params.requestedSchema.properties.service.enum); return { action: 'accept', content: { service: 'jobs' } }; } });
  const { structuredContent } = await server.call('rollout', { tag });
  await server.close();
  assert.deepEqual(asked, [['web', 'jobs']]);
  assert.equal(structuredContent.imageGroup, 'group-jobs');
  await sandbox.dispose();
});
