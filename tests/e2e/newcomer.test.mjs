// A new user goes from a clone to `/rollout papi` in Claude Code by the README alone: its commands (the blocks marked sh)
// run in their order, in one shell and a new home, as they stand. What the README takes for granted is there: a project,
// gh logged in, and the Flux repository at its address, which git's configuration leads to the sandbox's.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { claudeEnvironment, claudeExecutable, expectedOfClaude, toolResults, versions } from './support/claude.mjs';
import { MessagesApi } from './support/messages_api.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { binary } from './support/server.mjs';
import { test } from './support/test.mjs';

const repository = join(dirname(fileURLToPath(import.meta.url)), '../..');
const readme = readFileSync(join(repository, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/^```(.*)\n([^]*?)^```$/gm)].map(([, language, text]) => ({ language, text }));

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
  assert.ok(blocks.filter(({ language }) => language === 'sh').length >= 5);
  for (const { language, text } of blocks) {
    if (language !== 'sh') assert.doesNotMatch(text, /^(claude|cmake|scripts\/|git |cd |mkdir )/m);
  }
});

for (const version of versions) {
  test(`Claude Code, ${version}: from a clone to /rollout papi by the README`,
    { skip: binary !== join(repository, 'build/release/rollout-mcp') && 'the README speaks of the release build', timeout: 240_000 }, async () => {
      const sandbox = new Sandbox();
      rmSync(join(sandbox.home, '.claude'), { recursive: true });
      rmSync(join(sandbox.project, '.claude'), { recursive: true });
      mkdirSync(join(sandbox.home, 'src'));
      symlinkSync(sandbox.project, join(sandbox.home, 'src/papi'));
      sandbox.git(sandbox.root, 'config', '--global', `url.${sandbox.url}.insteadOf`, 'https://git.example.com/infra/flux.git');
      putClaude(sandbox, version);
      const api = await MessagesApi.start([
        { type: 'tool_use', name: 'mcp__plugin_rollout_rollout-mcp__rollout', input: { service: 'papi' } },
        { type: 'text', text: 'Done.' },
      ]);

      const commands = blocks.filter(({ language }) => language === 'sh').map(({ text }) => text).join('');
      const shell = spawn('/bin/sh', ['-eu', '-c', commands], { cwd: repository, stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...claudeEnvironment(sandbox, api), ROLLOUT_SERVICES_FILE: undefined } });
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
      await sandbox.dispose({ expected: [...expectedOfClaude(sandbox), 'src'] });
    });
}
