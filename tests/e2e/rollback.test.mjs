// A rollback: what is given back, to what, whose it must be, and that others' changes meanwhile are never overwritten.

import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './support/command.mjs';
import { once } from './support/hooks.mjs';
import { manifest, manifestFile, Sandbox } from './support/sandbox.mjs';
import { assertRefused, assertValidResult } from './support/schemas.mjs';
import { callOnce, eras, Server } from './support/server.mjs';
import { test } from './support/test.mjs';

const forms = { 'io.modelcontextprotocol/clientCapabilities': { elicitation: {} } };
const yes = { action: 'accept', content: { confirm: true } };
const no = { action: 'decline' };
const first = 'pr-41-0f0e0d0'; // which the sandbox's own person has set
const own = 'pr-42-a1b2c3d';
const withTag = (tag) => manifest.replace(first, tag);
const olgaSets = (sandbox, tag) => sandbox.pushFromElsewhere(manifestFile, withTag(tag), `chore: ${tag}`);
const rollOut = (sandbox, args = {}) => callOnce(sandbox, 'rollout', { service: 'papi', ...args });
const back = (sandbox, args = {}, options = {}) => callOnce(sandbox, 'rollback', { service: 'papi', ...args }, options);
const log = (sandbox, format) => sandbox.git(sandbox.remote, 'log', '-1', `--format=${format}`, 'main');

function assertDone(sandbox, result, { tag, previousTag, warnings = [] }) {
  assertValidResult('rollback', result);
  const { structuredContent } = result;
  assert.deepEqual([structuredContent.status, structuredContent.tag, structuredContent.previousTag, structuredContent.commit],
    ['updated', tag, previousTag, sandbox.head()], result.content[0].text);
  assert.deepEqual(structuredContent.warnings, warnings);
  assert.equal(log(sandbox, '%s'), `revert(backend-services): image tag back to ${tag}`);
}

function assertUntouched(sandbox, before) {
  assert.equal(sandbox.head(), before);
}

// A sandbox whose rwenv wants the user to be asked.
function guarded() {
  const sandbox = new Sandbox({ rwenv: { confirmReplace: true } });
  sandbox.environment.XDG_STATE_HOME = join(sandbox.root, 'state');
  return sandbox;
}

// Calls rollback and answers each question with `answer(message)`, in either era: the result, and the messages.
async function ask(sandbox, era, args, answer) {
  const asked = [];
  const answered = ({ message }) => {
    asked.push(message);
    return answer(message);
  };
  const server = await Server.start(sandbox, { era, capabilities: { elicitation: {} }, answer: ({ params }) => answered(params) });
  try {
    let result = await server.call('rollback', args, era === eras[0] ? forms : undefined);
    while (result.resultType === 'input_required') {
      const inputResponses = Object.fromEntries(Object.entries(result.inputRequests).map(([key, { params }]) => [key, answered(params)]));
      result = await server.request('tools/call', { name: 'rollback', arguments: args, inputResponses, requestState: result.requestState }, forms);
    }
    return { result, asked };
  } finally {
    await server.close();
  }
}

