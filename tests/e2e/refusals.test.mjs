// Every refusal that needs no trouble with the remote: the code, the text as a person reads it, and that nothing was
// changed. Each runs the tool on a server of its own; the eras alternate, since the texts must not depend on them.

import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { assertValidResult } from './support/schemas.mjs';
import { exampleCatalog, manifestFile, Sandbox } from './support/sandbox.mjs';
import { callOnce, eras, Server } from './support/server.mjs';
import { test } from './support/test.mjs';

const orNumber = "or give the pull request's number (`prNumber`), then gh is not asked.";
const norRefs = ' <root>/papi.git lists no pull requests either.';
const noRwenv = 'No rwenv set. Use `/rwenv-set` first.\n' +
  'Set one with `/rwenv-set` (the tool `set_rwenv`). The project\'s file `.claude/rwenv` is missing or empty; looked for:\n<root>/project/.claude/rwenv';
const elseFile = 'Regenerate the catalog with the tool `regenerate_services`, or roll out with `file` and `imageName`.';
const correct = 'Correct the argument and call the tool again.';
const rwenvForm = "the name of an rwenv: letters, digits, '.', '_' and '-', beginning with a letter or digit";
const urlForm = 'an https, http, ssh, git or file URL.';
const inside = "expected a path relative to the Flux repository's root and inside it.\n" +
  'Give a path such as apps/backend-services/kustomization.yaml.';

