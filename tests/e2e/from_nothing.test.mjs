// From an empty home to the first commit on the remote, without a file that is written by hand: at a terminal, where
// everything is typed, and by conversation in both eras. And what each thing that is missing says to do.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { accept, callAndAnswer } from './support/asking.mjs';
import { run } from './support/command.mjs';
import { assertValidResult } from './support/schemas.mjs';
import { manifestFile, Sandbox, workload as files } from './support/sandbox.mjs';
import { callOnce, eras, Server } from './support/server.mjs';
import { atTerminal, onTerminal, withoutColours } from './support/terminal.mjs';
import { test } from './support/test.mjs';

const gitignored = '?? .gitignore';

function assertRolledOut(sandbox) {
  assert.match(sandbox.fileAt('main').toString(), /newTag: "pr-42-a1b2c3d"/);
  assert.equal(readFileSync(join(sandbox.project, '.claude/rwenv'), 'utf8'), 'staging\n');
  assert.equal(readFileSync(join(sandbox.project, '.gitignore'), 'utf8'), '.claude/rwenv\n');
  assert.equal(statSync(join(sandbox.configDirectory, 'envs.json')).mode & 0o7777, 0o600);
  const envs = JSON.parse(readFileSync(join(sandbox.configDirectory, 'envs.json'), 'utf8'));
  assert.deepEqual(envs, { rwenvs: { staging: { description: 'Shared staging', fluxGitRepo: sandbox.url, fluxGitRepoType: 'gitea',
    kubernetesContext: 'staging-1' } } });
}

atTerminal('at a terminal: add, set, regenerate, roll out', async () => {
  const sandbox = new Sandbox({ empty: true, files });
  const first = onTerminal(sandbox, ['rollout', 'papi']);
  assert.equal(first.status, 1);
  assert.match(first.screen, /Set one with `rollout-mcp rwenv set`/);
  const second = onTerminal(sandbox, ['rwenv', 'set']);
  assert.equal(second.status, 1, second.screen);
  assert.match(second.screen, /Add one with `rollout-mcp rwenv add`/);

  const added = onTerminal(sandbox, ['rwenv', 'add'], { answers: [
    ['Name of the environment: ', 'stag ing'], ['Name of the environment: ', 'staging'],
    ['Flux repository: ', 'not a url'], ['Flux repository: ', sandbox.url], ['[github]: ', 'gitea'],
    ['Description, if any: ', 'Shared staging'], ['Kubernetes context, if any: ', 'staging-1'], ['[y/N] ', '']] });
  assert.equal(added.status, 0, added.screen);
  assert.match(withoutColours(added.screen), /✗ Expected letters, digits/);
  assert.match(withoutColours(added.screen), /✗ Expected the address of a git repository/);
  assert.match(withoutColours(added.screen), /✓ Added rwenv staging[^]*Remote: answers, branch main[^]*`rollout-mcp rwenv set`/);

  const set = onTerminal(sandbox, ['rwenv', 'set'], { answers: [['Number or name: ', '7'], ['Number or name: ', '1']] });
  assert.equal(set.status, 0, set.screen);
  assert.match(withoutColours(set.screen), /1 {2}staging {2}Shared staging/);
  assert.match(withoutColours(set.screen), /✗ Expected a number from 1 to 1, or a name from the list\./);
  assert.match(withoutColours(set.screen), /✓ rwenv: \(none\) → staging/);

  const noCatalog = onTerminal(sandbox, ['rollout', 'papi']);
  assert.equal(noCatalog.status, 1);
  assert.match(noCatalog.screen, /`rollout-mcp regenerate`/);
  assert.equal(onTerminal(sandbox, ['regenerate']).status, 0);
  const rollout = onTerminal(sandbox, ['rollout', 'papi']);
  assert.equal(rollout.status, 0, rollout.screen);
  assertRolledOut(sandbox);
  await sandbox.dispose({ status: gitignored });
});

const asked = {
  name: accept({ name: 'staging', fluxGitRepoType: 'gitea', description: 'Shared staging', kubernetesContext: 'staging-1', readOnly: false }),
};

