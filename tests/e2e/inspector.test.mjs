// The MCP Inspector's command line drives the built server in its three eras: a real client's view of the schemas, the
// results and the refusals. It rejects structured content that its output schema does not admit.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Sandbox } from './support/sandbox.mjs';
import { binary } from './support/server.mjs';
import { test } from './support/test.mjs';

const packages = join(dirname(fileURLToPath(import.meta.url)), 'node_modules');
const inspector = join(packages, '@modelcontextprotocol/inspector/clients/launcher/build/index.js');

// What the Inspector prints as JSON, and its exit status: 0 done, 5 the tool refused, 6 a schema that is not portable.
function inspect(sandbox, era, ...args) {
  const environment = { ...sandbox.environment, MCP_INSPECTOR_SECRET_STORE: 'memory', NO_COLOR: '1' };
  // The Inspector gives its server HOME, PATH and what -e says, nothing else.
  const forServer = ['TMPDIR', 'GIT_CONFIG_NOSYSTEM', 'GIT_CONFIG_GLOBAL', 'ROLLOUT_SERVICES_FILE']
    .flatMap((name) => ['-e', `${name}=${environment[name]}`]);
  const { status, stdout, stderr } = spawnSync(process.execPath, [inspector, '--cli', ...forServer, binary, ...args,
    '--format', 'json', '--protocol-era', era], { cwd: sandbox.project, env: environment, encoding: 'utf8', timeout: 60_000 });
  return { status, stderr, json: () => JSON.parse(stdout).result ?? JSON.parse(stdout) };
}

// What the Inspector itself keeps in a home.
const ofInspector = { expected: ['.mcp-inspector', '.npm', '.cache', '.config', '.local'] };

for (const era of ['legacy', 'auto', 'modern']) {
  test(`${era}: lists the tools, and finds nothing to object to in their schemas`, async () => {
    const sandbox = new Sandbox();
    const listed = inspect(sandbox, era, '--method', 'tools/list', '--strict');
    assert.equal(listed.status, 0, listed.stderr);
    assert.deepEqual(listed.json().tools.map(({ name }) => name).sort(), ['lookup_service', 'resolve_tag', 'rollout']);
    await sandbox.dispose(ofInspector);
  });

  test(`${era}: a rollout through the Inspector lands on the remote`, async () => {
    const sandbox = new Sandbox();
    const called = inspect(sandbox, era, '--method', 'tools/call', '--tool-name', 'rollout', '--tool-arg', 'service=papi');
    assert.equal(called.status, 0, called.stderr);
    const { structuredContent } = called.json();
    assert.equal(structuredContent.status, 'updated');
    assert.equal(structuredContent.commit, sandbox.head());
    await sandbox.dispose(ofInspector);
  });

  test(`${era}: a refusal is the tool's error, valid by its schema`, async () => {
    const sandbox = new Sandbox();
    const called = inspect(sandbox, era, '--method', 'tools/call', '--tool-name', 'lookup_service', '--tool-arg', 'service=pappi');
    assert.equal(called.status, 5, called.stderr);
    assert.equal(called.json().structuredContent.code, 'unknown_service');
    await sandbox.dispose(ofInspector);
  });
}
