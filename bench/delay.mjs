// A relay of TCP connections that adds half of a round trip in each direction, whatever the amount of data: bytes leave
// as long after they came, in their order. Connecting costs a round trip as well: nothing of a connection passes before
// the client could have known that it stands.

import { once } from 'node:events';
import { connect, createServer } from 'node:net';

function pass(from, to, delay, notBefore) {
  // Timers of different length may fire out of order when they are due together; so each takes the oldest.
  const waiting = [];
  const later = (action) => {
    waiting.push(action);
    setTimeout(() => waiting.shift()(), Math.max(delay, notBefore - performance.now()));
  };
  from.on('data', (bytes) => later(() => to.destroyed || to.write(bytes)));
  from.on('end', () => later(() => to.destroyed || to.end()));
  from.on('error', () => to.destroy());
}

// Delays what passes to `target`, a port, by `roundTrip` ms. Returns the port to connect to; `world` keeps the relay.
export async function delayed(world, target, roundTrip) {
  const half = roundTrip / 2;
  const sockets = new Set();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const established = performance.now() + roundTrip + half; // when the server would know
    const upstream = connect({ port: target, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    for (const socket of [client, upstream]) sockets.add(socket.once('close', () => sockets.delete(socket)));
    pass(client, upstream, half, established);
    pass(upstream, client, half, established + half);
    client.once('close', () => setTimeout(() => upstream.destroy(), roundTrip));
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 });
  await once(server, 'listening');
  world.keep({
    stop: async () => {
      server.close();
      sockets.forEach((socket) => socket.destroy());
    },
  });
  return server.address().port;
}
