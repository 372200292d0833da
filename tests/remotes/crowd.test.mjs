// Many at once: 64 people with homes of their own on one file of one remote, and 16 processes of one person on one clone.
//   ROLLOUT_REMOTES_WRITERS   how many people (default 64)

import assert from 'node:assert/strict';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { assertValidResult } from '../e2e/support/schemas.mjs';
import { eras, Server } from '../e2e/support/server.mjs';
import { ofPrivateAuthority } from '../support/servers/certificates.mjs';
import { serveHttp } from '../support/servers/https.mjs';
import { scenario } from './support/environment.mjs';

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
async function rollOutAtOnce(sandbox, count, environmentOf) {
  const servers = await Promise.all(names(count).map((_, i) =>
    Server.start(sandbox, { era: eras[i % eras.length], environment: environmentOf(i) })));
  const results = await Promise.all(servers.map((server, i) => server.call('rollout', { service: `image-${i}`, tag: `pr-${i + 1}-abcdef0` })));
  await Promise.all(servers.map((server) => server.close()));
  return results;
}

// Everybody's commit is there once, on one line of history, and the file holds what each has set.
function assertAllLanded(sandbox, count, results) {
  for (const result of results) {
    assertValidResult('rollout', result);
    assert.equal(result.structuredContent.status, 'updated', result.content[0].text);
  }
  sandbox.git(sandbox.remote, 'fsck', '--strict', '--no-dangling');
  const log = sandbox.git(sandbox.remote, 'log', '--format=%H %P', `${sandbox.base}..main`).split('\n').map((line) => line.split(' '));
  assert.equal(log.length, count);
  assert.ok(log.every((ids) => ids.length === 2), 'a merge');
  assert.deepEqual(new Set(log.map(([id]) => id)), new Set(results.map(({ structuredContent }) => structuredContent.commit)));
  assert.equal(sandbox.fileAt('main', file).toString(), images(count, (i) => `pr-${i + 1}-abcdef0`));
}

// With an authority of the test's own: reading the system's takes each of the many gits longer than all the rest.
async function serveOverTls(sandbox) {
  const tls = ofPrivateAuthority(sandbox);
  sandbox.configure(`[http]\n\tsslCAInfo = ${tls.authority}`);
  sandbox.useRemote((await serveHttp(sandbox, { tls, workers: 6 })).url);
}

for (const transport of ['file', 'https']) {
  scenario(`${writers} writers with separate homes over ${transport}: all land, none lost`, async (sandbox) => {
    if (transport === 'https') await serveOverTls(sandbox);
    const results = await rollOutAtOnce(sandbox, writers, (i) => {
      const home = join(sandbox.root, 'homes', String(i));
      mkdirSync(home, { recursive: true });
      cpSync(join(sandbox.home, '.claude'), join(home, '.claude'), { recursive: true });
      return { HOME: home };
    });
    assertAllLanded(sandbox, writers, results);
    const attempts = results.map(({ structuredContent }) => structuredContent.attempts).sort((a, b) => a - b);
    console.log(`attempts: median ${attempts[writers >> 1]}, most ${attempts.at(-1)}`);
    assert.ok(attempts.at(-1) <= mostAttempts, `attempts: ${attempts.join(' ')}`);
  }, crowd(writers));
}

scenario('16 processes on one shared clone: one after the other, all land', async (sandbox) => {
  const results = await rollOutAtOnce(sandbox, 16, () => ({}));
  assertAllLanded(sandbox, 16, results);
  assert.deepEqual(new Set(results.map(({ structuredContent }) => structuredContent.attempts)), new Set([1]));
  sandbox.assertClean();
  sandbox.git(sandbox.clone, 'fsck', '--strict', '--no-dangling');
}, crowd(16));
