// Makes one call after the other fail, in one scenario after the other, and judges what comes of it.

import { parseArgs } from 'node:util';
import { countingEnvironment, environmentOf, faults, nameOf, readCounts, readRecord } from './support/faults.mjs';
import { Ground } from './support/ground.mjs';
import { judge, stateOf, treeOf } from './support/judge.mjs';
import { catalogText, library, scenarios } from './support/scenarios.mjs';

const { values: options } = parseArgs({ options: {
  scenario: { type: 'string' },
  fault: { type: 'string' },
  at: { type: 'string' },
  most: { type: 'string', default: '40' },
  all: { type: 'boolean', default: false },
  short: { type: 'boolean', default: false },
  seed: { type: 'string', default: '1' },
  jobs: { type: 'string', default: '2' },
  verbose: { type: 'boolean', default: false },
} });

const chosen = (name, pattern) => pattern === undefined || new RegExp(pattern).test(name);

// One worker's ground, with what each scenario begins from and comes to.
class Field {
  constructor() {
    this.ground = new Ground();
    this.ground.keep('pristine');
    this.references = new Map();
  }

  async reference(scenario) {
    if (this.references.has(scenario.name)) return this.references.get(scenario.name);
    const { ground } = this;
    await ground.restore('pristine');
    await scenario.prepare(ground);
    ground.keep(scenario.name);
    const before = await stateOf(ground);
    const outcome = await scenario.run(ground, {});
    const reference = { before, catalog: catalogText(ground), tree: await treeOf(ground), head: ground.remoteHead() };
    if (outcome.status !== 0) throw new Error(`${scenario.name} does not work without a fault: ${JSON.stringify(outcome)}`);
    this.references.set(scenario.name, reference);
    return reference;
  }

  // How often each kind of call is made.
  async counts(scenario, programs, below) {
    await this.reference(scenario);
    await this.ground.restore(scenario.name);
    await scenario.run(this.ground, countingEnvironment(library, this.ground.record, programs, below));
    return readCounts(this.ground.record);
  }

  // {fired, problems, said, what} of one call that fails.
  async fail({ scenario, fault, at }) {
    const reference = await this.reference(scenario);
    await this.ground.restore(scenario.name);
    const before = await stateOf(this.ground);
    const outcome = await scenario.run(this.ground, environmentOf(library, this.ground.record, fault, at));
    const record = readRecord(this.ground.record);
    if (record.fired === 0) return { fired: false };
    return { fired: true, what: record.what.replaceAll(this.ground.root, ''), ...await judge(this.ground, scenario, fault, record, outcome, before, reference) };
  }
}

// Which of `count` calls are made to fail.
function places(count, most) {
  if (count <= most) return Array.from({ length: count }, (_, i) => i + 1);
  return [...new Set(Array.from({ length: most }, (_, i) => 1 + Math.round((i * (count - 1)) / Math.max(1, most - 1))))];
}

async function plan(field) {
  const tasks = [];
  const most = options.all ? Infinity : options.short ? 3 : Number(options.most);
  const turns = new Map();
  for (const scenario of scenarios.filter(({ name }) => chosen(name, options.scenario))) {
    const counted = new Map();
    for (const fault of faults.filter((one) => chosen(nameOf(one), options.fault))) {
      const key = `${fault.programs} ${fault.below}`;
      if (!counted.has(key)) counted.set(key, await field.counts(scenario, fault.programs, fault.below));
      const count = counted.get(key)[fault.kind];
      const turn = turns.get(nameOf(fault)) ?? 0;
      turns.set(nameOf(fault), turn + 1);
      const at = options.at === undefined ? places(count, most) : [Number(options.at)];
      for (const place of at) tasks.push({ scenario, fault, at: place });
    }
  }
  return tasks;
}

const started = performance.now();
const fields = Array.from({ length: Number(options.jobs) }, () => new Field());
const tasks = await plan(fields[0]);
const tally = { faults: 0, passed: 0, succeeded: 0, refused: 0, ended: 0 };
const codes = new Map();
const wrong = [];

async function work(field) {
  for (;;) {
    const task = tasks.shift();
    if (task === undefined) return;
    const { fired, problems, said, what } = await field.fail(task);
    if (!fired) {
      tally.passed++;
      continue;
    }
    tally.faults++;
    if (said === undefined) tally.ended++;
    else if (said.status === 'refused') tally.refused++;
    else tally.succeeded++;
    const key = `${nameOf(task.fault)} -> ${said?.code ?? said?.status ?? 'ended'}`;
    codes.set(key, (codes.get(key) ?? 0) + 1);
    const line = `--scenario '^${task.scenario.name}$' --fault '^${nameOf(task.fault).replace('+', '\\+')}$' --at ${task.at}`;
    if (options.verbose) console.log(`${line}: ${what}: ${said?.code ?? said?.status} ${said?.message ?? ''}`);
    if (problems.length > 0) {
      wrong.push(line);
      console.log(`scripts/faults ${line}\n  ${what}\n${problems.map((problem) => `  ${problem}\n`).join('')}`);
    }
  }
}

console.log(`${tasks.length} faults`);
await Promise.all(fields.map(work));
await Promise.all(fields.map(({ ground }) => ground.restore('pristine').then(() => ground.dispose())));
console.log([...codes].sort().map(([key, count]) => `${key}: ${count}`).join('\n'));
console.log(`${JSON.stringify(tally)}, ${wrong.length} wrong, ${Math.round((performance.now() - started) / 1000)} s`);
process.exit(wrong.length > 0 ? 1 : 0);
