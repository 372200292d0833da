// Claude Code, an older one that knows the handshake only and a newer one that speaks 2026-07-28, against a stand-in for
// its model: the model calls `rollout`, the commit is on the remote, and the report is in what the model reads next.
// (The same by the plugin is in plugin.test.mjs.)

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { claude, expectedOfClaude, toolResults, versions } from './support/claude.mjs';
import { MessagesApi } from './support/messages_api.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { binary } from './support/server.mjs';
import { test } from './support/test.mjs';

// The server as the only one, and its tools allowed.
function byConfiguration(sandbox) {
  const config = sandbox.write('mcp.json', JSON.stringify({ mcpServers: { rollout: { command: binary, args: [], alwaysLoad: true } } }));
  return ['--mcp-config', config, '--strict-mcp-config', '--allowedTools', 'mcp__rollout'];
}

for (const version of versions) {
  test(`Claude Code, ${version}: the model rolls out papi and reads the report`, async () => {
    const sandbox = new Sandbox();
    const api = await MessagesApi.start([
      { type: 'tool_use', name: 'mcp__rollout__rollout', input: { service: 'papi' } },
      { type: 'text', text: 'Done.' },
    ]);
    const { status, output } = await claude(version, sandbox, api, 'rollout papi', byConfiguration(sandbox));
    api.stop();
    assert.equal(status, 0, output);
    const names = api.requests[0].tools.map(({ name }) => name);
    for (const tool of ['rollout', 'resolve_tag', 'lookup_service']) assert.ok(names.includes(`mcp__rollout__${tool}`), names.join());
    const [result] = toolResults(api.requests[1]);
    assert.equal(result.isError, false, result.text);
    const content = JSON.parse(result.text);
    assert.equal(content.report.split('\n')[0], '✓ Updated backend-services to pr-42-a1b2c3d');
    assert.equal(content.commit, sandbox.head());
    await sandbox.dispose({ expected: expectedOfClaude(sandbox) });
  });

  test(`Claude Code, ${version}: the model reads a refusal with what to do`, async () => {
    const sandbox = new Sandbox();
    const before = sandbox.head();
    const api = await MessagesApi.start([
      { type: 'tool_use', name: 'mcp__rollout__rollout', input: { service: 'pappi' } },
      { type: 'text', text: 'There is no such service.' },
    ]);
    const { status, output } = await claude(version, sandbox, api, 'rollout pappi', byConfiguration(sandbox));
    api.stop();
    assert.equal(status, 0, output);
    const [result] = toolResults(api.requests[1]);
    assert.equal(result.isError, true);
    assert.match(result.text, /Service 'pappi' not found in flux-infra-guide\. Run `\/flux-infra-guide-regenerate` or provide the file path manually\./);
    assert.match(result.text, /papi/);
    assert.equal(sandbox.head(), before);
    await sandbox.dispose({ expected: expectedOfClaude(sandbox) });
  });
}

// The older one does not know the mark.
test('Claude Code, newer: a person has to confirm set_rwenv, although all tools are allowed', async () => {
  const sandbox = new Sandbox();
  const before = readFileSync(join(sandbox.project, '.claude/rwenv'), 'utf8');
  const api = await MessagesApi.start([
    { type: 'tool_use', name: 'mcp__rollout__set_rwenv', input: { name: 'other.env-1' } },
    { type: 'text', text: 'It was not confirmed.' },
  ]);
  const { status, output } = await claude('newer', sandbox, api, 'set the rwenv', byConfiguration(sandbox));
  api.stop();
  assert.equal(status, 0, output);
  const [result] = toolResults(api.requests[1]);
  assert.equal(result.isError, true, result.text);
  assert.doesNotMatch(result.text, /refused|Argument/);
  assert.equal(readFileSync(join(sandbox.project, '.claude/rwenv'), 'utf8'), before);
  await sandbox.dispose({ expected: expectedOfClaude(sandbox) });
});
