// Every refusal that needs no trouble with the remote: the code, the text as a person reads it, and that nothing was
// changed. Each runs the tool on a server of its own; the eras alternate, since the texts must not depend on them.

import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertValidResult } from './support/schemas.mjs';
import { exampleCatalog, manifestFile, Sandbox } from './support/sandbox.mjs';
import { callOnce, eras } from './support/server.mjs';

const unknownService = (name) => `Service '${name}' not found in flux-infra-guide. ` +
  'Run `/flux-infra-guide-regenerate` or provide the file path manually.';

// message: the exact one, or what it must match. hint: what the advice must match. arrange(sandbox) may return what to
// change in the server's environment.
const cases = [
  { code: 'no_rwenv', message: 'No rwenv set. Use `/rwenv-set` first.',
    arrange: (s) => rmSync(join(s.project, '.claude'), { recursive: true }) },
  { code: 'no_rwenv', title: 'the home directory\'s current is not the rwenv', message: 'No rwenv set. Use `/rwenv-set` first.',
    arrange: (s) => {
      rmSync(join(s.project, '.claude'), { recursive: true });
      s.write('home/.claude/rwenv/current', 'rdebug\n');
    } },
  { code: 'unknown_rwenv', message: (s) => new RegExp(`rwenv 'nowhere' not found in ${s.configDirectory}/envs\\.json`),
    hint: /rdebug.*other\.env-1|other\.env-1.*rdebug/s, arrange: (s) => s.write('project/.claude/rwenv', '  nowhere \n') },
  { code: 'no_flux_repo', message: 'No flux repo configured for this rwenv. Add `fluxGitRepo` to rwenv config.',
    arrange: (s) => s.writeEnvs({ description: 'no repository' }) },
  { code: 'read_only', message: "rwenv 'rdebug' is read-only. Cannot modify Flux repo.",
    arrange: (s) => s.writeEnvs({ fluxGitRepo: s.url, readOnly: true }) },
  { code: 'no_pr', message: 'No PR found for current branch. Create a PR first with `gh pr create`.',
    arrange: (s) => s.failGh('no pull requests found for branch "feature/health"', 1) },
  { code: 'unknown_service', message: unknownService('pappi'), args: { service: 'pappi' }, hint: /papi/ },
  { code: 'no_image_group', message: "No imageGroup configured for 'lonely'. Update services.json or provide the file path manually.",
    args: { service: 'lonely' } },
  { code: 'bad_config', title: 'envs.json is not JSON', message: /envs\.json.*3|3.*envs\.json/s,
    arrange: (s) => s.write('home/.claude/rwenv/envs.json', '{\n  "rwenvs": {\n    oops\n') },
  { code: 'bad_config', title: 'envs.json has a wrong type', message: /envs\.json[^]*fluxGitRepo/,
    arrange: (s) => s.writeEnvs({ fluxGitRepo: 7 }) },
  { code: 'bad_config', title: 'services.json has a wrong type', message: /services\.json[^]*imageGroup/,
    arrange: (s) => s.write('services.json', '{"services": {"papi": {"imageGroup": ["a"]}}, "imageGroups": {}}') },
  { code: 'bad_config', title: 'an rwenv that could be a path', message: /\.claude\/rwenv/,
    arrange: (s) => s.write('project/.claude/rwenv', '../elsewhere\n') },
  { code: 'bad_config', title: 'a URL that is an option', message: /fluxGitRepo/,
    arrange: (s) => s.writeEnvs({ fluxGitRepo: '--upload-pack=/bin/true' }) },
  { code: 'not_a_repository', message: (s) => new RegExp(s.project),
    arrange: (s) => {
      rmSync(join(s.project, '.git'), { recursive: true });
      s.projectIsGone = true;
    } },
  { code: 'no_commit', message: (s) => new RegExp(s.project),
    arrange: (s) => {
      s.git(s.project, 'checkout', '-q', '--orphan', 'empty');
      s.git(s.project, 'rm', '-rqf', '.');
    } },
  { code: 'gh_missing', message: /gh/, hint: /prNumber/, arrange: (s) => ({ PATH: s.pathWithoutGh() }) },
  { code: 'gh_auth', message: /gh/, hint: /gh auth login[^]*prNumber|prNumber[^]*gh auth login/,
    arrange: (s) => s.failGh('To get started with GitHub CLI, please run:  gh auth login\n' +
      'Alternatively, populate the GH_TOKEN environment variable with a GitHub API authentication token.', 4) },
  { code: 'gh_failed', message: /HTTP 502: Bad Gateway/, hint: /prNumber/,
    arrange: (s) => s.failGh('HTTP 502: Bad Gateway (https://api.github.example.com/graphql)', 1) },
  { code: 'pipeline_not_green', message: /lint/, args: { service: 'papi', verifyPipeline: true },
    arrange: (s) => s.setPullRequest({ statusCheckRollup: [
      { __typename: 'CheckRun', name: 'build', status: 'COMPLETED', conclusion: 'SUCCESS', workflowName: 'ci' },
      { __typename: 'CheckRun', name: 'lint', status: 'COMPLETED', conclusion: 'FAILURE', workflowName: 'ci' }] }) },
  { code: 'pipeline_not_green', title: 'still running', message: /image/, args: { service: 'papi', verifyPipeline: true },
    arrange: (s) => s.setPullRequest({ statusCheckRollup: [
      { __typename: 'CheckRun', name: 'image', status: 'IN_PROGRESS', conclusion: '', workflowName: 'ci' },
      { __typename: 'StatusContext', context: 'licence', state: 'SUCCESS' }] }) },
  { code: 'bad_argument', title: 'a type', message: /service/, args: { service: 42 } },
  { code: 'bad_argument', title: 'a range', message: /prNumber/, args: { service: 'papi', prNumber: 0 } },
  { code: 'bad_argument', title: 'a tag of eight characters', message: /tag/, args: { service: 'papi', tag: 'pr-42-a1b2c3d4' } },
  { code: 'bad_argument', title: 'a relative project', message: /projectDir/, args: { service: 'papi', projectDir: 'project' } },
  { code: 'bad_argument', title: 'an unknown one', message: /fluxGitRepo/,
    args: { service: 'papi', fluxGitRepo: 'https://git.example.com/other.git' } },
  { code: 'bad_manifest', message: /apps\/broken\/kustomization\.yaml/, args: { service: 'broken' } },
  { code: 'image_not_found', message: /not-there/, hint: /backend-services/, args: { service: 'absent' } },
  { code: 'digest_pinned', message: /pinned/, args: { service: 'pinned' } },
  { code: 'unsupported_type', message: /jsonnet/, hint: /kustomize-images/, args: { service: 'strange' } },
  { code: 'bad_path', title: 'of the catalog', message: /\.\.\/outside\.yaml/, args: { service: 'outside' } },
  { code: 'bad_path', title: 'absolute', message: /\/etc\/passwd/, args: { service: 'papi', file: '/etc/passwd' } },
  { code: 'bad_path', title: 'a file that is not there', message: /apps\/none\.yaml/, args: { service: 'papi', file: 'apps/none.yaml' } },
];

