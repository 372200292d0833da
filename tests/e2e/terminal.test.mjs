// What a person at a terminal gets: colours and a progress line that is gone at the end, on terminals of any width and
// with Ctrl-C at any stage; and nothing of the sort where no terminal is.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, runScript } from './support/command.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { binary, Server } from './support/server.mjs';
import { atTerminal, onTerminal, withoutColours } from './support/terminal.mjs';
import { test } from './support/test.mjs';

const esc = '\u001b';
const clearedLine = `\r${esc}[2K`;

// The steps that the progress line showed.
function steps(screen) {
  return screen.split(clearedLine).filter((part) => part.includes('…'));
}

atTerminal('colours, and one progress line that is gone before the result', async () => {
  const sandbox = new Sandbox();
  const { status, screen } = onTerminal(sandbox, ['rollout', 'papi']);
  assert.equal(status, 0, screen);
  assert.ok(steps(screen).length >= 3, JSON.stringify(screen));
  const result = screen.slice(screen.lastIndexOf(clearedLine) + clearedLine.length);
  assert.ok(result.startsWith(`${esc}[32m✓ Updated backend-services to pr-42-a1b2c3d${esc}[0m\r\n`), JSON.stringify(result));
  for (const step of steps(screen)) assert.doesNotMatch(step, /\n/);
  await sandbox.dispose();
});

atTerminal('a refusal is red, and the progress line is gone', async () => {
  const sandbox = new Sandbox();
  sandbox.hook('pre-receive', 'echo no >&2; exit 1');
  const { status, screen } = onTerminal(sandbox, ['rollout', 'papi']);
  assert.equal(status, 1);
  const refusal = screen.slice(screen.lastIndexOf(clearedLine) + clearedLine.length);
  assert.ok(refusal.startsWith(`${esc}[31mThe remote refused the push`), JSON.stringify(refusal));
  await sandbox.dispose();
});

atTerminal('NO_COLOR: no colours; TERM=dumb: no progress line either', async () => {
  const sandbox = new Sandbox();
  const plain = onTerminal(sandbox, ['rollout', 'papi', '--dry-run'], { environment: { NO_COLOR: '1' } });
  assert.equal(withoutColours(plain.screen), plain.screen);
  assert.ok(steps(plain.screen).length > 0);
  const dumb = onTerminal(sandbox, ['rollout', 'papi', '--dry-run'], { environment: { TERM: 'dumb' } });
  assert.ok(!dumb.screen.includes(esc), JSON.stringify(dumb.screen));
  await sandbox.dispose();
});

atTerminal('standard output into a pipe has no colours, while the terminal shows progress', async () => {
  const sandbox = new Sandbox();
  const { status, screen, out } = onTerminal(sandbox, ['rollout', 'papi', '--json'], { pipe: true });
  assert.equal(status, 0);
  assert.equal(JSON.parse(out).status, 'updated');
  assert.ok(steps(screen).length > 0);
  assert.ok(screen.endsWith(clearedLine), JSON.stringify(screen));
  await sandbox.dispose();
});

atTerminal('the line fits on terminals of every width', async () => {
  const sandbox = new Sandbox();
  for (const columns of [1, 2, 3, 20, 0, 500]) {
    const { status, screen } = onTerminal(sandbox, ['rollout', 'papi', '--dry-run'], { columns });
    assert.equal(status, 0, screen);
    const most = (columns === 0 ? 80 : columns) - 1;
    const shown = screen.split(clearedLine).slice(1, -1).map(withoutColours);
    assert.ok(shown.length >= 2, JSON.stringify(screen));
    for (const line of shown) assert.ok([...line].length <= most, `${columns}: ${line}`);
  }
  await sandbox.dispose();
});

atTerminal('a terminal that becomes narrow is minded from then on', async () => {
  const sandbox = new Sandbox();
  const { screen } = onTerminal(sandbox, ['rollout', 'papi'], { columns: 120, resize: ['reading', 12] });
  const shown = screen.split(clearedLine).slice(1, -1).map(withoutColours);
  assert.ok([...shown.at(-1)].length <= 11, shown.at(-1));
  await sandbox.dispose();
});

const commandsWithText = [['--help'], ['--version'], ['rollout', '--help'], ['rwenv', 'add', '--help'], ['completion', '--help'], ['doctor'],
  ['rollout', 'papi', '--tag', 'latest'], ['lookup', 'papi'], ['lookup', 'pappi'], ['rwenv', 'list'], ['status'], ['rollout', 'papi', '--dry-run'], ['rollout', 'papi']];
const wordsOf = (text) => text.split(/\s+/).filter((word) => word !== '').sort();

