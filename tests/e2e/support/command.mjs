// The built program on the command line, or a shell that runs it, as a person has it in the sandbox's project.

import { spawnSync } from 'node:child_process';
import { binary } from './server.mjs';

// Runs it to its end, without input: {status, stdout, stderr, error}. `environment` is added to the sandbox's; `program`
// is what runs in its place, such as a shell; `encoding` is that of the streams.
export function run(sandbox, args, { program = binary, cwd = sandbox.project, environment = {}, input = '', encoding = 'utf8' } = {}) {
  return spawnSync(program, args, { cwd, env: { ...sandbox.environment, ...environment }, encoding, input, timeout: 60_000 });
}

// A shell script in which "$0" is the program, and "$@" are `args`.
export function runScript(sandbox, script, args = [], options = {}) {
  return run(sandbox, ['-c', script, binary, ...args], { program: '/bin/sh', ...options });
}
