// sdk_server.mjs 1|2: a server with a tool that does nothing, on the official TypeScript SDK of that generation: its
// smallest form, what the others are measured against. The packages are those of the end-to-end tests; the second
// generation's server comes with the Inspector.

const packages = new URL('../tests/e2e/node_modules/@modelcontextprotocol/', import.meta.url);
const modules = { 1: ['sdk/dist/esm/server/mcp.js', 'sdk/dist/esm/server/stdio.js'], 2: ['server/dist/index.mjs', 'server/dist/stdio.mjs'] };
const [{ McpServer }, { StdioServerTransport }] = await Promise.all(modules[process.argv[2]].map((file) => import(new URL(file, packages))));

const server = new McpServer({ name: 'nothing', version: '1.0.0' });
server.registerTool('nothing', { description: 'Does nothing' }, () => ({ content: [{ type: 'text', text: 'nothing' }] }));
await server.connect(new StdioServerTransport());
