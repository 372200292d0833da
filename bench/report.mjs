// The results as Markdown, and the generated parts of docs/performance.md.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { titleOf } from './cases.mjs';
import { plotsOf } from './plots.mjs';
import { mean, median, quantile } from './statistics.mjs';
import { rowsOf } from './targets.mjs';

const digits = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));
const withSpread = (samples) => `${digits(median(samples))} (${digits(quantile(samples, 0.25))}–${digits(quantile(samples, 0.75))})`;
const ratio = (value) => value.toFixed(value < 0.1 ? 3 : 2);
const ofSection = (results, section) => results.cases.filter((one) => one.section === section);

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |\n`;
  return rows.length === 0 ? '' : line(head) + line(head.map((_, index) => (index === 0 ? '---' : '---:'))) + rows.map(line).join('');
}

function targets(results) {
  return table(['what', 'against', 'at most', 'measured'],
    rowsOf(results).map(({ what, against, most, ratio: value, missed }) => [what, against, most.toFixed(2), missed ? `**${ratio(value)}**` : ratio(value)]));
}

const ways = { shell: 'shell procedure', command: 'command line', server: 'running server', push: 'bare push' };

function rollouts(results) {
  const cell = (samples, kind) => {
    if (samples[kind] === undefined) return '–';
    return kind === 'shell' ? withSpread(samples.shell) : `${withSpread(samples[kind])} ${ratio(median(samples[kind]) / median(samples.shell))}`;
  };
  return table(['ms', ...Object.values(ways)],
    ofSection(results, 'rollout').map((one) => [titleOf(one), ...Object.keys(ways).map((kind) => cell(one.samples, kind))]));
}

const programs = {
  true: '`/bin/true`, to its end',
  empty: 'an empty program with the server\'s libraries, to its end',
  initialize: '`rollout-mcp`, to the answer to `initialize`',
  discover: '`rollout-mcp`, to the answer to `server/discover`',
  largeCatalog: '`rollout-mcp` with a catalog of 100,000 services, to the answer to `initialize`',
  sdk1: 'TypeScript SDK 1, to the answer to `initialize`',
  sdk2: 'TypeScript SDK 2, to the answer to `initialize`',
};

function starts(results) {
  return ofSection(results, 'start').map(({ samples }) => table(['start', 'ms', 'of `/bin/true`', 'processor time, ms'],
    Object.entries(programs).map(([name, title]) => [title, withSpread(samples[name].elapsed),
      ratio(median(samples[name].elapsed) / median(samples.true.elapsed)), withSpread(samples[name].processor)]))).join('\n');
}

const servers = {
  lookup10: '`lookup_service`, 10 services',
  lookup100000: '`lookup_service`, 100,000 services',
  completion100000: 'completion of a service\'s name, 100,000 services',
  nearest100000: '`lookup_service` of a name that none has, 100,000 services',
  sdk1: 'no-op tool, TypeScript SDK 1',
  sdk2: 'no-op tool, TypeScript SDK 2',
};

function calls(results) {
  const thousands = (count) => (count === undefined ? '–' : `${(count / 1000).toFixed(0)},000`);
  const mebibytes = (kibibytes) => (kibibytes / 1024).toFixed(1);
  return ofSection(results, 'calls').map(({ samples }) => table(['calls', 'µs', 'p99', 'calls a second, 16 in flight', 'instructions a call', 'MiB after the start', 'MiB after 1,000 calls'],
    Object.entries(servers).filter(([name]) => samples[name] !== undefined).map(([name, title]) => [title, withSpread(samples[name].latency), digits(quantile(samples[name].latency, 0.99)),
      withSpread(samples[name].throughput), thousands(samples[name].instructions), mebibytes(samples[name].idle), mebibytes(samples[name].resident)]))).join('\n');
}

function writers(results) {
  return table(['s', 'at once, until all have landed', 'bare pushes in turn', 'ratio', 'attempts, mean', 'most', 'gave up'],
    ofSection(results, 'writers').map((one) => {
      const { atOnce, inTurn, attempts, failed } = one.samples;
      const seconds = (samples) => withSpread(samples.map((value) => value / 1000));
      return [titleOf(one), seconds(atOnce), seconds(inTurn), ratio(median(atOnce) / median(inTurn)), mean(attempts).toFixed(1), Math.max(...attempts), failed];
    }));
}

function machine({ machine: m, plan }) {
  return `${m.date}, ${m.system}, git ${m.git}, node ${m.node}, TypeScript SDK ${m.sdk1} and ${m.sdk2}, ${m.version}; plan: ${plan}.\n`;
}

function edits(results) {
  return ofSection(results, 'edit').map(({ samples }) => table(['1 MiB of', 'parse, ms', 'edit, ms', 'ratio'],
    Object.entries(samples).map(([kind, { parse, edit }]) => [kind, withSpread(parse), withSpread(edit), ratio(median(edit) / median(parse))]))).join('\n');
}

function regenerations(results) {
  return ofSection(results, 'regenerate').map(({ samples }) => table(['10,000 manifests', 'ms', 'of `git archive`'],
    [['`git archive`', samples.archive], ['`rollout-mcp regenerate`', samples.regenerate], ['the same with the first clone', samples.first]].map(
      ([title, times]) => [title, withSpread(times), ratio(median(times) / median(samples.archive))]))).join('\n');
}

const parts = { machine, targets, rollouts, starts, calls, edits, regenerations, writers };

export function markdownOf(results) {
  return Object.values(parts).map((part) => part(results)).filter((text) => text !== '').join('\n');
}

const plotsIn = { rollouts: ['sizes', 'remotes', 'gh', 'first'], writers: ['writers'] };

// Renews what stands between <!-- NAME --> and <!-- end --> in docs/performance.md, and the plots beside it. A part of
// which nothing was measured stays as it is.
export function writeDocument(project, results) {
  const file = join(project, 'docs/performance.md');
  const plots = plotsOf(results);
  const shown = (name) => (plotsIn[name] ?? []).filter((plot) => plots[plot] !== undefined).map((plot) => `\n![${plot}](performance/${plot}.svg)\n`).join('');
  const text = readFileSync(file, 'utf8').replace(/(<!-- (\w+) -->\n)[^]*?(<!-- end -->)/g, (old, begin, name, end) => {
    const made = parts[name](results);
    return made === '' ? old : `${begin}${made}${shown(name)}${end}`;
  });
  writeFileSync(file, text);
  mkdirSync(join(project, 'docs/performance'), { recursive: true });
  for (const [name, svg] of Object.entries(plots)) writeFileSync(join(project, 'docs/performance', `${name}.svg`), svg);
}
