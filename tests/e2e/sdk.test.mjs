// The TypeScript SDKs as clients: v2 with the handshake, negotiating, and pinned to 2026-07-28 (which starts the server
// twice, and begins on the second with a bare request); v1 with the handshake.

import assert from 'node:assert/strict';
import { Sandbox } from './support/sandbox.mjs';
import { clients } from './support/sdk.mjs';
import { binary } from './support/server.mjs';
import { test } from './support/test.mjs';

for (const [name, connect] of Object.entries(clients)) {
  test(`${name}: lists, is refused, is told the progress, and rolls out`, async () => {
    const sandbox = new Sandbox();
    const client = await connect(sandbox, binary);
    const { tools } = await client.listTools();
    assert.deepEqual(tools.map((tool) => tool.name).sort(), ['add_rwenv', 'list_rwenvs', 'lookup_service', 'regenerate_services', 'resolve_tag', 'rollback', 'rollout', 'rollout_history', 'rollout_status', 'set_rwenv']);

    // Both SDKs check structured content against the output schema, and throw.
    const refused = await client.callTool({ name: 'rollout', arguments: { service: 'lonely' } });
    assert.equal(refused.isError, true);
    assert.equal(refused.structuredContent.code, 'no_image_group');

    const progress = [];
    const options = { onprogress: (step) => progress.push(step) };
    const call = { name: 'rollout', arguments: { service: 'papi' } };
    const result = name === 'v1' ? await client.callTool(call, undefined, options) : await client.callTool(call, options);
    assert.equal(result.structuredContent.status, 'updated', JSON.stringify(result));
    assert.equal(result.structuredContent.commit, sandbox.head());
    assert.ok(progress.length > 0);
    assert.ok(progress.every((step) => typeof step.message === 'string'), JSON.stringify(progress));
    await client.close();
    await sandbox.dispose();
  });

  test(`${name}: a cancelled rollout ends its processes and leaves the remote alone`, async () => {
    const sandbox = new Sandbox();
    sandbox.write('gh/hangs', '');
    const client = await connect(sandbox, binary);
    await client.listTools();
    const before = sandbox.head();
    const abort = new AbortController();
    const options = { signal: abort.signal, onprogress: () => abort.abort() };
    const call = { name: 'rollout', arguments: { service: 'papi' } };
    await assert.rejects(name === 'v1' ? client.callTool(call, undefined, options) : client.callTool(call, options));
    const lookup = await client.callTool({ name: 'lookup_service', arguments: { service: 'papi' } });
    assert.equal(lookup.structuredContent.imageGroup, 'backend-services');
    await client.close();
    assert.equal(sandbox.head(), before);
    await sandbox.dispose();
  });
}
