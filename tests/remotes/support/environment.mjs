// A sandbox (tests/e2e/support/sandbox.mjs) with real servers, all of whose rollouts are watched: everything that the
// program says anywhere is kept, and must hold none of the sandbox's secrets.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { kill } from '../../../stand_ins/programs.mjs';
import { leftoversOf } from '../../e2e/support/processes.mjs';
import { assertValidResult } from '../../e2e/support/schemas.mjs';
import { manifest, manifestFile, Sandbox } from '../../e2e/support/sandbox.mjs';
import { binary, Server } from '../../e2e/support/server.mjs';

export const oldTag = 'pr-41-0f0e0d0';
export const tagOf = (number) => `pr-${number}-a1b2c3d`;
export const subjectOf = (number) => `chore(backend-services): update image tag to ${tagOf(number)}`;
export const withTag = (number) => manifest.replace(oldTag, tagOf(number));

export class Environment extends Sandbox {
  secrets = [];
  said = []; // {what, text}: all that the program wrote
  leaves = []; // what the sandbox's own programs may leave in the home, see Sandbox.dispose
  #kept = [];
  #logs = 0;

  constructor(options = {}) {
    super(options);
    this.base = this.head();
  }

  // Something with a stop() that ends with the sandbox, last come first.
  keep(server) {
    this.#kept.push(server);
    return server;
  }

  serverDirectory(name) {
    for (let i = 0; ; i++) {
      const directory = join(this.root, 'servers', `${name}-${i}`);
      if (!existsSync(directory)) {
        mkdirSync(directory, { recursive: true });
        return directory;
      }
    }
  }

  inRoot(path) {
    return relative(this.root, path);
  }

  // A commit on the remote, made by `change(directory)` in a work tree.
  changeRemote(change) {
    const directory = mkdtempSync(join(this.root, 'tmp/edit-'));
    this.git(this.root, 'clone', '-q', this.url, directory);
    change(directory);
    this.git(directory, 'commit', '-qm', 'Prepared');
    this.git(directory, 'push', '-q', 'origin', 'HEAD:main');
    rmSync(directory, { recursive: true });
    this.base = this.head();
  }

  // The active rwenv's remote.
  useRemote(url, type = 'github', more = {}) {
    this.writeEnvs({ fluxGitRepo: url, fluxGitRepoType: type, ...more });
  }

  // More lines of the user's git configuration.
  configure(text) {
    const file = this.environment.GIT_CONFIG_GLOBAL;
    this.write(this.inRoot(file), `${readFileSync(file, 'utf8')}${text}\n`);
  }

  // In place of what is there: a link to a program of the machine is not followed.
  script(path, text) {
    rmSync(join(this.root, path), { force: true });
    const file = this.write(path, `#!/bin/sh\n${text}\n`);
    chmodSync(file, 0o755);
    return file;
  }

  // A server of the built program that logs all it can, to stderr and to a file.
  async server({ args = [], ...options } = {}) {
    const log = join(this.root, `log-${this.#logs++}`);
    const server = await Server.start(this, { args: ['--log-level', 'trace', '--log-file', log, ...args], ...options });
    server.exited.then(() => {
      this.said.push({ what: 'stdout', text: server.lines.join('\n') }, { what: 'stderr', text: server.stderr });
      if (existsSync(log)) this.said.push({ what: 'log file', text: readFileSync(log, 'utf8') });
    });
    return server;
  }

  // One rollout on a server of its own. Its result is valid against the schema.
  async rollout(args = {}, options = {}) {
    const server = await this.server(options);
    const result = await server.call('rollout', { service: 'papi', ...args });
    await server.close();
    assertValidResult('rollout', result);
    return result;
  }

  async updated(args = {}, options = {}) {
    const result = await this.rollout(args, options);
    assert.equal(result.structuredContent.status, 'updated', result.content[0].text);
    return result.structuredContent;
  }

