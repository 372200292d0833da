// Where a tag can stand besides the `images` of a kustomization, through the built program: image references, files that
// are named by hand with a path, what is encrypted, and what warns.

import assert from 'node:assert/strict';
import { run } from './support/command.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { callOnce } from './support/server.mjs';
import { test } from './support/test.mjs';

const tag = 'pr-42-a1b2c3d';
const image = 'ghcr.io/acme/papi';
const containerPath = '.spec.template.spec.containers[0].image';

const deployment = (reference) => `apiVersion: v1
kind: Service
metadata: {name: papi}
spec: {ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: papi
spec:
  template:
    spec:
      containers:
        - name: papi
          image: ${reference} # ours
`;

const release = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: shop
spec:
  values:
    web:
      image:
        repository: acme/web
        tag: v1 # ours
    redis:
      image: {repository: redis, tag: "7"}
`;

const files = {
  'apps/papi/deployment.yaml': deployment(`"${image}:v1"`),
  'apps/papi/none.yaml': deployment(image),
  'apps/papi/pinned.yaml': deployment(`${image}@sha256:${'ab'.repeat(32)}`),
  'apps/shop/release.yaml': release,
  'apps/shop/values.yaml': `image:\n  repository: acme/shop\n  tag: v1@sha256:${'cd'.repeat(32)}\n`,
  'apps/sops/kustomization.yaml': 'images:\n- name: app\n  newTag: v1\nsops:\n  lastmodified: "2026-01-01T00:00:00Z"\n  mac: ENC[x]\n  version: 3.9.0\n',
  'apps/crypt/kustomization.yaml': Buffer.from('\0GITCRYPT\0\x01\x02'),
  'apps/all/kustomization.yaml': 'images:\n- name: ghcr.io/acme/.*\n  newTag: v1\n',
};

const catalog = (groups) => ({
  services: Object.fromEntries(Object.keys(groups).map((name) => [name, { imageGroup: name }])),
  imageGroups: groups,
});

// The file at the remote's head is `before` with `from` replaced by `to`, and is the only one that the commit changed.
function assertSet(sandbox, file, from, to) {
  assert.equal(sandbox.fileAt('main', file).toString(), files[file].replace(from, to));
  assert.equal(sandbox.git(sandbox.remote, 'show', '--format=', '--name-only', 'main'), file);
}

test('a group of type image-reference: only the tag in the string changes', async () => {
  const sandbox = new Sandbox({ files, catalog: catalog({
    papi: { file: 'apps/papi/deployment.yaml', imageName: image, type: 'image-reference', path: containerPath },
    none: { file: 'apps/papi/none.yaml', imageName: image, type: 'image-reference', path: containerPath },
  }) });
  const { structuredContent } = await callOnce(sandbox, 'rollout', { service: 'papi' });
  assert.equal(structuredContent.status, 'updated', structuredContent.message);
  assert.equal(structuredContent.previousTag, 'v1');
  assertSet(sandbox, 'apps/papi/deployment.yaml', ':v1"', `:${tag}"`);
  assert.equal((await callOnce(sandbox, 'rollout', { service: 'papi' })).structuredContent.status, 'unchanged');

  const none = await callOnce(sandbox, 'rollout', { service: 'none' });
  assert.equal(none.structuredContent.previousTag, undefined);
  assertSet(sandbox, 'apps/papi/none.yaml', image, `${image}:${tag}`);
  await sandbox.dispose();
});

test('a reference that is pinned, or of another image: refused, nothing pushed', async () => {
  const sandbox = new Sandbox({ files, catalog: catalog({
    pinned: { file: 'apps/papi/pinned.yaml', imageName: image, type: 'image-reference', path: containerPath },
    other: { file: 'apps/papi/deployment.yaml', imageName: 'ghcr.io/acme/web', type: 'image-reference', path: containerPath },
    tag: { file: 'apps/papi/deployment.yaml', imageName: image, type: 'helm-values', path: containerPath },
    nowhere: { file: 'apps/papi/deployment.yaml', imageName: image, type: 'image-reference' },
  }) });
  const before = sandbox.head();
  for (const [service, code, text] of [
    ['pinned', 'digest_pinned', /pinned\.yaml:15: .*sha256/],
    ['other', 'image_not_found', /deployment\.yaml:15: .*'ghcr\.io\/acme\/papi' \(line 15\)/],
    ['tag', 'bad_manifest', /image-reference/],
    ['nowhere', 'bad_path', /no `path`/],
  ]) {
    const { structuredContent, isError } = await callOnce(sandbox, 'rollout', { service });
    assert.equal(isError, true, service);
    assert.equal(structuredContent.code, code, structuredContent.message);
    assert.match(structuredContent.message, text);
  }
  assert.equal(sandbox.head(), before);
  await sandbox.dispose();
});

