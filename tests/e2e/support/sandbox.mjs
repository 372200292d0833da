// A throw-away sandbox for one test: a home, a project on a feature branch with an origin, a bare Flux repository, the
// rwenv and catalog files, and a stand-in for gh that comes first on PATH. Nothing of the machine's user is read or
// written. dispose() removes it all, and fails if a process or an unexpected file is left; what a failed test did not
// dispose of is removed after it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, symlinkSync,
  writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'node:test';
import { fileURLToPath } from 'node:url';
import { kill } from '../../../stand_ins/programs.mjs';
import { leftoversOf, processesWith } from './processes.mjs';

const here = dirname(fileURLToPath(import.meta.url));

// The commit of the example session: its id begins with a1b2c3d. The files are those of its tree.
export const exampleCommit = 'a1b2c3d13453c51f4b009996f31f074f029fb670';
const exampleFiles = { 'README.md': '# papi\n', 'src/papi.py': 'print("papi: ok")\n' };
const exampleCommitText = `tree 4e2c6fcb38f36c3d2862a1b182d7b9ea8ac109c6
author Dana Developer <dana@example.com> 1767261600 +0000
committer Dana Developer <dana@example.com> 1767261600 +0000

Answer the health check

Change-Id: I0000000021624bc0
`;

export const manifestFile = 'apps/backend-services/kustomization.yaml';
export const manifest = `# What runs in the debug environment.
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: backend

resources:
  - ../base # shared by all environments
  - ingress.yaml

images:
  # Built by the pipeline of every pull request.
  - name: backend-services
    newName: registry.example.com/shop/backend-services
    newTag: "pr-41-0f0e0d0"  # set by a rollout
  - name: frontend
    newTag: pr-7-1234567
  - name: pinned
    digest: sha256:0000000000000000000000000000000000000000000000000000000000000000
`;

