// The same engine on the command line: exit statuses, what goes to stdout and what to stderr, --json as the tool's
// structured content, and the demo, which needs nothing and leaves nothing.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, runScript } from './support/command.mjs';
import { leftoversOf } from './support/processes.mjs';
import { exampleCatalog, manifestFile, Sandbox } from './support/sandbox.mjs';
import { binary, callOnce } from './support/server.mjs';
import { test } from './support/test.mjs';

// eslint-disable-next-line no-control-regex
const escapes = /\u001b|\r/;

test('rollout: the report on stdout, status 0', async () => {
  const sandbox = new Sandbox();
  const { status, stdout, stderr } = run(sandbox, ['rollout', 'papi']);
  assert.equal(status, 0, stderr);
  assert.equal(stdout.split('\n')[0], '✓ Updated backend-services to pr-42-a1b2c3d');
  assert.match(stdout, /Services affected: papi, worker\.mail\n/);
  assert.doesNotMatch(stdout + stderr, escapes);
  assert.equal(sandbox.git(sandbox.remote, 'log', '-1', '--format=%s', 'main'), 'chore(backend-services): update image tag to pr-42-a1b2c3d');
  await sandbox.dispose();
});

test('rollout: a refusal on stderr, nothing on stdout, status 1', async () => {
  const sandbox = new Sandbox();
  const before = sandbox.head();
  const { status, stdout, stderr } = run(sandbox, ['rollout', 'lonely']);
  assert.equal(status, 1);
  assert.equal(stdout, '');
  assert.match(stderr, /No imageGroup configured for 'lonely'\. Update services\.json or provide the file path manually\./);
  assert.equal(sandbox.head(), before);
  await sandbox.dispose();
});