test('--file and --path: what the file is decides, on the command line and by the tool', async () => {
  const sandbox = new Sandbox({ files, catalog: catalog({}) });
  const workload = ['rollout', 'papi', '--file', 'apps/papi/deployment.yaml', '--image', image, '--path', containerPath];
  const dry = run(sandbox, [...workload, '--dry-run', '--json']);
  const tool = await callOnce(sandbox, 'rollout', { service: 'papi', file: 'apps/papi/deployment.yaml', imageName: image,
    path: containerPath, dryRun: true });
  assert.equal(dry.status, 0, dry.stderr);
  assert.deepEqual(JSON.parse(dry.stdout), tool.structuredContent);
  assert.equal(run(sandbox, workload).status, 0);
  assertSet(sandbox, 'apps/papi/deployment.yaml', ':v1"', `:${tag}"`);

  const several = run(sandbox, ['rollout', 'web', '--file', 'apps/shop/release.yaml']);
  assert.equal(several.status, 1);
  assert.match(several.stderr, /\.spec\.values\.web\.image\.tag, \.spec\.values\.redis\.image\.tag/);
  const named = run(sandbox, ['rollout', 'web', '--file', 'apps/shop/release.yaml', '--path', '.spec.values.web.image.tag']);
  assert.equal(named.status, 0, named.stderr);
  assertSet(sandbox, 'apps/shop/release.yaml', 'v1', tag);

  const without = run(sandbox, ['rollout', 'papi', '--file', 'apps/papi/none.yaml', '--image', image]);
  assert.equal(without.status, 1);
  assert.ok(without.stderr.includes(`[kind=Deployment][name=papi]${containerPath}`), without.stderr);
  await sandbox.dispose();
});

test('path without file is a bad argument, with and without a service', async () => {
  const sandbox = new Sandbox();
  for (const toolArguments of [{ path: '.image.tag' }, { service: 'papi', path: '.image.tag' }]) {
    const { structuredContent } = await callOnce(sandbox, 'rollout', toolArguments);
    assert.equal(structuredContent.code, 'bad_argument');
    assert.match(structuredContent.message, /^path is accepted only together with `file`\./);
  }
  const line = run(sandbox, ['rollout', 'papi', '--path', '.image.tag']);
  assert.notEqual(line.status, 0);
  assert.match(line.stderr, /path is accepted only together with/);
  await sandbox.dispose();
});

test('a digest in the tag\'s value goes, with a warning in dry run and rollout', async () => {
  const sandbox = new Sandbox({ files, catalog: catalog({}) });
  for (const dryRun of [true, false]) {
    const { structuredContent } = await callOnce(sandbox, 'rollout', { service: 'shop', file: 'apps/shop/values.yaml', dryRun });
    assert.equal(structuredContent.status, dryRun ? 'dry_run' : 'updated');
    assert.equal(structuredContent.warnings.filter((warning) => /digest is gone/.test(warning)).length, 1,
      structuredContent.warnings.join('\n'));
    assert.match(structuredContent.report, /digest is gone/);
  }
  assertSet(sandbox, 'apps/shop/values.yaml', /v1@\S+/, tag);
  await sandbox.dispose();
});

test('encrypted files, and an expression that sets another image of the catalog, are refused', async () => {
  const sandbox = new Sandbox({ files, catalog: catalog({
    sops: { file: 'apps/sops/kustomization.yaml', imageName: 'app' },
    crypt: { file: 'apps/crypt/kustomization.yaml', imageName: 'app' },
    papi: { file: 'apps/all/kustomization.yaml', imageName: image },
    web: { file: 'apps/web/kustomization.yaml', imageName: 'ghcr.io/acme/web' },
  }) });
  const before = sandbox.head();
  for (const [service, text] of [
    ['sops', /^apps\/sops\/kustomization\.yaml:4: .*SOPS/],
    ['crypt', /^apps\/crypt\/kustomization\.yaml:1: .*git-crypt/],
    ['papi', /^apps\/all\/kustomization\.yaml:2: .*: ghcr\.io\/acme\/web$/],
  ]) {
    const { structuredContent } = await callOnce(sandbox, 'rollout', { service });
    assert.equal(structuredContent.code, 'bad_manifest', service);
    assert.match(structuredContent.message, text);
  }
  assert.equal(sandbox.head(), before);

  const alone = new Sandbox({ files, catalog: catalog({ papi: { file: 'apps/all/kustomization.yaml', imageName: image } }) });
  assert.equal((await callOnce(alone, 'rollout', { service: 'papi' })).structuredContent.status, 'updated');
  assertSet(alone, 'apps/all/kustomization.yaml', 'v1', tag);
  await alone.dispose();
  await sandbox.dispose();
});
