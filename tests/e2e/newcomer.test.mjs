// A new user goes from a clone to `/rollout papi` in Claude Code by the README alone: its commands (the blocks marked sh)
// run in their order, in one shell and a new home, as they stand. The clone is a new one in which nothing is built, so
// each command has only what those before it leave. What the README takes for granted is there: a project, gh logged in,
// and the Flux repository at its address, which git's configuration leads to the sandbox's.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { claudeEnvironment, claudeExecutable, expectedOfClaude, toolResults, versions } from './support/claude.mjs';
import { MessagesApi } from './support/messages_api.mjs';
import { Sandbox, workload } from './support/sandbox.mjs';
import { binary } from './support/server.mjs';
import { test } from './support/test.mjs';

const repository = join(dirname(fileURLToPath(import.meta.url)), '../..');
const readme = readFileSync(join(repository, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/^```(.*)\n([^]*?)^```$/gm)].map(([, language, text]) => ({ language, text }));

// Variables that name the compiler, or a cache of what it made: they change how fast the clone is built, and not what is.
// What scripts/test has compiled of the same sources for the same release is not compiled again.
const ofCompiler = {
  CMAKE_CXX_COMPILER_LAUNCHER: join(repository, 'tests/support/compile_once'),
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(CMAKE_.*_COMPILER(_LAUNCHER)?$|CCACHE_)/.test(name))),
};
const skip = binary !== join(repository, 'build/release/rollout-mcp') && 'the README speaks of the release build';
let clone;

// The commit that is checked out, with the changes to it that are not committed yet.
before(() => {
  if (skip) return;
  const git = (directory, args, input) => execFileSync('git', ['-C', directory, ...args], { input, maxBuffer: 1 << 28 });
  clone = mkdtempSync(join(tmpdir(), 'rollout-newcomer-'));
  git(repository, ['clone', '--quiet', repository, clone]);
  const changes = git(repository, ['diff', '--binary', 'HEAD']);
  if (changes.length > 0) git(clone, ['apply', '-'], changes);
});

after(() => clone && rmSync(clone, { recursive: true, force: true }));

// Stands for `claude` at a terminal: where a session would begin, its user says /rollout papi and leaves.
function putClaude(sandbox, version) {
  const file = sandbox.write('bin/claude', `#!/bin/sh
case " $* " in
  "  ") exec '${claudeExecutable(version)}' -p '/rollout papi' --output-format stream-json --verbose </dev/null ;;
  *) exec '${claudeExecutable(version)}' "$@" </dev/null ;;
esac
`);
  chmodSync(file, 0o755);
}

test('README: every command that a newcomer needs is in a block that is run here', () => {
  assert.ok(blocks.filter(({ language }) => language === 'sh').length >= 4);
  for (const { language, text } of blocks) {
    if (language !== 'sh') assert.doesNotMatch(text, /^(claude|cmake|scripts\/|git |cd |mkdir |rollout-mcp (rwenv|regenerate))/m);
  }
});

for (const version of versions) {
  test(`Claude Code, ${version}: from a clone to /rollout papi by the README`,
    { skip, timeout: 1_200_000 }, async () => { // the first one builds
      const sandbox = new Sandbox({ empty: true, files: workload });
      mkdirSync(join(sandbox.home, 'src'));
      symlinkSync(sandbox.project, join(sandbox.home, 'src/papi'));
      sandbox.git(sandbox.root, 'config', '--global', `url.${sandbox.url}.insteadOf`, 'https://git.example.com/infra/flux.git');
      putClaude(sandbox, version);
      const api = await MessagesApi.start([
        { type: 'tool_use', name: 'mcp__plugin_rollout_rollout-mcp__rollout', input: { service: 'papi' } },
        { type: 'text', text: 'Done.' },
      ]);

      const commands = blocks.filter(({ language }) => language === 'sh').map(({ text }) => text).join('');
      const shell = spawn('/bin/sh', ['-eu', '-c', commands], { cwd: clone, stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...ofCompiler, ...claudeEnvironment(sandbox, api), ROLLOUT_SERVICES_FILE: undefined } });
      let output = '';
      shell.stdout.setEncoding('utf8').on('data', (text) => (output += text));
      shell.stderr.setEncoding('utf8').on('data', (text) => (output += text));
      const [status] = await once(shell, 'close');
      api.stop();

      assert.equal(status, 0, output);
      assert.match(output, /Updated backend-services to pr-42-[0-9a-f]{7}[^]*rollout-mcp.*✔ Connected/); // the demo, the list
      const [result] = toolResults(api.requests[1]);
      assert.equal(result.isError, false, result.text);
      assert.equal(JSON.parse(result.text).commit, sandbox.head());
      assert.equal(sandbox.git(sandbox.remote, 'log', '-1', '--format=%s', 'main'), 'chore(backend-services): update image tag to pr-42-a1b2c3d');
      await sandbox.dispose({ expected: [...expectedOfClaude(sandbox), 'src'], status: '?? .gitignore' });
    });
}
