// The processes of a sandbox, found by a path that stands in the environment of every one of them. Reads /proc where
// there is one, else asks ps.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const hasProc = existsSync('/proc/self/environ');

// [{pid, parent, command}] of this user's processes whose environment or command line holds `marker`.
export function processesWith(marker) {
  const found = [];
  if (hasProc) {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
        const status = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
        if (status[0] !== 'Z' && (environment.includes(marker) || command.includes(marker))) {
          found.push({ pid: Number(pid), parent: Number(status[1]), command });
        }
      } catch {
        // It ended while we looked, or belongs to another user.
      }
    }
  } else {
    for (const line of execFileSync('ps', ['-axEww', '-o', 'pid=,ppid=,command='], { encoding: 'utf8' }).split('\n')) {
      const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
      if (pid !== undefined && command.includes(marker)) found.push({ pid: Number(pid), parent: Number(parent), command });
    }
  }
  return found.filter(({ pid }) => pid !== process.pid);
}

// Waits until no process with `marker` is left but those of `expected`; after `limit` ms, the ones that are.
export async function leftoversOf(marker, limit = 8000, expected = []) {
  const end = Date.now() + limit;
  for (;;) {
    const left = processesWith(marker).filter(({ pid }) => !expected.includes(pid));
    if (left.length === 0 || Date.now() > end) return left;
    await sleep(20);
  }
}
