// What a project may do to the program that reads it: nothing. Other people wrote the project; no program that it
// names is run, nothing is contacted for it, no file outside of it is told, and no file of it holds anything up. F43, F44, F45

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GitHub } from './support/github.mjs';
import { scenario, tagOf } from './support/environment.mjs';

const fifo = (path) => {
  rmSync(path, { force: true, recursive: true });
  execFileSync('mkfifo', [path]);
};

// A program that leaves a trace when it is run, as what; and the traces so far.
function canaries(sandbox) {
  mkdirSync(join(sandbox.root, 'ran'));
  const file = sandbox.script('canary', `touch "${sandbox.root}/ran/$1"; cat`);
  return {
    command: (name) => `${file} ${name}`,
    ran: () => readdirSync(join(sandbox.root, 'ran')).sort(),
    forget: () => readdirSync(join(sandbox.root, 'ran')).forEach((name) => rmSync(join(sandbox.root, 'ran', name))),
  };
}

const filter = (name, { command }) => `[filter "${name}"]
\tclean = ${command(`clean-${name}`)}
\tsmudge = cat
\trequired = true
[filter "${name}-process"]
\tprocess = ${command(`process-${name}`)}
`;

// Every way to have git start a program, in the repository's own configuration.
function poison(sandbox, canary) {
  const { command } = canary;
  sandbox.write('project/.git/config', `[core]
\trepositoryformatversion = 1
\tfsmonitor = ${command('fsmonitor')}
\thooksPath = ${sandbox.root}/hooks
\tsshCommand = ${command('ssh')}
\tpager = ${command('pager')}
\taskPass = ${command('askpass')}
\teditor = ${command('editor')}
\tgitProxy = ${command('proxy')}
\tattributesFile = ${sandbox.root}/attributes
[extensions]
\tworktreeConfig = true
\tpartialClone = evil
[remote "origin"]
\turl = https://github.com/shop/papi.git
\tfetch = +refs/heads/*:refs/remotes/origin/*
[remote "evil"]
\turl = ext::${command('promisor')}
\tpromisor = true
\tvcs = canary
[branch "feature/health"]
\tremote = origin
\tmerge = refs/heads/feature/health
[alias]
\tremote = !${command('alias')}
\tstatus = !${command('alias')}
[pager]
\tremote = ${command('pager')}
\tstatus = ${command('pager')}
[credential]
\thelper = "!${command('credential')}"
[diff]
\texternal = ${command('diff')}
[diff "x"]
\ttextconv = ${command('textconv')}
[include]
\tpath = ${sandbox.root}/included
[includeIf "gitdir:**"]
\tpath = ${sandbox.root}/included-if
${filter('config', canary)}`);
  sandbox.write('project/.git/config.worktree', filter('worktree', canary));
  sandbox.write('included', filter('include', canary));
  sandbox.write('included-if', filter('include-if', canary));
  const names = ['config', 'worktree', 'include', 'include-if'].flatMap((name) => [name, `${name}-process`]);
  sandbox.write('project/.git/info/attributes', names.map((name) => `${name}.txt filter=${name} diff=x\n`).join(''));
  for (const hook of ['post-index-change', 'post-checkout', 'reference-transaction', 'fsmonitor-watchman', 'pre-auto-gc']) {
    sandbox.script(`hooks/${hook}`, `${command(`hook-${hook}`)} </dev/null`);
  }
  sandbox.script('bin/git-remote-canary', `${command('remote-helper')} </dev/null`);
  return names;
}

// Files that the filters of those names are for. Git would ask them, since nothing looks as it did.
function addFiles(sandbox, names, directory = sandbox.project) {
  for (const name of names) writeFileSync(join(directory, `${name}.txt`), 'text\n');
  sandbox.git(directory, 'add', '.');
  sandbox.git(directory, 'commit', '-qm', 'Files');
}
const touch = (names, directory) => names.forEach((name) => utimesSync(join(directory, `${name}.txt`), 1, 1));

// Another checkout of the project, which is not judged at the end.
function checkOut(sandbox, name) {
  const directory = join(sandbox.root, 'attacked', name);
  sandbox.git(sandbox.root, 'clone', '-q', '-b', 'feature/health', sandbox.project, directory);
  sandbox.git(directory, 'remote', 'set-url', 'origin', 'https://github.com/shop/papi.git');
  mkdirSync(join(directory, '.claude'));
  writeFileSync(join(directory, '.claude/rwenv'), 'rdebug\n');
  return directory;
}

