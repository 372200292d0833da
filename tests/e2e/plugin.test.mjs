// The plugin, in its forms: the one that a build makes, with the program in it; that of an installation, with a link to
// it; and the repository itself, of which a git marketplace copies the committed files. Claude Code accepts each without
// a warning, installs it, connects, and `/rollout papi` needs no permission. Where there is no program, the model reads
// how to get it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readlinkSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { claude, claudeCommand, expectedOfClaude, toolResults, versions } from './support/claude.mjs';
import { MessagesApi } from './support/messages_api.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { Server, binary } from './support/server.mjs';
import { test } from './support/test.mjs';

const repository = join(dirname(fileURLToPath(import.meta.url)), '../..');
const tool = 'mcp__plugin_rollout_rollout-mcp__rollout';
const marketplaceUrl = 'https://git.example.com/tools/rollout-mcp.git';

// The built plugin, at a place of its own.
function builtPlugin(sandbox) {
  const plugin = join(sandbox.root, 'the plugin');
  cpSync(join(dirname(binary), 'plugin'), plugin, { recursive: true, verbatimSymlinks: true });
  return plugin;
}

// What a clone of the repository has: the files that git tracks and no others. `marketplaceUrl` leads to it.
function repositoryPlugin(sandbox) {
  const tracked = execFileSync('git', ['-c', 'safe.directory=*', '-C', repository, 'ls-files', '-z'], { encoding: 'utf8' });
  const source = join(sandbox.root, 'rollout-mcp');
  for (const file of tracked.split('\0').filter((name) => name !== '')) {
    cpSync(join(repository, file), join(source, file), { verbatimSymlinks: true });
  }
  sandbox.git(sandbox.root, 'init', '-q', source);
  sandbox.git(source, 'add', '--all', '--force');
  sandbox.git(source, 'commit', '-qm', 'A release');
  sandbox.git(sandbox.root, 'config', '--global', `url.file://${source}/.git.insteadOf`, marketplaceUrl);
  return source;
}

// Lets the model of a session call `rollout` for papi; what it got to read.
async function rolloutPapi(version, sandbox, options, command = '/rollout papi') {
  const api = await MessagesApi.start([{ type: 'tool_use', name: tool, input: { service: 'papi' } }, { type: 'text', text: 'Done.' }]);
  const { status, output } = await claude(version, sandbox, api, command, options);
  api.stop();
  assert.equal(status, 0, output);
  assert.ok(api.requests[0].tools.some(({ name }) => name === tool), output);
  const [result] = toolResults(api.requests[1]);
  return { ...result, prompt: JSON.stringify(api.requests[0].messages) };
}

function assertRolledOut(sandbox, result) {
  assert.equal(result.isError, false, result.text);
  assert.equal(JSON.parse(result.text).commit, sandbox.head());
}

// Without a warning; the newest also makes the checks of the catalog that plugins are submitted to.
function validate(version, sandbox, directory) {
  claudeCommand(version, sandbox, 'plugin', 'validate', '--strict', ...(version === 'newest' ? ['--profile', 'directory'] : []), directory);
}

function installFrom(version, sandbox, marketplace, ...options) {
  claudeCommand(version, sandbox, 'plugin', 'marketplace', 'add', marketplace);
  claudeCommand(version, sandbox, 'plugin', 'install', 'rollout@rollout-mcp', ...options);
  assert.match(claudeCommand(version, sandbox, 'plugin', 'list', '--json'), /rollout@rollout-mcp/);
  assert.match(claudeCommand(version, sandbox, 'mcp', 'list'), /rollout-mcp.*✔ Connected/);
}

test('the built plugin has all that it needs, and nothing that points outside', () => {
  const plugin = join(dirname(binary), 'plugin');
  const entries = readdirSync(plugin, { recursive: true, withFileTypes: true });
  const links = entries.filter((entry) => entry.isSymbolicLink()).map((entry) => join(entry.parentPath, entry.name));
  assert.deepEqual(links, [join(plugin, 'plugin.json')]);
  assert.equal(readlinkSync(links[0]), '.claude-plugin/plugin.json');
  assert.deepEqual(readdirSync(plugin).sort(), ['.claude-plugin', 'LICENSE', 'README.md', 'bin', 'monitors', 'plugin.json', 'rollout-mcp.spdx.json', 'schemas', 'skills']);
  for (const part of ['.claude-plugin', 'monitors', 'schemas', 'skills']) {
    assert.deepEqual(readdirSync(join(plugin, part), { recursive: true }).sort(), readdirSync(join(repository, part), { recursive: true }).sort());
  }
  const { version } = JSON.parse(readFileSync(join(plugin, 'plugin.json'), 'utf8'));
  assert.equal(execFileSync(join(plugin, 'bin/rollout-mcp'), ['--version'], { encoding: 'utf8' }).split('\n')[0], `rollout-mcp ${version}`);
});

