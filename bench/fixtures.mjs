// What is measured runs in a directory of its own: a home, a project, a catalog, the servers. Nothing of the machine's
// user is read or written. It is also the `world` that the servers of stand_ins are started for.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

export class Fixtures {
  leaves = []; // what serveSsh notes for the tests
  #kept = [];
  #directories = 0;

  constructor() {
    this.root = realpathSync(mkdtempSync(join(tmpdir(), 'rollout-bench-')));
    this.home = join(this.root, 'home');
    this.temporary = join(this.root, 'tmp');
    this.project = join(this.root, 'project');
    mkdirSync(this.home);
    mkdirSync(this.temporary);
    this.environment = {
      HOME: this.home,
      PATH: '/usr/local/bin:/usr/bin:/bin',
      TMPDIR: this.temporary,
      LANG: 'C.UTF-8',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: this.write('gitconfig', '[user]\n\tname = Dana Developer\n\temail = dana@example.com\n[init]\n\tdefaultBranch = main\n'),
    };
    this.#makeProject();
  }

  write(path, bytes) {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
    return file;
  }

  git(directory, ...args) {
    return execFileSync('git', ['-C', directory, ...args], { encoding: 'utf8', env: this.environment, stdio: ['ignore', 'pipe', 'inherit'] }).trim();
  }

  // A new directory below the root.
  directory(name) {
    const directory = join(this.root, name, String(this.#directories++));
    mkdirSync(directory, { recursive: true });
    return directory;
  }

  serverDirectory(name) {
    return this.directory(`servers/${name}`);
  }

  inRoot(path) {
    return relative(this.root, path);
  }

  // Something with a stop() that ends with the fixtures, last come first.
  keep(server) {
    this.#kept.push(server);
    return server;
  }

  async dispose() {
    for (const server of this.#kept.splice(0).reverse()) await server.stop();
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }

  #makeProject() {
    this.git(this.root, 'init', '-q', '-b', 'feature/health', this.project);
    this.git(this.project, 'remote', 'add', 'origin', 'https://github.com/shop/papi.git');
    this.git(this.project, 'commit', '-q', '--allow-empty', '-m', 'A feature');
    this.write('project/.git/info/exclude', '.claude/\n');
    this.write('project/.claude/rwenv', 'bench\n');
  }
}
