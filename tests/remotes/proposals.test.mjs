// Rollouts that are proposed (`fluxWrite: "pull-request"`), on each forge and by each transport: the first, the same again,
// another one, after a merge, refused; and what can go wrong between the push and the request.

import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { answers } from './support/github.mjs';
import { branch, forges, noGh, transports } from './support/forges.mjs';
import { manifest } from '../e2e/support/sandbox.mjs';
import { oldTag, scenario, subjectOf, tagOf, withTag } from './support/environment.mjs';

const on = (forge, transport, name, body, options = {}) => scenario(`${name}: ${forge}, ${transport}`, async (sandbox) => {
  await body(sandbox, await forges[forge].start(sandbox, await transports[transport].serve(sandbox)));
}, { ...options, skip: transports[transport].missing ?? (forge === 'github' ? noGh : undefined) ?? false });

// One rollout that has this status; its result.
async function proposing(sandbox, status, args = {}, options = {}) {
  const result = await sandbox.rollout(args, options);
  assert.equal(result.structuredContent.status, status, result.content[0].text);
  return result.structuredContent;
}

// main is where it was, and the proposal is one commit on it with this pull request's tag.
function assertProposed(sandbox, forge, number, { commit }) {
  assert.equal(sandbox.head(), sandbox.base);
  assert.equal(forge.proposed(), commit);
  assert.equal(sandbox.git(sandbox.remote, 'rev-parse', `${commit}^`), sandbox.base);
  assert.equal(sandbox.git(sandbox.remote, 'log', '-1', '--format=%s', commit), subjectOf(number));
  assert.equal(sandbox.fileAt(commit).toString(), withTag(number));
  assert.equal(forge.requests, 1);
  sandbox.assertClean();
}

for (const forge of Object.keys(forges)) {
  for (const transport of Object.keys(transports)) {
    on(forge, transport, 'first, the same again, another one', async (sandbox, there) => {
      const first = await proposing(sandbox, 'proposed');
      assertProposed(sandbox, there, 42, first);
      assert.equal(first.proposal.headBranch, branch);
      assert.equal(first.proposal.reused, false);
      there.assertAddress(first.proposal);
      assert.equal(first.report.split('\n')[0], `✓ Proposed backend-services ${tagOf(42)}: ${first.proposal.url}`);

      const again = await proposing(sandbox, 'unchanged');
      assert.equal(again.commit, undefined);
      assert.deepEqual({ headBranch: again.proposal.headBranch, reused: again.proposal.reused }, { headBranch: branch, reused: true });
      assert.equal(there.proposed(), first.commit);

      const other = await proposing(sandbox, 'proposed', { prNumber: 43 });
      assertProposed(sandbox, there, 43, other);
      assert.equal(other.proposal.reused, true);
      there.assertAddress(other.proposal);
      assert.notEqual(other.commit, first.commit);
    });

    on(forge, transport, 'refused by the remote, in its words', async (sandbox, there) => {
      there.refuse('GH013: Repository rule violations found');
      const refusal = await sandbox.refused('rejected', ['GH013', 'fluxForge']);
      assert.ok(!refusal.hint.includes('fluxWrite'), refusal.hint);
      sandbox.assertHistory([]);
      assert.equal(sandbox.git(sandbox.remote, 'for-each-ref', 'refs/heads/rollout', 'refs/pull', 'refs/for'), '');
    });
  }

  for (const how of ['merge', 'squash', 'rebase']) {
    on(forge, 'file', `merged by ${how}, then again`, async (sandbox, there) => {
      await proposing(sandbox, 'proposed');
      there.merge(how);
      const merged = await proposing(sandbox, 'unchanged');
      assert.equal(merged.proposal, undefined);
      assert.equal(merged.report.split('\n')[0], `✓ backend-services is already at ${tagOf(42)}`);
      const next = await proposing(sandbox, 'proposed', { prNumber: 43 });
      assertProposed(sandbox, there, 43, next);
      assert.equal(next.proposal.reused, false);
    });
  }

  on(forge, 'file', 'a dry run and several services go the same way', async (sandbox) => {
    const dry = await proposing(sandbox, 'dry_run', { dryRun: true });
    assert.deepEqual(dry.proposal, { headBranch: branch, reused: false });
    assert.equal(sandbox.git(sandbox.remote, 'for-each-ref', 'refs/heads/rollout', 'refs/pull', 'refs/for'), '');
    const server = await sandbox.server();
    const { structuredContent } = await server.call('rollout', { services: ['papi', 'frontend'] });
    await server.close();
    assert.equal(structuredContent.status, 'proposed', structuredContent.report ?? structuredContent.message);
    assert.equal(structuredContent.proposal.headBranch, 'rollout/backend-services+frontend');
    assert.match(structuredContent.report, /^✓ Proposed backend-services, frontend pr-42-a1b2c3d/);
    assert.equal(sandbox.head(), sandbox.base);
  });
}

