// `rollout` without a service, asked of a client that can be: what was asked, and by which server, is under a seal that
// a restart between question and answer does not break.

import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { assertRefused, assertValidResult } from './support/schemas.mjs';
import { exampleCatalog, Sandbox } from './support/sandbox.mjs';
import { Server } from './support/server.mjs';
import { test } from './support/test.mjs';

const forms = { 'io.modelcontextprotocol/clientCapabilities': { elicitation: {} } };
const accepted = (service) => ({ service: { action: 'accept', content: { service } } });

// A server of its own for one round; what it answers.
async function round(sandbox, more = {}, args = {}) {
  const environment = { XDG_STATE_HOME: join(sandbox.root, 'state'), ...more.environment };
  const server = await Server.start(sandbox, { environment });
  try {
    return await server.request('tools/call', { name: 'rollout', arguments: args, ...more.params }, forms);
  } finally {
    await server.close();
  }
}

test('the answer counts after a restart of the server', async () => {
  const sandbox = new Sandbox();
  const before = sandbox.head();
  const asked = await round(sandbox);
  assert.equal(asked.resultType, 'input_required');
  const { method, params } = asked.inputRequests.service;
  assert.equal(method, 'elicitation/create');
  const choice = params.requestedSchema.properties.service;
  assert.deepEqual(choice.enum, Object.keys(exampleCatalog().services));
  assert.equal(choice.enumNames[0], 'papi (backend-services)');
  assert.equal(sandbox.head(), before);

  const key = join(sandbox.root, 'state/rollout-mcp/request-state.key');
  assert.equal(statSync(key).mode & 0o7777, 0o600);
  assert.equal(statSync(join(key, '..')).mode & 0o7777, 0o700);

  const result = await round(sandbox, { params: { inputResponses: accepted('papi'), requestState: asked.requestState } });
  assertValidResult('rollout', result);
  assert.equal(result.structuredContent.service, 'papi');
  assert.equal(result.structuredContent.commit, sandbox.head());
  await sandbox.dispose();
});

test('what another key, another call or nobody has sealed is refused, and nothing is changed', async () => {
  const sandbox = new Sandbox();
  const before = sandbox.head();
  const { requestState } = await round(sandbox);
  const answer = { inputResponses: accepted('papi'), requestState };
  const elsewhere = { XDG_STATE_HOME: join(sandbox.root, 'elsewhere') };
  await assert.rejects(round(sandbox, { params: answer, environment: elsewhere }), { code: -32602 });
  await assert.rejects(round(sandbox, { params: answer }, { dryRun: true }), { code: -32602 });
  await assert.rejects(round(sandbox, { params: { ...answer, requestState: `${requestState}x` } }), { code: -32602 });
  // Without a seal nobody was asked, so the question comes again.
  const again = await round(sandbox, { params: { inputResponses: accepted('papi') } });
  assert.equal(again.resultType, 'input_required');
  assert.equal(sandbox.head(), before);
  await sandbox.dispose();
});

test('declining and dismissing are refusals', async () => {
  const sandbox = new Sandbox();
  const before = sandbox.head();
  for (const [action, code] of [['decline', 'bad_argument'], ['cancel', 'cancelled']]) {
    const { requestState } = await round(sandbox);
    const refused = await round(sandbox, { params: { inputResponses: { service: { action } }, requestState } });
    assertRefused(refused, code, /No service was chosen.*\n?.*papi/s);
  }
  assert.equal(sandbox.head(), before);
  await sandbox.dispose();
});

test('an answer counts once, whichever server it is given to', async () => {
  const sandbox = new Sandbox();
  const { requestState } = await round(sandbox);
  const params = { inputResponses: accepted('papi'), requestState };
  const result = await round(sandbox, { params });
  assert.equal(result.structuredContent.status, 'updated', JSON.stringify(result));
  const after = sandbox.head();
  await assert.rejects(round(sandbox, { params }), { code: -32602, message: /used already/ });
  await assert.rejects(round(sandbox, { params: { ...params, inputResponses: accepted('frontend') } }), { code: -32602 });

  const again = await round(sandbox);
  const declined = { inputResponses: { service: { action: 'decline' } }, requestState: again.requestState };
  assertRefused(await round(sandbox, { params: declined }), 'bad_argument');
  await assert.rejects(round(sandbox, { params: { ...params, requestState: again.requestState } }), { code: -32602 });
  assert.equal(sandbox.head(), after);
  const record = join(sandbox.root, 'state/rollout-mcp/request-state.used');
  assert.equal(statSync(record).mode & 0o7777, 0o600);
  await sandbox.dispose();
});

test('an answer counts for the project, the rwenv and the Flux repository that it was given for', async () => {
  const sandbox = new Sandbox();
  const before = sandbox.head();
  const other = { fluxGitRepo: sandbox.url, fluxGitRepoType: 'gitea' };
  sandbox.writeEnvs(other, { second: other });
  sandbox.git(sandbox.root, 'clone', '-q', '-b', 'feature/health', join(sandbox.root, 'papi.git'), join(sandbox.root, 'copy'));
  sandbox.write('copy/.claude/rwenv', 'rdebug\n');
  const changes = {
    'the rwenv': () => sandbox.write('project/.claude/rwenv', 'second\n'),
    'the Flux repository': () => sandbox.writeEnvs({ ...other, fluxGitRepo: `file://${sandbox.root}/another.git` }),
    'the project': () => ({ CLAUDE_PROJECT_DIR: join(sandbox.root, 'copy') }),
  };
  for (const [what, change] of Object.entries(changes)) {
    sandbox.write('project/.claude/rwenv', 'rdebug\n');
    sandbox.writeEnvs(other, { second: other });
    const { requestState } = await round(sandbox);
    const environment = change();
    const params = { inputResponses: accepted('papi'), requestState };
    await assert.rejects(round(sandbox, { params, environment: typeof environment === 'object' ? environment : {} }),
      { code: -32602 }, what);
  }
  assert.equal(sandbox.head(), before);
  await sandbox.dispose();
});

test('without a question there is no key, and without a place for it the question can still be answered', async () => {
  const sandbox = new Sandbox();
  const environment = { XDG_STATE_HOME: sandbox.write('no-directory', '') };
  const silent = await Server.start(sandbox, { environment });
  await silent.call('lookup_service', { service: 'papi' });
  await silent.close();
  assert.equal(silent.stderr, '');

  const server = await Server.start(sandbox, { environment });
  const asked = await server.request('tools/call', { name: 'rollout', arguments: {} }, forms);
  const params = { name: 'rollout', arguments: {}, inputResponses: accepted('papi'), requestState: asked.requestState };
  const result = await server.request('tools/call', params, forms);
  assert.equal(result.structuredContent.status, 'updated', JSON.stringify(result));
  await server.close(); // standard error is a pipe of its own: only its end says that all of it was read
  assert.match(server.stderr, /warn.*cannot be kept/);
  assert.ok(!existsSync(join(sandbox.home, '.local')));
  await sandbox.dispose();
});
