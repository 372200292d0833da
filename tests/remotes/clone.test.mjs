// The clone: whatever state a crash, a full disk, a person or another program left it in, and what it must not do in the
// background. F10, F14, F30, F31, F32, F33, F37, F40, F41

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { manifestFile } from '../e2e/support/sandbox.mjs';
import { serveGitDaemon, serveHttp } from '../../stand_ins/https.mjs';
import { front, relay } from './support/relays.mjs';
import { scenario, subjectOf } from './support/environment.mjs';

const files = (directory) => readdirSync(directory, { withFileTypes: true, recursive: true })
  .filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));

for (const [title, config] of [
  ['neither name nor address', '[init]\n\tdefaultBranch = main\n'],
  ['no address', '[user]\n\tname = Dana\n'],
  ['no name', '[user]\n\temail = dana@example.com\n'],
  ['nothing but an empty name', '[user]\n\tname = ""\n\temail = dana@example.com\n'],
]) {
  scenario(`F14 no_identity: ${title}, before anything is fetched`, async (sandbox) => {
    const { port } = await serveHttp(sandbox);
    const { url, requests } = await front(sandbox, port, () => undefined);
    sandbox.useRemote(url);
    const good = readFileSync(sandbox.environment.GIT_CONFIG_GLOBAL);
    writeFileSync(sandbox.environment.GIT_CONFIG_GLOBAL, config);
    await sandbox.refused('no_identity', [/user\.(name|email)/, /`git config --global user\./]);
    assert.deepEqual(requests, []);
    assert.ok(!existsSync(sandbox.clone));
    writeFileSync(sandbox.environment.GIT_CONFIG_GLOBAL, good);
    await sandbox.assertNextWorks();
  });
}

scenario('F14 an identity in the environment alone is one', async (sandbox) => {
  writeFileSync(sandbox.environment.GIT_CONFIG_GLOBAL, '[user]\n\tuseConfigOnly = true\n');
  await sandbox.updated({}, { environment: { GIT_AUTHOR_NAME: 'Eve Env', GIT_AUTHOR_EMAIL: 'eve@example.com',
    GIT_COMMITTER_NAME: 'Eve Env', GIT_COMMITTER_EMAIL: 'eve@example.com' } });
  sandbox.assertRolledOut(42, { author: 'Eve Env <eve@example.com>' });
});

for (const [title, condition] of [
  ['place', (sandbox) => `gitdir:${sandbox.home}/`],
  ['remote', (sandbox) => `hasconfig:remote.*.url:${sandbox.url}`],
]) {
  scenario(`F10 what git includes for a certain ${title} holds from the first rollout on`, async (sandbox) => {
    writeFileSync(sandbox.environment.GIT_CONFIG_GLOBAL, `[user]\n\temail = dana@example.com\n[includeIf "${condition(sandbox)}"]\n\tpath = ${
      sandbox.write('more', '[user]\n\tname = Dana at Work\n')}\n`);
    await sandbox.updated();
    sandbox.assertRolledOut(42, { author: 'Dana at Work <dana@example.com>' });
  });
}

scenario('F14 no_identity: git includes one elsewhere only; nothing is fetched', async (sandbox) => {
  const { port } = await serveHttp(sandbox);
  const { url, requests } = await front(sandbox, port, () => undefined);
  sandbox.useRemote(url);
  writeFileSync(sandbox.environment.GIT_CONFIG_GLOBAL, `[user]\n\tuseConfigOnly = true\n[includeIf "gitdir:/elsewhere/"]\n\tpath = ${
    sandbox.write('more', '[user]\n\tname = Dana\n\temail = dana@example.com\n')}\n`);
  await sandbox.refused('no_identity', /user\.name and user\.email/);
  assert.deepEqual(requests, []);
});

const packs = (sandbox) => files(join(sandbox.clone, '.git/objects')).filter((file) => /\.pack$|objects\/[0-9a-f]{2}\//.test(file));
for (const [title, breakIt] of [
  ['HEAD is garbage', (sandbox) => writeFileSync(join(sandbox.clone, '.git/HEAD'), 'garbage')],
  ['HEAD is empty', (sandbox) => truncateSync(join(sandbox.clone, '.git/HEAD'))],
  ['the configuration is garbage', (sandbox) => writeFileSync(join(sandbox.clone, '.git/config'), '[core\n')],
  ['the configuration is empty', (sandbox) => truncateSync(join(sandbox.clone, '.git/config'))],
  ['objects are cut short', (sandbox) => packs(sandbox).forEach((file) => {
    rmSync(file);
    writeFileSync(file, '');
  })],
  ['objects are gone', (sandbox) => packs(sandbox).forEach((file) => rmSync(file))],
  ['the tracking ref is garbage', (sandbox) => {
    rmSync(join(sandbox.clone, '.git/packed-refs'), { force: true });
    writeFileSync(join(sandbox.clone, '.git/refs/remotes/origin/main'), 'zzz\n');
  }],
  ['the tracking ref names nothing', (sandbox) => writeFileSync(join(sandbox.clone, '.git/refs/remotes/origin/main'), `${'1'.repeat(40)}\n`)],
  ['the index is garbage', (sandbox) => writeFileSync(join(sandbox.clone, '.git/index'), 'DIRC garbage')],
  ['the shallow file names nothing', (sandbox) => writeFileSync(join(sandbox.clone, '.git/shallow'), `${'2'.repeat(40)}\n`)],
  ['.git is a file', (sandbox) => {
    rmSync(join(sandbox.clone, '.git'), { recursive: true });
    writeFileSync(join(sandbox.clone, '.git'), 'gitdir: /nowhere\n');
  }],
  ['it is a file', (sandbox) => {
    rmSync(sandbox.clone, { recursive: true });
    writeFileSync(sandbox.clone, 'not a directory\n');
  }],
  ['a rebase was left in the middle', (sandbox) => {
    mkdirSync(join(sandbox.clone, '.git/rebase-merge'));
    writeFileSync(join(sandbox.clone, '.git/rebase-merge/head-name'), 'refs/heads/main\n');
  }],
  ['HEAD is detached on another commit, with changes in the index', (sandbox) => {
    sandbox.git(sandbox.clone, 'checkout', '-q', '--detach', 'HEAD');
    writeFileSync(join(sandbox.clone, manifestFile), 'images: []\n');
    sandbox.git(sandbox.clone, 'add', '.');
  }],
]) {
  scenario(`F30 the clone is broken: ${title}`, async (sandbox) => {
    await sandbox.updated({ prNumber: 40 });
    breakIt(sandbox);
    await sandbox.updated();
    sandbox.assertHistory([subjectOf(40), subjectOf(42)]);
    sandbox.assertRolledOut(42);
    sandbox.assertClean();
    sandbox.git(sandbox.clone, 'fsck', '--no-dangling', '--no-reflogs');
  });
}

scenario('F30 lock files of a dead process do not block', async (sandbox) => {
  await sandbox.updated({ prNumber: 40 });
  const locks = ['index.lock', 'HEAD.lock', 'config.lock', 'shallow.lock', 'packed-refs.lock', 'refs/heads/main.lock', 'refs/remotes/origin/main.lock'];
  const old = new Date(Date.now() - 3_600_000);
  for (const name of locks) {
    const file = join(sandbox.clone, '.git', name);
    writeFileSync(file, '');
    utimesSync(file, old, old);
  }
  await sandbox.updated();
  for (const name of locks) writeFileSync(join(sandbox.clone, '.git', name), ''); // and fresh ones
  await sandbox.assertNextWorks();
  assert.deepEqual(files(join(sandbox.clone, '.git')).filter((file) => file.endsWith('.lock')), []);
});

scenario('F30 never through a symbolic link, and nothing beside the clone is touched', async (sandbox) => {
  const elsewhere = join(sandbox.root, 'elsewhere');
  mkdirSync(join(elsewhere, '.git'), { recursive: true });
  writeFileSync(join(elsewhere, 'precious'), 'x');
  mkdirSync(join(sandbox.configDirectory, 'flux-repos/neighbour'), { recursive: true });
  writeFileSync(join(sandbox.configDirectory, 'flux-repos/neighbour/precious'), 'x');
  symlinkSync(elsewhere, sandbox.clone);
  await sandbox.refused('bad_config', [/symbolic link/, sandbox.clone]);
  assert.deepEqual(readdirSync(elsewhere).sort(), ['.git', 'precious']);
  rmSync(sandbox.clone);
  await sandbox.assertNextWorks();
  assert.deepEqual(readdirSync(join(sandbox.configDirectory, 'flux-repos/neighbour')), ['precious']);
});

// A mount namespace of its own, as root or, where the kernel lets them, as anybody.
const namespace = process.getuid() === 0 ? ['unshare', '--mount'] : ['unshare', '--map-root-user', '--mount'];
const noNamespace = spawnSync(namespace[0], [...namespace.slice(1), 'sh', '-c', 'mount -t tmpfs none /tmp'], { stdio: 'ignore' }).status !== 0 ||
  !existsSync('/proc/self/root') ? 'mounting a small file system is not permitted here' : false;

for (const when of ['while the clone is made', 'when the clone is there']) {
  scenario(`F30 disk_full: ${when}; with space again, the same server goes on`, async (sandbox) => {
    const flux = join(sandbox.configDirectory, 'flux-repos');
    mkdirSync(flux, { recursive: true });
    const server = await sandbox.server({ wrapper: [...namespace, 'sh', '-c', `mount -t tmpfs -o size=1200k none '${flux}' && exec "$@"`, 'sh'] });
    const call = async (args) => (await server.call('rollout', { service: 'papi', ...args })).structuredContent;
    const inside = `/proc/${server.child.pid}/root${flux}`;
    if (when === 'when the clone is there') assert.equal((await call({ prNumber: 40 })).status, 'updated');
    sandbox.pushFromElsewhere('apps/large.bin', randomBytes(300_000));
    await server.request('tools/list'); // it has begun, so what is mounted is there
    const ballast = spawnSync('sh', ['-c', `head -c 10m /dev/zero >'${inside}/ballast'`], { stdio: 'ignore' });
    assert.notEqual(ballast.status, 0, 'the disk did not fill');
    const refusal = await call({});
    assert.equal(refusal.code, 'disk_full', JSON.stringify(refusal));
    assert.ok(`${refusal.message} ${refusal.hint}`.includes(flux), JSON.stringify(refusal));
    rmSync(`${inside}/ballast`);
    const result = await call({});
    assert.equal(result.status, 'updated', JSON.stringify(result));
    sandbox.assertRolledOut(42);
    const enter = ['nsenter', ...(process.getuid() === 0 ? [] : ['--user', '--preserve-credentials']), '--mount', `--target=${server.child.pid}`];
    const within = (...args) => execFileSync(enter[0], [...enter.slice(1), 'git', '-C', sandbox.clone, ...args], { env: sandbox.environment, encoding: 'utf8' });
    assert.equal(within('rev-parse', 'HEAD').trim(), sandbox.head());
    assert.equal(within('status', '--porcelain'), '');
    await server.close();
  }, { skip: noNamespace });
}

scenario('F30 disk_full: no file may grow beyond a limit, as with a quota; without it, all is well again', async (sandbox) => {
  sandbox.pushFromElsewhere('apps/large.bin', randomBytes(300_000));
  await sandbox.refused('disk_full', [/File too large|signal/, join(sandbox.configDirectory, 'flux-repos')], {},
    { wrapper: ['sh', '-c', 'ulimit -f 200 && exec "$@"', 'sh'] });
  sandbox.assertHistory(['Another change']);
  await sandbox.assertNextWorks();
});

scenario("F30 the remote's disk is full, or it may not write: rejected, in its words", async (sandbox) => {
  sandbox.hook('pre-receive', 'echo "fatal: write error: No space left on device" >&2; exit 1');
  await sandbox.refused('rejected', [/No space left on device/]);
  sandbox.assertHistory([]);
});

scenario('F31 two servers on one clone: the second waits, says so in its progress, and both land', async (sandbox) => {
  const go = join(sandbox.root, 'go');
  sandbox.hook('pre-receive', `while [ ! -e '${go}' ]; do sleep 0.05; done`);
  const [first, second] = [await sandbox.server(), await sandbox.server()];
  const one = first.call('rollout', { service: 'papi', prNumber: 1 });
  while (!files(sandbox.remote).some((file) => file.includes('tmp_objdir-incoming'))) await sleep(20);
  const two = second.call('rollout', { service: 'frontend', prNumber: 2 }, { progressToken: 'two' });
  while (!second.notifications.some(({ params }) => /waiting/i.test(params?.message ?? ''))) await sleep(20);
  writeFileSync(go, '');
  assert.equal((await one).structuredContent.status, 'updated');
  assert.equal((await two).structuredContent.status, 'updated');
  await Promise.all([first.close(), second.close()]);
  sandbox.assertHistory([subjectOf(1), 'chore(frontend): update image tag to pr-2-a1b2c3d']);
  sandbox.assertClean();
});

scenario('F31 locked: another holds the clone for longer than the limit', async (sandbox) => {
  const go = join(sandbox.root, 'go');
  sandbox.hook('pre-receive', `while [ ! -e '${go}' ]; do sleep 0.05; done`);
  const first = await sandbox.server();
  const one = first.call('rollout', { service: 'papi', prNumber: 1 });
  while (!files(sandbox.remote).some((file) => file.includes('tmp_objdir-incoming'))) await sleep(20);
  await sandbox.refused('locked', [/another rollout/i, /\b1 s/], {}, { environment: { ROLLOUT_TIMEOUT_SECONDS: '1' } });
  writeFileSync(go, '');
  assert.equal((await one).structuredContent.status, 'updated');
  await first.close();
  sandbox.assertHistory([subjectOf(1)]);
  await sandbox.assertNextWorks();
});

scenario('F31 different environments run side by side', async (sandbox) => {
  const go = join(sandbox.root, 'go');
  sandbox.hook('pre-receive', `while [ ! -e '${go}' ]; do sleep 0.05; done`);
  const other = join(sandbox.root, 'other.git');
  sandbox.git(sandbox.root, 'clone', '-q', '--bare', sandbox.remote, other);
  sandbox.writeEnvs({ fluxGitRepo: sandbox.url }, { second: { fluxGitRepo: `file://${other}` } });
  const first = await sandbox.server();
  const one = first.call('rollout', { service: 'papi', prNumber: 1 });
  while (!files(sandbox.remote).some((file) => file.includes('tmp_objdir-incoming'))) await sleep(20);
  sandbox.write('project/.claude/rwenv', 'second\n');
  const result = await sandbox.updated({}, { environment: { ROLLOUT_TIMEOUT_SECONDS: '5' } });
  assert.equal(result.rwenv, 'second');
  writeFileSync(go, '');
  assert.equal((await one).structuredContent.status, 'updated');
  await first.close();
});

scenario('F32 a server without shallow clones: the whole history is fetched, once', async (sandbox) => {
  const { port } = await serveGitDaemon(sandbox);
  const upload = [];
  const between = await relay(sandbox, port, (connection, { direction, text, bytes }) => {
    if (direction === 'up' && text.includes('git-upload-pack')) upload.push(connection.number);
    // A capability of another name, of the same length.
    return direction === 'down' && text.includes('shallow') ? Buffer.from(text.replaceAll('shallow', 'shxllow'), 'latin1') : bytes;
  });
  sandbox.useRemote(`git://127.0.0.1:${between.port}/flux.git`);
  await sandbox.updated();
  assert.ok(upload.length <= 4, `${upload.length} fetches`);
  assert.ok(!existsSync(join(sandbox.clone, '.git/shallow')));
  sandbox.assertRolledOut(42);
  sandbox.assertClean();
  await sandbox.assertNextWorks();
});

scenario('F32 a server that takes no push from a shallow clone: made whole, once', async (sandbox) => {
  sandbox.pushFromElsewhere('apps/one.yaml', 'one: 1\n');
  sandbox.hook('pre-receive', `echo x >>"$GIT_DIR/tried"`);
  sandbox.git(sandbox.remote, 'config', 'receive.procReceiveRefs', 'refs/heads/main');
  const hook = join(sandbox.remote, 'hooks/proc-receive');
  writeFileSync(hook, `#!${process.execPath}
const fs = require('node:fs');
const { execFileSync } = require('node:child_process');
const read = (length) => { const b = Buffer.alloc(length); let n = 0; while (n < length) n += fs.readSync(0, b, n, length - n); return b; };
const line = () => { const n = parseInt(read(4).toString(), 16); return n === 0 ? undefined : read(n - 4).toString().trim(); };
const lines = () => { const all = []; for (let l = line(); l !== undefined; l = line()) all.push(l); return all; };
const send = (text) => fs.writeSync(1, (text.length + 4).toString(16).padStart(4, '0') + text + '0000');
lines();
send('version=1\\0\\n');
const [before, after, ref] = lines()[0].split(' ');
if (fs.existsSync(${JSON.stringify(join(sandbox.clone, '.git/shallow'))})) send('ng ' + ref + ' shallow update not allowed\\n');
else { execFileSync('git', ['update-ref', ref, after, before]); send('ok ' + ref + '\\n'); }
`, { mode: 0o755 });
  await sandbox.updated();
  assert.equal(readFileSync(join(sandbox.remote, 'tried'), 'utf8'), 'x\nx\n');
  sandbox.assertHistory(['Another change', subjectOf(42)]);
  assert.equal(sandbox.git(sandbox.clone, 'rev-list', '--count', 'HEAD'), '3');
});

// `git -c a=b --git-dir=c fetch ...` -> "fetch"
function subcommandOf([, ...words]) {
  while (words[0]?.startsWith('-')) words.splice(0, words[0] === '-c' ? 2 : 1);
  return words[0] ?? '';
}

scenario('F33 no maintenance in the background, whatever the user configured', async (sandbox) => {
  const { url } = await serveHttp(sandbox);
  sandbox.useRemote(url);
  sandbox.configure('[gc]\n\tauto = 1\n[maintenance]\n\tauto = true\n[fetch]\n\twriteCommitGraph = true\n[core]\n\tfsmonitor = true');
  const events = join(sandbox.root, 'trace2');
  mkdirSync(events);
  for (let number = 1; number <= 4; number++) await sandbox.updated({ prNumber: number }, { environment: { GIT_TRACE2_EVENT: events } });
  const started = files(events).flatMap((file) => readFileSync(file, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line)))
    .filter(({ event }) => event === 'start').map(({ argv }) => subcommandOf(argv));
  assert.ok(started.includes('push'), started.join(' '));
  assert.deepEqual(started.filter((name) => /^(gc|maintenance|repack|prune.*|commit-graph|fsmonitor--daemon)$/.test(name)), []);
});

for (const extra of [{ fluxGitRepo: 'https://evil.example.invalid/x.git' }, { branch: 'other' }, { rwenv: 'other.env-1' }, { remote: 'x' }, { url: 'x' },
  { environment: 'other.env-1' }]) {
  scenario(`F37 a model cannot redirect a rollout: ${Object.keys(extra)[0]}`, async (sandbox) => {
    const [name] = Object.keys(extra);
    await sandbox.refused('bad_argument', [name], extra);
    sandbox.assertHistory([]);
    assert.ok(!existsSync(sandbox.clone));
  });
}

scenario('F40 two services at once, one fails: the other is done, and each says what became of it', async (sandbox) => {
  const server = await sandbox.server();
  const [good, bad] = await Promise.all([server.call('rollout', { service: 'papi' }), server.call('rollout', { service: 'absent' })]);
  await server.close();
  assert.equal(good.structuredContent.status, 'updated', good.content[0].text);
  assert.equal(bad.isError, true);
  assert.equal(bad.structuredContent.code, 'image_not_found');
  sandbox.assertHistory([subjectOf(42)]);
});

scenario('F41 the rwenv and envs.json change while a rollout runs: it goes where it began', async (sandbox) => {
  const other = join(sandbox.root, 'other.git');
  sandbox.git(sandbox.root, 'clone', '-q', '--bare', sandbox.remote, other);
  const { port } = await serveHttp(sandbox);
  let changed = false;
  const { url } = await front(sandbox, port, () => {
    if (changed) return;
    changed = true;
    sandbox.write('project/.claude/rwenv', 'second\n');
    sandbox.writeEnvs({ fluxGitRepo: `file://${other}`, readOnly: true }, { second: { fluxGitRepo: `file://${other}` } });
    sandbox.write('services.json', '{"services": {}, "imageGroups": {}}');
  });
  sandbox.useRemote(url);
  const result = await sandbox.updated();
  assert.equal(result.rwenv, 'rdebug');
  assert.equal(result.fluxRepo, url);
  sandbox.assertHistory([subjectOf(42)]);
  assert.equal(sandbox.git(other, 'rev-parse', 'main'), sandbox.base);
});

// A repository with files of Git LFS, as `git lfs install` configures git, where git-lfs is not there.
const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`;
const lfsFilter = (more) => `[filter "lfs"]\n\tclean = git-lfs clean -- %f\n\tsmudge = git-lfs smudge -- %f\n\trequired = true\n${more}`;
for (const [title, more] of [['a process', '\tprocess = git-lfs filter-process\n'], ['single commands', '']]) {
  scenario(`the clone stands at the pushed commit though git-lfs is not installed (${title})`, async (sandbox) => {
    sandbox.configure(lfsFilter(more));
    const environment = { PATH: sandbox.pathWithoutGh() };
    const standsThere = () => {
      assert.equal(sandbox.git(sandbox.clone, 'rev-parse', 'HEAD'), sandbox.head());
      assert.equal(sandbox.git(sandbox.clone, '-c', 'filter.lfs.clean=', '-c', 'filter.lfs.process=', '-c', 'filter.lfs.required=false', 'status', '--porcelain'), '');
      assert.equal(readFileSync(join(sandbox.clone, 'docs/picture.bin'), 'utf8'), pointer);
    };
    for (const number of [42, 43]) {
      rmSync(join(sandbox.clone, 'docs'), { recursive: true, force: true });
      const { warnings, commit } = await sandbox.updated({ prNumber: number }, { environment });
      assert.equal(sandbox.head(), commit);
      assert.match(warnings.join('\n'), /filter 'lfs'.*git-lfs.*install Git LFS/);
      assert.doesNotMatch(warnings.join('\n'), /next rollout/);
      standsThere();
    }
  }, { files: { '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n', 'docs/picture.bin': pointer } });
}