for (const era of eras) {
  test(`${era}: by conversation, the user is asked for what is missing`, async () => {
    const sandbox = new Sandbox({ empty: true, files });
    const environment = { XDG_STATE_HOME: join(sandbox.root, 'state') };
    const call = (tool, args, answers) => callAndAnswer(sandbox, era, tool, args, answers, { environment });

    const nothing = await call('rollout', { service: 'papi' }, {});
    assert.equal(nothing.result.structuredContent.code, 'no_rwenv');
    assert.match(nothing.result.structuredContent.hint, /`\/rwenv-set` \(the tool `set_rwenv`\)/);
    assert.deepEqual(nothing.questions, []);
    const none = await call('set_rwenv', {}, {});
    assert.equal(none.result.structuredContent.code, 'unknown_rwenv');
    assert.match(none.result.structuredContent.hint, /`\/rwenv-add` \(the tool `add_rwenv`\)/);

    const added = await call('add_rwenv', { fluxGitRepo: sandbox.url }, asked);
    assertValidResult('add_rwenv', added.result);
    assert.deepEqual(added.questions.map(({ requestedSchema }) => [Object.keys(requestedSchema.properties), requestedSchema.required]),
      [[['name', 'fluxGitRepoType', 'description', 'kubernetesContext', 'readOnly'], ['name']]]);
    const { report, ...facts } = added.result.structuredContent;
    assert.deepEqual(facts, { rwenv: 'staging', configFile: join(sandbox.configDirectory, 'envs.json'), created: true,
      fluxRepo: sandbox.url, readOnly: false, remoteAnswers: true, remoteBranch: 'main', warnings: [] });
    assert.match(report, /^✓ Added rwenv staging\n/);

    const set = await call('set_rwenv', {}, { name: accept({ name: 'staging' }) });
    assertValidResult('set_rwenv', set.result);
    assert.match(set.result.structuredContent.report, /^✓ rwenv: \(none\) → staging\n/);
    assert.deepEqual(set.questions[0].requestedSchema.properties.name.enumNames, ['staging (Shared staging)']);

    assert.ok(!(await call('regenerate_services', {}, {})).result.isError);
    const rollout = await call('rollout', { service: 'papi' }, {});
    assert.equal(rollout.result.structuredContent.commit, sandbox.head(), JSON.stringify(rollout.result));
    assertRolledOut(sandbox);
    await sandbox.dispose({ status: gitignored });
  });

  test(`${era}: a rollout of a project that is set to nothing asks which, and goes on`, async () => {
    const sandbox = new Sandbox({ empty: true, files });
    const environment = { XDG_STATE_HOME: join(sandbox.root, 'state') };
    for (const name of ['staging', 'live']) {
      const args = { name, fluxGitRepo: sandbox.url, ...(name === 'staging' && { fluxGitRepoType: 'gitea', description: 'Shared staging',
        kubernetesContext: 'staging-1' }), readOnly: name === 'live' };
      assert.ok(!(await callOnce(sandbox, 'add_rwenv', args, { era })).isError);
    }
    const call = (tool, args, answers) => callAndAnswer(sandbox, era, tool, args, answers, { environment });
    const rwenvFile = join(sandbox.project, '.claude/rwenv');
    const before = sandbox.head();

    for (const answer of [{ action: 'decline' }, { action: 'cancel' }]) {
      const { result } = await call('rollout', { service: 'papi' }, { name: answer });
      assert.equal(result.structuredContent.code, 'no_rwenv');
      assert.equal(result.structuredContent.message, 'No rwenv set. Use `/rwenv-set` first.');
    }
    assert.deepEqual((await call('rollout', { service: 'papi', dryRun: true }, {})).questions, []);
    assert.ok(!existsSync(rwenvFile));

    const made = await call('regenerate_services', {}, { name: accept({ name: 'staging' }) });
    assert.equal(made.result.structuredContent.status, 'written', JSON.stringify(made.result));
    assert.match(made.questions[0].message, new RegExp(`^${sandbox.project} is set to no environment`));
    assert.deepEqual(made.questions[0].requestedSchema.properties.name.enumNames, ['live (READ-ONLY)', 'staging (Shared staging)']);
    assert.deepEqual(made.result.structuredContent.warnings, [`The project is set to rwenv 'staging' now, in ${rwenvFile}.`]);

    // Both questions of one call: which environment, then which of its services.
    rmSync(rwenvFile);
    const { result, questions } = await call('rollout', {}, { name: accept({ name: 'staging' }), service: accept({ service: 'papi' }) });
    assertValidResult('rollout', result);
    assert.deepEqual(questions.map(({ field }) => field), ['name', 'service']);
    assert.equal(result.structuredContent.rwenv, 'staging');
    assert.equal(result.structuredContent.commit, sandbox.head());
    assert.notEqual(sandbox.head(), before);
    assert.ok(result.structuredContent.warnings.includes(`The project is set to rwenv 'staging' now, in ${rwenvFile}.`));
    assert.equal(readFileSync(rwenvFile, 'utf8'), 'staging\n');

    // What was chosen stays chosen when the rollout is refused, and the refusal says so.
    rmSync(rwenvFile);
    const refused = await call('rollout', { service: 'papi' }, { name: accept({ name: 'live' }) });
    assert.equal(refused.result.structuredContent.code, 'read_only');
    assert.match(refused.result.structuredContent.hint, /The project is set to rwenv 'live' now/);
    await sandbox.dispose({ status: gitignored });
  });
}

