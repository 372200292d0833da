// What is never done (CONTRACT section 4), watched from outside: under strace, whole rollouts, lookups and the command line
// start exactly the programs that are listed here, with these arguments, and contact the Flux remote and gh's API alone.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { binary } from '../e2e/support/server.mjs';
import { manifestFile } from '../e2e/support/sandbox.mjs';
import { GitHub } from './support/github.mjs';
import { selfSigned } from './support/certificates.mjs';
import { serveHttp } from './support/https.mjs';
import { noStrace, readTrace, straceInto } from './support/strace.mjs';
import { scenario, subjectOf } from './support/world.mjs';

// What is the same in every run, in place of what is not.
function generalized(world, words) {
  return words.map((word) => word.replaceAll(world.root, '<root>').replace(/\b[0-9a-f]{40}\b/g, '<id>')
    .replace(/127\.0\.0\.1:\d+/g, '<host>')).join(' ');
}

const options = '--git-dir=<root>/home/.claude/rwenv/flux-repos/rdebug/.git -c core.fsmonitor=false -c gc.auto=0 -c maintenance.auto=false ' +
  '-c fetch.writeCommitGraph=false -c submodule.recurse=false';
const readsIdentity = 'git --git-dir=<root>/home/.claude/rwenv/flux-repos/rdebug/.git config --null --get-regexp ' +
  '^((user|author|committer)\\.(name|email)|commit\\.gpgsign)$';
const fetches = (depth = '') => `git ${options} fetch --quiet --no-tags --no-prune --no-write-fetch-head --no-auto-maintenance --no-recurse-submodules ` +
  `${depth}origin +refs/heads/main:refs/remotes/origin/main`;
const pushes = `git ${options} push --porcelain --no-follow-tags --recurse-submodules=no --force-with-lease=refs/heads/main:<id> origin <id>:refs/heads/main`;
const resets = `git ${options} reset --quiet --hard <id>`;
const asksGh = 'gh pr view --json number,url,state,headRefOid';
const asksForChanges = 'git -c core.fsmonitor=false status --porcelain=v1 -z --untracked-files=no --no-renames';

const once = [readsIdentity, fetches(), pushes, resets, asksGh, asksForChanges];

// What git and gh start themselves, of the programs above. Every line is a pattern: the plumbing of one fetch or push.
const gitsOwn = [
  /^git(-remote-https? | remote-https? )origin https?:\/\/<host>\/flux\.git$/,
  /^git fetch-pack --stateless-rpc --stdin --lock-pack .*https?:\/\/<host>\/flux\.git\/$/,
  /^git send-pack --stateless-rpc --helper-status --thin (--porcelain )?(--no-progress )?--force-with-lease=refs\/heads\/main:<id> https?:\/\/<host>\/flux\.git\/ --stdin$/,
  /^git (--shallow-file \S* )?(index-pack|unpack-objects) /,
  /^git (--shallow-file \S* )?rev-list --objects --stdin (--not --all )?--quiet --alternate-refs$/,
  /^git pack-objects --all-progress-implied --revs --stdout --thin --delta-base-offset -q( --shallow)?$/,
];
const ghsOwn = [
  'git remote -v',
  'git config --get-regexp ^remote\\..*\\.gh-resolved$',
  'git symbolic-ref --quiet HEAD',
  'git config --get-regexp ^branch\\.feature/health\\.(remote|merge)$',
];

