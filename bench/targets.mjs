// What has to be reached, each as a ratio to something measured in the same run.

import { median, quantile } from './statistics.mjs';

const p99 = (samples) => quantile(samples, 0.99);
const only = (value) => value;
const timePerCall = (callsASecond) => 1 / median(callsASecond);

const large = { files: 10_000, commits: 10_000, filter: false, gh: false };
const ssh = { section: 'rollout', transport: 'ssh', delay: 50, ...large };
const file = { section: 'rollout', transport: 'file', delay: 0, filter: false, gh: false, state: 'known' };
const https = { section: 'rollout', transport: 'https', delay: 50, filter: false, gh: false, state: 'known' };

// `of` and `to`: what of the samples of the case `at` (and `toAt`, where it is another one); `by`: the figure compared.
const targets = [
  { what: 'rollout, known clone, ssh, 50 ms', against: 'shell procedure', most: 0.5, at: { ...ssh, state: 'known' }, of: 'command', to: 'shell' },
  { what: 'the same', against: 'bare `git push` of a prepared commit', most: 1.1, at: { ...ssh, state: 'known' }, of: 'command', to: 'push' },
  { what: 'the same, naming who set the tag that is replaced, long ago', against: 'bare `git push` of a prepared commit', most: 1.2, at: { ...ssh, state: 'aged' }, of: 'command', to: 'push' },
  { what: 'the same, the remote has moved', against: 'shell procedure', most: 1, at: { ...ssh, state: 'moved' }, of: 'command', to: 'shell' },
  { what: 'rollout in a running server after another, ssh, 50 ms', against: 'bare `git push` of a prepared commit', most: 0.4, at: { ...ssh, state: 'known' }, of: 'server', to: 'push' },
  { what: 'rollout, known clone, file, 10,000 files', against: 'shell procedure', most: 0.4, at: { ...file, ...large }, of: 'command', to: 'shell' },
  { what: 'rollout, known clone, HTTPS, 50 ms, 100,000 files', against: 'the same with 100 files', most: 1.5,
    at: { ...https, files: 100_000, commits: 1 }, of: 'command', toAt: { ...https, files: 100, commits: 1 }, to: 'command' },
  { what: 'first rollout, 10,000 files, 10,000 commits, HTTPS', against: 'shell procedure with its full clone', most: 0.25,
    at: { section: 'rollout', transport: 'https', delay: 0, ...large, state: 'first' }, of: 'command', to: 'shell' },
  { what: 'rollout with gh, known clone, ssh, 50 ms', against: 'shell procedure with gh', most: 0.45, at: { ...ssh, state: 'known', gh: true }, of: 'command', to: 'shell' },
  { what: 'rollout with gh, known clone, HTTPS, 50 ms', against: 'shell procedure with gh', most: 0.5, at: { ...https, ...large, gh: true }, of: 'command', to: 'shell' },
  ...['initialize', 'discover'].map((request) => ({ what: `start to the answer to \`${{ initialize: 'initialize', discover: 'server/discover' }[request]}\``,
    against: '`/bin/true`, to its end', most: 6, at: { section: 'start' }, of: `${request}.elapsed`, to: 'true.elapsed' })),
  ...[1, 2].map((generation) => ({ what: 'start to the answer to `initialize`', against: `TypeScript SDK ${generation} server`, most: 0.03,
    at: { section: 'start' }, of: 'initialize.elapsed', to: `sdk${generation}.elapsed` })),
  ...[1, 2].flatMap((generation) => [['p50', median, 0.75], ['p99', p99, 0.6]].map(([name, by, most]) => ({ what: `\`lookup_service\` round trip, ${name}`,
    against: `no-op tool of a TypeScript SDK ${generation} server`, most, at: { section: 'calls' }, of: 'lookup10.latency', to: `sdk${generation}.latency`, by }))),
  ...[1, 2].map((generation) => ({ what: '`lookup_service`, 16 in flight, time per call', against: `no-op tool of a TypeScript SDK ${generation} server`, most: 0.8,
    at: { section: 'calls' }, of: 'lookup10.throughput', to: `sdk${generation}.throughput`, by: timePerCall })),
  ...[1, 2].map((generation) => ({ what: 'resident memory after 1,000 calls', against: `TypeScript SDK ${generation} server`, most: 0.15,
    at: { section: 'calls' }, of: 'lookup10.resident', to: `sdk${generation}.resident`, by: only })),
  { what: 'resident memory after 1,000 lookups in 100,000 services', against: 'TypeScript SDK 1 server\'s no-op tool', most: 1,
    at: { section: 'calls' }, of: 'lookup100000.resident', to: 'sdk1.resident', by: only },
  ...['many images', 'many images in brackets', 'many resources', 'texts with line breaks', 'comments'].map((kind) => ({
    what: `edit of 1 MiB: ${kind}`, against: 'one parse with yaml-cpp', most: 5, at: { section: 'edit' }, of: `${kind}.edit`, to: `${kind}.parse` })),
  { what: 'regenerate, 10,000 manifests', against: '`git archive` of the same tree', most: 5, at: { section: 'regenerate' }, of: 'regenerate', to: 'archive' },
  { what: '16 writers, one remote, HTTPS, 50 ms', against: 'bare pushes in turn', most: 1.2,
    at: { section: 'writers', transport: 'https', delay: 50, writers: 16 }, of: 'atOnce', to: 'inTurn' },
];

const valueAt = (samples, path) => path.split('.').reduce((value, name) => value[name], samples);

export function caseOf(results, conditions) {
  return results.cases.find((one) => Object.entries(conditions).every(([name, value]) => one[name] === value));
}

// [{what, against, most, ratio, missed}] of the targets whose cases were measured. A crowd has missed its target
// if one of its writers gave up.
export function rowsOf(results) {
  return targets.flatMap(({ what, against, most, at, toAt = at, of, to, by = median }) => {
    const [one, other] = [caseOf(results, at), caseOf(results, toAt)];
    if (one === undefined || other === undefined) return [];
    const ratio = by(valueAt(one.samples, of)) / by(valueAt(other.samples, to));
    return [{ what, against, most, ratio, missed: ratio > most || one.samples.failed > 0 }];
  });
}
