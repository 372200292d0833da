// Flux repositories of a given size, as a server has them after its own maintenance: bare, packed, with bitmaps. Each is
// made once, by git fast-import, and kept in the build directory.
//
// teams/team-000/app-000/ has ten files, one of them a kustomization with an image; a hundred apps make a team. Every
// commit but the first sets the tag of one app, as rollouts do.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const filesPerApp = 10;
const appsPerTeam = 100;
const kinds = ['Deployment', 'Service', 'Ingress', 'ConfigMap', 'HorizontalPodAutoscaler', 'PodDisruptionBudget', 'NetworkPolicy',
  'ServiceAccount', 'ServiceMonitor'];
const firstTime = 1_767_261_600;

const number = (value) => String(value).padStart(3, '0');

export function app(index) {
  const team = `team-${number(Math.floor(index / appsPerTeam))}`;
  const name = `app-${number(index % appsPerTeam)}`;
  const directory = `teams/${team}/${name}`;
  return { team, name, directory, image: `${team}-${name}`, file: `${directory}/kustomization.yaml` };
}

function kustomization(index, tag) {
  const { team, name, image } = app(index);
  const resources = kinds.map((kind) => `  - ${kind.toLowerCase()}.yaml\n`).join('');
  return `# ${name} of ${team}
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: ${team}

resources:
${resources}
images:
  - name: ${image}
    newName: registry.example.com/${team}/${name}
    newTag: ${tag}
`;
}

function resource(index, kind) {
  const { team, name } = app(index);
  const settings = Array.from({ length: 12 }, (_, i) => `  ${kind.toLowerCase()}-${name}-${i}: "${(index * 7919 + i * 104_729) % 1_000_003}"\n`).join('');
  return `apiVersion: example.com/v1
kind: ${kind}
metadata:
  name: ${name}
  namespace: ${team}
  labels:
    app.kubernetes.io/name: ${name}
    app.kubernetes.io/part-of: ${team}
    app.kubernetes.io/managed-by: flux
spec:
${settings}`;
}

const tagOf = (value) => `pr-${value + 1}-${(value * 2_654_435_761 % 0xfffffff).toString(16).padStart(7, '0')}`;

const inline = (path, text) => `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`;

function commit(message, seconds, changes, { branch = 'refs/heads/main', from = '' } = {}) {
  return `commit ${branch}\ncommitter Olga Other <olga@example.com> ${seconds} +0000\ndata ${Buffer.byteLength(message)}\n${message}\n${from}${changes}\n`;
}

function* history(files, commits) {
  const apps = files / filesPerApp;
  let all = '';
  for (let index = 0; index < apps; index++) {
    all += inline(app(index).file, kustomization(index, tagOf(0)));
    for (const kind of kinds) all += inline(`${app(index).directory}/${kind.toLowerCase()}.yaml`, resource(index, kind));
  }
  yield commit('The environment as it is', firstTime, all);
  for (let i = 1; i < commits; i++) {
    const index = i * 7919 % apps;
    yield commit(`chore(${app(index).image}): update image tag to ${tagOf(i)}`, firstTime + 60 * i, inline(app(index).file, kustomization(index, tagOf(i))));
  }
}

const environment = { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
const git = (repository, args, options = {}) => execFileSync('git', [`--git-dir=${repository}`, ...args],
  { encoding: 'utf8', env: environment, stdio: ['pipe', 'pipe', 'inherit'], maxBuffer: 1 << 28, ...options });

// The bare repository with so many files and commits, in `directory`: made unless it is there.
export async function repository(directory, files, commits) {
  const finished = join(directory, `${files}-files-${commits}-commits.git`);
  if (existsSync(finished)) return finished;
  process.stderr.write(`making a repository of ${files} files and ${commits} commits\n`);
  mkdirSync(directory, { recursive: true });
  const made = `${finished}.new`;
  rmSync(made, { recursive: true, force: true });
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', made], { env: environment });
  const child = spawn('git', [`--git-dir=${made}`, 'fast-import', '--quiet'], { env: environment, stdio: ['pipe', 'ignore', 'inherit'] });
  for (const part of history(files, commits)) {
    if (!child.stdin.write(part)) await once(child.stdin, 'drain');
  }
  child.stdin.end();
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`git fast-import failed (${status})`);
  git(made, ['gc', '--quiet']);
  renameSync(made, finished);
  return finished;
}

// A copy for one contender, which shares the packs where the file system can.
export function copyRepository(from, to, { filter = false } = {}) {
  execFileSync('git', ['clone', '-q', '--bare', from, to], { env: environment });
  git(to, ['remote', 'remove', 'origin']);
  git(to, ['config', 'http.receivepack', 'true']);
  if (filter) git(to, ['config', 'uploadpack.allowFilter', 'true']);
}

// What git fast-import makes one commit of, which sets the tag of one app: on `branch`, its parent at `parent`.
export function commitStream(index, tag, branch = 'refs/heads/main', parent = branch) {
  return commit(`chore(${app(index).image}): update image tag to ${tag}`, Math.floor(Date.now() / 1000), inline(app(index).file, kustomization(index, tag)),
    { branch, from: `from ${parent}^0\n` });
}

// Such a commit on main of the repository, without a work tree: what another person has pushed (to a remote), or what is
// yet to be pushed (in a clone).
export function addCommit(repository, index, tag) {
  git(repository, ['fast-import', '--quiet'], { input: commitStream(index, tag) });
}

export const headOf = (repository) => git(repository, ['rev-parse', 'refs/heads/main']).trim();
export const subjectOf = (repository) => git(repository, ['log', '-1', '--format=%s', 'refs/heads/main']).trim();
export const countOf = (repository) => Number(git(repository, ['rev-list', '--count', 'refs/heads/main']));
