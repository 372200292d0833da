// Stands in for the API server of a cluster, over TLS and for clients with a certificate alone: the real kubectl asks it.
// It serves the objects that a test sets, and answers in the words of the real one what it does not have or may not show.
//
//   const cluster = await serveKubernetes(sandbox);
//   sandbox.writeEnvs({ ..., ...cluster.rwenv });
//   cluster.set('kustomize.toolkit.fluxcd.io/v1', 'kustomizations', 'flux-system', 'apps', { spec: {...}, status: {...} });
//   ...
//   cluster.requests // [{method, path, user}]
//
// It is a process of its own, so that a test may wait for a program without serving meanwhile; what it is told lies in
// files, so each change counts from the next request on. Run as a program: kubernetes.mjs <its directory>.

import { appendFileSync, existsSync, readdirSync, readFileSync, realpathSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { dirname, join } from 'node:path';
import { argv, execPath } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ofClient, ofPrivateAuthority } from './certificates.mjs';
import { findProgram, freePort, ServerProgram } from './programs.mjs';

const itself = fileURLToPath(import.meta.url);

// What a cluster with Flux and without Argo knows.
const usualResources = ['v1/pods', 'v1/namespaces', 'apps/v1/deployments', 'apps/v1/statefulsets', 'apps/v1/daemonsets',
  'apps/v1/replicasets', 'kustomize.toolkit.fluxcd.io/v1/kustomizations', 'source.toolkit.fluxcd.io/v1/gitrepositories',
  'source.toolkit.fluxcd.io/v1/ocirepositories', 'source.toolkit.fluxcd.io/v1/buckets'];

class Cluster {
  #state = { resources: [...usualResources], objects: {}, forbidden: [], behaviours: [] };

  constructor(sandbox, { directory, ports, context, kubeconfig }) {
    Object.assign(this, { directory, port: ports.api, strangerPort: ports.stranger, context, kubeconfig });
    this.address = `127.0.0.1:${ports.api}`;
    this.rwenv = { kubernetesContext: context, kubeconfigPath: kubeconfig };
    this.user = 'dana';
    this.#save();
  }

  // An object: what stands beside its apiVersion, kind, and the names of its metadata; those are added. A generation of 1
  // as well, unless there is another.
  set(apiVersion, plural, namespace, name, object) {
    const kind = object.kind ?? kindOf(plural);
    const metadata = { name, namespace, generation: 1, uid: `uid-of-${plural}-${namespace}-${name}`, ...object.metadata };
    this.#know(`${apiVersion}/${plural}`);
    this.#state.objects[`${apiVersion}/${plural}/${namespace}/${name}`] = { ...object, apiVersion, kind, metadata };
    this.#save();
  }

  remove(apiVersion, plural, namespace, name) {
    delete this.#state.objects[`${apiVersion}/${plural}/${namespace}/${name}`];
    this.#save();
  }

  // The cluster does not know that kind: its CRD is not installed, or not in that version.
  withdraw(apiVersion, plural) {
    this.#state.resources = this.#state.resources.filter((known) => known !== `${apiVersion}/${plural}`);
    this.#save();
  }

  // The user may not read objects of that kind (`pods`); `forbid()` is about all kinds. permit() takes it all back.
  forbid(plural = '*') {
    this.#state.forbidden.push(plural);
    this.#save();
  }

  permit() {
    this.#state.forbidden = [];
    this.#save();
  }

  // What requests whose path contains `part` get in place of the usual answer, the last such rule first. `how`: {status,
  // body, headers} is an answer; {delay} in ms comes before it; {hang: true} never answers; {reset: true} breaks the
  // connection; {size} appends that many bytes of white space.
  behave(part, how) {
    this.#state.behaviours.unshift({ part, how });
    this.#save();
  }

  behaveWell() {
    this.#state.behaviours = [];
    this.#save();
  }

  get requests() {
    return readLines(join(this.directory, 'requests'));
  }

  get paths() {
    return this.requests.map(({ path }) => path);
  }

  forgetRequests() {
    writeFileSync(join(this.directory, 'requests'), '');
  }

  // How many connections the server of the kubeconfig's current context has had. There must be none.
  get strangers() {
    return readLines(join(this.directory, 'strangers')).length;
  }

