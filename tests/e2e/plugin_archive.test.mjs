// The plugin as an archive: the catalog of a git marketplace names its address and its checksum, so what Claude Code
// installs from there has the program. The address is of a server on loopback, which Claude reaches through a proxy.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { claude, claudeEnvironment, claudeExecutable, expectedOfClaude, toolResults } from './support/claude.mjs';
import { MessagesApi } from './support/messages_api.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { binary } from './support/server.mjs';
import { test } from './support/test.mjs';
import { ofPrivateAuthority } from '../../stand_ins/certificates.mjs';

const repository = join(dirname(fileURLToPath(import.meta.url)), '../..');
const host = 'downloads.example.com';
const marketplaceUrl = 'https://git.example.com/tools/marketplace.git';
const tool = 'mcp__plugin_rollout_rollout-mcp__rollout';

// As scripts/package does it: the archive, and the catalog that names it, in a git repository of its own.
function publish(sandbox) {
  const stage = join(sandbox.root, 'stage');
  cpSync(join(dirname(binary), 'plugin'), stage, { recursive: true, verbatimSymlinks: true });
  rmSync(join(stage, 'plugin.json'));
  const archive = join(sandbox.root, 'rollout-plugin.zip');
  execFileSync('cmake', ['-E', 'tar', 'cf', archive, '--format=zip', '.'], { cwd: stage });
  const marketplace = join(sandbox.root, 'marketplace');
  sandbox.git(sandbox.root, 'init', '-q', marketplace);
  sandbox.write('marketplace/.claude-plugin/marketplace.json', '');
  execFileSync('cmake', [`-DMARKETPLACE=${repository}/.claude-plugin/marketplace.json`, `-DARCHIVE=${archive}`, `-DURL=https://${host}`,
    `-DOUTPUT=${marketplace}/.claude-plugin/marketplace.json`, '-P', join(repository, 'packaging/marketplace.cmake')]);
  sandbox.git(marketplace, 'add', '--all');
  sandbox.git(marketplace, 'commit', '-qm', 'A release');
  sandbox.git(sandbox.root, 'config', '--global', `url.file://${marketplace}/.git.insteadOf`, marketplaceUrl);
  return archive;
}

// Serves the archive over TLS, behind a proxy: {environment, asked, stop()}.
async function serve(sandbox, archive) {
  const tls = ofPrivateAuthority(sandbox, { name: `subjectAltName=DNS:${host}` });
  const asked = [];
  const server = createHttpsServer({ cert: readFileSync(tls.certificate), key: readFileSync(tls.key) }, ({ url }, response) => {
    asked.push(url);
    response.writeHead(200, { 'content-type': 'application/zip' }).end(readFileSync(archive));
  });
  server.listen(0, '127.0.0.1');
  const proxy = createHttpServer();
  proxy.on('connect', ({ url }, socket) => {
    assert.equal(url, `${host}:443`);
    const onward = connect(server.address().port, '127.0.0.1', () => socket.write('HTTP/1.1 200 Connection established\r\n\r\n'));
    for (const end of [socket, onward]) end.on('error', () => {});
    socket.pipe(onward).pipe(socket);
  });
  proxy.listen(0, '127.0.0.1');
  await Promise.all([once(server, 'listening'), once(proxy, 'listening')]);
  const environment = { HTTPS_PROXY: `http://127.0.0.1:${proxy.address().port}`, NODE_EXTRA_CA_CERTS: tls.authority };
  const stop = () => {
    for (const one of [proxy, server]) one.close();
    server.closeAllConnections();
  };
  return { environment, asked, stop };
}

async function plugin(sandbox, environment, ...args) {
  const child = spawn(claudeExecutable('newest'), ['plugin', ...args], { cwd: sandbox.project,
    env: { ...claudeEnvironment(sandbox), ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, error, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { status, output: out + error };
}

test('Claude Code, newest: a git marketplace whose plugin is an archive installs the program, and /rollout papi works', async () => {
  const sandbox = new Sandbox();
  const downloads = await serve(sandbox, publish(sandbox));
  const added = await plugin(sandbox, downloads.environment, 'marketplace', 'add', marketplaceUrl);
  assert.equal(added.status, 0, added.output);
  const installed = await plugin(sandbox, downloads.environment, 'install', 'rollout@rollout-mcp');
  assert.equal(installed.status, 0, installed.output);
  downloads.stop();
  assert.deepEqual(downloads.asked, ['/rollout-plugin.zip']);

  const api = await MessagesApi.start([{ type: 'tool_use', name: tool, input: { service: 'papi' } }, { type: 'text', text: 'Done.' }]);
  const { status, output } = await claude('newest', sandbox, api, '/rollout papi', []);
  api.stop();
  assert.equal(status, 0, output);
  const [result] = toolResults(api.requests[1]);
  assert.equal(result.isError, false, result.text);
  assert.equal(JSON.parse(result.text).commit, sandbox.head());
  await sandbox.dispose({ expected: expectedOfClaude(sandbox) });
});

test('Claude Code, newest: an archive that is not the one of the catalog is not installed', async () => {
  const sandbox = new Sandbox();
  publish(sandbox);
  sandbox.write('other.zip', 'something else');
  const downloads = await serve(sandbox, join(sandbox.root, 'other.zip'));
  await plugin(sandbox, downloads.environment, 'marketplace', 'add', marketplaceUrl);
  const refused = await plugin(sandbox, downloads.environment, 'install', 'rollout@rollout-mcp');
  downloads.stop();
  assert.notEqual(refused.status, 0, refused.output);
  assert.match(refused.output, /sha-?256|digest|checksum/i);
  assert.doesNotMatch((await plugin(sandbox, {}, 'list', '--json')).output, /rollout@rollout-mcp/);
  await sandbox.dispose({ expected: expectedOfClaude(sandbox) });
});
