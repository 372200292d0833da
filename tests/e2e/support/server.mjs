// The built server over its pipes, driven line by line: what it gets and what it answers is seen here raw, without an
// SDK between. Every line that it writes must be a JSON-RPC message.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export const binary = process.env.ROLLOUT_MCP;
assert.ok(binary, 'ROLLOUT_MCP must name the built server');

const meta = 'io.modelcontextprotocol';
const clientInfo = { name: 'e2e', version: '1.0.0' };
export const eras = ['2026-07-28', '2025-11-25'];

export class Server {
  #pending = new Map();
  #nextId = 1;
  notifications = [];
  lines = []; // all that it wrote
  stderr = '';

  // Starts the server in the sandbox's project. `environment` is merged into the sandbox's (undefined removes);
  // `wrapper` is the command line of a program that runs it; `program` is another copy of it. In the older revisions
  // `capabilities` are the client's, and `answer` makes the result of what the server asks.
  static async start(sandbox, { era = eras[0], environment = {}, args = [], cwd = sandbox.project, wrapper = [], program = binary,
    capabilities = {}, answer = undefined } = {}) {
    const server = new Server();
    server.answer = answer;
    const env = Object.fromEntries(Object.entries({ ...sandbox.environment, ...environment }).filter(([, v]) => v !== undefined));
    server.era = era;
    const [file, ...rest] = [...wrapper, program, ...args];
    server.child = spawn(file, rest, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
    server.exited = new Promise((resolve) => server.child.once('close', (code, signal) => resolve({ code, signal })));
    server.child.stdin.on('error', () => {}); // a killed server: its `exited` says so
    server.child.stderr.setEncoding('utf8').on('data', (text) => (server.stderr += text));
    createInterface({ input: server.child.stdout }).on('line', (line) => server.#receive(line));
    server.exited.then(({ code, signal }) => {
      for (const { reject } of server.#pending.values()) reject(new Error(`server ended (${code ?? signal}): ${server.stderr}`));
      server.#pending.clear();
    });
    if (era !== '2026-07-28') {
      server.initialized = await server.request('initialize', { protocolVersion: era, capabilities, clientInfo });
      assert.equal(server.initialized.protocolVersion, era);
      server.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    }
    return server;
  }

  // The id of the last request.
  get lastId() {
    return this.#nextId - 1;
  }

  send(message) {
    this.child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  // The result of a request; a JSON-RPC error is thrown, with its code.
  request(method, params = {}, extraMeta = undefined) {
    const id = this.#nextId++;
    const _meta = this.era === '2026-07-28'
      ? { [`${meta}/protocolVersion`]: this.era, [`${meta}/clientInfo`]: clientInfo, [`${meta}/clientCapabilities`]: {}, ...extraMeta }
      : extraMeta;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.send({ jsonrpc: '2.0', id, method, params: _meta === undefined ? params : { ...params, _meta } });
    });
  }

  call(tool, args = {}, extraMeta = undefined) {
    return this.request('tools/call', { name: tool, arguments: args }, extraMeta);
  }

  // End of input: the server leaves by itself, with status 0, and has said nothing but messages.
  async close() {
    this.child.stdin.end();
    assert.deepEqual(await this.exited, { code: 0, signal: null }, this.stderr);
  }

  #receive(line) {
    this.lines.push(line);
    let message;
    try {
      message = JSON.parse(line);
    } catch (error) {
      // A server that was killed may leave a line unfinished; no other may.
      this.exited.then(({ signal }) => { if (signal !== 'SIGKILL') throw error; });
      return;
    }
    assert.equal(message.jsonrpc, '2.0', line);
    if (message.method !== undefined) {
      this.notifications.push(message);
      if (message.id !== undefined && this.answer !== undefined) {
        this.send({ jsonrpc: '2.0', id: message.id, result: this.answer(message) });
      }
      return;
    }
    const waiting = this.#pending.get(message.id);
    assert.ok(waiting, `an answer to nothing: ${line}`);
    this.#pending.delete(message.id);
    if (message.error !== undefined) {
      waiting.reject(Object.assign(new Error(message.error.message), { code: message.error.code, data: message.error.data }));
    } else {
      waiting.resolve(message.result);
    }
  }
}

// One tool call on a server of its own.
export async function callOnce(sandbox, tool, args, options = {}) {
  const server = await Server.start(sandbox, options);
  const result = await server.call(tool, args);
  await server.close();
  return result;
}
