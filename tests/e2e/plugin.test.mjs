// The plugin as it is built is one that Claude Code accepts without a warning, and starts. (What it does there is in
// claude.test.mjs.)

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { binary } from './support/server.mjs';

const packages = join(dirname(fileURLToPath(import.meta.url)), 'node_modules');
const plugin = join(dirname(binary), 'plugin');

for (const version of ['older', 'newer']) {
  test(`Claude Code, ${version}: the plugin is valid, installs from its own marketplace, and connects`, () => {
    const home = mkdtempSync(join(tmpdir(), 'rollout-e2e-plugin-'));
    mkdirSync(join(home, 'project'));
    const claude = (...args) => {
      const { status, stdout, stderr } = spawnSync(join(packages, `claude-code-${version}/bin/claude.exe`), args, {
        cwd: join(home, 'project'), encoding: 'utf8', timeout: 60_000,
        env: { HOME: home, TMPDIR: home, PATH: process.env.PATH, DISABLE_TELEMETRY: '1', DISABLE_AUTOUPDATER: '1',
          DISABLE_ERROR_REPORTING: '1', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' },
      });
      assert.equal(status, 0, `${args.join(' ')}: ${stdout}${stderr}`);
      return stdout;
    };
    claude('plugin', 'validate', '--strict', plugin);
    claude('plugin', 'marketplace', 'add', plugin);
    claude('plugin', 'install', 'rollout@rollout-mcp');
    assert.match(claude('plugin', 'list', '--json'), /rollout@rollout-mcp/);
    assert.match(claude('mcp', 'list'), /rollout-mcp.*✔ Connected/);
    rmSync(home, { recursive: true });
  });
}
