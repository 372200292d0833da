// A client that has much under way at once, in both eras on one connection, and answers what the server asks of it.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const meta = 'io.modelcontextprotocol';
const modern = '2026-07-28';
const handshake = '2025-11-25';
const capabilities = { elicitation: {} };
const clientInfo = { name: 'soak', version: '1.0.0' };

export class Client {
  #waiting = new Map();
  #next = 1;
  problems = []; // lines that are no answers to anything
  unreadable = 0; // how often the server said that a line is no JSON

  // answers(request): what the user says to an elicitation
  constructor(program, { cwd, env, answers }) {
    this.child = spawn(program, [], { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.exited = new Promise((resolve) => this.child.once('close', (status, signal) => resolve({ status, signal })));
    this.stderr = '';
    this.child.stdin.on('error', () => {});
    this.child.stderr.setEncoding('utf8').on('data', (text) => (this.stderr += text));
    createInterface({ input: this.child.stdout }).on('line', (line) => this.#receive(JSON.parse(line), answers));
    this.exited.then((how) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`the server ended: ${JSON.stringify(how)} ${this.stderr}`));
    });
  }

  async initialize() {
    await this.legacy('initialize', { protocolVersion: handshake, capabilities, clientInfo });
    this.write({ jsonrpc: '2.0', method: 'notifications/initialized' });
  }

  write(message) {
    this.raw(JSON.stringify(message));
  }

  raw(line) {
    this.child.stdin.write(`${line}\n`);
  }

  // {result} or {error}
  legacy(method, params = {}) {
    return this.#request(method, params);
  }

  modern(method, params = {}) {
    return this.#request(method, { ...params, _meta: { [`${meta}/protocolVersion`]: modern, [`${meta}/clientInfo`]: clientInfo,
      [`${meta}/clientCapabilities`]: capabilities } });
  }

  // A request that is taken back at once: it may be answered or not.
  cancelled(method, params = {}) {
    const id = this.#next++;
    const answered = new Promise((resolve) => this.#waiting.set(id, { resolve, reject: resolve }));
    this.write({ jsonrpc: '2.0', id, method, params });
    this.write({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } });
    return Promise.race([answered, this.legacy('ping')]);
  }

  async close() {
    this.child.stdin.end();
    return this.exited;
  }

  #request(method, params) {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.write({ jsonrpc: '2.0', id, method, params });
    });
  }

  #receive(message, answers) {
    if (message.method !== undefined) {
      if (message.id !== undefined) this.write({ jsonrpc: '2.0', id: message.id, result: answers(message) });
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (waiting !== undefined) waiting.resolve(message);
    else if (message.error?.code === -32700) this.unreadable++;
    else this.problems.push(JSON.stringify(message));
  }
}
