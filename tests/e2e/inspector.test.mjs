// The MCP Inspector's command line drives the built server in its three eras: a real client's view of the schemas, the
// results and the refusals. It rejects structured content that its output schema does not admit.

import assert from 'node:assert/strict';
import { inspect, ofInspector } from './support/inspector.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { binary } from './support/server.mjs';
import { test } from './support/test.mjs';

for (const era of ['legacy', 'auto', 'modern']) {
  test(`${era}: lists the tools, and finds nothing to object to in their schemas`, async () => {
    const sandbox = new Sandbox();
    const listed = inspect(sandbox, era, binary, '--method', 'tools/list', '--strict');
    assert.equal(listed.status, 0, listed.stderr);
    assert.deepEqual(listed.json().tools.map(({ name }) => name).sort(), ['add_rwenv', 'list_rwenvs', 'lookup_service', 'regenerate_services', 'resolve_tag', 'rollback', 'rollout', 'rollout_history', 'rollout_status', 'set_rwenv']);
    await sandbox.dispose(ofInspector);
  });

  test(`${era}: a rollout through the Inspector lands on the remote`, async () => {
    const sandbox = new Sandbox();
    const called = inspect(sandbox, era, binary, '--method', 'tools/call', '--tool-name', 'rollout', '--tool-arg', 'service=papi');
    assert.equal(called.status, 0, called.stderr);
    const { structuredContent } = called.json();
    assert.equal(structuredContent.status, 'updated');
    assert.equal(structuredContent.commit, sandbox.head());
    await sandbox.dispose(ofInspector);
  });

  test(`${era}: a refusal is the tool's error, valid by its schema`, async () => {
    const sandbox = new Sandbox();
    const called = inspect(sandbox, era, binary, '--method', 'tools/call', '--tool-name', 'lookup_service', '--tool-arg', 'service=pappi');
    assert.equal(called.status, 5, called.stderr);
    assert.equal(called.json().structuredContent.code, 'unknown_service');
    await sandbox.dispose(ofInspector);
  });
}
