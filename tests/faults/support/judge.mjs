// Whether a run that something failed in left a right state behind, and said so rightly.

import { assertValidResult } from '../../e2e/support/schemas.mjs';
import { leftoversOf } from '../../e2e/support/processes.mjs';
import { wrongRefusal } from './codes.mjs';
import { catalogText } from './scenarios.mjs';

const succeeded = new Set(['updated', 'unchanged', 'written', 'dry_run']);

// Where all stands: compared before and after.
export async function stateOf(fixtures) {
  return { head: fixtures.remoteHead(), users: fixtures.usersFiles(), catalog: catalogText(fixtures) };
}

// The tree of the remote's main.
export const treeOf = (fixtures) => fixtures.ask(fixtures.remote, 'rev-parse', 'main^{tree}');

// The structured content of what was said, or a problem.
function structuredOf(scenario, outcome, problems) {
  const valid = (result) => {
    try {
      assertValidResult(scenario.tool, { content: [{ type: 'text' }], ...result });
      return result.structuredContent;
    } catch (problem) {
      problems.push(`not valid: ${problem.message}`);
      return undefined;
    }
  };
  if (outcome.isServer) {
    const { result } = outcome;
    if (result?.structuredContent !== undefined) return valid(result);
    return undefined;
  }
  try {
    return valid({ structuredContent: JSON.parse(outcome.stdout) });
  } catch {
    problems.push(`--json without JSON: ${JSON.stringify(outcome.stdout.slice(0, 200))}`);
    return undefined;
  }
}

// Libraries in C end the program where they do not look at what malloc gives them. What is left behind counts all the same.
const diesOf = ({ kind, programs }) => kind === 'libraries' && programs === 'self';

function judgeEnd(outcome, fault, record, problems) {
  if (outcome.hung) problems.push('hangs');
  else if (outcome.signal !== null && diesOf(fault)) return;
  else if (outcome.signal !== null) problems.push(`ended by ${outcome.signal}`);
  else if (outcome.isServer ? outcome.status !== 0 && outcome.result?.problem === undefined : ![0, 1].includes(outcome.status)) {
    problems.push(`exit status ${outcome.status}: ${outcome.stderr}`);
  }
  // What fails for good (a +) fails for the next call as well. What a server reads of its client or writes to it may fail: then it ends.
  if (outcome.isServer && !fault.onwards && !isInput(record) && !isBrokenOff(fault, record) && !neverServed(outcome)) {
    const next = outcome.after?.structuredContent;
    const why = next?.status === 'refused' ? wrongRefusal(fault, record, next) : undefined;
    if (next === undefined || why !== undefined) problems.push(`the server's next call: ${why ?? outcome.after?.problem}`);
  }
}

// It could not begin, and said so.
const neverServed = ({ status, result, stderr }) => status === 1 && result?.problem !== undefined && /^(rollout-mcp|Something unexpected went wrong): ./m.test(stderr);

const isInput = ({ what }) => /rollout-mcp: (read|poll|ppoll|recv) ?(pipe|socket|$)/.test(what);
const isBrokenOff = ({ fault }, { what }) => fault === 'EPIPE' && /rollout-mcp: (write|send) ?socket/.test(what);

// Remote, catalog and the user's files are as before or as after.
async function judgeState(fixtures, scenario, before, reference, problems) {
  const after = await stateOf(fixtures);
  if (after.users !== before.users) problems.push('a file of the user changed');
  if (after.catalog !== before.catalog && after.catalog !== reference.catalog) problems.push('the catalog is neither the old nor the new one');
  if (after.head !== before.head) {
    const [parents, tree] = (await fixtures.ask(fixtures.remote, 'log', '-1', '--format=%P%n%T', after.head)).split('\n');
    if (parents !== before.head || tree !== reference.tree) problems.push('the remote has something else than this one change');
    await fixtures.ask(fixtures.remote, 'fsck', '--strict', '--no-dangling').catch((problem) => problems.push(`the remote is broken: ${problem.stderr}`));
  }
  return after;
}

function judgeWords(fault, record, outcome, said, before, after, problems) {
  const changed = after.head !== before.head || after.catalog !== before.catalog;
  if (said === undefined) return;
  const success = succeeded.has(said.status);
  if (!outcome.isServer && success !== (outcome.status === 0)) problems.push(`exit status ${outcome.status} of ${said.status}`);
  if (['updated', 'written'].includes(said.status) && !changed) problems.push(`${said.status}, but nothing changed`);
  if (said.status === 'unchanged' && !changed) problems.push('unchanged, but it was not there');
  if (said.status === 'refused') {
    if (changed && said.code !== 'unknown_outcome') problems.push(`refused with ${said.code}, but changed: ${said.message}`);
    const why = wrongRefusal(fault, record, said);
    if (why !== undefined) problems.push(why);
    if (!outcome.isServer && !outcome.stderr.includes(said.message.split('\n')[0])) problems.push('standard error does not say what the JSON does');
  }
}

// The same without a fault: done now, or done already; and the clone is in order.
async function judgeNext(fixtures, scenario, before, reference, problems) {
  const next = await scenario.run(fixtures, {});
  const said = structuredOf(scenario, next, problems);
  if (!succeeded.has(said?.status)) {
    problems.push(`the next run does not work: ${said?.message ?? JSON.stringify(next)}`);
    return;
  }
  const head = fixtures.remoteHead();
  if (reference.tree !== undefined && (await treeOf(fixtures)) !== reference.tree) problems.push('the remote is wrong after the next run');
  if (catalogText(fixtures) !== reference.catalog) problems.push('the catalog is wrong after the next run');
  if (reference.head !== before.head && (await fixtures.ask(fixtures.remote, 'rev-parse', 'main^')) !== before.head) problems.push('two commits on the remote');
  const clone = await fixtures.ask(fixtures.clone, 'rev-parse', scenario.tool === 'rollout' ? 'HEAD' : 'refs/remotes/origin/main').catch(({ stderr }) => stderr);
  if (clone !== head) problems.push(`the clone stands elsewhere: ${clone}`);
  if (scenario.tool === 'rollout') {
    const status = await fixtures.ask(fixtures.clone, 'status', '--porcelain').catch(({ stderr }) => stderr);
    if (status !== '') problems.push(`the clone is not clean: ${status}`);
  }
  await fixtures.ask(fixtures.clone, 'fsck', '--strict', '--no-dangling').catch(({ stderr }) => problems.push(`the clone is broken: ${stderr}`));
  const left = fixtures.leftovers();
  if (left.length > 0) problems.push(`left behind: ${left.join(', ')}`);
}

// {problems, said}: what is wrong, and what the program said. `makeRoom` ends what is wrong with the system, if that lasts.
export async function judge(fixtures, scenario, fault, record, outcome, before, reference, makeRoom = () => {}) {
  const problems = [];
  judgeEnd(outcome, fault, record, problems);
  // What was started may finish what it does, as a push that has begun; it must not stay.
  const processes = await leftoversOf(`HOME=${fixtures.home}`);
  if (processes.length > 0) problems.push(`processes that stayed: ${processes.map(({ command }) => command).join('; ')}`);
  const after = await judgeState(fixtures, scenario, before, reference, problems);
  const said = outcome.hung || outcome.signal !== null ? undefined : structuredOf(scenario, outcome, problems);
  judgeWords(fault, record, outcome, said, before, after, problems);
  makeRoom();
  await judgeNext(fixtures, scenario, before, reference, problems);
  return { problems, said };
}
