// The cluster of an rwenv, asked by the real kubectl: the answers of a stand-in for its API server
// (stand_ins/kubernetes.mjs), over TLS with a client certificate, through doctor and through the engine itself.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../../stand_ins/programs.mjs';
import { serveKubernetes } from '../../stand_ins/kubernetes.mjs';
import { scenario } from './support/environment.mjs';

const skip = findProgram('kubectl') === undefined ? 'kubectl is not installed: see scripts/setup' : false;
const flux = { kustomize: 'kustomize.toolkit.fluxcd.io', source: 'source.toolkit.fluxcd.io' };
const commit = '0f1e2d3c4b5a69788796a5b4c3d2e1f001234567';
const image = 'ghcr.io/acme/papi:pr-42-a1b2c3d';

// A scenario with a cluster, which the active rwenv names. Nobody asks the cluster of kubectl's current context.
function withCluster(name, body, options = {}) {
  scenario(name, async (sandbox) => {
    const cluster = await serveKubernetes(sandbox, options);
    const use = (more = {}, top = {}) => sandbox.write('home/.claude/rwenv/envs.json', JSON.stringify({ ...top,
      rwenvs: { rdebug: { fluxGitRepo: sandbox.url, ...cluster.rwenv, ...more } } }));
    use();
    await body(sandbox, cluster, use);
    assert.equal(cluster.strangers, 0, 'the current context was asked');
  }, { skip });
}

// doctor's line about the cluster.
async function doctor(sandbox, environment = {}) {
  const { stdout } = await sandbox.command(['doctor', '--json'], { environment });
  return JSON.parse(stdout).checks.find(({ name }) => name === 'cluster');
}

