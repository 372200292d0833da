// Many at once: 64 people with homes of their own on one file of one remote, and 16 processes of one person on one clone.
//   ROLLOUT_REMOTES_WRITERS   how many people (default 64; over HTTPS, which takes several times as long, 16)

import assert from 'node:assert/strict';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assertValidResult } from '../e2e/support/schemas.mjs';
import { eras, Server } from '../e2e/support/server.mjs';
import { ofPrivateAuthority } from '../../stand_ins/certificates.mjs';
import { serveHttp } from '../../stand_ins/https.mjs';
import { scenario } from './support/environment.mjs';

const writersOver = { file: Number(process.env.ROLLOUT_REMOTES_WRITERS ?? 64), https: Number(process.env.ROLLOUT_REMOTES_WRITERS ?? 16) };
const mostAttempts = 40;
const mostCalls = 6;
const file = 'apps/all/kustomization.yaml';
const otherFile = 'apps/other/kustomization.yaml'; // of the writers' second services
const names = (count) => Array.from({ length: count }, (_, i) => `image-${i}`);
const images = (count, tag) => `images:\n${names(count).map((name, i) => `  - name: ${name}\n    newTag: ${tag(i)} # ${i}\n`).join('')}`;
const other = (name) => `other-${name}`;
const one = (i) => ({ service: `image-${i}` });
const two = (i) => ({ services: [`image-${i}`, other(`image-${i}`)] });

const crowd = (count) => {
  const old = images(count, () => 'pr-1-0000000');
  const groups = names(count).flatMap((name) => [[name, file, name], [other(name), otherFile, name]]);
  return {
    timeout: 560_000,
    files: { [file]: old, [otherFile]: old },
    catalog: { services: Object.fromEntries(groups.map(([name]) => [name, { imageGroup: name }])),
      imageGroups: Object.fromEntries(groups.map(([name, where, imageName]) => [name, { file: where, imageName, type: 'kustomize-images' }])) },
  };
};

// Rolls out until the commit has landed. On a slow machine others may be faster for two minutes: the rollout then says so, and its person
// does what it says, which is to try again.
async function rollOut(server, args, tool = 'rollout') {
  for (let calls = 1; ; ++calls) {
    const result = await server.call(tool, args);
    if (result.structuredContent.code !== 'conflict' || calls === mostCalls) return result;
    assertValidResult(tool, result);
  }
}

// All roll out at once: the i-th rolls out servicesOf(i), and environmentOf(i) is what is special about it. Their results.
async function rollOutAtOnce(sandbox, count, servicesOf, environmentOf) {
  const servers = await Promise.all(names(count).map((_, i) =>
    Server.start(sandbox, { era: eras[i % eras.length], environment: environmentOf(i) })));
  const results = await Promise.all(servers.map((server, i) => rollOut(server, { ...servicesOf(i), tag: `pr-${i + 1}-abcdef0` })));
  await Promise.all(servers.map((server) => server.close()));
  return results;
}

// Everybody's commit is there once, on one line of history, and the files hold what each has set.
function assertAllLanded(sandbox, count, results, files) {
  for (const result of results) {
    assertValidResult('rollout', result);
    assert.equal(result.structuredContent.status, 'updated', result.content[0].text);
  }
  sandbox.git(sandbox.remote, 'fsck', '--strict', '--no-dangling');
  const log = sandbox.git(sandbox.remote, 'log', '--format=%H %P', `${sandbox.base}..main`).split('\n').map((line) => line.split(' '));
  assert.equal(log.length, count);
  assert.ok(log.every((ids) => ids.length === 2), 'a merge');
  assert.deepEqual(new Set(log.map(([id]) => id)), new Set(results.map(({ structuredContent }) => structuredContent.commit)));
  for (const each of files) assert.equal(sandbox.fileAt('main', each).toString(), images(count, (i) => `pr-${i + 1}-abcdef0`));
}

// With an authority of the test's own: reading the system's takes each of the many gits longer than all the rest.
async function serveOverTls(sandbox) {
  const tls = ofPrivateAuthority(sandbox);
  sandbox.configure(`[http]\n\tsslCAInfo = ${tls.authority}`);
  sandbox.useRemote((await serveHttp(sandbox, { tls, workers: 6 })).url);
}

