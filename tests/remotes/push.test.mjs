// What a push can meet: others who are faster, a head that was set back, policies, and notices.
//   F1, F2, F3, F5, F6, F7, F34

import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { moveHead, once } from '../e2e/support/hooks.mjs';
import { manifest, manifestFile, otherWarnings } from '../e2e/support/sandbox.mjs';
import { serveGitDaemon } from '../../stand_ins/https.mjs';
import { relay } from './support/relays.mjs';
import { oldTag, scenario, subjectOf, withTag } from './support/environment.mjs';

const tries = (sandbox) => existsSync(join(sandbox.remote, 'tried')) ? readFileSync(join(sandbox.remote, 'tried'), 'utf8').split('\n').length - 1 : 0;
const noteTry = 'echo x >>"$GIT_DIR/tried"';

// Calls `act` when the first push begins, before the server hears of it: after the fetch.
async function atFirstPush(sandbox, act) {
  const { port } = await serveGitDaemon(sandbox);
  let acted = false;
  const between = await relay(sandbox, port, (connection) => {
    if (connection.service === 'git-receive-pack' && !acted) {
      acted = true;
      act();
    }
  });
  sandbox.useRemote(`git://127.0.0.1:${between.port}/flux.git`);
}

// A remote that answers pushes to main with a reason of its own (git's proc-receive hook). `policy` is JavaScript that
// gives the reason, or undefined to accept, from `git` (a function) and `count` (of pushes).
function answerPushes(sandbox, policy) {
  sandbox.git(sandbox.remote, 'config', 'receive.procReceiveRefs', 'refs/heads/main');
  const file = join(sandbox.remote, 'hooks/proc-receive');
  writeFileSync(file, `#!${process.execPath}
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const git = (...args) => execFileSync('git', args, { encoding: 'utf8' }).trim();
const read = (length) => { const b = Buffer.alloc(length); let n = 0; while (n < length) n += fs.readSync(0, b, n, length - n); return b; };
const line = () => { const n = parseInt(read(4).toString(), 16); return n === 0 ? undefined : read(n - 4).toString().replace(/\\n$/, ''); };
const lines = () => { const all = []; for (let l = line(); l !== undefined; l = line()) all.push(l); return all; };
const send = (...texts) => fs.writeSync(1, texts.map((t) => (t.length + 4).toString(16).padStart(4, '0') + t).join('') + '0000');
lines();
send('version=1\\0\\n');
const [command] = lines();
const [before, after, ref] = command.split(' ');
fs.appendFileSync('tried', 'x\\n');
const count = fs.readFileSync('tried', 'utf8').length / 2;
const reason = (() => { ${policy} })();
if (reason === undefined) { git('update-ref', ref, after, before); send('ok ' + ref + '\\n'); } else send('ng ' + ref + ' ' + reason + '\\n');
`);
  chmodSync(file, 0o755);
}

const moveHeadInNode = `git('-c', 'user.name=Olga Other', '-c', 'user.email=olga@example.com', 'update-ref', ref,
  git('-c', 'user.name=Olga Other', '-c', 'user.email=olga@example.com', 'commit-tree', ref + '^{tree}', '-p', ref, '-m', 'Faster'));`;

scenario('F1 lost before the push (stale info): edited again on the new head', async (sandbox) => {
  await atFirstPush(sandbox, () => sandbox.pushFromElsewhere(manifestFile, manifest.replace('pr-7-1234567', 'pr-8-7654321')));
  const result = await sandbox.updated();
  assert.equal(result.attempts, 2);
  assert.deepEqual(otherWarnings(result), []);
  sandbox.assertHistory(['Another change', subjectOf(42)]);
  assert.equal(sandbox.fileAt('main').toString(), withTag(42).replace('pr-7-1234567', 'pr-8-7654321'));
  sandbox.assertClean();
});

scenario('F1 lost during the push (cannot lock ref)', async (sandbox) => {
  sandbox.hook('update', once(moveHead));
  const result = await sandbox.updated();
  assert.equal(result.attempts, 2);
  sandbox.assertHistory(['Faster', subjectOf(42)]);
  sandbox.assertRolledOut(42);
});