// What the engine reads: tests/integration/ask_cluster.cc.
async function ask(sandbox, cluster, question, namespace, name, { rwenv = {}, environment = {} } = {}) {
  const child = spawn(process.env.ASK_CLUSTER, [JSON.stringify({ ...cluster.rwenv, ...rwenv }), question, namespace, name],
    { env: { ...sandbox.environment, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr']) child[stream].setEncoding('utf8').on('data', (text) => (said[stream] += text));
  await new Promise((resolve) => child.once('close', resolve));
  sandbox.said.push({ what: 'ask_cluster', text: said.stdout + said.stderr });
  assert.equal(said.stderr, '');
  return JSON.parse(said.stdout);
}

withCluster('doctor says that the cluster answers, and changes nothing', async (sandbox, cluster) => {
  assert.deepEqual(await doctor(sandbox), { name: 'cluster', state: 'ok', message: 'answers, context debug-cluster, Kubernetes v1.29.3' });
  assert.deepEqual(cluster.requests, [{ method: 'GET', path: '/version?timeout=15s', user: 'dana' }]);
  assert.deepEqual(readdirSync(sandbox.home), ['.claude']);
});

withCluster('doctor does not ask where the rwenv names no context, whatever kubectl would take', async (sandbox, cluster, use) => {
  use({ kubernetesContext: undefined });
  const found = await doctor(sandbox, { KUBECONFIG: cluster.kubeconfig });
  assert.deepEqual(found, { name: 'cluster', state: 'ok', message: 'not asked: the rwenv has no kubernetesContext' });
  assert.deepEqual(cluster.requests, []);
});

withCluster('the kubeconfig that KUBECONFIG names, with a context whose name looks like an option', async (sandbox, cluster, use) => {
  use({ kubeconfigPath: undefined });
  assert.equal((await doctor(sandbox, { KUBECONFIG: cluster.kubeconfig })).state, 'ok');
  assert.equal((await doctor(sandbox)).code, 'cluster_failed');
}, { context: '--help' });

withCluster('doctor says what is wrong with the cluster', async (sandbox, cluster, use) => {
  const expect = async (code, message, hint, environment = {}) => {
    const found = await doctor(sandbox, environment);
    assert.deepEqual([found.state, found.code], ['note', code], found.message);
    assert.match(found.message, message);
    assert.match(found.hint, hint);
  };
  cluster.behave('/version', { status: 401, body: JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message: 'Unauthorized', reason: 'Unauthorized', code: 401 }) });
  await expect('cluster_failed', /^`kubectl` failed: .*Unauthorized/, /kubectl --context debug-cluster version/);
  cluster.behave('/version', { hang: true });
  await expect('cluster_failed', /Timeout exceeded|deadline exceeded/, /VPN/, { ROLLOUT_TIMEOUT_SECONDS: '10' });
  cluster.behave('/version', { reset: true });
  await expect('cluster_failed', /Unable to connect to the server/, /VPN/);
  cluster.behave('/version', { body: '<html>Log in to the hotel</html>' });
  await expect('cluster_failed', /^The cluster's answer cannot be read/, /proxy/);
  cluster.behave('/version', { size: 5 << 20 });
  await expect('cluster_failed', /larger than 4 MiB/, /./);
  cluster.behaveWell();
  use({ kubernetesContext: 'nowhere' });
  await expect('cluster_failed', /context "nowhere" does not exist/, /kubernetesContext/);
  use({ kubeconfigPath: '/nonexistent/config' });
  await expect('cluster_failed', /nonexistent/, /kubeconfigPath/);
  use({ kubeconfigPath: 'kube/config' });
  await expect('bad_config', /kubeconfigPath: .*an absolute path/, /envs\.json/);
  use();
  await expect('kubectl_missing', /^`kubectl` is not installed/, /Install it with/, { PATH: `${sandbox.pathWithoutGh()}` });
  await cluster.stop();
  await expect('cluster_failed', /refused/, /VPN/);
});

withCluster('a login that waits for a browser is ended at the time limit, with all that it started', async (sandbox, cluster, use) => {
  const plugin = sandbox.script('bin/wait-for-browser', 'echo "opening a browser" >&2\nread -r answer\nexec sleep 600');
  const text = readFileSync(cluster.kubeconfig, 'utf8').replace(/user: \{client-certificate: .*\}/,
    `user: {exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: "${plugin}", interactiveMode: IfAvailable}}`);
  use({ kubeconfigPath: sandbox.write('kubeconfig-with-login', text) });
  const found = await doctor(sandbox, { ROLLOUT_TIMEOUT_SECONDS: '2' });
  assert.equal(found.code, 'cluster_failed', found.message);
  assert.match(found.message, /did not answer within 2 s/);
  assert.match(found.hint, /log in once by hand/);
});

// Stands in for docker: runs what it is told to in the one container that there is.
const docker = (container, state) => `[ "$1 $2" = "exec -i" ] || exit 64
if [ "$3" != "${container}" ]; then echo "Error response from daemon: No such container: $3" >&2; exit 1; fi
${state}
shift 3
exec "$@"`;

withCluster('kubectl runs in the container that the rwenv or the whole file names', async (sandbox, cluster, use) => {
  sandbox.script('bin/docker', docker('tools', 'echo in >>"$HOME/../entered"'));
  use({}, { devContainer: 'tools' });
  assert.match((await doctor(sandbox)).message, /^answers, context debug-cluster, .*asked from the container tools$/);
  use({ devContainer: 'tools' }, { devContainer: 'others' });
  assert.equal((await doctor(sandbox)).state, 'ok');
  assert.equal(readFileSync(join(sandbox.root, 'entered'), 'utf8'), 'in\nin\n');
  use({ devContainer: 'tools' }, { useDevContainer: false });
  assert.equal((await doctor(sandbox)).message, 'answers, context debug-cluster, Kubernetes v1.29.3');
  use({ devContainer: 'others' });
  const none = await doctor(sandbox);
  assert.match(none.message, /No such container: others/);
  assert.match(none.hint, /Start the container 'others'/);
  sandbox.script('bin/docker', docker('tools', 'echo \'OCI runtime exec failed: exec failed: exec: "kubectl": executable file not found in $PATH: unknown\' >&2; exit 127'));
  use({ devContainer: 'tools' });
  assert.equal((await doctor(sandbox)).code, 'kubectl_missing');
  assert.equal(readFileSync(join(sandbox.root, 'entered'), 'utf8'), 'in\nin\n');
  use({ devContainer: '--privileged' });
  const { stdout } = await sandbox.command(['doctor', '--json']);
  const envs = JSON.parse(stdout).checks.find(({ name }) => name === 'envs.json');
  assert.equal(envs.code, 'bad_config');
  assert.match(envs.message, /devContainer/);
});

withCluster('a Kustomization and its source, in the versions that the cluster has', async (sandbox, cluster) => {
  const status = { lastAppliedRevision: `main@sha1:${commit}`, lastAttemptedRevision: `main@sha1:${commit}`, observedGeneration: 1,
    conditions: [{ type: 'Ready', status: 'True', reason: 'ReconciliationSucceeded', message: 'Applied', observedGeneration: 1 }] };
  const spec = { sourceRef: { kind: 'GitRepository', name: 'infra' } };
  const applied = { text: `main@sha1:${commit}`, commit };
  const expected = { source: 'GitRepository flux-system/infra', suspended: false, applied, attempted: applied, ready: 'ReconciliationSucceeded: Applied' };
  const unknown = async () => {
    const { code, message } = await ask(sandbox, cluster, 'kustomization', 'flux-system', 'apps');
    assert.equal(code, 'cluster_failed');
    assert.match(message, /^The cluster knows no kustomizations of kustomize\.toolkit\.fluxcd\.io\/v1, /);
  };
  assert.equal(await ask(sandbox, cluster, 'kustomization', 'flux-system', 'apps'), null);
  cluster.set(`${flux.kustomize}/v1`, 'kustomizations', 'flux-system', 'apps', { spec, status });
  assert.deepEqual(await ask(sandbox, cluster, 'kustomization', 'flux-system', 'apps'), expected);
  assert.equal(await ask(sandbox, cluster, 'kustomization', 'flux-system', 'others'), null);
  cluster.withdraw(`${flux.kustomize}/v1`, 'kustomizations');
  cluster.set(`${flux.kustomize}/v1beta2`, 'kustomizations', 'flux-system', 'apps', { spec, status });
  cluster.forgetRequests();
  assert.deepEqual(await ask(sandbox, cluster, 'kustomization', 'flux-system', 'apps'), expected);
  assert.deepEqual(cluster.paths, ['v1', 'v1beta2'].map((version) => `/apis/${flux.kustomize}/${version}/namespaces/flux-system/kustomizations/apps?timeout=15s`));
  cluster.withdraw(`${flux.kustomize}/v1beta2`, 'kustomizations');
  await unknown();

  cluster.set(`${flux.source}/v1`, 'gitrepositories', 'flux-system', 'infra', { spec: {}, status: { artifact: { revision: `main/${commit}` } } });
  assert.deepEqual((await ask(sandbox, cluster, 'source:GitRepository', 'flux-system', 'infra')).artifact, { text: `main/${commit}`, commit });
  const digest = `latest@sha256:${'ab'.repeat(32)}`;
  cluster.set(`${flux.source}/v1`, 'ocirepositories', 'flux-system', 'infra',
    { status: { artifact: { revision: digest, metadata: { 'org.opencontainers.image.revision': `main@sha1:${commit}` } } } });
  assert.deepEqual((await ask(sandbox, cluster, 'source:OCIRepository', 'flux-system', 'infra')).artifact, { text: digest, commit });
  cluster.forgetRequests();
  assert.equal((await ask(sandbox, cluster, 'source:Bucket', 'flux-system', 'infra')).artifact, null);
  assert.equal(await ask(sandbox, cluster, 'kustomization', 'flux-system', '../../../../api/v1/secrets'), null);
  assert.deepEqual(cluster.requests, []);
});

const template = { spec: { containers: [{ name: 'main', image }] } };
const selector = { matchLabels: { app: 'papi', 'acme.example/tier': 'api' }, matchExpressions: [{ key: 'canary', operator: 'DoesNotExist' }] };
const waiting = (containerImage = image) => ({ phase: 'Pending', containerStatuses: [{ name: 'main', image: containerImage, state: { waiting: { reason: 'ImagePullBackOff' } } }] });
const podOf = (labels, status) => ({ metadata: { labels, ownerReferences: [{ kind: 'ReplicaSet', name: 'papi-7d9c', controller: true }] }, spec: template.spec, status });

withCluster('workloads of each kind, and why their pods do not run', async (sandbox, cluster) => {
  assert.deepEqual(await ask(sandbox, cluster, 'workloads', 'backend', 'papi'), []);
  cluster.set('apps/v1', 'deployments', 'backend', 'papi', { spec: { replicas: 2, selector, template },
    status: { observedGeneration: 1, replicas: 3, updatedReplicas: 1, readyReplicas: 2, availableReplicas: 2 } });
  const labels = { app: 'papi', 'acme.example/tier': 'api' };
  for (let i = 0; i < 60; i++) cluster.set('v1', 'pods', 'backend', `papi-7d9c-${String(i).padStart(2, '0')}`, podOf(labels, { phase: 'Running' }));
  const deployment = { kind: 'Deployment', images: [image], wanted: 2, updated: 1, ready: 0, settled: false, failed: false, trouble: null };
  assert.deepEqual(await ask(sandbox, cluster, 'workloads', 'backend', 'papi'), [deployment]);
  assert.equal(cluster.paths.filter((path) => path.includes('/pods?')).length, 3); // of 25 each
  cluster.set('v1', 'pods', 'backend', 'papi-7d9c-70', podOf({ ...labels, canary: 'yes' }, waiting('other:1')));
  cluster.set('v1', 'pods', 'elsewhere', 'papi-7d9c-70', podOf(labels, waiting('other:2')));
  assert.equal((await ask(sandbox, cluster, 'workloads', 'backend', 'papi'))[0].trouble, null);
  cluster.set('v1', 'pods', 'backend', 'papi-7d9c-71', podOf(labels, waiting()));
  const trouble = `ImagePullBackOff: ${image}`;
  assert.deepEqual(await ask(sandbox, cluster, 'workloads', 'backend', 'papi'), [{ ...deployment, trouble }]);
  cluster.forbid('pods');
  assert.deepEqual(await ask(sandbox, cluster, 'workloads', 'backend', 'papi'), [deployment]);
  cluster.permit();
  for (const plural of ['statefulsets', 'daemonsets']) cluster.set('apps/v1', plural, 'backend', 'papi', { spec: { selector, template } });
  cluster.set('argoproj.io/v1alpha1', 'rollouts', 'backend', 'papi', { spec: { selector, template }, status: {} });
  assert.deepEqual((await ask(sandbox, cluster, 'workloads', 'backend', 'papi')).map(({ kind }) => kind), ['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout']);
});

withCluster('what may not be read is said in the words of the cluster', async (sandbox, cluster) => {
  cluster.forbid();
  for (const question of ['kustomization', 'source:GitRepository', 'workloads']) {
    const refused = await ask(sandbox, cluster, question, 'backend', 'papi');
    assert.equal(refused.code, 'cluster_failed', question);
    assert.match(refused.message, /^`kubectl` failed: .*"papi" is forbidden: User "dana" cannot get resource/);
    assert.match(refused.hint, /right to read/);
  }
});

withCluster('secrets in what the cluster says are not shown', async (sandbox, cluster) => {
  sandbox.secrets.push('s3cr3tOfTheCluster');
  cluster.set(`${flux.kustomize}/v1`, 'kustomizations', 'flux-system', 'apps', { spec: {}, status: { conditions: [{ type: 'Ready', status: 'False',
    reason: 'BuildFailed', message: 'cannot clone https://dana:s3cr3tOfTheCluster@git.example/x: \u001b[31mpassword=s3cr3tOfTheCluster' }] } });
  assert.equal((await ask(sandbox, cluster, 'kustomization', 'flux-system', 'apps')).ready, 'BuildFailed: cannot clone https://git.example/x: password=***');
  cluster.behave('/apis/', { status: 500, body: JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 500, reason: 'InternalError',
    message: 'Authorization: Bearer s3cr3tOfTheCluster' }) });
  const failed = await ask(sandbox, cluster, 'kustomization', 'flux-system', 'apps');
  assert.equal(failed.code, 'cluster_failed');
});
