// No secret and nothing invisible gets out, wherever it came from: a remote, gh, the configuration, a manifest, the
// catalog. All that the server writes is looked through: results, progress, its log on stderr and in a file, commits.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './support/command.mjs';
import { exampleCatalog, manifest, manifestFile, Sandbox } from './support/sandbox.mjs';
import { callOnce, eras, Server } from './support/server.mjs';
import { assertRefused } from './support/schemas.mjs';
import { test } from './support/test.mjs';

const secret = 'hunter2hunter2';
const hexadecimal = '0123456789abcdef0123456789abcdef01234567';
// Put together here, so that no scanner takes this file for one that leaks them.
const tokens = [['ghp', '0123456789abcdefghij'].join('_'), ['xoxb', '1234567890', 'abcdefghij'].join('-'),
  `AKIA${'IOSFODNN7EXAMPLE'}`, ['glpat', '0123456789abcdefghij'].join('-'), `ATATT3${'xFfGF0123456789abcdef'}`,
  `${'eyJhbGciOiJIUzI1NiJ9'}.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N`];
const leaks = [`password=${secret}`, `Password: ${secret}`, `Authorization: Basic ${secret}`, `PRIVATE-TOKEN: ${secret}`,
  `https://ann:${secret}@git.example.com/x`, `ann:${secret}@git.example.com/x`, `https://h.example/x?private_token=${secret}`,
  `https://h.example/x?X-Amz-Signature=${secret}`, `token ${hexadecimal}`, `{"client_secret": "${secret}"}`,
  `pass\u{E0041}word=${secret}`, `pass\u200bword=${secret}`, ...tokens];
const secrets = [secret, hexadecimal, ...tokens];
const invisible = ['\u{E0041}', '\u{E007F}', '\u200b', '\u200e', '\u200f', '\u061c', '\u2060', '\ufeff', '\ufe00', '\u00ad'];
const unseen = invisible.join('');

function assertClean(text, what) {
  for (const part of secrets) assert.ok(!text.includes(part), `${what}: ${part} in ${text}`);
  for (const character of invisible) {
    assert.ok(!text.includes(character) && !text.includes(JSON.stringify(character).slice(1, -1)),
      `${what}: U+${character.codePointAt(0).toString(16)} in ${text}`);
  }
}

// One call on a server that logs all it can; all that it wrote is clean.
async function callAndSearch(sandbox, tool, args, era) {
  const log = join(sandbox.root, 'tmp', `log-${era}`);
  const server = await Server.start(sandbox, { era, args: ['--log-level', 'trace', '--log-file', log] });
  const result = await server.call(tool, args, { progressToken: 'p' });
  await server.close();
  assertClean(server.lines.join('\n'), `${tool} in ${era}`);
  assertClean(server.stderr, 'stderr');
  assertClean(readFileSync(log, 'utf8'), 'the log');
  return result;
}

for (const era of eras) {
  test(`what a remote says: ${era}`, async () => {
    const sandbox = new Sandbox();
    const words = leaks.map((line) => `echo '${line}' >&2`).join('\n');
    sandbox.hook('pre-receive', `${words}\nprintf '%s\\n' 'ask the platform team ${unseen}' >&2\nexit 1`);
    const refused = await callAndSearch(sandbox, 'rollout', { service: 'papi' }, era);
    assertRefused(refused, 'rejected', /ask the platform team/);
    sandbox.hook('pre-receive', `${words}\necho 'deployed by the platform team' >&2`);
    const updated = await callAndSearch(sandbox, 'rollout', { service: 'papi' }, era);
    assert.equal(updated.structuredContent.status, 'updated');
    assert.match(updated.structuredContent.warnings.join('\n'), /deployed by the platform team/);
    await sandbox.dispose({ expected: [`tmp/log-${era}`] });
  });

  test(`what gh says: ${era}`, async () => {
    const sandbox = new Sandbox();
    for (const leak of leaks) {
      sandbox.failGh(`HTTP 500: ${leak} ${unseen}`, 1);
      assertRefused(await callAndSearch(sandbox, 'resolve_tag', {}, era), 'gh_failed', /HTTP 500/);
    }
    await sandbox.dispose({ expected: [`tmp/log-${era}`] });
  });
}

test('what a pull request, its checks and its branch are called', async () => {
  const sandbox = new Sandbox();
  const checks = leaks.map((leak) => ({ name: `${leak} ${unseen}`, status: 'COMPLETED', conclusion: 'FAILURE' }));
  sandbox.setPullRequest({ url: `https://ann:${secret}@h.example/pull/42`, state: `OPEN${unseen}`, statusCheckRollup: checks });
  await callAndSearch(sandbox, 'resolve_tag', {}, eras[0]);
  await callAndSearch(sandbox, 'rollout', { service: 'papi', verifyPipeline: true }, eras[0]);
  await sandbox.dispose({ expected: [`tmp/log-${eras[0]}`] });
});