test('three questions of one call: which environment, which service, whose image', async () => {
  for (const era of eras) {
    const sandbox = new Sandbox();
    const environment = { XDG_STATE_HOME: join(sandbox.root, 'state') };
    sandbox.writeEnvs({ fluxGitRepo: sandbox.url, confirmReplace: true });
    rmSync(join(sandbox.project, '.claude/rwenv'));
    const { result, questions } = await callAndAnswer(sandbox, era, 'rollout', {},
      { name: accept({ name: 'rdebug' }), service: accept({ service: 'papi' }), confirm: accept({ confirm: true }) }, { environment });
    assert.deepEqual(questions.map(({ field }) => field), ['name', 'service', 'confirm'], JSON.stringify(result));
    assert.equal(result.structuredContent.commit, sandbox.head());
    assert.equal(readFileSync(join(sandbox.project, '.claude/rwenv'), 'utf8'), 'rdebug\n');
    await sandbox.dispose();
  }
});

test('a rollout that is running is not affected by set_rwenv', async () => {
  const sandbox = new Sandbox();
  sandbox.writeEnvs({ fluxGitRepo: sandbox.url }, { live: { fluxGitRepo: sandbox.url, readOnly: true } });
  const began = join(sandbox.root, 'tmp/began');
  const goOn = join(sandbox.root, 'tmp/go-on');
  sandbox.hook('pre-receive', `touch ${began}; while [ ! -e ${goOn} ]; do sleep 0.05; done`);
  const server = await Server.start(sandbox);
  const rollout = server.call('rollout', { service: 'papi' });
  for (let waited = 0; !existsSync(began) && waited < 500; waited += 1) await sleep(20);
  assert.ok(existsSync(began), 'the push has not begun');
  const set = await server.call('set_rwenv', { name: 'live' });
  assert.equal(set.structuredContent.previous, 'rdebug', JSON.stringify(set));
  writeFileSync(goOn, '');
  const { structuredContent } = await rollout;
  assert.equal(structuredContent.rwenv, 'rdebug');
  assert.equal(structuredContent.commit, sandbox.head());
  assert.equal((await server.call('rollout', { service: 'papi' })).structuredContent.code, 'read_only');
  await server.close();
  await sandbox.dispose({ expected: ['tmp/began', 'tmp/go-on'] });
});

