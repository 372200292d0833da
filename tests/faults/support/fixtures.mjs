// A sandbox whose state is kept and brought back: each fault begins from the same bytes. Lives in memory where the
// system has a file system for that (the tests need not wait for a disk, and each directory is small).

import { createHash } from 'node:crypto';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { manifest, Sandbox } from '../../e2e/support/sandbox.mjs';

const run = promisify(execFile);
const parts = ['home', 'project', 'flux.git', 'state', 'tmp'];

export const expectedTag = 'pr-42-a1b2c3d';
export const otherManifest = manifest.replace('pr-7-1234567', 'pr-8-7654321');

const inMemory = '/dev/shm';
const enough = 256 * 1024 * 1024;

// Where there is room, and programs may be started from there: a container's may forbid that.
function useMemory() {
  const probe = join(inMemory, `rollout-probe-${process.pid}`);
  try {
    const { bavail, bsize } = statfsSync(inMemory);
    writeFileSync(probe, '#!/bin/sh\n', { mode: 0o700 });
    execFileSync(probe);
    if (bavail * bsize > enough) process.env.TMPDIR = inMemory;
  } catch {
    // The usual place, then.
  }
  rmSync(probe, { force: true });
}

const deployment = (name, image) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec: {template: {spec: {containers: [{name: main, image: ${image}}]}}}
`;

const files = {
  'apps/base/kustomization.yaml': 'resources: [papi.yaml, frontend.yaml]\n',
  'apps/base/papi.yaml': deployment('papi', 'backend-services:latest'),
  'apps/base/frontend.yaml': deployment('frontend', 'frontend'),
  'apps/shop/release.yaml': `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: shop, namespace: web}
spec: {values: {image: {repository: registry.example.com/shop/web, tag: v1}}}
`,
};

export class Fixtures extends Sandbox {
  constructor() {
    useMemory();
    super({ rwenv: { fluxGitRepoType: 'github' }, files });
    this.pristine = join(this.root, 'pristine');
    mkdirSync(join(this.root, 'state'));
    this.record = join(this.root, 'record');
    this.catalog = join(this.configDirectory, 'flux-infra-guide/rdebug/services.json');
    Object.assign(this.environment, { XDG_STATE_HOME: join(this.root, 'state'), ROLLOUT_TIMEOUT_SECONDS: '5' });
    rmSync(join(this.remote, 'hooks'), { recursive: true, force: true });
    this.base = this.head();
    process.once('exit', () => rmSync(this.root, { recursive: true, force: true })); // what a failed run did not dispose of
  }

  // The state that `restore` brings back.
  keep(name) {
    mkdirSync(join(this.pristine, name), { recursive: true });
    execFileSync('cp', ['-a', ...parts, join(this.pristine, name)], { cwd: this.root });
  }

  async restore(name) {
    await run('/bin/sh', ['-c', 'find "$@" -mindepth 1 -delete && cp -a "$0"/. .', join(this.pristine, name), ...parts], { cwd: this.root });
  }

  // The remote's main, without a process.
  remoteHead() {
    const loose = join(this.remote, 'refs/heads/main');
    return existsSync(loose) ? readFileSync(loose, 'utf8').trim() : this.head();
  }

  // What git says, or its failure.
  async ask(directory, ...args) {
    const { stdout } = await run('git', ['-C', directory, ...args], { env: this.environment });
    return stdout.trim();
  }

  // A digest of all that is the user's and that no call may change: the project, the configuration, what is in the home.
  usersFiles() {
    const hash = createHash('sha256');
    const add = (path) => {
      const status = lstatSync(path);
      hash.update(`${relative(this.root, path)} ${status.mode}\n`);
      if (status.isDirectory()) for (const name of readdirSync(path).sort()) add(join(path, name));
      else hash.update(status.isSymbolicLink() ? readlinkSync(path) : readFileSync(path));
    };
    for (const path of [this.project, join(this.configDirectory, 'envs.json'), this.servicesFile, this.environment.GIT_CONFIG_GLOBAL]) add(path);
    for (const directory of [this.home, join(this.home, '.claude')]) hash.update(readdirSync(directory).sort().join());
    return hash.digest('hex');
  }

  // The names beside the clone and beside the catalog, and in the directory for temporary files.
  leftovers() {
    const names = (directory) => (existsSync(directory) ? readdirSync(directory).sort() : []);
    return [...names(this.configDirectory).filter((name) => !['envs.json', 'flux-repos', 'flux-infra-guide'].includes(name)),
      ...names(join(this.clone, '..')).filter((name) => !/^\.?rdebug(\.lock)?$/.test(name)).map((name) => `flux-repos/${name}`),
      ...names(join(this.catalog, '..')).filter((name) => name !== 'services.json').map((name) => `flux-infra-guide/rdebug/${name}`),
      ...names(join(this.root, 'tmp')).map((name) => `tmp/${name}`)];
  }
}

