// A stdio MCP server behind streamable HTTP, for a conformance suite that drives servers over HTTP
// only. One shared process serves all requests of 2026-07-28; each session of an older revision has
// a process of its own. What HTTP adds (Host and Origin, Mcp-* headers, status codes, event streams,
// disconnects) is done here; every message goes through unchanged but for the id of a request whose
// id is in flight in the shared process already. What the server does wrong on its pipes is
// collected in `violations`.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";

const META = "io.modelcontextprotocol/";
const MODERN = "2026-07-28";
const END_LIMIT_MS = 3000; // for the process to end after its input
const LATE_LIMIT_MS = 1000; // for messages of a cancelled request
const STATUS = {
  "-32700": 400, "-32600": 400, "-32601": 404, "-32602": 400, "-32020": 400, "-32021": 400, "-32022": 400,
};

const keyOf = (id) => `${typeof id}:${id}`;
const metaOf = (message) => message?.params?._meta;

// One server process and the requests that are open in it.
class Pipe {
  constructor(command, era, report) {
    this.era = era;
    this.report = (problem) => report(`${era} process: ${problem}`);
    this.open = new Map(); // key of the id on the wire -> exchange
    this.done = new Map(); // key -> when it was answered or cancelled
    this.ending = false;
    this.child = spawn(command[0], command.slice(1), { stdio: ["pipe", "pipe", "inherit"] });
    this.child.on("error", (error) => this.report(`cannot be started: ${error.message}`));
    this.child.stdin.on("error", () => {}); // its end is reported by "exit"
    this.exited = new Promise((resolve) => this.child.on("exit", (code, signal) => resolve({ code, signal })));
    this.exited.then(({ code, signal }) => {
      if (!this.ending) this.report(`ended by itself (${signal ?? code})`);
      for (const exchange of this.open.values()) exchange.fail();
    });
    let rest = "";
    this.child.stdout.setEncoding("utf8");
    this.child.stdout.on("data", (text) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop();
      for (const line of lines) this.receive(line);
    });
  }

  send(message) {
    this.child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  begin(message, exchange) {
    let wire = message;
    if (this.open.has(keyOf(message.id))) {
      const fresh = typeof message.id === "string" ? `${message.id}#${randomUUID()}` : 2 ** 52 + this.open.size + Math.floor(Math.random() * 2 ** 40);
      wire = { ...message, id: fresh };
    }
    exchange.wireId = wire.id;
    exchange.request = message;
    this.done.delete(keyOf(wire.id));
    this.open.set(keyOf(wire.id), exchange);
    this.send(wire);
  }

  cancel(exchange) {
    if (!this.open.delete(keyOf(exchange.wireId))) return;
    this.done.set(keyOf(exchange.wireId), Date.now());
    this.send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: exchange.wireId } });
  }

  receive(line) {
    let message;
    try {
      message = JSON.parse(line);
    } catch {
      this.report(`stray output: ${line.slice(0, 200)}`);
      return;
    }
    if (message?.jsonrpc !== "2.0") this.report(`no JSON-RPC message: ${line.slice(0, 200)}`);
    else if (message.method !== undefined) this.receiveCall(message);
    else this.receiveResponse(message);
  }

  receiveResponse(message) {
    const key = keyOf(message.id);
    const exchange = this.open.get(key);
    if (!exchange) {
      const when = this.done.get(key);
      if (when === undefined) this.report(`response with an unknown id ${JSON.stringify(message.id)}`);
      else if (!this.ending && Date.now() - when > LATE_LIMIT_MS) this.report(`second or late response to ${key}`);
      return;
    }
    this.open.delete(key);
    this.done.set(key, Date.now());
    if (this.era === "modern" && message.result && !message.result.resultType) this.report(`result without resultType for ${key}`);
    exchange.finish({ ...message, id: exchange.request.id });
  }

  receiveCall(message) {
    if (message.id !== undefined && this.era === "modern") {
      this.report(`request ${message.method} from the server`);
      return;
    }
    const exchange = this.ownerOf(message);
    if (exchange) exchange.push(this.restoreId(message, exchange));
    else if (this.era === "modern") this.report(`untagged or stray notification ${message.method}`);
  }

  // The request that a notification (or a legacy server's request) belongs to.
  ownerOf(message) {
    const all = [...this.open.values()];
    if (message.method === "notifications/progress") {
      const token = message.params?.progressToken;
      return all.find((exchange) => metaOf(exchange.request)?.progressToken === token);
    }
    const subscription = message.params?._meta?.[`${META}subscriptionId`];
    if (subscription !== undefined) return this.open.get(keyOf(subscription));
    if (this.era === "legacy") return all.at(-1);
    return message.method === "notifications/message"
      ? all.find((exchange) => metaOf(exchange.request)?.[`${META}logLevel`] !== undefined)
      : undefined;
  }

  restoreId(message, exchange) {
    const tag = `${META}subscriptionId`;
    if (message.params?._meta?.[tag] === undefined) return message;
    return { ...message, params: { ...message.params, _meta: { ...message.params._meta, [tag]: exchange.request.id } } };
  }

  // Ends the input and checks how the process takes it.
  async end() {
    if (this.ending) return;
    this.ending = true;
    this.child.stdin.end();
    const timer = setTimeout(() => {
      this.report(`still runs ${END_LIMIT_MS} ms after the end of its input`);
      this.child.kill("SIGKILL");
    }, END_LIMIT_MS);
    const { code, signal } = await this.exited;
    clearTimeout(timer);
    if (code !== 0) this.report(`exit status ${signal ?? code} at the end of its input`);
  }
}

