// Whom a rollout replaces: what is said of them, and `confirmReplace`, with which the user is asked first.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './support/command.mjs';
import { manifest, manifestFile, Sandbox } from './support/sandbox.mjs';
import { assertRefused, assertValidResult } from './support/schemas.mjs';
import { binary, callOnce, eras, Server } from './support/server.mjs';
import { test } from './support/test.mjs';

const forms = { 'io.modelcontextprotocol/clientCapabilities': { elicitation: {} } };
const yes = { action: 'accept', content: { confirm: true } };
const no = { action: 'decline' };
const withTag = (tag) => manifest.replace('pr-41-0f0e0d0', tag);
const olgaSets = (sandbox, tag) => sandbox.pushFromElsewhere(manifestFile, withTag(tag), `chore: ${tag}`);

// A sandbox whose rwenv wants the user to be asked.
function guarded(more = {}) {
  const sandbox = new Sandbox({ rwenv: { confirmReplace: true, ...more } });
  sandbox.environment.XDG_STATE_HOME = join(sandbox.root, 'state');
  return sandbox;
}

// Calls rollout and answers each question with `answer(message, number)`, in either era: the result, and the messages.
async function call(sandbox, era, args, answer, options = {}) {
  const asked = [];
  const answered = ({ message, requestedSchema }) => {
    asked.push(message);
    return answer(message, asked.length, requestedSchema);
  };
  const server = await Server.start(sandbox, { era, capabilities: { elicitation: {} }, answer: ({ params }) => answered(params), ...options });
  try {
    let result = await server.call('rollout', args, era === eras[0] ? forms : undefined);
    while (result.resultType === 'input_required') {
      const inputResponses = Object.fromEntries(Object.entries(result.inputRequests).map(([key, { params }]) => [key, answered(params)]));
      result = await server.request('tools/call', { name: 'rollout', arguments: args, inputResponses, requestState: result.requestState }, forms);
    }
    return { result, asked };
  } finally {
    await server.close();
  }
}

test('of several entries of one image, each that is another pull request\'s is asked about', async () => {
  const entries = (tags) => `images:\n${tags.map((tag) => `  - name: backend-services\n    newTag: ${tag}\n`).join('')}`;
  const sandbox = guarded();
  sandbox.pushFromElsewhere(manifestFile, entries(['pr-42-0000000', 'pr-7-1234567', 'pr-9-1234567']));
  const before = sandbox.head();
  assertRefused(await callOnce(sandbox, 'rollout', { service: 'papi' }), 'occupied', /pr-7-1234567/);
  assert.equal(sandbox.head(), before);
  const { result, asked } = await call(sandbox, eras[1], { service: 'papi' }, () => yes);
  assert.equal(asked.length, 2);
  assert.match(asked[1], /pr-9-1234567/);
  const { warnings, previousTag } = result.structuredContent;
  assert.equal(previousTag, 'pr-42-0000000');
  assert.deepEqual(warnings, ['Replaces pr-7-1234567.', 'Replaces pr-9-1234567.']);
  assert.equal(sandbox.fileAt('main').toString(), entries(Array(3).fill('pr-42-a1b2c3d')));
  await sandbox.dispose();
});

