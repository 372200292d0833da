// Many at once: 64 people with homes of their own on one file of one remote, and 16 processes of one person on one clone.
//   ROLLOUT_REMOTES_WRITERS   how many people (default 64)

import assert from 'node:assert/strict';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { assertValidResult } from '../e2e/support/schemas.mjs';
import { eras, Server } from '../e2e/support/server.mjs';
import { ofPrivateAuthority } from '../support/servers/certificates.mjs';
import { serveHttp } from '../support/servers/https.mjs';
import { scenario } from './support/world.mjs';

const writers = Number(process.env.ROLLOUT_REMOTES_WRITERS ?? 64);
const mostAttempts = 12;
const file = 'apps/all/kustomization.yaml';
const names = (count) => Array.from({ length: count }, (_, i) => `image-${i}`);
const images = (count, tag) => `images:\n${names(count).map((name, i) => `  - name: ${name}\n    newTag: ${tag(i)} # ${i}\n`).join('')}`;

const crowd = (count) => ({
  timeout: 280_000,
  files: { [file]: images(count, () => 'pr-1-0000000') },
  catalog: { services: Object.fromEntries(names(count).map((name) => [name, { imageGroup: name }])),
    imageGroups: Object.fromEntries(names(count).map((name) => [name, { file, imageName: name, type: 'kustomize-images' }])) },
});

// All roll out at once; environmentOf(i) is what is special about the i-th. Their results.
async function rollOutAtOnce(world, count, environmentOf) {
  const servers = await Promise.all(names(count).map((_, i) =>
    Server.start(world, { era: eras[i % eras.length], environment: environmentOf(i) })));
  const results = await Promise.all(servers.map((server, i) => server.call('rollout', { service: `image-${i}`, tag: `pr-${i + 1}-abcdef0` })));
  await Promise.all(servers.map((server) => server.close()));
  return results;
}

// Everybody's commit is there once, on one line of history, and the file holds what each has set.
function assertAllLanded(world, count, results) {
  for (const result of results) {
    assertValidResult('rollout', result);
    assert.equal(result.structuredContent.status, 'updated', result.content[0].text);
  }
  world.git(world.remote, 'fsck', '--strict', '--no-dangling');
  const log = world.git(world.remote, 'log', '--format=%H %P', `${world.base}..main`).split('\n').map((line) => line.split(' '));
  assert.equal(log.length, count);
  assert.ok(log.every((ids) => ids.length === 2), 'a merge');
  assert.deepEqual(new Set(log.map(([id]) => id)), new Set(results.map(({ structuredContent }) => structuredContent.commit)));
  assert.equal(world.fileAt('main', file).toString(), images(count, (i) => `pr-${i + 1}-abcdef0`));
}

// With an authority of the test's own: reading the system's takes each of the many gits longer than all the rest.
async function serveOverTls(world) {
  const tls = ofPrivateAuthority(world);
  world.configure(`[http]\n\tsslCAInfo = ${tls.authority}`);
  world.useRemote((await serveHttp(world, { tls, workers: 6 })).url);
}

for (const transport of ['file', 'https']) {
  scenario(`${writers} writers with separate homes over ${transport}: all land, none lost`, async (world) => {
    if (transport === 'https') await serveOverTls(world);
    const results = await rollOutAtOnce(world, writers, (i) => {
      const home = join(world.root, 'homes', String(i));
      mkdirSync(home, { recursive: true });
      cpSync(join(world.home, '.claude'), join(home, '.claude'), { recursive: true });
      return { HOME: home };
    });
    assertAllLanded(world, writers, results);
    const attempts = results.map(({ structuredContent }) => structuredContent.attempts).sort((a, b) => a - b);
    console.log(`attempts: median ${attempts[writers >> 1]}, most ${attempts.at(-1)}`);
    assert.ok(attempts.at(-1) <= mostAttempts, `attempts: ${attempts.join(' ')}`);
  }, crowd(writers));
}

scenario('16 processes on one shared clone: one after the other, all land', async (world) => {
  const results = await rollOutAtOnce(world, 16, () => ({}));
  assertAllLanded(world, 16, results);
  assert.deepEqual(new Set(results.map(({ structuredContent }) => structuredContent.attempts)), new Set([1]));
  world.assertClean();
  world.git(world.clone, 'fsck', '--strict', '--no-dangling');
}, crowd(16));