  #know(resource) {
    if (!this.#state.resources.includes(resource)) this.#state.resources.push(resource);
  }

  // Whole or not at all, since the server may read it at any time.
  #save() {
    writeFileSync(join(this.directory, 'state.new'), JSON.stringify(this.#state));
    renameSync(join(this.directory, 'state.new'), join(this.directory, 'state'));
  }
}

function readLines(file) {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line)) : [];
}

const kinds = { gitrepositories: 'GitRepository', ocirepositories: 'OCIRepository', statefulsets: 'StatefulSet', daemonsets: 'DaemonSet',
  replicasets: 'ReplicaSet' };
function kindOf(plural) {
  return kinds[plural] ?? `${plural[0].toUpperCase()}${plural.slice(1, -1)}`;
}

// A kubeconfig with the cluster's context, and with another one that is the current one.
function kubeconfigOf({ context, ports, authority, client }) {
  return `apiVersion: v1
kind: Config
current-context: production
clusters:
  - name: debug
    cluster: {server: "https://127.0.0.1:${ports.api}", certificate-authority: "${authority}"}
  - name: production
    cluster: {server: "https://127.0.0.1:${ports.stranger}", certificate-authority: "${authority}"}
users:
  - name: dana
    user: {client-certificate: "${client.certificate}", client-key: "${client.key}"}
contexts:
  - name: ${JSON.stringify(context)}
    context: {cluster: debug, user: dana, namespace: elsewhere}
  - name: production
    context: {cluster: production, user: dana}
`;
}

// Google's packages have a kubectl that asks the server for its version, and then becomes the one of that version, which
// stands beside it. The sandbox takes such a one at once.
function takeKubectlItself(sandbox) {
  const kubectl = findProgram('kubectl');
  if (kubectl === undefined) return;
  const directory = dirname(realpathSync(kubectl));
  const newest = readdirSync(directory).filter((name) => /^kubectl\.1\.\d+$/.test(name)).sort().at(-1);
  if (newest !== undefined) symlinkSync(join(directory, newest), join(sandbox.root, 'bin/kubectl'));
}

// Starts a cluster whose context has that name. `sandbox`: that of tests/e2e/support/sandbox.mjs, whose test then ends it
// with stop(), or that of tests/remotes/support/environment.mjs, which ends it itself.
export async function serveKubernetes(sandbox, { context = 'debug-cluster' } = {}) {
  takeKubectlItself(sandbox);
  const name = 'servers/kubernetes';
  const ports = { api: await freePort(), stranger: await freePort() };
  const { authority, certificate, key } = ofPrivateAuthority(sandbox, { directory: name });
  const client = ofClient(sandbox, { name: 'dana', directory: name });
  const kubeconfig = sandbox.write(`${name}/kubeconfig`, kubeconfigOf({ context, ports, authority, client }));
  const directory = join(sandbox.root, name);
  sandbox.write(`${name}/options`, JSON.stringify({ ports, authority, certificate, key }));
  const cluster = new Cluster(sandbox, { directory, ports, context, kubeconfig });
  const server = await ServerProgram.start(execPath, [itself, directory],
    { environment: { PATH: sandbox.environment.PATH, SANDBOX: sandbox.root }, address: { port: ports.api, host: '127.0.0.1' } });
  cluster.stop = () => server.stop();
  sandbox.keep?.(cluster);
  return cluster;
}

// A status as the API server words it.
function status(code, reason, message) {
  const body = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
  return { status: code, body: JSON.stringify(body) };
}

// Whether the labels are those that a selector asks for (a=b,c!=d,e in (f,g),h notin (i),j,!k).
function isSelected(labels, selector) {
  const requirements = selector.match(/(?:[^,(]|\([^)]*\))+/g) ?? [];
  return requirements.every((requirement) => {
    const [, key, not, values] = /^\s*(\S+)\s+(not)?in\s*\(([^)]*)\)\s*$/.exec(requirement) ?? [];
    if (key !== undefined) return values.split(',').map((value) => value.trim()).includes(labels[key]) === (not === undefined);
    const [, name, different, value] = /^\s*([^\s!=]+)\s*(!?)={1,2}\s*(\S*)\s*$/.exec(requirement) ?? [];
    if (name !== undefined) return (labels[name] === value) === (different === '');
    const absent = requirement.trim().startsWith('!');
    return (requirement.trim().replace(/^!/, '') in labels) !== absent;
  });
}

