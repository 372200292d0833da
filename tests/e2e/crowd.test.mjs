// Many servers of many people at once, on one file of one remote: everybody's commit arrives, none is lost or doubled.

import assert from 'node:assert/strict';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { assertValidResult } from './support/schemas.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { eras, Server } from './support/server.mjs';
import { test } from './support/test.mjs';

const people = Number(process.env.ROLLOUT_E2E_PEOPLE ?? 16);
const names = Array.from({ length: people }, (_, i) => `image-${i}`);
const file = 'apps/all/kustomization.yaml';
const images = (tag) => `images:\n${names.map((name, i) => `  - name: ${name}\n    newTag: ${tag(i)} # ${i}\n`).join('')}`;

test(`${people} servers with separate homes roll out ${people} images in one file of one remote at once`, { timeout: 200_000 }, async () => {
  const sandbox = new Sandbox({
    files: { [file]: images(() => 'pr-1-0000000') },
    catalog: { services: Object.fromEntries(names.map((name) => [name, { imageGroup: name }])),
      imageGroups: Object.fromEntries(names.map((name) => [name, { file, imageName: name, type: 'kustomize-images' }])) },
  });
  const before = sandbox.head();
  const servers = await Promise.all(names.map((_, i) => {
    const home = join(sandbox.root, 'homes', String(i));
    mkdirSync(home, { recursive: true });
    cpSync(join(sandbox.home, '.claude'), join(home, '.claude'), { recursive: true });
    return Server.start(sandbox, { era: eras[i % eras.length], environment: { HOME: home } });
  }));
  const results = await Promise.all(servers.map((server, i) =>
    server.call('rollout', { service: names[i], tag: `pr-${i + 1}-abcdef0` })));
  await Promise.all(servers.map((server) => server.close()));

  for (const result of results) {
    assertValidResult('rollout', result);
    assert.equal(result.structuredContent.status, 'updated', result.content[0].text);
  }
  const commits = sandbox.git(sandbox.remote, 'log', '--format=%H %P', `${before}..main`).split('\n');
  assert.equal(commits.length, people);
  assert.ok(commits.every((line) => line.split(' ').length === 2), 'a merge');
  assert.deepEqual(new Set(commits.map((line) => line.split(' ')[0])), new Set(results.map((r) => r.structuredContent.commit)));
  assert.deepEqual(sandbox.git(sandbox.remote, 'log', '--format=%s', `${before}..main`).split('\n').sort(),
    names.map((name, i) => `chore(${name}): update image tag to pr-${i + 1}-abcdef0`).sort());
  assert.equal(sandbox.fileAt('main', file).toString(), images((i) => `pr-${i + 1}-abcdef0`));
  await sandbox.dispose();
});

test('four servers of one person, on one clone, one after the other; a lookup does not wait for them', async () => {
  const sandbox = new Sandbox();
  const before = sandbox.head();
  sandbox.hook('pre-receive', 'sleep 0.5');
  const servers = await Promise.all([1, 2, 3, 4].map(() => Server.start(sandbox)));
  const ended = [];
  const rollouts = servers.map(async (server, i) => {
    const result = await server.call('rollout', { service: i % 2 === 0 ? 'papi' : 'frontend', prNumber: i + 1 });
    ended.push('rollout');
    return result;
  });
  const lookups = servers.map(async (server) => {
    await server.call('lookup_service', { service: 'papi' });
    ended.push('lookup');
  });
  await Promise.all(lookups);
  assert.deepEqual(ended, ['lookup', 'lookup', 'lookup', 'lookup']);
  const results = await Promise.all(rollouts);
  await Promise.all(servers.map((server) => server.close()));
  for (const result of results) assert.equal(result.structuredContent.status, 'updated', result.content[0].text);
  assert.equal(sandbox.git(sandbox.remote, 'rev-list', '--count', `${before}..main`), '4');
  assert.equal(sandbox.git(sandbox.clone, 'rev-parse', 'HEAD'), sandbox.head());
  assert.equal(sandbox.git(sandbox.clone, 'status', '--porcelain'), '');
  await sandbox.dispose();
});
