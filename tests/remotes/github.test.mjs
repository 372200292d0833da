// The real gh against a stand-in for GitHub's API: every state of a pull request and of its checks, and every way in which
// gh or the API can fail. F25, F42

import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { answers, checks, GitHub } from './support/github.mjs';
import { findProgram } from '../../stand_ins/programs.mjs';
import { otherWarnings } from '../e2e/support/sandbox.mjs';
import { scenario, subjectOf } from './support/environment.mjs';

const withGh = (name, body) => scenario(name, async (sandbox) => body(sandbox, await GitHub.start(sandbox)),
  { skip: findProgram('gh') === undefined ? 'gh is not installed: see scripts/setup' : false });

const advice = /prNumber/;

withGh('a pull request: its number is in the tag, and its checks are not asked for', async (sandbox, github) => {
  const result = await sandbox.updated();
  assert.deepEqual(otherWarnings(result), []);
  sandbox.assertRolledOut(42);
  assert.ok(github.requests.length > 0);
  assert.ok(!github.requests.some(GitHub.asksForChecks));
  assert.ok(github.requests.every(({ path }) => path === 'POST /graphql'), JSON.stringify(github.requests.map(({ path }) => path)));
});

withGh('a number or a tag that is given: gh is not started', async (sandbox, github) => {
  await sandbox.updated({ prNumber: 7 });
  await sandbox.updated({ tag: 'pr-8-0123abc' });
  assert.deepEqual(github.requests, []);
  sandbox.assertHistory([subjectOf(7), 'chore(backend-services): update image tag to pr-8-0123abc']);
});

withGh('the pull request is that of the project, though git tells a hook of another repository', async (sandbox, github) => {
  const other = join(sandbox.root, 'other');
  sandbox.git(sandbox.root, 'init', '-q', '-b', 'elsewhere', other);
  sandbox.git(other, 'remote', 'add', 'origin', 'https://github.com/shop/papi.git');
  github.addPullRequest({ number: 66, branch: 'elsewhere' });
  await sandbox.updated({}, { environment: { GIT_DIR: join(other, '.git'), GIT_WORK_TREE: other } });
  sandbox.assertRolledOut(42);
});

withGh('the pull request is that of the project, though the environment names another repository and host', async (sandbox, github) => {
  github.addPullRequest({ number: 66, branch: 'elsewhere' });
  for (const environment of [{ GH_REPO: 'other/repository' }, { GH_REPO: 'ghe.example/other/repository' }, { GH_HOST: 'ghe.example' }]) {
    await sandbox.rollout({ dryRun: true }, { environment });
  }
  assert.ok(github.requests.length > 0);
  assert.ok(github.requests.every(({ variables }) => variables.owner === 'shop' && variables.repo === 'papi'),
    JSON.stringify(github.requests.map(({ variables }) => variables)));
  await sandbox.updated({}, { environment: { GH_REPO: 'other/repository', GH_HOST: 'ghe.example' } });
  sandbox.assertRolledOut(42);
});

withGh('of a check that was repeated, the newest run counts', async (sandbox, github) => {
  const later = { started: '2026-01-01T11:00:00Z' };
  const runs = (first, second) => {
    github.pullRequests = [];
    github.addPullRequest({ checks: [checks.run('build', 'COMPLETED', second, later), checks.run('build', 'COMPLETED', first)] });
  };
  runs('SUCCESS', 'FAILURE');
  await sandbox.refused('pipeline_not_green', ['build (FAILURE)'], { verifyPipeline: true });
  github.pullRequests = [];
  github.addPullRequest({ checks: [checks.run('build', 'COMPLETED', 'FAILURE'), checks.run('build', 'COMPLETED', 'SUCCESS', { ...later, workflow: 'release' })] });
  await sandbox.refused('pipeline_not_green', ['build (FAILURE)'], { verifyPipeline: true });
  for (const former of ['FAILURE', 'CANCELLED']) {
    runs(former, 'SUCCESS');
    const { status } = (await sandbox.rollout({ verifyPipeline: true, dryRun: true })).structuredContent;
    assert.equal(status, 'dry_run');
  }
});

withGh('gh_failed: gh is logged in, but does not know the host of the project', async (sandbox) => {
  sandbox.git(sandbox.project, 'remote', 'set-url', 'origin', 'https://gitlab.example/shop/papi.git');
  const refusal = await sandbox.refused('gh_failed', ['known GitHub host', advice]);
  assert.doesNotMatch(refusal.message, /not logged in/);
});