for (const forge of Object.keys(forges)) {
  on(forge, 'file', 'a rollback goes the same way', async (sandbox, there) => {
    await proposing(sandbox, 'proposed');
    there.merge('squash');
    const server = await sandbox.server();
    const { structuredContent } = await server.call('rollback', { service: 'papi' });
    await server.close();
    assert.equal(structuredContent.status, 'proposed', structuredContent.report ?? structuredContent.message);
    assert.equal(structuredContent.tag, oldTag);
    assert.equal(structuredContent.proposal.headBranch, branch);
    assert.equal(sandbox.head(), sandbox.base);
    assert.equal(sandbox.git(sandbox.remote, 'log', '-1', '--format=%s', there.proposed()), `revert(backend-services): image tag back to ${oldTag}`);
    // A rollout may replace what a rollback proposes.
    const next = await proposing(sandbox, 'proposed', { prNumber: 43 });
    assertProposed(sandbox, there, 43, next);
    assert.equal(next.proposal.reused, true);
  });
}

// The message of the squash is the forge's: the title of the request or of its only commit, and a number after it.
for (const [forge, message] of [
  ['github', `revert(backend-services): image tag back to ${oldTag} (#12)`],
  ['github', `chore(backend-services): update image tag (#12)\n\n* revert(backend-services): image tag back to ${oldTag}`],
  ['gitlab', `revert(backend-services): image tag back to ${oldTag} (!12)`],
  ['gitlab', `revert(backend-services): image tag back to ${oldTag}\n\nSee merge request infra/flux!12`],
  ['gitea', `chore(backend-services): update image tag (#12)\n\nReviewed-on: https://git.example/pulls/12\n\nrevert(backend-services): image tag back to ${oldTag}`],
]) {
  on(forge, 'file', `a second rollback does not undo the first, which was merged as ${JSON.stringify(message)}`, async (sandbox, there) => {
    await proposing(sandbox, 'proposed');
    there.merge('squash');
    const server = await sandbox.server();
    const first = await server.call('rollback', { service: 'papi' });
    assert.equal(first.structuredContent.status, 'proposed', first.content[0].text);
    const commit = sandbox.git(sandbox.remote, '-c', 'user.name=Dana Developer', '-c', 'user.email=dana@example.com', 'commit-tree',
      `${there.ref}^{tree}`, '-p', 'main', '-m', message);
    sandbox.git(sandbox.remote, 'update-ref', 'refs/heads/main', commit);
    there.finish('MERGED');
    const second = await server.call('rollback', { service: 'papi' });
    await server.close();
    assert.equal(second.structuredContent.status, 'unchanged', second.content[0].text);
    assert.equal(second.structuredContent.tag, oldTag);
  });
}

const closed = (github) => github.open(branch).forEach((request) => (request.state = 'CLOSED'));

