// What is never done (specification, section 4), watched from outside: under strace, whole rollouts, lookups and the
// command line start exactly the programs that are listed here, with these arguments, and contact the Flux remote and
// gh's API alone. The log of a server has a line for each program that it started, and no other.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { moveHead, once } from '../e2e/support/hooks.mjs';
import { manifestFile } from '../e2e/support/sandbox.mjs';
import { answers, GitHub } from './support/github.mjs';
import { forges } from './support/forges.mjs';
import { selfSigned } from '../../stand_ins/certificates.mjs';
import { serveHttp } from '../../stand_ins/https.mjs';
import { findProgram } from '../../stand_ins/programs.mjs';
import { serveKubernetes } from '../../stand_ins/kubernetes.mjs';
import { noSsh, removeSeparationDirectory, serveSsh, signWithSsh } from '../../stand_ins/ssh.mjs';
import { noStrace, readTrace, straceInto } from './support/strace.mjs';
import { scenario, subjectOf } from './support/environment.mjs';

// What is the same in every run, in place of what is not.
function generalized(sandbox, words) {
  return words.map((word) => word.replaceAll(sandbox.root, '<root>').replace(/\b[0-9a-f]{40}\b/g, '<id>')
    .replace(/\/rollout-mcp-\w{6}\//, '/rollout-mcp-<new>/').replace(/\/rollout-\w{6}\//, '/rollout-<new>/')
    .replace(/(<new>\/)\d+[0-9a-f]{40}\b/, '$1<socket>')
    .replace(/127\.0\.0\.1:\d+/g, '<host>')).join(' ');
}

const clone = '--git-dir=<root>/home/.claude/rwenv/flux-repos/rdebug/.git';
// In the directory of the clone, or of a repository to try something in.
const options = `--git-dir=.git --work-tree=. -c core.fsmonitor=false -c gc.auto=0 -c maintenance.auto=false -c fetch.writeCommitGraph=false -c submodule.recurse=false`;
const inUtf8 = '-c i18n.commitEncoding=UTF-8';
const literally = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const command = (...parts) => new RegExp(`^${parts.map((part) => (part instanceof RegExp ? part.source : literally(part))).join('')}$`);

// What is configured is asked in the clone, where there is one.
const cloneOrNone = new RegExp(`(?:${literally(clone)}|--git-dir=/dev/\\.git)`);

// All that the program starts, each with all its arguments: the complete list. A new typed command of the engine is a
// line here.
const commands = {
  identity: command('git ', cloneOrNone, ` config --null --get-regexp ^((user|author|committer)\\.(name|email)|commit\\.gpgsign)$`),
  // Where no identity is found before there is a clone.
  includes: command('git ', cloneOrNone, ` config --null --get-regexp ^includeif\\.`),
  // Where the clone's own configuration includes other files.
  ownSettings: command(`git ${clone} config --null --list --includes --local`),
  ownSettingsOfWorkTree: command(`git ${clone} config --null --list --includes --worktree`),
  fetch: command(`git ${options} fetch --no-progress --no-tags --no-prune --no-write-fetch-head --no-auto-maintenance --no-recurse-submodules `,
    '--refmap= ', /(?:--depth=1 --filter=blob:limit=1m|--no-filter)/, ' origin +refs/heads/', /(?:main|trunk)/, ':refs/rollout/fetched'),
  // Of rollout_history and rollback, where the clone is shallow.
  deepen: command(`git ${options} fetch --no-progress --no-tags --no-prune --no-write-fetch-head --no-auto-maintenance --no-recurse-submodules `,
    '--refmap= ', /(?:--deepen=(?:500|5000|50000)|--unshallow)/, ' --filter=blob:limit=1m origin +refs/heads/', /(?:main|trunk)/, ':refs/rollout/fetched'),
  // Of regenerate, where the clone lacks large files.
  bringFiles: command(`git ${options} diff-tree -r --shortstat --no-renames --no-ext-diff --no-textconv <id> <id> -- *.yaml *.yml *.json *Kustomization`),
  listHead: command(`git ${options} ls-remote --symref origin HEAD refs/heads/main`),
  sign: command(`git ${options} ${inUtf8} commit-tree -S -p <id> -m chore(backend-services): update image tag to pr-42-a1b2c3d <id>`),
  push: command(`git ${options} push --porcelain --no-follow-tags --recurse-submodules=no --force-with-lease=refs/heads/`, /(main|trunk)/,
    ':<id> origin <id>:refs/heads/', /\1/),
  // Where the remote is behind HTTP or HTTPS and gh is asked: what is configured for pushes, and git's own remote helper,
  // which is told on its standard input what to push.
  pushSettings: command('git ', cloneOrNone, ` config --null --get-regexp ^(core\\.hookspath|hook\\..*|push\\.(gpgsign|pushoption)|`,
    `url\\..*\\.(push)?insteadof|remote\\.origin\\..*)$`),
  pushHelper: command(`git ${options} remote-`, /https?/, ' origin'),
  // With `fluxWrite: "pull-request"`.
  fetchWithProposals: command(`git ${options} fetch --no-progress --no-tags --prune --no-write-fetch-head --no-auto-maintenance --no-recurse-submodules `,
    '--refmap= ', /(?:--depth=1 --filter=blob:limit=1m|--no-filter)/, ' origin +refs/heads/main:refs/rollout/fetched +refs/heads/rollout/*:refs/rollout/proposals/*'),
  pushProposal: command(`git ${options} push --porcelain --no-follow-tags --recurse-submodules=no --force-with-lease=refs/heads/rollout/backend-services:`,
    /(?:<id>)?/, ' origin <id>:refs/heads/rollout/backend-services'),
  pushMergeRequest: command(`git ${options} push --porcelain --no-follow-tags --recurse-submodules=no --force-with-lease=refs/heads/rollout/backend-services:`,
    /(?:<id>)?/, ' -o merge_request.create -o merge_request.target=main -o merge_request.title=chore(backend-services): update image tag to pr-42-a1b2c3d',
    ' -o merge_request.remove_source_branch origin <id>:refs/heads/rollout/backend-services'),
  pushForReview: command(`git ${options} push --porcelain --no-follow-tags --recurse-submodules=no --force-with-lease=refs/for/main:`,
    ' -o topic=rollout-backend-services -o title=chore(backend-services): update image tag -o force-push=true origin <id>:refs/for/main'),
  // Where the answer leaves open whether the remote knows AGit.
  listReviewRef: command(`git ${options} ls-remote --refs origin refs/for/main`),
  ghList: command('gh pr list --repo github.com/acme/flux --head rollout/backend-services --base main --state open --json number,url,isCrossRepository'),
  ghCreate: command('gh pr create --repo github.com/acme/flux --head rollout/backend-services --base main --title chore(backend-services): update image tag --body-file -'),
  reset: command(`git ${options} reset --quiet --hard <id>`),
  // Of a large clone with all its files.
  listChanges: command(`git ${options} --no-optional-locks status --porcelain=v1 -z --untracked-files=no --no-renames --ignore-submodules=dirty`),
  checkOut: command(`git ${options} -c core.hooksPath=/dev/null --literal-pathspecs checkout --quiet <id> -- `, /apps\/[a-z-]+\/kustomization\.yaml/),
  // Where a manifest was left out because it is large.
  bringFile: command(`git ${options} cat-file -e <id>`),
  // Of a large repository.
  restrict: command(`git ${options} sparse-checkout set --cone --sparse-index --end-of-options apps/`, /[a-z-]+/),
  extend: command(`git ${options} sparse-checkout add --end-of-options apps/`, /[a-z-]+/),
  // Of a clone that has become untidy.
  packLoose: command(`git ${options} maintenance run --quiet --task=loose-objects`),
  removePacked: command(`git ${options} prune-packed --quiet`),
  collectGarbage: command(`git ${options} -c gc.autoDetach=false gc --quiet`),
  gitVersion: command('git --version'),
  trySigning: command(`git ${options} ${inUtf8} commit-tree -S -m a trial <id>`),
  ghLogin: command('gh auth status'),
  // Where the remote is behind ssh. Only git's own ssh opens a connection.
  sshSettings: command('git ', cloneOrNone, ` config --null --get-regexp ^(core\\.sshcommand|ssh\\.variant|url\\..*\\.(push)?insteadof)$`),
  sshConfiguration: command('ssh -G -F <root>/tmp/rollout-<new>/question -p ', /\d+/, ' 127.0.0.1'),
  sshCheck: command('ssh -F /dev/null -O check -S <root>/tmp/rollout-<new>/<socket> localhost'),
  sshExit: command('ssh -F /dev/null -O exit -S <root>/tmp/rollout-<new>/<socket> localhost'),
  // Where gh does not know the host of the project's remote.
  remoteSettings: command(`git --git-dir=/dev/.git config --null --get-regexp ^(core\\.sshcommand|ssh\\.variant|remote\\.pushdefault|url\\..*\\.(push)?insteadof)$`),
  pullRefs: command('git --git-dir=/dev/.git ls-remote --refs https://<host>/papi.git refs/pull/*/head refs/merge-requests/*/head refs/pull-requests/*/from'),
  gh: command('gh pr view --json number,url,state,headRefOid'),
  ghWithChecks: command('gh pr view --json number,url,state,headRefOid,statusCheckRollup'),
  // Of doctor, where the rwenv names a cluster.
  clusterVersion: command('kubectl ', /--context debug-cluster --kubeconfig <root>\/servers\/kubernetes\/kubeconfig --request-timeout 15s/, ' get --raw /version'),
  clusterVersionInContainer: command('docker exec -i tools kubectl ',
    /--context debug-cluster --kubeconfig <root>\/servers\/kubernetes\/kubeconfig --request-timeout 15s/, ' get --raw /version'),
};

// What a rollout may start, where gh is asked and where it is not.
const waitingPush = ['pushSettings', 'pushHelper'];
const rollout = ['identity', 'fetch', ...waitingPush, 'reset', 'gh'];
const withoutGh = ['identity', 'fetch', 'push', 'reset'];

const sharedSsh = 'ssh -o BatchMode=yes -o ControlMaster=auto -o ControlPath=<root>/tmp/rollout-<new>/\\d+%C -o ControlPersist=300 -o ServerAliveInterval=10 -o ServerAliveCountMax=2';

// What git and gh start themselves, of the programs above. Every line is a pattern: the plumbing of one fetch or push.
const gitsOwn = [
  /^git(-remote-https? | remote-https? )origin( https?:\/\/<host>\/flux\.git)?$/,
  /^git(-remote-https | remote-https )https:\/\/<host>\/papi\.git https:\/\/<host>\/papi\.git$/,
  /^git fetch-pack --stateless-rpc --stdin --lock-pack .*https?:\/\/<host>\/flux\.git\/$/,
  /^git send-pack --stateless-rpc --helper-status --thin (--porcelain )?(--push-option=\S.* )?(--no-progress )?--force-with-lease=refs\/(heads\/(main|trunk|rollout\/backend-services)|for\/main):(<id>)? https?:\/\/<host>\/flux\.git\/ --stdin$/,
  /^git (--shallow-file \S* )?(index-pack|unpack-objects) /,
  /^git (maintenance|gc|prune-packed|pack-objects|pack-refs|reflog expire|repack|prune|worktree prune|rerere gc|rev-list|multi-pack-index|commit-graph)\b[^:]*$/,
  /^git (--shallow-file \S* )?rev-list --objects --stdin (--exclude-promisor-objects )?(--not --all )?--quiet --alternate-refs$/,
  /^git pack-objects --all-progress-implied --revs --stdout --thin --delta-base-offset -q( --shallow)?$/,
  // Over ssh, git has a shell start what GIT_SSH_COMMAND says.
  new RegExp(`^(sh -c ${sharedSsh} "\\$@" ${sharedSsh}|${sharedSsh})( -o SendEnv=GIT_PROTOCOL)? -p \\d+ 127\\.0\\.0\\.1 git-(upload|receive)-pack '<root>/flux\\.git'$`),
  /^git (fetch-pack|send-pack) .*ssh:\/\/<host><root>\/flux\.git$/,
  /^ssh-keygen -Y sign -n git -f <root>\/signing_key <root>\/tmp\/\.git_signing_buffer_tmp\w+$/,
];
const ghsOwn = [
  'git remote -v',
  'git status --porcelain', // of `gh pr create`
  'git config --get-regexp ^remote\\..*\\.gh-resolved$',
  'git symbolic-ref --quiet HEAD',
  'infocmp -1 ', // of newer ones, where there is no TERM
  'git config --get-regexp ^branch\\.feature/health\\.(remote|merge)$',
];
// The stand-in for docker starts what it is told to; kubectl starts nothing.
const dockersOwn = /^kubectl --context .* get --raw \/version$/;

// A command as the log has it, and those that a log has.
const quoted = (word) => (/^[\w@%+=:,./^~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
const logLine = / debug ((?:git|gh|ssh|kubectl|docker) .*?)(?: \(in \/.*\))?: (?:exit status \d+|signal \d+|cancelled|ended at the time limit), \d+ ms$/;
const commandsIn = (log) => log.split('\n').flatMap((line) => logLine.exec(line)?.[1] ?? []);

// Only commands of these names were started, each of them at least once, and only these addresses were contacted.
function assertOnly(sandbox, trace, names, contacted) {
  const seen = new Set();
  for (const { argv, program } of trace.started.filter(({ ours }) => ours)) {
    const words = generalized(sandbox, argv);
    const name = names.find((candidate) => commands[candidate].test(words));
    assert.ok(name, `started: ${words}`);
    assert.match(program, /\/(git|gh|ssh|kubectl|docker)$/);
    seen.add(name);
  }
  assert.deepEqual([...seen].sort(), [...names].sort());
  if (trace.root.argv.includes('--log-file')) {
    const ours = trace.started.filter((process) => process.ours).map(({ argv }) => argv.map(quoted).join(' '));
    assert.deepEqual(trace.logs.flatMap(commandsIn).sort(), ours.sort());
  }
  for (const { argv, by } of trace.started.filter(({ ours }) => !ours)) {
    const words = generalized(sandbox, [argv[0].replace(/^.*\//, ''), ...argv.slice(1)]);
    const expected = by.endsWith('/docker') ? dockersOwn.test(words) : by.endsWith('/gh') ? ghsOwn.includes(words) : gitsOwn.some((pattern) => pattern.test(words));
    assert.ok(expected, `${by} started: ${words}`);
  }
  // The name service's socket is where the C library asks for the user's home.
  const ofSockets = (address) => address.replace(/\/rollout-\w{6}\/\d+[0-9a-f]{40}$/, '/rollout-<new>/<socket>');
  const addresses = [...new Set(trace.contacted.map(ofSockets))].filter((address) => !/^unix:\/(var\/)?run\/nscd\/socket$/.test(address)).sort();
  assert.deepEqual(addresses, [...contacted].sort());
}

// The sandbox of these tests: a gitea over HTTPS, and the real gh.
async function watched(sandbox, type = 'gitea') {
  const github = await GitHub.start(sandbox);
  const { url, port } = await serveHttp(sandbox, type === 'gitea' ? { tls: selfSigned(sandbox) } : {});
  sandbox.useRemote(url, type);
  return { remote: `127.0.0.1:${port}`, api: `unix:${github.socket}`, github, ...traced(sandbox) };
}

// {trace}: trace(act) is what is seen while act(wrapper) runs.
function traced(sandbox) {
  let count = 0;
  const trace = async (act) => {
    const file = join(sandbox.root, `trace-${count++}`);
    const before = sandbox.said.length;
    await act(straceInto(file));
    const logs = sandbox.said.slice(before).filter(({ what }) => what === 'log file').map(({ text }) => text);
    return { ...readTrace(file), logs };
  };
  return { trace };
}

after(removeSeparationDirectory);

const underStrace = (name, body, more = {}) => scenario(name, body, { skip: noStrace, ...more });

underStrace('a rollout of the server, with nothing there yet', async (sandbox) => {
  const { remote, api, trace, github } = await watched(sandbox);
  const seen = await trace((wrapper) => sandbox.updated({}, { wrapper }));
  assertOnly(sandbox, seen, rollout, [remote, api]);
  assert.ok(!github.requests.some(GitHub.asksForChecks));
  for (const { argv, environment } of seen.started.filter(({ ours, argv }) => ours && argv[0] === 'git')) {
    assert.equal(environment.GIT_SSL_NO_VERIFY, '1', argv.join(' '));
    assert.equal(environment.GIT_TERMINAL_PROMPT, '0');
  }
});

underStrace('a rollout of the server, with the clone there; a github remote is always verified', async (sandbox) => {
  const { remote, api, trace } = await watched(sandbox, 'github');
  await sandbox.updated({ prNumber: 40 });
  const seen = await trace((wrapper) => sandbox.updated({}, { wrapper }));
  assertOnly(sandbox, seen, rollout, [remote, api]);
  for (const { environment } of seen.started) assert.equal(environment.GIT_SSL_NO_VERIFY, undefined);
});

underStrace('a rollout whose identity git includes for the clone alone', async (sandbox) => {
  const { remote, api, trace } = await watched(sandbox);
  const file = sandbox.environment.GIT_CONFIG_GLOBAL;
  sandbox.write('more', readFileSync(file));
  writeFileSync(file, `[includeIf "gitdir:${sandbox.home}/"]\n\tpath = ${join(sandbox.root, 'more')}\n`);
  const seen = await trace((wrapper) => sandbox.updated({}, { wrapper }));
  assertOnly(sandbox, seen, [...rollout, 'includes'], [remote, api]);
  sandbox.assertRolledOut(42);
});

underStrace('a rollout in a clone whose own configuration includes a file, and which is untidy', async (sandbox) => {
  const { remote, trace } = await watched(sandbox);
  await sandbox.updated({ prNumber: 40 });
  sandbox.git(sandbox.clone, 'config', 'include.path', sandbox.write('more', '[user]\n\tname = Dana Developer\n'));
  sandbox.git(sandbox.clone, 'config', 'extensions.worktreeConfig', 'true');
  sandbox.git(sandbox.clone, 'config', '--worktree', 'core.abbrev', '12');
  const inClone = (input, ...args) => execFileSync('git', ['-C', sandbox.clone, ...args], { env: sandbox.environment, input, stdio: ['pipe', 'ignore', 'inherit'] });
  for (let i = 0; i < 51; i++) inClone(`${sandbox.git(sandbox.clone, 'commit-tree', '-m', `${i}`, 'HEAD^{tree}')}\n`, 'pack-objects', '--quiet', '.git/objects/pack/pack');
  inClone(Array.from({ length: 7600 }, (_, i) => `blob\ndata <<E\n${i}\nE\n`).join(''), '-c', 'fastimport.unpackLimit=100000', 'fast-import', '--quiet');
  const seen = await trace((wrapper) => sandbox.updated({ prNumber: 41 }, { wrapper }));
  assertOnly(sandbox, seen, [...withoutGh, 'ownSettings', 'ownSettingsOfWorkTree', 'packLoose',
    'removePacked', 'collectGarbage'], [remote]);
});

underStrace('rollouts over ssh, which share a connection', async (sandbox) => {
  const { port, url, connections } = await serveSsh(sandbox);
  sandbox.useRemote(url);
  const { trace } = traced(sandbox);
  const seen = await trace(async (wrapper) => {
    const server = await sandbox.server({ wrapper });
    for (const prNumber of [40, 42]) await server.call('rollout', { service: 'papi', prNumber });
    await server.close();
  });
  sandbox.assertRolledOut(42);
  assert.equal(connections(), 1);
  assertOnly(sandbox, seen, [...withoutGh, 'sshSettings', 'sshConfiguration', 'sshCheck', 'sshExit'],
    [`127.0.0.1:${port}`, `unix:${sandbox.root}/tmp/rollout-<new>/<socket>`]);
}, noSsh === undefined ? {} : { skip: noSsh });

const elsewhere = 'apps/elsewhere/kustomization.yaml';
underStrace('rollouts to two directories of a large repository', async (sandbox) => {
  const { remote, api, trace } = await watched(sandbox);
  const first = await trace((wrapper) => sandbox.updated({ prNumber: 40 }, { wrapper }));
  assertOnly(sandbox, first, [...withoutGh, 'restrict'], [remote]);
  const second = await trace((wrapper) => sandbox.updated({ file: elsewhere, imageName: 'backend' }, { wrapper }));
  assertOnly(sandbox, second, [...rollout, 'extend'], [remote, api]);
}, { files: { [elsewhere]: 'images:\n  - name: backend\n    newTag: pr-1-0000000\n',
  ...Object.fromEntries(Array.from({ length: 2100 }, (_, i) => [`other/${i}.yaml`, `number: ${i}\n`])) } });

underStrace('rollouts in a large clone that a person has made, then edited', async (sandbox) => {
  const { remote, api, trace } = await watched(sandbox);
  await sandbox.updated({ prNumber: 40 });
  sandbox.git(sandbox.clone, 'sparse-checkout', 'disable');
  const clean = await trace((wrapper) => sandbox.updated({ prNumber: 41 }, { wrapper }));
  const beside = withoutGh.filter((name) => name !== 'reset');
  assertOnly(sandbox, clean, [...beside, 'listChanges', 'checkOut'], [remote]);
  appendFileSync(join(sandbox.clone, 'other/7.yaml'), 'edited\n');
  const edited = await trace((wrapper) => sandbox.updated({}, { wrapper }));
  assertOnly(sandbox, edited, [...rollout, 'listChanges'], [remote, api]);
}, { files: Object.fromEntries(Array.from({ length: 2100 }, (_, i) => [`other/${i}.yaml`, `number: ${i}\n`])) });

underStrace('a rollout that loses the race once', async (sandbox) => {
  const { remote, api, trace } = await watched(sandbox);
  await sandbox.updated({ prNumber: 40 });
  sandbox.hook('update', once(moveHead));
  const seen = await trace((wrapper) => sandbox.updated({}, { wrapper }));
  assertOnly(sandbox, seen, [...rollout, 'push'], [remote, api]);
  sandbox.assertHistory([subjectOf(40), 'Faster', subjectOf(42)]);
});

underStrace('a dry run, a rollout that changes nothing, a refusal', async (sandbox) => {
  const { remote, api, trace } = await watched(sandbox);
  await sandbox.updated();
  const dry = await trace((wrapper) => sandbox.rollout({ prNumber: 43, dryRun: true }, { wrapper }));
  assertOnly(sandbox, dry, ['fetch'], [remote]);
  const unchanged = await trace((wrapper) => sandbox.rollout({}, { wrapper }));
  assertOnly(sandbox, unchanged, rollout, [remote, api]); // the helper is not told anything
  const refused = await trace((wrapper) => sandbox.refused('unknown_service', [], { service: 'nobody' }, { wrapper }));
  assertOnly(sandbox, refused, ['identity'], []);
});

underStrace('a rollout to a branch that is not main, signed', async (sandbox) => {
  const { remote, api, trace } = await watched(sandbox);
  signWithSsh(sandbox);
  sandbox.git(sandbox.remote, 'branch', '-m', 'main', 'trunk');
  sandbox.git(sandbox.remote, 'symbolic-ref', 'HEAD', 'refs/heads/trunk');
  const seen = await trace((wrapper) => sandbox.updated({}, { wrapper }));
  assertOnly(sandbox, seen, [...rollout, 'push', 'listHead', 'sign'], [remote, api]);
});

underStrace('a rollout and resolve_tag of a project that is not on GitHub', async (sandbox) => {
  const { remote, trace, github } = await watched(sandbox);
  sandbox.git(sandbox.project, 'remote', 'set-url', 'origin', `https://${remote}/papi.git`);
  sandbox.git(join(sandbox.root, 'papi.git'), 'update-ref', 'refs/pull/42/head', 'refs/heads/feature/health');
  const ofRefs = ['remoteSettings', 'pullRefs'];
  const seen = await trace((wrapper) => sandbox.updated({}, { wrapper }));
  assertOnly(sandbox, seen, [...rollout.filter((name) => name !== 'gh'), ...ofRefs], [remote]);
  const run = (...args) => trace(async (wrapper) => assert.equal((await sandbox.command(args, { wrapper })).status, 0));
  const { started, ...more } = await run('resolve-tag');
  assertOnly(sandbox, { started, ...more }, ofRefs, [remote]);
  assert.equal(started.find(({ argv }) => argv.includes('ls-remote')).environment.GIT_SSL_NO_VERIFY, '1');
  assert.deepEqual(github.requests, []);
});

const proposed = async (sandbox, options = {}) => {
  const { structuredContent } = await sandbox.rollout({}, options);
  assert.equal(structuredContent.status, 'proposed', structuredContent.report ?? structuredContent.message);
};
const prepared = (name, ...more) => [...rollout.filter((command) => !waitingPush.includes(command) && command !== name), ...more];

underStrace('a rollout that is proposed on GitHub', async (sandbox) => {
  const { remote, api, trace } = await watched(sandbox, 'github');
  sandbox.configure(`[url "http://${remote}/flux.git"]\n\tinsteadOf = https://github.com/acme/flux.git`);
  sandbox.writeEnvs({ fluxGitRepo: 'https://github.com/acme/flux.git', fluxWrite: 'pull-request' });
  const seen = await trace((wrapper) => proposed(sandbox, { wrapper }));
  assertOnly(sandbox, seen, prepared('fetch', 'fetchWithProposals', 'pushProposal', 'ghList', 'ghCreate'), [remote, api]);
});

underStrace('a rollout that is proposed on a GitLab', async (sandbox) => {
  const { remote, api, trace } = await watched(sandbox, 'github');
  sandbox.git(sandbox.remote, 'config', 'receive.advertisePushOptions', 'true');
  sandbox.writeEnvs({ fluxGitRepo: `http://${remote}/flux.git`, fluxWrite: 'pull-request', fluxForge: 'gitlab' });
  const seen = await trace((wrapper) => proposed(sandbox, { wrapper }));
  assertOnly(sandbox, seen, prepared('fetch', 'fetchWithProposals', 'pushMergeRequest'), [remote, api]);
});

underStrace('a rollout that is proposed to a Gitea that does not name the request', async (sandbox) => {
  const { remote, api, trace } = await watched(sandbox);
  const there = await forges.gitea.start(sandbox, `https://${remote}/flux.git`);
  sandbox.write('flux.git/agit_mode', 'unnamed\n');
  const seen = await trace((wrapper) => proposed(sandbox, { wrapper }));
  assertOnly(sandbox, seen, prepared('', 'pushForReview', 'listReviewRef'), [remote, api]);
  assert.equal(there.requests, 1);
});

underStrace('verifyPipeline asks gh for the checks, and nobody else', async (sandbox) => {
  const { remote, api, trace, github } = await watched(sandbox);
  await sandbox.updated({ prNumber: 40 });
  const seen = await trace((wrapper) => sandbox.updated({ verifyPipeline: true }, { wrapper }));
  assertOnly(sandbox, seen, rollout.map((name) => (name === 'gh' ? 'ghWithChecks' : name)), [remote, api]);
  assert.ok(github.requests.some(GitHub.asksForChecks));
});

underStrace('resolve_tag, lookup_service, prompts, resources and completion', async (sandbox) => {
  const { api, trace } = await watched(sandbox);
  const seen = await trace(async (wrapper) => {
    const server = await sandbox.server({ wrapper });
    await server.call('resolve_tag');
    await server.call('lookup_service', { service: 'papi' });
    await server.request('prompts/get', { name: 'rollout', arguments: { service: 'papi' } });
    for (const uri of ['rollout://services', 'rollout://services/papi', 'rollout://rwenv']) await server.request('resources/read', { uri });
    await server.request('completion/complete', { ref: { type: 'ref/prompt', name: 'rollout' }, argument: { name: 'service', value: 'p' } });
    await server.close();
  });
  assertOnly(sandbox, seen, ['gh'], [api]);
});

underStrace('the command line', async (sandbox) => {
  const { remote, api, trace } = await watched(sandbox);
  await sandbox.updated({ prNumber: 40 });
  const run = (...args) => trace(async (wrapper) => {
    const { status, stderr } = await sandbox.command(args, { wrapper });
    assert.equal(status, 0, stderr);
  });
  assertOnly(sandbox, await run('rollout', 'papi'), rollout, [remote, api]);
  assertOnly(sandbox, await run('rollout', 'newcomer', '--file', manifestFile, '--image', 'frontend', '--tag', 'pr-8-0123abc'),
    ['identity', 'fetch', 'push', 'reset'], [remote]);
  assertOnly(sandbox, await run('resolve-tag'), ['gh'], [api]);
  assertOnly(sandbox, await run('lookup', 'papi'), [], []);
  assertOnly(sandbox, await run('services'), [], []);
  assertOnly(sandbox, await run('--version'), [], []);
});

underStrace('a rollback of my own, of what is not mine, and one to a tag', async (sandbox) => {
  const { remote, trace } = await watched(sandbox);
  const manifest = sandbox.fileAt('main').toString();
  const set = (tag) => sandbox.pushFromElsewhere(manifestFile, manifest.replace('pr-41-0f0e0d0', tag));
  sandbox.pushFromElsewhere('other', 'so that a new clone is shallow\n');
  await sandbox.command(['rollout', 'papi', '--tag', 'pr-42-bbbbbbb']);
  const run = (...args) => trace(async (wrapper) => { await sandbox.command(['rollback', 'papi', ...args], { wrapper }); });
  assertOnly(sandbox, await run(), ['identity', 'fetch', 'push', 'reset'], [remote]);
  set('v2');
  assertOnly(sandbox, await run(), ['identity', 'fetch'], [remote]);
  assertOnly(sandbox, await run('--to', 'pr-42-bbbbbbb'), ['identity', 'fetch', 'deepen', 'push', 'reset'], [remote]);
});

underStrace('rollout_history, with a new clone and again', async (sandbox) => {
  const { remote, trace } = await watched(sandbox);
  sandbox.pushFromElsewhere('other', 'so that a new clone is shallow\n');
  const ask = () => trace(async (wrapper) => {
    const server = await sandbox.server({ wrapper });
    const { structuredContent } = await server.call('rollout_history', { service: 'papi' });
    assert.equal(structuredContent.complete, true, structuredContent.report);
    await server.close();
  });
  assertOnly(sandbox, await ask(), ['fetch', 'deepen'], [remote]);
  assertOnly(sandbox, await ask(), ['fetch'], [remote]);
  const seen = await trace(async (wrapper) => {
    assert.equal((await sandbox.command(['history', 'papi'], { wrapper })).status, 0);
  });
  assertOnly(sandbox, seen, ['fetch'], [remote]);
});

underStrace('doctor, without a clone and with one', async (sandbox) => {
  const { remote, api, trace, github } = await watched(sandbox);
  signWithSsh(sandbox);
  github.answer = (request, response, body) => {
    if (request.url === '/') return answers.status(200, '', { 'x-oauth-scopes': 'repo, read:org' })(request, response);
    if (!body.query?.includes('viewer')) return false;
    response.end('{"data":{"viewer":{"login":"dana"}}}');
    return true;
  };
  const run = () => trace(async (wrapper) => {
    const { status, stdout } = await sandbox.command(['doctor'], { wrapper });
    assert.equal(status, 0, stdout);
    assert.match(stdout, /logged in to github\.com (as|account) dana/);
  });
  assertOnly(sandbox, await run(), ['gitVersion', 'identity', 'listHead', 'trySigning', 'ghLogin'], [remote, api]);
  await sandbox.updated();
  const seen = await run();
  assertOnly(sandbox, seen, ['gitVersion', 'identity', 'listHead', 'trySigning', 'ghLogin'], [remote, api]);
});

const noKubectl = findProgram('kubectl') === undefined ? 'kubectl is not installed: see scripts/setup' : false;
underStrace('doctor of an rwenv that names a cluster, alone and in a container; a rollout asks no cluster', async (sandbox) => {
  const { remote, api, trace } = await watched(sandbox);
  const cluster = await serveKubernetes(sandbox);
  sandbox.useRemote(`https://${remote}/flux.git`, 'gitea', cluster.rwenv);
  const run = (status) => trace(async (wrapper) => {
    const { stdout } = await sandbox.command(['doctor'], { wrapper });
    assert.match(stdout, status);
  });
  const others = ['gitVersion', 'identity', 'listHead', 'ghLogin'];
  assertOnly(sandbox, await run(/answers, context debug-cluster/), [...others, 'clusterVersion'], [remote, api, cluster.address]);
  sandbox.useRemote(`https://${remote}/flux.git`, 'gitea', { ...cluster.rwenv, devContainer: 'tools' });
  sandbox.script('bin/docker', 'shift 3\n"$@"');
  assertOnly(sandbox, await run(/asked from the container tools/), [...others, 'clusterVersionInContainer'], [remote, api, cluster.address]);
  cluster.forgetRequests();
  assertOnly(sandbox, await trace((wrapper) => sandbox.updated({}, { wrapper })), rollout, [remote, api]);
  assert.deepEqual([cluster.requests, cluster.strangers], [[], 0]);
}, noKubectl === false ? {} : { skip: noKubectl });
