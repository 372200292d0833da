// The example session of the procedure that this program replaces, byte for byte, in both eras.

import assert from 'node:assert/strict';
import { assertValidResult, outputSchema } from './support/schemas.mjs';
import { exampleCommit, manifest, manifestFile, Sandbox } from './support/sandbox.mjs';
import { eras, Server } from './support/server.mjs';
import { test } from './support/test.mjs';

const tag = 'pr-42-a1b2c3d';
const expectedManifest = manifest.replace('"pr-41-0f0e0d0"', `"${tag}"`);

function report(sandbox, warning) {
  return `✓ Updated backend-services to ${tag}

Flux repo: ${sandbox.url}
File: ${manifestFile}
Image: backend-services
Tag: ${tag}

Services affected: papi, worker.mail

Flux will reconcile automatically. To force immediate sync:
  flux reconcile kustomization backend --with-source

⚠ ${warning}
`;
}

for (const era of eras) {
  test(`${era}: "rollout papi" gives the file, the commit and the report of the example`, async () => {
    const sandbox = new Sandbox();
    const before = sandbox.head();
    const server = await Server.start(sandbox, { era });
    const result = await server.call('rollout', { service: 'papi' });
    await server.close();

    assert.notEqual(result.isError, true, JSON.stringify(result));
    assertValidResult('rollout', result);
    const head = sandbox.head();
    const { diff, report: text, warnings, replaced, ...facts } = result.structuredContent;
    assert.deepEqual(facts, {
      status: 'updated', tag, previousTag: 'pr-41-0f0e0d0', service: 'papi', imageGroup: 'backend-services',
      imageName: 'backend-services', file: manifestFile, fluxRepo: sandbox.url, branch: 'main', rwenv: 'rdebug', commit: head,
      attempts: 1, servicesAffected: ['papi', 'worker.mail'], kustomization: 'backend',
      reconcileCommand: 'flux reconcile kustomization backend --with-source', projectDir: sandbox.project, projectBranch: 'feature/health', prSource: 'gh', effect: { followed: 'unknown', notes: [] },
    });
    const [time, warning] = [sandbox.git(sandbox.remote, 'log', '-1', '--format=%ct', before), warnings[0]];
    assert.deepEqual(replaced, { tag: 'pr-41-0f0e0d0', prNumber: 41, author: 'Dana Developer', commit: before,
      committedAt: new Date(time * 1000).toISOString().replace('.000Z', 'Z') });
    assert.match(warning, /^Replaces pr-41-0f0e0d0, rolled out by Dana Developer (just now|\d+ minutes? ago)\.$/);
    assert.equal(warnings.length, 1);
    assert.equal(text.trimEnd(), report(sandbox, warning).trimEnd());
    assert.equal(result.content[0].text, text);
    assert.deepEqual(diff.split('\n').filter((line) => /^[-+](?![-+])/.test(line)),
      ['-    newTag: "pr-41-0f0e0d0"  # set by a rollout', `+    newTag: "${tag}"  # set by a rollout`]);

    assert.equal(sandbox.fileAt(head).toString(), expectedManifest);
    assert.equal(sandbox.git(sandbox.remote, 'diff-tree', '-r', '--name-status', before, head), `M\t${manifestFile}`);
    const [headers, message] = sandbox.git(sandbox.remote, 'cat-file', 'commit', head).split(/\n\n([^]*)/);
    assert.equal(message.trimEnd(), `chore(backend-services): update image tag to ${tag}`);
    assert.match(headers, new RegExp(`^tree [0-9a-f]{40}\nparent ${before}\n` +
      'author Dana Developer <dana@example.com> \\d+ [-+]\\d{4}\ncommitter Dana Developer <dana@example.com> \\d+ [-+]\\d{4}$'));
    assert.equal(sandbox.git(sandbox.remote, 'for-each-ref', '--format=%(refname)'), 'refs/heads/main');

    assert.equal(sandbox.git(sandbox.clone, 'rev-parse', 'HEAD'), head);
    assert.equal(sandbox.git(sandbox.clone, 'status', '--porcelain'), '');
    assert.ok(sandbox.ghCalls().every((call) => !call.includes('statusCheckRollup')), 'the checks were asked for');
    await sandbox.dispose();
  });

  test(`${era}: a second rollout changes nothing and says so`, async () => {
    const sandbox = new Sandbox();
    const server = await Server.start(sandbox, { era });
    await server.call('rollout', { service: 'papi' });
    const head = sandbox.head();
    const result = await server.call('rollout', { service: 'worker.mail' });
    await server.close();
    assertValidResult('rollout', result);
    assert.equal(result.structuredContent.status, 'unchanged');
    assert.equal(result.structuredContent.commit, undefined);
    assert.equal(result.content[0].text.split('\n')[0], `✓ backend-services is already at ${tag}`);
    assert.equal(sandbox.head(), head);
    await sandbox.dispose();
  });

  test(`${era}: a dry run shows the diff and changes nothing`, async () => {
    const sandbox = new Sandbox({ rwenv: { readOnly: true } });
    const before = sandbox.head();
    const server = await Server.start(sandbox, { era });
    const result = await server.call('rollout', { service: 'papi', dryRun: true });
    await server.close();
    assertValidResult('rollout', result);
    assert.equal(result.structuredContent.status, 'dry_run');
    const lines = result.content[0].text.split('\n');
    assert.equal(lines[0], `Dry run: backend-services pr-41-0f0e0d0 → ${tag}`);
    assert.ok(lines.some((line) => line.startsWith('+') && line.includes(tag)), result.content[0].text);
    assert.equal(sandbox.head(), before);
    await sandbox.dispose();
  });

  test(`${era}: resolve_tag and lookup_service say what the rollout would use`, async () => {
    const sandbox = new Sandbox();
    const server = await Server.start(sandbox, { era });
    const resolved = await server.call('resolve_tag');
    const service = await server.call('lookup_service', { service: 'papi' });
    await server.close();
    assertValidResult('resolve_tag', resolved);
    assertValidResult('lookup_service', service);
    const { report: tagReport, ...facts } = resolved.structuredContent;
    assert.deepEqual(facts, { tag, prNumber: 42, commit: exampleCommit, shortSha: 'a1b2c3d', branch: 'feature/health',
      prUrl: 'https://github.example.com/shop/papi/pull/42', prState: 'OPEN', warnings: [] });
    assert.match(tagReport, new RegExp(tag));
    const { report: lookupReport, ...place } = service.structuredContent;
    assert.deepEqual(place, { service: 'papi', imageGroup: 'backend-services', file: manifestFile, imageName: 'backend-services',
      type: 'kustomize-images', kustomization: 'backend', namespace: 'backend', deployment: 'papi', description: 'Public API',
      servicesAffected: ['papi', 'worker.mail'], catalogFile: sandbox.servicesFile, catalogGeneratedAt: '2026-01-02T03:04:05Z' });
    assert.match(lookupReport, /backend-services/);
    await sandbox.dispose();
  });

  test(`${era}: tools/list offers the tools with the schemas of the repository`, async () => {
    const sandbox = new Sandbox();
    const server = await Server.start(sandbox, { era });
    const { tools } = await server.request('tools/list');
    await server.close();
    assert.deepEqual(tools.map(({ name }) => name).sort(), ['add_rwenv', 'list_rwenvs', 'lookup_service', 'regenerate_services', 'resolve_tag', 'rollback', 'rollout', 'rollout_history', 'rollout_status', 'set_rwenv']);
    for (const { name, inputSchema, outputSchema: output, annotations } of tools) {
      assert.deepEqual(output, outputSchema(name));
      assert.equal(inputSchema.additionalProperties, false);
      assert.equal(annotations.readOnlyHint ?? false, !['rollout', 'rollback', 'regenerate_services', 'set_rwenv', 'add_rwenv'].includes(name));
      if (name === 'rollout' || name === 'rollback') {
        assert.deepEqual([annotations.destructiveHint, annotations.idempotentHint, annotations.openWorldHint], [true, true, true]);
      }
    }
    await sandbox.dispose();
  });

  test(`${era}: progress is told while a rollout runs, only when asked for`, async () => {
    const sandbox = new Sandbox();
    const server = await Server.start(sandbox, { era });
    await server.call('rollout', { service: 'papi', dryRun: true });
    assert.deepEqual(server.notifications, []);
    await server.call('rollout', { service: 'papi' }, { progressToken: 'p-1' });
    await server.close();
    assert.ok(server.notifications.length >= 3, JSON.stringify(server.notifications));
    let last = -Infinity;
    for (const { method, params } of server.notifications) {
      assert.equal(method, 'notifications/progress');
      assert.equal(params.progressToken, 'p-1');
      assert.ok(params.progress > last);
      last = params.progress;
    }
    await sandbox.dispose();
  });

  test(`${era}: an unknown tool is the protocol's error, an unknown argument the tool's`, async () => {
    const sandbox = new Sandbox();
    const server = await Server.start(sandbox, { era });
    await assert.rejects(server.call('deploy'), { code: -32602 });
    const result = await server.call('rollout', { service: 'papi', branch: 'main' });
    await server.close();
    assert.equal(result.isError, true);
    assert.equal(result.structuredContent.code, 'bad_argument');
    assert.match(result.content[0].text, /branch/);
    await sandbox.dispose();
  });
}