// text: exactly, or what it must match where a library's words are quoted; envs and root stand for the sandbox's.
// arrange(sandbox) may return what to change in the server's environment.
const cases = [
  { code: 'no_rwenv', text: noRwenv,
    arrange: (s) => rmSync(join(s.project, '.claude'), { recursive: true }) },
  { code: 'no_rwenv', title: 'the home directory\'s current is not the rwenv', text: noRwenv,
    arrange: (s) => {
      rmSync(join(s.project, '.claude'), { recursive: true });
      s.write('home/.claude/rwenv/current', 'rdebug\n');
    } },
  { code: 'unknown_rwenv', text: "rwenv 'nowhere' not found in <envs>. There are: other.env-1, rdebug.\n" +
      'Set one of these with `/rwenv-set` (the tool `set_rwenv`), or add it with `/rwenv-add` (the tool `add_rwenv`).',
    arrange: (s) => s.write('project/.claude/rwenv', '  nowhere \n') },
  { code: 'no_flux_repo', text: 'No flux repo configured for this rwenv. Add `fluxGitRepo` to rwenv config.\n' +
      "The rwenv is 'rdebug' in <envs>.",
    arrange: (s) => s.writeEnvs({ description: 'no repository' }) },
  { code: 'read_only', text: "rwenv 'rdebug' is read-only. Cannot modify Flux repo.\nA dry run is allowed.",
    arrange: (s) => s.writeEnvs({ fluxGitRepo: s.url, readOnly: true }) },
  { code: 'no_pr', text: 'No PR found for current branch. Create a PR first with `gh pr create`.\n' +
      "If there is one for another branch name, give the pull request's number (`prNumber`), then gh is not asked.",
    arrange: (s) => s.failGh('no pull requests found for branch "feature/health"', 1) },
  { code: 'unknown_service', args: { service: 'pappi' }, text: "Service 'pappi' not found in flux-infra-guide. " +
      'Run `/flux-infra-guide-regenerate` or provide the file path manually.\nNearest names: papi.\n' + elseFile },
  { code: 'no_image_group', args: { service: 'lonely' },
    text: "No imageGroup configured for 'lonely'. Update services.json or provide the file path manually.\n" + elseFile },
  { code: 'bad_config', title: 'envs.json is not JSON', text: /^\S+\/envs\.json:3:5: not JSON: [^\n]+\nCorrect the file at that place\.$/,
    arrange: (s) => s.write('home/.claude/rwenv/envs.json', '{\n  "rwenvs": {\n    oops\n') },
  { code: 'bad_config', title: 'envs.json has a wrong type',
    text: '<envs>:5:22: rwenvs/rdebug/fluxGitRepo: given 7, expected a string.\nCorrect the file at that place.',
    arrange: (s) => s.writeEnvs({ fluxGitRepo: 7 }) },
  { code: 'bad_config', title: 'a field that is misspelt',
    text: /^\S+\/envs\.json:6:19: rwenvs\/rdebug\/readonly: there is no field `readonly`, but there is `readOnly`\.\nWrite the field as `readOnly`\. [^\n]+$/,
    arrange: (s) => s.writeEnvs({ fluxGitRepo: s.url, readonly: true }) },
  { code: 'bad_config', title: 'services.json has a wrong type',
    text: '<root>/services.json:1:38: services/papi/imageGroup: given an array, expected a string.\nCorrect the file at that place.',
    arrange: (s) => s.write('services.json', '{"services": {"papi": {"imageGroup": ["a"]}}, "imageGroups": {}}') },
  { code: 'bad_config', title: 'an rwenv that could be a path',
    text: `<root>/project/.claude/rwenv: expected ${rwenvForm}; what is in it is not one.\nSet it again with \`/rwenv-set\` (the tool \`set_rwenv\`).`,
    arrange: (s) => s.write('project/.claude/rwenv', '../elsewhere\n') },
  { code: 'bad_config', title: 'an rwenv that an editor has given a BOM',
    text: '<root>/project/.claude/rwenv: it begins with a byte order mark (BOM), which is no part of a name.\n' +
      'Save it as UTF-8 without BOM, or set it again with `/rwenv-set` (the tool `set_rwenv`).',
    arrange: (s) => s.write('project/.claude/rwenv', '\uFEFFrdebug\n') },
  { code: 'bad_config', title: 'a URL that is an option',
    text: `<envs>: /rwenvs/rdebug/fluxGitRepo: given '--upload-pack=/bin/true', expected ${urlForm}\nCorrect the URL.`,
    arrange: (s) => s.writeEnvs({ fluxGitRepo: '--upload-pack=/bin/true' }) },
  { code: 'bad_config', title: 'a URL of another transport, whose password is not shown',
    text: "Could not fetch from ftp://git.example.com/flux.git: fatal: transport 'ftp' not allowed\n" +
      `Use ${urlForm.replace('.', '')} in fluxGitRepo.`,
    arrange: (s) => s.writeEnvs({ fluxGitRepo: 'ftp://dana:s3cr3t@git.example.com/flux.git' }) },
  { code: 'not_a_repository', text: "'<root>/project' is not in a git work tree.\n" +
      'Run it in the project whose feature branch is to be rolled out, or name that directory (`projectDir`).',
    arrange: (s) => rmSync(join(s.project, '.git'), { recursive: true }),
    repair: (s) => {
      s.git(s.project, 'init', '-q');
      s.git(s.project, 'add', '.');
      s.git(s.project, 'commit', '-qm', 'As it was');
    } },
  { code: 'no_commit', text: "The repository of '<root>/project' has no commit yet.\n" +
      'Commit and push the feature branch first; the tag is made of its commit.',
    arrange: (s) => {
      s.git(s.project, 'checkout', '-q', '--orphan', 'empty');
      s.git(s.project, 'rm', '-rqf', '.');
    },
    repair: (s) => {
      s.git(s.project, 'symbolic-ref', 'HEAD', 'refs/heads/feature/health');
      s.git(s.project, 'reset', '-q', '--hard');
    } },
  { code: 'gh_missing', text: 'The GitHub CLI `gh` is not installed: it is not on PATH.\n' +
      `Install it with \`${process.platform === 'darwin' ? 'brew' : 'apt'} install gh\` (or as https://cli.github.com says) and run \`gh auth login\`, ${orNumber}${norRefs}`,
    arrange: (s) => ({ PATH: s.pathWithoutGh() }) },
  { code: 'gh_auth', text: 'gh is not logged in to GitHub: To get started with GitHub CLI, please run:  gh auth login Alternatively, ' +
      `populate the GH_TOKEN environment variable with a GitHub API authentication token.\nRun \`gh auth login\`, ${orNumber}${norRefs}`,
    arrange: (s) => s.failGh('To get started with GitHub CLI, please run:  gh auth login\n' +
      'Alternatively, populate the GH_TOKEN environment variable with a GitHub API authentication token.', 4) },
  { code: 'gh_failed', text: '`gh pr view` failed: HTTP 502: Bad Gateway (https://api.github.example.com/graphql)\n' +
      `See what \`gh pr view\` says in the project directory, ${orNumber}`,
    arrange: (s) => s.failGh('HTTP 502: Bad Gateway (https://api.github.example.com/graphql)', 1) },
  { code: 'pipeline_not_green', args: { service: 'papi', verifyPipeline: true },
    text: 'The checks of PR #42 are not green: lint (FAILURE).\n' +
      'Wait for them or repair them; without `verifyPipeline` the checks are not looked at.',
    arrange: (s) => s.setPullRequest({ statusCheckRollup: [
      { __typename: 'CheckRun', name: 'build', status: 'COMPLETED', conclusion: 'SUCCESS', workflowName: 'ci' },
      { __typename: 'CheckRun', name: 'lint', status: 'COMPLETED', conclusion: 'FAILURE', workflowName: 'ci' }] }) },
  { code: 'pipeline_not_green', title: 'still running', args: { service: 'papi', verifyPipeline: true },
    text: 'The checks of PR #42 are not green: image (IN_PROGRESS).\n' +
      'Wait for them or repair them; without `verifyPipeline` the checks are not looked at.',
    arrange: (s) => s.setPullRequest({ statusCheckRollup: [
      { __typename: 'CheckRun', name: 'image', status: 'IN_PROGRESS', conclusion: '', workflowName: 'ci' },
      { __typename: 'StatusContext', context: 'licence', state: 'SUCCESS' }] }) },
  { code: 'bad_argument', title: 'a type', args: { service: 42 }, text: `Argument service: given 42, expected a string.\n${correct}` },
  { code: 'bad_argument', title: 'a range', args: { service: 'papi', prNumber: 0 },
    text: `Argument prNumber: given 0, expected an integer from 1 to 9007199254740991.\n${correct}` },
  { code: 'bad_argument', title: 'a number that no pull request has', args: { service: 'papi', prNumber: 2 ** 53 },
    text: `Argument prNumber: given 9007199254740992, expected an integer from 1 to 9007199254740991.\n${correct}` },
  { code: 'bad_argument', title: 'a tag of eight characters', args: { service: 'papi', tag: 'pr-42-a1b2c3d4' },
    text: 'Argument tag: given "pr-42-a1b2c3d4", expected pr-<PR number>-<exactly 7 lower-case hexadecimal digits>, ' +
      `as in "pr-42-a1b2c3d".\n${correct}` },
  { code: 'bad_argument', title: 'a relative project', args: { service: 'papi', projectDir: 'project' },
    text: `Argument projectDir: given "project", expected an absolute path, as in "/home/ann/src/papi".\n${correct}` },
  { code: 'bad_argument', title: 'another repository', args: { service: 'papi', fluxGitRepo: 'https://git.example.com/other.git' },
    text: 'Argument fluxGitRepo: given "https://git.example.com/other.git", expected only these members: service, services, dryRun, tag, ' +
      `prNumber, file, imageName, path, verifyPipeline, waitSeconds, projectDir.\n${correct}` },
  { code: 'bad_manifest', args: { service: 'broken' },
    text: /^apps\/broken\/kustomization\.yaml:2: not readable as YAML: [^\n]+\nCorrect the file in the Flux repository, then try again\.$/ },
  { code: 'image_not_found', args: { service: 'absent' },
    text: "apps/backend-services/kustomization.yaml:12: no entry 'not-there' in `images`; there are: backend-services, frontend, pinned\n" +
      'Use the `name` of one of the entries, or add an entry for the image.' },
  { code: 'digest_pinned', args: { service: 'pinned' },
    text: "apps/backend-services/kustomization.yaml:18: the image 'pinned' is pinned by `digest`\n" +
      'The digest decides what runs, a tag would change nothing. Remove `digest` to roll out by tag.' },
  { code: 'unsupported_type', args: { service: 'strange' },
    text: "apps/backend-services/kustomization.yaml: image groups of type 'jsonnet' cannot be edited\n" +
      'The types that are known: kustomize-images, helm-values, image-reference.' },
  { code: 'bad_path', title: 'of the catalog', args: { service: 'outside' },
    text: `file of image group 'outside': given '../outside.yaml', ${inside}` },
  { code: 'bad_path', title: 'absolute', args: { service: 'papi', file: '/etc/passwd' }, text: `file: given '/etc/passwd', ${inside}` },
  { code: 'bad_path', title: 'a file that is not there', args: { service: 'papi', file: 'apps/none.yaml' },
    text: 'apps/none.yaml on branch main of file://<root>/flux.git does not exist.\n' +
      'Regenerate the catalog with the tool `regenerate_services`, or give an ordinary file (`file`).' },
];

