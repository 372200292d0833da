// The completion scripts, each in its own shell: commands, options and the services of the project's catalog as it is.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './support/command.mjs';
import { exampleCatalog, Sandbox } from './support/sandbox.mjs';
import { binary } from './support/server.mjs';
import { test } from './support/test.mjs';

const zshPrompt = fileURLToPath(new URL('support/complete.zsh', import.meta.url));
const services = Object.keys(exampleCatalog().services);

// A sandbox in which rollout-mcp is on PATH, as people have it.
function installed() {
  const sandbox = new Sandbox();
  symlinkSync(binary, join(sandbox.root, 'bin/rollout-mcp'));
  mkdirSync(join(sandbox.project, 'src.d'), { recursive: true });
  return sandbox;
}

// The lines that a shell prints.
function linesOf(sandbox, program, args, input = '') {
  const { status, stdout, stderr, error } = run(sandbox, args, { program, input });
  assert.equal(error, undefined);
  assert.equal(status, 0, stderr);
  assert.equal(stderr, '');
  return stdout.split('\n').filter((line) => line !== '');
}

// The line that `completion --help` tells people to add to the file that a shell reads when it starts.
const toSwitchOn = (shell) => spawnSync(binary, ['completion', '--help'], { encoding: 'utf8', env: {} }).stdout.split('\n')
  .find((line) => line.includes(`rollout-mcp completion ${shell}`)).trim();

// What each shell offers for a line with the cursor at its end, once that is done.
const shells = {
  bash: (sandbox, words) => linesOf(sandbox, 'bash', ['--norc', '-c',
    `${toSwitchOn('bash')}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); $(complete -p rollout-mcp | sed 's/.*-F //; s/ .*//'); printf '%s\\n' "\${COMPREPLY[@]}"`,
    'bash', ...words]),
  fish: (sandbox, words) => linesOf(sandbox, 'fish', ['--no-config', '-c',
    `${toSwitchOn('fish')}; complete -C (string join ' ' -- $argv)`, ...words]).map((line) => line.split('\t')[0]),
  zsh: (sandbox, words) => linesOf(sandbox, 'zsh', ['-f', zshPrompt, words.join(' '), toSwitchOn('zsh')]),
};

for (const [shell, offered] of Object.entries(shells)) {
  const missing = spawnSync(shell, ['-c', ':']).status === 0 ? false : `${shell} is not installed: see scripts/setup`;
  test(`${shell}: commands, options, values and services`, { skip: missing }, async () => {
    const sandbox = installed();
    const at = (...words) => [...new Set(offered(sandbox, ['rollout-mcp', ...words]))].sort();
    assert.deepEqual(at('res'), ['resolve-tag']);
    assert.deepEqual(at('rollout', '--ver'), ['--verify-pipeline', '--version']);
    assert.deepEqual(at('rollout', '--dry-run', ''), [...services].sort());
    assert.deepEqual(at('lookup', 'wor'), ['worker.mail']);
    assert.deepEqual(at('completion', ''), ['bash', 'fish', 'zsh']);
    assert.deepEqual(at('--log-level', 'w'), ['warning']);
    assert.ok(at('rollout', '--project', 'sr').some((name) => /^src\.d\/?$/.test(name)));
    assert.deepEqual(at('deploy', ''), []);
    await sandbox.dispose({ expected: ['.config', '.local', '.cache'] }); // fish's own
  });
}

test('where nothing can be completed there is nothing, without a word', async () => {
  const sandbox = installed();
  for (const [args, environment] of [
    [['rollout', ''], { ROLLOUT_SERVICES_FILE: '/nonexistent' }],
    [['rollout', ''], { CLAUDE_PROJECT_DIR: '/nonexistent' }],
    [['rollout', '--project', '/nonexistent', ''], {}],
    [['rollout', ''], { ROLLOUT_TIMEOUT_SECONDS: 'soon' , ROLLOUT_SERVICES_FILE: '' }],
    [[], {}],
    [['nonsense', '--'], {}],
  ]) {
    const { status, stderr } = run(sandbox, ['__complete', ...args], { environment });
    assert.deepEqual([status, stderr], [0, ''], args.join(' '));
  }
  assert.deepEqual(sandbox.ghCalls(), []);
  await sandbox.dispose();
});
