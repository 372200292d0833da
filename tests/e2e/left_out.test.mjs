// What clients send for what is left out: null for an argument, for all of them, and for a cursor; and a handshake that is
// repeated.

import assert from 'node:assert/strict';
import { assertRefused, assertValidResult } from './support/schemas.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { eras, Server } from './support/server.mjs';
import { test } from './support/test.mjs';

// Without the time at which a catalog was made, and what follows from it.
const timeless = (result) => JSON.parse(JSON.stringify(result).replace(/\d{4}-\d\d-\d\dT[\d:]+Z|index [0-9a-f]+\.\.[0-9a-f]+/g, '…'));

for (const era of eras) {
  test(`${era}: null is an argument that was left out, for each tool and each optional argument`, async () => {
    const sandbox = new Sandbox();
    const server = await Server.start(sandbox, { era });
    const { tools } = await server.request('tools/list');
    for (const { name, inputSchema } of tools) {
      const given = { ...(inputSchema.properties.service && { service: 'papi' }), ...(inputSchema.properties.dryRun && { dryRun: true }) };
      const without = await server.call(name, given);
      assertValidResult(name, without);
      const optional = Object.keys(inputSchema.properties).filter((key) => !(key in given));
      for (const nulls of [...optional.map((key) => [key]), optional]) {
        const result = await server.call(name, { ...given, ...Object.fromEntries(nulls.map((key) => [key, null])) });
        assert.deepEqual(timeless(result), timeless(without), `${name}: ${nulls}`);
      }
      const unknown = await server.call(name, { ...given, unknown: null });
      assert.equal(unknown.structuredContent.code, 'bad_argument', name);
    }
    assert.equal((await server.call('rollout', { service: 'papi', dryRun: null })).structuredContent.status, 'updated');
    assertRefused(await server.call('rollout', { service: null }), 'bad_argument', /papi/);
    assert.equal((await server.call('lookup_service', { service: null })).structuredContent.code, 'bad_argument');
    for (const missing of [null, undefined]) {
      assert.ok(!(await server.request('tools/call', { name: 'resolve_tag', arguments: missing })).isError);
      assert.ok((await server.request('prompts/get', { name: 'rollout', arguments: missing })).messages.length > 0);
    }
    const prompt = await server.request('prompts/get', { name: 'rollout', arguments: {} });
    for (const args of [{ service: null }, { dryRun: null }, { service: null, dryRun: null }]) {
      assert.deepEqual(await server.request('prompts/get', { name: 'rollout', arguments: args }), prompt);
    }
    await server.close();
    await sandbox.dispose();
  });

  test(`${era}: an empty cursor or null is the first page, any other is none`, async () => {
    const sandbox = new Sandbox();
    const server = await Server.start(sandbox, { era });
    for (const method of ['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list']) {
      const first = await server.request(method);
      for (const cursor of ['', null]) assert.deepEqual(await server.request(method, { cursor }), first);
      for (const cursor of ['2', 0, {}]) await assert.rejects(server.request(method, { cursor }), { code: -32602 });
    }
    await server.close();
    await sandbox.dispose();
  });
}

test('initialize again with the same parameters has the same answer, with others it is refused', async () => {
  const sandbox = new Sandbox();
  const capabilities = { roots: { listChanged: true }, elicitation: {} };
  const server = await Server.start(sandbox, { era: eras[1], capabilities });
  const params = { protocolVersion: eras[1], capabilities, clientInfo: { name: 'e2e', version: '1.0.0' } };
  assert.deepEqual(await server.request('initialize', params), server.initialized);
  assert.ok((await server.request('tools/list')).tools.length > 0);
  await assert.rejects(server.request('initialize', { ...params, capabilities: {} }), { code: -32600 });
  await assert.rejects(server.request('initialize', { ...params, protocolVersion: '2024-11-05' }), { code: -32600 });
  assert.deepEqual(await server.request('initialize', params), server.initialized);
  await server.close();
  await sandbox.dispose();
});
