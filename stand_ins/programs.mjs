// Servers as child processes of a test: started, waited for until they accept connections, and ended with everything
// that they started, however the test ends.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const systemDirectories = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/bin', '/bin'];

// The file of an installed program, those for administrators included; undefined if it is not there.
export function findProgram(name) {
  return [...systemDirectories, ...(process.env.PATH ?? '').split(delimiter)]
    .map((directory) => join(directory, name)).find((file) => existsSync(file));
}

export function program(name) {
  const file = findProgram(name);
  assert.ok(file, `${name} is not installed: see scripts/setup`);
  return file;
}

// git's own directory of helper programs (git-http-backend and the like).
export const gitExecPath = execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim();

// A port of the loopback interface on which nobody listens now.
export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function accepts(address) {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false)).once('close', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

// Runs the rest of its arguments, and beside it, in the same process group, what ends that whole group at the end of its
// input: when the process that writes there has ended, even by a kill.
const guarded = 'exec 3<&0; { read -r line <&3; kill -KILL 0; } >/dev/null 2>&1 & exec "$@" </dev/null 3<&-';

export class ServerProgram {
  // Starts `file` and waits until it accepts connections at `address` ({port, host} or {path}). `log` names the file
  // with what it has to say, if it does not say it on its standard error.
  static async start(file, args, { environment, address, log, cwd = '/' }) {
    const server = new ServerProgram();
    server.words = '';
    // A group of its own, so that stop() reaches what it starts.
    server.child = spawn('/bin/sh', ['-c', guarded, 'guarded', file, ...args], { cwd, env: environment, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    for (const stream of [server.child.stdout, server.child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (server.words += text));
    }
    server.exited = new Promise((resolve) => server.child.once('close', resolve).once('error', resolve));
    let ended = false;
    server.exited.then(() => (ended = true));
    const end = Date.now() + 20_000;
    while (!(await accepts(address))) {
      if (ended || Date.now() > end) {
        await server.stop();
        throw new Error(`${file} does not serve: ${server.words}${log !== undefined && existsSync(log) ? readFileSync(log, 'utf8') : ''}`);
      }
      await sleep(10);
    }
    return server;
  }

  async stop() {
    for (const signal of ['SIGTERM', 'SIGKILL']) {
      try {
        process.kill(-this.child.pid, signal);
      } catch {
        // Nobody of the group is left.
      }
      await Promise.race([this.exited, sleep(signal === 'SIGTERM' ? 2000 : 10_000)]);
    }
  }
}

// Those that are still there.
export function kill(pids) {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has just ended.
    }
  }
}