function listOf(state, { resource, plural, namespace, query }) {
  const prefix = `${resource}/${namespace}/`;
  const found = Object.keys(state.objects).filter((key) => key.startsWith(prefix)).sort().map((key) => state.objects[key])
    .filter(({ metadata }) => isSelected(metadata.labels ?? {}, query.get('labelSelector') ?? ''));
  const from = Number(query.get('continue') ?? '0');
  const end = from + Number(query.get('limit') ?? found.length);
  const metadata = { resourceVersion: '1', ...(end < found.length && { continue: String(end), remainingItemCount: found.length - end }) };
  const version = resource.slice(0, -plural.length - 1);
  return { status: 200, body: JSON.stringify({ kind: `${kindOf(plural)}List`, apiVersion: version, metadata, items: found.slice(from, end) }) };
}

function answerTo(state, url, user) {
  const { pathname, searchParams: query } = new URL(url, 'https://cluster');
  if (pathname === '/version') return { status: 200, body: JSON.stringify({ major: '1', minor: '29', gitVersion: 'v1.29.3' }) };
  const match = /^\/(?:api\/(?<core>v1)|apis\/(?<version>[^/]+\/[^/]+))(?:\/namespaces\/(?<namespace>[^/]+))?\/(?<plural>[^/]+)(?:\/(?<name>[^/]+))?$/.exec(pathname);
  const { core, version = core, namespace, plural, name } = match?.groups ?? {};
  const resource = `${version}/${plural}`;
  if (!state.resources.includes(resource)) return { status: 404, body: '404 page not found\n', headers: { 'content-type': 'text/plain' } };
  const group = core === undefined ? version.split('/')[0] : '';
  const full = group === '' ? plural : `${plural}.${group}`;
  if (state.forbidden.some((what) => what === '*' || what === plural)) {
    const what = name === undefined ? full : `${full} "${name}"`;
    return status(403, 'Forbidden', `${what} is forbidden: User "${user}" cannot ${name === undefined ? 'list' : 'get'} resource "${plural}" in API group "${group}" in the namespace "${namespace}"`);
  }
  if (name === undefined) return listOf(state, { resource, plural, namespace, query });
  const object = state.objects[`${resource}/${namespace}/${name}`];
  return object === undefined ? status(404, 'NotFound', `${full} "${name}" not found`) : { status: 200, body: JSON.stringify(object) };
}

async function serve(directory, request, response) {
  const user = request.socket.getPeerCertificate().subject?.CN;
  const { method, url } = request;
  appendFileSync(join(directory, 'requests'), `${JSON.stringify({ method, path: url, user })}\n`);
  const state = JSON.parse(readFileSync(join(directory, 'state'), 'utf8'));
  const how = state.behaviours.find(({ part }) => url.includes(part))?.how ?? {};
  if (how.hang) return;
  if (how.delay !== undefined) await sleep(how.delay);
  if (how.reset) {
    request.socket.destroy();
    return;
  }
  const usual = method === 'GET' ? answerTo(state, url, user) : status(405, 'MethodNotAllowed', 'this server is only read');
  const { status: code, body, headers } = { ...usual, ...how };
  response.writeHead(code, { 'content-type': 'application/json', 'cache-control': 'no-cache, private', ...headers });
  response.end(`${body}${' '.repeat(how.size ?? 0)}`);
}

function runServer(directory) {
  const { ports, authority, certificate, key } = JSON.parse(readFileSync(join(directory, 'options'), 'utf8'));
  const [ca, cert, privateKey] = [authority, certificate, key].map((file) => readFileSync(file));
  createTcpServer((socket) => {
    appendFileSync(join(directory, 'strangers'), '{}\n');
    socket.destroy();
  }).listen(ports.stranger, '127.0.0.1', () => {
    createServer({ ca, cert, key: privateKey, requestCert: true, rejectUnauthorized: true },
      (request, response) => serve(directory, request, response)).listen(ports.api, '127.0.0.1');
  });
}

if (argv[1] === itself) runServer(argv[2]);
