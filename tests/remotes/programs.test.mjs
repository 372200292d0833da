// The servers of these tests leave no process behind, not even where the test itself is killed.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { leftoversOf, processesWith } from '../e2e/support/processes.mjs';
import { serveHttp } from '../support/servers/https.mjs';
import { noSsh, serveSsh } from '../support/servers/ssh.mjs';
import { scenario } from './support/world.mjs';

const programs = fileURLToPath(new URL('../support/servers/programs.mjs', import.meta.url));

scenario('servers end when they are stopped', async (world) => {
  await serveHttp(world);
  if (noSsh === undefined) await serveSsh(world);
  assert.ok(processesWith(world.root).length > 3);
  await world.stopServers();
  assert.deepEqual(processesWith(world.root), []);
});

scenario('a server ends with the test that started it, though that is killed', async (world) => {
  const socket = `${world.root}/fcgi`;
  const script = `import { program, ServerProgram } from ${JSON.stringify(programs)};
await ServerProgram.start(program('fcgiwrap'), ['-c', '3', '-s', 'unix:${socket}'], { environment: { SANDBOX: '${world.root}' }, address: { path: '${socket}' } });
console.log('serves');`;
  const test = spawn(process.execPath, ['--input-type=module', '-e', script], { env: world.environment, stdio: ['ignore', 'pipe', 'inherit'] });
  await once(test.stdout, 'data');
  assert.ok(processesWith(world.root).length > 4);
  test.kill('SIGKILL');
  assert.deepEqual(await leftoversOf(world.root), []);
});
