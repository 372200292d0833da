// What is trusted: a clone that is the user's alone, a configuration that not everybody can write, directories that are
// named in full; and where a rollout went is what it says.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, symlinkSync,
  writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifestFile } from '../e2e/support/sandbox.mjs';
import { serveHttp } from '../../stand_ins/https.mjs';
import { front } from './support/relays.mjs';
import { binary } from '../e2e/support/server.mjs';
import { scenario } from './support/environment.mjs';

const password = 's3cr3t-P4ss-w0rd';
const mode = (path) => lstatSync(path).mode & 0o777;

// Everything below the directory, and itself.
function everything(directory) {
  return [directory, ...readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    return entry.isDirectory() ? everything(path) : [path];
  })];
}

function assertPrivate(directory) {
  const open = everything(directory).filter((path) => !lstatSync(path).isSymbolicLink() && (mode(path) & 0o077) !== 0);
  assert.deepEqual(open.map((path) => `${mode(path).toString(8)} ${path}`), []);
}

const withUmask = (umask) => ['sh', '-c', `umask ${umask}; exec "$0" "$@"`];

for (const umask of ['000', '002', '022', '077']) {
  scenario(`umask ${umask}: the clone, its lock and the password in it are the user's alone; a catalog follows the umask`, async (sandbox) => {
    sandbox.secrets.push(password);
    const { url } = await serveHttp(sandbox, { users: { dana: password } });
    sandbox.useRemote(url.replace('//', `//dana:${password}@`), 'github');
    chmodSync(join(sandbox.configDirectory, 'envs.json'), 0o600);
    const wrapper = withUmask(umask);
    const repositories = join(sandbox.configDirectory, 'flux-repos');
    await sandbox.updated({ prNumber: 40 }, { wrapper });
    assertPrivate(repositories);
    assert.ok(readFileSync(join(sandbox.clone, '.git/config'), 'utf8').includes(password));
    sandbox.pushFromElsewhere('apps/more.yaml', 'more: 1\n');
    await sandbox.updated({ prNumber: 41 }, { wrapper });
    assertPrivate(repositories);
    assert.equal((await sandbox.command(['regenerate'], { wrapper, environment: { ROLLOUT_SERVICES_FILE: '' } })).status, 0);
    assertPrivate(repositories);
    const catalog = join(sandbox.configDirectory, 'flux-infra-guide/rdebug/services.json');
    const mask = Number.parseInt(umask, 8) | 0o002;
    assert.equal(mode(catalog), 0o644 & ~mask);
    assert.equal(mode(join(catalog, '..')), 0o777 & ~mask);
    assert.equal(mode(join(catalog, '../..')), 0o777 & ~mask);
  });
}

scenario('a clone of an older version, which everybody could read, is closed to them', async (sandbox) => {
  await sandbox.updated({ prNumber: 40 });
  writeFileSync(join(sandbox.clone, '.git/mine'), '');
  execFileSync('chmod', ['-R', 'a+rX', join(sandbox.configDirectory, 'flux-repos')]);
  await sandbox.updated();
  assertPrivate(join(sandbox.configDirectory, 'flux-repos'));
  assert.ok(existsSync(join(sandbox.clone, '.git/mine')));
});

for (const [part, bits] of [['', 0o775], ['', 0o777], ['.git', 0o770], ['.git/config', 0o664], ['.git/hooks', 0o777]]) {
  scenario(`a clone of which others can write ${part || 'all'} (${bits.toString(8)}) is replaced, and its hook does not run`, async (sandbox) => {
    await sandbox.updated({ prNumber: 40 });
    const ran = join(sandbox.root, 'ran');
    writeFileSync(join(sandbox.clone, '.git/hooks/pre-push'), `#!/bin/sh\ntouch '${ran}'\n`, { mode: 0o755 });
    chmodSync(join(sandbox.clone, part), bits);
    const found = JSON.parse((await sandbox.command(['doctor', '--json'])).stdout).checks.find(({ name }) => name === 'clone');
    assert.equal(found.state, 'note');
    assert.match(found.message, /users other than you can write/);
    await sandbox.updated();
    assert.ok(!existsSync(ran));
    assertPrivate(join(sandbox.configDirectory, 'flux-repos'));
    sandbox.assertRolledOut(42);
    sandbox.assertClean();
  });
}

