// doctor: a line for each thing that a rollout needs, each with what to do where it is missing; and nothing is changed.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import { run } from './support/command.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { Server } from './support/server.mjs';
import { test } from './support/test.mjs';

const isValid = new Ajv2020({ strict: false }).compile(JSON.parse(readFileSync(new URL('../../schemas/doctor.json', import.meta.url), 'utf8')));
const names = ['git', 'gh', 'time-limit', 'project', 'rwenv', 'envs.json', 'flux-repo', 'read-only', 'catalog', 'wiring', 'identity', 'signing',
  'clone', 'remote', 'cluster', 'plugins'];

// What `doctor --json` says, by name; and that the text says the same.
function doctor(sandbox, environment = {}) {
  const { status, stdout, stderr } = run(sandbox, ['doctor', '--json'], { environment });
  const found = JSON.parse(stdout);
  assert.ok(isValid(found), JSON.stringify([isValid.errors, found], null, 1));
  assert.deepEqual(found.checks.map(({ name }) => name), names);
  const missing = found.checks.filter(({ state }) => state === 'missing').map(({ name }) => name);
  assert.equal(found.ready, missing.length === 0);
  assert.equal(status, found.ready ? 0 : 1, stderr);
  assert.equal(stderr, found.ready ? '' : `Not ready for a rollout: ${missing.join(', ')}.\n`);
  const text = run(sandbox, ['doctor'], { environment });
  assert.deepEqual([text.status, text.stderr, text.stdout], [status, stderr, `${found.report}\n`]);
  const lines = found.report.split('\n');
  assert.equal(lines.length, names.length);
  for (const [index, { name, state, message, hint }] of found.checks.entries()) {
    assert.ok(lines[index].includes(name) && lines[index].includes(message) && lines[index].endsWith(hint ?? message), lines[index]);
    assert.equal(/^✓ \S+ +ok: /.test(lines[index]), state === 'ok', lines[index]);
  }
  return Object.fromEntries(found.checks.map((check) => [check.name, check]));
}

// Every file below a directory, with what would tell that it was written.
function filesOf(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    const { mtimeMs, size, ino } = lstatSync(path);
    return [[path, mtimeMs, size, ino], ...(entry.isDirectory() ? filesOf(path) : [])];
  });
}

function loggedIn(sandbox) {
  writeFileSync(join(sandbox.gh, 'login'), 'github.com\n  ✓ Logged in to github.com as dana (hosts.yml)\n  ✓ Token: gho_s3cretToken\n');
}

test('all in place: status 0, and nothing is changed, with a clone and without', async () => {
  const sandbox = new Sandbox();
  loggedIn(sandbox);
  for (const clone of [false, true]) {
    if (clone) {
      assert.equal(run(sandbox, ['rollout', 'papi']).status, 0);
    }
    const before = [sandbox.home, sandbox.project, sandbox.remote, join(sandbox.root, 'tmp')].map(filesOf);
    const found = doctor(sandbox);
    assert.deepEqual([sandbox.home, sandbox.project, sandbox.remote, join(sandbox.root, 'tmp')].map(filesOf), before);
    const states = Object.values(found).filter(({ state }) => state !== 'ok');
    assert.deepEqual(states.map(({ name }) => name), ['catalog', 'wiring']); // the sandbox's has wrong entries, which are named, and no wiring
    assert.match(found.catalog.message, /lonely \(no_image_group\)/);
    assert.equal(found.gh.message, 'logged in to github.com as dana');
    assert.match(found.clone.message, clone ? /flux-repos\/rdebug$/ : /none yet/);
  }
  await sandbox.dispose();
});

