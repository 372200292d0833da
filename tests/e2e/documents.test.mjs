// What the documents promise is what the server has: the tools and their arguments, the codes, the commands and their options.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { refusalCodes } from './support/schemas.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { binary, Server } from './support/server.mjs';
import { test } from './support/test.mjs';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

// The first column of the tables in a part of a document, without the code marks.
function firstColumn(text) {
  return [...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);
}

test('docs/tools.md: each tool with exactly its arguments', async () => {
  const sandbox = new Sandbox();
  const server = await Server.start(sandbox);
  const { tools } = await server.request('tools/list');
  await server.close();
  const sections = read('docs/tools.md').split(/\n## /).slice(1).filter((part) => /^[a-z_]+\n/.test(part));
  // The first table of a tool's section is that of its arguments.
  const documented = sections.map((part) => [part.split('\n')[0], firstColumn(/(?:^\|.*\n)+/m.exec(part)[0]).sort()]);
  assert.deepEqual(documented.sort(), tools.map(({ name, inputSchema }) => [name, Object.keys(inputSchema.properties).sort()]).sort());
  await sandbox.dispose();
});

test('docs/errors.md: exactly the codes that a refusal can have', () => {
  assert.deepEqual(firstColumn(read('docs/errors.md')).sort(), [...refusalCodes].sort());
});

const commandLine = (...args) => spawnSync(binary, args, { encoding: 'utf8', env: {} }).stdout;
const optionsOf = (text) => [...text.matchAll(/^ {2}(?:-h,)?--([a-z-]+)/gm)].map(([, name]) => name).sort();
// Of one that has commands itself, those: "rwenv list".
function commands(of = []) {
  const [, list] = commandLine(...of, '--help').split('\nSubcommands:\n');
  if (list === undefined) return [of.join(' ')];
  return [...list.split('\n\n')[0].matchAll(/^ {2}(\S+)/gm)].flatMap(([, name]) => commands([...of, name]));
}

test('the manual: each command with exactly its options, and each option explained', () => {
  const manual = read('docs/rollout-mcp.1');
  const [, synopsis] = /\n\.Sh SYNOPSIS\n([^]*?)\n\.Sh /.exec(manual);
  const documented = synopsis.split(/^\.Nm\n/m).slice(1).map((part) => [/^\.Cm (\S+(?: [a-z]+)?)$/m.exec(part)?.[1] ?? '',
    [...part.matchAll(/^\.(?:Op )?Fl -([a-z-]+)/gm)].map(([, name]) => name).sort()]).filter(([command, options]) => command !== '' || !options.includes('help'));
  const common = ['help', 'version'];
  const ofHelp = ['', ...commands()].map((command) => [command,
    optionsOf(commandLine(...(command === '' ? [] : command.split(' ')), '--help')).filter((name) => !common.includes(name))]);
  assert.deepEqual(documented.sort(), ofHelp.sort());
  const explained = [...manual.matchAll(/^\.It Fl (?:h , Fl )?-([a-z-]+)/gm)].map(([, name]) => name).sort();
  assert.deepEqual(explained, [...new Set([...ofHelp.flatMap(([, options]) => options), ...common])].sort());
  for (const command of commands()) assert.match(manual, new RegExp(`^\\.It Cm ${command}\\b`, 'm'));
});

test('docs/command-line.md: each command with exactly its options', () => {
  const [, section] = /\n## Commands\n([^]*?)\n## /.exec(read('docs/command-line.md'));
  for (const command of commands()) {
    const line = section.split('\n').find((text) => `${text} `.startsWith(`rollout-mcp ${command} `));
    assert.ok(line, command);
    assert.deepEqual([...line.matchAll(/--([a-z-]+)/g)].map(([, name]) => name).sort(),
      optionsOf(commandLine(...command.split(' '), '--help')).filter((name) => name !== 'help'), command);
  }
});

test('the manual is clean mdoc', (t) => {
  const { error, status, stdout } = spawnSync('mandoc', ['-W', 'warning', '-T', 'lint', fileURLToPath(new URL('../../docs/rollout-mcp.1', import.meta.url))],
    { encoding: 'utf8' });
  if (error) return t.skip('mandoc is not installed: see scripts/setup');
  assert.deepEqual([status, stdout], [0, '']);
});

for (const columns of [60, 80]) {
  test(`the manual is shown in ${columns} columns without a warning`, (t) => {
    const manual = fileURLToPath(new URL('../../docs/rollout-mcp.1', import.meta.url));
    const options = { encoding: 'utf8', env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', MANWIDTH: String(columns), MAN_DISABLE_SECCOMP: '1' } };
    const judged = spawnSync('man', ['--warnings', '-E', 'UTF-8', '-l', '-Tutf8', '-Z', manual], options);
    if (judged.error || /unrecognized|illegal option/.test(judged.stderr)) return t.skip('man-db is not installed: see scripts/setup');
    assert.deepEqual([judged.status, judged.stderr], [0, '']);
    assert.match(judged.stdout, /^x T utf8/);
    const { stdout } = spawnSync('man', ['-E', 'UTF-8', '-l', manual], options);
    assert.deepEqual(stdout.split('\n').filter((line) => [...line].length > columns), []);
    assert.ok(stdout.split('\n').length > 200);
  });
}

test('docs/images/rollout.svg shows what the program says', (t) => {
  const picture = fileURLToPath(new URL('../../scripts/picture', import.meta.url));
  const { error, status, stdout, stderr } = spawnSync('python3', [picture, '--check', binary], { encoding: 'utf8' });
  if (error) return t.skip('python3 is not installed: see scripts/setup');
  assert.equal(status, 0, stdout + stderr);
});