const asRoot = process.getuid() === 0 ? false : 'only root can give files away';

scenario('a clone that another user owns is refused, with whose it is; doctor says the same', async (sandbox) => {
  await sandbox.updated({ prNumber: 40 });
  execFileSync('chown', ['-R', '34567', sandbox.clone]);
  const refusal = await sandbox.refused('bad_config', [/belongs to user 34567, not to you/, sandbox.clone, /removed/]);
  const found = JSON.parse((await sandbox.command(['doctor', '--json'])).stdout).checks.find(({ name }) => name === 'clone');
  assert.deepEqual({ state: found.state, message: found.message, hint: found.hint }, { state: 'missing', message: refusal.message, hint: refusal.hint });
  assert.equal(statSync(sandbox.clone).uid, 34567);
  rmSync(sandbox.clone, { recursive: true });
  await sandbox.assertNextWorks();
}, { skip: asRoot });

// Where the clone's own configuration says where to go. Evil is a second repository, which must stay as it is.
for (const [title, write] of [
  ['config', (sandbox, text) => writeFileSync(join(sandbox.clone, '.git/config'), text, { flag: 'a' })],
  ['an included file', (sandbox, text) => sandbox.git(sandbox.clone, 'config', 'include.path', sandbox.write('more', text))],
  ['a file included on the branch', (sandbox, text) => sandbox.git(sandbox.clone, 'config', 'includeIf.onbranch:main.path', sandbox.write('more', text))],
  ['config.worktree', (sandbox, text) => {
    sandbox.git(sandbox.clone, 'config', 'extensions.worktreeConfig', 'true');
    writeFileSync(join(sandbox.clone, '.git/config.worktree'), text);
  }],
]) {
  scenario(`a clone that rewrites the URL in ${title} is replaced: what is reported is where it went`, async (sandbox) => {
    await sandbox.updated({ prNumber: 40 });
    const evil = join(sandbox.root, 'evil.git');
    sandbox.git(sandbox.root, 'clone', '-q', '--bare', sandbox.remote, evil);
    const before = sandbox.git(evil, 'rev-parse', 'main');
    for (const which of ['insteadOf', 'pushInsteadOf']) {
      write(sandbox, `[url "file://${evil}"]\n\t${which} = ${sandbox.url}\n`);
      await sandbox.updated({ prNumber: which === 'insteadOf' ? 41 : 42 });
      assert.equal(sandbox.git(evil, 'rev-parse', 'main'), before);
    }
    sandbox.assertRolledOut(42);
  });

  scenario(`a clone that moves its work tree in ${title} is replaced: nothing is checked out elsewhere`, async (sandbox) => {
    await sandbox.updated({ prNumber: 40 });
    const work = join(sandbox.root, 'work');
    mkdirSync(join(work, manifestFile, '..'), { recursive: true });
    writeFileSync(join(work, manifestFile), 'a day of work\n');
    write(sandbox, `[core]\n\tworktree = ${work}\n`);
    await sandbox.updated();
    assert.equal(readFileSync(join(work, manifestFile), 'utf8'), 'a day of work\n');
    sandbox.assertRolledOut(42);
    sandbox.assertClean();
  });
}

for (const place of ['HEAD', 'packed-refs', 'index', 'objects/info/alternates', 'refs/heads/main', 'info/attributes']) {
  scenario(`a clone with a pipe as .git/${place} is replaced, and does not hang the rollout`, async (sandbox) => {
    await sandbox.updated({ prNumber: 40 });
    const pipe = join(sandbox.clone, '.git', place);
    rmSync(pipe, { force: true });
    execFileSync('mkfifo', [pipe]);
    await sandbox.updated({}, { environment: { ROLLOUT_TIMEOUT_SECONDS: '20' } });
    sandbox.assertRolledOut(42);
    sandbox.assertClean();
  });
}

