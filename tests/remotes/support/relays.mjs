// What stands between a client and a server and does harm: a relay of TCP connections that delays or breaks them, a
// reverse HTTP proxy that answers in the server's place, and a forward HTTP proxy. All in this process, on loopback.

import { once } from 'node:events';
import { createServer as createHttpServer, request as httpRequest } from 'node:http';
import { connect, createServer } from 'node:net';

async function listen(sandbox, server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets = new Set();
  server.on('connection', (socket) => sockets.add(socket.on('error', () => {}).once('close', () => sockets.delete(socket))));
  sandbox.keep({
    stop: async () => {
      server.close();
      sockets.forEach((socket) => socket.destroy());
    },
  });
  return server.address().port;
}

// A relay to `target` (a port). `behave(connection)` is called with each connection {number, service, bytesUp, bytesDown,
// packUp, break(), stall()} whenever something has arrived, before it is passed on, with the event {direction: 'up' |
// 'down', bytes, text}; returning a number delays the bytes by as many ms, 'drop' loses them, a Buffer goes in their place.
// `service` is what of git the client asked for on this connection (git-upload-pack or git-receive-pack), `packUp` whether
// a pack has begun to go up. Works for git:// and http://, whose bytes can be read. Setting `refuse` of what is returned
// makes it hang up on every client; after `leave()` nobody listens there any more.
export async function relay(sandbox, target, behave) {
  const state = { connections: 0, refuse: false };
  const server = createServer((client) => {
    if (state.refuse) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(target, '127.0.0.1');
    const connection = { number: ++state.connections, service: undefined, bytesUp: 0, bytesDown: 0, packUp: false, stalled: false,
      break: () => {
        connection.stalled = true;
        client.destroy();
        upstream.destroy();
      },
      stall: () => (connection.stalled = true) };
    const pass = (direction, from, to) => {
      let turn = Promise.resolve();
      from.on('data', (bytes) => {
        if (connection.stalled) return;
        const text = bytes.toString('latin1');
        if (direction === 'up') {
          connection.service = /git-(?:upload|receive)-pack/.exec(text)?.[0] ?? connection.service;
          connection.packUp ||= text.includes('PACK\0\0\0\x02');
          connection.bytesUp += bytes.length;
        } else {
          connection.bytesDown += bytes.length;
        }
        const verdict = behave(connection, { direction, bytes, text });
        if (verdict === 'drop' || connection.stalled) return;
        turn = turn.then(() => new Promise((resolve) => {
          const send = () => {
            if (!to.destroyed) to.write(Buffer.isBuffer(verdict) ? verdict : bytes);
            resolve();
          };
          if (typeof verdict === 'number') setTimeout(send, verdict);
          else send();
        }));
      });
      from.on('end', () => turn.then(() => connection.stalled || to.end()));
      from.on('error', () => to.destroy());
    };
    pass('up', client, upstream);
    pass('down', upstream, client);
    client.once('close', () => upstream.destroy());
  });
  state.port = await listen(sandbox, server);
  state.leave = () => server.close();
  return state;
}

// A reverse proxy to the plain HTTP server at `target`. `answer(request, number)` may return {status, headers, body} to
// answer in its place; `request` has method, url and headers.
export async function front(sandbox, target, answer) {
  const state = { requests: [] };
  const server = createHttpServer((request, response) => {
    state.requests.push({ method: request.method, url: request.url, headers: request.headers });
    const instead = answer(request, state.requests.length);
    if (instead !== undefined) {
      request.resume();
      request.once('end', () => response.writeHead(instead.status, instead.headers ?? {}).end(instead.body ?? ''));
      return;
    }
    const upstream = httpRequest({ host: '127.0.0.1', port: target, method: request.method, path: request.url, headers: request.headers },
      (reply) => reply.pipe(response.writeHead(reply.statusCode, reply.headers)));
    upstream.once('error', () => response.destroy());
    request.pipe(upstream);
  });
  state.port = await listen(sandbox, server);
  state.url = `http://127.0.0.1:${state.port}/flux.git`;
  return state;
}

// A forward proxy: absolute URLs and CONNECT. `requests` has what was asked of it, `credentials` (user:password) what it
// demands. `resolve(host)` may lead a name elsewhere.
export async function forwardProxy(sandbox, { credentials } = {}) {
  const state = { requests: [] };
  const isAllowed = (request) => credentials === undefined ||
    request.headers['proxy-authorization'] === `Basic ${Buffer.from(credentials).toString('base64')}`;
  const server = createHttpServer((request, response) => {
    state.requests.push(`${request.method} ${request.url}`);
    if (!isAllowed(request)) {
      response.writeHead(407, { 'proxy-authenticate': 'Basic realm="proxy"' }).end();
      return;
    }
    const { port, pathname, search } = new URL(request.url);
    const upstream = httpRequest({ host: '127.0.0.1', port, method: request.method, path: pathname + search, headers: request.headers },
      (reply) => reply.pipe(response.writeHead(reply.statusCode, reply.headers)));
    upstream.once('error', () => response.destroy());
    request.pipe(upstream);
  });
  server.on('connect', (request, client, head) => {
    state.requests.push(`CONNECT ${request.url}`);
    client.on('error', () => {});
    if (!isAllowed(request)) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="proxy"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const upstream = connect(Number(request.url.split(':')[1]), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client);
      client.pipe(upstream);
    });
    upstream.once('error', () => client.destroy());
    client.once('close', () => upstream.destroy());
  });
  state.port = await listen(sandbox, server);
  state.url = `http://${credentials === undefined ? '' : `${credentials}@`}127.0.0.1:${state.port}`;
  return state;
}