// What is on the screen once the progress line is gone.
function linesOn(screen) {
  const cleared = screen.lastIndexOf(clearedLine);
  return withoutColours(cleared < 0 ? screen : screen.slice(cleared + clearedLine.length)).split('\r\n');
}

for (const columns of [60, 110]) {
  atTerminal(`text is broken between words on a terminal of ${columns} columns`, async () => {
    const sandbox = new Sandbox();
    let broken = 0;
    for (const args of commandsWithText) {
      const { screen } = onTerminal(sandbox, args, { columns });
      const lines = linesOn(screen);
      let inDiff = false;
      for (const line of lines) {
        inDiff = line !== '' && (inDiff || line.startsWith('diff --git '));
        // What cannot be broken: a word, and what is to be copied.
        const whole = inDiff || /^ *flux reconcile /.test(line) || !/\S \S/.test(line.trim().replace(/`[^`]*`/g, '``'));
        assert.ok(whole || [...line].length <= columns, `${args.join(' ')}: ${line}`);
      }
      if (args.join(' ') === 'rollout papi') continue; // which cannot be done twice
      const { stdout, stderr } = run(sandbox, args);
      const plain = stdout + stderr;
      assert.deepEqual(wordsOf(lines.join('\n')), wordsOf(plain), args.join(' '));
      broken += lines.length > plain.split('\n').length ? 1 : 0;
    }
    assert.ok(broken >= 4, `${broken}`);
    await sandbox.dispose();
  });
}

atTerminal('COLUMNS says how wide text is; nothing is broken in a pipe, in JSON, or where no width is known', async () => {
  const sandbox = new Sandbox();
  const longest = (text) => Math.max(...withoutColours(text).split(/\r?\n/).map((line) => [...line].length));
  assert.ok(longest(onTerminal(sandbox, ['--help'], { columns: 110, environment: { COLUMNS: '60' } }).screen) <= 60);
  const wide = longest(run(sandbox, ['--help']).stdout);
  assert.ok(wide > 110);
  for (const [request, wanted] of [[{ columns: 0 }, wide], [{ columns: 60, pipe: true, environment: { COLUMNS: '60' } }, wide],
    [{ columns: 110, environment: { COLUMNS: 'many' } }, 110], [{ columns: 110, environment: { COLUMNS: '0' } }, 110]]) {
    const { screen, out } = onTerminal(sandbox, ['--help'], request);
    const there = longest(request.pipe ? out : screen);
    assert.ok(wanted === wide ? there === wide : there <= wanted && there > 60, `${JSON.stringify(request)}: ${there}`);
  }
  assert.equal(JSON.parse(onTerminal(sandbox, ['lookup', 'papi', '--json'], { columns: 60 }).screen).service, 'papi');
  assert.equal(onTerminal(sandbox, ['completion', 'bash'], { columns: 60 }).screen.replaceAll('\r\n', '\n'), run(sandbox, ['completion', 'bash']).stdout);
  await sandbox.dispose();
});

atTerminal('Ctrl-C while gh is asked: status 130, nothing changed, nothing left', async () => {
  const sandbox = new Sandbox();
  const before = sandbox.head();
  sandbox.write('gh/hangs', '');
  const { status, screen } = onTerminal(sandbox, ['rollout', 'papi'], { interrupt: 'fetching' });
  assert.equal(status, 130, screen);
  assert.match(withoutColours(screen), /Cancelled while/);
  assert.equal(sandbox.head(), before);
  const doctor = onTerminal(sandbox, ['doctor'], { interrupt: 'asking' });
  assert.equal(doctor.status, 130, doctor.screen);
  const tag = onTerminal(sandbox, ['resolve-tag'], { interrupt: 'asking gh' });
  assert.equal(tag.status, 130, tag.screen);
  await sandbox.dispose();
});

atTerminal('Ctrl-C once the push has begun: it is finished, status 0', async () => {
  const sandbox = new Sandbox();
  sandbox.hook('pre-receive', `touch ${join(sandbox.root, 'tmp/began')}; sleep 1`);
  const { status, screen } = onTerminal(sandbox, ['rollout', 'papi'], { interrupt: 'pushing to' });
  assert.ok(existsSync(join(sandbox.root, 'tmp/began')));
  assert.equal(status, 0, screen);
  assert.match(screen, /✓ Updated backend-services/);
  assert.match(sandbox.fileAt('main').toString(), /newTag: "pr-42-a1b2c3d"/);
  await sandbox.dispose({ expected: ['tmp/began'] });
});

atTerminal('Ctrl-C in the demo: status 130, the sandbox is removed', async () => {
  const sandbox = new Sandbox();
  const { status, screen } = onTerminal(sandbox, ['demo'], { interrupt: 'The sandbox' });
  assert.equal(status, 130, screen);
  await sandbox.dispose();
});

// A child whose standard streams are as told; what it says on those that are pipes.
function withStreams(sandbox, args, script) {
  return runScript(sandbox, `"$0" "$@" ${script}`, args);
}

test('a full disk on standard output: said, status 1', { skip: existsSync('/dev/full') ? false : 'there is no /dev/full' }, async () => {
  const sandbox = new Sandbox();
  for (const args of [['lookup', 'papi'], ['services', '--json'], ['--help'], ['--version'], ['completion', 'bash'], ['demo']]) {
    const { status, stderr } = withStreams(sandbox, args, '>/dev/full');
    assert.equal(status, 1, `${args}: ${stderr}`);
    assert.equal(stderr.match(/could not be written to standard output: No space left on device\./g)?.length, 1, stderr);
  }
  assert.equal(withStreams(sandbox, ['lookup', 'pappi'], '2>/dev/full').status, 1);
  await sandbox.dispose();
});

test('closed standard streams: status 1, and no file takes their place', async () => {
  const sandbox = new Sandbox();
  assert.equal(withStreams(sandbox, ['lookup', 'papi'], '>&-').status, 1);
  assert.equal(withStreams(sandbox, ['lookup', 'pappi'], '2>&-').status, 1);
  const all = withStreams(sandbox, ['rollout', 'papi'], '<&- >&- 2>&-');
  assert.equal(all.status, 1); // done, but the result could not be written
  assert.equal(sandbox.git(sandbox.remote, 'fsck', '--no-progress'), '');
  assert.equal(sandbox.git(sandbox.clone, 'fsck', '--no-progress'), '');
  assert.match(sandbox.fileAt('main').toString(), /newTag: "pr-42-a1b2c3d"/);
  await sandbox.dispose();
});

const waiting = /^rollout-mcp waits for an MCP client on standard input/;

atTerminal('the server says at a terminal that it waits for a client', async () => {
  const sandbox = new Sandbox();
  const { screen, out } = onTerminal(sandbox, [], { interrupt: 'waits for an MCP client', pipe: true });
  assert.match(screen, waiting);
  assert.match(screen, /`rollout-mcp --help`/);
  assert.equal(out, '');
  await sandbox.dispose();
});

test('the server says nothing of the sort to a client, nor to a file', async () => {
  const sandbox = new Sandbox();
  const server = await Server.start(sandbox);
  await server.request('tools/list');
  await server.close();
  assert.equal(server.stderr, '');
  assert.equal(withStreams(sandbox, [], '</dev/null').stderr, '');
  await sandbox.dispose();
});

test('a reader that goes away is no failure', async () => {
  const sandbox = new Sandbox();
  // The first program that writes when the reader is gone is ended by a signal.
  const script = 'exec 3>&1; { while env echo; do :; done 2>/dev/null; "$0" services; echo "status $?" >&3; } | :';
  const { stdout, stderr } = runScript(sandbox, script);
  assert.equal(stdout, 'status 0\n', stderr);
  assert.equal(stderr, '');
  await sandbox.dispose();
});

test('arguments that are not UTF-8 are shown harmlessly', async () => {
  const sandbox = new Sandbox();
  const bytes = '\\377\\033[31m\\303';
  for (const command of ['lookup', 'lookup --json', 'lookup --', 'rollout --tag', '--log-level', '']) {
    const { status, stdout, stderr } = runScript(sandbox, `"$0" ${command} "$(printf '${bytes}')"`, [], { encoding: 'buffer' });
    assert.ok(status === 1 || status === 2, `${command}: ${status}`);
    for (const text of [stdout, stderr]) {
      assert.doesNotThrow(() => new TextDecoder('utf-8', { fatal: true }).decode(text), command);
      assert.ok(!text.includes(0x1b), command);
    }
  }
  await sandbox.dispose();
});

test('standard error that is no terminal gets no progress', async () => {
  const sandbox = new Sandbox();
  const log = openSync(join(sandbox.root, 'log'), 'w');
  const { status } = spawnSync(binary, ['rollout', 'papi'], { cwd: sandbox.project, env: { ...sandbox.environment, TERM: 'xterm' },
    stdio: ['ignore', 'pipe', log] });
  closeSync(log);
  assert.equal(status, 0);
  assert.equal(readFileSync(join(sandbox.root, 'log'), 'utf8'), '');
  await sandbox.dispose();
});
