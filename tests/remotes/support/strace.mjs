// What a program starts and connects to, seen by strace: of every process of its tree.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { findProgram } from '../../../stand_ins/programs.mjs';

const traced = 'trace=execve,connect,sendto,sendmsg,clone,clone3,fork,vfork';

// Why nothing can be traced here; false if it can.
export const noStrace = findProgram('strace') === undefined ? 'strace is not installed: see scripts/setup'
  : spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', '-e', 'trace=execve', 'true']).status !== 0 ? 'ptrace is not permitted here' : false;

// The command line before that of the program.
export const straceInto = (file) => ['strace', '-f', '-qq', '-s', '8192', '-e', traced, '-e', 'abbrev=none', '-e', 'signal=none', '-o', file];

const escapes = { n: '\n', t: '\t', r: '\r', v: '\v', f: '\f', '"': '"', '\\': '\\' };

// The strings of `["a", "b"]` at the beginning of `text`, and what comes after it.
function readArray(text) {
  const strings = [];
  let at = 1;
  while (text[at] !== ']') {
    if (text[at] !== '"') {
      at++;
      continue;
    }
    const bytes = [];
    for (at++; text[at] !== '"'; at++) {
      if (text[at] !== '\\') {
        bytes.push(text.charCodeAt(at));
      } else if (/[0-7]/.test(text[at + 1])) {
        const octal = /^[0-7]{1,3}/.exec(text.slice(at + 1))[0];
        bytes.push(parseInt(octal, 8));
        at += octal.length;
      } else {
        bytes.push((escapes[text[at + 1]] ?? text[at + 1]).charCodeAt(0));
        at++;
      }
    }
    at++;
    strings.push(Buffer.from(bytes).toString('utf8'));
  }
  return { strings, rest: text.slice(at + 1) };
}

// An address as one writes it; undefined for what says nothing about where bytes go.
function readAddress(text) {
  const unix = /sa_family=AF_UNIX, sun_path=@?"((?:[^"\\]|\\.)*)"/.exec(text);
  if (unix !== null) return `unix:${unix[1]}`;
  const inet = /sa_family=AF_INET, sin_port=htons\((\d+)\), sin_addr=inet_addr\("([\d.]+)"\)/.exec(text);
  if (inet !== null) return `${inet[2]}:${inet[1]}`;
  const inet6 = /sa_family=AF_INET6, sin6_port=htons\((\d+)\).*inet_pton\(AF_INET6, "([^"]+)"/.exec(text);
  return inet6 === null ? undefined : `[${inet6[2]}]:${inet6[1]}`;
}

// {started: [{argv, environment, program, by}], contacted: [address]}: the programs in the order in which they were
// started, `by` the one that started it; the root of the tree is not among them.
export function readTrace(file) {
  const processes = new Map(); // task -> process {program, parent}
  const unfinished = new Map();
  const started = [];
  const contacted = [];
  const processOf = (task) => {
    if (!processes.has(task)) processes.set(task, { program: undefined, parent: undefined });
    return processes.get(task);
  };
  const orphans = new Map(); // tasks seen before the clone that made them returned
  for (const line of readFileSync(file, 'latin1').split('\n')) {
    const head = /^(\d+) +(.*)$/s.exec(line);
    if (head === null) continue;
    const task = head[1];
    let call = head[2];
    if (call.endsWith('<unfinished ...>')) {
      unfinished.set(task, call.slice(0, -'<unfinished ...>'.length));
      continue;
    }
    const resumed = /^<\.\.\. (\w+) resumed>(.*)$/s.exec(call);
    if (resumed !== null) {
      call = `${unfinished.get(task) ?? `${resumed[1]}(`}${resumed[2]}`;
      unfinished.delete(task);
    }
    const [, name, args, result] = /^(\w+)\((.*)\)\s*= (-?\d+)/s.exec(call) ?? [];
    if (name === undefined) continue;
    if (/^(clone3?|v?fork)$/.test(name) && Number(result) > 0) {
      const process = processOf(task);
      const isThread = args.includes('CLONE_THREAD');
      // A child or a thread may have been seen already: it runs before the call that made it returns, and may have made more.
      const early = isThread ? processes.get(result) : orphans.get(result);
      if (early !== undefined && isThread) early.threadOf = process;
      if (early !== undefined && !isThread) early.parent = process;
      else processes.set(result, isThread ? process : { program: process.program, parent: process });
    } else if (name === 'execve' && result === '0') {
      if (!processes.has(task)) orphans.set(task, processOf(task));
      const process = processOf(task);
      const quoted = /^"((?:[^"\\]|\\.)*)", /.exec(args);
      const { strings: argv, rest } = readArray(args.slice(quoted[0].length));
      const environment = Object.fromEntries(readArray(rest.slice(rest.indexOf('['))).strings.map((entry) => {
        const equals = entry.indexOf('=');
        return [entry.slice(0, equals), entry.slice(equals + 1)];
      }));
      process.program = quoted[1];
      started.push({ argv, environment, program: quoted[1], process });
    } else if (/^(connect|sendto|sendmsg)$/.test(name)) {
      const address = readAddress(args);
      if (address !== undefined) contacted.push(address);
    }
  }
  assert.ok(started.length > 0, 'nothing was traced');
  const whole = (process) => (process?.threadOf === undefined ? process : whole(process.threadOf));
  const [root, ...others] = started;
  return { root, contacted, started: others.map(({ process, ...what }) => ({ ...what, by: whole(process.parent)?.program ?? root.program,
    ours: process.parent === undefined || whole(process.parent) === whole(root.process) })) };
}