// What the manifest is about: with these files, regenerate finds the service papi.
export const workload = {
  'apps/base/kustomization.yaml': 'resources: [papi.yaml]\n',
  'apps/base/papi.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: papi
spec:
  template:
    spec:
      containers:
        - name: main
          image: backend-services:latest
`,
  'apps/backend-services/ingress.yaml': 'kind: Ingress\nmetadata:\n  name: papi\n',
};

// The warnings of a rollout beside the one that says whose image it replaces.
export const otherWarnings = ({ warnings }) => warnings.filter((warning) => !/^Replaces pr-\d+-[0-9a-f]{7}(, rolled out by .* ago|, rolled out by .* just now)?\.$/.test(warning));

// The services of the example and, beside them, one for each thing that a catalog can have wrong.
export function exampleCatalog() {
  const group = (imageName, more = {}) => ({ file: manifestFile, imageName, type: 'kustomize-images', ...more });
  return {
    version: 1,
    generatedAt: '2026-01-02T03:04:05Z',
    services: {
      papi: { imageGroup: 'backend-services', namespace: 'backend', deployment: 'papi', description: 'Public API' },
      'worker.mail': { imageGroup: 'backend-services' },
      frontend: { imageGroup: 'frontend' },
      lonely: { description: 'has no image group' },
      pinned: { imageGroup: 'pinned' },
      absent: { imageGroup: 'absent' },
      broken: { imageGroup: 'broken' },
      outside: { imageGroup: 'outside' },
      strange: { imageGroup: 'strange' },
    },
    imageGroups: {
      'backend-services': group('backend-services', { services: ['papi', 'worker.mail'], kustomization: 'backend' }),
      frontend: group('frontend'),
      pinned: group('pinned'),
      absent: group('not-there'),
      broken: group('broken', { file: 'apps/broken/kustomization.yaml' }),
      outside: group('outside', { file: '../outside.yaml' }),
      strange: group('strange', { type: 'jsonnet' }),
    },
  };
}

const undisposed = new Set();

function remove(root) {
  kill(processesWith(root).map(({ pid }) => pid));
  rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  undisposed.delete(root);
}

afterEach(() => undisposed.forEach(remove));

export class Sandbox {
  // options.empty: a home with nothing in it and a project that is set to no rwenv, as a newcomer has them;
  // options.rwenv: more fields for the active rwenv; options.files: more files of the Flux repository;
  // options.catalog: a catalog in place of the example's.
  constructor(options = {}) {
    this.root = realpathSync(mkdtempSync(join(tmpdir(), 'rollout-e2e-')));
    undisposed.add(this.root);
    this.home = join(this.root, 'home');
    this.project = join(this.root, 'project');
    this.remote = join(this.root, 'flux.git');
    this.url = `file://${this.remote}`;
    this.configDirectory = join(this.home, '.claude/rwenv');
    this.clone = join(this.configDirectory, 'flux-repos/rdebug');
    this.servicesFile = join(this.root, 'services.json');
    this.gh = join(this.root, 'gh');
    for (const directory of [this.home, join(this.root, 'bin'), join(this.root, 'tmp'), this.gh]) {
      mkdirSync(directory, { recursive: true });
    }
    this.write('gitconfig', '[user]\n\tname = Dana Developer\n\temail = dana@example.com\n[init]\n\tdefaultBranch = main\n');
    this.environment = {
      HOME: this.home,
      PATH: `${this.root}/bin:/usr/local/bin:/usr/bin:/bin`,
      TMPDIR: join(this.root, 'tmp'),
      LANG: 'C.UTF-8',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: join(this.root, 'gitconfig'),
      ROLLOUT_SERVICES_FILE: this.servicesFile,
    };
    this.#makeFluxRepository({ [manifestFile]: manifest, 'apps/broken/kustomization.yaml': 'images: [\n', ...options.files });
    this.#makeProject();
    if (options.empty) {
      rmSync(join(this.project, '.claude'), { recursive: true });
      rmSync(join(this.project, '.git/info/exclude'));
      delete this.environment.ROLLOUT_SERVICES_FILE;
    } else {
      this.writeEnvs({ fluxGitRepo: this.url, fluxGitRepoType: 'gitea', kubeContext: 'ignored', ...options.rwenv });
      this.write('services.json', JSON.stringify(options.catalog ?? exampleCatalog(), null, 2));
    }
    this.setPullRequest({});
    this.write('bin/gh', readFileSync(join(here, 'gh')));
    chmodSync(join(this.root, 'bin/gh'), 0o755);
  }

  write(path, bytes) {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
    return file;
  }

  git(directory, ...args) {
    return execFileSync('git', ['-C', directory, ...args], { encoding: 'utf8', env: this.environment,
      stdio: ['ignore', 'pipe', 'pipe'] }).replace(/\n$/, '');
  }

  // The active rwenv's configuration; the rest of envs.json stays.
  writeEnvs(rdebug, more = {}) {
    this.write('home/.claude/rwenv/envs.json', JSON.stringify({ version: 1, rwenvs: { rdebug,
      'other.env-1': { fluxGitRepo: 'https://git.example.com/other.git' }, ...more } }, null, 2));
  }

  // What the stand-in for gh says of the branch's pull request.
  setPullRequest(fields) {
    writeFileSync(join(this.gh, 'pr.json'), JSON.stringify({ number: 42, url: 'https://github.example.com/shop/papi/pull/42',
      state: 'OPEN', headRefOid: exampleCommit, headRefName: 'feature/health', isDraft: false, title: 'Answer the health check',
      baseRefName: 'main', statusCheckRollup: [], ...fields }));
  }

  // Makes gh fail: its words on stderr and its exit status.
  failGh(words, status) {
    writeFileSync(join(this.gh, 'fails'), `${status}\n${words}\n`);
  }

  ghCalls() {
    const log = join(this.gh, 'calls');
    return existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter((line) => line !== '') : [];
  }

  // A PATH with git but without gh.
  pathWithoutGh() {
    const directory = join(this.root, 'bin-without-gh');
    mkdirSync(directory);
    for (const name of ['git', 'sh']) {
      symlinkSync(execFileSync('/bin/sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim(), join(directory, name));
    }
    return directory;
  }

  head(branch = 'main') {
    return this.git(this.remote, 'rev-parse', `refs/heads/${branch}`);
  }

  // A file's bytes at a commit of the remote.
  fileAt(revision, file = manifestFile) {
    return execFileSync('git', ['-C', this.remote, 'show', `${revision}:${file}`], { env: this.environment });
  }

  // A commit of another person on the remote; the new head.
  pushFromElsewhere(file, bytes, message = 'Another change') {
    const directory = mkdtempSync(join(this.root, 'tmp', 'other-'));
    this.git(this.root, 'clone', '-q', this.url, directory);
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), bytes);
    this.git(directory, 'add', '--', file);
    this.git(directory, '-c', 'user.name=Olga Other', '-c', 'user.email=olga@example.com', 'commit', '-qm', message);
    this.git(directory, 'push', '-q', 'origin', 'HEAD:main');
    rmSync(directory, { recursive: true });
    return this.head();
  }

  // A hook of the Flux repository's remote.
  hook(name, script) {
    const file = join(this.remote, 'hooks', name);
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  }

  // Ends every trace. Fails if a process outlives its test, or if a rollout left a file outside of the rwenv's
  // configuration: `expected` are further names that a test's own clients may leave in the home, `status` what git says of
  // the project.
  async dispose({ expected = [], status: expectedStatus = '' } = {}) {
    const left = await leftoversOf(this.root);
    const inHome = readdirSync(this.home).filter((name) => name !== '.claude' && !expected.includes(name));
    const claude = join(this.home, '.claude');
    const inClaude = existsSync(claude)
      ? readdirSync(claude).filter((name) => name !== 'rwenv' && !expected.includes(`.claude/${name}`)) : [];
    const inTmp = readdirSync(join(this.root, 'tmp')).filter((name) => !expected.includes(`tmp/${name}`));
    const status = this.git(this.project, 'status', '--porcelain');
    remove(this.root);
    assert.deepEqual(left, [], 'processes that outlived the test');
    assert.deepEqual({ inHome, inClaude, inTmp }, { inHome: [], inClaude: [], inTmp: [] }, 'files left behind');
    assert.equal(status, expectedStatus, 'the project was changed');
  }

  #makeFluxRepository(files) {
    this.git(this.root, 'init', '-q', '--bare', this.remote);
    const directory = join(this.root, 'tmp/seed');
    this.git(this.root, 'clone', '-q', this.url, directory);
    for (const [file, bytes] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, file)), { recursive: true });
      writeFileSync(join(directory, file), bytes);
    }
    this.git(directory, 'checkout', '-q', '-B', 'main');
    this.git(directory, 'add', '.');
    this.git(directory, 'commit', '-qm', 'The environment as it is');
    this.git(directory, 'push', '-q', 'origin', 'HEAD:refs/heads/main');
    rmSync(directory, { recursive: true });
  }

  // A clone of an origin whose feature branch stands at the example's commit.
  #makeProject() {
    const origin = join(this.root, 'papi.git');
    this.git(this.root, 'init', '-q', '--bare', origin);
    this.git(this.root, 'init', '-q', this.project);
    for (const [file, text] of Object.entries(exampleFiles)) this.write(`project/${file}`, text);
    this.git(this.project, 'add', '.');
    this.git(this.project, 'write-tree');
    const commit = execFileSync('git', ['-C', this.project, 'hash-object', '-t', 'commit', '-w', '--stdin'],
      { encoding: 'utf8', env: this.environment, input: exampleCommitText }).trim();
    assert.equal(commit, exampleCommit);
    this.git(this.project, 'remote', 'add', 'origin', origin);
    this.git(this.project, 'update-ref', 'refs/heads/feature/health', commit);
    this.git(this.project, 'symbolic-ref', 'HEAD', 'refs/heads/feature/health');
    this.git(this.project, 'push', '-q', 'origin', 'HEAD:refs/heads/feature/health');
    this.write('project/.git/info/exclude', '.claude/\n');
    this.write('project/.claude/rwenv', 'rdebug\n');
  }
}
