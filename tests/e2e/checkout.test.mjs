// Which checkout the tag is of, where the repository has linked work trees: the client's root says where the client has
// moved to, while CLAUDE_PROJECT_DIR and the server's directory stay behind.

import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { assertValidResult } from './support/schemas.mjs';
import { otherWarnings, Sandbox } from './support/sandbox.mjs';
import { clients } from './support/sdk.mjs';
import { binary, eras, Server } from './support/server.mjs';
import { test } from './support/test.mjs';

const [modern] = eras;
const capabilities = { roots: { listChanged: true }, elicitation: {} };
const fileUri = (path) => `file://${path}`;

// Links a work tree of the sandbox's project, with a commit of its own on a branch of its own.
function link(sandbox, name) {
  const path = join(sandbox.root, name);
  const branch = `feature/${name.replaceAll(' ', '-')}`;
  sandbox.git(sandbox.project, 'worktree', 'add', '-q', '-b', branch, path);
  sandbox.git(path, 'commit', '-q', '--allow-empty', '-m', name);
  return { path, branch, tag: `pr-42-${sandbox.git(path, 'rev-parse', 'HEAD').slice(0, 7)}` };
}

// A server whose client answers what it is asked, in either era: `answers` has functions by method.
async function start(sandbox, era, answers, options = {}) {
  const asked = [];
  const answer = ({ method, params }) => {
    asked.push(method);
    return answers[method](params);
  };
  const claude = { CLAUDE_PROJECT_DIR: sandbox.project };
  const server = await Server.start(sandbox, { era, capabilities, answer, ...options, environment: { ...claude, ...options.environment } });
  const meta = { 'io.modelcontextprotocol/clientCapabilities': options.capabilities ?? capabilities, progressToken: 'p' };
  const request = async (method, params) => {
    let result = await server.request(method, params, meta);
    for (let round = 0; result.resultType === 'input_required' && round < 5; ++round) {
      const inputResponses = Object.fromEntries(Object.entries(result.inputRequests).map(([key, question]) => [key, answer(question)]));
      result = await server.request(method, { ...params, inputResponses, ...(result.requestState && { requestState: result.requestState }) }, meta);
    }
    return result;
  };
  const call = async (tool, args = {}) => {
    const result = await request('tools/call', { name: tool, arguments: args });
    assertValidResult(tool, result);
    return result.structuredContent;
  };
  return { server, asked, request, call, close: () => server.close() };
}

const rootsAre = (...uris) => ({ 'roots/list': () => ({ roots: uris.map((uri) => ({ uri })) }) });