for (const era of eras) {
  test(`${era}: my rollout is put back, with its bytes, and gh is not asked whose it is`, async () => {
    const sandbox = new Sandbox();
    await rollOut(sandbox);
    await rollOut(sandbox, { tag: 'pr-42-bbbbbbb' });
    const calls = sandbox.ghCalls().length;
    const before = sandbox.head();
    const result = await back(sandbox, {}, { era });
    assertDone(sandbox, result, { tag: first, previousTag: 'pr-42-bbbbbbb' });
    assert.equal(sandbox.fileAt('main').toString(), manifest);
    assert.equal(log(sandbox, '%an <%ae> %P'), `Dana Developer <dana@example.com> ${before}`);
    assert.equal(sandbox.ghCalls().length, calls);
    const { report, replaced, servicesAffected } = result.structuredContent;
    assert.equal(report, result.content[0].text);
    assert.match(report, /^✓ Updated backend-services to pr-41-0f0e0d0\n\nFlux repo: .*\nFile: .*\nImage: backend-services\nTag: pr-41-0f0e0d0\n\nServices affected: papi, worker\.mail\n\n/);
    assert.match(report, /\n {2}flux reconcile kustomization backend --with-source\n\nOnly the image goes back: databases and other changes do not\.$/);
    assert.deepEqual([replaced.tag, replaced.author], ['pr-42-bbbbbbb', 'Dana Developer']);
    assert.deepEqual(servicesAffected, ['papi', 'worker.mail']);
    const head = sandbox.head();
    const again = await back(sandbox, {}, { era });
    assertValidResult('rollback', again);
    assert.equal(again.structuredContent.status, 'unchanged', 'a repeated call does not undo the first');
    assert.match(again.content[0].text, /^✓ backend-services is already at pr-41-0f0e0d0\n/);
    assertUntouched(sandbox, head);
    await sandbox.dispose();
  });

  test(`${era}: what is not mine is refused, naming whose it is; by its tag it goes back all the same`, async () => {
    const sandbox = new Sandbox();
    await rollOut(sandbox);
    let before = olgaSets(sandbox, 'pr-77-7777777');
    const refused = await back(sandbox, {}, { era });
    assertRefused(refused, 'occupied', /^What is there is neither of this project's pull request nor set by you: pr-77-7777777, rolled out by Olga Other (just now|\d+ minutes? ago)\./);
    const { details, hint } = refused.structuredContent;
    assert.deepEqual([details.tag, details.prNumber, details.author, details.commit], ['pr-77-7777777', 77, 'Olga Other', before]);
    assert.match(hint, /^Nothing was changed\. .*`to`.*`rollout_history`/);
    assert.equal(sandbox.ghCalls().length, 2, 'the rollout, and whose pull request 77 is');
    assertUntouched(sandbox, before);
    before = olgaSets(sandbox, 'v2');
    assertRefused(await back(sandbox, {}, { era }), 'occupied', /: v2, rolled out by Olga Other /);
    assert.equal(sandbox.ghCalls().length, 2, 'v2 is of no pull request');
    assertUntouched(sandbox, before);
    olgaSets(sandbox, 'pr-77-7777777');
    const result = await back(sandbox, { to: own }, { era });
    assert.match(result.structuredContent.warnings[0], /^Replaces pr-77-7777777, rolled out by Olga Other (just now|\d+ minutes? ago)\.$/);
    assertDone(sandbox, result, { tag: own, previousTag: 'pr-77-7777777', warnings: result.structuredContent.warnings.slice(0, 1) });
    assert.equal(sandbox.ghCalls().length, 2, 'with a tag nobody needs to know');
    await sandbox.dispose();
  });

  test(`${era}: what is of the project's pull request is mine, no matter who set it; what cannot be known is not`, async () => {
    const sandbox = new Sandbox();
    olgaSets(sandbox, 'v3');
    const before = olgaSets(sandbox, 'pr-42-0000000');
    sandbox.failGh('To get started with GitHub CLI, please run:  gh auth login', 4);
    const refused = await back(sandbox, {}, { era });
    assertRefused(refused, 'occupied', /pr-42-0000000, rolled out by Olga Other/);
    assert.match(refused.structuredContent.hint, /The project's pull request is not known: .*gh/);
    assertUntouched(sandbox, before);
    rmSync(join(sandbox.gh, 'fails'));
    assertDone(sandbox, await back(sandbox, {}, { era }), { tag: 'v3', previousTag: 'pr-42-0000000' });
    await sandbox.dispose();
  });

  test(`${era}: only a tag that was there comes back, of whatever form, and is read as what it was`, async () => {
    const plain = (tag) => manifest.replace('"pr-41-0f0e0d0"', tag);
    const sandbox = new Sandbox();
    for (const tag of ['"1.10"', '"2026-01-01"', '0123456a', 'pr-42-0000000']) sandbox.pushFromElsewhere(manifestFile, plain(tag));
    const before = sandbox.head();
    const refused = await back(sandbox, { to: '1.1' }, { era });
    assertRefused(refused, 'no_history', /^'1\.1' is not in the history of backend-services in .*\. Its tags were: pr-42-0000000, 0123456a, 2026-01-01, 1\.10, pr-41-0f0e0d0\.$/m);
    assert.deepEqual(refused.structuredContent.details.tags, ['pr-42-0000000', '0123456a', '2026-01-01', '1.10', first]);
    for (const to of ['pr-42-A1B2C3D', 'latest', 'pr-42-0000000\u200b', '../x', 'a b']) {
      assertRefused(await back(sandbox, { to }, { era }), 'no_history');
    }
    const unseen = await back(sandbox, { to: 'pr-42-0000000\u200b' }, { era });
    assertRefused(unseen, 'no_history', /What was asked for has characters that cannot be seen\.$/m);
    const trimmed = await back(sandbox, { to: ` ${first} `, dryRun: true }, { era });
    assert.deepEqual([trimmed.structuredContent.status, trimmed.structuredContent.tag], ['dry_run', first]);
    assertUntouched(sandbox, before);
    let previousTag = 'pr-42-0000000';
    let warnings = ['Replaces pr-42-0000000, rolled out by Olga Other just now.'];
    for (const [to, written] of [['1.10', '"1.10"'], ['2026-01-01', '"2026-01-01"'], ['0123456a', '"0123456a"'], [first, `"${first}"`]]) {
      assertDone(sandbox, await back(sandbox, { to }, { era }), { tag: to, previousTag, warnings });
      assert.equal(sandbox.fileAt('main').toString(), plain(written));
      previousTag = to;
      warnings = [];
    }
    await sandbox.dispose();
  });

  test(`${era}: where there is nothing to go back to, it says so`, async () => {
    const sandbox = new Sandbox();
    const before = sandbox.head();
    assertRefused(await back(sandbox, {}, { era }), 'no_history', /^There is nothing to go back to: backend-services in .* has had no other tag before pr-41-0f0e0d0\.$/m);
    assert.deepEqual((await back(sandbox, { to: first }, { era })).structuredContent.status, 'unchanged');
    assertUntouched(sandbox, before);
    await rollOut(sandbox, { tag: 'pr-41-1111111' });
    assertRefused(await back(sandbox, {}, { era }), 'no_history', /no other tag before pr-41-1111111/);
    // What Flux fills in is no tag; what was before it has to be named.
    sandbox.pushFromElsewhere(manifestFile, withTag('${TAG:=v1}'));
    await rollOut(sandbox);
    assertRefused(await back(sandbox, {}, { era }), 'no_history', /^'\$\{TAG:=v1\}' was set before, but it is not a tag/);
    assertDone(sandbox, await back(sandbox, { to: 'pr-41-1111111' }, { era }), { tag: 'pr-41-1111111', previousTag: own });
    sandbox.pushFromElsewhere(manifestFile, manifest.replace(/ +newTag: "pr-41-0f0e0d0".*\n/, ''));
    assertRefused(await back(sandbox, {}, { era }), 'no_history', /^No tag is set for backend-services in /);
    const added = await back(sandbox, { to: own }, { era });
    assert.equal(added.structuredContent.status, 'updated', added.content[0].text);
    assert.match(sandbox.fileAt('main').toString(), /\n {4}newTag: pr-42-a1b2c3d\n/);
    await sandbox.dispose();
  });

  test(`${era}: read-only: refused; a dry run shows the change and makes none`, async () => {
    const sandbox = new Sandbox();
    await rollOut(sandbox);
    const before = sandbox.head();
    sandbox.writeEnvs({ fluxGitRepo: sandbox.url, fluxGitRepoType: 'gitea', readOnly: true });
    assertRefused(await back(sandbox, {}, { era }), 'read_only', /^rwenv 'rdebug' is read-only\. Cannot modify Flux repo\.$/m);
    const dry = await back(sandbox, { dryRun: true }, { era });
    assertValidResult('rollback', dry);
    assert.equal(dry.structuredContent.status, 'dry_run');
    assert.match(dry.content[0].text, /^Dry run: backend-services pr-42-a1b2c3d → pr-41-0f0e0d0\n\n[^]*\n\+ {4}newTag: "pr-41-0f0e0d0"[^]*\n\nOnly the image goes back/);
    assertUntouched(sandbox, before);
    // Nobody's own: without an identity, and without a pull request.
    sandbox.write('gitconfig', '[init]\n\tdefaultBranch = main\n');
    sandbox.setPullRequest({ number: 7 });
    assertRefused(await back(sandbox, { dryRun: true }, { era }), 'occupied', /pr-42-a1b2c3d, rolled out by Dana Developer/);
    await sandbox.dispose();
  });

  test(`${era}: a value that comes meanwhile is judged again: another person's is not replaced`, async () => {
    const sandbox = new Sandbox();
    await rollOut(sandbox);
    const set = (tag) => `git show main:${manifestFile} | sed 's/newTag: "[^"]*"/newTag: "${tag}"/' | git hash-object -w --stdin > "$GIT_DIR/blob"
export GIT_INDEX_FILE="$GIT_DIR/own-index" GIT_AUTHOR_NAME='Olga Other' GIT_AUTHOR_EMAIL=olga@example.com GIT_COMMITTER_NAME=O GIT_COMMITTER_EMAIL=o@example.com
git read-tree main && git update-index --cacheinfo "100644,$(cat "$GIT_DIR/blob"),${manifestFile}"
git update-ref refs/heads/main "$(git commit-tree "$(git write-tree)" -p main -m olga </dev/null)"; rm "$GIT_DIR/blob" "$GIT_INDEX_FILE"
unset GIT_INDEX_FILE`;
    const meanwhile = (...tags) => {
      rmSync(join(sandbox.remote, 'done'), { force: true });
      sandbox.hook('update', once(tags.map(set).join('\n')));
    };
    meanwhile('pr-77-7777777');
    assertRefused(await back(sandbox, {}, { era }), 'occupied', /: pr-77-7777777, rolled out by Olga Other/);
    assert.match(sandbox.fileAt('main').toString(), /"pr-77-7777777"/);
    // The same value, but now it is hers.
    sandbox.git(sandbox.remote, 'update-ref', 'refs/heads/main', 'main~1');
    sandbox.setPullRequest({ number: 7 });
    meanwhile('pr-77-7777777', own);
    assertRefused(await back(sandbox, {}, { era }), 'occupied', /: pr-42-a1b2c3d, rolled out by Olga Other/);
    // A tag that was named was not meant for what came after.
    sandbox.git(sandbox.remote, 'update-ref', 'refs/heads/main', 'main~2');
    meanwhile('pr-77-7777777');
    assertRefused(await back(sandbox, { to: first }, { era }), 'occupied', /: pr-77-7777777, rolled out by Olga Other/);
    // What is of the project's own pull request is put back.
    sandbox.git(sandbox.remote, 'update-ref', 'refs/heads/main', 'main~1');
    sandbox.setPullRequest({});
    meanwhile('pr-42-0000000');
    assertDone(sandbox, await back(sandbox, {}, { era }), { tag: first, previousTag: 'pr-42-0000000' });
    await sandbox.dispose();
  });

  test(`${era}: another entry that changes meanwhile is kept`, async () => {
    const sandbox = new Sandbox();
    await rollOut(sandbox);
    sandbox.hook('update', once(`git fast-import --quiet --force <<'END'
commit refs/heads/main
committer Olga Other <olga@example.com> 1767261600 +0000
data 5
other
from refs/heads/main^0
M 100644 inline another
data 2
x

END`));
    const result = await back(sandbox, {}, { era });
    assertDone(sandbox, result, { tag: first, previousTag: own });
    assert.equal(sandbox.fileAt('main', 'another').toString(), 'x\n');
    await sandbox.dispose();
  });

  test(`${era}: confirmReplace: the user is asked before another's image is replaced, and not before my own is`, async () => {
    const sandbox = guarded();
    await callOnce(sandbox, 'rollout', { service: 'papi', tag: 'pr-41-1111111' });
    const own = await ask(sandbox, era, { service: 'papi', to: first }, () => no);
    assert.deepEqual([own.result.structuredContent.status, own.asked], ['updated', []], 'set by me, though of another pull request');
    const before = olgaSets(sandbox, 'pr-77-7777777');
    assertRefused(await back(sandbox, { to: first }, { era }), 'occupied', /replacing it was not confirmed: pr-77-7777777/);
    const declined = await ask(sandbox, era, { service: 'papi', to: first }, () => no);
    assertRefused(declined.result, 'occupied', /did not agree/);
    assertUntouched(sandbox, before);
    const { result, asked } = await ask(sandbox, era, { service: 'papi', to: first }, () => yes);
    assert.match(asked[0], /^backend-services in 'rdebug' is at pr-77-7777777, rolled out by Olga Other .*\. Replace it with pr-41-0f0e0d0\?$/);
    assert.equal(asked.length, 1);
    assertDone(sandbox, result, { tag: first, previousTag: 'pr-77-7777777', warnings: result.structuredContent.warnings.slice(0, 1) });
    olgaSets(sandbox, 'pr-42-0000000');
    const ours = await ask(sandbox, era, { service: 'papi', to: first }, () => no);
    assert.deepEqual([ours.result.structuredContent.status, ours.asked], ['updated', []], 'of the project\'s pull request');
    await sandbox.dispose();
  });

  test(`${era}: the prompt names the service, which is completed`, async () => {
    const sandbox = new Sandbox();
    const server = await Server.start(sandbox, { era });
    const { prompts } = await server.request('prompts/list');
    assert.deepEqual(prompts.map(({ name }) => name), ['rollout', 'rollback', 'status']);
    assert.deepEqual(prompts[1].arguments.map(({ name, required }) => [name, required]), [['service', false], ['to', false]]);
    const { messages } = await server.request('prompts/get', { name: 'rollback', arguments: { service: 'papi' } });
    assert.match(messages[0].content.text, /`rollback` with the arguments \{"service":"papi"\}\./);
    const { completion } = await server.request('completion/complete', { ref: { type: 'ref/prompt', name: 'rollback' }, argument: { name: 'service', value: 'pa' } });
    assert.deepEqual(completion.values.slice(0, 1), ['papi']);
    const named = await server.request('prompts/get', { name: 'rollback', arguments: { service: 'papi', to: 'v1' } });
    assert.match(named.messages[0].content.text, /`rollback` with the arguments \{"service":"papi","to":"v1"\}\./);
    await server.close();
    await sandbox.dispose();
  });
}

for (const era of eras) {
  test(`${era}: former tags are completed from the clone, and nobody is asked`, async () => {
    const sandbox = new Sandbox();
    for (const tag of ['v1', 'v2', 'pr-42-0000000']) olgaSets(sandbox, tag);
    const server = await Server.start(sandbox, { era });
    const complete = async (value, context) => (await server.request('completion/complete',
      { ref: { type: 'ref/prompt', name: 'rollback' }, argument: { name: 'to', value }, ...context })).completion.values;
    const papi = { context: { arguments: { service: 'papi' } } };
    assert.deepEqual(await complete('', papi), [], 'there is no clone');
    await server.call('rollout_history', { service: 'papi' });
    rmSync(sandbox.remote, { recursive: true });
    assert.deepEqual(await complete('', papi), ['v2', 'v1', first]);
    assert.deepEqual(await complete('v', papi), ['v2', 'v1']);
    assert.deepEqual(await complete('', { context: { arguments: { service: 'nope' } } }), []);
    assert.deepEqual(await complete('', {}), []);
    assert.equal(run(sandbox, ['__complete', 'rollback', 'papi', '--to', '']).stdout, `v2\nv1\n${first}\n`);
    assert.equal(run(sandbox, ['__complete', 'rollback', '--to', '']).stdout, '');
    await server.close();
    await sandbox.dispose();
  });
}

// A person's clone of the Flux repository, and a merge that keeps its own: what was there before is on no first parent.
test('a tag that only a merged branch has comes back', async () => {
  const sandbox = new Sandbox();
  const work = join(sandbox.root, 'tmp/person');
  sandbox.git(sandbox.root, 'clone', '--quiet', sandbox.url, work);
  const git = (...args) => sandbox.git(work, '-c', 'user.name=Olga Other', '-c', 'user.email=olga@example.com', ...args);
  const set = (tag) => { writeFileSync(join(work, manifestFile), withTag(tag)); git('commit', '--quiet', '--all', '--message', tag); };
  set('B');
  git('checkout', '--quiet', '-b', 'own');
  git('commit', '--quiet', '--allow-empty', '--message', 'work');
  git('checkout', '--quiet', 'main');
  set('C');
  git('checkout', '--quiet', 'own');
  git('merge', '--quiet', '-s', 'ours', '--message', 'Keep mine', 'main');
  git('push', '--quiet', 'origin', 'HEAD:main');
  rmSync(work, { recursive: true });
  assertRefused(await back(sandbox, { to: 'D' }), 'no_history', /^'D' is not in the history of .*\. Its tags were: B, pr-41-0f0e0d0, C\.$/m);
  assertDone(sandbox, await back(sandbox, { to: 'C' }), { tag: 'C', previousTag: 'B' });
  await sandbox.dispose();
});

test('what is older than can be read is not denied', async () => {
  const sandbox = new Sandbox();
  for (let i = 0; i < 5; i += 1) sandbox.pushFromElsewhere('other', `${i}\n`);
  await callOnce(sandbox, 'rollout_status', { service: 'papi' });
  // A git that cannot fetch what is older.
  const real = run(sandbox, ['-c', 'command -v git'], { program: 'sh' }).stdout.trim();
  const git = join(sandbox.root, 'bin/git');
  rmSync(git, { force: true });
  writeFileSync(git, `#!/bin/sh\ncase "$*" in *--deepen*|*--unshallow*) echo "fatal: it broke off" >&2; exit 128;; esac\nexec '${real}' "$@"\n`, { mode: 0o755 });
  assertRefused(await back(sandbox, { to: 'v0' }), 'no_history', /^'v0' is not in the history of .*, as far as that could be read\. Tags that are known: pr-41-0f0e0d0\.$/m);
  assertRefused(await back(sandbox), 'no_history', /has had no other tag in the history that could be read before pr-41-0f0e0d0\.$/m);
  await sandbox.dispose();
});

test('of several entries of one image, none that is another person\'s is replaced', async () => {
  const entries = (tags) => `images:\n${tags.map((tag) => `  - name: backend-services\n    newTag: ${tag}\n`).join('')}`;
  const sandbox = new Sandbox();
  sandbox.pushFromElsewhere(manifestFile, entries(['v1', 'v1']));
  sandbox.pushFromElsewhere(manifestFile, entries(['pr-42-0000000', 'pr-7-1234567']));
  const before = sandbox.head();
  assertRefused(await back(sandbox), 'occupied', /pr-7-1234567/);
  assertUntouched(sandbox, before);
  sandbox.pushFromElsewhere(manifestFile, entries(['pr-42-0000000', 'pr-42-1111111']));
  assert.equal((await back(sandbox)).structuredContent.status, 'updated');
  assert.equal(sandbox.fileAt('main').toString(), entries(['v1', 'v1']));
  await sandbox.dispose();
});

test('the command does what the tool does, and says so in the same words', async () => {
  const sandbox = new Sandbox();
  await rollOut(sandbox);
  const dry = run(sandbox, ['rollback', 'papi', '--dry-run']);
  assert.equal(dry.status, 0, dry.stderr);
  assert.match(dry.stdout, /^Dry run: backend-services pr-42-a1b2c3d → pr-41-0f0e0d0\n/);
  const done = run(sandbox, ['rollback', 'papi', '--json']);
  assert.equal(done.status, 0, done.stderr);
  const { status, tag, commit } = JSON.parse(done.stdout);
  assert.deepEqual([status, tag, commit], ['updated', first, sandbox.head()]);
  const again = run(sandbox, ['rollback', 'papi', '--to', own]);
  assert.match(again.stdout, /^✓ Updated backend-services to pr-42-a1b2c3d\n[^]*\nOnly the image goes back: databases and other changes do not\.\n$/);
  olgaSets(sandbox, 'v2');
  const refused = run(sandbox, ['rollback', 'papi']);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /^What is there is neither .*: v2, rolled out by Olga Other .*\.\n.*`--to`; `rollout-mcp history` lists/);
  assert.equal(run(sandbox, ['rollback', 'papi', '--to', 'v9']).status, 1);
  assert.equal(run(sandbox, ['rollback']).status, 2);
  await sandbox.dispose();
});
