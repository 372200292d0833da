// One server, many calls of every kind, eight at a time: what it takes of the system does not grow.

import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';
import { Client } from './support/client.mjs';
import { figuresOf, growthOf } from './support/figures.mjs';
import { Fixtures } from './support/fixtures.mjs';
import { randomNumbers } from './support/random.mjs';

const { values: options } = parseArgs({ options: {
  calls: { type: 'string', default: '50000' },
  seed: { type: 'string', default: '1' },
} });

const binary = process.env.ROLLOUT_MCP;
const calls = Number(options.calls);
const atOnce = 8;
const samples = 40;
// The server's pool makes a thread when all are busy, and keeps it: up to one more than the requests that run at once.
const pool = 33;
const mostGrowth = { kibibytes: 4096, threads: 2, descriptors: 0, children: 0 };

const fixtures = new Fixtures();
// Rollouts wait for each other here, on a slow machine longer than a fault's victim should.
fixtures.environment.ROLLOUT_TIMEOUT_SECONDS = '60';
const random = randomNumbers(Number(options.seed));
const client = new Client(binary, { cwd: fixtures.project, env: fixtures.environment,
  answers: () => (random() < 0.5 ? { action: 'decline' } : { action: 'accept', content: { service: 'frontend' } }) });
let pullRequest = 1000;
let landed = 0;

const tool = (name, args = {}) => ({ name, arguments: args });
const either = (method, params) => (random() < 0.5 ? client.legacy(method, params) : client.modern(method, params));
const call = (name, args) => either('tools/call', tool(name, args));

// What a result must be; the names of what may be called, and how often of a thousand.
const succeeds = ({ result }, text = JSON.stringify(result)) => assert.ok(result !== undefined && result.isError !== true, text);
const refuses = (code) => ({ result, error }) => assert.equal(result?.structuredContent?.code, code, JSON.stringify(error ?? result));
const errs = (code) => ({ error, result }) => assert.equal(error?.code, code, JSON.stringify(result));

const kinds = [
  ['lookup', 300, async () => succeeds(await call('lookup_service', { service: 'papi' }))],
  ['unknown service', 50, async () => refuses('unknown_service')(await call('lookup_service', { service: 'pappi' }))],
  ['resolve_tag', 60, async () => succeeds(await call('resolve_tag', { prNumber: 42 }))],
  ['services', 100, async () => succeeds(await either('resources/read', { uri: 'rollout://services' }))],
  ['one service', 60, async () => succeeds(await either('resources/read', { uri: 'rollout://services/papi' }))],
  ['rwenv', 40, async () => succeeds(await either('resources/read', { uri: 'rollout://rwenv' }))],
  ['doctor', 3, async () => succeeds(await either('resources/read', { uri: 'rollout://doctor' }))],
  ['lists', 60, async () => succeeds(await either(['tools/list', 'prompts/list', 'resources/list'][Math.floor(random() * 3)], {}))],
  ['prompt', 40, async () => succeeds(await either('prompts/get', { name: 'rollout', arguments: { service: 'papi' } }))],
  ['completion', 40, async () => succeeds(await either('completion/complete',
    { ref: { type: 'ref/prompt', name: 'rollout' }, argument: { name: 'service', value: 'pa' } }))],
  ['ping', 40, async () => succeeds(await client.legacy('ping'))],
  ['bad argument', 60, async () => refuses('bad_argument')(await call('rollout', { service: 7 }))],
  ['unknown tool', 30, async () => errs(-32602)(await call('roll_back_time'))],
  ['unknown method', 30, async () => errs(-32601)(await either('tools/unknown', {}))],
  ['no JSON', 10, async () => client.raw('{"jsonrpc": "2.0", "id":')],
  ['dry rollout', 20, async () => succeeds(await call('rollout', { service: 'papi', tag: 'pr-9-abcdef0', dryRun: true }))],
  ['rollout', 20, async () => {
    const answer = await call('rollout', { service: 'papi', prNumber: pullRequest++ });
    succeeds(answer);
    landed++;
  }],
  ['unchanged', 12, async () => succeeds(await call('rollout', { service: 'frontend', tag: 'pr-7-1234567' }))],
  ['dry regenerate', 4, async () => succeeds(await call('regenerate_services', { dryRun: true }))],
  ['asked, this era', 6, async () => {
    const asked = await client.modern('tools/call', tool('rollout', { tag: 'pr-7-1234567' }));
    assert.equal(asked.result?.resultType, 'input_required', JSON.stringify(asked));
    succeeds(await client.modern('tools/call', { ...tool('rollout', { tag: 'pr-7-1234567' }), requestState: asked.result.requestState,
      inputResponses: { service: { action: 'accept', content: { service: 'frontend' } } } }));
  }],
  ['asked, the era before', 6, async () => {
    const { result } = await client.legacy('tools/call', tool('rollout', { tag: 'pr-7-1234567' }));
    assert.ok(['unchanged', 'refused'].includes(result?.structuredContent?.status), JSON.stringify(result));
  }],
  ['cancelled', 9, async () => client.cancelled('tools/call', tool('rollout', { service: 'papi', tag: 'pr-9-abcdef0', dryRun: true }))],
];

const total = kinds.reduce((sum, [, share]) => sum + share, 0);
const done = Object.fromEntries(kinds.map(([name]) => [name, 0]));

function draw() {
  let place = random() * total;
  return kinds.find(([, share]) => (place -= share) < 0);
}

async function work(quota) {
  while (quota.left-- > 0) {
    const [name, , make] = draw();
    done[name]++;
    try {
      await make();
    } catch (problem) {
      throw new Error(`${name}: ${problem.message}`);
    }
  }
}

await client.initialize();
const series = [];
const started = performance.now();
for (let i = 0; i < samples; i++) {
  const quota = { left: Math.ceil(calls / samples) };
  await Promise.all(Array.from({ length: atOnce }, () => work(quota)));
  await client.legacy('ping');
  series.push(figuresOf(client.child.pid));
}
const seconds = (performance.now() - started) / 1000;
const ended = await client.close();

console.log(`${Object.values(done).reduce((sum, n) => sum + n, 0)} calls in ${Math.round(seconds)} s, seed ${options.seed}`);
console.log(Object.entries(done).map(([name, n]) => `${name} ${n}`).join(', '));
let wrong = 0;
for (const [what, most] of Object.entries(mostGrowth)) {
  const { early, late } = growthOf(series, what);
  const grows = late - early > most && !(what === 'threads' && late <= pool);
  if (grows) wrong++;
  console.log(`${what}: ${early} in the second quarter, ${late} in the last one${grows ? `, which is more than ${most} more` : ''}`);
}
assert.deepEqual(ended, { status: 0, signal: null }, client.stderr);
assert.deepEqual(client.problems, []);
assert.equal(client.unreadable, done['no JSON']);
const commits = Number(fixtures.git(fixtures.remote, 'rev-list', '--count', `${fixtures.base}..main`));
assert.equal(commits, landed, 'as many commits as rollouts');
await fixtures.dispose();
process.exit(wrong === 0 ? 0 : 1);