for (const era of eras) {
  test(`${era}: a root in another work tree of the repository is the project, for each tool`, async () => {
    const sandbox = new Sandbox();
    const linked = link(sandbox, 'linked');
    const { server, asked, request, call, close } = await start(sandbox, era, rootsAre(fileUri(linked.path)));
    const resolved = await call('resolve_tag');
    assert.deepEqual([resolved.tag, resolved.branch], [linked.tag, linked.branch]);
    assert.equal((await call('lookup_service', { service: 'papi' })).imageGroup, 'backend-services');
    assert.ok(!('code' in await call('regenerate_services', { dryRun: true })));
    const { contents } = await request('resources/read', { uri: 'rollout://rwenv' });
    assert.equal(JSON.parse(contents[0].text).projectDir, linked.path);
    server.notifications.length = 0;

    const result = await call('rollout', { service: 'papi' });
    assert.deepEqual([result.status, result.tag, result.projectDir, result.projectBranch, result.rwenv],
      ['updated', linked.tag, linked.path, linked.branch, 'rdebug']);
    assert.doesNotMatch(result.warnings.join('\n'), /work tree/);
    const steps = server.notifications.filter(({ method }) => method === 'notifications/progress').map(({ params }) => params.message);
    assert.ok(steps.some((step) => step.includes(linked.path) && step.includes(linked.branch)), steps.join('\n'));
    assert.ok(asked.length > 0 && asked.every((method) => method === 'roots/list'), asked.join());
    await close();
    await sandbox.dispose();
  });

  test(`${era}: the root is asked for only where there are linked work trees, once for a call`, async () => {
    const sandbox = new Sandbox();
    const { asked, request, call, close } = await start(sandbox, era, rootsAre(fileUri(sandbox.project)));
    const all = async () => {
      for (const [tool, args] of [['resolve_tag', {}], ['lookup_service', { service: 'papi' }], ['rollout', { service: 'papi', dryRun: true }],
        ['rollout', { service: 'papi' }], ['regenerate_services', {}]]) await call(tool, args);
      for (const uri of ['rollout://services', 'rollout://services/papi', 'rollout://rwenv', 'rollout://doctor']) await request('resources/read', { uri });
      await request('prompts/get', { name: 'rollout', arguments: {} });
      await request('completion/complete', { ref: { type: 'ref/prompt', name: 'rollout' }, argument: { name: 'service', value: 'p' } });
    };
    await all();
    assert.deepEqual(asked, []);
    link(sandbox, 'linked');
    await call('rollout', { service: 'papi' });
    assert.deepEqual(asked, ['roots/list']);
    await all();
    assert.ok(asked.length <= 10, asked.join());
    sandbox.git(sandbox.project, 'worktree', 'remove', join(sandbox.root, 'linked'));
    const before = asked.length;
    await all();
    assert.equal(asked.length, before);
    await close();
    await sandbox.dispose();
  });

  test(`${era}: the main work tree is another one of a linked work tree; an argument beats both`, async () => {
    const sandbox = new Sandbox();
    const linked = link(sandbox, 'linked');
    const environment = { CLAUDE_PROJECT_DIR: linked.path };
    const { asked, call, close } = await start(sandbox, era, rootsAre(fileUri(sandbox.project)), { environment, cwd: linked.path });
    const main = await call('rollout', { service: 'papi', dryRun: true });
    assert.deepEqual([main.projectDir, main.projectBranch, main.tag], [sandbox.project, 'feature/health', 'pr-42-a1b2c3d']);
    asked.length = 0;
    mkdirSync(join(linked.path, 'deeper'));
    const below = await call('rollout', { service: 'papi', projectDir: join(linked.path, 'deeper') });
    assert.deepEqual([below.projectDir, below.projectBranch, below.tag], [join(linked.path, 'deeper'), linked.branch, linked.tag]);
    assert.deepEqual(asked, []);
    sandbox.git(linked.path, 'checkout', '-q', '--detach');
    const detached = await call('rollout', { service: 'papi', projectDir: linked.path });
    assert.equal(detached.status, 'unchanged');
    assert.ok(!('projectBranch' in detached));
    await close();
    await sandbox.dispose();
  });

  test(`${era}: a root elsewhere leaves the project as it is`, async () => {
    const sandbox = new Sandbox();
    link(sandbox, 'linked');
    const other = join(sandbox.root, 'other');
    sandbox.git(sandbox.root, 'clone', '-q', '-b', 'feature/health', join(sandbox.root, 'papi.git'), other);
    for (const root of [other, sandbox.home, join(sandbox.project, 'src'), sandbox.project]) {
      const { call, close } = await start(sandbox, era, rootsAre(fileUri(root)));
      const result = await call('rollout', { service: 'papi', dryRun: true });
      assert.equal(result.projectDir, sandbox.project);
      assert.deepEqual(otherWarnings(result), [], root);
      await close();
    }
    await sandbox.dispose();
  });

  test(`${era}: a client that cannot say where it is: a warning names the work tree and the branch`, async () => {
    const sandbox = new Sandbox();
    link(sandbox, 'linked');
    const gone = join(sandbox.root, 'gone');
    const cases = [
      [{ capabilities: { elicitation: {} } }, rootsAre(), 'offers no roots'],
      [{}, rootsAre(), 'has no roots'],
      [{}, { 'roots/list': () => ({ nothing: true }) }, 'did not answer `roots/list`'],
      [{}, rootsAre(fileUri(gone)), `names '${gone}', which is no directory`],
    ];
    for (const [options, answers, problem] of cases) {
      const { call, close } = await start(sandbox, era, answers, options);
      const warning = `The repository has several work trees, and the client ${problem}, so '${sandbox.project}' (branch feature/health) was used. ` +
        'For another one, pass its path as `projectDir`.';
      for (const [tool, args] of [['rollout', { service: 'papi', dryRun: true }], ['resolve_tag', {}], ['regenerate_services', { dryRun: true }]]) {
        const result = await call(tool, args);
        assert.ok(result.warnings.includes(warning), `${tool}: ${result.warnings}`);
        assert.ok(result.report.includes(warning), result.report);
      }
      await close();
    }
    await sandbox.dispose();
  });

  test(`${era}: roots in the spellings of clients; one that is no path is said, and the next one counts`, async () => {
    const sandbox = new Sandbox();
    const linked = link(sandbox, 'linked wörk tree');
    const encoded = encodeURI(linked.path);
    for (const root of [linked.path, `${linked.path}/`, `file:${encoded}`, `FILE://${encoded}`, `file://localhost${encoded}`, `file://${linked.path}`]) {
      const { call, close } = await start(sandbox, era, rootsAre(root));
      assert.equal((await call('rollout', { service: 'papi', dryRun: true })).projectDir, linked.path, root);
      await close();
    }
    for (const root of ['vscode://x/y', 'file://elsewhere/srv', 'relative', '']) {
      const { call, close } = await start(sandbox, era, rootsAre(root, `file://${encoded}`));
      const result = await call('rollout', { service: 'papi', dryRun: true });
      assert.equal(result.projectDir, linked.path);
      assert.ok(result.warnings.includes(`The client's root '${root}' was not used: expected a file: URI or an absolute path of this machine.`),
        result.warnings.join('\n'));
      await close();
    }
    // An entry that is no root at all leaves the others, on both sides of it.
    const { call, close } = await start(sandbox, era, { 'roots/list': () => ({ roots: [{ name: 'x' }, 5, { uri: `file://${encoded}` }, null] }) });
    const result = await call('rollout', { service: 'papi', dryRun: true });
    assert.equal(result.projectDir, linked.path);
    assert.deepEqual(result.warnings.filter((warning) => warning.includes('was not used')).map((warning) => warning.match(/\((.*?)\)/)[1]),
      ['an object without `uri`', '5', 'null']);
    await close();
    await sandbox.dispose();
  });

  test(`${era}: a linked work tree inherits the rwenv and asks nothing; one with another of its own asks`, async () => {
    const sandbox = new Sandbox();
    const linked = link(sandbox, 'linked');
    const rwenv = { fluxGitRepo: sandbox.url, fluxGitRepoType: 'gitea' };
    sandbox.writeEnvs(rwenv, { second: rwenv });
    sandbox.environment.XDG_STATE_HOME = join(sandbox.root, 'state');
    const answers = { ...rootsAre(fileUri(linked.path)), 'elicitation/create': (params) => (params.requestedSchema.properties.confirm
      ? { action: 'accept', content: { confirm: true } } : { action: 'accept', content: { service: 'papi' } }) };
    const { asked, call, close } = await start(sandbox, era, answers);
    assert.equal((await call('rollout')).status, 'updated');
    assert.deepEqual(asked, ['roots/list', 'elicitation/create']);
    asked.length = 0;
    sandbox.write('linked/.claude/rwenv', 'second\n');
    const result = await call('rollout');
    assert.deepEqual([result.rwenv, result.projectDir], ['second', linked.path], JSON.stringify(result));
    assert.deepEqual(asked.filter((method) => method !== 'roots/list'), ['elicitation/create', 'elicitation/create']);
    answers['elicitation/create'] = () => ({ action: 'decline' });
    assert.equal((await call('rollout', { service: 'papi' })).code, 'other_rwenv');
    await close();
    await sandbox.dispose();
  });
}

