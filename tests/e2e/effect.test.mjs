// Whether a rollout will take effect: regenerate records the wiring, and a rollout and a dry run judge it by the head that
// the commit stands on, over MCP and on the command line.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './support/command.mjs';
import { manifestFile, Sandbox } from './support/sandbox.mjs';
import { assertValidResult } from './support/schemas.mjs';
import { callOnce } from './support/server.mjs';
import { test } from './support/test.mjs';

const kustomization = (more = '') => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: backend
  namespace: flux-system
spec:
  interval: 1m
  path: ./apps/backend-services
  sourceRef:
    kind: GitRepository
    name: flux-system
${more}`;

const source = (url, branch) => `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: flux-system
  namespace: flux-system
spec:
  url: ${url}
  ref:
    branch: ${branch}
`;

const wiringFile = 'clusters/live/backend.yaml';
const sourceFile = 'clusters/live/source.yaml';

// With a catalog that regenerate made of a sound wiring.
function makeSandbox() {
  const sandbox = new Sandbox();
  delete sandbox.environment.ROLLOUT_SERVICES_FILE;
  sandbox.catalogFile = join(sandbox.configDirectory, 'flux-infra-guide/rdebug/services.json');
  sandbox.pushFromElsewhere(sourceFile, source(sandbox.url, 'main'));
  sandbox.pushFromElsewhere(wiringFile, kustomization());
  const { status, stderr } = run(sandbox, ['regenerate']);
  assert.equal(status, 0, stderr);
  return sandbox;
}

const rollout = (sandbox, ...more) => run(sandbox, ['rollout', 'backend-services', ...more]);

function effectOf(sandbox, ...more) {
  const { status, stdout, stderr } = rollout(sandbox, '--json', ...more);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

test('a sound wiring: yes, without a word', async () => {
  const sandbox = makeSandbox();
  for (const result of [effectOf(sandbox, '--dry-run'), effectOf(sandbox), effectOf(sandbox)]) {
    assert.deepEqual(result.effect, { followed: 'yes', notes: [] });
    assert.doesNotMatch(result.report, /This will not take effect/);
  }
  await sandbox.dispose();
});

test('regenerate records the wiring, and the same bytes again', async () => {
  const sandbox = makeSandbox();
  const catalog = readFileSync(sandbox.catalogFile, 'utf8');
  assert.deepEqual(JSON.parse(catalog).imageGroups['backend-services'].wiring, { kustomizations: [{ file: wiringFile, interval: '1m',
    name: 'backend', namespace: 'flux-system', path: 'apps/backend-services',
    source: { branch: 'main', file: sourceFile, name: 'flux-system', namespace: 'flux-system' } }] });
  assert.match(run(sandbox, ['regenerate', '--json']).stdout, /"status":\s*"unchanged"/);
  assert.equal(readFileSync(sandbox.catalogFile, 'utf8'), catalog);
  const { stdout } = run(sandbox, ['doctor']);
  assert.match(stdout, /Flux follows main at \.\/apps\/backend-services, Kustomization backend, every 1m/);
  await sandbox.dispose();
});

test('a wiring that has changed since: rollout and dry run say the same, and why', async () => {
  const sandbox = makeSandbox();
  assert.equal(effectOf(sandbox, '--dry-run').effect.followed, 'yes');
  sandbox.pushFromElsewhere(wiringFile, kustomization('  suspend: true\n'));
  const note = `The Flux Kustomization backend is suspended (${wiringFile}:12).`;
  const dry = effectOf(sandbox, '--dry-run');
  const real = effectOf(sandbox);
  for (const result of [dry, real]) {
    assert.deepEqual(result.effect, { followed: 'no', notes: [note] });
    assert.ok(result.warnings.includes(note), result.warnings.join('\n'));
    assert.ok(result.report.includes(`\n\nThis will not take effect: ${note}\n\n⚠ `), result.report);
    assert.doesNotMatch(result.report, /Flux will reconcile/);
  }
  assert.equal(real.status, 'updated');
  assert.match(sandbox.fileAt('main').toString(), /newTag: "pr-42-a1b2c3d"/);
  await sandbox.dispose();
});

test('the wiring is read from the head that the commit stands on, not from the one that was known', async () => {
  const sandbox = makeSandbox();
  assert.equal(effectOf(sandbox).effect.followed, 'yes');
  sandbox.pushFromElsewhere(sourceFile, source(sandbox.url, 'v2'));
  const { effect } = effectOf(sandbox, '--tag', 'pr-41-b1b2c3d');
  assert.equal(effect.followed, 'no');
  assert.match(effect.notes[0], /follows the branch v2 and not the branch main \(clusters\/live\/source\.yaml:9\)/);
  await sandbox.dispose();
});

test('over MCP the result is valid, with effect and without a wiring', async () => {
  const sandbox = makeSandbox();
  const known = await callOnce(sandbox, 'rollout', { service: 'backend-services', tag: 'pr-42-a1b2c3d', dryRun: true });
  assertValidResult('rollout', known);
  assert.equal(known.structuredContent.effect.followed, 'yes');
  const catalog = JSON.parse(readFileSync(sandbox.catalogFile, 'utf8'));
  Object.values(catalog.imageGroups).forEach((group) => delete group.wiring);
  writeFileSync(sandbox.catalogFile, JSON.stringify(catalog));
  const unknown = await callOnce(sandbox, 'rollout', { service: 'backend-services', tag: 'pr-42-a1b2c3d', dryRun: true });
  assertValidResult('rollout', unknown);
  assert.deepEqual(unknown.structuredContent.effect, { followed: 'unknown', notes: [] });
  const { stdout } = run(sandbox, ['doctor']);
  assert.match(stdout, /The catalog does not know how Flux gets .*Record it with `rollout-mcp regenerate`\./);
  await sandbox.dispose();
});

test('a wiring that leads out of the repository, or has another form, reads nothing there', async () => {
  const sandbox = makeSandbox();
  const catalog = JSON.parse(readFileSync(sandbox.catalogFile, 'utf8'));
  const group = catalog.imageGroups['backend-services'];
  group.wiring.kustomizations[0].file = '../../../../etc/passwd';
  writeFileSync(sandbox.catalogFile, JSON.stringify(catalog));
  assert.deepEqual(effectOf(sandbox, '--dry-run').effect, { followed: 'unknown', notes: [] });
  group.wiring = 'anything';
  writeFileSync(sandbox.catalogFile, JSON.stringify(catalog));
  const refused = rollout(sandbox, '--dry-run');
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /imageGroups\/backend-services\/wiring/);
  await sandbox.dispose();
});

test('an entry with a marker is followed, with a warning', async () => {
  const sandbox = makeSandbox();
  const marked = sandbox.fileAt('main').toString().replace('# set by a rollout', '# {"$imagepolicy": "flux-system:backend:tag"}');
  sandbox.pushFromElsewhere(manifestFile, marked);
  const { effect, report } = effectOf(sandbox);
  assert.equal(effect.followed, 'yes');
  assert.match(effect.notes[0], /^apps\/backend-services\/kustomization\.yaml:14 has an \$imagepolicy marker/);
  assert.match(report, /Flux will reconcile automatically/);
  await sandbox.dispose();
});

test('a file that nothing applies: no, until Flux\' objects change', async () => {
  const sandbox = makeSandbox();
  sandbox.pushFromElsewhere(sourceFile, `${source(sandbox.url, 'main')}---\n${kustomization().replace('name: backend', 'name: flux-system')
    .replace('./apps/backend-services', './clusters/live')}`);
  sandbox.pushFromElsewhere(wiringFile, kustomization().replace('./apps/backend-services', './apps/other'));
  assert.equal(run(sandbox, ['regenerate']).status, 0);
  const { effect } = effectOf(sandbox, '--dry-run');
  assert.equal(effect.followed, 'no');
  assert.match(effect.notes[0], /^No Flux Kustomization applies apps\/backend-services\/kustomization\.yaml: .*clusters\/live\/source\.yaml:18/);
  assert.equal(effectOf(sandbox).effect.followed, 'no');
  sandbox.pushFromElsewhere('clusters/live/new.yaml', kustomization());
  assert.deepEqual(effectOf(sandbox, '--dry-run').effect, { followed: 'unknown', notes: [] });
  await sandbox.dispose();
});
