// Makes one call after the other fail, in one scenario after the other, and judges what comes of it.
//   --scenario R, --fault R   only those whose names match the regular expression
//   --at N                    that call alone; --verbose says what was done and said each time
//   --most N                  of each kind of call at most so many, evenly spread (default 40); --all: every one
//   --short                   a few of each, each in one scenario: what runs with the other tests
//   --seed N                  which scenario that is (default 1); --jobs N: how many at once (default 2)

import { parseArgs } from 'node:util';
import { countingEnvironment, environmentOf, faults, nameOf, readCounts, readRecord } from './support/faults.mjs';
import { Field } from './support/field.mjs';
import { judge } from './support/judge.mjs';
import { library, scenarios } from './support/scenarios.mjs';

const { values: options } = parseArgs({ options: {
  scenario: { type: 'string', default: '' },
  fault: { type: 'string', default: '' },
  at: { type: 'string' },
  most: { type: 'string', default: '40' },
  all: { type: 'boolean', default: false },
  short: { type: 'boolean', default: false },
  seed: { type: 'string', default: '1' },
  jobs: { type: 'string', default: '2' },
  verbose: { type: 'boolean', default: false },
} });

const chosenScenarios = scenarios.filter(({ name }) => new RegExp(options.scenario).test(name));
const chosenFaults = faults.filter((fault) => new RegExp(options.fault).test(nameOf(fault)));
const shortOf = { self: 3, git: 2 };

// What in the scenario's name a regular expression takes for itself alone.
const exactly = (name) => `'^${name.replace(/[+]/g, '\\$&')}$'`;
const reproduction = ({ scenario, fault, at }) => `--scenario ${exactly(scenario.name)} --fault ${exactly(nameOf(fault))} --at ${at}`;

// Faults that nobody could see. Where a listing fails in the remote's own git, that loses objects without a word (it takes an error of
// readdir for the end); and of what the system says was sent to the client, only the client can know that it was not.
const isUnseen = ({ kind, fault }, { what }) => /git-receive-pack: readdir/.test(what)
  || (kind === 'send' && fault === 'lost' && /rollout-mcp: (write|send) ?socket/.test(what));

// How often each kind of call is made in the scenario, by these programs and below that path.
async function counts(field, scenario, programs, below) {
  await field.begin(scenario);
  await scenario.run(field.fixtures, countingEnvironment(library, field.fixtures.record, programs, below));
  return readCounts(field.fixtures.record);
}

// Which of `count` calls are made to fail: the first, the last, and evenly between them.
function places(count, most) {
  if (count <= most) return Array.from({ length: count }, (_, i) => i + 1);
  return Array.from({ length: most }, (_, i) => 1 + Math.round((i * (count - 1)) / (most - 1)));
}

// {scenario, fault, at}. The last call of a kind is known from a run without a fault; one more shows that all passes then.
async function plan(field) {
  const tasks = [];
  const counted = new Map();
  for (const [i, fault] of chosenFaults.entries()) {
    const turn = options.short ? [chosenScenarios[(i + Number(options.seed)) % chosenScenarios.length]] : chosenScenarios;
    for (const scenario of turn) {
      const key = `${scenario.name} ${fault.programs} ${fault.below}`;
      if (!counted.has(key)) counted.set(key, await counts(field, scenario, fault.programs, fault.below));
      const most = options.all ? Infinity : options.short ? shortOf[fault.programs] : Number(options.most);
      const count = counted.get(key)[fault.kind];
      const at = options.at === undefined ? places(count, most) : [Number(options.at)];
      for (const place of at) tasks.push({ scenario, fault, at: place });
      if (options.all) tasks.push({ scenario, fault, at: count + 1, isLast: true });
    }
  }
  return tasks;
}

const tally = { fired: 0, notReached: 0, done: 0, refused: 0, ended: 0 };
const outcomes = new Map();
let wrong = 0;

async function fail(field, task) {
  const { reference, before } = await field.begin(task.scenario);
  const { fixtures } = field;
  const outcome = await task.scenario.run(fixtures, environmentOf(library, fixtures.record, task.fault, task.at));
  const record = readRecord(fixtures.record);
  if (record.fired === 0 || isUnseen(task.fault, record)) {
    tally.notReached++;
    return;
  }
  const { problems, said } = await judge(fixtures, task.scenario, task.fault, record, outcome, before, reference);
  tally.fired++;
  tally[said === undefined ? 'ended' : said.status === 'refused' ? 'refused' : 'done']++;
  const name = `${nameOf(task.fault)}: ${said?.code ?? said?.status ?? 'ended'}`;
  outcomes.set(name, (outcomes.get(name) ?? 0) + 1);
  const what = record.what.replaceAll(fixtures.root, '');
  if (options.verbose) console.log(`${reproduction(task)}: ${what}: ${said?.code ?? said?.status} ${said?.message ?? ''}`);
  if (problems.length === 0) return;
  wrong++;
  console.log(`scripts/faults sweep ${reproduction(task)}\n  ${what}\n${problems.map((problem) => `  ${problem.trim()}\n`).join('')}`);
}

const started = performance.now();
const fields = Array.from({ length: Number(options.jobs) }, () => new Field());
const tasks = await plan(fields[0]);
console.log(`${tasks.length} faults to inject, seed ${options.seed}`);
await Promise.all(fields.map(async (field) => {
  for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) await fail(field, task);
}));
for (const field of fields) await field.dispose();
if (options.verbose) console.log([...outcomes].sort().map(([name, count]) => `${name}: ${count}`).join('\n'));
console.log(`${tally.fired} faults: ${tally.done} had no effect on the result, ${tally.refused} were refused, ${tally.ended} ended the program or `
  + `a session; ${tally.notReached} calls were not reached. ${wrong} wrong states. ${Math.round((performance.now() - started) / 1000)} s`);
process.exit(wrong === 0 && tally.fired > 0 ? 0 : 1);
