// Judges structured content by the output schemas, with a validator that the server does not share.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv2020 from 'ajv/dist/2020.js';

const directory = join(dirname(fileURLToPath(import.meta.url)), '../../../schemas');
const ajv = new Ajv2020({ allErrors: true, strict: false });
const validators = new Map();

export function outputSchema(tool) {
  return JSON.parse(readFileSync(join(directory, `${tool}.output.json`), 'utf8'));
}

// The codes that any tool's refusal can have: the schema of `rollout` lists them for all.
export const refusalCodes = outputSchema('rollout').$defs.refusal.properties.code.enum;

// Fails unless the tool's result has structured content that its output schema admits, and says the same as text.
export function assertValidResult(tool, result) {
  if (!validators.has(tool)) validators.set(tool, ajv.compile(outputSchema(tool)));
  const validate = validators.get(tool);
  assert.ok(result.structuredContent, `no structuredContent: ${JSON.stringify(result)}`);
  assert.ok(validate(result.structuredContent),
    `${JSON.stringify(validate.errors, null, 1)}\n${JSON.stringify(result.structuredContent, null, 1)}`);
  if (result.isError) assert.ok(refusalCodes.includes(result.structuredContent.code), result.structuredContent.code);
  assert.equal(result.content.length, 1);
  assert.equal(result.content[0].type, 'text');
}

// Fails unless a rollout was refused with this code, in words that match.
export function assertRefused(result, code, pattern = /./) {
  assert.equal(result.isError, true, JSON.stringify(result));
  assertValidResult('rollout', result);
  assert.equal(result.structuredContent.code, code, result.content[0].text);
  assert.match(result.content[0].text, pattern);
}
