// Child processes whose time is taken, and the built server driven line by line.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

// Runs a program to its end: {elapsed (ms), stdout}. Fails if the program does.
export async function run(file, args, { cwd, env }) {
  const start = performance.now();
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  let elapsed;
  child.once('exit', () => (elapsed = performance.now() - start));
  const [status, signal] = await once(child, 'close');
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} failed (${status ?? signal}): ${stderr}${stdout}`);
  return { elapsed, stdout };
}

// A server in the handshake's revision.
export class Server {
  #waiting = new Map();
  #lastId = 0;

  static async start(file, args, { cwd, env }) {
    const server = new Server();
    server.child = spawn(file, args, { cwd, env, stdio: ['pipe', 'pipe', 'ignore'] });
    createInterface({ input: server.child.stdout }).on('line', (line) => {
      const { id, result, error } = JSON.parse(line);
      server.#waiting.get(id)?.(error === undefined ? result : { isError: true, error });
    });
    server.exited = once(server.child, 'close').then(() => {
      for (const answer of server.#waiting.values()) answer({ isError: true, error: 'the server ended' });
    });
    await server.#request('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '1' } });
    server.#send({ method: 'notifications/initialized' });
    return server;
  }

  // {elapsed (ms), result} of a tool's call. Fails if the tool does.
  async call(name, args) {
    const start = performance.now();
    const result = await this.#request('tools/call', { name, arguments: args });
    const elapsed = performance.now() - start;
    if (result.isError) throw new Error(`${name} failed: ${JSON.stringify(result)}`);
    return { elapsed, result };
  }

  async stop() {
    this.child.stdin.end();
    await this.exited;
  }

  #send(message) {
    this.child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }

  #request(method, params) {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#send({ id, method, params });
    });
  }
}