withGh('no_pr: the branch has none', async (sandbox, github) => {
  github.pullRequests = [];
  const refusal = await sandbox.refused('no_pr', 'No PR found for current branch. Create a PR first with `gh pr create`.');
  assert.equal(refusal.message, 'No PR found for current branch. Create a PR first with `gh pr create`.');
  sandbox.assertHistory([]);
  github.addPullRequest({ number: 43 });
  await sandbox.updated();
  sandbox.assertRolledOut(43);
});

withGh('no_pr: a detached HEAD has no branch to ask about', async (sandbox) => {
  sandbox.git(sandbox.project, 'checkout', '-q', '--detach');
  const result = await sandbox.rollout();
  assert.equal(result.isError, true);
  assert.ok(['no_pr', 'gh_failed'].includes(result.structuredContent.code), result.content[0].text);
  assert.match(result.content[0].text, advice);
  await sandbox.updated({ prNumber: 42 });
});

for (const [state, words] of [['CLOSED', /PR #42 is closed/], ['MERGED', /PR #42 is merged/]]) {
  withGh(`F25 a pull request that is ${state.toLowerCase()} is a warning`, async (sandbox, github) => {
    github.pullRequests = [];
    github.addPullRequest({ state });
    const result = await sandbox.updated();
    assert.match(result.warnings.join('\n'), words);
    sandbox.assertRolledOut(42);
  });
}

withGh('F25 of several pull requests gh chooses: the open one', async (sandbox, github) => {
  github.pullRequests = [];
  github.addPullRequest({ number: 50 });
  github.addPullRequest({ number: 51, state: 'CLOSED' });
  await sandbox.updated();
  sandbox.assertRolledOut(50);
});

withGh('F25 a draft, and a pull request of a fork\'s branch of that name', async (sandbox, github) => {
  github.pullRequests = [];
  github.addPullRequest({ number: 61, isDraft: true });
  github.addPullRequest({ number: 62, owner: 'somebody' });
  await sandbox.updated();
  sandbox.assertRolledOut(61);
});

withGh('verifyPipeline: green checks and statuses', async (sandbox, github) => {
  github.pullRequests = [];
  github.addPullRequest({ checks: [checks.run('build', 'COMPLETED', 'SUCCESS'), checks.run('docs', 'COMPLETED', 'SKIPPED'),
    checks.run('hint', 'COMPLETED', 'NEUTRAL'), checks.status('licence', 'SUCCESS')] });
  const result = await sandbox.updated({ verifyPipeline: true });
  assert.deepEqual(otherWarnings(result), []);
  assert.ok(github.requests.some(GitHub.asksForChecks));
});

for (const [title, check, words] of [
  ['red', checks.run('lint', 'COMPLETED', 'FAILURE'), 'lint (FAILURE)'],
  ['running', checks.run('image', 'IN_PROGRESS', ''), 'image (IN_PROGRESS)'],
  ['cancelled', checks.run('image', 'COMPLETED', 'CANCELLED'), 'image (CANCELLED)'],
  ['a red status', checks.status('ci/external', 'ERROR'), 'ci/external (ERROR)'],
  ['a pending status', checks.status('ci/external', 'PENDING'), 'ci/external (PENDING)'],
]) {
  withGh(`pipeline_not_green: ${title}; without verifyPipeline nobody asks`, async (sandbox, github) => {
    github.pullRequests = [];
    github.addPullRequest({ checks: [checks.run('build', 'COMPLETED', 'SUCCESS'), check] });
    const refusal = await sandbox.refused('pipeline_not_green', words, { verifyPipeline: true });
    assert.ok(!refusal.message.includes('build'), refusal.message);
    await sandbox.refused('pipeline_not_green', words, { verifyPipeline: true, tag: 'pr-42-a1b2c3d' });
    sandbox.assertHistory([]);
    await sandbox.updated();
    sandbox.assertHistory([subjectOf(42)]);
  });
}

withGh('verifyPipeline: no checks at all is said', async (sandbox) => {
  const result = await sandbox.updated({ verifyPipeline: true });
  assert.match(result.warnings.join('\n'), /no checks/);
});

withGh('gh_auth: not logged in', async (sandbox, github) => {
  github.logOut(sandbox);
  await sandbox.refused('gh_auth', ['`gh auth login`', advice]);
  sandbox.assertHistory([]);
  assert.deepEqual(github.requests, []);
  await sandbox.updated({ prNumber: 42 });
});

withGh('gh_auth: a token that is no longer valid', async (sandbox, github) => {
  github.answer = answers.status(401, 'Bad credentials');
  await sandbox.refused('gh_auth', ['`gh auth login`', advice]);
  sandbox.assertHistory([]);
});

for (const [title, answer, words] of [
  ['the API is down', answers.page(502, '<html><h1>502 Bad Gateway</h1></html>'), /502/],
  ['the API is overloaded', answers.status(503, 'Service unavailable'), /503/],
  ['rate limit, as a status', answers.status(403, 'API rate limit exceeded for user ID 1.', { 'x-ratelimit-remaining': '0' }), /rate limit/],
  ['rate limit, as an error of GraphQL', answers.errors({ type: 'RATE_LIMITED', message: 'API rate limit exceeded for user ID 1.' }), /rate limit/],
  ['single sign-on is wanted', answers.errors({ type: 'FORBIDDEN', message: 'Resource protected by organization SAML enforcement.' }), /SAML/],
  ['the repository is not visible', answers.errors({ type: 'NOT_FOUND', path: ['repository'],
    message: "Could not resolve to a Repository with the name 'shop/papi'." }), /Could not resolve to a Repository/],
  ['F42 garbage', answers.page(200, '<html>Please log in to the hotel\'s network</html>'), /gh/],
  ['the connection breaks', answers.hangUp(), /gh/],
]) {
  withGh(`gh_failed: ${title}`, async (sandbox, github) => {
    github.answer = answer;
    await sandbox.refused('gh_failed', [words, advice]);
    sandbox.assertHistory([]);
    github.answer = undefined;
    await sandbox.assertNextWorks();
    await sandbox.updated();
  });
}

withGh('gh_failed: no such pull request, asked for by number', async (sandbox) => {
  await sandbox.refused('gh_failed', [/99/], { prNumber: 99, verifyPipeline: true });
  sandbox.assertHistory([]);
});

withGh('gh_failed: the project has no remote at GitHub', async (sandbox) => {
  sandbox.git(sandbox.project, 'remote', 'set-url', 'origin', 'https://git.example.invalid/shop/papi.git');
  // gh itself says that it may be a host of GitHub's that one has to log in to.
  const result = await sandbox.rollout();
  assert.ok(['gh_failed', 'gh_auth'].includes(result.structuredContent.code), result.content[0].text);
  assert.match(result.content[0].text, /none of the git remotes/);
  assert.match(result.content[0].text, advice);
  sandbox.assertHistory([]);
});

withGh('F42 gh answers slowly: ended at the limit, and the number is offered', async (sandbox, github) => {
  github.answer = answers.nothing();
  await sandbox.refused('timeout', [/gh/, advice], {}, { environment: { ROLLOUT_TIMEOUT_SECONDS: '1' } });
  sandbox.assertHistory([]);
  github.answer = undefined;
  await sandbox.updated();
});

withGh('F42 notices on stderr, colours and a pager that are set change nothing', async (sandbox) => {
  const result = await sandbox.updated({}, { environment: { GH_DEBUG: '1', DEBUG: 'api', CLICOLOR_FORCE: '1', GH_FORCE_TTY: '80', PAGER: 'false',
    GH_PAGER: 'false', LC_ALL: 'de_DE.UTF-8', LANGUAGE: 'de' } });
  assert.equal(result.tag, 'pr-42-a1b2c3d');
});

scenario('gh_missing: not on PATH', async (sandbox) => {
  const environment = { PATH: sandbox.pathWithoutGh() };
  await sandbox.refused('gh_missing', [/gh/, 'https://cli.github.com', advice], {}, { environment });
  sandbox.assertHistory([]);
  await sandbox.updated({ prNumber: 42 }, { environment });
});

scenario('gh_missing: there, but it cannot be run', async (sandbox) => {
  chmodSync(`${sandbox.root}/bin/gh`, 0o644);
  const result = await sandbox.rollout({}, { environment: { PATH: `${sandbox.root}/bin:${sandbox.pathWithoutGh()}` } });
  assert.equal(result.isError, true);
  assert.ok(['gh_missing', 'gh_failed'].includes(result.structuredContent.code), result.content[0].text);
  assert.match(result.content[0].text, advice);
  sandbox.assertHistory([]);
});
