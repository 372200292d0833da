// The number of a pull request from the refs of the project's own remote, where gh cannot say it: real git over files, ssh
// and HTTPS, in both protocols, with the certificate of a gitea, and hostile names.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { exampleCommit } from '../e2e/support/sandbox.mjs';
import { ofPrivateAuthority, selfSigned } from '../../stand_ins/certificates.mjs';
import { serveHttp } from '../../stand_ins/https.mjs';
import { noSsh, removeSeparationDirectory, serveSsh } from '../../stand_ins/ssh.mjs';
import { scenario } from './support/environment.mjs';

after(removeSeparationDirectory);

const origin = (sandbox) => join(sandbox.root, 'papi.git');
const setRef = (sandbox, ref, commit = exampleCommit) => sandbox.git(origin(sandbox), 'update-ref', ref, commit);
const setRemote = (sandbox, url) => sandbox.git(sandbox.project, 'remote', 'set-url', 'origin', url);
const ofPapi = (url) => url.replace('flux.git', 'papi.git');
const loggedOut = (sandbox) => sandbox.failGh('To get started with GitHub CLI, please run:  gh auth login', 4);
const withoutGh = (sandbox) => ({ environment: { PATH: sandbox.pathWithoutGh() } });

// A commit that the origin has and that is not HEAD.
function otherCommit(sandbox) {
  const tree = sandbox.git(origin(sandbox), 'rev-parse', `${exampleCommit}^{tree}`);
  return sandbox.git(origin(sandbox), '-c', 'user.name=Olga', '-c', 'user.email=olga@example.com', 'commit-tree', '-m', 'Other', tree);
}

// So many pull refs of that commit, packed.
function addPullRefs(sandbox, count, commit) {
  const input = Array.from({ length: count }, (_, i) => `create refs/pull/${i + 1000}/head ${commit}\n`).join('');
  execFileSync('git', ['-C', origin(sandbox), 'update-ref', '--stdin'], { env: sandbox.environment, input });
  sandbox.git(origin(sandbox), 'pack-refs', '--all');
}

async function resolved(sandbox, options = {}) {
  const server = await sandbox.server(options);
  const result = await server.call('resolve_tag');
  await server.close();
  return result.structuredContent;
}