test('elsewhere than at a terminal, what is missing is a clear error, and nothing is made', async () => {
  const sandbox = new Sandbox({ empty: true });
  for (const [args, words] of [
    [['rwenv', 'add'], /^NAME is missing; expected the name of the new rwenv\./],
    [['rwenv', 'add', 'dev'], /^--flux-repo is missing; expected the address of a git repository/],
    [['rwenv', 'add', 'dev', '--flux-repo', 'ext::sh'], /^--flux-repo: given .*, expected the address/],
    [['rwenv', 'set'], /^There are no rwenvs yet: .*\nAdd one with `rollout-mcp rwenv add`\./],
    [['rwenv'], /^rollout-mcp rwenv: a command is missing; there are list, show, set, add\n/],
    [['rwenv', 'remove'], /^rollout-mcp rwenv: there is no command 'remove'; there are list, show, set, add\n/],
    [['rwenv', 'add', 'dev', '--flux-type', 'x'], /--flux-type/],
  ]) {
    const { status, stdout, stderr } = run(sandbox, args);
    assert.equal(status, 2, `${args}: ${stderr}`);
    assert.match(stderr, words);
    assert.equal(stdout, '');
  }
  assert.deepEqual(readdirSync(sandbox.home), []);
  await sandbox.dispose();
});

atTerminal('Ctrl-C at any prompt: status 130, and nothing is left', async () => {
  const sandbox = new Sandbox({ empty: true });
  for (const answers of [[], [['Name of the environment: ', 'dev']],
    [['Name of the environment: ', 'dev'], ['Flux repository: ', sandbox.url], ['[github]: ', '']]]) {
    const interrupt = ['Name of the environment: ', 'Flux repository: ', undefined, 'Description'][answers.length];
    const { status, screen } = onTerminal(sandbox, ['rwenv', 'add'], { answers, interrupt });
    assert.equal(status, 130, screen);
    assert.match(withoutColours(screen), /Cancelled\.\r\nNothing was changed\./);
  }
  assert.deepEqual(readdirSync(sandbox.home), []);
  assert.equal(run(sandbox, ['rwenv', 'add', 'dev', '--flux-repo', sandbox.url]).status, 0);
  const { status } = onTerminal(sandbox, ['rwenv', 'set'], { interrupt: 'Number or name: ' });
  assert.equal(status, 130);
  assert.ok(!existsSync(join(sandbox.project, '.claude')));
  await sandbox.dispose();
});

test('with options it needs no terminal; list, show and set say what there is', async () => {
  const sandbox = new Sandbox({ empty: true });
  const added = run(sandbox, ['rwenv', 'add', 'live', '--flux-repo', sandbox.url, '--flux-type', 'gitea', '--flux-branch', 'main',
    '--flux-path', 'clusters/live', '--context', 'live-1', '--kubeconfig', 'kube/config', '--read-only', '--description', 'Production', '--json']);
  assert.equal(added.status, 0, added.stderr);
  assert.equal(JSON.parse(added.stdout).remoteBranch, 'main');
  assert.equal(run(sandbox, ['rwenv', 'add', 'dev', '--flux-repo', 'https://127.0.0.1:1/none.git']).status, 0);
  assert.deepEqual(JSON.parse(readFileSync(join(sandbox.configDirectory, 'envs.json'), 'utf8')).rwenvs.live, { description: 'Production',
    fluxGitRepo: sandbox.url, fluxGitRepoType: 'gitea', fluxGitBranch: 'main', fluxPath: 'clusters/live', kubernetesContext: 'live-1',
    kubeconfigPath: join(sandbox.project, 'kube/config'), readOnly: true });
  const again = run(sandbox, ['rwenv', 'add', 'dev', '--flux-repo', sandbox.url, '--json']);
  assert.equal(again.status, 1);
  assert.equal(JSON.parse(again.stdout).code, 'rwenv_exists');

  assert.equal(run(sandbox, ['rwenv', 'list']).stdout, `Environments:

  NAME  TYPE  DESCRIPTION  READ-ONLY
  dev                      No
  live        Production   Yes

No rwenv is set for ${sandbox.project}. Set one with \`rollout-mcp rwenv set\`.
`);
  assert.equal(run(sandbox, ['rwenv', 'show']).status, 1);
  const unknown = run(sandbox, ['rwenv', 'set', 'liv']);
  assert.equal(unknown.status, 1);
  assert.match(unknown.stderr, /^rwenv 'liv' not found in .*\. There are: dev, live\.\nNearest names: live/);
  assert.equal(run(sandbox, ['rwenv', 'set']).status, 2);
  assert.equal(run(sandbox, ['rwenv', 'set', 'live']).status, 0);
  assert.match(run(sandbox, ['rwenv', 'list']).stdout, /^\* live .*Yes\n\n\* = active for /m);
  assert.match(run(sandbox, ['rwenv', 'show']).stdout, /^rwenv: live\n\nDescription: Production\nContext: live-1\nKubeconfig: .*\nRead-only: Yes/);
  assert.equal(JSON.parse(run(sandbox, ['rwenv', 'show', '--json']).stdout).rwenv, 'live');
  const changed = JSON.parse(run(sandbox, ['rwenv', 'set', 'dev', '--json']).stdout);
  assert.deepEqual([changed.previous, changed.rwenv], ['live', 'dev']);
  assert.deepEqual(run(sandbox, ['__complete', 'rwenv', '']).stdout.split('\n').map((line) => line.split('\t')[0]), ['list', 'show', 'set', 'add', '']);
  assert.equal(run(sandbox, ['__complete', 'rwenv', 'set', '']).stdout, 'dev\nlive\n');
  await sandbox.dispose({ status: gitignored });
});

