// What docs/pipeline.md gives to copy rolls out as it stands: the commands, and the scripts of the jobs. The directory of
// the program is on the PATH, and the forge's variables have their values; nothing else is there.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exampleCatalog, Sandbox } from './support/sandbox.mjs';
import { binary } from './support/server.mjs';
import { test } from './support/test.mjs';

const page = readFileSync(new URL('../../docs/pipeline.md', import.meta.url), 'utf8');

// The block in a section, without the indentation of its first line.
function block(heading) {
  const [, text] = new RegExp(`\\n## ${heading}\\n[^]*?\\n\`\`\`\\w*\\n([^]*?)\`\`\``).exec(page);
  return text;
}

// The commands of the last `run: |` of GitHub's job, or of GitLab's `script:`.
const ofGitHub = () => /- run: \|\n((?: {10}.*\n)+)$/.exec(block('GitHub Actions'))[1].replace(/^ {10}/gm, '');
const ofGitLab = () => [...block('GitLab CI').matchAll(/^ {4}- (.*)$/gm)].map(([, command]) => command).filter((text) => !text.startsWith('if:')).join('\n');

function checkout() {
  const sandbox = new Sandbox({ empty: true });
  mkdirSync(join(sandbox.project, 'deploy'));
  sandbox.write('project/deploy/rwenv/envs.json', JSON.stringify({ rwenvs: { rdebug: { fluxGitRepo: sandbox.url } } }));
  sandbox.write('project/deploy/rwenv/services.json', JSON.stringify(exampleCatalog()));
  return sandbox;
}

function run(sandbox, script, variables) {
  const directory = join(sandbox.project, 'deploy/rwenv');
  return spawnSync('/bin/sh', ['-euc', script], { cwd: sandbox.project, encoding: 'utf8', env: { ...sandbox.environment,
    PATH: `${dirname(binary)}:/usr/bin:/bin`, RWENV_CONFIG_DIR: directory, ROLLOUT_SERVICES_FILE: join(directory, 'services.json'), ...variables } });
}

const jobs = {
  'the commands': [block('The commands'), { PR_NUMBER: '42', PR_HEAD: 'c0ffee7890123456', RWENV_CONFIG_DIR: '', ROLLOUT_SERVICES_FILE: '' }],
  'the job of GitHub Actions': [ofGitHub(), { PR_NUMBER: '42', HEAD_SHA: 'c0ffee7890123456' }],
  'the job of GitLab CI': [ofGitLab(), { CI_MERGE_REQUEST_IID: '42', CI_COMMIT_SHA: 'c0ffee7890123456' }],
};
for (const [name, [script, variables]] of Object.entries(jobs)) {
  test(`docs/pipeline.md: ${name}`, async () => {
    const sandbox = checkout();
    for (const _ of ['updated', 'unchanged']) {
      const { status, stdout, stderr } = run(sandbox, script, variables);
      assert.equal(status, 0, stderr);
      assert.match(stdout, /pr-42-c0ffee7/);
    }
    assert.match(sandbox.git(sandbox.remote, 'log', '-2', '--format=%an %s', 'main'),
      /^papi pipeline chore\(backend-services\): update image tag to pr-42-c0ffee7\n.* The environment as it is$/);
    await sandbox.dispose({ status: '?? .claude/\n?? deploy/' });
  });
}

test('docs/pipeline.md: a directory that everybody can write is refused, until it is made safe as the page says', async () => {
  const sandbox = checkout();
  const [script, variables] = jobs['the commands'];
  chmodSync(join(sandbox.project, 'deploy/rwenv'), 0o777);
  const { status, stderr } = run(sandbox, script, variables);
  assert.equal(status, 1);
  assert.match(stderr, /can be written by everybody/);
  const [, safe] = /`(chmod [^`]*)`/.exec(page);
  assert.equal(run(sandbox, script.replace(/^rollout-mcp/m, `${safe}\nrollout-mcp`), variables).status, 0);
  await sandbox.dispose({ status: '?? .claude/\n?? deploy/' });
});