test('a token in the wrong place of envs.json', async () => {
  const sandbox = new Sandbox();
  const url = sandbox.url;
  for (const value of [...leaks, { token: secret }, [secret]]) {
    for (const fields of [{ fluxGitRepo: url, fluxGitRepoType: value }, { fluxGitRepo: url, readOnly: value },
      { fluxGitRepo: [value] }, { fluxGitRepo: `-${leaks[0]}${value}` }, { fluxGitRepo: `x::a:${value}@h` }]) {
      sandbox.writeEnvs(fields);
      assertRefused(await callAndSearch(sandbox, 'rollout', { service: 'papi' }, eras[0]), 'bad_config', /envs\.json/);
    }
  }
  for (const text of [`{"rwenvs": ${secret}}`, `{"rwenvs": {"rdebug": "${secret}}`, `${secret}`, `{"${secret}" "x"}`]) {
    sandbox.write('home/.claude/rwenv/envs.json', text);
    assertRefused(await callAndSearch(sandbox, 'rollout', { service: 'papi' }, eras[0]), 'bad_config', /not JSON/);
  }
  await sandbox.dispose({ expected: [`tmp/log-${eras[0]}`] });
});

test('two equal keys of envs.json or of the catalog', async () => {
  const sandbox = new Sandbox();
  const before = sandbox.head();
  sandbox.write('home/.claude/rwenv/envs.json',
    `{"rwenvs": {"rdebug": {\n  "fluxGitRepo": "${sandbox.url}",\n  "readOnly": true,\n  "read\\u004fnly": false}}}`);
  const refused = await callOnce(sandbox, 'rollout', { service: 'papi' });
  assertRefused(refused, 'bad_config', /envs\.json:4:3: rwenvs\/rdebug\/readOnly: the key is there twice\./);
  const { file, ...place } = refused.structuredContent.details;
  assert.deepEqual(place, { line: 4, column: 3, field: '/rwenvs/rdebug/readOnly' });
  assert.match(file, /envs\.json$/);
  sandbox.writeEnvs({ fluxGitRepo: sandbox.url });
  sandbox.write('services.json', JSON.stringify(exampleCatalog()).replace('"lonely":', '"papi":'));
  assertRefused(await callOnce(sandbox, 'rollout', { service: 'papi' }), 'bad_config', /services\/papi: the key is there twice/);
  assert.equal(sandbox.head(), before);
  await sandbox.dispose();
});

test('a manifest and a catalog with secrets and invisible text: the diff, the report and the commit', async () => {
  const around = manifest
    .replace('  - name: backend-services\n', `  # ${unseen} password: ${secret}\n  - name: backend-services\n`)
    .replace('  - name: frontend\n', `  # token=${secret} ${unseen}\n  - name: frontend\n`);
  const catalog = exampleCatalog();
  const group = `back${unseen}end`;
  catalog.services = { papi: { imageGroup: group, description: `${unseen}Public token=${secret}` } };
  catalog.imageGroups = { [group]: { file: manifestFile, imageName: 'backend-services', type: 'kustomize-images', kustomization: 'backend' } };
  const sandbox = new Sandbox({ files: { [manifestFile]: around }, catalog });
  await callAndSearch(sandbox, 'lookup_service', { service: 'papi' }, eras[0]);
  const dry = await callAndSearch(sandbox, 'rollout', { service: 'papi', dryRun: true }, eras[0]);
  assert.match(dry.structuredContent.diff, /\+ {4}newTag: "pr-42-a1b2c3d"/);
  const result = await callAndSearch(sandbox, 'rollout', { service: 'papi' }, eras[0]);
  assert.equal(result.structuredContent.status, 'updated');
  assert.equal(sandbox.git(sandbox.remote, 'log', '-1', '--format=%B', 'main').trim(),
    'chore(backend): update image tag to pr-42-a1b2c3d');
  assert.equal(sandbox.fileAt('main').toString(), around.replace('pr-41-0f0e0d0', 'pr-42-a1b2c3d'), 'only the tag was changed');
  for (const json of [[], ['--json']]) {
    const { stdout, stderr } = run(sandbox, ['rollout', 'papi', '--tag', 'pr-43-a1b2c3d', '--dry-run', ...json]);
    assertClean(stdout + stderr, 'the command line');
    assert.match(stdout, /pr-43-a1b2c3d/);
  }
  await sandbox.dispose({ expected: [`tmp/log-${eras[0]}`] });
});
