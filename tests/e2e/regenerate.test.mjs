// The catalog made from the Flux repository, over MCP in both eras and on the command line; every image group that it
// names can be rolled out.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './support/command.mjs';
import { Sandbox, manifestFile } from './support/sandbox.mjs';
import { assertValidResult } from './support/schemas.mjs';
import { callOnce, eras, Server } from './support/server.mjs';
import { test } from './support/test.mjs';

const deployment = (name, image) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  template:
    spec:
      containers:
        - name: main
          image: ${image}
`;

const files = {
  [manifestFile]: `namespace: backend
resources: [../base, https://example.com/crds.yaml]
images:
  - name: backend-services
    newName: registry.example.com/shop/backend-services
    newTag: "pr-41-0f0e0d0"  # set by a rollout
  - name: pinned
    digest: sha256:${'0'.repeat(64)}
`,
  'apps/base/kustomization.yaml': 'resources: [papi.yaml, worker.yaml]\n',
  'apps/base/papi.yaml': deployment('papi', 'backend-services:latest'),
  'apps/base/worker.yaml': deployment('worker', 'backend-services'),
  'apps/broken/kustomization.yaml': 'images: [\n',
  'apps/shop/release.yaml': `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: shop
  namespace: web
spec:
  values:
    image:
      repository: registry.example.com/shop/web
      tag: v1 # the shop
`,
  'clusters/live/apps.yaml': `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: live-apps
  namespace: flux-system
spec:
  path: ./apps
  sourceRef:
    kind: GitRepository
    name: flux-system
`,
};

const old = { owner: 'platform', services: { papi: { imageGroup: 'gone', description: 'Public API', oncall: ['ann'] },
  manual: { imageGroup: 'backend-services' } }, imageGroups: {} };

// Without ROLLOUT_SERVICES_FILE, which would stand in for the catalog that is made.
function makeSandbox(options = {}) {
  const sandbox = new Sandbox({ files, ...options });
  delete sandbox.environment.ROLLOUT_SERVICES_FILE;
  sandbox.catalogFile = join(sandbox.configDirectory, 'flux-infra-guide/rdebug/services.json');
  return sandbox;
}

for (const era of eras) {
  test(`${era}: writes a catalog whose every service can be rolled out`, async () => {
    const sandbox = makeSandbox();
    sandbox.write('home/.claude/rwenv/flux-infra-guide/rdebug/services.json', JSON.stringify(old));
    const before = sandbox.head();
    const server = await Server.start(sandbox, { era });
    const dry = await server.call('regenerate_services', { dryRun: true });
    assertValidResult('regenerate_services', dry);
    assert.equal(dry.structuredContent.status, 'dry_run');
    assert.deepEqual(JSON.parse(readFileSync(sandbox.catalogFile)), old);

    const result = await server.call('regenerate_services', {}, { progressToken: 'p' });
    assertValidResult('regenerate_services', result);
    const { report, diff, unplaced, imageGroups, ...facts } = result.structuredContent;
    assert.equal(result.content[0].text, report);
    assert.deepEqual(facts, { status: 'written', rwenv: 'rdebug', fluxRepo: sandbox.url, branch: 'main', commit: before,
      catalogFile: sandbox.catalogFile, path: 'apps', serviceCount: 4, imageGroupCount: 2, unplacedCount: unplaced.length,
      added: ['shop', 'worker'], changed: ['papi'], removed: [], kept: ['manual'], warnings: [] });
    assert.deepEqual(imageGroups, [
      { imageGroup: 'backend-services', file: manifestFile, imageName: 'backend-services', type: 'kustomize-images',
        kustomization: 'live-apps', namespace: 'backend', services: ['papi', 'worker'] },
      { imageGroup: 'web', file: 'apps/shop/release.yaml', imageName: 'registry.example.com/shop/web', type: 'helm-values',
        path: '.spec.values.image.tag', kustomization: 'live-apps', namespace: 'web', services: ['shop'] }]);
    assert.deepEqual(unplaced.map(({ file, what }) => [file, what]), [[manifestFile, 'https://example.com/crds.yaml'],
      [manifestFile, 'pinned'], ['apps/broken/kustomization.yaml', undefined]]);
    assert.match(diff, /^\+ {6}"imageGroup": "backend-services"/m);
    assert.match(report, /^✓ Regenerated the catalog of rdebug: 4 services in 2 image groups\n/);
    assert.ok(server.notifications.length >= 3, 'progress');

    const catalog = JSON.parse(readFileSync(sandbox.catalogFile));
    assert.equal(catalog.owner, 'platform');
    assert.deepEqual(catalog.services.papi, { imageGroup: 'backend-services', description: 'Public API', oncall: ['ann'],
      kustomization: 'live-apps', namespace: 'backend', deployment: 'papi' });
    assert.match(catalog.generatedAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

    for (const service of ['papi', 'worker', 'shop', 'manual']) {
      const rollout = await server.call('rollout', { service, dryRun: true });
      assert.ok(!rollout.isError, rollout.content[0].text);
    }
    const again = await server.call('regenerate_services');
    assert.equal(again.structuredContent.status, 'unchanged');
    await server.close();
    assert.equal(sandbox.head(), before);
    await sandbox.dispose();
  });
}

const release = (name, values) => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: &app ${name}
spec:
  values:
${values}`;

// As the shell procedure wrote it that this program replaces.
const older = {
  services: {
    radarr: { namespace: 'media', deployment: 'radarr', fluxPath: 'apps/media/', description: 'Films', imageGroup: 'radarr' },
    dead: { namespace: 'media', deployment: 'dead', fluxPath: 'apps/dead/', description: 'Gone', imageGroup: 'dead' } },
  imageGroups: { dead: { file: 'apps/dead/kustomization.yaml', imageName: 'dead', type: 'kustomize-images', yqPath: 'x', services: ['dead'] } },
  metadata: { generatedFrom: 'flux', generatedAt: '2026-02-03T10:00:00Z' } };

test('releases with several images and plain workloads of the team can be rolled out; again, nothing changes', async () => {
  const app = (repository) => `    redis: {image: {repository: redis, tag: v7}}
    controllers:
      *app:
        image: {repository: ${repository}, tag: v1}
`;
  const sandbox = makeSandbox({ files: {
    [manifestFile]: 'images:\n  - {name: backend-services, newName: example.com/backend, newTag: pr-1-0f0e0d0}\n',
    'apps/media/radarr.yaml': release('radarr', app('example.com/radarr')),
    'apps/media/radarr-4k.yaml': release('radarr-4k', app('example.com/radarr-4k')),
    'apps/plain/workloads.yaml': `${deployment('papi', 'example.com/backend:v1')}---\n${deployment('cache', 'redis:7')}`,
    'apps/plain/job.yaml': release('jobs', '    image: example.com/backend:v2\n') } });
  sandbox.write('home/.claude/rwenv/flux-infra-guide/rdebug/services.json', JSON.stringify(older));
  const told = await callOnce(sandbox, 'lookup_service', { service: 'radarr' });
  assert.match(JSON.stringify(told), /no_image_group|2026-02-03T10:00:00Z/);
  const first = run(sandbox, ['regenerate', '--json']);
  assert.equal(first.status, 0, first.stderr);
  const { added, removed, unplaced } = JSON.parse(first.stdout);
  assert.deepEqual(added, ['backend-services', 'jobs', 'papi', 'radarr-4k', 'radarr-4k-redis', 'radarr-redis']);
  assert.deepEqual(removed, ['dead']);
  assert.match(JSON.stringify(unplaced), /1 image is not offered: .*`imagePrefixes`.*redis/);
  const catalog = readFileSync(sandbox.catalogFile, 'utf8');
  assert.deepEqual(JSON.parse(catalog).metadata, { generatedFrom: 'flux' });
  assert.match(run(sandbox, ['regenerate']).stdout, /^✓ The catalog of rdebug is up to date: /);
  assert.equal(readFileSync(sandbox.catalogFile, 'utf8'), catalog);
  for (const [service, line] of [['radarr', 'example.com/radarr, tag: '], ['radarr-4k', 'example.com/radarr-4k, tag: '],
    ['radarr-4k-redis', 'repository: redis, tag: '], ['papi', 'image: example.com/backend:'], ['jobs', 'image: example.com/backend:']]) {
    const dry = run(sandbox, ['rollout', service, '--dry-run', '--tag', 'pr-9-abcdef0']);
    assert.equal(dry.status, 0, dry.stderr);
    assert.ok(dry.stdout.includes(`${line}pr-9-abcdef0`), dry.stdout);
  }
  await sandbox.dispose();
});

test('imagePrefixes: nothing else is offered, and a wrong value is refused', async () => {
  const sandbox = makeSandbox({ rwenv: { imagePrefixes: ['registry.example.com/shop/'] } });
  const result = run(sandbox, ['regenerate', '--json']);
  assert.deepEqual(JSON.parse(result.stdout).added, ['papi', 'shop', 'worker']);
  await sandbox.dispose();
  const none = makeSandbox({ rwenv: { imagePrefixes: ['ghcr.io/'] } });
  const empty = run(none, ['regenerate']).stdout;
  assert.match(empty, /: 0 services in 0 image groups\n[^]* not offered: \w+ names? begins? with none of the rwenv's `imagePrefixes`: /);
  assert.match(empty, /⚠ No image in the Flux repository has a name that begins with ghcr\.io\/\. /);
  await none.dispose();
  const wrong = makeSandbox({ rwenv: { imagePrefixes: 'ghcr.io/' } });
  const refused = run(wrong, ['regenerate', '--json']);
  assert.equal(refused.status, 1);
  assert.equal(JSON.parse(refused.stdout).code, 'bad_config');
  assert.match(JSON.parse(refused.stdout).message, /imagePrefixes/);
  await wrong.dispose();
});

test('the command line: the report, --json as the tool, --path, --dry-run', async () => {
  const sandbox = makeSandbox({ rwenv: { readOnly: true } });
  const dry = run(sandbox, ['regenerate', '--dry-run', '--json']);
  assert.equal(dry.status, 0, dry.stderr);
  assert.ok(!existsSync(sandbox.catalogFile));
  const tool = await callOnce(sandbox, 'regenerate_services', { dryRun: true });
  const withoutTime = (value) => JSON.stringify(value).replaceAll(/\d{4}-\d\d-\d\dT[\d:]{8}Z|index [0-9a-f.]+/g, '');
  assert.equal(withoutTime(JSON.parse(dry.stdout)), withoutTime(tool.structuredContent));

  const shop = run(sandbox, ['regenerate', '--path', 'apps/shop']);
  assert.equal(shop.status, 0, shop.stderr);
  assert.match(shop.stdout, /^✓ Regenerated the catalog of rdebug: 1 service in 1 image group\n/);
  assert.match(run(sandbox, ['regenerate']).stdout, /\nAdded: papi, worker\n/);
  assert.match(run(sandbox, ['services']).stdout, /^papi +backend-services\nshop +web\nworker +backend-services\n$/);
  assert.match(run(sandbox, ['regenerate']).stdout, /^✓ The catalog of rdebug is up to date: /);

  const refused = run(sandbox, ['regenerate', '--path', 'nothing/here']);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /there is no directory nothing\/here/);
  assert.equal(run(sandbox, ['regenerate', 'papi']).status, 2);
  await sandbox.dispose();
});

test('a catalog that is named elsewhere is said to be in use', async () => {
  const sandbox = makeSandbox();
  sandbox.environment.ROLLOUT_SERVICES_FILE = sandbox.servicesFile;
  const result = await callOnce(sandbox, 'regenerate_services', { dryRun: true });
  assert.match(result.structuredContent.warnings.join(), /ROLLOUT_SERVICES_FILE/);
  await sandbox.dispose();
});

// Two clusters with an environment each, whose Flux Kustomizations are in a namespace of their own.
const clusters = ['production', 'staging'];

function gotkSync(url, cluster) {
  return `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: flux-system
  namespace: flux-system
spec:
  ref:
    branch: main
  url: ${url}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: flux-system
  namespace: flux-system
spec:
  path: ./clusters/${cluster}
  sourceRef:
    kind: GitRepository
    name: flux-system
`;
}

function makeClusters() {
  const files = {
    'apps/papi/kustomization.yaml': 'resources: [papi.yaml]\nimages:\n  - name: papi\n    newTag: latest\n',
    'apps/papi/papi.yaml': deployment('papi', 'papi'),
  };
  for (const cluster of clusters) {
    files[`clusters/${cluster}/apps.yaml`] = `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: apps
  namespace: team
spec:
  path: ./apps/${cluster}
  sourceRef:
    kind: GitRepository
    name: flux-system
    namespace: flux-system
`;
    files[`apps/${cluster}/kustomization.yaml`] =
      `namespace: ${cluster}\nresources: [../papi]\nimages:\n  - name: papi\n    newTag: pr-41-0f0e0d0\n`;
  }
  const sandbox = makeSandbox({ files });
  for (const cluster of clusters) {
    sandbox.pushFromElsewhere(`clusters/${cluster}/flux-system/gotk-sync.yaml`, gotkSync(sandbox.url, cluster));
  }
  sandbox.setRwenv = (fields) => sandbox.writeEnvs({ fluxGitRepo: sandbox.url, fluxGitRepoType: 'gitea', ...fields });
  return sandbox;
}

test('fluxPath makes the catalog of one environment, and the command that reconciles it is complete', async () => {
  const sandbox = makeClusters();
  const all = await callOnce(sandbox, 'regenerate_services');
  assertValidResult('regenerate_services', all);
  assert.deepEqual(all.structuredContent.added, ['backend-services', 'frontend', 'papi.production', 'papi.staging']);
  assert.match(all.structuredContent.report, /`fluxPath` of rwenv 'rdebug' in .*: clusters\/production, clusters\/staging\.$/m);
  assert.ok(all.structuredContent.unplaced.some(({ file, what, reason }) =>
    file === 'apps/papi/kustomization.yaml' && what === 'papi' && /^not offered: /.test(reason)));

  for (const fluxPath of ['clusters/staging', './apps/staging/']) {
    sandbox.setRwenv({ fluxPath, kubernetesContext: 'staging' });
    const one = await callOnce(sandbox, 'regenerate_services');
    assertValidResult('regenerate_services', one);
    assert.deepEqual(one.structuredContent.warnings, []);
    assert.deepEqual(JSON.parse(readFileSync(sandbox.catalogFile)).services, { papi: { imageGroup: 'papi',
      kustomization: 'apps', kustomizationNamespace: 'team', namespace: 'staging', deployment: 'papi' } });
  }
  const command = 'flux reconcile kustomization apps -n team --with-source --context staging';
  const rollout = await callOnce(sandbox, 'rollout', { service: 'papi' });
  assertValidResult('rollout', rollout);
  assert.equal(rollout.structuredContent.file, 'apps/staging/kustomization.yaml');
  assert.equal(rollout.structuredContent.reconcileCommand, command);
  assert.ok(rollout.structuredContent.report.includes(`To force immediate sync:\n  ${command}\n`));

  // The plain name still means staging when the rwenv no longer does.
  const warning = /^The catalog was made for the `fluxPath` apps\/staging, and rwenv 'rdebug' now has (none|clusters\/production): .*`regenerate_services`\.$/;
  for (const fluxPath of [undefined, 'clusters/production']) {
    sandbox.setRwenv({ fluxPath, kubernetesContext: 'staging' });
    const later = await callOnce(sandbox, 'rollout', { service: 'papi', dryRun: true });
    assertValidResult('rollout', later);
    assert.equal(later.structuredContent.warnings.filter((text) => warning.test(text)).length, 1, later.structuredContent.warnings.join('\n'));
    const lookup = await callOnce(sandbox, 'lookup_service', { service: 'papi' });
    assertValidResult('lookup_service', lookup);
    assert.match(lookup.structuredContent.report, /^⚠ The catalog was made for the `fluxPath` apps\/staging/m);
    assert.match(run(sandbox, ['lookup', 'papi']).stdout, /Regenerate the catalog with `rollout-mcp regenerate`\.$/m);
  }
  sandbox.setRwenv({ fluxPath: 'apps/staging', kubernetesContext: 'staging' });
  const right = await callOnce(sandbox, 'rollout', { service: 'papi', dryRun: true });
  assert.ok(!right.structuredContent.warnings.some((text) => warning.test(text)), right.structuredContent.warnings.join('\n'));

  const other = run(sandbox, ['regenerate', '--path', 'apps/production']);
  assert.equal(other.status, 0, other.stderr);
  assert.equal(JSON.parse(readFileSync(sandbox.catalogFile)).services.papi.namespace, 'production');
  await sandbox.dispose();
});

test('a fluxPath that is none is refused, whatever is called', async () => {
  const sandbox = makeClusters();
  for (const fluxPath of ['/clusters', '../clusters', 'clusters/../..', '', 7]) {
    sandbox.setRwenv({ fluxPath });
    for (const tool of ['regenerate_services', 'rollout']) {
      const refused = await callOnce(sandbox, tool, tool === 'rollout' ? { service: 'papi' } : {});
      assert.equal(refused.structuredContent.code, 'bad_config', `${tool} ${fluxPath}`);
      assert.match(refused.structuredContent.message, /rwenvs\/rdebug\/fluxPath: /);
    }
  }
  sandbox.setRwenv({ fluxPath: 'clusters/none' });
  const missing = await callOnce(sandbox, 'regenerate_services');
  assert.equal(missing.structuredContent.code, 'bad_config');
  assert.match(missing.structuredContent.message, /fluxPath: there is no directory clusters\/none with manifests on main of /);
  await sandbox.dispose();
});