function assertOnly(world, trace, ours, contacted) {
  const own = trace.started.filter((program) => program.ours);
  assert.deepEqual(own.map(({ argv }) => generalized(world, argv)).sort(), [...ours].sort());
  for (const { program } of own) assert.match(program, /\/(git|gh)$/);
  for (const { argv, by } of trace.started.filter((program) => !program.ours)) {
    const words = generalized(world, [argv[0].replace(/^.*\//, ''), ...argv.slice(1)]);
    const expected = by.endsWith('/gh') ? ghsOwn.includes(words) : gitsOwn.some((pattern) => pattern.test(words));
    assert.ok(expected, `${by} started: ${words}`);
  }
  // The name service's socket is where the C library asks for the user's home.
  const addresses = [...new Set(trace.contacted)].filter((address) => !/^unix:\/(var\/)?run\/nscd\/socket$/.test(address)).sort();
  assert.deepEqual(addresses, [...contacted].sort());
}

// The world of these tests: a gitea over HTTPS, and the real gh.
async function watched(world, type = 'gitea') {
  const github = await GitHub.start(world);
  const { url, port } = await serveHttp(world, type === 'gitea' ? { tls: selfSigned(world) } : {});
  world.useRemote(url, type);
  const remote = `127.0.0.1:${port}`;
  const api = `unix:${github.socket}`;
  let count = 0;
  const trace = async (act) => {
    const file = join(world.root, `trace-${count++}`);
    await act(straceInto(file));
    return readTrace(file);
  };
  return { remote, api, trace, github };
}

const underStrace = (name, body, more = {}) => scenario(name, body, { skip: noStrace, ...more });

underStrace('a rollout of the server, with nothing there yet', async (world) => {
  const { remote, api, trace, github } = await watched(world);
  const seen = await trace((wrapper) => world.updated({}, { wrapper }));
  assertOnly(world, seen, [readsIdentity, fetches('--depth=1 '), pushes, resets, asksGh, asksForChanges], [remote, api]);
  assert.ok(!github.requests.some(GitHub.asksForChecks));
  for (const { argv, environment } of seen.started.filter(({ ours, argv }) => ours && argv[0] === 'git' && argv[1].startsWith('--git-dir'))) {
    assert.equal(environment.GIT_SSL_NO_VERIFY, '1', argv.join(' '));
    assert.equal(environment.GIT_TERMINAL_PROMPT, '0');
  }
});

underStrace('a rollout of the server, with the clone there; a github remote is always verified', async (world) => {
  const { remote, api, trace } = await watched(world, 'github');
  await world.updated({ prNumber: 40 });
  const seen = await trace((wrapper) => world.updated({}, { wrapper }));
  assertOnly(world, seen, once, [remote, api]);
  for (const { environment } of seen.started) assert.equal(environment.GIT_SSL_NO_VERIFY, undefined);
});

underStrace('a rollout that loses the race once', async (world) => {
  const { remote, api, trace } = await watched(world);
  await world.updated({ prNumber: 40 });
  world.hook('update', `if [ -e "$GIT_DIR/done" ]; then exit 0; fi
touch "$GIT_DIR/done"
export GIT_AUTHOR_NAME=Olga GIT_AUTHOR_EMAIL=o@example.com GIT_COMMITTER_NAME=Olga GIT_COMMITTER_EMAIL=o@example.com
git update-ref refs/heads/main "$(git commit-tree 'refs/heads/main^{tree}' -p refs/heads/main -m Faster </dev/null)"`);
  const seen = await trace((wrapper) => world.updated({}, { wrapper }));
  assertOnly(world, seen, [...once, fetches(), pushes], [remote, api]);
  world.assertHistory([subjectOf(40), 'Faster', subjectOf(42)]);
});

underStrace('a dry run, a rollout that changes nothing, a refusal', async (world) => {
  const { remote, api, trace } = await watched(world);
  await world.updated();
  const dry = await trace((wrapper) => world.rollout({ prNumber: 43, dryRun: true }, { wrapper }));
  assertOnly(world, dry, [fetches(), asksForChanges], [remote]);
  const unchanged = await trace((wrapper) => world.rollout({}, { wrapper }));
  assertOnly(world, unchanged, [readsIdentity, fetches(), resets, asksGh, asksForChanges], [remote, api]);
  const refused = await trace((wrapper) => world.refused('unknown_service', [], { service: 'nobody' }, { wrapper }));
  assertOnly(world, refused, [readsIdentity], []);
});

underStrace('verifyPipeline asks gh for the checks, and nobody else', async (world) => {
  const { remote, api, trace, github } = await watched(world);
  await world.updated({ prNumber: 40 });
  const seen = await trace((wrapper) => world.updated({ verifyPipeline: true }, { wrapper }));
  assertOnly(world, seen, [...once.filter((line) => line !== asksGh), `${asksGh},statusCheckRollup`], [remote, api]);
  assert.ok(github.requests.some(GitHub.asksForChecks));
});

underStrace('resolve_tag, lookup_service, prompts, resources and completion', async (world) => {
  const { api, trace } = await watched(world);
  const seen = await trace(async (wrapper) => {
    const server = await world.server({ wrapper });
    await server.call('resolve_tag');
    await server.call('lookup_service', { service: 'papi' });
    await server.request('prompts/get', { name: 'rollout', arguments: { service: 'papi' } });
    for (const uri of ['rollout://services', 'rollout://services/papi', 'rollout://rwenv']) await server.request('resources/read', { uri });
    await server.request('completion/complete', { ref: { type: 'ref/prompt', name: 'rollout' }, argument: { name: 'service', value: 'p' } });
    await server.close();
  });
  assertOnly(world, seen, [asksGh, asksForChanges], [api]);
});

underStrace('the command line', async (world) => {
  const { remote, api, trace } = await watched(world);
  await world.updated({ prNumber: 40 });
  const run = (...args) => trace(async (wrapper) => {
    const { status, stderr } = await world.command(args, { wrapper });
    assert.equal(status, 0, stderr);
  });
  assertOnly(world, await run('rollout', 'papi'), once, [remote, api]);
  assertOnly(world, await run('rollout', 'newcomer', '--file', manifestFile, '--image', 'frontend', '--tag', 'pr-8-0123abc'),
    [readsIdentity, fetches(), pushes, resets], [remote]);
  assertOnly(world, await run('resolve-tag'), [asksGh, asksForChanges], [api]);
  assertOnly(world, await run('lookup', 'papi'), [], []);
  assertOnly(world, await run('services'), [], []);
  assertOnly(world, await run('--version'), [], []);
  assert.ok(binary);
});
