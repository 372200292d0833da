// Claude Code, an older one that knows the handshake only and a newer one that speaks 2026-07-28, against a stand-in for
// its model: the model calls `rollout`, the commit is on the remote, and the report is in what the model reads next.
// The server is given by configuration, or comes with the plugin that the build made, and its /rollout.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MessagesApi } from './support/messages_api.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { binary } from './support/server.mjs';
import { test } from './support/test.mjs';

const packages = join(dirname(fileURLToPath(import.meta.url)), 'node_modules');

const plugin = join(dirname(binary), 'plugin');

// The server as the only one, and its tools allowed.
function byConfiguration(sandbox) {
  const config = sandbox.write('mcp.json', JSON.stringify({ mcpServers: { rollout: { command: binary, args: [], alwaysLoad: true } } }));
  return ['--mcp-config', config, '--strict-mcp-config', '--allowedTools', 'mcp__rollout'];
}

// Runs `claude -p` in the sandbox's project; what it printed and its status.
async function claude(version, sandbox, api, prompt, options = byConfiguration(sandbox)) {
  const executable = join(packages, `claude-code-${version}/bin/claude.exe`);
  assert.ok(existsSync(executable), executable);
  const child = spawn(executable, ['-p', prompt, ...options, '--output-format', 'stream-json', '--verbose'], {
    cwd: sandbox.project,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...sandbox.environment, ANTHROPIC_BASE_URL: api.url, ANTHROPIC_API_KEY: 'dummy', DISABLE_TELEMETRY: '1',
      DISABLE_AUTOUPDATER: '1', DISABLE_ERROR_REPORTING: '1', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      CLAUDE_CODE_TMPDIR: join(sandbox.root, 'tmp') },
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (output += text));
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
  const [status] = await once(child, 'close');
  clearTimeout(timer);
  return { status, output };
}

// The tool_result blocks of what the model got to read.
function toolResults(request) {
  return request.messages.flatMap(({ content }) => (Array.isArray(content) ? content : []))
    .filter(({ type }) => type === 'tool_result')
    .map(({ content, is_error: isError }) => ({ isError: isError === true,
      text: typeof content === 'string' ? content : content.map(({ text }) => text).join('\n') }));
}

// What Claude Code itself keeps in a home and in the temporary directory.
function expectedOfClaude(sandbox) {
  const names = (path) => (existsSync(join(sandbox.root, path)) ? readdirSync(join(sandbox.root, path)) : []);
  return [...names('home').filter((name) => /^\.(claude|cache|config|local)/.test(name)),
    ...names('home/.claude').filter((name) => name !== 'rwenv').map((name) => `.claude/${name}`),
    ...names('tmp').filter((name) => /^claude|^cc-socks$|^\.?[0-9a-f]+(-[0-9]+)?\.(so|node)$/.test(name)).map((name) => `tmp/${name}`)];
}

for (const version of ['older', 'newer']) {
  test(`Claude Code, ${version}: the model rolls out papi and reads the report`, async () => {
    const sandbox = new Sandbox();
    const api = await MessagesApi.start([
      { type: 'tool_use', name: 'mcp__rollout__rollout', input: { service: 'papi' } },
      { type: 'text', text: 'Done.' },
    ]);
    const { status, output } = await claude(version, sandbox, api, 'rollout papi');
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
    const { status, output } = await claude(version, sandbox, api, 'rollout pappi');
    api.stop();
    assert.equal(status, 0, output);
    const [result] = toolResults(api.requests[1]);
    assert.equal(result.isError, true);
    assert.match(result.text, /Service 'pappi' not found in flux-infra-guide\. Run `\/flux-infra-guide-regenerate` or provide the file path manually\./);
    assert.match(result.text, /papi/);
    assert.equal(sandbox.head(), before);
    await sandbox.dispose({ expected: expectedOfClaude(sandbox) });
  });
  test(`Claude Code, ${version}: /rollout papi of the plugin needs no permission`, async () => {
    const sandbox = new Sandbox();
    const tool = 'mcp__plugin_rollout_rollout-mcp__rollout';
    const api = await MessagesApi.start([
      { type: 'tool_use', name: tool, input: { service: 'papi' } },
      { type: 'text', text: 'Done.' },
    ]);
    const { status, output } = await claude(version, sandbox, api, '/rollout papi', ['--plugin-dir', plugin]);
    api.stop();
    assert.equal(status, 0, output);
    assert.ok(api.requests[0].tools.some(({ name }) => name === tool), output);
    const [result] = toolResults(api.requests[1]);
    assert.equal(result.isError, false, result.text);
    assert.equal(JSON.parse(result.text).commit, sandbox.head());
    await sandbox.dispose({ expected: expectedOfClaude(sandbox) });
  });
}
