// Claude Code as its users run it, in a sandbox: an older one that knows the handshake only, and a newer one that speaks
// 2026-07-28.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const packages = join(dirname(fileURLToPath(import.meta.url)), '../node_modules');

export const versions = ['older', 'newer', 'newest'];

export function claudeExecutable(version) {
  const executable = join(packages, `claude-code-${version}/bin/claude.exe`);
  assert.ok(existsSync(executable), executable);
  return executable;
}

// What it gets beside the sandbox's environment, so that it talks to nobody but `api`, a stand-in for its model.
export function claudeEnvironment(sandbox, api) {
  return { ...sandbox.environment, DISABLE_TELEMETRY: '1', DISABLE_AUTOUPDATER: '1', DISABLE_ERROR_REPORTING: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', CLAUDE_CODE_TMPDIR: join(sandbox.root, 'tmp'),
    ...(api && { ANTHROPIC_BASE_URL: api.url, ANTHROPIC_API_KEY: 'dummy' }) };
}

// Runs `claude -p` in the sandbox's project; what it printed and its status.
export async function claude(version, sandbox, api, prompt, options) {
  const child = spawn(claudeExecutable(version), ['-p', prompt, ...options, '--output-format', 'stream-json', '--verbose'],
    { cwd: sandbox.project, stdio: ['ignore', 'pipe', 'pipe'], env: claudeEnvironment(sandbox, api) });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (output += text));
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
  const [status] = await once(child, 'close');
  clearTimeout(timer);
  return { status, output };
}

// One session of `claude` in which a person types the prompts, each when the one before has been answered.
export async function claudeSession(version, sandbox, api, prompts, options) {
  const child = spawn(claudeExecutable(version), ['-p', ...options, '--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'],
    { cwd: sandbox.project, stdio: ['pipe', 'pipe', 'pipe'], env: claudeEnvironment(sandbox, api) });
  let output = '';
  const left = [...prompts];
  const next = () => {
    if (left.length === 0) return child.stdin.end();
    const message = { type: 'user', message: { role: 'user', content: left.shift() } };
    return child.stdin.write(`${JSON.stringify(message)}\n`);
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    output += `${line}\n`;
    if (line.includes('"type":"result"')) next();
  });
  child.stderr.setEncoding('utf8').on('data', (text) => (output += text));
  child.stdin.on('error', () => {}); // it has ended, and its status says why
  next();
  const timer = setTimeout(() => child.kill('SIGKILL'), 90_000);
  const [status] = await once(child, 'close');
  clearTimeout(timer);
  return { status, output };
}

// Runs a command of `claude` that must succeed, such as `plugin install`; what it printed.
export function claudeCommand(version, sandbox, ...args) {
  const { status, stdout, stderr } = spawnSync(claudeExecutable(version), args,
    { cwd: sandbox.project, env: claudeEnvironment(sandbox), encoding: 'utf8', timeout: 60_000 });
  assert.equal(status, 0, `${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}

// The tool_result blocks of what the model got to read.
export function toolResults(request) {
  return request.messages.flatMap(({ content }) => (Array.isArray(content) ? content : []))
    .filter(({ type }) => type === 'tool_result')
    .map(({ content, is_error: isError }) => ({ isError: isError === true,
      text: typeof content === 'string' ? content : content.map(({ text }) => text).join('\n') }));
}

// What Claude Code itself keeps in a home and in the temporary directory.
export function expectedOfClaude(sandbox) {
  const names = (path) => (existsSync(join(sandbox.root, path)) ? readdirSync(join(sandbox.root, path)) : []);
  return [...names('home').filter((name) => /^\.(claude|cache|config|local)/.test(name)),
    ...names('home/.claude').filter((name) => name !== 'rwenv').map((name) => `.claude/${name}`),
    ...names('tmp').filter((name) => /^claude|^cc-socks$|^\.?[0-9a-f]+(-[0-9]+)?\.(so|node)$/.test(name)).map((name) => `tmp/${name}`)];
}
