// The built program on a pseudo-terminal, as a person has it in the sandbox's project.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { binary } from './server.mjs';
import { test } from './test.mjs';

const helper = fileURLToPath(new URL('on_terminal.py', import.meta.url));
const noPython = spawnSync('python3', ['--version']).status === 0 ? false : 'python3 is not installed: see scripts/setup';

// A test that needs a pseudo-terminal.
export const atTerminal = (name, body) => test(name, { skip: noPython }, body);

// {status, screen, out} of on_terminal.py, to which the rest of `options` goes.
export function onTerminal(sandbox, args, { environment = {}, ...request } = {}) {
  const { status, stdout, stderr } = spawnSync('python3', [helper, JSON.stringify({ command: [binary, ...args], ...request })],
    { cwd: sandbox.project, env: { ...sandbox.environment, TERM: 'xterm', ...environment }, encoding: 'utf8', timeout: 60_000 });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

// eslint-disable-next-line no-control-regex
export const withoutColours = (text) => text.replace(/\u001b\[\d*m/g, '');
