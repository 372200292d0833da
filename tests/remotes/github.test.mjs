// The real gh against a stand-in for GitHub's API: every state of a pull request and of its checks, and every way in which
// gh or the API can fail. F25, F42

import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { answers, checks, GitHub } from './support/github.mjs';
import { findProgram } from '../support/servers/programs.mjs';
import { scenario, subjectOf } from './support/world.mjs';

const withGh = (name, body) => scenario(name, async (world) => body(world, await GitHub.start(world)),
  { skip: findProgram('gh') === undefined ? 'gh is not installed: see scripts/setup' : false });

const advice = /prNumber/;

withGh('a pull request: its number is in the tag, and its checks are not asked for', async (world, github) => {
  const result = await world.updated();
  assert.deepEqual(result.warnings, []);
  world.assertRolledOut(42);
  assert.ok(github.requests.length > 0);
  assert.ok(!github.requests.some(GitHub.asksForChecks));
  assert.ok(github.requests.every(({ path }) => path === 'POST /graphql'), JSON.stringify(github.requests.map(({ path }) => path)));
});

withGh('a number or a tag that is given: gh is not started', async (world, github) => {
  await world.updated({ prNumber: 7 });
  await world.updated({ tag: 'pr-8-0123abc' });
  assert.deepEqual(github.requests, []);
  world.assertHistory([subjectOf(7), 'chore(backend-services): update image tag to pr-8-0123abc']);
});

withGh('the pull request is that of the project, though git tells a hook of another repository', async (world, github) => {
  const other = join(world.root, 'other');
  world.git(world.root, 'init', '-q', '-b', 'elsewhere', other);
  world.git(other, 'remote', 'add', 'origin', 'https://github.com/shop/papi.git');
  github.addPullRequest({ number: 66, branch: 'elsewhere' });
  await world.updated({}, { environment: { GIT_DIR: join(other, '.git'), GIT_WORK_TREE: other } });
  world.assertRolledOut(42);
});

withGh('the pull request is that of the project, though the environment names another repository and host', async (world, github) => {
  github.addPullRequest({ number: 66, branch: 'elsewhere' });
  for (const environment of [{ GH_REPO: 'other/repository' }, { GH_REPO: 'ghe.example/other/repository' }, { GH_HOST: 'ghe.example' }]) {
    await world.rollout({ dryRun: true }, { environment });
  }
  assert.ok(github.requests.length > 0);
  assert.ok(github.requests.every(({ variables }) => variables.owner === 'shop' && variables.repo === 'papi'),
    JSON.stringify(github.requests.map(({ variables }) => variables)));
  await world.updated({}, { environment: { GH_REPO: 'other/repository', GH_HOST: 'ghe.example' } });
  world.assertRolledOut(42);
});

withGh('of a check that was repeated, the newest run counts', async (world, github) => {
  const later = { started: '2026-01-01T11:00:00Z' };
  const runs = (first, second) => {
    github.pullRequests = [];
    github.addPullRequest({ checks: [checks.run('build', 'COMPLETED', second, later), checks.run('build', 'COMPLETED', first)] });
  };
  runs('SUCCESS', 'FAILURE');
  await world.refused('pipeline_not_green', ['build (FAILURE)'], { verifyPipeline: true });
  github.pullRequests = [];
  github.addPullRequest({ checks: [checks.run('build', 'COMPLETED', 'FAILURE'), checks.run('build', 'COMPLETED', 'SUCCESS', { ...later, workflow: 'release' })] });
  await world.refused('pipeline_not_green', ['build (FAILURE)'], { verifyPipeline: true });
  for (const former of ['FAILURE', 'CANCELLED']) {
    runs(former, 'SUCCESS');
    const { status } = (await world.rollout({ verifyPipeline: true, dryRun: true })).structuredContent;
    assert.equal(status, 'dry_run');
  }
});

withGh('gh_failed: gh is logged in, but does not know the host of the project', async (world) => {
  world.git(world.project, 'remote', 'set-url', 'origin', 'https://gitlab.example/shop/papi.git');
  const refusal = await world.refused('gh_failed', ['known GitHub host', advice]);
  assert.doesNotMatch(refusal.message, /not logged in/);
});

withGh('no_pr: the branch has none', async (world, github) => {
  github.pullRequests = [];
  const refusal = await world.refused('no_pr', 'No PR found for current branch. Create a PR first with `gh pr create`.');
  assert.equal(refusal.message, 'No PR found for current branch. Create a PR first with `gh pr create`.');
  world.assertHistory([]);
  github.addPullRequest({ number: 43 });
  await world.updated();
  world.assertRolledOut(43);
});

withGh('no_pr: a detached HEAD has no branch to ask about', async (world) => {
  world.git(world.project, 'checkout', '-q', '--detach');
  const result = await world.rollout();
  assert.equal(result.isError, true);
  assert.ok(['no_pr', 'gh_failed'].includes(result.structuredContent.code), result.content[0].text);
  assert.match(result.content[0].text, advice);
  await world.updated({ prNumber: 42 });
});