for (const reason of ['incorrect old value provided', 'fetch first', 'non-fast-forward', 'stale info', 'failed to update ref',
  'something that no server has said yet']) {
  scenario(`F1 lost in a server's own words: ${reason}`, async (sandbox) => {
    answerPushes(sandbox, `if (count === 1) { ${moveHeadInNode} return '${reason}'; }`);
    const result = await sandbox.updated();
    assert.equal(result.attempts, 2);
    sandbox.assertHistory(['Faster', subjectOf(42)]);
    sandbox.assertRolledOut(42);
    sandbox.assertClean();
  });

  // Some of them may be heard a moment before the head is seen to move, and are worth a few attempts.
  const most = reason.startsWith('something') ? 1 : 4;
  scenario(`F5 the same words without a moved head are a refusal: ${reason}`, async (sandbox) => {
    answerPushes(sandbox, `return '${reason}';`);
    const result = await sandbox.rollout();
    assert.equal(result.isError, true);
    assert.equal(result.structuredContent.code, 'rejected', result.content[0].text);
    assert.ok(result.content[0].text.includes(reason), result.content[0].text);
    assert.ok(tries(sandbox) <= most, `${tries(sandbox)} attempts`);
    sandbox.assertHistory([]);
    rmSync(join(sandbox.remote, 'hooks/proc-receive'));
    sandbox.git(sandbox.remote, 'config', '--unset', 'receive.procReceiveRefs');
    await sandbox.assertNextWorks();
  });
}

scenario("F1 a lock that the server holds for a moment is no reason to give up or to say 'rejected'", async (sandbox) => {
  const lock = join(sandbox.remote, 'refs/heads/main.lock');
  // It is there when the first push comes, and gone when the second does.
  sandbox.hook('pre-receive', `${noteTry}\nif [ -e "$GIT_DIR/done" ]; then rm -f '${lock}'; else touch "$GIT_DIR/done" '${lock}'; fi`);
  const result = await sandbox.updated();
  assert.equal(result.attempts, 2);
  assert.equal(tries(sandbox), 2);
  sandbox.assertHistory([subjectOf(42)]);
  sandbox.assertRolledOut(42);
});

scenario('F2 the same entry was changed meanwhile: replaced, with a warning that names value, author and age', async (sandbox) => {
  await atFirstPush(sandbox, () => sandbox.pushFromElsewhere(manifestFile, manifest.replace(oldTag, 'pr-77-7777777')));
  const result = await sandbox.updated();
  assert.equal(result.previousTag, 'pr-77-7777777');
  const warnings = result.warnings.join('\n');
  assert.match(warnings, /pr-77-7777777/);
  assert.match(warnings, /Olga Other/);
  assert.match(warnings, /\b(just now|second|minute|moment|ago)/);
  sandbox.assertHistory(['Another change', subjectOf(42)]);
  sandbox.assertRolledOut(42);
});

scenario('F3 the tag is there already: unchanged, no commit, no push', async (sandbox) => {
  await sandbox.updated();
  sandbox.hook('pre-receive', noteTry);
  const result = await sandbox.rollout();
  assert.equal(result.structuredContent.status, 'unchanged', result.content[0].text);
  assert.match(result.content[0].text, /^✓ backend-services is already at pr-42-a1b2c3d/);
  assert.equal(result.structuredContent.commit, undefined);
  assert.equal(tries(sandbox), 0);
  sandbox.assertHistory([subjectOf(42)]);
});

scenario('F3 another person sets the same tag between our fetch and our push: unchanged, never an empty commit', async (sandbox) => {
  await atFirstPush(sandbox, () => sandbox.pushFromElsewhere(manifestFile, withTag(42), 'By hand'));
  const result = await sandbox.rollout();
  assert.equal(result.structuredContent.status, 'unchanged', result.content[0].text);
  sandbox.assertHistory(['By hand']);
  sandbox.assertClean();
});

for (const [title, hook, words] of [
  ['a protected branch', 'echo "error: GH006: Protected branch update failed for refs/heads/main." >&2\necho "error: Changes must be made through a pull request." >&2',
    ['GH006: Protected branch update failed for refs/heads/main.', 'Changes must be made through a pull request.']],
  ['a rule set', 'echo "error: GH013: Repository rule violations found for refs/heads/main." >&2\necho "- Commits must have verified signatures." >&2',
    ['GH013', 'Commits must have verified signatures.']],
  ['a hook without a word', ':', ['pre-receive hook declined']],
]) {
  scenario(`F5 rejected: ${title}, in its own words, once`, async (sandbox) => {
    sandbox.hook('pre-receive', `${noteTry}\n${hook}\nexit 1`);
    await sandbox.refused('rejected', words);
    assert.equal(tries(sandbox), 1);
    sandbox.assertHistory([]);
    rmSync(join(sandbox.remote, 'hooks/pre-receive'));
    await sandbox.assertNextWorks();
  });
}

scenario('F5 rejected: an update hook, a hidden ref and a read-only repository', async (sandbox) => {
  sandbox.hook('update', 'echo "not on Fridays" >&2; exit 1');
  await sandbox.refused('rejected', ['not on Fridays']);
  rmSync(join(sandbox.remote, 'hooks/update'));
  sandbox.git(sandbox.remote, 'config', 'receive.hideRefs', 'refs/heads/main');
  await sandbox.refused('rejected', [/hidden ref|stale info/]); // git sees that the ref is not shown to it
  sandbox.git(sandbox.remote, 'config', '--unset', 'receive.hideRefs');
  sandbox.assertHistory([]);
  await sandbox.assertNextWorks();
});