test('the built plugin serves wherever it is moved, and finds its own catalog there', async () => {
  const sandbox = new Sandbox();
  renameSync(builtPlugin(sandbox), join(sandbox.root, 'moved'));
  cpSync(sandbox.servicesFile, join(sandbox.root, 'moved/skills/flux-infra-guide/data/services.json'));
  const server = await Server.start(sandbox, { environment: { ROLLOUT_SERVICES_FILE: undefined }, program: join(sandbox.root, 'moved/bin/rollout-mcp') });
  const { structuredContent } = await server.call('lookup_service', { service: 'papi' });
  assert.equal(structuredContent.catalogFile, join(sandbox.root, 'moved/skills/flux-infra-guide/data/services.json'));
  await server.close();
  await sandbox.dispose();
});

for (const version of versions) {
  test(`Claude Code, ${version}: the built plugin is valid, installs from its own marketplace, and connects`, async () => {
    const sandbox = new Sandbox();
    const plugin = builtPlugin(sandbox);
    validate(version, sandbox, plugin);
    installFrom(version, sandbox, plugin);
    assertRolledOut(sandbox, await rolloutPapi(version, sandbox, []));
    // What is installed is the directory itself, and no copy, as the README says.
    assert.match(readFileSync(join(repository, 'README.md'), 'utf8'), /^\| plugin for Claude Code \| .*no copy is made, so keep the directory/m);
    renameSync(plugin, join(sandbox.root, 'moved'));
    assert.doesNotMatch(claudeCommand(version, sandbox, 'mcp', 'list'), /rollout-mcp/);
    await sandbox.dispose({ expected: expectedOfClaude(sandbox) });
  });

  test(`Claude Code, ${version}: /rollout papi of the built plugin, for one session`, async () => {
    const sandbox = new Sandbox();
    assertRolledOut(sandbox, await rolloutPapi(version, sandbox, ['--plugin-dir', builtPlugin(sandbox)]));
    await sandbox.dispose({ expected: expectedOfClaude(sandbox) });
  });

  test(`Claude Code, ${version}: the plugin of an installation is a marketplace, too`, async () => {
    const sandbox = new Sandbox();
    execFileSync('cmake', ['--install', dirname(binary), '--prefix', join(sandbox.root, 'prefix')], { stdio: 'pipe' });
    installFrom(version, sandbox, join(sandbox.root, 'prefix/share/rollout-mcp/plugin'));
    await sandbox.dispose({ expected: expectedOfClaude(sandbox) });
  });

  test(`Claude Code, ${version}: the repository is valid as a plugin, installs by git, and connects without its program`, { timeout: 180_000 }, async () => {
    const sandbox = new Sandbox();
    const source = repositoryPlugin(sandbox);
    const before = sandbox.head();
    validate(version, sandbox, source);
    installFrom(version, sandbox, marketplaceUrl);
    const refused = await rolloutPapi(version, sandbox, []);
    assert.equal(refused.isError, true);
    assert.match(refused.text, /rollout-mcp is not installed.*\n.*scripts\/demo.* PATH/);
    assert.equal(sandbox.head(), before);

    symlinkSync(binary, join(sandbox.root, 'bin/rollout-mcp')); // on PATH, where the launcher looks
    assertRolledOut(sandbox, await rolloutPapi(version, sandbox, []));
    await sandbox.dispose({ expected: expectedOfClaude(sandbox) });
  });
}

test('Claude Code, newest: the option of the plugin is where envs.json is', async () => {
  const sandbox = new Sandbox();
  const chosen = join(sandbox.root, 'chosen');
  renameSync(join(sandbox.home, '.claude/rwenv'), chosen);
  installFrom('newest', sandbox, builtPlugin(sandbox), '--config', `config_dir=${chosen}`);
  assertRolledOut(sandbox, await rolloutPapi('newest', sandbox, []));
  await sandbox.dispose({ expected: expectedOfClaude(sandbox) });
});

test('Claude Code, newest: where another plugin has /rollout, ours is /rollout:rollout, and says so', async () => {
  const sandbox = new Sandbox();
  const other = join(sandbox.root, 'other');
  mkdirSync(join(other, '.claude-plugin'), { recursive: true });
  mkdirSync(join(other, 'skills/rollout'), { recursive: true });
  writeFileSync(join(other, '.claude-plugin/plugin.json'), '{"name": "other", "version": "1.0.0", "description": "Another", "author": {"name": "Another"}}');
  writeFileSync(join(other, 'skills/rollout/SKILL.md'), '---\nname: rollout\ndescription: Of another plugin\n---\n\nThe text of the other plugin.\n');
  const both = ['--plugin-dir', other, '--plugin-dir', builtPlugin(sandbox)];
  const { prompt, ...result } = await rolloutPapi('newest', sandbox, both, '/rollout:rollout papi');
  assertRolledOut(sandbox, result);
  assert.match(prompt, /# Roll out the current branch/);
  assert.doesNotMatch(prompt, /The text of the other plugin/);
  const listed = /- rollout:rollout: (.*?)\\n- /.exec(prompt)?.[1];
  assert.match(listed ?? prompt, /`\/rollout:rollout`/, 'the list of skills, which the model reads, says how it is called');
  await sandbox.dispose({ expected: expectedOfClaude(sandbox) });
});
