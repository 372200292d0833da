// The TypeScript SDKs as clients of a server in a sandbox.

import { Client as ClientV2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as TransportV2 } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ListRootsRequestSchema } from '@modelcontextprotocol/sdk/types.js';

const info = { name: 'e2e', version: '1.0.0' };
const server = (sandbox, program) => ({ command: program, args: [], env: sandbox.environment, cwd: sandbox.project, stderr: 'pipe' });

const capabilities = (roots) => (roots ? { capabilities: { roots: {} } } : {});

const v2 = (mode) => async (sandbox, program, { roots } = {}) => {
  const client = new ClientV2(info, { versionNegotiation: { mode }, ...capabilities(roots) });
  if (roots) client.setRequestHandler('roots/list', () => ({ roots }));
  await client.connect(new TransportV2(server(sandbox, program)));
  return client;
};

// Name -> connect(sandbox, program, {roots}), which gives a client that has connected, and has these roots.
export const clients = {
  'v2, legacy': v2('legacy'),
  'v2, auto': v2('auto'),
  'v2, pinned': v2({ pin: '2026-07-28' }),
  'v1': async (sandbox, program, { roots } = {}) => {
    const client = new ClientV1(info, capabilities(roots));
    if (roots) client.setRequestHandler(ListRootsRequestSchema, () => ({ roots }));
    await client.connect(new TransportV1(server(sandbox, program)));
    return client;
  },
};
