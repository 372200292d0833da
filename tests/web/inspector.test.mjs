// The MCP Inspector's web page, as a person tries the server with it: the form of each tool, a rollout with its progress
// and its report, whether it is live, and back. The cluster is a stand-in that the real kubectl asks.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { ofInspector } from '../e2e/support/inspector.mjs';
import { comeTo, runs } from '../e2e/support/live.mjs';
import { manifest, manifestFile, Sandbox } from '../e2e/support/sandbox.mjs';
import { assertValidResult } from '../e2e/support/schemas.mjs';
import { Server } from '../e2e/support/server.mjs';
import { test } from '../e2e/support/test.mjs';
import { serveKubernetes } from '../../stand_ins/kubernetes.mjs';
import { withInspector } from './support/browser.mjs';

const former = 'pr-41-0f0e0d0';
const own = 'pr-42-a1b2c3d';
const image = 'registry.example.com/shop/backend-services';
const url = 'https://git.example.com/infra/flux.git'; // git is told that this is the sandbox's repository
const picture = process.env.INSPECTOR_PICTURE; // the file of the picture in docs/guide.md, if one is to be made
const left = { expected: [...ofInspector.expected, '.pki'] };

// A sandbox whose repository has an address such as a user's, and whose cluster runs the former image.
async function makeSandbox() {
  const sandbox = new Sandbox();
  sandbox.git(sandbox.root, 'config', '--file', 'gitconfig', `url.${sandbox.url}.insteadOf`, url);
  const cluster = await serveKubernetes(sandbox);
  sandbox.writeEnvs({ fluxGitRepo: url, ...cluster.rwenv });
  comeTo(cluster, sandbox.head());
  runs(cluster, `${image}:${former}`);
  return { sandbox, cluster, dispose: async () => {
    await cluster.stop();
    await sandbox.dispose(left);
  } };
}

// The tools as the server lists them, by name.
async function toolsOf(sandbox) {
  const server = await Server.start(sandbox);
  const { tools } = await server.request('tools/list');
  await server.close();
  return new Map(tools.map((tool) => [tool.name, tool]));
}

// A value for each argument of a tool: the example in its description; boxes are all ticked.
function examples({ inputSchema }) {
  return Object.fromEntries(Object.entries(inputSchema.properties).map(([name, { type, description }]) => {
    const [, example] = /Example: ("[^"]+"|\[[^\]]+\]|\w+)/.exec(description);
    return [name, type === 'boolean' ? true : JSON.parse(example)];
  }));
}

// The push waits until release(): so long, the page shows how far the rollout has come.
function holdPush(sandbox) {
  const file = join(sandbox.root, 'released');
  sandbox.hook('pre-receive', `until [ -e '${file}' ]; do sleep 0.05; done`);
  return { release: () => sandbox.write('released', '') };
}

test('each tool has a form, with a field for each argument and its description', async () => {
  const { sandbox, dispose } = await makeSandbox();
  const tools = await toolsOf(sandbox);
  await withInspector(sandbox, 'modern', async (inspected) => {
    assert.deepEqual((await inspected.tools()).sort(), [...tools.keys()].sort());
    for (const [name, tool] of tools) {
      await inspected.choose(tool);
      const said = await inspected.main.innerText();
      const values = examples(tool);
      for (const [argument, value] of Object.entries(values)) {
        const schema = tool.inputSchema.properties[argument];
        assert.ok(said.includes(schema.description), `${name}: ${argument} is not described`);
        await inspected.fill(argument, schema, value);
      }
      assert.deepEqual(await inspected.argumentsAsJson(), values, name);
    }
  });
  await dispose();
});

for (const era of ['legacy', 'modern']) {
  test(`${era}: a rollout with its progress, whether it is live, and back`, async () => {
    const { sandbox, cluster, dispose } = await makeSandbox();
    const tools = await toolsOf(sandbox);
    const called = new Set();
    await withInspector(sandbox, era, async (inspected) => {
      const check = (tool, { content, structuredContent }) => {
        called.add(tool);
        assertValidResult(tool, { content: [{ type: 'text', text: content }], structuredContent });
        const shown = content.replaceAll(/\s+/g, ' ');
        const { report } = structuredContent;
        assert.ok(report === undefined || shown.includes(report.replaceAll(/\s+/g, ' ').trim()), `${tool}: ${content}`);
        return { shown, ...structuredContent };
      };
      const call = async (tool, args = {}) => check(tool, await inspected.call(tools.get(tool), args));

      assert.match((await call('list_rwenvs')).shown, /rdebug/);
      assert.equal((await call('lookup_service', { service: 'papi' })).file, manifestFile);
      assert.equal((await call('resolve_tag')).tag, own);

      await inspected.forgetProgress();
      const push = holdPush(sandbox);
      await inspected.choose(tools.get('rollout'));
      await inspected.fill('service', { type: 'string' }, 'papi');
      await inspected.execute();
      await inspected.progress().filter({ hasText: 'pushing' }).waitFor();
      assert.equal(sandbox.fileAt('main').toString(), manifest, 'not yet');
      push.release();
      const rollout = check('rollout', await inspected.result({ stays: true }));
      if (picture !== undefined) await inspected.picture(picture);
      assert.equal(rollout.status, 'updated');
      assert.equal(rollout.commit, sandbox.head());
      assert.equal(sandbox.fileAt('main').toString(), manifest.replace(former, own));

      assert.equal((await call('rollout_status', { service: 'papi' })).state, 'pending');
      comeTo(cluster, sandbox.head());
      runs(cluster, `${image}:${own}`);
      const live = await call('rollout_status', { service: 'papi', waitSeconds: 30 });
      assert.equal(live.state, 'live');
      assert.match(live.shown, /papi in rdebug .*: live/);
      const { entries } = await call('rollout_history', { service: 'papi', limit: 2 });
      assert.deepEqual(entries.map(({ tag }) => tag), [own, former]);

      assert.match((await call('rollback', { service: 'papi', dryRun: true })).shown, new RegExp(former));
      assert.equal(sandbox.fileAt('main').toString(), manifest.replace(former, own), 'a dry run');
      const back = await call('rollback', { service: 'papi', dryRun: false });
      assert.equal(back.tag, former);
      assert.equal(back.commit, sandbox.head());
      assert.equal(sandbox.fileAt('main').toString(), manifest);

      await call('regenerate_services', { dryRun: true });
      await call('add_rwenv', { name: 'staging', fluxGitRepo: url, fluxGitRepoType: 'github', readOnly: true });
      assert.match((await call('set_rwenv', { name: 'staging' })).shown, /rdebug → staging/);
      const refused = await call('rollout', { service: 'papi' });
      assert.equal(refused.code, 'read_only');
      assert.equal(sandbox.fileAt('main').toString(), manifest);
    });
    assert.deepEqual([...called].sort(), [...tools.keys()].sort(), 'every tool was called');
    await dispose();
  });
}