// One HTTP request that waits for messages: plain JSON if the first one is the response, otherwise a
// stream of events.
class Exchange {
  constructor(response, headers = {}) {
    this.response = response;
    this.headers = headers;
    this.streaming = false;
  }

  push(message) {
    if (!this.streaming) {
      this.streaming = true;
      this.response.writeHead(200, { ...this.headers, "Content-Type": "text/event-stream", "Cache-Control": "no-cache" });
    }
    this.response.write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
  }

  finish(message) {
    if (this.streaming) {
      this.push(message);
      this.response.end();
      return;
    }
    const status = message.error ? (STATUS[message.error.code] ?? 200) : 200;
    sendJson(this.response, status, message, this.headers);
  }

  fail() {
    if (!this.response.headersSent) this.response.writeHead(502);
    this.response.end();
  }
}

function sendJson(response, status, message, headers = {}) {
  response.writeHead(status, { ...headers, "Content-Type": "application/json" });
  response.end(JSON.stringify(message));
}

function sendError(response, status, code, text, id) {
  sendJson(response, status, { jsonrpc: "2.0", ...(id === undefined ? {} : { id }), error: { code, message: text } });
}

const isLocal = (host) => /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host ?? "");

function fromHere(request) {
  const origin = request.headers.origin;
  return isLocal(request.headers.host) && (origin === undefined || isLocal(origin.replace(/^https?:\/\//i, "")));
}

// The value of a header that may be written as "=?base64?...?="; null where it is not valid.
function decoded(value) {
  const match = /^=\?base64\?(.*)\?=$/.exec(value);
  if (!match) return value;
  const bytes = Buffer.from(match[1], "base64");
  return bytes.toString("base64") === match[1] ? bytes.toString("utf8") : null;
}

const sameValue = (header, value) =>
  typeof value === "number" ? header.trim() !== "" && Number(header) === value : header === String(value);

// What disagrees between a modern request's headers and its body ("" if nothing does).
async function mismatch(headers, message, parameterHeaders) {
  if (headers["mcp-protocol-version"] !== metaOf(message)[`${META}protocolVersion`]) return "MCP-Protocol-Version";
  if (headers["mcp-method"] !== message.method) return "Mcp-Method";
  const named = { "tools/call": "name", "prompts/get": "name", "resources/read": "uri" }[message.method];
  const name = named && message.params[named];
  if (typeof name === "string" && (headers["mcp-name"] === undefined || decoded(headers["mcp-name"]) !== name)) return "Mcp-Name";
  if (message.method !== "tools/call") return "";
  for (const [header, argument] of await parameterHeaders(name)) {
    const value = message.params.arguments?.[argument];
    const given = headers[header];
    if (value === undefined || value === null ? given !== undefined : given === undefined || decoded(given) === null || !sameValue(decoded(given), value)) return header;
  }
  return "";
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}

// Starts the bridge. Returns {url, violations, stop}: `stop` ends all processes.
export async function startBridge(command) {
  const violations = [];
  const report = (problem) => violations.push(problem);
  const sessions = new Map();
  let shared;
  const modern = () => (shared ??= new Pipe(command, "modern", report));

  // Which headers mirror which arguments of a tool (`x-mcp-header`), asked of the server once.
  let tools;
  const listTools = () =>
    (tools ??= new Promise((resolve) => {
      const exchange = { push() {}, fail: () => resolve([]), finish: (message) => resolve(message.result?.tools ?? []) };
      const _meta = { [`${META}protocolVersion`]: MODERN, [`${META}clientCapabilities`]: {} };
      modern().begin({ jsonrpc: "2.0", id: `bridge-${randomUUID()}`, method: "tools/list", params: { _meta } }, exchange);
    }));
  const parameterHeaders = async (name) => {
    const tool = (await listTools()).find((entry) => entry.name === name);
    return Object.entries(tool?.inputSchema.properties ?? {})
      .filter(([, schema]) => schema["x-mcp-header"])
      .map(([argument, schema]) => [`mcp-param-${schema["x-mcp-header"].toLowerCase()}`, argument]);
  };

  function forward(pipe, message, response, headers) {
    const exchange = new Exchange(response, headers);
    response.on("close", () => pipe.cancel(exchange)); // nothing to do once it is answered
    pipe.begin(message, exchange);
  }

  async function post(request, response) {
    let message;
    try {
      message = JSON.parse(await bodyOf(request));
    } catch {
      return sendError(response, 400, -32700, "Parse error");
    }
    const id = request.headers["mcp-session-id"];
    const isModern = metaOf(message)?.[`${META}protocolVersion`] !== undefined;
    if (id !== undefined && !isModern) {
      const session = sessions.get(id);
      if (!session) return sendError(response, 404, -32600, "Session not found", message.id);
      if (message.method !== undefined && message.id !== undefined) return forward(session, message, response);
      session.send(message);
      return response.writeHead(202).end();
    }
    if (isModern && message.id !== undefined) {
      const header = await mismatch(request.headers, message, parameterHeaders);
      if (header) return sendError(response, 400, -32020, `Header mismatch: ${header}`, message.id);
    }
    if (message.method === "initialize" && !isModern) {
      const session = new Pipe(command, "legacy", report);
      const created = randomUUID();
      sessions.set(created, session);
      return forward(session, message, response, { "Mcp-Session-Id": created });
    }
    if (message.id === undefined) {
      modern().send(message);
      return response.writeHead(202).end();
    }
    return forward(modern(), message, response);
  }

  async function handle(request, response) {
    if (!fromHere(request)) return sendError(response, 403, -32600, "Forbidden host or origin");
    if (request.method === "POST") return post(request, response);
    const session = sessions.get(request.headers["mcp-session-id"]);
    if (request.method !== "DELETE" || !session) return response.writeHead(request.method === "DELETE" ? 404 : 405).end();
    sessions.delete(request.headers["mcp-session-id"]);
    await session.end();
    return response.writeHead(200).end();
  }

  const http = createServer((request, response) => {
    handle(request, response).catch((error) => {
      report(`bridge: ${error.stack}`);
      response.destroy();
    });
  });
  await new Promise((resolve) => http.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${http.address().port}/mcp`,
    violations,
    async stop() {
      await Promise.all([...sessions.values(), ...(shared ? [shared] : [])].map((pipe) => pipe.end()));
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