// All that reads a project, with whatever outcome: the codes of the refusals.
async function readAll(sandbox, projectDir) {
  const server = await sandbox.server({ environment: { ROLLOUT_TIMEOUT_SECONDS: '20', CLAUDE_PROJECT_DIR: projectDir } });
  const codes = new Set();
  const call = async (tool, args) => codes.add((await server.call(tool, { projectDir, ...args })).structuredContent.code);
  await call('resolve_tag', {});
  await call('resolve_tag', { prNumber: 5 });
  await call('lookup_service', { service: 'papi' });
  await call('rollout', { service: 'papi', dryRun: true });
  await call('rollout', { service: 'papi' });
  await call('rollout', { service: 'papi', prNumber: 6 });
  await call('rollout', { service: 'papi', tag: 'pr-42-0123abc', verifyPipeline: true });
  await server.call('regenerate_services', { projectDir, dryRun: true });
  for (const uri of ['rollout://doctor', 'rollout://rwenv', 'rollout://services']) await server.request('resources/read', { uri });
  await server.close();
  for (const command of [['doctor'], ['resolve-tag', '--pr', '5'], ['lookup', 'papi'], ['services']]) {
    await sandbox.command(command, { cwd: projectDir });
  }
  return [...codes].filter((code) => code !== undefined);
}

scenario('F43 nothing that the configuration of a project names is run', async (sandbox) => {
  await GitHub.start(sandbox);
  const canary = canaries(sandbox);
  const names = ['config', 'worktree', 'include', 'include-if'].flatMap((name) => [name, `${name}-process`]);
  addFiles(sandbox, names);
  poison(sandbox, canary);
  touch(names, sandbox.project);
  // What the tests would not see if it were not dangerous.
  execFileSync('sh', ['-c', 'git -C "$1" status; git -C "$1" cat-file -e ffffffffffffffffffffffffffffffffffffffff; true', 'sh', sandbox.project],
    { env: sandbox.environment, stdio: 'ignore' });
  assert.ok(canary.ran().length >= 3, canary.ran().join());
  canary.forget();
  touch(names, sandbox.project);

  assert.deepEqual(await readAll(sandbox, sandbox.project), []);
  // Where the refs are a table, git is asked.
  const head = join(sandbox.project, '.git/HEAD');
  const before = readFileSync(head);
  writeFileSync(head, 'ref: refs/heads/.invalid\n');
  assert.notDeepEqual(await readAll(sandbox, sandbox.project), []);
  writeFileSync(head, before);
  assert.deepEqual(canary.ran(), []);
});

scenario('F43 nothing that the configuration of a submodule names is run', async (sandbox) => {
  await GitHub.start(sandbox);
  const canary = canaries(sandbox);
  const source = join(sandbox.root, 'source');
  mkdirSync(source);
  sandbox.git(source, 'init', '-q');
  addFiles(sandbox, ['config'], source);
  const project = checkOut(sandbox, 'submodule');
  sandbox.git(project, '-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', source, 'module');
  sandbox.git(project, 'commit', '-qm', 'Module');
  const module = join(project, 'module');
  const configuration = join(project, '.git/modules/module/config');
  execFileSync('sh', ['-c', 'cat >>"$1"', 'sh', configuration], { input: `${filter('config', canary)}[core]\n\tfsmonitor = ${canary.command('fsmonitor')}\n` });
  writeFileSync(join(project, '.git/modules/module/info/attributes'), '*.txt filter=config\n');
  touch(['config'], module);
  sandbox.git(project, 'status');
  assert.notDeepEqual(canary.ran(), []);
  canary.forget();
  touch(['config'], module);

  assert.deepEqual(await readAll(sandbox, project), []);
  mkdirSync(join(module, '.claude'));
  writeFileSync(join(module, '.claude/rwenv'), 'rdebug\n');
  await readAll(sandbox, module);
  assert.deepEqual(canary.ran(), []);
});

