// What stands in the environment and whether it is live: the tool in both eras, the wait of a rollout, the command, the
// prompt and the resource. The cluster is asked by the real kubectl; its server is a stand-in.

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { run } from './support/command.mjs';
import { comeTo, runs } from './support/live.mjs';
import { manifestFile, Sandbox } from './support/sandbox.mjs';
import { assertRefused, assertValidResult } from './support/schemas.mjs';
import { callOnce, eras, Server } from './support/server.mjs';
import { test } from './support/test.mjs';
import { serveKubernetes } from '../../stand_ins/kubernetes.mjs';

const tag = 'pr-42-a1b2c3d';
const image = 'registry.example.com/shop/backend-services';

// A sandbox whose rwenv has a cluster.
async function withCluster() {
  const sandbox = new Sandbox();
  const cluster = await serveKubernetes(sandbox);
  sandbox.writeEnvs({ fluxGitRepo: sandbox.url, fluxGitRepoType: 'gitea', ...cluster.rwenv });
  return { sandbox, cluster, dispose: async () => {
    await cluster.stop();
    await sandbox.dispose();
  } };
}

const statesOf = ({ stages }) => stages.map(({ state }) => state);

for (const era of eras) {
  test(`${era}: without a service all image groups, from git alone`, async () => {
    const sandbox = new Sandbox();
    await callOnce(sandbox, 'rollout', { service: 'papi' }, { era });
    const head = sandbox.head();
    const result = await callOnce(sandbox, 'rollout_status', {}, { era });
    assertValidResult('rollout_status', result);
    const { groups, ...rest } = result.structuredContent;
    assert.deepEqual([rest.rwenv, rest.branch, rest.commit], ['rdebug', 'main', head]);
    const group = (name) => groups.find(({ imageGroup }) => imageGroup === name);
    assert.equal(groups.length, 7);
    const { committedAt, ...own } = group('backend-services');
    assert.deepEqual(own, { imageGroup: 'backend-services', imageName: 'backend-services', file: manifestFile, tag, prNumber: 42,
      commit: head, author: 'Dana Developer', containsHead: true, isThisPr: true, servicesAffected: ['papi', 'worker.mail'] });
    assert.equal(Date.parse(committedAt) / 1000, Number(sandbox.git(sandbox.remote, 'log', '-1', '--format=%ct', head)));
    assert.equal(group('frontend').tag, 'pr-7-1234567');
    assert.equal(group('frontend').isThisPr, false);
    for (const name of ['pinned', 'absent', 'broken', 'outside', 'strange']) assert.ok(group(name).problem, name);
    assert.match(rest.report, /^What is set in rdebug \(file:.*, main at [0-9a-f]{7}\)\n\nIMAGE GROUP/);
    assert.equal(sandbox.head(), head);
    await sandbox.dispose();
  });

  test(`${era}: a service is live when its commit is applied and its image runs`, async () => {
    const { sandbox, cluster, dispose } = await withCluster();
    const before = sandbox.head();
    comeTo(cluster, before);
    runs(cluster, `${image}:pr-41-0f0e0d0`);
    await callOnce(sandbox, 'rollout', { service: 'papi' }, { era });
    assert.deepEqual(cluster.requests, [], 'a rollout asks no cluster');
    const ask = async (more = {}) => {
      const result = await callOnce(sandbox, 'rollout_status', { service: 'papi', ...more }, { era });
      assertValidResult('rollout_status', result);
      return result.structuredContent;
    };
    const pending = await ask();
    assert.equal(pending.state, 'pending');
    assert.deepEqual(pending.stages.map(({ stage }) => stage), ['committed', 'fetched', 'applied', 'running']);
    assert.deepEqual(statesOf(pending), ['done', 'waiting', 'waiting', 'waiting']);
    assert.equal(pending.groups[0].applied, false);
    comeTo(cluster, sandbox.head());
    assert.deepEqual(statesOf(await ask()), ['done', 'done', 'done', 'waiting']);
    runs(cluster, `${image}:${tag}`, { ready: 1 });
    assert.match((await ask()).stages[3].detail, /1 of 2 ready/);
    runs(cluster, `${image}:${tag}`);
    const live = await ask({ waitSeconds: 30 });
    assert.equal(live.state, 'live');
    assert.equal(live.groups[0].applied, true);
    assert.match(live.report, /^papi in rdebug .*: live$/m);
    sandbox.pushFromElsewhere('other', 'x\n');
    comeTo(cluster, sandbox.head());
    assert.equal((await ask()).state, 'live', 'a descendant');
    sandbox.pushFromElsewhere(manifestFile, sandbox.git(sandbox.remote, 'show', `main:${manifestFile}`).replace(tag, 'pr-9-0000000'));
    comeTo(cluster, sandbox.head());
    const other = await ask();
    assert.equal(other.groups[0].tag, 'pr-9-0000000', 'what stands there is the question');
    assert.equal(other.state, 'pending');
    assert.deepEqual(new Set(cluster.requests.map(({ method }) => method)), new Set(['GET']));
    assert.equal(cluster.strangers, 0, 'never the current context');
    await dispose();
  });

  test(`${era}: what may not be read is said at its stage`, async () => {
    const { sandbox, cluster, dispose } = await withCluster();
    comeTo(cluster, sandbox.head());
    runs(cluster, `${image}:pr-41-0f0e0d0`);
    cluster.forbid('gitrepositories');
    const { structuredContent: some } = await callOnce(sandbox, 'rollout_status', { service: 'papi' }, { era });
    assert.deepEqual(statesOf(some), ['done', 'unknown', 'done', 'done']);
    assert.match(some.stages[1].detail, /forbid|cannot get/);
    assert.equal(some.state, 'live');
    cluster.forbid();
    const { structuredContent: none } = await callOnce(sandbox, 'rollout_status', { service: 'papi' }, { era });
    assert.equal(none.state, 'unknown');
    assertRefused(await callOnce(sandbox, 'rollout_status', { service: 'papi', waitSeconds: 20 }, { era }), 'cluster_failed');
    await dispose();
  });

  test(`${era}: a rollout that waits says what it saw, and the push stands`, async () => {
    const { sandbox, cluster, dispose } = await withCluster();
    comeTo(cluster, sandbox.head());
    runs(cluster, `${image}:pr-41-0f0e0d0`);
    const waiting = await callOnce(sandbox, 'rollout', { service: 'papi', waitSeconds: 1 }, { era });
    assertValidResult('rollout', waiting);
    assert.equal(waiting.structuredContent.status, 'updated');
    assert.equal(waiting.structuredContent.commit, sandbox.head());
    assert.equal(waiting.structuredContent.live.state, 'pending');
    assert.match(waiting.structuredContent.report, /\n\nLive: not yet \(fetched, GitRepository flux has main@sha1:[0-9a-f]{40}\)/);
    comeTo(cluster, sandbox.head());
    runs(cluster, `${image}:${tag}`);
    const { structuredContent: live } = await callOnce(sandbox, 'rollout', { service: 'papi', waitSeconds: 30 }, { era });
    assert.equal(live.status, 'unchanged');
    assert.equal(live.live.state, 'live');
    assert.match(live.report, new RegExp(`\n\nLive: yes \\(deployment/papi runs ${tag}, 2 of 2 ready\\)`));
    await dispose();
  });
}

