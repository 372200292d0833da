// How many instructions the server executes for a call, counted by valgrind's callgrind. Unlike its time, they hardly
// depend on what else the machine does.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../stand_ins/programs.mjs';
import { Server } from './programs.mjs';

const few = 100;
const many = 1100;

// Those of a whole run in which a tool is called so often, one call after the other.
async function ofRun(valgrind, [tool, args, ...program], calls, fixtures) {
  const counts = join(fixtures.directory('instructions'), 'callgrind');
  const options = ['--tool=callgrind', `--callgrind-out-file=${counts}`];
  const server = await Server.start(valgrind, [...options, ...program], { cwd: fixtures.project, env: fixtures.environment });
  for (let call = 0; call < calls; call++) await server.call(tool, args);
  await server.stop();
  return Number(/^totals: (\d+)$/m.exec(readFileSync(counts, 'utf8'))[1]);
}

// Those of one call, without the start and what only the first calls need; undefined where there is no valgrind.
export async function instructionsPerCall(fixtures, contender) {
  const valgrind = findProgram('valgrind');
  if (valgrind === undefined) return undefined;
  return (await ofRun(valgrind, contender, many, fixtures) - await ofRun(valgrind, contender, few, fixtures)) / (many - few);
}
