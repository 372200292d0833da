// The evaluations of the skills, by scripts/evals: as a person runs them with a model, here with a stand-in for it that
// does to the letter what the skill says, and with one that does not. The tools that the model sees are those of the server.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { claudeEnvironment, claudeExecutable, expectedOfClaude, toolResults } from './support/claude.mjs';
import { MessagesApi } from './support/messages_api.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { binary, Server } from './support/server.mjs';
import { test } from './support/test.mjs';

const repository = join(dirname(fileURLToPath(import.meta.url)), '../..');
const prefix = 'mcp__plugin_rollout_rollout-mcp__';
const headings = readdirSync(join(repository, 'skills')).map((name) =>
  /^# .*$/m.exec(readFileSync(join(repository, 'skills', name, 'SKILL.md'), 'utf8'))[0]);
const say = (words) => ({ type: 'text', text: words });

// What the request says, in the words of the tool's schema.
function argumentsOf(request, { input_schema: { properties } }) {
  const words = request.split(' ').filter((word) => word !== '');
  const [first, second] = words.filter((word) => !word.startsWith('--'));
  const known = { service: first, name: first, fluxGitRepo: second, dryRun: words.includes('--dry-run') || undefined };
  return Object.fromEntries(Object.entries(known).filter(([name, value]) => name in properties && value !== undefined));
}

// Calls the tool that the skill names, and shows its report. A skill that was not asked for by its name, and a tool whose
// description the client holds back, are loaded first.
function obedient(body) {
  const blocks = body.messages.flatMap(({ content }) => (typeof content === 'string' ? [{ type: 'text', text: content }] : content));
  const said = blocks.map((block) => block.text ?? '').join('\n');
  const heading = headings.find((line) => said.includes(`\n${line}\n`) || said.startsWith(`${line}\n`));
  const skill = heading === undefined ? null : /call the tool `(\w+)`/i.exec(said.slice(said.indexOf(heading)));
  if (skill === null) return { type: 'tool_use', name: 'Skill', input: { skill: 'rollout:rollout', args: 'papi' } };
  const name = `${prefix}${skill[1]}`;
  if (blocks.some((block) => block.type === 'tool_use' && block.name === name)) {
    const result = toolResults(body).at(-1);
    return say(result.isError ? result.text : `\`\`\`\n${JSON.parse(result.text).report}\n\`\`\``);
  }
  const tool = body.tools.find((offered) => offered.name === name);
  if (tool === undefined) return { type: 'tool_use', name: 'ToolSearch', input: { query: `select:${name}` } };
  return { type: 'tool_use', name, input: argumentsOf(/^Request: (.*)$/m.exec(said)?.[1] ?? '', tool) };
}

// Calls nothing, and says that all is well.
const careless = () => say('Done.');

async function evaluate(sandbox, model, ...args) {
  const api = await MessagesApi.start([model]);
  const bin = join(sandbox.root, 'claude');
  mkdirSync(bin);
  symlinkSync(claudeExecutable('newest'), join(bin, 'claude'));
  const output = join(sandbox.root, 'results');
  const env = { ...claudeEnvironment(sandbox, api), PLUGIN: join(dirname(binary), 'plugin') };
  const child = spawn(join(repository, 'scripts/evals'), ['--json', '--output-dir', output, '--concurrency', '2', ...args],
    { cwd: sandbox.project, env: { ...env, PATH: `${bin}:${env.PATH}` }, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, error, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  api.stop();
  rmSync(bin, { recursive: true });
  assert.match(out, /^\{/, error);
  return { status, error, ...JSON.parse(out) };
}

const failed = ({ cases }) => cases.flatMap(({ name, arms }) => arms.with.flatMap(({ graders, error }) =>
  [...(error ? [`${name}: ${error}`] : []), ...graders.filter(({ passed }) => !passed).map((grader) => `${name}: ${grader.name}: ${grader.explanation}`)]));

test('a model that does what the skills say passes every evaluation, and each skill has one', { timeout: 300_000 }, async () => {
  const sandbox = new Sandbox();
  const result = await evaluate(sandbox, obedient);
  assert.deepEqual(failed(result), [], result.error);
  assert.equal(result.status, 0, result.error);
  const names = result.cases.map(({ name }) => name);
  for (const skill of readdirSync(join(repository, 'skills'))) assert.ok(names.includes(skill), `${skill} has no evaluation`);
  await sandbox.dispose({ expected: expectedOfClaude(sandbox) });
});

test('a model that does not call the tool fails', async () => {
  const sandbox = new Sandbox();
  const result = await evaluate(sandbox, careless, '--case', 'rollout');
  assert.equal(result.status, 1);
  assert.deepEqual(failed(result).map((line) => line.split(': ')[1]), ['calls', 'says']);
  await sandbox.dispose({ expected: expectedOfClaude(sandbox) });
});

test('the tools of the evaluations are those that the server lists', async () => {
  const sandbox = new Sandbox();
  const server = await Server.start(sandbox);
  const { tools } = await server.request('tools/list');
  await server.close();
  const file = join(repository, 'evals/mocks/plugin_rollout_rollout-mcp/_tools.json');
  const listed = { tools: tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })) };
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, `${JSON.stringify(listed, null, 1)}\n`);
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), listed, 'UPDATE_GOLDEN=1 writes it');
  await sandbox.dispose();
});
