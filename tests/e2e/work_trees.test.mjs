// Claude Code that works in a linked work tree: moved there in the middle of a session, where its environment and the
// server's directory stay behind, and started there. The tag is of the commit that was made there, whether the skill
// says where the session stands or only Claude's answer to `roots/list` does.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { claudeSession, expectedOfClaude, toolResults, versions } from './support/claude.mjs';
import { MessagesApi } from './support/messages_api.mjs';
import { exampleCommit, Sandbox } from './support/sandbox.mjs';
import { binary } from './support/server.mjs';
import { test } from './support/test.mjs';

const tool = 'mcp__plugin_rollout_rollout-mcp__rollout';
const enterWorkTree = { type: 'tool_use', name: 'EnterWorktree', input: { name: 'search' } };
const commit = { type: 'tool_use', name: 'Bash', input: { command: 'git commit -q --allow-empty -m Search', description: 'Commit' } };
const done = { type: 'text', text: 'Done.' };

// What a model does that follows the skill: the service, and the directory that stands in the skill's text.
function followSkill({ messages }) {
  const texts = messages.flatMap(({ content }) => (typeof content === 'string' ? [content] : content.map(({ text }) => text ?? '')));
  const [, projectDir] = /^Session's directory: (\/.*)$/m.exec(texts.join('\n')) ?? [];
  return { type: 'tool_use', name: tool, input: { service: 'papi', ...(projectDir && { projectDir }) } };
}

// What it does without the skill.
const callTool = { type: 'tool_use', name: tool, input: { service: 'papi' } };

async function session(version, sandbox, prompts, turns, ...options) {
  const plugin = join(sandbox.root, 'plugin');
  cpSync(join(dirname(binary), 'plugin'), plugin, { recursive: true, verbatimSymlinks: true });
  const api = await MessagesApi.start(turns);
  const { status, output } = await claudeSession(version, sandbox, api, prompts,
    [...options, '--plugin-dir', plugin, '--allowedTools', `EnterWorktree,Bash,${tool}`]);
  api.stop();
  assert.equal(status, 0, output);
  const call = api.requests.at(-1).messages.flatMap(({ content }) => (Array.isArray(content) ? content : [])).findLast(({ type }) => type === 'tool_use');
  const result = toolResults(api.requests.at(-1)).at(-1);
  assert.equal(result.isError, false, result.text);
  return { input: call.input, content: JSON.parse(result.text) };
}

// The rollout is of the work tree's own commit, and not of the main checkout's.
async function assertOfWorkTree(sandbox, content) {
  const directory = join(sandbox.project, '.claude/worktrees/search');
  const head = execFileSync('git', ['-C', sandbox.project, 'rev-parse', 'worktree-search'], { encoding: 'utf8', env: sandbox.environment }).trim();
  assert.notEqual(head, exampleCommit);
  assert.deepEqual([content.tag, content.projectDir, content.projectBranch, content.rwenv],
    [`pr-42-${head.slice(0, 7)}`, directory, 'worktree-search', 'rdebug']);
  assert.match(sandbox.fileAt('main').toString(), new RegExp(`newTag: "pr-42-${head.slice(0, 7)}"`));
  await sandbox.dispose({ expected: expectedOfClaude(sandbox) });
}

for (const version of versions) {
  test(`Claude Code, ${version}: EnterWorktree, a commit, /rollout papi`, async () => {
    const sandbox = new Sandbox();
    const { input, content } = await session(version, sandbox, ['Work on the search', '/rollout papi'],
      [enterWorkTree, commit, done, followSkill, done]);
    assert.equal(input.projectDir, join(sandbox.project, '.claude/worktrees/search'));
    await assertOfWorkTree(sandbox, content);
  });

  test(`Claude Code, ${version}: EnterWorktree, a commit, and the tool without the skill`, async () => {
    const sandbox = new Sandbox();
    const { input, content } = await session(version, sandbox, ['Work on the search', 'roll it out'],
      [enterWorkTree, commit, done, callTool, done]);
    assert.deepEqual(input, { service: 'papi' });
    await assertOfWorkTree(sandbox, content);
  });

  test(`Claude Code, ${version}: claude --worktree, a commit, /rollout papi`, async () => {
    const sandbox = new Sandbox();
    const { input, content } = await session(version, sandbox, ['Work on the search', '/rollout papi'],
      [commit, done, followSkill, done], '--worktree', 'search');
    assert.equal(input.projectDir, join(sandbox.project, '.claude/worktrees/search'));
    await assertOfWorkTree(sandbox, content);
  });

  test(`Claude Code, ${version}: claude --worktree, a commit, and the tool without the skill`, async () => {
    const sandbox = new Sandbox();
    const { content } = await session(version, sandbox, ['Work on the search', 'roll it out'], [commit, done, callTool, done],
      '--worktree', 'search');
    await assertOfWorkTree(sandbox, content);
  });
}
