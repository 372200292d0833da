// The plugin as it is built, in Claude Code, against a stand-in for its model: it is valid, `/rollout papi` finds the
// skill, and the skill's permission lets the model call the tool unasked.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { MessagesApi } from './support/messages_api.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { binary } from './support/server.mjs';

const packages = join(dirname(fileURLToPath(import.meta.url)), 'node_modules');
const plugin = join(dirname(binary), 'plugin');
const quiet = { DISABLE_TELEMETRY: '1', DISABLE_AUTOUPDATER: '1', DISABLE_ERROR_REPORTING: '1', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' };

for (const version of ['older', 'newer']) {
  const executable = join(packages, `claude-code-${version}/bin/claude.exe`);

  test(`Claude Code, ${version}: the plugin is valid`, async () => {
    const sandbox = new Sandbox();
    const { status, stdout, stderr } = spawnSync(executable, ['plugin', 'validate', '--strict', plugin],
      { env: { ...sandbox.environment, ...quiet }, encoding: 'utf8', timeout: 60_000 });
    assert.equal(status, 0, stdout + stderr);
    rmSync(sandbox.root, { recursive: true });
  });

  test(`Claude Code, ${version}: /rollout papi rolls out`, async () => {
    const sandbox = new Sandbox();
    const tool = 'mcp__plugin_rollout_rollout-mcp__rollout';
    const api = await MessagesApi.start([{ type: 'tool_use', name: tool, input: { service: 'papi' } }, { type: 'text', text: 'Done.' }]);
    const child = spawn(executable, ['-p', '/rollout papi', '--plugin-dir', plugin, '--output-format', 'stream-json', '--verbose'], {
      cwd: sandbox.project,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...sandbox.environment, ...quiet, ANTHROPIC_BASE_URL: api.url, ANTHROPIC_API_KEY: 'dummy' },
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (output += text));
    const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
    const [status] = await once(child, 'close');
    clearTimeout(timer);
    api.stop();
    assert.equal(status, 0, output);
    const asked = JSON.stringify(api.requests[0].messages);
    assert.match(asked, /Roll out the current branch/);
    assert.match(asked, /Request: papi/);
    const results = api.requests[1].messages.flatMap(({ content }) => (Array.isArray(content) ? content : []))
      .filter(({ type }) => type === 'tool_result');
    assert.equal(results.length, 1, output);
    assert.match(JSON.stringify(results[0].content), /✓ Updated backend-services to pr-42-a1b2c3d/);
    assert.match(sandbox.git(sandbox.remote, 'log', '-1', '--format=%s', 'main'), /pr-42-a1b2c3d/);
    rmSync(sandbox.root, { recursive: true });
  });
}
