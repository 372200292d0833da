// node's test(), with a limit: a test that hangs fails, and what it started is ended (see sandbox.mjs).

import { test as nodeTest } from 'node:test';

// test(name, [options,] body); options as node's.
export function test(name, ...rest) {
  const body = rest.pop();
  return nodeTest(name, { timeout: 180_000, ...rest[0] }, body);
}