for (const [form, arrange] of [
  ['bare', () => {}],
  ['with a work tree', (directory) => execFileSync('sh', ['-c', 'cat >>"$1/config"', 'sh', directory],
    { input: '[core]\n\tbare = false\n\tworktree = ..\n' })],
  ['that borrows its objects', (directory) => {
    for (const name of ['objects', 'refs']) renameSync(join(directory, name), join(directory, '..', name));
    writeFileSync(join(directory, 'commondir'), '..\n');
    writeFileSync(join(directory, '../HEAD'), 'ref: refs/heads/main\n');
  }],
]) {
  scenario(`F43 a repository in a folder of the project, ${form}, is not used`, async (sandbox) => {
    await GitHub.start(sandbox);
    const canary = canaries(sandbox);
    const directory = join(checkOut(sandbox, 'project'), 'vendor/assets');
    sandbox.git(sandbox.root, 'clone', '-q', '--bare', sandbox.project, directory);
    execFileSync('sh', ['-c', 'cat >>"$1/config"', 'sh', directory],
      { input: `${filter('config', canary)}[core]\n\tfsmonitor = ${canary.command('fsmonitor')}\n\tsshCommand = ${canary.command('ssh')}\n` });
    writeFileSync(join(directory, 'info/attributes'), '* filter=config\n');
    arrange(directory);
    const codes = await readAll(sandbox, directory);
    assert.deepEqual(codes, ['not_a_repository']);
    assert.deepEqual(canary.ran(), []);
    const { message, hint } = await sandbox.refused('not_a_repository', 'is in the bare repository', { projectDir: directory, prNumber: 5 });
    assert.match(`${message} ${hint}`, /work tree/);
  });
}

scenario('F44 a link in the place of .claude/rwenv is refused and never followed', async (sandbox) => {
  const secret = 'ghp_s3cr3tTokenOfDana0123456789abcdefghij';
  sandbox.secrets.push(secret);
  sandbox.write('private/.git-credentials', `${secret}\n`);
  sandbox.write('private/rwenv', `${secret}\n`);
  const file = join(sandbox.project, '.claude/rwenv');
  for (const arrange of [
    () => symlinkSync('../../private/.git-credentials', file),
    () => symlinkSync(join(sandbox.root, 'private/nothing'), file),
    () => {
      rmSync(join(sandbox.project, '.claude'), { recursive: true });
      symlinkSync('../private', join(sandbox.project, '.claude'));
    },
  ]) {
    rmSync(file, { force: true });
    arrange();
    const server = await sandbox.server();
    for (const [tool, args] of [['rollout', { service: 'papi', dryRun: true }], ['lookup_service', { service: 'papi' }], ['regenerate_services', { dryRun: true }]]) {
      const { isError, structuredContent } = await server.call(tool, args);
      assert.equal(isError, true);
      assert.equal(structuredContent.code, 'bad_config');
      assert.match(structuredContent.message, /project\/\.claude(\/rwenv)?: it cannot be read: it is a symbolic link\.$/);
    }
    for (const uri of ['rollout://doctor', 'rollout://rwenv', 'rollout://services']) {
      const { contents } = await server.request('resources/read', { uri });
      assert.match(contents[0].text, /symbolic link/, uri);
    }
    await server.close();
    for (const command of [['doctor'], ['services'], ['lookup', 'papi']]) {
      const { status, stdout, stderr } = await sandbox.command(command);
      assert.equal(status, 1);
      assert.match(stdout + stderr, /symbolic link/);
    }
  }
  rmSync(join(sandbox.project, '.claude'));
});

const canBeOthers = process.getuid() === 0;
scenario('F44 a directory that cannot be read is not called missing', async (sandbox) => {
  const asNobody = ['setpriv', '--reuid=65534', '--clear-groups'];
  execFileSync('chmod', ['-R', 'a+rX', sandbox.root]);
  chmodSync(join(sandbox.project, '.claude'), 0o700);
  const { status, stderr } = await sandbox.command(['lookup', 'papi'], { wrapper: asNobody });
  assert.equal(status, 1);
  assert.match(stderr, /project\/\.claude(\/rwenv)?: it cannot be read: Permission denied\./);
}, { skip: canBeOthers ? false : 'needs root to become another user' });