scenario("F5 a pre-push hook of the user's own that declines is obeyed", async (sandbox) => {
  sandbox.script('hooks/pre-push', 'echo "not while the train is in the tunnel" >&2; exit 1');
  sandbox.configure(`[core]\n\thooksPath = ${join(sandbox.root, 'hooks')}`);
  const result = await sandbox.rollout();
  assert.equal(result.isError, true);
  assert.equal(result.structuredContent.code, 'rejected', result.content[0].text);
  assert.match(result.content[0].text, /not while the train is in the tunnel/);
  sandbox.assertHistory([]);
  rmSync(join(sandbox.root, 'hooks/pre-push'));
  await sandbox.assertNextWorks();
});

scenario('F6 a notice on success is a warning', async (sandbox) => {
  sandbox.hook('post-receive', 'echo "Bypassed rule violations for refs/heads/main:" >&2\necho "- Changes must be made through a pull request." >&2');
  const result = await sandbox.updated();
  assert.match(result.warnings.join('\n'), /Bypassed rule violations for refs\/heads\/main:/);
  assert.match(result.warnings.join('\n'), /Changes must be made through a pull request/);
  sandbox.assertRolledOut(42);
});

scenario('F7 the head moves and the policy rejects: one more attempt, then rejected', async (sandbox) => {
  // The hook's quarantine forbids it to update refs itself.
  sandbox.hook('pre-receive', `${noteTry}\nunset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES\n${moveHead}\necho "GH006: Protected branch update failed" >&2\nexit 1`);
  await sandbox.refused('rejected', ['GH006: Protected branch update failed']);
  assert.equal(tries(sandbox), 2);
  sandbox.assertHistory(['Faster', 'Faster']);
  rmSync(join(sandbox.remote, 'hooks/pre-receive'));
  await sandbox.assertNextWorks();
});

scenario('F7 the head moves and the policy rejects once: the second attempt lands', async (sandbox) => {
  sandbox.hook('pre-receive', once(`${noteTry}\nunset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES\n${moveHead}\nexit 1`));
  const result = await sandbox.updated();
  assert.equal(result.attempts, 2);
  sandbox.assertHistory(['Faster', subjectOf(42)]);
});

scenario('F34 rewound main between fetch and push: what was removed stays removed', async (sandbox) => {
  const bad = sandbox.pushFromElsewhere('apps/bad.yaml', 'bad: true\n', 'A bad commit');
  await atFirstPush(sandbox, () => sandbox.git(sandbox.remote, 'update-ref', 'refs/heads/main', sandbox.base));
  const result = await sandbox.updated();
  assert.equal(result.attempts, 2);
  sandbox.assertHistory([subjectOf(42)]);
  sandbox.assertRolledOut(42);
  assert.throws(() => sandbox.git(sandbox.remote, 'merge-base', '--is-ancestor', bad, 'main'));
  sandbox.assertClean();
});

scenario('F34 rewound main between two rollouts: the clone follows', async (sandbox) => {
  await sandbox.updated({ prNumber: 41 });
  sandbox.git(sandbox.remote, 'update-ref', 'refs/heads/main', sandbox.base);
  await sandbox.updated();
  sandbox.assertHistory([subjectOf(42)]);
  sandbox.assertRolledOut(42);
  sandbox.assertClean();
});

scenario('F34 main was recreated, with no commit in common', async (sandbox) => {
  await sandbox.updated({ prNumber: 41 });
  const root = sandbox.git(sandbox.remote, '-c', 'user.name=Olga', '-c', 'user.email=o@example.com', 'commit-tree', `${sandbox.base}^{tree}`, '-m', 'Squashed');
  sandbox.git(sandbox.remote, 'update-ref', 'refs/heads/main', root);
  await sandbox.updated();
  assert.equal(sandbox.git(sandbox.remote, 'log', '--format=%s', 'main'), `${subjectOf(42)}\nSquashed`);
  sandbox.assertClean();
});

scenario('F5 rejected: the remote cannot unpack what it was sent; no hook and no protection is blamed', async (sandbox) => {
  sandbox.git(sandbox.remote, 'config', 'receive.maxInputSize', '1');
  const refusal = await sandbox.refused('rejected', ['unpacker error', 'abnormal exit', 'could not store']);
  assert.doesNotMatch(refusal.hint, /hook|protected/);
  sandbox.assertHistory([]);
  sandbox.git(sandbox.remote, 'config', '--unset', 'receive.maxInputSize');
  await sandbox.assertNextWorks();
});