on('github', 'file', 'of a request that was closed, another one is opened', async (sandbox, { github }) => {
  const first = await proposing(sandbox, 'proposed');
  closed(github);
  const again = await proposing(sandbox, 'proposed');
  assert.equal(again.proposal.reused, false);
  assert.notEqual(again.proposal.url, first.proposal.url);
  assert.equal(github.open(branch).length, 1);
});

on('github', 'file', 'a request of a fork from a branch of that name is not ours', async (sandbox, { github }) => {
  github.addPullRequest({ number: 66, branch, owner: 'somebody' });
  const { proposal } = await proposing(sandbox, 'proposed');
  assert.equal(proposal.reused, false);
  assert.notEqual(proposal.number, 66);
});

on('github', 'file', 'what gh is told, with the body on its standard input', async (sandbox, { github }) => {
  await proposing(sandbox, 'proposed');
  const { variables } = github.requests.find(({ query }) => query.includes('PullRequestCreate'));
  assert.equal(variables.input.baseRefName, 'main');
  assert.equal(variables.input.headRefName, branch);
  assert.equal(variables.input.repositoryId, 'acme/flux');
  assert.match(variables.input.title, /^chore\(backend-services\): update image tag$/);
  assert.match(variables.input.body, /backend-services, in apps\/backend-services\/kustomization\.yaml; services affected: papi, worker\.mail/);
});

for (const [title, spoil, words] of [
  ['no right to open requests', (sandbox, { github }) => {
    github.answer = (request, response, body) => /PullRequestCreate/.test(body.query ?? '')
      && answers.errors({ type: 'FORBIDDEN', message: 'Resource not accessible by personal access token' })(request, response);
  }, /Resource not accessible by personal access token/],
  ['not logged in', (sandbox, { github }) => github.logOut(sandbox), /gh auth login/],
  ['the API is down', (sandbox, { github }) => (github.answer = answers.page(502, '<h1>502 Bad Gateway</h1>')), /502/],
]) {
  on('github', 'file', `proposal_failed: ${title}; the branch is there, and the next one opens the request`, async (sandbox, there) => {
    spoil(sandbox, there);
    const refusal = await sandbox.refused('proposal_failed', [words, branch, `gh pr create --repo 'github.com/acme/flux' --head '${branch}' --base 'main'`,
      'https://github.com/acme/flux/compare/main...rollout/backend-services?expand=1'], { prNumber: 42 });
    assert.equal(refusal.details.branch, branch);
    assert.equal(sandbox.fileAt(there.proposed()).toString(), withTag(42));
    assert.equal(sandbox.head(), sandbox.base);
    there.github.answer = undefined;
    if (title === 'not logged in') {
      sandbox.write('gh-config/hosts.yml', `github.com:\n    oauth_token: ${there.github.token}\n    user: dana\n    git_protocol: https\n`);
    }
    const next = await proposing(sandbox, 'proposed', { prNumber: 42 });
    assert.equal(there.requests, 1);
    there.assertAddress(next.proposal);
  });
}

on('github', 'file', 'proposal_failed: gh is not installed', async (sandbox, there) => {
  await sandbox.refused('proposal_failed', ['gh', branch, 'gh pr create'], { prNumber: 42 }, { environment: { PATH: sandbox.pathWithoutGh() } });
  assert.equal(sandbox.fileAt(there.proposed()).toString(), withTag(42));
});

on('gitlab', 'file', 'the options of the push', async (sandbox, there) => {
  await proposing(sandbox, 'proposed');
  assert.deepEqual(there.options, ['merge_request.create', 'merge_request.target=main', `merge_request.title=${subjectOf(42)}`,
    'merge_request.remove_source_branch']);
});

on('gitlab', 'file', 'an answer without an address', async (sandbox) => {
  rmSync(join(sandbox.remote, 'hooks/post-receive'));
  const { proposal, report } = await proposing(sandbox, 'proposed');
  assert.deepEqual(proposal, { headBranch: branch, reused: false });
  assert.equal(report.split('\n')[0], `✓ Proposed backend-services ${tagOf(42)} as ${branch}`);
});

