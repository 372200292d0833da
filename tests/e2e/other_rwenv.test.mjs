// A call that writes, for a project of another environment than the session's own: the user is asked, or it is refused.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { assertRefused, assertValidResult } from './support/schemas.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { binary, eras, Server } from './support/server.mjs';
import { test } from './support/test.mjs';

const forms = { 'io.modelcontextprotocol/clientCapabilities': { elicitation: {} } };
const yes = { action: 'accept', content: { confirm: true } };

// A sandbox with a second checkout of the project that is set to the rwenv `second`.
function twoProjects() {
  const sandbox = new Sandbox();
  const rwenv = { fluxGitRepo: sandbox.url, fluxGitRepoType: 'gitea' };
  sandbox.writeEnvs(rwenv, { second: rwenv });
  sandbox.other = join(sandbox.root, 'other');
  sandbox.git(sandbox.root, 'clone', '-q', '-b', 'feature/health', join(sandbox.root, 'papi.git'), sandbox.other);
  sandbox.write('other/.claude/rwenv', 'second\n');
  sandbox.environment.XDG_STATE_HOME = join(sandbox.root, 'state');
  return sandbox;
}

const toOther = (sandbox, more = {}) => ({ service: 'papi', projectDir: sandbox.other, ...more });
const writes = (sandbox) => [['rollout', toOther(sandbox)], ['regenerate_services', { projectDir: sandbox.other }]];

// Calls a tool and answers what is asked with `answers`, by the question's key, in either era; the result, with the
// questions in the order in which they came.
async function call(sandbox, era, tool, args, answers, options = {}) {
  const questions = [];
  const answered = (method, params) => {
    if (method === 'roots/list') return { roots: options.roots ?? [] };
    const key = Object.keys(params.requestedSchema.properties)[0] === 'confirm' ? 'rwenv' : 'service';
    questions.push({ key, params });
    return typeof answers[key] === 'function' ? answers[key]() : answers[key];
  };
  const capabilities = { elicitation: {}, ...(options.roots && { roots: {} }) };
  const server = await Server.start(sandbox, { era, capabilities, answer: ({ method, params }) => answered(method, params), ...options });
  try {
    let result = await server.call(tool, args, era === eras[0] ? forms : undefined);
    while (result.resultType === 'input_required') {
      const inputResponses = Object.fromEntries(Object.entries(result.inputRequests)
        .map(([key, { method, params }]) => [key, answered(method, params)]));
      result = await server.request('tools/call', { name: tool, arguments: args, inputResponses, requestState: result.requestState }, forms);
    }
    return { result, questions };
  } finally {
    await server.close();
  }
}

function assertUntouched(sandbox, before) {
  assert.equal(sandbox.head(), before);
  assert.ok(!existsSync(join(sandbox.configDirectory, 'flux-repos/second')), 'a clone was made');
  assert.ok(!existsSync(join(sandbox.configDirectory, 'flux-infra-guide/second')), 'a catalog was made');
}

test('where nobody can be asked, a call that writes is refused', async () => {
  const sandbox = twoProjects();
  const before = sandbox.head();
  for (const era of eras) {
    for (const CLAUDE_PROJECT_DIR of [undefined, sandbox.project]) {
      const server = await Server.start(sandbox, { era, environment: { CLAUDE_PROJECT_DIR } });
      for (const [tool, args] of writes(sandbox)) {
        const refused = await server.call(tool, args);
        assertRefused(refused, 'other_rwenv');
        const { message, hint } = refused.structuredContent;
        assert.equal(message, `'${sandbox.other}' is set to rwenv 'second', but this session's project '${sandbox.project}' to rwenv 'rdebug'.`);
        assert.match(hint, /^Nothing was changed\./);
      }
      await server.close();
    }
  }
  assertUntouched(sandbox, before);
  await sandbox.dispose();
});

test('what only reads is free: lookups, tags, dry runs', async () => {
  const sandbox = twoProjects();
  const before = sandbox.head();
  for (const era of eras) {
    const server = await Server.start(sandbox, { era });
    const { projectDir } = toOther(sandbox);
    assert.ok(!(await server.call('lookup_service', { service: 'papi', projectDir })).isError);
    assert.ok(!(await server.call('resolve_tag', { projectDir })).isError);
    const dry = await server.call('rollout', toOther(sandbox, { dryRun: true }));
    assert.equal(dry.structuredContent.status, 'dry_run', JSON.stringify(dry));
    assert.equal(dry.structuredContent.rwenv, 'second');
    assert.ok(!(await server.call('regenerate_services', { projectDir, dryRun: true })).isError);
    await server.close();
  }
  assert.equal(sandbox.head(), before);
  await sandbox.dispose();
});

test('the user is asked, by both names, and a yes counts', async () => {
  for (const era of eras) {
    for (const index of [0, 1]) {
      const sandbox = twoProjects();
      const [tool, args] = writes(sandbox)[index];
      const { result, questions } = await call(sandbox, era, tool, args, { rwenv: yes });
      assertValidResult(tool, result);
      assert.equal(result.structuredContent.rwenv, 'second');
      assert.equal(questions.length, 1);
      for (const name of ["'rdebug'", "'second'", sandbox.project, sandbox.other]) {
        assert.ok(questions[0].params.message.includes(name), questions[0].params.message);
      }
      if (tool === 'rollout') assert.equal(result.structuredContent.commit, sandbox.head());
      await sandbox.dispose();
    }
  }
});

