// The plugin's monitor: Claude starts it with the first /rollout of a session, and it says when the image is live. By
// itself, and in a session of Claude Code on a pseudo-terminal, for only there monitors run. The cluster is a stand-in.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { run } from './support/command.mjs';
import { claudeEnvironment, claudeExecutable, expectedOfClaude, toolResults } from './support/claude.mjs';
import { MessagesApi } from './support/messages_api.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { binary } from './support/server.mjs';
import { test } from './support/test.mjs';
import { serveKubernetes } from '../../stand_ins/kubernetes.mjs';

const plugin = join(dirname(binary), 'plugin');
const tag = 'pr-42-a1b2c3d';
const line = `papi: ${tag} is live in rdebug`;
const tool = 'mcp__plugin_rollout_rollout-mcp__rollout';

async function withCluster() {
  const sandbox = new Sandbox();
  const cluster = await serveKubernetes(sandbox);
  sandbox.writeEnvs({ fluxGitRepo: sandbox.url, fluxGitRepoType: 'gitea', ...cluster.rwenv });
  return { sandbox, cluster };
}

// Flux has applied the head, and the workload runs the tag.
function becomeLive(sandbox, cluster) {
  const commit = sandbox.head();
  const condition = { type: 'Ready', status: 'True', reason: 'Succeeded', message: '', lastTransitionTime: '2026-01-31T12:00:00Z', observedGeneration: 1 };
  cluster.set('kustomize.toolkit.fluxcd.io/v1', 'kustomizations', 'flux-system', 'backend', {
    spec: { sourceRef: { kind: 'GitRepository', name: 'flux' }, path: './apps' },
    status: { observedGeneration: 1, lastAppliedRevision: `main@sha1:${commit}`, lastAttemptedRevision: `main@sha1:${commit}`, conditions: [condition] } });
  cluster.set('source.toolkit.fluxcd.io/v1', 'gitrepositories', 'flux-system', 'flux', {
    spec: { url: 'https://git.example.com/flux.git' },
    status: { observedGeneration: 1, artifact: { revision: `main@sha1:${commit}`, lastUpdateTime: '2026-01-31T12:00:00Z' }, conditions: [condition] } });
  const labels = { app: 'papi' };
  cluster.set('apps/v1', 'deployments', 'backend', 'papi', {
    spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels },
      spec: { containers: [{ name: 'main', image: `registry.example.com/shop/backend-services:${tag}` }] } } },
    status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1,
      conditions: [{ type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' }] } });
}

async function until(condition) {
  while (!condition()) await sleep(50);
}

// The monitor as Claude starts it; `said` grows.
function startMonitor(sandbox) {
  const monitor = { said: '' };
  monitor.child = spawn(join(plugin, 'monitors/live'), [], { cwd: sandbox.project, detached: true, stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...sandbox.environment, ROLLOUT_MONITOR_PAUSE: '0.1' } });
  monitor.child.stdout.setEncoding('utf8').on('data', (text) => (monitor.said += text));
  monitor.end = async () => {
    const closed = once(monitor.child, 'close');
    process.kill(-monitor.child.pid); // with what it has started
    await closed;
  };
  return monitor;
}

test('the monitor says once that what was rolled out is live, and asks nobody before', async () => {
  const { sandbox, cluster } = await withCluster();
  const monitor = startMonitor(sandbox);
  await sleep(500);
  assert.deepEqual(cluster.requests, []);
  assert.equal(run(sandbox, ['rollout', 'papi']).status, 0);
  await until(() => cluster.requests.length > 0);
  assert.equal(monitor.said, '', 'not yet');
  becomeLive(sandbox, cluster);
  await until(() => monitor.said !== '');
  assert.equal(monitor.said, `${line}\n`);
  const asked = cluster.requests.length;
  assert.equal(run(sandbox, ['rollout', 'frontend']).status, 0);
  await until(() => cluster.requests.length > asked);
  await sleep(500);
  assert.equal(monitor.said, `${line}\n`, 'the first is not said again, and nothing of what cannot be told');
  await monitor.end();
  await cluster.stop();
  await sandbox.dispose();
});

test('the monitor looks where the option of the plugin points', async () => {
  const { sandbox, cluster } = await withCluster();
  cpSync(join(sandbox.root, 'home/.claude/rwenv'), join(sandbox.root, 'chosen'), { recursive: true });
  writeFileSync(join(sandbox.root, 'home/.claude/rwenv/envs.json'), '{}');
  const chosen = join(sandbox.root, 'chosen');
  sandbox.write('home/.claude/settings.json', JSON.stringify({ enabledPlugins: { 'rollout@team': true },
    pluginConfigs: { 'other@team': { options: { config_dir: '/other' } }, 'rollout@team': { options: { config_dir: chosen } } } }, null, 2));
  const monitor = startMonitor(sandbox);
  await sleep(500);
  assert.equal(run(sandbox, ['rollout', 'papi'], { environment: { CLAUDE_PLUGIN_OPTION_CONFIG_DIR: chosen } }).status, 0);
  becomeLive(sandbox, cluster);
  await until(() => monitor.said !== '');
  assert.equal(monitor.said, `${line}\n`);
  await monitor.end();
  await cluster.stop();
  await sandbox.dispose({ expected: ['.claude/settings.json'] });
});

const helper = fileURLToPath(new URL('support/on_terminal.py', import.meta.url));

test('Claude Code, newest: in a session the model is told that what /rollout has set is live', async () => {
  const { sandbox, cluster } = await withCluster();
  const api = await MessagesApi.start([{ type: 'tool_use', name: tool, input: { service: 'papi' } }, { type: 'text', text: 'Done.' }]);
  const env = { ...claudeEnvironment(sandbox, api), TERM: 'xterm-256color', ROLLOUT_MONITOR_PAUSE: '0.2' };
  // The questions of a first start are answered.
  writeFileSync(join(sandbox.home, '.claude.json'), JSON.stringify({ hasCompletedOnboarding: true, theme: 'dark',
    customApiKeyResponses: { approved: [env.ANTHROPIC_API_KEY], rejected: [] },
    projects: { [sandbox.project]: { hasTrustDialogAccepted: true } } }));
  const command = [claudeExecutable('newest'), '--plugin-dir', plugin, '/rollout papi'];
  const session = spawn('python3', [helper, JSON.stringify({ command })], { cwd: sandbox.project, env, stdio: 'ignore' });
  const ended = once(session, 'close');
  await until(() => toolResults(api.requests.at(-1) ?? { messages: [] }).length > 0);
  const before = JSON.stringify(api.requests);
  assert.ok(!before.includes(line), 'not yet');
  becomeLive(sandbox, cluster);
  await until(() => JSON.stringify(api.requests.at(-1)).includes(line));
  session.kill();
  await ended;
  api.stop();
  await cluster.stop();
  await sandbox.dispose({ expected: [...expectedOfClaude(sandbox), '.claude.json'] });
});
