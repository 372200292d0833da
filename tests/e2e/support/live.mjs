// How the stand-in for a cluster (stand_ins/kubernetes.mjs) comes to a commit and to an image.

// Flux has applied that commit; `ready` is the condition of the Kustomization.
export function comeTo(cluster, commit, { ready = { status: 'True', reason: 'ReconciliationSucceeded' }, applied = commit, suspend } = {}) {
  const condition = { type: 'Ready', lastTransitionTime: '2026-01-31T12:00:00Z', observedGeneration: 1, message: '', ...ready };
  cluster.set('kustomize.toolkit.fluxcd.io/v1', 'kustomizations', 'flux-system', 'backend', {
    spec: { sourceRef: { kind: 'GitRepository', name: 'flux' }, path: './apps', ...(suspend && { suspend }) },
    status: { observedGeneration: 1, lastAppliedRevision: `main@sha1:${applied}`, lastAttemptedRevision: `main@sha1:${commit}`,
      conditions: [condition] } });
  cluster.set('source.toolkit.fluxcd.io/v1', 'gitrepositories', 'flux-system', 'flux', {
    spec: { url: 'https://git.example.com/flux.git' },
    status: { observedGeneration: 1, artifact: { revision: `main@sha1:${commit}`, lastUpdateTime: '2026-01-31T12:00:00Z' },
      conditions: [{ ...condition, status: 'True', reason: 'Succeeded' }] } });
}

// The Deployment of papi runs that image in two replicas.
export function runs(cluster, reference, { ready = 2 } = {}) {
  const labels = { app: 'papi' };
  cluster.set('apps/v1', 'deployments', 'backend', 'papi', {
    spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: reference }] } } },
    status: { observedGeneration: 1, replicas: 2, updatedReplicas: 2, readyReplicas: ready, availableReplicas: ready,
      conditions: [{ type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' }] } });
}
