// Measures the built server against other ways to do the same, side by side; see usage() and docs/performance.md.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { choose, conditions, plans, sections, titleOf } from './cases.mjs';
import { Fixtures } from './fixtures.mjs';
import { machine } from './machine.mjs';
import { PullRequest } from './pull_request.mjs';
import { measureCalls, measureStart } from './processes.mjs';
import { measureEdit, measureRegenerate } from './regenerate.mjs';
import { Remotes } from './remotes.mjs';
import { markdownOf, writeDocument } from './report.mjs';
import { measureRollout, measureWriters } from './rollouts.mjs';
import { rowsOf } from './targets.mjs';

const project = fileURLToPath(new URL('..', import.meta.url));
const usage = `usage: scripts/bench [SECTION...] [OPTION...]
Measures side by side in one run: medians, quartiles, ratios. SECTION: ${sections.join(', ')} (default: all).
  --quick             every target, in few rounds: some two minutes
  --full              the whole matrix: hours
  --transport, --delay, --files, --commits, --state, --filter, --gh, --writers VALUE
                      only cases with this value, of the whole matrix; may be given several times
  --rounds N          how often each contender is measured in each case
  --check             exit status 1, naming them, where targets are missed
  --write             renews the figures and plots of docs/performance.md
  --from FILE         measures nothing: reads the results of an earlier run
The results are kept in build/bench/results.json, after each case.
`;

function fail(words) {
  process.stderr.write(`${words}\n${usage}`);
  process.exit(2);
}

function readArguments() {
  const options = Object.fromEntries([
    ...['quick', 'full', 'check', 'write', 'help'].map((name) => [name, { type: 'boolean' }]),
    ...['rounds', 'from'].map((name) => [name, { type: 'string' }]),
    ...conditions.map((name) => [name, { type: 'string', multiple: true }]),
  ]);
  let given;
  try {
    given = parseArgs({ options, allowPositionals: true });
  } catch (problem) {
    fail(problem.message);
  }
  const { values, positionals } = given;
  if (values.help) {
    process.stdout.write(usage);
    process.exit(0);
  }
  const unknown = positionals.find((name) => !sections.includes(name));
  if (unknown !== undefined) fail(`There is no section '${unknown}'.`);
  if (values.rounds !== undefined && !/^[1-9]\d*$/.test(values.rounds)) fail(`--rounds: '${values.rounds}' is not a number of rounds.`);
  const plan = values.full ? 'full' : values.quick ? 'quick' : 'standard';
  const wanted = Object.fromEntries(conditions.filter((name) => values[name] !== undefined).map((name) => [name, values[name]]));
  const cases = choose(plan, positionals, wanted);
  if (cases.length === 0) fail('There is no such case.');
  return { ...values, plan, cases, rounds: values.rounds && Number(values.rounds) };
}

// How often, unless told: enough for steady medians, but not for hours.
function roundsOf({ section, state, files, writers }, plan) {
  const few = plan === 'quick';
  if (section === 'start') return few ? 31 : 101;
  if (section === 'calls') return few ? 2 : 8;
  if (section === 'edit' || section === 'regenerate') return few ? 5 : 15;
  if (section === 'writers') return few || writers > 16 ? 1 : 5;
  if (state === 'first') return few ? 3 : 7;
  return few ? 3 : files > 10_000 ? 11 : 15;
}

const resultsFile = join(project, 'build/bench/results.json');
const measures = {
  start: measureStart, calls: measureCalls, edit: measureEdit, regenerate: measureRegenerate, rollout: measureRollout, writers: measureWriters,
};

async function measure({ plan, cases, rounds }) {
  mkdirSync(dirname(resultsFile), { recursive: true });
  const build = join(project, 'build/release');
  const fixtures = new Fixtures();
  const place = { fixtures, remotes: new Remotes(fixtures), pullRequest: new PullRequest(fixtures), project, build, binary: join(build, 'rollout-mcp'), cache: join(project, 'build/bench') };
  const results = { machine: machine(place), plan, cases: [] };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => fixtures.dispose().finally(() => process.exit(1)));
  try {
    for (const one of cases) {
      const count = rounds ?? roundsOf(one, plan);
      process.stderr.write(`${titleOf(one)}: ${count} rounds\n`);
      results.cases.push({ ...one, rounds: count, samples: await measures[one.section](place, one, count) });
      writeFileSync(resultsFile, JSON.stringify(results)); // what is measured is kept, whatever comes
    }
  } finally {
    await fixtures.dispose();
  }
  return results;
}

const options = readArguments();
const results = options.from === undefined ? await measure(options) : JSON.parse(readFileSync(options.from, 'utf8'));
process.stdout.write(markdownOf(results));
if (options.write) writeDocument(project, results);
const missed = rowsOf(results).filter((row) => row.missed);
if (options.check && missed.length > 0) {
  for (const { what, against, ratio, most } of missed) process.stderr.write(`missed: ${what}, against ${against}: ${ratio.toFixed(3)}, at most ${most}\n`);
  process.exitCode = 1;
}