  // A rollout that is refused with `code` and a text that matches all of `patterns`; the refusal.
  async refused(code, patterns, args = {}, options = {}) {
    const result = await this.rollout(args, options);
    const text = result.content[0].text;
    assert.equal(result.isError, true, text);
    assert.equal(result.structuredContent.code, code, text);
    for (const pattern of [patterns].flat()) {
      if (typeof pattern === 'string') assert.ok(text.includes(pattern), `'${pattern}' is not in: ${text}`);
      else assert.match(text, pattern);
    }
    return result.structuredContent;
  }

  // The command line: {status, stdout, stderr}.
  async command(args, { cwd = this.project, environment = {}, wrapper = [] } = {}) {
    const [file, ...rest] = [...wrapper, binary, ...args];
    const child = spawn(file, rest, { cwd, env: { ...this.environment, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
    const result = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr']) child[stream].setEncoding('utf8').on('data', (text) => (result[stream] += text));
    result.status = await new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal)));
    this.said.push({ what: 'stdout', text: result.stdout }, { what: 'stderr', text: result.stderr });
    return result;
  }

  // The remote has, since the sandbox began, exactly the commits with these subjects, oldest first, one after the other.
  assertHistory(subjects, branch = 'main') {
    const log = this.git(this.remote, 'log', '--reverse', '--format=%P%x09%s', `${this.base}..${branch}`);
    const lines = log === '' ? [] : log.split('\n').map((line) => line.split('\t'));
    assert.deepEqual(lines.map(([, subject]) => subject), subjects);
    assert.ok(lines.every(([parents]) => parents.split(' ').length === 1), 'a merge');
  }

  // ... and the last one is the rollout of this pull request, which changed that one file alone.
  assertRolledOut(number, { branch = 'main', author = 'Dana Developer <dana@example.com>' } = {}) {
    assert.equal(this.fileAt(branch).toString(), withTag(number));
    assert.equal(this.git(this.remote, 'log', '-1', '--format=%s', branch), subjectOf(number));
    assert.equal(this.git(this.remote, 'diff-tree', '-r', '--name-status', `${branch}^`, branch), `M\t${manifestFile}`);
    for (const format of ['%an <%ae>', '%cn <%ce>']) assert.equal(this.git(this.remote, 'log', '-1', `--format=${format}`, branch), author);
  }

  // The clone stands, clean, at the remote's head.
  assertClean(branch = 'main') {
    assert.equal(this.git(this.clone, 'rev-parse', 'HEAD'), this.head(branch));
    assert.equal(this.git(this.clone, 'status', '--porcelain', '--ignored'), '');
  }

  // Whatever went wrong before does not stand in the way of the next rollout.
  async assertNextWorks(number = 97, options = {}) {
    const { commit } = await this.updated({ prNumber: number }, options);
    assert.equal(this.head(), commit);
    this.assertRolledOut(number);
    this.assertClean();
  }

  assertNoSecrets() {
    if (this.secrets.length === 0) return;
    const commits = existsSync(this.remote) ? this.git(this.remote, 'log', '-p', '--all', '--format=fuller') : '';
    for (const { what, text } of [...this.said, { what: 'commits', text: commits }]) {
      for (const secret of this.secrets) {
        for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]) {
          assert.ok(!text.includes(form), `a secret is in the ${what}: ${text}`);
        }
      }
    }
  }

  async stopServers() {
    for (const server of this.#kept.splice(0).reverse()) await server.stop();
  }

  // Ends every trace, and fails if there is one that should not be there.
  async dispose() {
    try {
      await this.stopServers();
      this.assertNoSecrets();
    } catch (problem) {
      await this.abandon();
      throw problem;
    }
    await super.dispose({ expected: this.leaves });
  }

  // Ends every trace without judging: for a test that has failed already.
  async abandon() {
    await this.stopServers();
    kill((await leftoversOf(this.root, 0)).map(({ pid }) => pid));
    rmSync(this.root, { recursive: true, force: true });
  }
}

// A test in a sandbox of its own. options: those of the sandbox, and `skip` (why there is none) and `timeout`.
export function scenario(name, body, { skip = false, timeout = 240_000, ...options } = {}) {
  test(name, { skip, timeout }, async () => {
    const sandbox = new Environment(options);
    try {
      await body(sandbox);
    } catch (problem) {
      await sandbox.abandon();
      throw problem;
    }
    await sandbox.dispose();
  });
}