test('a client that has moved on since its last answer is asked again', async () => {
  const sandbox = new Sandbox();
  const [one, two] = [link(sandbox, 'one'), link(sandbox, 'two')];
  for (const roots of [{}, { listChanged: true }]) {
    let root = one.path;
    const { server, call, close } = await start(sandbox, eras[1], { 'roots/list': () => ({ roots: [{ uri: fileUri(root) }] }) }, { capabilities: { roots } });
    assert.equal((await call('resolve_tag')).tag, one.tag);
    root = two.path;
    if (roots.listChanged) server.send({ jsonrpc: '2.0', method: 'notifications/roots/list_changed' });
    assert.equal((await call('resolve_tag')).tag, two.tag);
    await close();
  }
  await sandbox.dispose();
});

test('without CLAUDE_PROJECT_DIR, in 2026-07-28: asked where there are linked work trees, or where the server is in none', async () => {
  const sandbox = new Sandbox();
  const environment = { CLAUDE_PROJECT_DIR: undefined };
  const here = await start(sandbox, modern, rootsAre(fileUri(sandbox.home)), { environment });
  assert.equal((await here.call('rollout', { service: 'papi', dryRun: true })).projectDir, sandbox.project);
  assert.deepEqual(here.asked, []);
  await here.close();
  const elsewhere = await start(sandbox, modern, rootsAre(fileUri(sandbox.project)), { environment, cwd: sandbox.home });
  assert.equal((await elsewhere.call('rollout', { service: 'papi', dryRun: true })).projectDir, sandbox.project);
  await elsewhere.close();
  const linked = link(sandbox, 'linked');
  const moved = await start(sandbox, modern, rootsAre(fileUri(linked.path)), { environment });
  assert.equal((await moved.call('rollout', { service: 'papi', dryRun: true })).projectDir, linked.path);
  await moved.close();
  await sandbox.dispose();
});

