// The sections start and calls: the server as a process, side by side with others.

import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { instructionsPerCall } from './instructions.mjs';
import { run } from './programs.mjs';

const sdkServer = fileURLToPath(new URL('sdk_server.mjs', import.meta.url));
const callsARound = 500;
const inFlight = 16;
// What is read from a file that was changed up to two seconds ago is not kept (engine/base/file_state.h). The files of a
// person who works are older.
const settling = 2500;

// A catalog of so many services: the file.
function catalog(fixtures, services) {
  const names = Array.from({ length: services }, (_, index) => `service-${index}`);
  const group = (name) => ({ file: `apps/${name}/kustomization.yaml`, imageName: name, type: 'kustomize-images', services: [name], kustomization: 'backend' });
  return fixtures.write(`catalogs/${services}.json`, JSON.stringify({
    services: Object.fromEntries(names.map((name) => [name, { imageGroup: name, namespace: 'backend', deployment: name, description: `What ${name} does` }])),
    imageGroups: Object.fromEntries(names.map((name) => [name, group(name)])),
  }));
}

const withCatalog = ({ fixtures, binary }, services) => [binary, '--services', catalog(fixtures, services)];
const sdk = (generation) => [process.execPath, sdkServer, String(generation)];

function configure({ fixtures }) {
  fixtures.write('home/.claude/rwenv/envs.json', JSON.stringify({ rwenvs: { bench: { fluxGitRepo: 'https://git.example.com/flux.git' } } }));
}

// What a program of bench/*.cc says of each contender, by name.
async function sample({ fixtures, build }, name, args, contenders) {
  const lines = Object.values(contenders).flatMap((words) => ['--', ...words]);
  const { stdout } = await run(join(build, 'bench', name), [...args.map(String), ...lines], { cwd: fixtures.project, env: fixtures.environment });
  const samples = JSON.parse(stdout);
  return Object.fromEntries(Object.keys(contenders).map((key, index) => [key, samples[index]]));
}

// For each contender {elapsed: [ms], processor: [ms]}.
export function measureStart(place, _, rounds) {
  configure(place);
  const nothing = ['/bin/true', '/usr/bin/true'].find((file) => existsSync(file));
  return sample(place, 'bench_start', [rounds], {
    true: ['end', nothing],
    empty: ['end', join(place.build, 'bench/bench_empty')],
    initialize: ['initialize', place.binary],
    discover: ['discover', place.binary],
    largeCatalog: ['initialize', ...withCatalog(place, 100_000)],
    sdk1: ['initialize', ...sdk(1)],
    sdk2: ['initialize', ...sdk(2)],
  });
}

// For each contender {latency: [us], throughput: [calls a second], idle: KiB, resident: KiB}, and for a lookup among ten
// services also {instructions}, where they can be counted.
export async function measureCalls(place, _, rounds) {
  configure(place);
  const lookup = (services) => ['lookup_service', JSON.stringify({ service: 'service-7' }), ...withCatalog(place, services)];
  const argument = { ref: { type: 'ref/prompt', name: 'rollout' }, argument: { name: 'service', value: 's' } };
  const samples = await sample(place, 'bench_calls', [rounds, callsARound, inFlight], {
    lookup10: lookup(10),
    lookup100000: lookup(100_000),
    completion100000: ['completion/complete', JSON.stringify(argument), ...withCatalog(place, 100_000)],
    nearest100000: ['!lookup_service', JSON.stringify({ service: 'servixe-4711' }), ...withCatalog(place, 100_000)],
    sdk1: ['nothing', '{}', ...sdk(1)],
    sdk2: ['nothing', '{}', ...sdk(2)],
  });
  samples.lookup10.instructions = await instructionsOfLookup(place);
  return samples;
}

// The answer names the catalog, and what is done to look for secrets in a name depends on its letters: so it lies where it
// has the same name in each run.
async function instructionsOfLookup({ fixtures, binary, cache }) {
  const file = join(cache, 'catalog.json');
  mkdirSync(cache, { recursive: true });
  copyFileSync(catalog(fixtures, 10), file);
  await setTimeout(settling);
  return instructionsPerCall(fixtures, ['lookup_service', { service: 'service-7' }, binary, '--services', file]);
}
