// The patterns of the schemas, in the files and as a client gets them: clients validate with the engine of their own
// language, so each pattern compiles in RE2 and in PCRE2 as well as in ECMAScript, and says the same there.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { RE2JS } from 're2js';
import { Sandbox } from './support/sandbox.mjs';
import { eras, Server } from './support/server.mjs';
import { test } from './support/test.mjs';

const schemas = new URL('../../schemas/', import.meta.url);

// [place, pattern] of a schema and of all in it.
function patternsIn(value, place) {
  if (value === null || typeof value !== 'object') return [];
  const own = typeof value.pattern === 'string' ? [[place, value.pattern]] : [];
  const keys = Object.keys(value.patternProperties ?? {}).map((pattern) => [`${place}/patternProperties`, pattern]);
  return [...own, ...keys, ...Object.entries(value).flatMap(([key, member]) => patternsIn(member, `${place}/${key}`))];
}

const ofFiles = () => readdirSync(schemas).flatMap((file) => patternsIn(JSON.parse(readFileSync(new URL(file, schemas), 'utf8')), file));

async function ofServer(sandbox, era) {
  const server = await Server.start(sandbox, { era });
  const { tools } = await server.request('tools/list');
  await server.close();
  return tools.flatMap((tool) => patternsIn(tool, tool.name));
}

// grep's exit status: 0 matches, 1 does not, 2 the pattern is none.
const grep = (pattern, text) => spawnSync('grep', ['-Pqe', pattern], { input: `${text}\n`, env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' }, encoding: 'utf8' });
const noPcre = grep('^a$', 'a').status !== 0 && 'this grep has no PCRE';

const samples = ['papi', 'größe 服务', '', 'a\tb', 'a\u0001b', 'a\u007fb', 'a"\\/$[]u0000-x', '/src/papi', '/', 'src', 'pr-42-a1b2c3d', 'pr-0-a1b2c3d',
  'pr-42-A1B2C3D', 'pr-42-a1b2c3d4', 'a1b2c3d', 'a'.repeat(40), 'a'.repeat(64), 'a'.repeat(41), 'other.env-1', '-x'];

test('each pattern compiles in RE2 and PCRE2, and admits what it does in ECMAScript', { skip: noPcre }, async () => {
  const sandbox = new Sandbox();
  const [fromFiles, ...fromServer] = [ofFiles(), ...await Promise.all(eras.map((era) => ofServer(sandbox, era)))];
  assert.ok(fromFiles.length >= 12, `only ${fromFiles.length} patterns were found`);
  for (const patterns of fromServer) assert.ok(patterns.length >= 12, `only ${patterns.length} patterns were served`);
  const places = new Map([fromFiles, ...fromServer].flat().map(([place, pattern]) => [pattern, place]));
  for (const [pattern, place] of places) {
    const expected = new RegExp(pattern, 'u');
    const re2 = RE2JS.compile(pattern);
    for (const sample of samples) {
      assert.equal(re2.matcher(sample).find(), expected.test(sample), `RE2: ${place}: ${pattern}: ${JSON.stringify(sample)}`);
      const { status, stderr } = grep(pattern, sample);
      assert.notEqual(status, 2, `PCRE2: ${place}: ${pattern}: ${stderr}`);
      assert.equal(status === 0, expected.test(sample), `PCRE2: ${place}: ${pattern}: ${JSON.stringify(sample)}`);
    }
  }
  await sandbox.dispose();
});

test('what these engines do not compile is noticed', { skip: noPcre }, () => {
  assert.throws(() => RE2JS.compile('^[^\\u0000]+$'));
  assert.equal(grep('^[^\\u0000]+$', 'a').status, 2);
});
