// The launcher without its program, seen by the SDKs and the Inspector: each connects, lists the tools, and a call says
// how to get the program. (By Claude Code: plugin.test.mjs. All that it answers: tests/protocol/launcher_test.py.)

import assert from 'node:assert/strict';
import { cpSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect, ofInspector } from './support/inspector.mjs';
import { clients } from './support/sdk.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { test } from './support/test.mjs';

const repository = join(dirname(fileURLToPath(import.meta.url)), '../..');
const tools = readdirSync(join(repository, 'schemas')).flatMap((name) => /^(.*)\.input\.json$/.exec(name)?.[1] ?? []).sort();

// A copy of what the repository has of the plugin, without a program.
function launcher(sandbox) {
  for (const part of ['bin', 'packaging/not_installed.awk', 'schemas', '.claude-plugin']) {
    cpSync(join(repository, part), join(sandbox.root, 'plugin', part), { recursive: true });
  }
  return join(sandbox.root, 'plugin/bin/rollout-mcp');
}

function assertSaysHow(result) {
  assert.equal(result.isError, true);
  assert.equal(result.structuredContent.code, 'internal');
  assert.match(result.content[0].text, /is not installed.*\n.*scripts\/demo/);
}

for (const [name, connect] of Object.entries(clients)) {
  test(`SDK ${name}: connects, lists, and is told how to get the program`, async () => {
    const sandbox = new Sandbox();
    const client = await connect(sandbox, launcher(sandbox));
    const listed = await client.listTools();
    assert.deepEqual(listed.tools.map((tool) => tool.name).sort(), tools);
    assertSaysHow(await client.callTool({ name: 'rollout', arguments: { service: 'papi' } }));
    await client.close();
    await sandbox.dispose();
  });
}

for (const era of ['legacy', 'auto', 'modern']) {
  test(`Inspector, ${era}: connects, lists, and is told how to get the program`, async () => {
    const sandbox = new Sandbox();
    const program = launcher(sandbox);
    const listed = inspect(sandbox, era, program, '--method', 'tools/list', '--strict');
    assert.equal(listed.status, 0, listed.stderr);
    assert.deepEqual(listed.json().tools.map((tool) => tool.name).sort(), tools);
    const called = inspect(sandbox, era, program, '--method', 'tools/call', '--tool-name', 'rollout', '--tool-arg', 'service=papi');
    assert.equal(called.status, 5, called.stderr);
    assertSaysHow(called.json());
    await sandbox.dispose(ofInspector);
  });
}
