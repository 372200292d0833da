// docs/errors.md has every code that a refusal can carry, and under each its messages word for word: what is not between
// angle brackets there stands so, in that order, in one statement of the sources.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from '../e2e/support/test.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const document = readFileSync(join(root, 'docs/errors.md'), 'utf8');
const schema = JSON.parse(readFileSync(join(root, 'schemas/rollout.output.json'), 'utf8'));
const codes = schema.$defs.refusal.properties.code.enum;

const gap = '\0'; // between two literals of a statement: something that differs from case to case

// What the string literals of each statement say: those that follow one another joined, the others with a gap between.
// A name in braces, which the reader's words replace, is a gap too.
function statementsOf(source) {
  const token = /\/\/[^\n]*|\/\*[^]*?\*\/|R"(\w*)\(([^]*?)\)\1"|"((?:[^"\\\n]|\\.)*)"|'(?:[^'\\\n]|\\.)+'|;|[^]/g;
  const statements = [];
  let said = '';
  for (const [text, , raw, literal] of source.matchAll(token)) {
    if (text === ';') {
      statements.push(said);
      said = '';
    } else if (literal !== undefined || raw !== undefined) {
      said += (raw ?? literal.replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c))).replace(/\{[a-z]\w*\}/g, gap);
    } else if (!/^(\/[/*]|[\s+])/.test(text) && !said.endsWith(gap)) {
      said += gap;
    }
  }
  return [...statements, said];
}

const statements = ['json', 'engine', 'tools', 'cli'].flatMap((directory) => readdirSync(join(root, directory), { recursive: true })
  .filter((name) => /\.(cc|h)$/.test(name)).flatMap((name) => statementsOf(readFileSync(join(root, directory, name), 'utf8'))));

// The fixed parts of a message, in order, stand in the statement; the full stop may be added elsewhere.
function isSaidBy(message, statement) {
  let at = 0;
  return message.replace(/\.$/, '').split(/\s*<[^>]*>$|<[^>]*>/).filter((part) => part !== '').every((part) => {
    const found = statement.indexOf(part, at);
    at = found + part.length;
    return found >= 0;
  });
}

// How messages begin that are put together from two statements: the place in a file, what was being done, where to.
const beginnings = [/^<[^>]*>(?:: ?<[^>]*>)*: /, /^Could not <[^>]*>/, /^(The remote refused the push|Git refused to push) to <[^>]*>/,
  /^.*there is no directory <[^>]*>/, /^Argument /, /^Tried .* each time/];

const isSaid = (text) => statements.some((statement) => isSaidBy(text, statement));
function isMessage(message) {
  return isSaid(message) || beginnings.some((beginning) => {
    const [start] = beginning.exec(message) ?? [];
    return start !== undefined && /\w/.test(message.slice(start.length).replace(/<[^>]*>/g, '')) && isSaid(start) && isSaid(message.slice(start.length));
  });
}

// code -> messages
const messages = new Map(document.split(/\n### /).slice(1).map((section) => [/^`(\w+)`/.exec(section)?.[1],
  [...section.matchAll(/^    (\S.*)$/gm)].map(([, line]) => line)]));

test('each code has its messages', () => {
  assert.deepEqual([...messages.keys()].sort(), [...codes].sort());
  for (const [code, lines] of messages) assert.ok(lines.length > 0, code);
});

for (const code of codes) {
  test(`the messages of ${code} are those of the program`, () => {
    for (const message of messages.get(code) ?? []) assert.ok(isMessage(message), `no statement of the sources says '${message}'`);
  });
}

test('a message with a word changed, or with its parts in another order, is none of the program', () => {
  for (const message of ["'<project directory>' is in no git work tree.", 'Tried <number> times to push <branch> to <URL>.',
    "HEAD of the repository of '<project directory>' has no commit yet.", '<file>:<line>: encrypted with SOPS, whose signature any edit would break',
    'imageName is accepted only together with `path`.', "rwenv '<name>': there is no such file. not found in <envs.json>"]) {
    assert.ok(!isMessage(message), message);
  }
});
