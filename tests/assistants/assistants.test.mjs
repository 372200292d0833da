// Assistants beside Claude, as their users set them up (docs/clients.md): each connects to the built server, and its model
// is offered the tools. Codex and Gemini CLI, each driven by a stand-in for its model, roll out.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Sandbox } from '../e2e/support/sandbox.mjs';
import { binary } from '../e2e/support/server.mjs';
import { test } from '../e2e/support/test.mjs';
import { Model } from './support/model.mjs';

const packages = join(dirname(fileURLToPath(import.meta.url)), 'node_modules');
const clients = readFileSync(new URL('../../docs/clients.md', import.meta.url), 'utf8');
const tools = readdirSync(new URL('../../schemas', import.meta.url)).filter((name) => name.endsWith('.input.json'))
  .map((name) => name.replace('.input.json', '')).sort();

// Runs an assistant in the sandbox's project to its end; what it printed.
async function assistant(sandbox, program, args, environment = {}) {
  const child = spawn(join(packages, program), args, { cwd: sandbox.project, stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...sandbox.environment, PATH: `${dirname(process.execPath)}:${sandbox.environment.PATH}`, NO_COLOR: '1', ...environment } });
  const [out, error, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  assert.equal(status, 0, out + error);
  return out + error;
}

// What assistants leave in a home and the temporary directory.
function expected(sandbox) {
  const names = (path) => (existsSync(join(sandbox.root, path)) ? readdirSync(join(sandbox.root, path)) : []);
  return [...names('home').filter((name) => /^\.(codex|gemini|config|cache|local|npm|bun)$/.test(name)), ...names('tmp').map((name) => `tmp/${name}`)];
}

function assertRolledOut(sandbox, before, said) {
  assert.notEqual(sandbox.head(), before);
  assert.match(said, /✓ Updated backend-services to pr-42-a1b2c3d/);
}

// The lines of configuration that docs/clients.md has for an assistant, with the built server in them.
function documented(name) {
  const [, section] = clients.split(`\n## ${name}\n`);
  return /```\w+\n([^]*?)```/.exec(section)[1].replaceAll('/usr/bin/rollout-mcp', binary);
}

test('Codex: offers the tools to its model, and rolls out', async () => {
  const sandbox = new Sandbox();
  const before = sandbox.head();
  const model = await Model.start('responses', [{ call: 'rollout', namespace: 'mcp__rollout', arguments: { service: 'papi' } }, { say: 'Done.' }]);
  const quoted = (entries) => entries.map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`).join('');
  sandbox.write('home/.codex/config.toml', `model = "stand-in"
model_provider = "stand-in"
[model_providers.stand-in]
name = "stand-in"
base_url = "${model.url}/v1"
wire_api = "responses"
${documented('Codex')}
default_tools_approval_mode = "approve"
[mcp_servers.rollout.env]
${quoted(Object.entries(sandbox.environment))}`);
  await assistant(sandbox, '.bin/codex', ['exec', 'Roll out papi']);
  model.stop();
  const offered = model.requests[0].tools.find(({ name }) => name === 'mcp__rollout').tools.map(({ name }) => name);
  assert.deepEqual(offered.sort(), tools);
  assertRolledOut(sandbox, before, model.requests[1].input.findLast(({ type }) => type === 'function_call_output').output);
  await sandbox.dispose({ expected: expected(sandbox) });
});

test('Gemini CLI: connects, offers the tools to its model, and rolls out', async () => {
  const sandbox = new Sandbox();
  const before = sandbox.head();
  const model = await Model.start('gemini', [{ call: 'mcp_rollout_rollout', arguments: { service: 'papi' } }, { say: 'Done.' }]);
  const { mcpServers } = JSON.parse(documented('Gemini CLI'));
  mcpServers.rollout.trust = true;
  sandbox.write('home/.gemini/settings.json', JSON.stringify({ mcpServers,
    security: { folderTrust: { enabled: false }, auth: { selectedType: 'gemini-api-key' } }, privacy: { usageStatisticsEnabled: false } }));
  assert.match(await assistant(sandbox, '.bin/gemini', ['mcp', 'list']), /✓ rollout: .* - Connected/);
  await assistant(sandbox, '.bin/gemini', ['-p', 'Roll out papi'], { GEMINI_API_KEY: 'dummy', GOOGLE_GEMINI_BASE_URL: model.url });
  model.stop();
  const offered = model.requests[0].tools.flatMap(({ functionDeclarations }) => functionDeclarations ?? []).map(({ name }) => name);
  assert.deepEqual(offered.filter((name) => name.startsWith('mcp_rollout_')).sort(), tools.map((name) => `mcp_rollout_${name}`));
  assertRolledOut(sandbox, before, JSON.stringify(model.requests[1].contents.at(-1)));
  await sandbox.dispose({ expected: expected(sandbox) });
});

test('opencode: connects and lists the tools', async () => {
  const sandbox = new Sandbox();
  const [sent, answered] = [join(sandbox.root, 'sent'), join(sandbox.root, 'answered')];
  const { mcp } = JSON.parse(documented('opencode'));
  mcp.rollout.command = ['sh', '-c', 'tee "$1" | "$0" | tee "$2"', ...mcp.rollout.command, sent, answered]; // keeps what goes over the wire
  sandbox.write('home/.config/opencode/opencode.json', JSON.stringify({ mcp }));
  assert.match(await assistant(sandbox, 'opencode-linux-x64/bin/opencode', ['mcp', 'list']), /✓ rollout.*connected/);
  const messages = (file) => readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  const { id } = messages(sent).find(({ method }) => method === 'tools/list');
  const { result } = messages(answered).find((message) => message.id === id);
  assert.deepEqual(result.tools.map(({ name }) => name).sort(), tools);
  await sandbox.dispose({ expected: expected(sandbox) });
});