test('a rollout that the cluster does not take names /rollback, and one without an answer is no refusal', async () => {
  const { sandbox, cluster, dispose } = await withCluster();
  const before = sandbox.head();
  cluster.forbid();
  const { structuredContent: blind } = await callOnce(sandbox, 'rollout', { service: 'papi', waitSeconds: 20 });
  assert.equal(blind.status, 'updated');
  assert.equal(blind.live.state, 'unknown');
  assert.match(blind.report, /\nLive: not yet \(applied, unknown: /);
  cluster.permit();
  comeTo(cluster, sandbox.head(), { applied: before });
  runs(cluster, `${image}:${tag}`, { ready: 0 });
  cluster.set('apps/v1', 'deployments', 'backend', 'papi', {
    spec: { replicas: 2, selector: { matchLabels: { app: 'papi' } }, template: { spec: { containers: [{ name: 'main', image: `${image}:${tag}` }] } } },
    status: { observedGeneration: 1, replicas: 2, updatedReplicas: 2, readyReplicas: 0,
      conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }] } });
  comeTo(cluster, sandbox.head());
  const { structuredContent: failed } = await callOnce(sandbox, 'rollout', { service: 'papi', waitSeconds: 30 });
  assert.equal(failed.live.state, 'failed');
  assert.match(failed.report, /\nLive: not yet \(running, failed: .*\)\nTo put the former image back: `\/rollback papi`/);
  await dispose();
});

