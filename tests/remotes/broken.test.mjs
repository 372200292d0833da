// Connections that are slow, break, or hang, at every stage. F4, F35

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { serveGitDaemon, serveHttp } from '../support/servers/https.mjs';
import { relay } from './support/relays.mjs';
import { leftoversOf } from '../e2e/support/processes.mjs';
import { scenario, subjectOf } from './support/world.mjs';

const transports = [['git', serveGitDaemon], ['http', serveHttp]];
// Enough of it that a pack does not fit into one read.
const large = { 'apps/large.bin': randomBytes(400_000) };
const isPush = ({ service }) => service === 'git-receive-pack';

// A remote behind a relay; the world's rwenv leads to it.
async function behind(world, [scheme, serve], behave) {
  const { port } = await serve(world);
  const between = await relay(world, port, behave);
  between.url = `${scheme}://127.0.0.1:${between.port}/flux.git`;
  world.useRemote(between.url);
  return between;
}

for (const transport of transports) {
  const [scheme] = transport;

  scenario(`a server that answers slowly (${scheme})`, async (world) => {
    await behind(world, transport, (_, { direction }) => (direction === 'down' ? 150 : undefined));
    const result = await world.updated();
    assert.equal(result.attempts, 1);
    world.assertHistory([subjectOf(42)]);
    world.assertRolledOut(42);
    world.assertClean();
  });

  scenario(`unreachable: the server stops in the middle of the pack that we fetch (${scheme})`, async (world) => {
    let breaks = true;
    const { url } = await behind(world, transport, (connection) => {
      if (breaks && connection.bytesDown > 100_000) connection.break();
    });
    await world.refused('unreachable', [url, /fetch/]);
    world.assertHistory([]);
    breaks = false;
    await world.assertNextWorks();
  }, { files: large });

  scenario(`F4 the connection dies in mid-pack of the push, once: pushed again (${scheme})`, async (world) => {
    let broken = 0;
    await behind(world, transport, (connection, { direction }) => {
      if (connection.packUp && direction === 'up' && broken++ === 0) {
        connection.break();
        return 'drop';
      }
    });
    const result = await world.updated();
    assert.ok(broken > 1);
    // libcurl tries again by itself where a connection that was in use before breaks.
    if (scheme === 'git') assert.equal(result.attempts, 2);
    world.assertHistory([subjectOf(42)]);
    world.assertRolledOut(42);
    world.assertClean();
  });

  scenario(`F4 the connection dies in mid-pack of the push, always: said after a few attempts (${scheme})`, async (world) => {
    let breaks = true;
    const { url } = await behind(world, transport, (connection, { direction }) => {
      if (breaks && connection.packUp && direction === 'up') {
        connection.break();
        return 'drop';
      }
    });
    await world.refused('unreachable', [url, /push/]);
    world.assertHistory([]);
    breaks = false;
    await world.assertNextWorks();
  });

  scenario(`F4 the connection dies after the pack went out and before the answer: done, once (${scheme})`, async (world) => {
    let broken = 0;
    await behind(world, transport, (connection, { direction }) => {
      if (isPush(connection) && connection.packUp && direction === 'down' && broken++ === 0) {
        connection.break();
        return 'drop';
      }
    });
    const result = await world.updated();
    assert.ok(broken >= 1); // libcurl tries again by itself
    assert.equal(result.commit, world.head());
    world.assertHistory([subjectOf(42)]);
    world.assertRolledOut(42);
    world.assertClean();
    await world.assertNextWorks();
  });

  scenario(`F4 our commit arrived although the answer was lost, and another commit was made on it since (${scheme})`, async (world) => {
    let broken = 0;
    await behind(world, transport, (connection, { direction }) => {
      if (isPush(connection) && connection.packUp && direction === 'down' && broken++ === 0) {
        world.pushFromElsewhere('apps/other.yaml', 'other: true\n');
        connection.break();
        return 'drop';
      }
    });
    const result = await world.updated();
    world.assertHistory([subjectOf(42), 'Another change']);
    assert.equal(world.git(world.remote, 'rev-parse', 'main^'), result.commit);
    await world.assertNextWorks();
  });

  scenario(`F4 unknown_outcome: the answer is lost and the remote cannot be asked; the next rollout finds it there (${scheme})`, async (world) => {
    let broken = false;
    const between = await behind(world, transport, (connection, { direction }) => {
      if (isPush(connection) && connection.packUp && direction === 'down' && !broken) {
        broken = true;
        between.refuse = true;
        connection.break();
        return 'drop';
      }
    });
    const refusal = await world.refused('unknown_outcome', [between.url, /git log|git fetch/, world.clone]);
    world.assertHistory([subjectOf(42)]);
    assert.ok(`${refusal.message} ${refusal.hint}`.includes(world.head().slice(0, 7)), refusal.message);
    between.refuse = false;
    const again = await world.rollout();
    assert.equal(again.structuredContent.status, 'unchanged', again.content[0].text);
    world.assertHistory([subjectOf(42)]);
    world.assertClean();
    await world.assertNextWorks();
  });

  scenario(`F4 unknown_outcome: the server goes down when the pack has arrived (${scheme})`, async (world) => {
    const { port } = await transport[1](world);
    const between = await relay(world, port, (connection, { direction }) => {
      if (isPush(connection) && connection.packUp && direction === 'down') {
        between.leave();
        connection.break();
        return 'drop';
      }
    });
    world.useRemote(`${scheme}://127.0.0.1:${between.port}/flux.git`);
    await world.refused('unknown_outcome', world.clone);
    world.assertHistory([subjectOf(42)]);
    world.useRemote(`${scheme}://127.0.0.1:${port}/flux.git`);
    const again = await world.rollout();
    assert.equal(again.structuredContent.status, 'unchanged', again.content[0].text);
  });

  scenario(`F4 unknown_outcome: the pack did not arrive and the remote cannot be asked (${scheme})`, async (world) => {
    const between = await behind(world, transport, (connection, { direction }) => {
      if (connection.packUp && direction === 'up' && between.armed !== false) {
        between.armed = false;
        between.refuse = true;
        connection.break();
        return 'drop';
      }
    });
    await world.refused('unknown_outcome', [between.url]);
    world.assertHistory([]);
    between.refuse = false;
    await world.assertNextWorks();
  });

  scenario(`F35 timeout: a fetch that hangs is ended at the limit, with everything it started (${scheme})`, async (world) => {
    let hangs = true;
    const { url } = await behind(world, transport, (connection, { direction }) => {
      if (hangs && direction === 'down' && connection.bytesDown > 50_000) connection.stall();
    });
    const server = await world.server({ environment: { ROLLOUT_TIMEOUT_SECONDS: '2' } });
    const { structuredContent, content } = await server.call('rollout', { service: 'papi' });
    assert.equal(structuredContent.code, 'timeout', content[0].text);
    assert.match(content[0].text, /fetch/);
    assert.match(content[0].text, /\b2 s/);
    assert.ok(content[0].text.includes(url), content[0].text);
    // Of the world's processes only its servers and this one are left.
    const clients = (await leftoversOf(`HOME=${world.home}`, 0)).filter(({ pid }) => pid !== server.child.pid);
    assert.deepEqual(clients, []);
    await server.close();
    world.assertHistory([]);
    hangs = false;
    await world.assertNextWorks();
  }, { files: large });

  scenario(`F35 a push that hangs after the pack went out: ended at the limit, then found on the remote (${scheme})`, async (world) => {
    let hung = 0;
    await behind(world, transport, (connection, { direction }) => {
      if (isPush(connection) && connection.packUp && direction === 'down' && hung++ === 0) connection.stall();
    });
    await world.updated({}, { environment: { ROLLOUT_TIMEOUT_SECONDS: '3' } });
    world.assertHistory([subjectOf(42)]);
    world.assertRolledOut(42);
    world.assertClean();
  });

  scenario(`F35 a push that hangs, and then nothing answers any more: unknown_outcome, with the limit (${scheme})`, async (world) => {
    const between = await behind(world, transport, (connection) => {
      if (connection.packUp) between.hangs ??= true;
      if (between.hangs === true) connection.stall();
    });
    await world.refused('unknown_outcome', [between.url, /\b2 s/], {}, { environment: { ROLLOUT_TIMEOUT_SECONDS: '2' } });
    world.assertHistory([]);
    between.hangs = false;
    await world.assertNextWorks();
  });
}

scenario('F35 a transfer that stalls is given up by the low-speed limit, before the time limit (http)', async (world) => {
  let hangs = true;
  const { url } = await behind(world, transports[1], (connection, { direction }) => {
    if (hangs && direction === 'down' && connection.bytesDown > 50_000) connection.stall();
  });
  await world.refused('unreachable', [url, /too slow/], {}, { environment: { GIT_HTTP_LOW_SPEED_LIMIT: '1000', GIT_HTTP_LOW_SPEED_TIME: '2' } });
  hangs = false;
  await world.assertNextWorks();
}, { files: large });

scenario('unreachable: the server accepts and hangs up at once', async (world) => {
  const between = await behind(world, transports[0], () => {});
  between.refuse = true;
  await world.refused('unreachable', between.url);
  between.refuse = false;
  await world.assertNextWorks();
});