test('anything but a yes is a no', async () => {
  const sandbox = twoProjects();
  const before = sandbox.head();
  for (const era of eras) {
    for (const [tool, args] of writes(sandbox)) {
      for (const answer of [{ action: 'decline' }, { action: 'cancel' }, { action: 'accept', content: { confirm: false } }]) {
        const { result } = await call(sandbox, era, tool, args, { rwenv: answer });
        assertRefused(result, 'other_rwenv', /did not agree/);
      }
    }
  }
  assertUntouched(sandbox, before);
  await sandbox.dispose();
});

test('with the service still to be chosen, both are asked for', async () => {
  for (const era of eras) {
    const sandbox = twoProjects();
    const args = { projectDir: sandbox.other };
    const service = { action: 'accept', content: { service: 'papi' } };
    const { result, questions } = await call(sandbox, era, 'rollout', args, { rwenv: yes, service });
    assert.deepEqual(questions.map(({ key }) => key), ['rwenv', 'service']);
    assert.equal(result.structuredContent.status, 'updated', JSON.stringify(result));
    assert.equal(result.structuredContent.rwenv, 'second');
    const after = sandbox.head();
    assertRefused((await call(sandbox, era, 'rollout', args, { rwenv: yes, service: { action: 'decline' } })).result, 'bad_argument');
    const declined = await call(sandbox, era, 'rollout', args, { rwenv: { action: 'decline' }, service });
    assertRefused(declined.result, 'other_rwenv');
    assert.deepEqual(declined.questions.map(({ key }) => key), ['rwenv']);
    assert.equal(sandbox.head(), after);
    await sandbox.dispose();
  }
});

test('a yes is for the rwenv that was named: what changes meanwhile is refused', async () => {
  for (const era of eras) {
    const sandbox = twoProjects();
    const before = sandbox.head();
    const third = { fluxGitRepo: sandbox.url, fluxGitRepoType: 'gitea' };
    const changes = [
      () => sandbox.write('other/.claude/rwenv', 'third\n'),
      () => sandbox.writeEnvs(third, { third, second: { ...third, fluxGitRepo: `${sandbox.url}/elsewhere` } }),
    ];
    for (const change of changes) {
      sandbox.write('other/.claude/rwenv', 'second\n');
      sandbox.writeEnvs(third, { third, second: third });
      const rwenv = () => {
        change();
        return yes;
      };
      if (era === eras[0]) {
        await assert.rejects(call(sandbox, era, 'rollout', toOther(sandbox), { rwenv }), { code: -32602 });
      } else {
        assertRefused((await call(sandbox, era, 'rollout', toOther(sandbox), { rwenv })).result, 'other_rwenv');
      }
    }
    assertUntouched(sandbox, before);
    await sandbox.dispose();
  }
});

test('a yes that nobody was asked for does not count', async () => {
  const sandbox = twoProjects();
  const before = sandbox.head();
  const server = await Server.start(sandbox);
  const params = { name: 'rollout', arguments: toOther(sandbox), inputResponses: { rwenv: yes } };
  assert.equal((await server.request('tools/call', params, forms)).resultType, 'input_required');
  await server.close();
  assertUntouched(sandbox, before);
  await sandbox.dispose();
});

test("the client's root leads elsewhere as well as an argument does", async () => {
  const sandbox = twoProjects();
  const before = sandbox.head();
  const options = { roots: [{ uri: `file://${sandbox.other}` }] };
  const args = { service: 'papi' };
  assertRefused((await call(sandbox, eras[1], 'rollout', args, { rwenv: { action: 'decline' } }, options)).result, 'other_rwenv');
  assertUntouched(sandbox, before);
  // An argument that leads to the root's project is no way around.
  const argument = { ...args, projectDir: sandbox.other };
  assertRefused((await call(sandbox, eras[1], 'rollout', argument, { rwenv: { action: 'decline' } }, options)).result, 'other_rwenv');
  const { result, questions } = await call(sandbox, eras[1], 'rollout', args, { rwenv: yes }, options);
  assert.equal(result.structuredContent.rwenv, 'second', JSON.stringify(result));
  assert.equal(questions.length, 1);
  // Of a session that was started elsewhere, the root is the project.
  const elsewhere = await call(sandbox, eras[1], 'rollout', args, {}, { ...options, cwd: sandbox.home });
  assert.equal(elsewhere.result.structuredContent.status, 'unchanged', JSON.stringify(elsewhere.result));
  assert.deepEqual(elsewhere.questions, []);
  const back = await call(sandbox, eras[1], 'rollout', { ...args, projectDir: sandbox.project }, { rwenv: { action: 'decline' } },
    { ...options, cwd: sandbox.home });
  assertRefused(back.result, 'other_rwenv');
  await sandbox.dispose();
});

test('the same rwenv elsewhere, or a session without one, asks nothing', async () => {
  const sandbox = twoProjects();
  sandbox.write('other/.claude/rwenv', 'rdebug\n');
  for (const era of eras) {
    const same = await call(sandbox, era, 'rollout', toOther(sandbox), {});
    assert.ok(!same.result.isError, JSON.stringify(same.result));
    assert.deepEqual(same.questions, []);
  }
  sandbox.write('other/.claude/rwenv', 'second\n');
  for (const era of eras) {
    const without = await call(sandbox, era, 'rollout', toOther(sandbox), {}, { cwd: sandbox.home });
    assert.equal(without.result.structuredContent.rwenv, 'second', JSON.stringify(without.result));
    assert.deepEqual(without.questions, []);
  }
  await sandbox.dispose();
});

test("on the command line `--project` is the person's own word", async () => {
  const sandbox = twoProjects();
  const out = execFileSync(binary, ['rollout', 'papi', '--project', sandbox.other, '--json'],
    { cwd: sandbox.project, env: sandbox.environment, encoding: 'utf8' });
  assert.equal(JSON.parse(out).rwenv, 'second');
  await sandbox.dispose();
});