for (const [transport, what, servicesOf, files] of [['file', 'two services each', two, [file, otherFile]], ['https', 'a service each', one, [file]]]) {
  const writers = writersOver[transport];
  scenario(`${writers} writers with separate homes over ${transport}, ${what}: all land, none lost`, async (sandbox) => {
    if (transport === 'https') await serveOverTls(sandbox);
    const results = await rollOutAtOnce(sandbox, writers, servicesOf, (i) => {
      return { HOME: homeOf(sandbox, i) };
    });
    assertAllLanded(sandbox, writers, results, files);
    const attempts = results.map(({ structuredContent }) => structuredContent.attempts).sort((a, b) => a - b);
    console.log(`attempts: median ${attempts[writers >> 1]}, most ${attempts.at(-1)}`);
    assert.ok(attempts.at(-1) <= mostAttempts, `attempts: ${attempts.join(' ')}`);
  }, crowd(writers));
}

// A home of the writer's own, with the configuration that the sandbox's has.
function homeOf(sandbox, i) {
  const home = join(sandbox.root, 'homes', String(i));
  mkdirSync(home, { recursive: true });
  cpSync(join(sandbox.home, '.claude'), join(home, '.claude'), { recursive: true });
  return home;
}

// Each has rolled out once. Then one half rolls out again while the other half puts back what it had rolled out.
scenario(`${writersOver.file} writers of mixed rollouts and rollbacks: none is lost, and nobody's value is another's`, async (sandbox) => {
  const count = writersOver.file;
  const all = names(count);
  const work = join(sandbox.root, 'tmp/seeding');
  sandbox.git(sandbox.root, 'clone', '-q', sandbox.remote, work);
  writeFileSync(join(work, file), images(count, (i) => `pr-${i + 1}-0000000`));
  sandbox.git(work, 'commit', '-qam', 'as each has rolled out');
  sandbox.git(work, 'push', '-q', 'origin', 'HEAD:main');
  rmSync(work, { recursive: true });
  const base = sandbox.head();
  const isBack = (i) => i % 2 === 1;
  const servers = await Promise.all(all.map((_, i) => Server.start(sandbox, { era: eras[i % eras.length], environment: { HOME: homeOf(sandbox, i) } })));
  const results = await Promise.all(servers.map((server, i) => (isBack(i)
    ? rollOut(server, one(i), 'rollback') : rollOut(server, { ...one(i), tag: `pr-${i + 1}-abcdef0` }))));
  await Promise.all(servers.map((server) => server.close()));
  results.forEach((result, i) => {
    assertValidResult(isBack(i) ? 'rollback' : 'rollout', result);
    assert.equal(result.structuredContent.status, 'updated', result.content[0].text);
    assert.equal(result.structuredContent.previousTag, `pr-${i + 1}-0000000`);
  });
  assert.equal(sandbox.fileAt('main', file).toString(),
    images(count, (i) => (isBack(i) ? 'pr-1-0000000' : `pr-${i + 1}-abcdef0`)));
  const log = sandbox.git(sandbox.remote, 'log', '--format=%H %P %s', `${base}..main`).split('\n');
  assert.equal(log.length, count);
  assert.equal(log.filter((line) => /revert\(image-\d+\): image tag back to pr-1-0000000$/.test(line)).length, count >> 1);
  assert.deepEqual(new Set(log.map((line) => line.split(' ')[0])), new Set(results.map(({ structuredContent }) => structuredContent.commit)));
  sandbox.git(sandbox.remote, 'fsck', '--strict', '--no-dangling');
}, crowd(writersOver.file));

scenario('16 processes on one shared clone: one after the other, all land', async (sandbox) => {
  const results = await rollOutAtOnce(sandbox, 16, one, () => ({}));
  assertAllLanded(sandbox, 16, results, [file]);
  assert.deepEqual(new Set(results.map(({ structuredContent }) => structuredContent.attempts)), new Set([1]));
  sandbox.assertClean();
  sandbox.git(sandbox.clone, 'fsck', '--strict', '--no-dangling');
}, crowd(16));