test('each thing that is missing is named, with what to do', async () => {
  const cases = [
    ['gh', (sandbox) => ({ PATH: sandbox.pathWithoutGh() }), 'gh_missing', /cli\.github\.com/],
    ['gh', (sandbox) => rmSync(join(sandbox.gh, 'login')), 'gh_auth', /gh auth login/],
    ['project', (sandbox) => rmSync(join(sandbox.project, '.git/HEAD')), 'not_a_repository', /--project/],
    ['rwenv', (sandbox) => rmSync(join(sandbox.project, '.claude/rwenv')), 'no_rwenv', /rwenv-set/],
    ['envs.json', (sandbox) => rmSync(join(sandbox.configDirectory, 'envs.json')), 'unknown_rwenv', /Add it with `rollout-mcp rwenv add`/],
    ['flux-repo', (sandbox) => sandbox.writeEnvs({}), 'no_flux_repo', /fluxGitRepo/],
    ['catalog', () => ({ ROLLOUT_SERVICES_FILE: '' }), 'unknown_service', /regenerate/],
    ['identity', () => ({ GIT_CONFIG_GLOBAL: '/dev/null' }), 'no_identity', /user\.name/],
    ['remote', (sandbox) => rmSync(sandbox.remote, { recursive: true }), 'remote_not_found', /fluxGitRepo/],
    ['time-limit', () => ({ ROLLOUT_TIMEOUT_SECONDS: 'soon' }), 'bad_config', /ROLLOUT_TIMEOUT_SECONDS/],
  ];
  for (const [name, take, code, hint] of cases) {
    const sandbox = new Sandbox();
    loggedIn(sandbox);
    const environment = take(sandbox) ?? {};
    const found = doctor(sandbox, environment);
    assert.equal(found[name].state, 'missing', `${name}: ${found[name].message}`);
    assert.equal(found[name].code, code);
    assert.match(`${found[name].message} ${found[name].hint ?? ''}`, hint);
    if (name === 'project') writeFileSync(join(sandbox.project, '.git/HEAD'), 'ref: refs/heads/feature/health\n');
    await sandbox.dispose();
  }
});

test('a signer that fails, one that works, and neither leaves an object', async () => {
  const sandbox = new Sandbox();
  loggedIn(sandbox);
  const key = join(sandbox.root, 'key');
  spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  const identity = readFileSync(join(sandbox.root, 'gitconfig'), 'utf8');
  sandbox.write('gitconfig', `${identity}[commit]\n\tgpgsign = true\n[gpg]\n\tformat = ssh\n[user]\n\tsigningkey = ${key}\n`);
  assert.equal(doctor(sandbox).signing.state, 'ok');
  rmSync(key);
  rmSync(`${key}.pub`);
  assert.equal(doctor(sandbox).signing.code, 'sign_failed');
  await sandbox.dispose();
});

test('what is worth knowing is a note, and no secret is shown', async () => {
  const sandbox = new Sandbox({ rwenv: { readOnly: true } });
  loggedIn(sandbox);
  mkdirSync(sandbox.clone, { recursive: true });
  const found = doctor(sandbox);
  assert.deepEqual([found['read-only'].state, found.clone.state], ['note', 'note']);
  assert.match(found.clone.hint, /replaces it/);
  sandbox.writeEnvs({ fluxGitRepo: 'https://dana:s3cretToken@127.0.0.1:1/flux.git' });
  const unreachable = doctor(sandbox);
  assert.equal(unreachable.remote.code, 'unreachable');
  assert.doesNotMatch(JSON.stringify(unreachable), /s3cret/);
  await sandbox.dispose();
});

test('each reader of what is missing has names of its own for what to do', async () => {
  const sandbox = new Sandbox();
  loggedIn(sandbox);
  rmSync(join(sandbox.project, '.claude/rwenv'));
  const server = await Server.start(sandbox);
  const { contents: [{ text }] } = await server.request('resources/read', { uri: 'rollout://doctor' });
  await server.close();
  const held = JSON.parse(text).checks.find(({ name }) => name === 'rwenv');
  assert.match(held.hint, /`\/rwenv-set`/);
  const here = doctor(sandbox).rwenv;
  assert.match(here.hint, /with `rollout-mcp rwenv set`/);
  assert.doesNotMatch(here.hint, /\/rwenv-set/);
  await sandbox.dispose();
});

test('the resource rollout://doctor holds the same', async () => {
  const sandbox = new Sandbox();
  loggedIn(sandbox);
  const server = await Server.start(sandbox);
  const { resources } = await server.request('resources/list');
  assert.ok(resources.some(({ uri }) => uri === 'rollout://doctor'));
  const { contents: [{ mimeType, text }] } = await server.request('resources/read', { uri: 'rollout://doctor' });
  await server.close();
  assert.equal(mimeType, 'application/json');
  const held = JSON.parse(text);
  assert.ok(isValid(held));
  // But for what to do, in which each reader has words of their own.
  const alike = (checks) => checks.map(({ hint, ...check }) => ({ ...check, hint: hint !== undefined }));
  assert.deepEqual(alike(held.checks), alike(Object.values(doctor(sandbox))));
  await sandbox.dispose();
});