const places = ['HEAD', 'packed-refs', 'refs/heads/feature/health', 'commondir', 'objects/info/alternates', 'index', 'config', 'info/attributes', 'info/exclude'];
scenario('F45 a pipe in the place of a file of git holds nothing up', async (sandbox) => {
  const server = await sandbox.server({ environment: { ROLLOUT_TIMEOUT_SECONDS: '2' } });
  const projects = places.map((place) => {
    const directory = checkOut(sandbox, place.replaceAll('/', '-'));
    if (place === 'packed-refs') sandbox.git(directory, 'pack-refs', '--all');
    fifo(join(directory, '.git', place));
    return { place, directory };
  });
  // Five at once for each, of which 32 may run.
  const answers = await Promise.all(Array.from({ length: 5 }, () => projects).flat().map(async ({ place, directory }) =>
    ({ place, result: await server.call('resolve_tag', { projectDir: directory, prNumber: 5 }) })));
  for (const { place, result } of answers) {
    const { code, message, tag } = result.structuredContent;
    if (['config', 'index', 'info/attributes', 'info/exclude'].includes(place)) assert.equal(tag, tagOf(5), message);
    else assert.match(`${code} ${message}`, /^no(t_a_repository|_commit) .*regular file/, place);
  }
  assert.equal((await server.call('resolve_tag', { prNumber: 5 })).structuredContent.tag, tagOf(5));
  await server.close();
});

scenario('F45 gh, held up by a pipe in the place of the configuration, is ended by the limit and by cancelling', async (sandbox) => {
  await GitHub.start(sandbox);
  const projectDir = checkOut(sandbox, 'project');
  fifo(join(projectDir, '.git/config'));
  const server = await sandbox.server({ environment: { ROLLOUT_TIMEOUT_SECONDS: '1' } });
  const calls = Array.from({ length: 32 }, () => server.call('resolve_tag', { projectDir }));
  for (const { structuredContent } of await Promise.all(calls)) assert.equal(structuredContent.code, 'timeout');
  assert.equal((await server.call('lookup_service', { service: 'papi' })).structuredContent.imageName, 'backend-services');
  await server.close();
  const patient = await sandbox.server();
  const held = patient.call('resolve_tag', { projectDir }).catch(() => undefined);
  await patient.call('lookup_service', { service: 'papi' });
  patient.child.kill('SIGTERM');
  await patient.exited;
  await held;
});

scenario('F45 a read that the system never ends is given up, and does not keep the server from ending', async (sandbox) => {
  const projectDir = checkOut(sandbox, 'project');
  const head = sandbox.git(projectDir, 'rev-parse', 'HEAD');
  const path = join(head.slice(0, 2), head.slice(2));
  const elsewhere = join(sandbox.root, 'elsewhere');
  mkdirSync(join(elsewhere, head.slice(0, 2)), { recursive: true });
  rmSync(join(projectDir, '.git/objects'), { recursive: true });
  mkdirSync(join(projectDir, '.git/objects/info'), { recursive: true });
  writeFileSync(join(projectDir, '.git/objects/info/alternates'), `${elsewhere}\n`);
  fifo(join(elsewhere, path));
  for (const end of [(server) => server.close(), async (server) => {
    server.child.kill('SIGTERM');
    await server.exited;
  }]) {
    const server = await sandbox.server({ environment: { ROLLOUT_TIMEOUT_SECONDS: '1' } });
    const calls = Array.from({ length: 40 }, () => server.call('resolve_tag', { projectDir, prNumber: 5 }));
    for (const { structuredContent } of await Promise.all(calls)) {
      assert.equal(structuredContent.code, 'timeout');
      assert.match(structuredContent.message, /^Gave up reading the project '.*' after 1 s\.$/);
    }
    assert.equal((await server.call('resolve_tag', { prNumber: 5 })).structuredContent.tag, tagOf(5));
    await end(server);
  }
  // Cancelled, by the end of input, long before the limit.
  const server = await sandbox.server();
  const held = server.call('resolve_tag', { projectDir, prNumber: 5 }).catch(() => undefined);
  await server.call('lookup_service', { service: 'papi' });
  await server.close();
  await held;
});

scenario('F45 a commit of gigabytes in a file of kilobytes is refused', async (sandbox) => {
  const script = `
import hashlib, os, zlib
c = zlib.compressobj(1)
out = c.compress(b'commit %d\\0' % (1 << 32))
for _ in range(1 << 10): out += c.compress(bytes(1 << 20))
out += c.flush()
name = hashlib.sha1(out).hexdigest()
os.makedirs('.git/objects/' + name[:2], exist_ok=True)
open('.git/objects/' + name[:2] + '/' + name[2:], 'wb').write(out)
open('.git/HEAD', 'w').write(name + '\\n')`;
  const projectDir = checkOut(sandbox, 'project');
  execFileSync('python3', ['-c', script], { cwd: projectDir });
  // With no more memory than a program of this kind needs.
  await sandbox.refused('no_commit', 'larger than', { projectDir, prNumber: 5 }, { wrapper: ['prlimit', `--as=${600 << 20}`] });
});