for (const era of eras) {
  test(`${era}: another person's rollout is named, with its age`, async () => {
    const sandbox = new Sandbox();
    await callOnce(sandbox, 'rollout', { service: 'papi' }, { era });
    const commit = olgaSets(sandbox, 'pr-77-7777777');
    // Who changes another entry of the file later does not count.
    sandbox.pushFromElsewhere(manifestFile, withTag('pr-77-7777777').replace('pr-7-1234567', 'pr-8-1234567'));
    const dry = await callOnce(sandbox, 'rollout', { service: 'papi', dryRun: true }, { era });
    const result = await callOnce(sandbox, 'rollout', { service: 'papi' }, { era });
    for (const { structuredContent, content } of [dry, result]) {
      const { committedAt, ...replaced } = structuredContent.replaced;
      assert.deepEqual(replaced, { tag: 'pr-77-7777777', prNumber: 77, author: 'Olga Other', commit });
      assert.match(committedAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      assert.match(content[0].text, /\n⚠ Replaces pr-77-7777777, rolled out by Olga Other (just now|\d+ minutes? ago)\.(\n|$)/);
    }
    assertValidResult('rollout', dry);
    assertValidResult('rollout', result);
    // What older versions answered is still valid.
    const { replaced, prSource, ...older } = result.structuredContent;
    assertValidResult('rollout', { ...result, structuredContent: older });
    assert.deepEqual([replaced.prNumber, prSource], [77, 'gh']);
    await sandbox.dispose();
  });

  test(`${era}: a value of the same pull request, or of none, is replaced without a word`, async () => {
    const sandbox = new Sandbox();
    for (const tag of ['pr-42-0000000', 'main-123', 'latest']) {
      olgaSets(sandbox, tag);
      const { structuredContent } = await callOnce(sandbox, 'rollout', { service: 'papi' }, { era });
      assert.equal(structuredContent.replaced.tag, tag);
      assert.deepEqual(structuredContent.warnings, []);
    }
    const { structuredContent } = await callOnce(sandbox, 'rollout', { service: 'papi', tag: 'pr-42-a1b2c3d' }, { era });
    assert.equal(structuredContent.status, 'unchanged');
    assert.ok(!('replaced' in structuredContent));
    assert.equal(structuredContent.prSource, 'argument');
    await sandbox.dispose();
  });

  test(`${era}: confirmReplace: where nobody can be asked, it is refused`, async () => {
    const sandbox = guarded();
    const before = sandbox.head();
    for (let round = 0; round < 2; round++) {
      const refused = await callOnce(sandbox, 'rollout', { service: 'papi' }, { era });
      assertRefused(refused, 'occupied', /^Another pull request's image runs there, and replacing it was not confirmed: pr-41-0f0e0d0\b/);
      assert.match(refused.structuredContent.hint, /^Nothing was changed\..*in a terminal/);
      assert.equal(refused.structuredContent.details.prNumber, 41);
      assert.equal(sandbox.head(), before);
    }
    await sandbox.dispose();
  });

  test(`${era}: confirmReplace: anything but a yes is a no`, async () => {
    const sandbox = guarded();
    const before = sandbox.head();
    for (const answer of [no, { action: 'cancel' }, { action: 'accept', content: { confirm: false } }]) {
      const { result, asked } = await call(sandbox, era, { service: 'papi' }, () => answer);
      assertRefused(result, 'occupied', /did not agree/);
      assert.equal(asked.length, 1);
    }
    assert.equal(sandbox.head(), before);
    await sandbox.dispose();
  });

  test(`${era}: confirmReplace: the question says whose image it is, and a yes counts`, async () => {
    const sandbox = guarded();
    await call(sandbox, era, { service: 'papi' }, () => yes);
    olgaSets(sandbox, 'pr-77-7777777');
    const { result, asked } = await call(sandbox, era, { service: 'papi' }, () => yes);
    assertValidResult('rollout', result);
    assert.equal(result.structuredContent.commit, sandbox.head());
    assert.equal(asked.length, 1);
    assert.match(asked[0],
      /^backend-services in 'rdebug' is at pr-77-7777777, rolled out by Olga Other (just now|\d+ minutes? ago)\. Replace it with pr-42-a1b2c3d\?$/);
    assert.match(result.structuredContent.warnings[0], /^Replaces pr-77-7777777, /);
    await sandbox.dispose();
  });

  test(`${era}: confirmReplace: no question where there is nothing to ask`, async () => {
    const sandbox = guarded();
    const unasked = async (args, status) => {
      const { result, asked } = await call(sandbox, era, { service: 'papi', ...args }, () => no);
      assert.equal(result.structuredContent.status, status, result.content[0].text);
      assert.deepEqual(asked, []);
    };
    await unasked({ dryRun: true }, 'dry_run');
    await unasked({ tag: 'pr-41-abcdef0' }, 'updated');
    await unasked({ tag: 'pr-41-abcdef0' }, 'unchanged');
    for (const tag of ['main-123', 'latest', 'pr-42-0000000']) {
      olgaSets(sandbox, tag);
      await unasked({}, 'updated');
    }
    await sandbox.dispose();
  });

  test(`${era}: confirmReplace: an answer is about one image; another one is asked about again`, async () => {
    const sandbox = guarded();
    const answer = (message, number) => {
      if (number === 1) olgaSets(sandbox, 'pr-77-7777777');
      return yes;
    };
    const { result, asked } = await call(sandbox, era, { service: 'papi' }, answer);
    assert.deepEqual(asked.map((message) => /is at ([\w-]+)/.exec(message)[1]), ['pr-41-0f0e0d0', 'pr-77-7777777']);
    assert.equal(result.structuredContent.previousTag, 'pr-77-7777777');
    await sandbox.dispose();
  });

  test(`${era}: confirmReplace: a no to the second image is a no`, async () => {
    const sandbox = guarded();
    let before;
    const { result } = await call(sandbox, era, { service: 'papi' }, (message, number) => {
      if (number === 1) before = olgaSets(sandbox, 'pr-78-7777777');
      return number === 1 ? yes : no;
    });
    assertRefused(result, 'occupied', /pr-78-7777777/);
    assert.equal(sandbox.head(), before);
    await sandbox.dispose();
  });

  test(`${era}: confirmReplace: what needs no question is replaced after the first one`, async () => {
    const sandbox = guarded();
    const { result, asked } = await call(sandbox, era, { service: 'papi' }, () => {
      olgaSets(sandbox, 'pr-42-0000000');
      return yes;
    });
    assert.equal(asked.length, 1);
    assert.equal(result.structuredContent.previousTag, 'pr-42-0000000');
    await sandbox.dispose();
  });

  test(`${era}: confirmReplace: another entry that changes meanwhile needs no new question`, async () => {
    const sandbox = guarded();
    const { result, asked } = await call(sandbox, era, { service: 'papi' }, () => {
      sandbox.pushFromElsewhere(manifestFile, manifest.replace('pr-7-1234567', 'pr-8-1234567'));
      return yes;
    });
    assert.equal(asked.length, 1);
    assert.equal(result.structuredContent.commit, sandbox.head());
    assert.match(sandbox.fileAt('main').toString(), /pr-8-1234567/);
    await sandbox.dispose();
  });

  test(`${era}: confirmReplace: while the user is asked, others roll out`, async () => {
    const sandbox = guarded();
    const answer = () => {
      const other = run(sandbox, ['rollout', 'frontend', '--tag', 'pr-7-abcdef0'], { environment: { ROLLOUT_TIMEOUT_SECONDS: '20' } });
      assert.equal(other.status, 0, other.stderr);
      return yes;
    };
    const { result, asked } = await call(sandbox, era, { service: 'papi' }, answer);
    assert.equal(asked.length, 1);
    assert.equal(result.structuredContent.status, 'updated', result.content[0].text);
    assert.match(sandbox.fileAt('main').toString(), /pr-7-abcdef0[^]*|pr-42-a1b2c3d/);
    await sandbox.dispose();
  });

  test(`${era}: confirmReplace: beside the other questions of a rollout`, async () => {
    const sandbox = guarded();
    const rwenv = { fluxGitRepo: sandbox.url, fluxGitRepoType: 'gitea', confirmReplace: true };
    sandbox.writeEnvs(rwenv, { second: rwenv });
    const other = join(sandbox.root, 'other');
    sandbox.git(sandbox.root, 'clone', '-q', '-b', 'feature/health', join(sandbox.root, 'papi.git'), other);
    sandbox.write('other/.claude/rwenv', 'second\n');
    const answer = (message, number, { properties }) => (properties.service ? { action: 'accept', content: { service: 'papi' } } : yes);
    const { result, asked } = await call(sandbox, era, { projectDir: other }, answer);
    assert.equal(result.structuredContent?.status, 'updated', JSON.stringify(result));
    assert.equal(asked.length, 3, asked.join('\n'));
    assert.match(asked[2], /in 'second' is at pr-41-0f0e0d0/);
    await sandbox.dispose();
  });
}

test('confirmReplace: a yes that nobody was asked for does not count', async () => {
  const sandbox = guarded();
  const before = sandbox.head();
  const server = await Server.start(sandbox);
  const params = { name: 'rollout', arguments: { service: 'papi' } };
  const asked = await server.request('tools/call', params, forms);
  const [key] = Object.keys(asked.inputRequests);
  assert.equal((await server.request('tools/call', { ...params, inputResponses: { [key]: yes } }, forms)).resultType, 'input_required');
  // Nor does one for another service, or twice.
  const answer = { inputResponses: { [key]: yes }, requestState: asked.requestState };
  await assert.rejects(server.request('tools/call', { ...params, arguments: { service: 'frontend' }, ...answer }, forms), { code: -32602 });
  assert.equal(sandbox.head(), before);
  await server.close();
  await sandbox.dispose();
});

test('confirmReplace: with another branch in the rwenv, the answer is about something else', async () => {
  const sandbox = guarded();
  sandbox.git(sandbox.remote, 'branch', 'staging', 'main');
  const before = [sandbox.head(), sandbox.head('staging')];
  const answer = () => {
    sandbox.writeEnvs({ fluxGitRepo: sandbox.url, fluxGitRepoType: 'gitea', confirmReplace: true, fluxGitBranch: 'staging' });
    return yes;
  };
  await assert.rejects(call(sandbox, eras[0], { service: 'papi' }, answer), { code: -32602 });
  assert.deepEqual([sandbox.head(), sandbox.head('staging')], before);
  await sandbox.dispose();
});

test('confirmReplace on the command line: without a terminal it is refused, with a hint', async () => {
  const sandbox = guarded();
  const before = sandbox.head();
  const refused = run(sandbox, ['rollout', 'papi'], { input: 'y\n' });
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /^Another pull request's image runs there.*pr-41-0f0e0d0/m);
  assert.match(refused.stderr, /in a terminal.*remove `confirmReplace`/);
  assert.equal(JSON.parse(run(sandbox, ['rollout', 'papi', '--json']).stdout).code, 'occupied');
  assert.equal(sandbox.head(), before);
  await sandbox.dispose();
});

const helper = fileURLToPath(new URL('support/on_terminal.py', import.meta.url));
const noPython = spawnSync('python3', ['--version']).status === 0 ? false : 'python3 is not installed: see scripts/setup';

function onTerminal(sandbox, request) {
  const { status, stdout, stderr } = spawnSync('python3', [helper, JSON.stringify({ command: [binary, 'rollout', 'papi'], ...request })],
    { cwd: sandbox.project, env: { ...sandbox.environment, TERM: 'xterm' }, encoding: 'utf8', timeout: 60_000 });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

test('confirmReplace on the command line: a person at a terminal is asked', { skip: noPython }, async () => {
  const sandbox = guarded();
  const before = sandbox.head();
  for (const answer of ['n\n', '\n', 'maybe\n', '\u0004']) {
    const { status, screen } = onTerminal(sandbox, { type: ['[y/N] ', answer] });
    assert.equal(status, 1, screen);
    assert.match(screen.replace(/\s+/g, ' '), /backend-services in 'rdebug' is at pr-41-0f0e0d0.*Replace it with pr-42-a1b2c3d\? \[y\/N\] /);
    assert.match(screen, /did not agree/);
  }
  const interrupted = onTerminal(sandbox, { interrupt: '[y/N] ' });
  assert.equal(interrupted.status, 130, interrupted.screen);
  assert.equal(sandbox.head(), before);
  const { status, screen } = onTerminal(sandbox, { type: ['[y/N] ', 'Yes\n'] });
  assert.equal(status, 0, screen);
  assert.match(screen, /✓ Updated backend-services to pr-42-a1b2c3d/);
  assert.notEqual(sandbox.head(), before);
  await sandbox.dispose();
});