cases.forEach(({ code, title, message, hint, args = { service: 'papi' }, arrange }, index) => {
  test(title === undefined ? code : `${code}: ${title}`, async () => {
    const sandbox = new Sandbox();
    const environment = arrange?.(sandbox);
    const before = sandbox.head();
    const result = await callOnce(sandbox, 'rollout', args, { era: eras[index % eras.length],
      environment: typeof environment === 'object' ? environment : {} });

    assert.equal(result.isError, true, JSON.stringify(result));
    assertValidResult('rollout', result);
    const refusal = result.structuredContent;
    const expected = typeof message === 'function' ? message(sandbox) : message;
    assert.equal(refusal.status, 'refused');
    assert.equal(refusal.code, code, JSON.stringify(refusal));
    if (typeof expected === 'string') {
      assert.equal(refusal.message.split('\n')[0], expected);
    } else {
      assert.match(refusal.message, expected);
    }
    const text = result.content[0].text;
    assert.ok(text.startsWith(refusal.message), `${text}\n--\n${refusal.message}`);
    if (hint !== undefined) {
      assert.match(text, hint);
    }
    if (refusal.hint !== undefined) {
      assert.ok(text.includes(refusal.hint), `${text}\n--\n${refusal.hint}`);
    }
    assert.equal(sandbox.head(), before);
    if (code === 'no_commit') {
      sandbox.git(sandbox.project, 'symbolic-ref', 'HEAD', 'refs/heads/feature/health');
      sandbox.git(sandbox.project, 'reset', '-q', '--hard');
    }
    if (sandbox.projectIsGone) {
      sandbox.git(sandbox.project, 'init', '-q');
      sandbox.git(sandbox.project, 'add', '.');
      sandbox.git(sandbox.project, 'commit', '-qm', 'As it was');
    }
    await sandbox.dispose();
  });
});