for (const [what, place] of [['the clone', (sandbox) => sandbox.clone], ['flux-repos', (sandbox) => join(sandbox.clone, '..')]]) {
  scenario(`a link to a person's clone takes the place of ${what} while gh runs: their work stays as it is`, async (sandbox) => {
    await sandbox.updated({ prNumber: 40 });
    const work = join(sandbox.root, 'work/rdebug');
    mkdirSync(join(sandbox.root, 'work'));
    sandbox.git(sandbox.root, 'clone', '-q', sandbox.url, work);
    writeFileSync(join(work, manifestFile), 'a day of work\n');
    const state = () => [sandbox.git(work, 'for-each-ref'), sandbox.git(work, 'count-objects', '-v'), sandbox.git(work, 'status', '--porcelain'),
      readFileSync(join(work, manifestFile), 'utf8')];
    const before = state();
    const gh = join(sandbox.root, 'bin/gh');
    renameSync(gh, join(sandbox.root, 'bin/gh-itself'));
    sandbox.script('bin/gh', `mv '${place(sandbox)}' '${sandbox.root}/away'; ln -s '${what === 'the clone' ? work : join(work, '..')}' '${place(sandbox)}'; exec "$0-itself" "$@"`);
    const result = await sandbox.rollout();
    assert.ok(result.structuredContent.code === 'bad_config' || result.structuredContent.warnings.some((text) => /work tree is not up to date/.test(text)),
      result.content[0].text);
    assert.deepEqual(state(), before);
    rmSync(place(sandbox));
    renameSync(join(sandbox.root, 'bin/gh-itself'), gh);
    await sandbox.assertNextWorks();
  });
}