test('a remote that does not answer is told, and the entry is there', async () => {
  const sandbox = new Sandbox({ empty: true });
  for (const era of eras) {
    const result = await callOnce(sandbox, 'add_rwenv', { name: `dev-${era}`, fluxGitRepo: 'https://dana:hunter2@127.0.0.1:1/none.git' }, { era });
    assertValidResult('add_rwenv', result);
    assert.equal(result.structuredContent.remoteAnswers, false);
    assert.match(result.structuredContent.warnings.join('\n'), /password or a token[^]*did not answer as it should: Could not ask for the branches of https:\/\/127\.0\.0\.1:1\/none\.git/);
    assert.ok(!JSON.stringify(result).includes('hunter2'));
    const list = await callOnce(sandbox, 'list_rwenvs', {}, { era });
    assertValidResult('list_rwenvs', list);
    assert.ok(list.structuredContent.rwenvs.some(({ name }) => name === `dev-${era}`));
    assert.ok(!JSON.stringify(list).includes('hunter2'));
  }
  await sandbox.dispose();
});

test('a person confirms set_rwenv; the others need nobody', async () => {
  const sandbox = new Sandbox();
  for (const era of eras) {
    const server = await Server.start(sandbox, { era });
    const { tools } = await server.request('tools/list');
    const needing = tools.filter(({ _meta }) => _meta?.['anthropic/requiresUserInteraction'] === true).map(({ name }) => name);
    assert.deepEqual(needing, ['set_rwenv']);
    await server.close();
  }
  await sandbox.dispose();
});

test('set_rwenv of another environment than the session: asked, or refused', async () => {
  const sandbox = new Sandbox();
  sandbox.writeEnvs({ fluxGitRepo: sandbox.url }, { second: { fluxGitRepo: sandbox.url } });
  const other = join(sandbox.root, 'other');
  sandbox.git(sandbox.root, 'clone', '-q', '-b', 'feature/health', join(sandbox.root, 'papi.git'), other);
  sandbox.write('other/.claude/rwenv', 'second\n');
  const args = { name: 'rdebug', projectDir: other };
  for (const era of eras) {
    const refused = await callOnce(sandbox, 'set_rwenv', args, { era });
    assert.equal(refused.structuredContent.code, 'other_rwenv');
    const environment = { XDG_STATE_HOME: join(sandbox.root, 'state') };
    const declined = await callAndAnswer(sandbox, era, 'set_rwenv', args, { confirm: accept({ confirm: false }) }, { environment });
    assert.equal(declined.result.structuredContent.code, 'other_rwenv');
    assert.equal(readFileSync(join(other, '.claude/rwenv'), 'utf8'), 'second\n');
  }
  await sandbox.dispose();
});