test('bad_path: a symlink, a submodule and a file through a symlinked directory are refused', async () => {
  const sandbox = new Sandbox();
  const directory = join(sandbox.root, 'links');
  sandbox.git(sandbox.root, 'clone', '-q', sandbox.url, directory);
  symlinkSync('backend-services', join(directory, 'apps/alias'));
  symlinkSync('kustomization.yaml', join(directory, 'apps/backend-services/link.yaml'));
  sandbox.git(directory, 'add', '.');
  sandbox.git(directory, 'update-index', '--add', '--cacheinfo', `160000,${sandbox.head()},apps/module`);
  sandbox.git(directory, 'commit', '-qm', 'Links');
  sandbox.git(directory, 'push', '-q', 'origin', 'HEAD:main');
  const before = sandbox.head();
  for (const file of ['apps/backend-services/link.yaml', 'apps/alias/kustomization.yaml', 'apps/module', 'apps/backend-services']) {
    const result = await callOnce(sandbox, 'rollout', { service: 'papi', file });
    assertValidResult('rollout', result);
    assert.equal(result.isError, true, file);
    assert.ok(['bad_path', 'bad_manifest'].includes(result.structuredContent.code), `${file}: ${result.content[0].text}`);
    assert.ok(result.content[0].text.includes(file), result.content[0].text);
  }
  assert.equal(sandbox.head(), before);
  await sandbox.dispose();
});

test('unknown_service: a file given by hand stands in for the catalog', async () => {
  const sandbox = new Sandbox();
  const result = await callOnce(sandbox, 'rollout', { service: 'newcomer', file: manifestFile, imageName: 'frontend', tag: 'pr-9-abcdef0' });
  assertValidResult('rollout', result);
  assert.equal(result.content[0].text.split('\n')[0], '✓ Updated frontend to pr-9-abcdef0');
  assert.deepEqual(sandbox.ghCalls(), []);
  assert.match(sandbox.git(sandbox.remote, 'log', '-1', '--format=%s', 'main'), /^chore\(frontend\): update image tag to pr-9-abcdef0$/);
  await sandbox.dispose();
});

test('unknown_service: names that are like nothing, empty and hostile ones', async () => {
  const sandbox = new Sandbox();
  for (const service of ['', '__proto__', '../papi', 'p'.repeat(5000), 'papi\u001b[31m', '$(touch x)']) {
    const result = await callOnce(sandbox, 'rollout', { service });
    assert.equal(result.isError, true, service);
    assertValidResult('rollout', result);
    assert.ok(['unknown_service', 'bad_argument'].includes(result.structuredContent.code), result.content[0].text);
    // eslint-disable-next-line no-control-regex
    assert.doesNotMatch(result.content[0].text, /[\u0000-\u0008\u000b-\u001f\u007f]/);
  }
  await sandbox.dispose();
});

test('no service where the client cannot be asked: the services are listed', async () => {
  const sandbox = new Sandbox();
  for (const era of eras) {
    const result = await callOnce(sandbox, 'rollout', {}, { era });
    assert.equal(result.isError, true);
    assertValidResult('rollout', result);
    for (const name of Object.keys(exampleCatalog().services)) assert.ok(result.content[0].text.includes(name), result.content[0].text);
  }
  await sandbox.dispose();
});

test('a project in a subdirectory, a linked work tree and a detached HEAD are found', async () => {
  const sandbox = new Sandbox();
  mkdirSync(join(sandbox.project, 'src'), { recursive: true });
  const inside = await callOnce(sandbox, 'resolve_tag', {}, { cwd: join(sandbox.project, 'src') });
  assert.equal(inside.structuredContent.tag, 'pr-42-a1b2c3d');
  const linked = join(sandbox.root, 'linked');
  sandbox.git(sandbox.project, 'worktree', 'add', '-q', '--detach', linked);
  const detached = await callOnce(sandbox, 'resolve_tag', { projectDir: linked, prNumber: 5 });
  assert.equal(detached.structuredContent.tag, 'pr-5-a1b2c3d');
  assert.equal(detached.structuredContent.branch, undefined);
  await sandbox.dispose();
});