scenario('a redirection is followed as git does, and told: where the push went', async (sandbox) => {
  sandbox.secrets.push(password);
  const { url } = await serveHttp(sandbox, { users: { dana: password } });
  const old = await front(sandbox, 0, (request) => ({ status: 301,
    headers: { location: `${new URL(url).origin.replace('//', `//dana:${password}@`)}${request.url}` } }));
  sandbox.write('credentials', `${new URL(url).origin.replace('//', `//dana:${password}@`)}\n`);
  sandbox.configure(`[credential]\n\thelper = store --file ${join(sandbox.root, 'credentials')}`);
  sandbox.useRemote(old.url, 'github');
  const told = new RegExp(`${old.url} redirects to ${url}, where git has pushed to`);
  for (const prNumber of [40, 41]) {
    const result = await sandbox.updated({ prNumber });
    assert.equal(result.fluxRepo, old.url);
    assert.equal(result.warnings.filter((text) => told.test(text)).length, 1, JSON.stringify(result.warnings));
    assert.match(result.report, told);
  }
  const dry = await sandbox.rollout({ dryRun: true });
  assert.match(dry.structuredContent.warnings.join('\n'), new RegExp(`redirects to ${url}, where git has looked`));
});

scenario("what a remote says of a redirection is not git's word", async (sandbox) => {
  sandbox.hook('pre-receive', 'echo "warning: redirecting to https://elsewhere.example/" >&2');
  const { url } = await serveHttp(sandbox);
  sandbox.useRemote(url);
  const { warnings } = await sandbox.updated();
  assert.ok(!warnings.some((text) => / redirects to /.test(text)), JSON.stringify(warnings));
});

for (const [what, path] of [['envs.json', 'envs.json'], ['the configuration directory', '.']]) {
  scenario(`${what} that everybody can write is refused; one of a team is not, and doctor says whose`, async (sandbox) => {
    const target = join(sandbox.configDirectory, path);
    for (const bits of path === '.' ? [0o777, 0o1777, 0o703] : [0o666, 0o602]) {
      chmodSync(target, bits);
      const refusal = await sandbox.refused('bad_config', [/can be written by everybody/, /`chmod o-w /]);
      const found = JSON.parse((await sandbox.command(['doctor', '--json'])).stdout).checks.find(({ name }) => name === 'envs.json');
      assert.deepEqual([found.state, found.message], ['missing', refusal.message]);
    }
    sandbox.assertHistory([]);
    chmodSync(target, path === '.' ? 0o775 : 0o664);
    await sandbox.updated();
    const found = JSON.parse((await sandbox.command(['doctor', '--json'])).stdout).checks.find(({ name }) => name === 'envs.json');
    assert.equal(found.state, 'ok');
    assert.match(found.message, path === '.' ? /the group \S+ can write its directory/ : /the group \S+ can write it$/);
  });
}

scenario('doctor says to whom a configuration belongs that is another user\'s', async (sandbox) => {
  execFileSync('chown', ['34567', join(sandbox.configDirectory, 'envs.json')]);
  const found = JSON.parse((await sandbox.command(['doctor', '--json'])).stdout).checks.find(({ name }) => name === 'envs.json');
  assert.equal(found.state, 'ok');
  assert.match(found.message, /it belongs to user 34567/);
  await sandbox.updated();
}, { skip: asRoot });

for (const variable of ['RWENV_CONFIG_DIR', 'HOME', 'XDG_CONFIG_HOME', 'XDG_STATE_HOME', 'XDG_CACHE_HOME', 'GIT_CONFIG_GLOBAL', 'GNUPGHOME', 'GH_CONFIG_DIR']) {
  scenario(`${variable} that is relative or was not expanded is refused, and never looked up in the project`, async (sandbox) => {
    for (const value of ['config', './config', '~/config', '$HOME/config', '..']) {
      const environment = { [variable]: value };
      const refusal = await sandbox.refused('bad_config', [`${variable}: given '${value}'`, 'absolute path'], {}, { environment });
      for (const args of [['resolve-tag', '--pr', '42'], ['lookup', 'papi'], ['rollout', 'papi', '--dry-run'], ['regenerate']]) {
        const { status, stderr } = await sandbox.command(args, { environment });
        assert.equal(status, 1, args.join(' '));
        assert.ok(stderr.includes(refusal.message), `${args.join(' ')}: ${stderr}`);
      }
      const found = JSON.parse((await sandbox.command(['doctor', '--json'], { environment })).stdout).checks;
      assert.equal(found.find(({ name }) => name === 'envs.json').message, refusal.message);
    }
    assert.deepEqual(readdirSync(sandbox.project).filter((name) => !['.git', '.claude', 'README.md', 'src'].includes(name)), []);
    sandbox.assertHistory([]);
    await sandbox.assertNextWorks();
  });
}

scenario('the log file is the user\'s alone, follows no link, and a pipe does not stop the start', async (sandbox) => {
  // What is no message is answered and logged.
  const start = (file) => {
    const [program, ...args] = [...withUmask('000'), binary, '--log-level', 'trace', '--log-file', file];
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: sandbox.project, env: sandbox.environment, encoding: 'utf8', timeout: 60_000,
      input: 'no message\n{"jsonrpc":"2.0","id":1,"method":"ping"}\n' });
    assert.equal(status, 0, stderr);
    assert.ok(stdout.includes('"id":1,"result"'), stdout);
    return stderr;
  };
  const log = join(sandbox.root, 'rollout.log');
  start(log);
  assert.equal(mode(log), 0o600);
  const first = readFileSync(log, 'utf8');
  assert.notEqual(first, '');
  chmodSync(log, 0o644);
  start(log);
  assert.equal(mode(log), 0o600);
  assert.ok(readFileSync(log, 'utf8').startsWith(first), 'it is appended to');
  const work = sandbox.write('work', 'a day of work\n');
  symlinkSync(work, join(sandbox.root, 'link'));
  symlinkSync(join(sandbox.root, 'nothing'), join(sandbox.root, 'dangling'));
  assert.match(start(join(sandbox.root, 'link')), /log file: .*symbolic link/);
  assert.match(start(join(sandbox.root, 'dangling')), /log file: .*symbolic link/);
  assert.equal(readFileSync(work, 'utf8'), 'a day of work\n');
  assert.ok(!existsSync(join(sandbox.root, 'nothing')));
  assert.equal(spawnSync('mkfifo', [join(sandbox.root, 'pipe')]).status, 0);
  assert.match(start(join(sandbox.root, 'pipe')), /log file: .*not a regular file/);
  assert.match(start(sandbox.root), /log file: .*directory/);
  assert.match(start(join(sandbox.root, 'no/such/directory/log')), /log file: .*No such file or directory/);
});
