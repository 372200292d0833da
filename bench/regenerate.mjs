// The sections regenerate and edit: what reads manifests, beside the least that could.

import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { run } from './programs.mjs';

const apps = 5000;

// Half of the manifests are kustomizations with an image, half the deployments that run it: all of them have to be read.
const manifests = (app) => ({
  'kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: team${Math.floor(app / 100)}
resources:
  - deployment.yaml
images:
  - name: app${app}
    newName: registry.example.com/shop/app${app}
    newTag: pr-1-0123456
`,
  'deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: app${app}
  labels:
    app.kubernetes.io/name: app${app}
spec:
  replicas: 2
  selector:
    matchLabels:
      app.kubernetes.io/name: app${app}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: app${app}
    spec:
      containers:
        - name: app${app}
          image: app${app}
          ports:
            - name: http
              containerPort: 8080
          env:
            - name: LOG_LEVEL
              value: info
          resources:
            requests:
              cpu: 100m
              memory: 128Mi
            limits:
              memory: 256Mi
`,
});

// The tree as git fast-import reads it.
function stream() {
  const files = Array.from({ length: apps }, (_, app) => Object.entries(manifests(app)).map(([name, text]) =>
    `M 100644 inline apps/team${Math.floor(app / 100)}/app${app}/${name}\ndata ${text.length}\n${text}\n`).join(''));
  return `commit refs/heads/main\ncommitter Olga Other <olga@example.com> 1767261600 +0000\ndata 5\ntree\n${files.join('')}`;
}

// Runs a program of which nobody reads the output: ms.
function elapsed(file, args, options) {
  const start = performance.now();
  const { status, signal, error } = spawnSync(file, args, { ...options, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw error ?? new Error(`${file} ${args.join(' ')} failed (${status ?? signal})`);
  return performance.now() - start;
}

// {archive: [ms], regenerate: [ms], first: [ms]}: the remote is a local one; all but the first find a clone and a catalog.
export function measureRegenerate({ fixtures, binary }, _, rounds) {
  const remote = join(fixtures.directory('remotes'), 'flux.git');
  fixtures.git(fixtures.root, 'init', '-q', '--bare', remote);
  execFileSync('git', [`--git-dir=${remote}`, 'fast-import', '--quiet'], { input: stream(), env: fixtures.environment });
  const configuration = fixtures.inRoot(fixtures.directory('regenerate'));
  fixtures.write(`${configuration}/envs.json`, JSON.stringify({ rwenvs: { bench: { fluxGitRepo: `file://${remote}` } } }));
  const options = { cwd: fixtures.project, env: { ...fixtures.environment, RWENV_CONFIG_DIR: join(fixtures.root, configuration) } };
  const samples = { first: [elapsed(binary, ['regenerate'], options)], archive: [], regenerate: [] };
  for (let round = 0; round < rounds; round++) {
    samples.archive.push(elapsed('git', [`--git-dir=${remote}`, 'archive', 'main'], options));
    samples.regenerate.push(elapsed(binary, ['regenerate'], options));
  }
  return samples;
}

// By kind of manifest {parse: [ms], edit: [ms]}, of processor time.
export async function measureEdit({ fixtures, build }, _, rounds) {
  const { stdout } = await run(join(build, 'bench/bench_edit'), [String(rounds)], { cwd: fixtures.project, env: fixtures.environment });
  return JSON.parse(stdout);
}
