// A disk that is full: the home is on a small file system in memory, on which less and less space, then fewer and fewer
// files, are free. What does not fit is refused as `disk_full`, and nothing is lost; with room it works.
//   --short   a few sizes; else every one, until there is enough
// Exit status 77 where no such file system may be mounted.

import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Field } from './support/field.mjs';
import { judge } from './support/judge.mjs';
import { scenarios } from './support/scenarios.mjs';

const { values: options } = parseArgs({ options: { short: { type: 'boolean', default: false } } });
const chosen = ['first', 'warm', 'regenerate', 'again'];
const page = 4096;
const fault = { area: 'files', kind: 'write', fault: 'ENOSPC', onwards: true, programs: 'self' };
const record = { what: '' };

const field = new Field();
const { fixtures } = field;

function mount() {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m,nr_inodes=2000', 'tmpfs', fixtures.home], { stdio: 'pipe' });
  } catch (problem) {
    console.log(`skipped: no file system may be mounted here: ${problem.stderr ?? problem.message}`);
    rmSync(fixtures.root, { recursive: true });
    process.exit(77);
  }
}

const ballast = () => join(fixtures.home, '.claude/rwenv/.ballast');

// Takes all but so many pages.
function leavePages(pages) {
  const file = openSync(ballast(), 'w');
  const block = Buffer.alloc(page);
  for (let free = statfsSync(fixtures.home).bfree; free > pages; free--) writeSync(file, block);
  closeSync(file);
}

// Takes all but so many inodes.
function leaveInodes(inodes) {
  mkdirSync(ballast());
  for (let free = statfsSync(fixtures.home).ffree; free > inodes; free--) closeSync(openSync(join(ballast(), String(free)), 'w'));
}

const makeRoom = () => rmSync(ballast(), { recursive: true, force: true });
const resources = { pages: leavePages, inodes: leaveInodes };
let wrong = 0;

// One run with so much left. Whether it was too little.
async function tryWith(scenario, what, left) {
  const { reference, before } = await field.begin(scenario);
  resources[what](left);
  const outcome = await scenario.run(fixtures, {});
  const { problems, said } = await judge(fixtures, scenario, fault, record, outcome, before, reference, makeRoom);
  if (problems.length > 0) {
    wrong++;
    console.log(`${scenario.name} with ${left} ${what} left:\n${problems.map((problem) => `  ${problem}\n`).join('')}`);
  }
  return said?.status === 'refused';
}

async function sweep(scenario, what) {
  let left = 0;
  let refusals = 0;
  let successes = 0;
  // Enough is what was enough several times in a row: a page less may be too little for another step.
  for (; successes < 3 && left < 400; left += options.short ? 1 + Math.floor(left / 2) : 1) {
    const refused = await tryWith(scenario, what, left);
    successes = refused ? 0 : successes + 1;
    if (refused) refusals++;
  }
  console.log(`${scenario.name}: refused with ${refusals} numbers of free ${what}, done with ${left - 1}`);
  if (refusals > 0) return;
  wrong++;
  console.log('  never too little, so this tried nothing');
}

mount();
try {
  for (const scenario of scenarios.filter(({ name }) => chosen.includes(name))) {
    for (const what of Object.keys(resources)) await sweep(scenario, what);
  }
} finally {
  execFileSync('umount', ['-l', fixtures.home]);
}
await field.dispose();
console.log(`${wrong} wrong states`);
process.exit(wrong === 0 ? 0 : 1);