test('a directory that only claims to be a work tree of the repository is none', async () => {
  const sandbox = new Sandbox();
  const linked = link(sandbox, 'linked');
  sandbox.write('claims/.git', 'gitdir: git\n');
  sandbox.write('claims/git/commondir', `${join(sandbox.project, '.git')}\n`);
  sandbox.write('claims/git/HEAD', `ref: refs/heads/${linked.branch}\n`);
  symlinkSync('/dev/zero', sandbox.write('hangs/x', '').replace(/x$/, '.git'));
  for (const era of eras) {
    for (const root of ['claims', 'hangs']) {
      const { call, close } = await start(sandbox, era, rootsAre(fileUri(join(sandbox.root, root))));
      assert.equal((await call('rollout', { service: 'papi', dryRun: true })).projectDir, sandbox.project, root);
      await close();
    }
  }
  await sandbox.dispose();
});

for (const [name, connect] of Object.entries(clients)) {
  test(`${name}: the SDK's own answer to roots/list leads to the work tree`, async () => {
    const sandbox = new Sandbox();
    const linked = link(sandbox, 'linked');
    sandbox.environment.CLAUDE_PROJECT_DIR = sandbox.project;
    const client = await connect(sandbox, binary, { roots: [{ uri: fileUri(linked.path), name: 'linked' }] });
    const { structuredContent } = await client.callTool({ name: 'rollout', arguments: { service: 'papi' } });
    assert.deepEqual([structuredContent.tag, structuredContent.projectDir, structuredContent.projectBranch],
      [linked.tag, linked.path, linked.branch], JSON.stringify(structuredContent));
    await client.close();
    await sandbox.dispose();
  });
}