test('the command prints a table, or with --json what the tool returns', async () => {
  const sandbox = new Sandbox();
  const { structuredContent, content } = await callOnce(sandbox, 'rollout_status', {});
  const printed = run(sandbox, ['status']);
  assert.equal(printed.status, 0, printed.stderr);
  assert.equal(printed.stdout, `${content[0].text}\n`);
  assert.deepEqual(JSON.parse(run(sandbox, ['status', '--json']).stdout), structuredContent);
  const one = JSON.parse(run(sandbox, ['status', 'papi', '--wait', '5', '--json']).stdout);
  assert.equal(one.state, 'unknown', 'there is no cluster');
  assert.equal(run(sandbox, ['status', '--wait', '5']).status, 2);
  assert.equal(run(sandbox, ['status', 'papi', '--wait', '601']).status, 2);
  assert.equal(run(sandbox, ['status', 'pappi']).status, 1);
  const rolledOut = run(sandbox, ['rollout', 'papi', '--wait', '5']);
  assert.equal(rolledOut.status, 0, rolledOut.stderr);
  assert.match(rolledOut.stdout, /\nLive: not yet \(applied, unknown: .*kubernetesContext/);
  await sandbox.dispose();
});

test('the prompt, its completion, and the resource', async () => {
  const sandbox = new Sandbox();
  const server = await Server.start(sandbox);
  const { prompts } = await server.request('prompts/list');
  assert.ok(prompts.some(({ name }) => name === 'status'));
  const { messages } = await server.request('prompts/get', { name: 'status', arguments: { service: 'papi' } });
  assert.match(messages[0].content.text, /`rollout_status` with the arguments \{"service":\s*"papi"\}/);
  const { completion } = await server.request('completion/complete', { ref: { type: 'ref/prompt', name: 'status' }, argument: { name: 'service', value: 'pa' } });
  assert.equal(completion.values[0], 'papi');
  const { contents } = await server.request('resources/read', { uri: 'rollout://environment' });
  await server.close();
  const { structuredContent } = await callOnce(sandbox, 'rollout_status', {});
  assert.deepEqual(JSON.parse(contents[0].text), structuredContent);
  await sandbox.dispose();
});

test('where rollouts are proposed, the stages begin with the proposal', async () => {
  const sandbox = new Sandbox();
  sandbox.git(sandbox.remote, 'config', 'receive.advertisePushOptions', 'true');
  sandbox.writeEnvs({ fluxGitRepo: sandbox.url, fluxGitRepoType: 'gitea', fluxWrite: 'pull-request', fluxForge: 'gitlab' });
  const status = async () => {
    const result = await callOnce(sandbox, 'rollout_status', { service: 'papi' });
    assertValidResult('rollout_status', result);
    return result.structuredContent;
  };
  const unproposed = await status();
  const first = unproposed.stages[0];
  assert.deepEqual([first.stage, first.state, first.detail], ['proposed', 'done', 'no proposal waits to be merged']);
  const rollout = await callOnce(sandbox, 'rollout', { service: 'papi' });
  assert.equal(rollout.structuredContent.status, 'proposed', rollout.content[0].text);
  const waiting = await status();
  // Whether its request is open or was closed, only the forge knows: what the branch has is followed all the same.
  assert.deepEqual([waiting.state, statesOf(waiting)], ['pending', ['waiting', ...statesOf(unproposed).slice(1)]]);
  assert.equal(waiting.stages[0].detail, `${tag} is in rollout/backend-services, not merged`);
  // Merged as one commit of the forge's own, and the branch stays.
  const tree = sandbox.git(sandbox.remote, 'rev-parse', 'rollout/backend-services^{tree}').trim();
  const squashed = sandbox.git(sandbox.remote, '-c', 'user.name=F', '-c', 'user.email=f@example.com', 'commit-tree', tree, '-p', 'main', '-m', 'Squashed').trim();
  sandbox.git(sandbox.remote, 'update-ref', 'refs/heads/main', squashed);
  const merged = await status();
  assert.deepEqual(merged.stages.slice(0, 2).map(({ state }) => state), ['done', 'done']);
  assert.equal(merged.stages[0].detail, 'no proposal waits to be merged');
  // What is set later is no proposal's.
  sandbox.pushFromElsewhere(manifestFile, sandbox.fileAt('main').toString().replace(tag, 'pr-77-7777777'));
  assert.equal((await status()).stages[0].detail, 'no proposal waits to be merged');
  // A new clone lacks the history that shows it at first.
  rmSync(sandbox.clone, { recursive: true });
  assert.equal((await status()).stages[0].detail, 'no proposal waits to be merged');
  await sandbox.dispose();
});