for (const ref of ['refs/pull/42/head', 'refs/merge-requests/42/head', 'refs/pull-requests/42/from']) {
  scenario(`${ref}, without gh`, async (sandbox) => {
    setRef(sandbox, ref);
    setRef(sandbox, 'refs/pull/50/head', otherCommit(sandbox));
    const options = withoutGh(sandbox);
    const result = await sandbox.updated({}, options);
    assert.equal(result.prSource, 'refs');
    assert.match(result.report, /PR #42 was found in the refs of .*papi\.git, which do not say whether it is open, closed or merged\./);
    sandbox.assertRolledOut(42);
    const { tag, prNumber, prUrl, prState } = await resolved(sandbox, options);
    assert.deepEqual({ tag, prNumber, prUrl, prState }, { tag: 'pr-42-a1b2c3d', prNumber: 42, prUrl: undefined, prState: undefined });
  });
}

scenario('gh answers: the remote is not asked; gh cannot be asked: it is', async (sandbox) => {
  setRef(sandbox, 'refs/pull/7/head');
  assert.equal((await sandbox.updated()).prSource, 'gh');
  sandbox.assertRolledOut(42);
  const log = sandbox.said.map(({ text }) => text).join('\n');
  assert.doesNotMatch(log, /ls-remote --refs/);
  loggedOut(sandbox);
  assert.equal((await sandbox.updated()).prSource, 'refs');
  sandbox.assertRolledOut(7);
});

scenario('verifyPipeline stays with gh', async (sandbox) => {
  setRef(sandbox, 'refs/pull/7/head');
  await sandbox.refused('gh_missing', /prNumber/, { verifyPipeline: true }, withoutGh(sandbox));
  sandbox.assertHistory([]);
});

scenario('HEAD is ahead of the pull request: its number is that of the upstream branch, and a warning says so', async (sandbox) => {
  setRef(sandbox, 'refs/pull/42/head');
  sandbox.git(sandbox.project, 'branch', '-q', '--set-upstream-to=origin/feature/health');
  sandbox.git(sandbox.project, 'commit', '-q', '--allow-empty', '-m', 'Not pushed yet');
  const { prNumber, shortSha, tag, warnings } = await resolved(sandbox, withoutGh(sandbox));
  assert.equal(prNumber, 42);
  assert.equal(tag, `pr-42-${shortSha}`);
  assert.ok(warnings.includes(`HEAD (${shortSha}) is not the head commit of PR #42 (a1b2c3d): it has not been pushed yet.`), warnings.join('\n'));
});

// A new branch of a merged request's head, which has no request of its own.
for (const known of [true, false]) {
  scenario(`no_pr: the upstream is the remote's default branch, ${known ? 'as its HEAD says' : 'by its name'}`, async (sandbox) => {
    const name = known ? 'trunk' : 'main';
    setRef(sandbox, `refs/heads/${name}`);
    setRef(sandbox, 'refs/merge-requests/40/head');
    sandbox.git(sandbox.project, 'fetch', '-q', 'origin');
    if (known) sandbox.git(sandbox.project, 'symbolic-ref', 'refs/remotes/origin/HEAD', `refs/remotes/origin/${name}`);
    sandbox.git(sandbox.project, 'switch', '-q', '-c', 'feature/new', `origin/${name}`);
    sandbox.git(sandbox.project, 'commit', '-q', '--allow-empty', '-m', 'New work');
    await sandbox.refused('no_pr', /prNumber/, {}, withoutGh(sandbox));
  });
}

scenario('several: the highest number, and a warning', async (sandbox) => {
  for (const number of [9, 100, 41]) setRef(sandbox, `refs/pull/${number}/head`);
  const { prNumber, warnings } = await resolved(sandbox, withoutGh(sandbox));
  assert.equal(prNumber, 100);
  assert.ok(warnings.includes('a1b2c3d is the head commit of several pull requests; PR #100, the highest number, was taken.'), warnings.join('\n'));
});

scenario('no_pr: no ref is at HEAD, and names that git\'s patterns match as well are none', async (sandbox) => {
  for (const ref of ['refs/heads/refs/pull/66/head', 'refs/tags/refs/pull/67/head', 'refs/pull/68/x/head', 'refs/pull/069/head', 'refs/pull/x/head',
    'refs/pull/70/head/head', 'refs/pull/99999999999999999999/head']) setRef(sandbox, ref);
  setRef(sandbox, 'refs/pull/50/head', otherCommit(sandbox));
  const refusal = await sandbox.refused('no_pr', [/papi\.git/, /prNumber/, /not installed/], {}, withoutGh(sandbox));
  assert.equal(refusal.message, 'No PR found for current branch. Create a PR first with `gh pr create`.');
  sandbox.assertHistory([]);
});

for (const version of [0, 2]) {
  scenario(`50,000 refs, protocol v${version}: all are looked at`, async (sandbox) => {
    sandbox.configure(`[protocol]\n\tversion = ${version}`);
    addPullRefs(sandbox, 50_000, otherCommit(sandbox));
    setRef(sandbox, 'refs/pull/99999/head');
    sandbox.git(origin(sandbox), 'pack-refs', '--all');
    const { prNumber } = await resolved(sandbox, withoutGh(sandbox));
    assert.equal(prNumber, 99_999);
  });
}

scenario('over ssh, with the user\'s own configuration for it', async (sandbox) => {
  const { url } = await serveSsh(sandbox);
  setRef(sandbox, 'refs/pull/42/head');
  setRemote(sandbox, ofPapi(url));
  loggedOut(sandbox);
  assert.equal((await sandbox.updated()).prSource, 'refs');
}, { skip: noSsh });

scenario('over HTTP with a user and password in the address, which nothing tells', async (sandbox) => {
  const password = 's3cr3t-P4ss-w0rd';
  sandbox.secrets.push(password);
  const { url } = await serveHttp(sandbox, { users: { dana: password } });
  setRef(sandbox, 'refs/pull/42/head');
  setRemote(sandbox, ofPapi(url).replace('//', `//dana:${password}@`));
  sandbox.failGh('gh was started', 1);
  const { warnings, prSource } = await sandbox.updated();
  assert.equal(prSource, 'refs');
  assert.ok(warnings.some((warning) => warning.includes(ofPapi(url))));
  setRemote(sandbox, ofPapi(url).replace('//', `//eve:${password}@`));
  await sandbox.refused('auth_failed', [ofPapi(url), /prNumber/], {}, { environment: { PATH: sandbox.pathWithoutGh() } });
});

const certificateCases = [
  ['a gitea, and the project is on the same host: the certificate is not verified', 'gitea', true, true],
  ['a github rwenv: the certificate is verified', 'github', true, false],
  ['a gitea, and the project is on another host: its certificate is verified', 'gitea', false, false],
];
for (const [title, type, sameHost, accepted] of certificateCases) {
  scenario(title, async (sandbox) => {
    const tls = selfSigned(sandbox);
    const { url } = await serveHttp(sandbox, { tls });
    setRef(sandbox, 'refs/pull/42/head');
    setRemote(sandbox, sameHost ? ofPapi(url) : ofPapi(url).replace('127.0.0.1', 'localhost'));
    sandbox.useRemote(url, type);
    const options = withoutGh(sandbox);
    if (accepted) {
      assert.equal((await sandbox.updated({}, options)).prSource, 'refs');
      assert.equal((await resolved(sandbox, options)).prNumber, 42);
    } else {
      const { code, message, hint } = await resolved(sandbox, options);
      assert.equal(code, 'tls_untrusted', message);
      assert.match(hint, /http\.sslCAInfo.*prNumber/);
    }
  });
}

scenario('a certificate of an authority that the user has told git of', async (sandbox) => {
  const tls = ofPrivateAuthority(sandbox);
  const { url } = await serveHttp(sandbox, { tls });
  sandbox.configure(`[http]\n\tsslCAInfo = ${tls.authority}`);
  sandbox.useRemote(sandbox.url, 'github');
  setRef(sandbox, 'refs/pull/42/head');
  setRemote(sandbox, ofPapi(url));
  assert.equal((await sandbox.updated({}, withoutGh(sandbox))).prSource, 'refs');
});

scenario('insteadOf, pushInsteadOf and pushurl lead where git pushes; those of the project\'s own configuration are none of ours', async (sandbox) => {
  setRef(sandbox, 'refs/pull/42/head');
  const options = withoutGh(sandbox);
  sandbox.configure(`[url "file://${sandbox.root}/"]\n\tinsteadOf = team:\n\tpushInsteadOf = https://git.example.invalid/`);
  for (const url of ['team:papi.git', 'https://git.example.invalid/papi.git']) {
    setRemote(sandbox, url);
    assert.equal((await resolved(sandbox, options)).prNumber, 42, url);
  }
  setRemote(sandbox, 'https://nowhere.invalid/papi.git');
  sandbox.git(sandbox.project, 'config', 'remote.origin.pushurl', origin(sandbox));
  assert.equal((await resolved(sandbox, options)).prNumber, 42);
  sandbox.git(sandbox.project, 'config', '--unset', 'remote.origin.pushurl');
  sandbox.git(sandbox.project, 'config', `url.file://${sandbox.root}/.insteadOf`, 'https://nowhere.invalid/');
  assert.equal((await resolved(sandbox, options)).code, 'unreachable');
});

scenario('a remote of the project runs nothing', async (sandbox) => {
  const ran = join(sandbox.root, 'ran');
  const canary = sandbox.script('canary', `touch "${ran}"`);
  sandbox.script('bin/git-remote-canary', `touch "${ran}"`);
  loggedOut(sandbox);
  for (const [name, value] of [['remote.origin.uploadpack', canary], ['remote.origin.vcs', 'canary'], ['core.sshCommand', canary],
    ['core.gitProxy', canary], ['credential.helper', `!${canary}`], ['include.path', '../../more']]) sandbox.git(sandbox.project, 'config', name, value);
  sandbox.write('more', `[core]\n\tsshCommand = ${canary}\n`);
  for (const url of [`ext::${canary}`, `canary::x`, `canary://x/y`, `--upload-pack=${canary}`, `-u${canary}`, `ssh://-oProxyCommand=${canary}/papi.git`,
    'ssh://git@127.0.0.1:1/papi.git', 'git://127.0.0.1:1/papi.git', 'https://127.0.0.1:1/papi.git', join(sandbox.project, 'inside.git'), '.']) {
    sandbox.git(sandbox.project, 'config', 'remote.origin.url', url);
    const { code, message } = await resolved(sandbox, { environment: { ROLLOUT_TIMEOUT_SECONDS: '20' } });
    assert.ok(['gh_auth', 'unreachable'].includes(code), `${url}: ${code}: ${message}`);
    assert.ok(!existsSync(ran), url);
  }
  sandbox.git(sandbox.project, 'config', '--remove-section', 'remote.origin');
});
