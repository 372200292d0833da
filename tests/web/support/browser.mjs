// The Inspector's web page in a headless browser: the Inspector serves on the loopback interface, with a token of its own,
// and starts the server as its users do, by name in the project's directory. All of it keeps its files in the sandbox.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { chromium } from 'playwright-core';
import { forServer, inspector, inspectorEnvironment } from '../../e2e/support/inspector.mjs';
import { binary } from '../../e2e/support/server.mjs';
import { freePort, program, ServerProgram } from '../../../stand_ins/programs.mjs';
import { InspectorPage } from './inspector_page.mjs';

// The names of all hosts are unknown to the browser, which otherwise asks for its maker's services and for fonts.
const offline = ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1', '--disable-quic', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--no-first-run', '--disable-gpu'];
const size = { width: 1280, height: 780 };

async function serveInspector(sandbox, era) {
  symlinkSync(binary, join(sandbox.root, 'bin/rollout-mcp'));
  const port = await freePort();
  const token = randomBytes(16).toString('hex');
  const environment = { ...inspectorEnvironment(sandbox), HOST: '127.0.0.1', CLIENT_PORT: String(port), MCP_AUTO_OPEN_ENABLED: 'false',
    MCP_INSPECTOR_API_TOKEN: token };
  const server = await ServerProgram.start(execPath, [inspector, '--web', ...forServer(sandbox), '--protocol-era', era, 'rollout-mcp'],
    { environment, cwd: sandbox.project, address: { port, host: '127.0.0.1' } });
  return { server, address: `http://127.0.0.1:${port}/?MCP_INSPECTOR_API_TOKEN=${token}` };
}

// Runs `body` with the page, whose server is connected. If it fails, the page's state is part of the failure.
export async function withInspector(sandbox, era, body) {
  const { server, address } = await serveInspector(sandbox, era);
  let context;
  try {
    // The sandbox of the browser's own processes is not for root.
    context = await chromium.launchPersistentContext(join(sandbox.root, 'browser'), { executablePath: program('chromium'), headless: true,
      chromiumSandbox: process.getuid() !== 0, args: offline, env: sandbox.environment, viewport: size, colorScheme: 'light' });
    context.setDefaultTimeout(30_000);
    const page = context.pages()[0] ?? await context.newPage();
    try {
      await page.goto(address, { waitUntil: 'domcontentloaded' });
      const inspected = new InspectorPage(page);
      await inspected.connect();
      await body(inspected);
    } catch (error) {
      const state = await page.locator('body').ariaSnapshot({ timeout: 5000 }).catch(({ message }) => message);
      assert.fail(`${error.stack}\n\nThe page:\n${state}\n\nThe Inspector:\n${server.words}`);
    }
  } finally {
    await context?.close();
    await server.stop();
  }
}
