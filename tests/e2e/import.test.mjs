// import: the catalog that another rwenv plugin left, for each rwenv that has none; and what doctor says of such plugins.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import { run } from './support/command.mjs';
import { exampleCatalog, Sandbox } from './support/sandbox.mjs';
import { test } from './support/test.mjs';

const schema = (name) => JSON.parse(readFileSync(new URL(`../../schemas/${name}.json`, import.meta.url), 'utf8'));
const isValid = new Ajv2020({ strict: false }).compile(schema('import'));
const cache = 'home/.claude/plugins/cache';
const inPlugin = 'skills/flux-infra-guide/data/services.json';
const own = { ROLLOUT_SERVICES_FILE: '' }; // no catalog is named

function writeCatalog(sandbox, plugin, text = JSON.stringify(exampleCatalog(), null, 2)) {
  return sandbox.write(join(cache, plugin, inPlugin), text);
}

const catalogOf = (sandbox, rwenv) => join(sandbox.configDirectory, 'flux-infra-guide', rwenv, 'services.json');
const checksOf = (sandbox) => Object.fromEntries(JSON.parse(run(sandbox, ['doctor', '--json'], { environment: own }).stdout).checks
  .map((check) => [check.name, check]));

test('doctor offers it, it is imported once, and a rollout uses it', async () => {
  const sandbox = new Sandbox();
  sandbox.writeEnvs({ fluxGitRepo: sandbox.url }, { live: { fluxGitRepo: sandbox.url, readOnly: true } });
  assert.equal(run(sandbox, ['rollout', 'papi'], { environment: own }).status, 1);
  assert.doesNotMatch(checksOf(sandbox).catalog.hint, /import/);
  const source = writeCatalog(sandbox, 'acme/rwenv/1.2.0');
  writeCatalog(sandbox, 'acme/rwenv/1.1.0', 'an older version');
  assert.match(checksOf(sandbox).catalog.hint, /Or copy the catalog that rwenv@acme has left, with `rollout-mcp import`\.$/);

  const imported = run(sandbox, ['import'], { environment: own });
  assert.equal(imported.status, 0, imported.stderr);
  assert.equal(imported.stdout, `✓ Imported the catalog of rwenv@acme 1.2.0

From: ${source}
Services: 9

live: ${catalogOf(sandbox, 'live')}
other.env-1: ${catalogOf(sandbox, 'other.env-1')}
rdebug: ${catalogOf(sandbox, 'rdebug')}

\`rollout-mcp regenerate\` brings it up to date with the Flux repository.
`);
  for (const rwenv of ['live', 'rdebug']) {
    assert.deepEqual(JSON.parse(readFileSync(catalogOf(sandbox, rwenv), 'utf8')), { ...exampleCatalog(), importedFrom: 'rwenv@acme 1.2.0' });
  }
  const rollout = run(sandbox, ['rollout', 'papi'], { environment: own });
  assert.equal(rollout.status, 0, rollout.stderr);

  rmSync(catalogOf(sandbox, 'live'));
  const again = JSON.parse(run(sandbox, ['import', '--json'], { environment: own }).stdout);
  assert.ok(isValid(again), JSON.stringify(isValid.errors));
  assert.deepEqual([again.imported, again.kept].map((list) => list.map(({ rwenv }) => rwenv)), [['live'], ['other.env-1', 'rdebug']]);
  const third = run(sandbox, ['import'], { environment: own });
  assert.equal(third.status, 0);
  assert.match(third.stdout, /^✓ Nothing to import: every rwenv has a catalog\n/);
  await sandbox.dispose({ expected: ['.claude/plugins'] });
});

