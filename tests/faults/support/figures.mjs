// What a process takes of the system: memory, threads, descriptors, children.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';

const say = (program, ...args) => execFileSync(program, args, { encoding: 'utf8' }).trim();

const hasProc = existsSync('/proc/self/fd');

// {kibibytes, threads, descriptors, children}
export function figuresOf(pid) {
  const [kibibytes, threads] = process.platform === 'darwin'
    ? [Number(say('ps', '-o', 'rss=', '-p', String(pid))), say('ps', '-M', '-p', String(pid)).split('\n').length - 1]
    : say('ps', '-o', 'rss=,nlwp=', '-p', String(pid)).split(/\s+/).map(Number);
  const descriptors = hasProc ? readdirSync(`/proc/${pid}/fd`).length : say('lsof', '-p', String(pid)).split('\n').length;
  const children = say('ps', '-axo', 'ppid=').split('\n').filter((line) => Number(line) === pid).length;
  return { kibibytes, threads, descriptors, children };
}

export const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

// The growth from the second quarter of the samples (the first is warming up) to the last one.
export function growthOf(samples, what) {
  const quarter = Math.floor(samples.length / 4);
  const part = (from) => median(samples.slice(from, from + quarter).map((sample) => sample[what]));
  return { early: part(quarter), late: part(samples.length - quarter) };
}