on('gitlab', 'file', 'proposal_failed: the forge says that it opened none', async (sandbox) => {
  sandbox.hook('post-receive', `echo 'WARNINGS:' >&2
echo "Error encountered with push options 'merge_request.create': Target branch does not exist" >&2
echo 'To create a merge request for ${branch}, visit:' >&2
echo '  https://gitlab.example/infra/flux/-/merge_requests/new?merge_request%5Bsource_branch%5D=x' >&2`);
  await sandbox.refused('proposal_failed', ['Target branch does not exist', /Open it at https:\/\/gitlab\.example\/infra\/flux\/-\/merge_requests\/new/]);
});

on('gitlab', 'file', 'a notice beside the address is a warning', async (sandbox) => {
  sandbox.hook('post-receive', `echo 'View merge request for ${branch}:' >&2
echo '  https://gitlab.example/infra/flux/-/merge_requests/7' >&2
echo 'Maintenance tonight' >&2`);
  const { warnings } = await proposing(sandbox, 'proposed');
  assert.ok(warnings.includes('The remote says: Maintenance tonight'), `${warnings}`);
});

for (const forge of ['gitlab', 'gitea']) {
  for (const transport of Object.keys(transports)) {
    on(forge, transport, 'a remote that takes no push options', async (sandbox) => {
      sandbox.git(sandbox.remote, 'config', 'receive.advertisePushOptions', 'false');
      await sandbox.refused('rejected', ['does not support push options', 'receive.advertisePushOptions', 'fluxForge']);
      assert.equal(sandbox.git(sandbox.remote, 'for-each-ref', 'refs/heads/rollout', 'refs/for'), '');
    });
  }
}

on('gitea', 'file', 'the options of the push', async (sandbox, there) => {
  await proposing(sandbox, 'proposed');
  const [{ topic, target, title }] = there.all;
  assert.deepEqual({ topic, target, title }, { topic: 'rollout-backend-services', target: 'main', title: 'chore(backend-services): update image tag' });
});

on('gitea', 'file', 'answers without an address', async (sandbox) => {
  sandbox.write('flux.git/agit_mode', 'silent\n');
  const silent = await proposing(sandbox, 'proposed');
  assert.deepEqual(silent.proposal, { number: 1, headBranch: branch, reused: false });
  assert.equal(silent.report.split('\n')[0], `✓ Proposed backend-services ${tagOf(42)} as #1`);
  sandbox.write('flux.git/agit_mode', 'unnamed\n');
  const unnamed = await proposing(sandbox, 'proposed', { prNumber: 43 });
  assert.deepEqual(unnamed.proposal, { headBranch: branch, reused: true });
});

on('gitea', 'file', 'proposal_failed: AGit is turned off', async (sandbox) => {
  sandbox.git(sandbox.remote, 'config', '--unset', 'receive.procReceiveRefs');
  for (let i = 0; i < 2; i++) {
    await sandbox.refused('proposal_failed', ['refs/for/main', 'AGit', 'git push origin --delete refs/for/main']);
  }
  sandbox.assertHistory([]);
  sandbox.git(sandbox.remote, 'update-ref', '-d', 'refs/for/main');
  sandbox.git(sandbox.remote, 'config', 'receive.procReceiveRefs', 'refs/for');
  await proposing(sandbox, 'proposed');
});

// Another person's proposal, or one that was changed by hand, stays as it is.
const inClone = (sandbox, author, script) => {
  const directory = join(sandbox.root, 'tmp/person');
  sandbox.git(sandbox.root, 'clone', '-q', sandbox.url, directory);
  script((...args) => sandbox.git(directory, '-c', `user.name=${author}`, '-c', `user.email=${author.toLowerCase()}@example.com`, ...args), directory);
  rmSync(directory, { recursive: true });
};

