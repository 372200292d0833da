// The servers of these tests leave no process behind, not even where the test itself is killed, and nothing of a test
// reaches the machine's own programs.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { leftoversOf, processesWith } from '../e2e/support/processes.mjs';
import { serveHttp } from '../../stand_ins/https.mjs';
import { noSsh, serveSsh } from '../../stand_ins/ssh.mjs';
import { scenario } from './support/environment.mjs';

const programs = fileURLToPath(new URL('../../stand_ins/programs.mjs', import.meta.url));

// A server that accepts connections may still be starting its workers.
async function haveStarted(marker, count) {
  const end = Date.now() + 20_000;
  while (processesWith(marker).length < count && Date.now() < end) await sleep(20);
  assert.ok(processesWith(marker).length >= count);
}

scenario('servers end when they are stopped', async (sandbox) => {
  await serveHttp(sandbox);
  if (noSsh === undefined) await serveSsh(sandbox);
  await haveStarted(sandbox.root, 4);
  await sandbox.stopServers();
  assert.deepEqual(await leftoversOf(sandbox.root), []);
});

scenario('a server ends with the test that started it, though that is killed', async (sandbox) => {
  const socket = `${sandbox.root}/fcgi`;
  const script = `import { program, ServerProgram } from ${JSON.stringify(programs)};
await ServerProgram.start(program('fcgiwrap'), ['-c', '3', '-s', 'unix:${socket}'], { environment: { SANDBOX: '${sandbox.root}' }, address: { path: '${socket}' } });
console.log('serves');`;
  const test = spawn(process.execPath, ['--input-type=module', '-e', script], { env: sandbox.environment, stdio: ['ignore', 'pipe', 'inherit'] });
  await once(test.stdout, 'data');
  await haveStarted(sandbox.root, 5);
  test.kill('SIGKILL');
  assert.deepEqual(await leftoversOf(sandbox.root), []);
});

scenario('a script takes the place of a link, whose program stays as it is', async (sandbox) => {
  const program = sandbox.write('machine/kubectl', 'of the machine\n');
  symlinkSync(program, join(sandbox.root, 'bin/kubectl'));
  const script = sandbox.script('bin/kubectl', 'exit 1');
  assert.equal(readFileSync(program, 'utf8'), 'of the machine\n');
  assert.equal(readFileSync(script, 'utf8'), '#!/bin/sh\nexit 1\n');
});
