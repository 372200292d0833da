// The MCP Inspector's command line, as the client of a server in a sandbox.

import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = join(dirname(fileURLToPath(import.meta.url)), '../node_modules');
export const inspector = join(packages, '@modelcontextprotocol/inspector/clients/launcher/build/index.js');

export const inspectorEnvironment = (sandbox) => ({ ...sandbox.environment, MCP_INSPECTOR_SECRET_STORE: 'memory', NO_COLOR: '1' });

// The Inspector gives its server HOME, PATH and what -e says, nothing else.
export const forServer = ({ environment }) => ['TMPDIR', 'GIT_CONFIG_NOSYSTEM', 'GIT_CONFIG_GLOBAL', 'ROLLOUT_SERVICES_FILE']
  .flatMap((name) => ['-e', `${name}=${environment[name]}`]);

// What the Inspector prints as JSON, and its exit status: 0 done, 5 the tool refused, 6 a schema that is not portable.
export function inspect(sandbox, era, program, ...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [inspector, '--cli', ...forServer(sandbox), program, ...args,
    '--format', 'json', '--protocol-era', era], { cwd: sandbox.project, env: inspectorEnvironment(sandbox), encoding: 'utf8', timeout: 60_000 });
  return { status, stderr, json: () => JSON.parse(stdout).result ?? JSON.parse(stdout) };
}

// What the Inspector itself keeps in a home.
export const ofInspector = { expected: ['.mcp-inspector', '.npm', '.cache', '.config', '.local'] };
