// Connections that are slow, break, or hang, at every stage. F4, F35

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { serveGitDaemon, serveHttp } from '../../stand_ins/https.mjs';
import { relay } from './support/relays.mjs';
import { leftoversOf } from '../e2e/support/processes.mjs';
import { scenario, subjectOf } from './support/environment.mjs';

const transports = [['git', serveGitDaemon], ['http', serveHttp]];
// Enough of it that a pack does not fit into one read.
const large = { 'apps/large.bin': randomBytes(400_000) };
const isPush = ({ service }) => service === 'git-receive-pack';

// A remote behind a relay; the sandbox's rwenv leads to it.
async function behind(sandbox, [scheme, serve], behave) {
  const { port } = await serve(sandbox);
  const between = await relay(sandbox, port, behave);
  between.url = `${scheme}://127.0.0.1:${between.port}/flux.git`;
  sandbox.useRemote(between.url);
  return between;
}

for (const transport of transports) {
  const [scheme] = transport;

  scenario(`a server that answers slowly (${scheme})`, async (sandbox) => {
    await behind(sandbox, transport, (_, { direction }) => (direction === 'down' ? 150 : undefined));
    const result = await sandbox.updated();
    assert.equal(result.attempts, 1);
    sandbox.assertHistory([subjectOf(42)]);
    sandbox.assertRolledOut(42);
    sandbox.assertClean();
  });

  scenario(`unreachable: the server stops in the middle of the pack that we fetch (${scheme})`, async (sandbox) => {
    let breaks = true;
    const { url } = await behind(sandbox, transport, (connection) => {
      if (breaks && connection.bytesDown > 100_000) connection.break();
    });
    await sandbox.refused('unreachable', [url, /fetch/]);
    sandbox.assertHistory([]);
    breaks = false;
    await sandbox.assertNextWorks();
  }, { files: large });

  scenario(`F4 the connection dies in mid-pack of the push, once: pushed again (${scheme})`, async (sandbox) => {
    let broken = 0;
    await behind(sandbox, transport, (connection, { direction }) => {
      if (connection.packUp && direction === 'up' && broken++ === 0) {
        connection.break();
        return 'drop';
      }
    });
    const result = await sandbox.updated();
    assert.ok(broken > 1);
    // libcurl tries again by itself where a connection that was in use before breaks.
    if (scheme === 'git') assert.equal(result.attempts, 2);
    sandbox.assertHistory([subjectOf(42)]);
    sandbox.assertRolledOut(42);
    sandbox.assertClean();
  });

  scenario(`F4 the connection dies in mid-pack of the push, always: said after a few attempts (${scheme})`, async (sandbox) => {
    let breaks = true;
    const { url } = await behind(sandbox, transport, (connection, { direction }) => {
      if (breaks && connection.packUp && direction === 'up') {
        connection.break();
        return 'drop';
      }
    });
    await sandbox.refused('unreachable', [url, /push/]);
    sandbox.assertHistory([]);
    breaks = false;
    await sandbox.assertNextWorks();
  });

  scenario(`F4 the connection dies after the pack went out and before the answer: done, once (${scheme})`, async (sandbox) => {
    let broken = 0;
    await behind(sandbox, transport, (connection, { direction }) => {
      if (isPush(connection) && connection.packUp && direction === 'down' && broken++ === 0) {
        connection.break();
        return 'drop';
      }
    });
    const result = await sandbox.updated();
    assert.ok(broken >= 1); // libcurl tries again by itself
    assert.equal(result.commit, sandbox.head());
    sandbox.assertHistory([subjectOf(42)]);
    sandbox.assertRolledOut(42);
    sandbox.assertClean();
    await sandbox.assertNextWorks();
  });

  scenario(`F4 our commit arrived although the answer was lost, and another commit was made on it since (${scheme})`, async (sandbox) => {
    let broken = 0;
    await behind(sandbox, transport, (connection, { direction }) => {
      if (isPush(connection) && connection.packUp && direction === 'down' && broken++ === 0) {
        sandbox.pushFromElsewhere('apps/other.yaml', 'other: true\n');
        connection.break();
        return 'drop';
      }
    });
    const result = await sandbox.updated();
    sandbox.assertHistory([subjectOf(42), 'Another change']);
    assert.equal(sandbox.git(sandbox.remote, 'rev-parse', 'main^'), result.commit);
    await sandbox.assertNextWorks();
  });

  scenario(`F4 unknown_outcome: the answer is lost and the remote cannot be asked; the next rollout finds it there (${scheme})`, async (sandbox) => {
    let broken = false;
    const between = await behind(sandbox, transport, (connection, { direction }) => {
      if (isPush(connection) && connection.packUp && direction === 'down' && !broken) {
        broken = true;
        between.refuse = true;
        connection.break();
        return 'drop';
      }
    });
    const refusal = await sandbox.refused('unknown_outcome', [between.url, /git log|git fetch/, sandbox.clone]);
    sandbox.assertHistory([subjectOf(42)]);
    assert.ok(`${refusal.message} ${refusal.hint}`.includes(sandbox.head().slice(0, 7)), refusal.message);
    between.refuse = false;
    const again = await sandbox.rollout();
    assert.equal(again.structuredContent.status, 'unchanged', again.content[0].text);
    sandbox.assertHistory([subjectOf(42)]);
    sandbox.assertClean();
    await sandbox.assertNextWorks();
  });

  scenario(`F4 unknown_outcome: the server goes down when the pack has arrived (${scheme})`, async (sandbox) => {
    const { port } = await transport[1](sandbox);
    const between = await relay(sandbox, port, (connection, { direction }) => {
      if (isPush(connection) && connection.packUp && direction === 'down') {
        between.leave();
        connection.break();
        return 'drop';
      }
    });
    sandbox.useRemote(`${scheme}://127.0.0.1:${between.port}/flux.git`);
    await sandbox.refused('unknown_outcome', sandbox.clone);
    sandbox.assertHistory([subjectOf(42)]);
    sandbox.useRemote(`${scheme}://127.0.0.1:${port}/flux.git`);
    const again = await sandbox.rollout();
    assert.equal(again.structuredContent.status, 'unchanged', again.content[0].text);
  });

  scenario(`F4 unknown_outcome: the pack did not arrive and the remote cannot be asked (${scheme})`, async (sandbox) => {
    const between = await behind(sandbox, transport, (connection, { direction }) => {
      if (connection.packUp && direction === 'up' && between.armed !== false) {
        between.armed = false;
        between.refuse = true;
        connection.break();
        return 'drop';
      }
    });
    await sandbox.refused('unknown_outcome', [between.url]);
    sandbox.assertHistory([]);
    between.refuse = false;
    await sandbox.assertNextWorks();
  });

  scenario(`F35 timeout: a fetch that hangs is ended at the limit, with everything it started (${scheme})`, async (sandbox) => {
    let hangs = true;
    const { url } = await behind(sandbox, transport, (connection, { direction }) => {
      if (hangs && direction === 'down' && connection.bytesDown > 50_000) connection.stall();
    });
    const server = await sandbox.server({ environment: { ROLLOUT_TIMEOUT_SECONDS: '2' } });
    const { structuredContent, content } = await server.call('rollout', { service: 'papi' });
    assert.equal(structuredContent.code, 'timeout', content[0].text);
    assert.match(content[0].text, /fetch/);
    assert.match(content[0].text, /\b2 s/);
    assert.ok(content[0].text.includes(url), content[0].text);
    // Of the sandbox's processes only its servers and this one are left.
    assert.deepEqual(await leftoversOf(`HOME=${sandbox.home}`, undefined, [server.child.pid]), []);
    await server.close();
    sandbox.assertHistory([]);
    hangs = false;
    await sandbox.assertNextWorks();
  }, { files: large });

  scenario(`F35 a push that hangs after the pack went out: ended at the limit, then found on the remote (${scheme})`, async (sandbox) => {
    let hung = 0;
    await behind(sandbox, transport, (connection, { direction }) => {
      if (isPush(connection) && connection.packUp && direction === 'down' && hung++ === 0) connection.stall();
    });
    await sandbox.updated({}, { environment: { ROLLOUT_TIMEOUT_SECONDS: '3' } });
    sandbox.assertHistory([subjectOf(42)]);
    sandbox.assertRolledOut(42);
    sandbox.assertClean();
  });

  scenario(`F35 a push that hangs, and then nothing answers any more: unknown_outcome, with the limit (${scheme})`, async (sandbox) => {
    const between = await behind(sandbox, transport, (connection) => {
      if (connection.packUp) between.hangs ??= true;
      if (between.hangs === true) connection.stall();
    });
    await sandbox.refused('unknown_outcome', [between.url, /\b2 s/], {}, { environment: { ROLLOUT_TIMEOUT_SECONDS: '2' } });
    sandbox.assertHistory([]);
    between.hangs = false;
    await sandbox.assertNextWorks();
  });
}

scenario('F35 a transfer that stalls is given up by the low-speed limit, before the time limit (http)', async (sandbox) => {
  let hangs = true;
  const { url } = await behind(sandbox, transports[1], (connection, { direction }) => {
    if (hangs && direction === 'down' && connection.bytesDown > 50_000) connection.stall();
  });
  await sandbox.refused('unreachable', [url, /too slow/], {}, { environment: { GIT_HTTP_LOW_SPEED_LIMIT: '1000', GIT_HTTP_LOW_SPEED_TIME: '2' } });
  hangs = false;
  await sandbox.assertNextWorks();
}, { files: large });

scenario('unreachable: the server accepts and hangs up at once', async (sandbox) => {
  const between = await behind(sandbox, transports[0], () => {});
  between.refuse = true;
  await sandbox.refused('unreachable', between.url);
  between.refuse = false;
  await sandbox.assertNextWorks();
});