test('a catalog that was imported is one that regenerate takes up, and its origin stays', async () => {
  const sandbox = new Sandbox();
  sandbox.writeEnvs({ fluxGitRepo: sandbox.url });
  writeCatalog(sandbox, 'acme/rwenv/1.2.0', JSON.stringify({ services: { papi: { imageGroup: 'backend-services', description: 'By hand' } },
    imageGroups: exampleCatalog().imageGroups }));
  assert.equal(run(sandbox, ['import'], { environment: own }).status, 0);
  const regenerated = run(sandbox, ['regenerate'], { environment: own });
  assert.equal(regenerated.status, 0, regenerated.stderr);
  const catalog = JSON.parse(readFileSync(catalogOf(sandbox, 'rdebug'), 'utf8'));
  assert.equal(catalog.importedFrom, 'rwenv@acme 1.2.0');
  assert.equal(catalog.services.papi.description, 'By hand');
  await sandbox.dispose({ expected: ['.claude/plugins'] });
});

test('several plugins are named; one that is broken is passed over, or refused with its place', async () => {
  const sandbox = new Sandbox();
  sandbox.writeEnvs({ fluxGitRepo: sandbox.url });
  const broken = writeCatalog(sandbox, 'acme/broken/1.0.0', '{\n  "services": []\n}\n');
  const refused = run(sandbox, ['import'], { environment: own });
  assert.equal(refused.status, 1);
  assert.ok(refused.stderr.startsWith(`${broken}:2:15: services: `), refused.stderr);
  assert.equal(JSON.parse(run(sandbox, ['import', '--json'], { environment: own }).stdout).code, 'bad_config');

  writeCatalog(sandbox, 'acme/rwenv/1.0.0');
  writeCatalog(sandbox, 'zeta/rwenv/2.0.0');
  const result = JSON.parse(run(sandbox, ['import', '--json'], { environment: own }).stdout);
  assert.ok(isValid(result), JSON.stringify(isValid.errors));
  assert.deepEqual([result.plugin, result.otherPlugins], ['rwenv@acme', ['rwenv@zeta']]);
  assert.match(result.warnings[0], /^The catalog of broken@acme was passed over: /);
  assert.match(result.warnings[1], /rwenv@zeta.*That of rwenv@acme was taken because its name comes first/);
  await sandbox.dispose({ expected: ['.claude/plugins'] });
});

test('links and pipes in the cache are left alone, and nothing waits for them', async () => {
  const sandbox = new Sandbox();
  sandbox.writeEnvs({ fluxGitRepo: sandbox.url });
  const elsewhere = sandbox.write('elsewhere/services.json', JSON.stringify(exampleCatalog()));
  for (const [plugin, make] of [
    ['linked', (file) => symlinkSync(elsewhere, file)],
    ['pipe', (file) => assert.equal(spawnSync('mkfifo', [file]).status, 0)],
  ]) {
    const file = join(sandbox.root, cache, 'acme', plugin, '1.0.0', inPlugin);
    mkdirSync(dirname(file), { recursive: true });
    make(file);
  }
  const { status, stdout, stderr } = run(sandbox, ['import'], { environment: own });
  assert.equal(status, 1);
  assert.equal(stdout, '');
  assert.equal(stderr, `No other plugin below ${join(sandbox.root, cache)} has a catalog (${inPlugin}).\nMake one with \`rollout-mcp regenerate\`.\n`);
  assert.doesNotMatch(checksOf(sandbox).catalog.hint, /import/);
  await sandbox.dispose({ expected: ['.claude/plugins'] });
});

test('doctor names the plugins that answer to /rollout as well', async () => {
  const sandbox = new Sandbox();
  sandbox.write(`${cache}/acme/rwenv/1.2.0/skills/rollout/SKILL.md`, '---\nname: rollout\n---\n');
  sandbox.write(`${cache}/rollout-mcp/rollout/0.1.0/skills/rollout/SKILL.md`, '');
  sandbox.write(`${cache}/rollout-mcp/rollout/0.1.0/bin/rollout-mcp`, '');
  const { state, message, hint } = checksOf(sandbox).plugins;
  assert.equal(state, 'note');
  assert.equal(message, "Another plugin answers to `/rollout`, too: rwenv@acme. `/rollout:rollout` is always this one's.");
  assert.match(hint, /^Type `\/rollout:rollout`/);
  await sandbox.dispose({ expected: ['.claude/plugins'] });
});