test('a hint names options and commands; the same in a tool\'s result names arguments and tools', async () => {
  const sandbox = new Sandbox();
  for (const [args, tool, toolArguments, here, there, arrange] of [
    [['rollout', 'nothing-like-it'], 'rollout', { service: 'nothing-like-it' }, ['`rollout-mcp regenerate`', '`--file`', '`--image`'],
      ['`regenerate_services`', '`file`', '`imageName`']],
    [['rollout', 'lonely'], 'rollout', { service: 'lonely' }, ['`rollout-mcp regenerate`', '`--file`'], ['`regenerate_services`', '`file`']],
    [['lookup', 'lonely'], 'lookup_service', { service: 'lonely' }, ['`rollout-mcp regenerate`'], ['`regenerate_services`']],
    [['rollout', 'papi', '--file', 'apps/none.yaml'], 'rollout', { service: 'papi', file: 'apps/none.yaml' }, ['`--file`'], ['`file`']],
    [['regenerate', '--path', 'nowhere'], 'regenerate_services', { path: 'nowhere' }, ['`--path`'], ['`path`']],
    [['rollout', 'papi'], 'rollout', { service: 'papi' }, ['`--pr`'], ['`prNumber`'], (s) => s.failGh('HTTP 502', 1)],
    [['rollout', 'papi'], 'rollout', { service: 'papi' }, ['`rollout-mcp rwenv set`'], ['`/rwenv-set`', '`set_rwenv`'], (s) => rmSync(join(s.project, '.claude/rwenv'))],
  ]) {
    arrange?.(sandbox);
    const refused = run(sandbox, args);
    const result = await callOnce(sandbox, tool, toolArguments);
    assert.equal(refused.status, 1, refused.stdout);
    assert.equal(result.isError, true, JSON.stringify(result));
    const { message, hint } = result.structuredContent;
    const [said, ...advised] = refused.stderr.split('\n');
    assert.equal(said.replace(/^--/, ''), message);
    assert.doesNotMatch(message, /--/);
    for (const word of here) assert.ok(advised.join('\n').includes(word), `${word} is not in: ${refused.stderr}`);
    for (const word of there) assert.ok(hint.includes(word), `${word} is not in: ${hint}`);
    assert.doesNotMatch(advised.join('\n'), /`(prNumber|file|imageName|path|projectDir|regenerate_services)`/);
    assert.doesNotMatch(hint, /`--|rollout-mcp /);
    assert.doesNotMatch(refused.stderr + hint, /\{[a-z_A-Z]+\}/);
  }
  await sandbox.dispose();
});

test('a message that names an argument names the option on the command line', async () => {
  const sandbox = new Sandbox();
  const inside = "expected a path relative to the Flux repository's root and inside it.";
  const there = "given '/none/such', expected the absolute path of an existing directory.";
  for (const [args, said, toolArguments, message] of [
    [['--image', 'x', 'papi'], '--image is accepted only together with `--file`.', { service: 'papi', imageName: 'x' },
      'imageName is accepted only together with `file`.'],
    [['--path', '.a', 'papi'], '--path is accepted only together with `--file`.', { service: 'papi', path: '.a' },
      'path is accepted only together with `file`.'],
    [['--file', 'a.yaml'], '--image is missing; with `--file` and no service it says which image.', { file: 'a.yaml' },
      'imageName is missing; with `file` and no service it says which image.'],
    [['--tag', 'pr-7-0123abc', '--pr', '8', 'papi'], '--pr: given 8, expected 7, the number in the tag.',
      { service: 'papi', tag: 'pr-7-0123abc', prNumber: 8 }, 'prNumber: given 8, expected 7, the number in the tag.'],
    [['--file', '../a', 'papi'], `--file: given '../a', ${inside}`, { service: 'papi', file: '../a' }, `file: given '../a', ${inside}`],
    [['--project', '/none/such', 'papi'], `--project: ${there}`, { service: 'papi', projectDir: '/none/such' }, `projectDir: ${there}`],
  ]) {
    const refused = run(sandbox, ['rollout', ...args]);
    assert.equal(refused.status, 1, refused.stdout);
    assert.equal(refused.stderr.split('\n')[0], said);
    assert.equal(JSON.parse(run(sandbox, ['rollout', ...args, '--json']).stdout).message, message);
    const result = await callOnce(sandbox, 'rollout', toolArguments);
    assert.equal(result.isError, true);
    if (toolArguments.service !== undefined) assert.equal(result.structuredContent.message, message);
  }
  await sandbox.dispose();
});

// The names in braces that texts are written with are those that are known, and each stands where it becomes a mark.
test('every name that a text leaves to the reader is one that each reader has', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const words = (text) => [...text.matchAll(/\{([a-z][a-zA-Z_]*)\}/g)].map(([, word]) => word);
  const literal = /"(?:[^"\\\n]|\\.)*"/g;
  const known = new Set([...readFileSync(join(root, 'tools/hint_words.cc'), 'utf8').matchAll(/^    \{"(\w+)", "/gm)].map(([, word]) => word));
  const sources = ['engine', 'tools', 'cli'].flatMap((directory) => readdirSync(join(root, directory), { recursive: true })
    .filter((name) => /\.(cc|h)$/.test(name)).map((name) => readFileSync(join(root, directory, name), 'utf8')));
  const marked = sources.flatMap((source) => [...source.matchAll(/\bfor_reader\(\s*((?:"(?:[^"\\\n]|\\.)*"\s*)+)\)/g)].map(([, text]) => text));
  const labels = sources.flatMap((source) => [...source.matchAll(/\breader_label\("(\w+)"\)/g)].map(([, word]) => word));
  const used = [...marked.flatMap(words), ...labels];
  assert.ok(known.size > 5 && marked.length > 5 && labels.length > 5 && used.length > 10);
  assert.deepEqual(used.filter((word) => !known.has(word)), []);
  // Elsewhere such a name would be shown with its braces; the one that is meant so is of a resource template.
  const elsewhere = sources.flatMap((source) => [...source.matchAll(literal)].map(([text]) => text))
    .filter((text) => words(text).some((word) => known.has(word)) && !marked.some((whole) => whole.includes(text)));
  assert.deepEqual(elsewhere.filter((text) => !text.includes('rollout://services/{service}')), []);
});

test('wrong usage: status 2, said on stderr', async () => {
  const sandbox = new Sandbox();
  for (const args of [['deploy'], ['rollout', 'papi', '--force'], ['rollout', 'papi', '--pr'], ['rollout', 'papi', '--pr', 'x'], ['lookup']]) {
    const { status, stdout, stderr } = run(sandbox, args);
    assert.equal(status, 2, `${args}: ${stdout}${stderr}`);
    assert.equal(stdout, '');
    assert.notEqual(stderr, '');
  }
  await sandbox.dispose();
});

test('wrong usage with --json: status 2, and the refusal as one object', async () => {
  const sandbox = new Sandbox();
  for (const args of [['rollout', 'papi', '--force'], ['rollout', 'papi', '--pr', 'x'], ['lookup'], ['deploy']]) {
    const { status, stdout, stderr } = run(sandbox, [...args, '--json']);
    assert.equal(status, 2, `${args}: ${stdout}${stderr}`);
    const refusal = JSON.parse(stdout);
    assert.equal(refusal.status, 'refused');
    assert.equal(refusal.code, 'bad_argument');
    assert.equal(stderr, `${refusal.message}\n${refusal.hint}\n`);
  }
  await sandbox.dispose();
});

// A stack larger than what may be mapped: the first thread cannot be made.
test('no thread can be started: a refusal, with --json an object, status 1', { skip: process.platform !== 'linux' }, async () => {
  const sandbox = new Sandbox();
  const before = sandbox.head();
  for (const args of [['rollout', 'papi'], ['resolve-tag'], ['regenerate'], ['doctor']]) {
    const { status, stdout, stderr } = runScript(sandbox, 'ulimit -s 1000000 && ulimit -v 900000 && exec "$0" "$@"', [...args, '--json']);
    assert.equal(status, 1, `${args}: ${stdout}${stderr}`);
    const refusal = JSON.parse(stdout);
    assert.equal(refusal.code, 'internal');
    assert.match(refusal.message, /thread/);
    assert.match(stderr, /No further thread can be started\./);
  }
  assert.equal(sandbox.head(), before);
  await sandbox.dispose();
});

test('each option of rollout is the tool\'s argument', async () => {
  const sandbox = new Sandbox();
  const elsewhere = run(sandbox, ['rollout', 'newcomer', '--file', manifestFile, '--image', 'frontend', '--tag', 'pr-8-0123abc',
    '--dry-run', '--project', sandbox.project, '--json'], { cwd: '/' });
  assert.equal(elsewhere.status, 0, elsewhere.stderr);
  const tool = await callOnce(sandbox, 'rollout', { service: 'newcomer', file: manifestFile, imageName: 'frontend', tag: 'pr-8-0123abc',
    dryRun: true, projectDir: sandbox.project });
  assert.deepEqual(JSON.parse(elsewhere.stdout), tool.structuredContent);

  sandbox.setPullRequest({ statusCheckRollup: [{ __typename: 'CheckRun', name: 'lint', status: 'COMPLETED', conclusion: 'FAILURE' }] });
  const red = run(sandbox, ['rollout', 'papi', '--pr', '42', '--verify-pipeline']);
  assert.equal(red.status, 1, red.stdout);
  assert.match(red.stderr, /lint/);
  await sandbox.dispose();
});

test('--json is the tool\'s structured content, for results and refusals', async () => {
  const sandbox = new Sandbox();
  for (const [args, tool, toolArguments] of [
    [['rollout', 'papi', '--dry-run'], 'rollout', { service: 'papi', dryRun: true }],
    [['rollout', 'papi', '--pr', '7', '--dry-run'], 'rollout', { service: 'papi', prNumber: 7, dryRun: true }],
    [['rollout', 'pappi'], 'rollout', { service: 'pappi' }],
    [['resolve-tag'], 'resolve_tag', {}],
    [['resolve-tag', '--pr', '7'], 'resolve_tag', { prNumber: 7 }],
    [['lookup', 'worker.mail'], 'lookup_service', { service: 'worker.mail' }],
    [['lookup', 'lonely'], 'lookup_service', { service: 'lonely' }],
  ]) {
    const { status, stdout, stderr } = run(sandbox, [...args, '--json']);
    const result = await callOnce(sandbox, tool, toolArguments);
    assert.equal(status, result.isError ? 1 : 0, stderr);
    assert.deepEqual(JSON.parse(stdout), result.structuredContent, args.join(' '));
  }
  await sandbox.dispose();
});

test('resolve-tag, lookup and services print what a person asks for', async () => {
  const sandbox = new Sandbox();
  assert.match(run(sandbox, ['resolve-tag']).stdout, /pr-42-a1b2c3d/);
  assert.match(run(sandbox, ['lookup', 'papi']).stdout, /apps\/backend-services\/kustomization\.yaml/);
  const { status, stdout } = run(sandbox, ['services']);
  assert.equal(status, 0);
  for (const name of Object.keys(exampleCatalog().services)) assert.ok(stdout.includes(name), stdout);
  await sandbox.dispose();
});

test('--version and --help', async () => {
  const sandbox = new Sandbox();
  const version = run(sandbox, ['--version']);
  assert.equal(version.status, 0);
  assert.match(version.stdout, /^rollout-mcp \d+\.\d+\.\d+\nBuilt with \S+ \d\S* for \S+ \S+\nLibraries: [^\n]+\n$/);
  const help = run(sandbox, ['--help']);
  assert.equal(help.status, 0);
  for (const word of ['rollout', 'resolve-tag', 'lookup', 'services', 'demo', '--version']) assert.ok(help.stdout.includes(word), word);
  await sandbox.dispose();
});

test('served from a file, the answers are complete and the status is 0', async () => {
  const sandbox = new Sandbox();
  const meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} };
  const requests = [{ method: 'server/discover', params: {} }, { method: 'tools/call', params: { name: 'rollout', arguments: { service: 'papi' } } }];
  const { status, stdout, stderr } = run(sandbox, [], {
    input: requests.map(({ method, params }, id) => JSON.stringify({ jsonrpc: '2.0', id, method, params: { ...params, _meta: meta } })).join('\n') });
  assert.equal(status, 0, stderr);
  const answers = new Map(stdout.trimEnd().split('\n').map((line) => JSON.parse(line)).map((message) => [message.id, message.result]));
  assert.deepEqual(answers.get(0).supportedVersions, ['2026-07-28']);
  assert.equal(answers.get(1).structuredContent.commit, sandbox.head());
  await sandbox.dispose();
});

test('the demo works in an empty environment and leaves nothing behind', async () => {
  const { status, stdout, stderr } = spawnSync(binary, ['demo'], { cwd: '/', env: {}, encoding: 'utf8', input: '', timeout: 60_000 });
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, /✓ Updated \S+ to pr-\d+-[0-9a-f]{7}/);
  assert.match(stdout, /chore\(\S+\): update image tag to pr-\d+-[0-9a-f]{7}/);
  assert.doesNotMatch(stdout + stderr, escapes);
  const [, root] = /^\d+  The sandbox: (\/\S+)$/m.exec(stdout) ?? [];
  assert.match(String(root), /^(\/private)?\/tmp\/rollout-mcp-demo\.\w+$/);
  assert.deepEqual([existsSync(root), await leftoversOf(root)], [false, []]);
});

test('the demo touches nothing of its user: home, configuration, temporary directory, processes', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'rollout-e2e-demo-'));
  t.after(() => rmSync(root, { recursive: true }));
  const [home, tmp] = [join(root, 'home'), join(root, 'tmp')];
  mkdirSync(home);
  mkdirSync(tmp);
  const { status, stdout, stderr } = spawnSync(binary, ['demo'], { cwd: home, encoding: 'utf8', input: '', timeout: 60_000,
    env: { HOME: home, TMPDIR: tmp, PATH: process.env.PATH, CLAUDE_PROJECT_DIR: '/nonexistent', RWENV_CONFIG_DIR: join(root, 'no-config'),
      ROLLOUT_SERVICES_FILE: join(root, 'no-services.json') } });
  assert.equal(status, 0, stdout + stderr);
  assert.deepEqual(await leftoversOf(root), []);
  assert.deepEqual([readdirSync(home), readdirSync(tmp), existsSync(join(root, 'no-config'))], [[], [], false]);
});

test('the version is that of the project', () => {
  const project = readFileSync(new URL('../../CMakeLists.txt', import.meta.url), 'utf8');
  const [, version] = /project\(rollout-mcp VERSION (\S+)/.exec(project);
  assert.match(spawnSync(binary, ['--version'], { encoding: 'utf8', env: {} }).stdout, new RegExp(`^rollout-mcp ${version.replaceAll('.', '\\.')}\n`));
});

test('--version names the libraries of the bill of materials, with their versions', () => {
  const { packages } = JSON.parse(readFileSync(join(dirname(binary), 'rollout-mcp.spdx.json'), 'utf8'));
  // What the compiler and the system bring along, and what a package does not say of itself.
  const brought = ['rollout-mcp', 'libstdc++', 'glibc', 'fmt'];
  const [, , line] = spawnSync(binary, ['--version'], { encoding: 'utf8', env: {} }).stdout.split('\n');
  const named = new Map(line.replace('Libraries: ', '').split(', ').map((library) => library.split(' ')));
  for (const { name, versionInfo } of packages.filter((component) => !brought.includes(component.name))) {
    assert.ok(named.has(name) && versionInfo.replace(/^\d+:/, '').startsWith(named.get(name)), `${name} ${versionInfo}: ${line}`);
  }
});
