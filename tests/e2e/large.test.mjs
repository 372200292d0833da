// A catalog of 100,000 services: what 64 lists of it at once take of memory, and that it is given back; and that what
// needs no list makes none.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Sandbox } from './support/sandbox.mjs';
import { eras, Server } from './support/server.mjs';
import { test } from './support/test.mjs';

const count = 100_000;
const atOnce = 64;
const most = 300; // MiB

const mebibytes = (kibibytes) => Number(kibibytes) / 1024;
const memoryOf = (pid) => mebibytes(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }));
// The system's own record, where it keeps one; else what was seen.
function peakOf(pid, seen) {
  const status = `/proc/${pid}/status`;
  return existsSync(status) ? mebibytes(/VmHWM:\s*(\d+)/.exec(readFileSync(status, 'utf8'))[1]) : seen;
}

function largeCatalog() {
  const catalog = { generatedAt: '2026-01-02T03:04:05Z', services: {}, imageGroups: {} };
  for (let i = 0; i < count; i++) {
    const name = `service-${String(i).padStart(6, '0')}`;
    catalog.services[name] = { imageGroup: `group-${i}`, kustomization: 'apps', namespace: 'shop', deployment: name };
    catalog.imageGroups[`group-${i}`] = { file: `apps/team-${i % 100}/${name}/kustomization.yaml`,
      imageName: `registry.example.com/shop/${name}`, type: 'kustomize-images', namespace: 'shop' };
  }
  return catalog;
}

const read = (server) => server.request('resources/read', { uri: 'rollout://services' });
const refusal = (server) => server.call('rollout', {});
const lookup = (server) => server.call('lookup_service', { service: 'servixe-000001' });
const completion = (server) => server.request('completion/complete',
  { ref: { type: 'ref/resource', uri: 'rollout://services/{service}' }, argument: { name: 'service', value: 's' } });

// A build with sanitizers keeps freed memory on purpose.
const sanitized = /__asan_init|__tsan_init/.test(readFileSync(process.env.ROLLOUT_MCP, 'latin1'));

for (const era of eras) {
  test(`64 lists of a large catalog at once (${era})`, { skip: sanitized && 'a build with sanitizers', timeout: 300_000 }, async () => {
    const sandbox = new Sandbox({ catalog: largeCatalog() });
    const server = await Server.start(sandbox, { era });
    let seen = 0;
    let done = false;
    const watching = (async () => {
      while (!done) {
        seen = Math.max(seen, memoryOf(server.child.pid));
        await sleep(20);
      }
    })();
    for (const [what, ask] of Object.entries({ read, refusal, lookup, completion })) {
      const results = await Promise.all(Array.from({ length: atOnce }, () => ask(server)));
      assert.equal(new Set(results.map((result) => JSON.stringify(result))).size, 1, `${what}: the answers differ`);
      server.lines.length = 0;
      if (what === 'read') {
        const { services } = JSON.parse(results[0].contents[0].text);
        assert.equal(services.length, count);
        assert.deepEqual(services[count - 1], { service: 'service-099999', imageGroup: 'group-99999' });
      }
      const peak = peakOf(server.child.pid, seen);
      assert.ok(peak <= most, `${what}: ${peak.toFixed()} MiB at the peak`);
    }
    done = true;
    await watching;
    const kept = memoryOf(server.child.pid);
    assert.ok(kept <= most / 2, `${kept.toFixed()} MiB are kept`);
    await server.close();
    await sandbox.dispose();
  });
}

// A list of the names alone takes 3 MiB, and 64 requests at once would make several.
test('a refusal, nearest names and a completion copy no list of a large catalog',
  { skip: (sanitized && 'a build with sanitizers') || (!existsSync('/proc/self/clear_refs') && 'no record of the peak'), timeout: 300_000 }, async () => {
    const sandbox = new Sandbox({ catalog: largeCatalog() });
    await sleep(2500); // a catalog that has changed a moment ago is read for each request
    const server = await Server.start(sandbox);
    const { pid } = server.child;
    for (const [what, ask] of Object.entries({ refusal, lookup, completion })) {
      await ask(server);
      const before = memoryOf(pid);
      writeFileSync(`/proc/${pid}/clear_refs`, '5'); // the peak is measured from here
      await Promise.all(Array.from({ length: atOnce }, () => ask(server)));
      const more = peakOf(pid) - before;
      assert.ok(more <= 5, `${what}: ${more.toFixed(1)} MiB`);
    }
    await server.close();
    await sandbox.dispose();
  });

test('a client that does not read its lists holds up their making', { skip: sanitized && 'a build with sanitizers', timeout: 300_000 }, async () => {
  const sandbox = new Sandbox({ catalog: largeCatalog() });
  const server = await Server.start(sandbox);
  server.child.stdout.pause();
  const results = Array.from({ length: atOnce }, () => read(server));
  let last = -1;
  for (let still = 0; still < 20; await sleep(100)) { // until nothing more is made
    const now = memoryOf(server.child.pid);
    still = Math.abs(now - last) < 1 ? still + 1 : 0;
    last = now;
  }
  server.child.stdout.resume();
  assert.equal((await Promise.all(results)).length, atOnce);
  const peak = peakOf(server.child.pid, last);
  assert.ok(peak <= most, `${peak.toFixed()} MiB at the peak`);
  await server.close();
  await sandbox.dispose();
});
