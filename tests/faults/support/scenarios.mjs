// What is done while something fails: each scenario begins from a state that is kept, and runs the built program.
// What writes later gets a scenario of its own here.

import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { manifestFile } from '../../e2e/support/sandbox.mjs';
import { otherManifest } from './fixtures.mjs';
import { oldTag } from '../../remotes/support/environment.mjs';
import { Server } from '../../e2e/support/server.mjs';

export const library = process.env.ROLLOUT_FAULTS;
const binary = process.env.ROLLOUT_MCP;
const limit = 20_000; // of what takes a second: more than all the program's own limits together
const formsOf = { 'io.modelcontextprotocol/clientCapabilities': { elicitation: {} } };

// How one run of the command line ended.
export function command(fixtures, args, environment = {}) {
  return new Promise((resolve) => {
    const child = spawn(binary, [...args, '--json'], { cwd: fixtures.project, env: { ...fixtures.environment, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'] });
    const outcome = { stdout: '', stderr: '', hung: false };
    for (const stream of ['stdout', 'stderr']) child[stream].setEncoding('utf8').on('data', (text) => (outcome[stream] += text));
    const timer = setTimeout(() => {
      outcome.hung = true;
      child.kill('SIGKILL');
    }, limit);
    child.once('close', (status, signal) => {
      clearTimeout(timer);
      resolve({ ...outcome, status, signal });
    });
  });
}

// The same of a server that is asked with `ask(server, answer)`, and then, if it still answers, for a lookup.
async function session(fixtures, ask, environment) {
  const server = await Server.start(fixtures, { environment });
  const outcome = { hung: false, isServer: true };
  const timer = setTimeout(() => {
    outcome.hung = true;
    server.child.kill('SIGKILL');
  }, limit);
  const ended = server.exited.then(({ code, signal }) => ({ problem: `the server ended (${code ?? signal}): ${server.stderr}` }));
  const answer = (asked) => Promise.race([ended, asked().catch(({ message, code }) => ({ problem: message, code }))]);
  outcome.result = await ask(server, answer);
  outcome.after = await answer(() => server.call('lookup_service', { service: 'papi' }));
  server.child.stdin.end();
  const { code, signal } = await server.exited;
  clearTimeout(timer);
  return { ...outcome, status: code, signal, stderr: server.stderr };
}

const rolloutCall = (server, answer) => answer(() => server.call('rollout', { service: 'papi', prNumber: 42 }));

async function askedRollout(server, answer) {
  const call = { name: 'rollout', arguments: { prNumber: 42 } };
  const asked = await answer(() => server.request('tools/call', call, formsOf));
  if (asked.resultType !== 'input_required') return asked;
  return answer(() => server.request('tools/call', { ...call, requestState: asked.requestState,
    inputResponses: { service: { action: 'accept', content: { service: 'papi' } } } }, formsOf));
}

async function warmUp(fixtures) {
  await command(fixtures, ['rollout', 'papi', '--tag', 'pr-40-1111111']);
}

const own = { ROLLOUT_SERVICES_FILE: '' };

async function catalogOf(fixtures) {
  await warmUp(fixtures);
  await command(fixtures, ['regenerate'], own);
}

const somebodyElse = (fixtures) => fixtures.pushFromElsewhere(manifestFile, otherManifest.replace(oldTag, 'pr-40-1111111'));
const anotherService = (fixtures) => fixtures.pushFromElsewhere('apps/shop/another.yaml',
  'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: another}\nspec: {values: {image: {tag: v2}}}\n');

// name, tool, prepare(fixtures), run(fixtures, environment)
export const scenarios = [
  { name: 'first', tool: 'rollout', prepare: () => {}, run: (fixtures, environment) => command(fixtures, ['rollout', 'papi'], environment) },
  { name: 'warm', tool: 'rollout', prepare: warmUp, run: (fixtures, environment) => command(fixtures, ['rollout', 'papi'], environment) },
  { name: 'moved', tool: 'rollout', prepare: async (fixtures) => (await warmUp(fixtures), somebodyElse(fixtures)),
    run: (fixtures, environment) => command(fixtures, ['rollout', 'papi', '--pr', '42'], environment) },
  { name: 'regenerate', tool: 'regenerate_services', prepare: () => {},
    run: (fixtures, environment) => command(fixtures, ['regenerate'], { ...own, ...environment }) },
  { name: 'again', tool: 'regenerate_services', prepare: async (fixtures) => (await catalogOf(fixtures), anotherService(fixtures)),
    run: (fixtures, environment) => command(fixtures, ['regenerate'], { ...own, ...environment }) },
  { name: 'server', tool: 'rollout', prepare: warmUp, run: (fixtures, environment) => session(fixtures, rolloutCall, environment) },
  { name: 'asked', tool: 'rollout', prepare: warmUp, run: (fixtures, environment) => session(fixtures, askedRollout, environment) },
];

// The catalog of regenerate without the time of its making; nothing where there is none.
export function catalogText(fixtures) {
  if (!existsSync(fixtures.catalog)) return undefined;
  return readFileSync(fixtures.catalog, 'utf8').replace(/"generatedAt": "[^"]*"/, '"generatedAt": ""');
}