for (const forge of ['github', 'gitlab']) {
  on(forge, 'file', 'occupied: another person\'s proposal is named and kept', async (sandbox, there) => {
    const manifest = withTag(50);
    inClone(sandbox, 'Olga', (git, directory) => {
      sandbox.write(`${sandbox.inRoot(directory)}/apps/backend-services/kustomization.yaml`, manifest);
      git('commit', '-qam', subjectOf(50));
      git('push', '-q', 'origin', `HEAD:refs/heads/${branch}`);
    });
    const before = there.proposed();
    const nobody = sandbox.write('nobody', readFileSync(sandbox.environment.GIT_CONFIG_GLOBAL, 'utf8').replace(/^\s*(name|email) =.*$/gm, ''));
    for (const [args, options] of [[{}], [{ dryRun: true }], [{ dryRun: true }, { environment: { GIT_CONFIG_GLOBAL: nobody } }]]) {
      const refusal = await sandbox.refused('occupied', ['another person\'s proposal', tagOf(50), 'by Olga', branch], args, options);
      assert.deepEqual(refusal.details, { branch, commit: before, author: 'Olga' });
    }
    assert.equal(there.proposed(), before);
    sandbox.assertHistory([]);
  });

  on(forge, 'file', 'occupied: a commit that was pushed there by hand is named and kept', async (sandbox, there) => {
    await proposing(sandbox, 'proposed');
    inClone(sandbox, 'Olga', (git, directory) => {
      git('checkout', '-q', branch);
      sandbox.write(`${sandbox.inRoot(directory)}/notes`, 'mine\n');
      git('add', '.');
      git('commit', '-qm', 'By hand');
      git('push', '-q', 'origin', `HEAD:${branch}`);
    });
    const before = there.proposed();
    await sandbox.refused('occupied', ['By hand', 'by Olga'], { prNumber: 43 });
    assert.equal(there.proposed(), before);
  });

  on(forge, 'file', 'occupied: another person\'s change to another line of the file, amended, is named and kept', async (sandbox, there) => {
    await proposing(sandbox, 'proposed');
    inClone(sandbox, 'Olga', (git, directory) => {
      git('checkout', '-q', branch);
      const file = `${sandbox.inRoot(directory)}/apps/backend-services/kustomization.yaml`;
      sandbox.write(file, withTag(42).replace('namespace: backend', 'namespace: backend-fixed'));
      git('commit', '-qa', '--amend', '--no-edit');
      git('push', '-qf', 'origin', `HEAD:${branch}`);
    });
    const before = there.proposed();
    for (const prNumber of [42, 43]) await sandbox.refused('occupied', ['that no rollout made', 'by Olga'], { prNumber });
    assert.equal(there.proposed(), before);
  });

  on(forge, 'file', 'another person\'s proposal that was squashed is no hindrance, though its branch stays', async (sandbox, there) => {
    inClone(sandbox, 'Olga', (git, directory) => {
      sandbox.write(`${sandbox.inRoot(directory)}/apps/backend-services/kustomization.yaml`, withTag(50));
      git('commit', '-qam', subjectOf(50));
      git('push', '-q', 'origin', `HEAD:refs/heads/${branch}`);
    });
    const squashed = sandbox.git(sandbox.remote, '-c', 'user.name=Olga', '-c', 'user.email=olga@example.com', 'commit-tree',
      `${there.ref}^{tree}`, '-p', 'main', '-m', `${subjectOf(50)} (#5)`);
    sandbox.git(sandbox.remote, 'update-ref', 'refs/heads/main', squashed);
    const { proposal } = await proposing(sandbox, 'proposed');
    assert.equal(proposal.reused, false);
    assert.equal(sandbox.fileAt(there.proposed()).toString(), withTag(42));
  });

  on(forge, 'file', 'own proposal that was squashed and put back: it is proposed again, though its branch stays', async (sandbox, there) => {
    await proposing(sandbox, 'proposed');
    const squashed = sandbox.git(sandbox.remote, '-c', 'user.name=Forge', '-c', 'user.email=f@example.com', 'commit-tree',
      `${there.ref}^{tree}`, '-p', 'main', '-m', 'Merged by squash');
    sandbox.git(sandbox.remote, 'update-ref', 'refs/heads/main', squashed);
    if (there.github) there.github.open(branch).forEach((request) => (request.state = 'MERGED'));
    const before = there.proposed();
    sandbox.pushFromElsewhere('apps/backend-services/kustomization.yaml', manifest, 'Back');
    await proposing(sandbox, 'proposed');
    assert.notEqual(there.proposed(), before);
    assert.equal(there.requests, 1);
  });

  on(forge, 'file', 'a branch `rollout` is in the way, and is named', async (sandbox) => {
    sandbox.git(sandbox.remote, 'update-ref', 'refs/heads/rollout', 'main');
    await sandbox.refused('rejected', ['The remote has a branch rollout, and git cannot have rollout/backend-services beside it.']);
  });

  on(forge, 'file', 'a rollback to what the branch has tells of the proposal that is open', async (sandbox) => {
    sandbox.pushFromElsewhere('apps/backend-services/kustomization.yaml', withTag(41), 'Another');
    await proposing(sandbox, 'proposed');
    const server = await sandbox.server();
    const { structuredContent } = await server.call('rollback', { service: 'papi', to: tagOf(41) });
    await server.close();
    assert.equal(structuredContent.status, 'unchanged', structuredContent.report ?? structuredContent.message);
    assert.match(structuredContent.warnings.join('\n'), new RegExp(`${branch} has a proposal that is not merged: '.*${tagOf(42)}'`));
  });

  on(forge, 'file', 'two proposers at once: both end, and one request has one of the tags', async (sandbox, there) => {
    const other = { RWENV_CONFIG_DIR: join(sandbox.root, 'second') };
    sandbox.write('second/envs.json', JSON.stringify({ rwenvs: { rdebug: { fluxGitRepo: forge === 'github' ? 'https://github.com/acme/flux.git'
      : 'https://gitlab.example/infra/flux.git', fluxWrite: 'pull-request' } } }));
    const results = await Promise.all([proposing(sandbox, 'proposed', { prNumber: 42 }), proposing(sandbox, 'proposed', { prNumber: 43 }, { environment: other })]);
    const last = results.find(({ commit }) => commit === there.proposed());
    assert.ok(last !== undefined, there.proposed());
    assert.equal(there.requests, 1);
    assert.equal(sandbox.head(), sandbox.base);
  });
}

scenario('the forge is not known: the field is named, and nothing is asked', async (sandbox) => {
  sandbox.writeEnvs({ fluxGitRepo: 'https://git.example/infra/flux.git', fluxWrite: 'pull-request' });
  await sandbox.refused('bad_config', ['fluxForge', 'github', 'gitlab', 'gitea'], { prNumber: 42 });
});

scenario('a protected branch: the hint names fluxWrite, and with it the rollout is proposed', async (sandbox) => {
  sandbox.hook('update', `[ "$1" != refs/heads/main ] || { echo 'GH006: Protected branch update failed' >&2; exit 1; }`);
  await sandbox.refused('rejected', ['GH006', 'set `fluxWrite` of the rwenv to `pull-request`']);
  sandbox.git(sandbox.remote, 'config', 'receive.advertisePushOptions', 'true');
  sandbox.writeEnvs({ fluxGitRepo: sandbox.url, fluxWrite: 'pull-request', fluxForge: 'gitlab' });
  await proposing(sandbox, 'proposed');
  sandbox.assertHistory([]);
});

scenario('a proposal cannot be an argument', async (sandbox) => {
  for (const name of ['fluxWrite', 'fluxForge']) await sandbox.refused('bad_argument', name, { [name]: 'push' });
});