cases.forEach(({ code, title, text, args = { service: 'papi' }, arrange, repair }, index) => {
  test(title === undefined ? code : `${code}: ${title}`, async () => {
    const sandbox = new Sandbox();
    const environment = arrange?.(sandbox);
    const before = sandbox.head();
    const result = await callOnce(sandbox, 'rollout', args, { era: eras[index % eras.length],
      environment: typeof environment === 'object' ? environment : {} });

    assert.equal(result.isError, true, JSON.stringify(result));
    assertValidResult('rollout', result);
    const { status, message, hint } = result.structuredContent;
    assert.deepEqual([status, result.structuredContent.code], ['refused', code]);
    const shown = result.content[0].text;
    if (typeof text === 'string') {
      assert.equal(shown, text.replace('<envs>', `${sandbox.configDirectory}/envs.json`).replace('<root>', sandbox.root));
    } else {
      assert.match(shown, text);
    }
    assert.equal(shown, hint === undefined ? message : `${message}\n${hint}`);
    assert.equal(sandbox.head(), before);
    repair?.(sandbox);
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

test('bad_config: an rwenv with a misspelt field is never pushed to; the others of the file are', async () => {
  const sandbox = new Sandbox();
  const before = sandbox.head();
  for (const fields of [{ readonly: true }, { read_only: true }, { 'read-only': true }, { READONLY: true }, { readOnyl: true }, { readOnly: false, readonly: true },
    { flux_git_repo: 'https://git.example.com/x.git' }, { fluxGitBranc: 'live' }]) {
    sandbox.writeEnvs({ fluxGitRepo: sandbox.url, ...fields });
    const server = await Server.start(sandbox);
    for (const [tool, args] of [['rollout', { service: 'papi' }], ['rollout', { service: 'papi', dryRun: true }], ['regenerate_services', {}]]) {
      const result = await server.call(tool, args);
      assert.equal(result.structuredContent.code, 'bad_config', result.content[0].text);
      const misspelt = Object.keys(fields).at(-1);
      assert.ok(result.content[0].text.includes(`\`${misspelt}\``), result.content[0].text);
    }
    const { contents: [{ text }] } = await server.request('resources/read', { uri: 'rollout://rwenv' });
    assert.equal(JSON.parse(text).code, 'bad_config');
    await server.close();
  }
  assert.equal(sandbox.head(), before);
  sandbox.writeEnvs({ fluxGitRepo: sandbox.url, owner: 'shop', readOnlyReason: '' }, { broken: { readonly: true } });
  const { structuredContent } = await callOnce(sandbox, 'rollout', { service: 'papi' });
  assert.equal(structuredContent.status, 'updated');
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