for (const [state, words] of [['CLOSED', /PR #42 is closed/], ['MERGED', /PR #42 is merged/]]) {
  withGh(`F25 a pull request that is ${state.toLowerCase()} is a warning`, async (world, github) => {
    github.pullRequests = [];
    github.addPullRequest({ state });
    const result = await world.updated();
    assert.match(result.warnings.join('\n'), words);
    world.assertRolledOut(42);
  });
}

withGh('F25 of several pull requests gh chooses: the open one', async (world, github) => {
  github.pullRequests = [];
  github.addPullRequest({ number: 50 });
  github.addPullRequest({ number: 51, state: 'CLOSED' });
  await world.updated();
  world.assertRolledOut(50);
});

withGh('F25 a draft, and a pull request of a fork\'s branch of that name', async (world, github) => {
  github.pullRequests = [];
  github.addPullRequest({ number: 61, isDraft: true });
  github.addPullRequest({ number: 62, owner: 'somebody' });
  await world.updated();
  world.assertRolledOut(61);
});

withGh('verifyPipeline: green checks and statuses', async (world, github) => {
  github.pullRequests = [];
  github.addPullRequest({ checks: [checks.run('build', 'COMPLETED', 'SUCCESS'), checks.run('docs', 'COMPLETED', 'SKIPPED'),
    checks.run('hint', 'COMPLETED', 'NEUTRAL'), checks.status('licence', 'SUCCESS')] });
  const result = await world.updated({ verifyPipeline: true });
  assert.deepEqual(result.warnings, []);
  assert.ok(github.requests.some(GitHub.asksForChecks));
});

for (const [title, check, words] of [
  ['red', checks.run('lint', 'COMPLETED', 'FAILURE'), 'lint (FAILURE)'],
  ['running', checks.run('image', 'IN_PROGRESS', ''), 'image (IN_PROGRESS)'],
  ['cancelled', checks.run('image', 'COMPLETED', 'CANCELLED'), 'image (CANCELLED)'],
  ['a red status', checks.status('ci/external', 'ERROR'), 'ci/external (ERROR)'],
  ['a pending status', checks.status('ci/external', 'PENDING'), 'ci/external (PENDING)'],
]) {
  withGh(`pipeline_not_green: ${title}; without verifyPipeline nobody asks`, async (world, github) => {
    github.pullRequests = [];
    github.addPullRequest({ checks: [checks.run('build', 'COMPLETED', 'SUCCESS'), check] });
    const refusal = await world.refused('pipeline_not_green', words, { verifyPipeline: true });
    assert.ok(!refusal.message.includes('build'), refusal.message);
    await world.refused('pipeline_not_green', words, { verifyPipeline: true, tag: 'pr-42-a1b2c3d' });
    world.assertHistory([]);
    await world.updated();
    world.assertHistory([subjectOf(42)]);
  });
}

withGh('verifyPipeline: no checks at all is said', async (world) => {
  const result = await world.updated({ verifyPipeline: true });
  assert.match(result.warnings.join('\n'), /no checks/);
});

withGh('gh_auth: not logged in', async (world, github) => {
  github.logOut(world);
  await world.refused('gh_auth', ['`gh auth login`', advice]);
  world.assertHistory([]);
  assert.deepEqual(github.requests, []);
  await world.updated({ prNumber: 42 });
});

withGh('gh_auth: a token that is no longer valid', async (world, github) => {
  github.answer = answers.status(401, 'Bad credentials');
  await world.refused('gh_auth', ['`gh auth login`', advice]);
  world.assertHistory([]);
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
  withGh(`gh_failed: ${title}`, async (world, github) => {
    github.answer = answer;
    await world.refused('gh_failed', [words, advice]);
    world.assertHistory([]);
    github.answer = undefined;
    await world.assertNextWorks();
    await world.updated();
  });
}

withGh('gh_failed: no such pull request, asked for by number', async (world) => {
  await world.refused('gh_failed', [/99/], { prNumber: 99, verifyPipeline: true });
  world.assertHistory([]);
});

withGh('gh_failed: the project has no remote at GitHub', async (world) => {
  world.git(world.project, 'remote', 'set-url', 'origin', 'https://git.example.invalid/shop/papi.git');
  // gh itself says that it may be a host of GitHub's that one has to log in to.
  const result = await world.rollout();
  assert.ok(['gh_failed', 'gh_auth'].includes(result.structuredContent.code), result.content[0].text);
  assert.match(result.content[0].text, /none of the git remotes/);
  assert.match(result.content[0].text, advice);
  world.assertHistory([]);
});

withGh('F42 gh answers slowly: ended at the limit, and the number is offered', async (world, github) => {
  github.answer = answers.nothing();
  await world.refused('timeout', [/gh/, advice], {}, { environment: { ROLLOUT_TIMEOUT_SECONDS: '1' } });
  world.assertHistory([]);
  github.answer = undefined;
  await world.updated();
});

withGh('F42 notices on stderr, colours and a pager that are set change nothing', async (world) => {
  const result = await world.updated({}, { environment: { GH_DEBUG: '1', DEBUG: 'api', CLICOLOR_FORCE: '1', GH_FORCE_TTY: '80', PAGER: 'false',
    GH_PAGER: 'false', LC_ALL: 'de_DE.UTF-8', LANGUAGE: 'de' } });
  assert.equal(result.tag, 'pr-42-a1b2c3d');
});

scenario('gh_missing: not on PATH', async (world) => {
  const environment = { PATH: world.pathWithoutGh() };
  await world.refused('gh_missing', [/gh/, 'https://cli.github.com', advice], {}, { environment });
  world.assertHistory([]);
  await world.updated({ prNumber: 42 }, { environment });
});

scenario('gh_missing: there, but it cannot be run', async (world) => {
  chmodSync(`${world.root}/bin/gh`, 0o644);
  const result = await world.rollout({}, { environment: { PATH: `${world.root}/bin:${world.pathWithoutGh()}` } });
  assert.equal(result.isError, true);
  assert.ok(['gh_missing', 'gh_failed'].includes(result.structuredContent.code), result.content[0].text);
  assert.match(result.content[0].text, advice);
  world.assertHistory([]);
});
