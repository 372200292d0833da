// What the project and the Flux repository can be: abbreviations, object formats, work that is not pushed, and files and
// names that are not what they seem. F22, F24, F28, F29

import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifestFile, otherWarnings } from '../e2e/support/sandbox.mjs';
import { oldTag, scenario, subjectOf, tagOf } from './support/environment.mjs';

for (const abbreviation of ['4', '12', '40', 'no']) {
  scenario(`F22 core.abbrev = ${abbreviation}: seven characters all the same`, async (sandbox) => {
    sandbox.configure(`[core]\n\tabbrev = ${abbreviation}`);
    assert.equal((await sandbox.updated()).tag, tagOf(42));
  });
}

scenario('F22 seven characters are ambiguous: seven characters all the same', async (sandbox) => {
  // Objects whose ids begin as HEAD's does are looked for among blobs; here it is enough that one is there.
  let count = 0;
  const prefix = sandbox.git(sandbox.project, 'rev-parse', 'HEAD').slice(0, 4);
  const { createHash } = await import('node:crypto');
  for (let i = 0; count < 2; i++) {
    const body = `${i}\n`;
    if (createHash('sha1').update(`blob ${body.length}\0${body}`).digest('hex').startsWith(prefix)) {
      const file = sandbox.write(`tmp/blob-${i}`, body);
      sandbox.git(sandbox.project, 'hash-object', '-w', file);
      rmSync(file);
      count++;
    }
  }
  assert.equal((await sandbox.updated()).tag, tagOf(42));
});

scenario('F22 a project whose ids are SHA-256', async (sandbox) => {
  const project = join(sandbox.root, 'sha256');
  sandbox.git(sandbox.root, 'init', '-q', '--object-format=sha256', '-b', 'feature', project);
  writeFileSync(join(project, 'a'), 'a\n');
  sandbox.git(project, 'add', '.');
  sandbox.git(project, 'commit', '-qm', 'A');
  sandbox.write('sha256/.claude/rwenv', 'rdebug\n');
  const result = await sandbox.updated({ projectDir: project, prNumber: 5 });
  assert.equal(result.tag, `pr-5-${sandbox.git(project, 'rev-parse', 'HEAD').slice(0, 7)}`);
});

scenario('F22 no_commit: a project whose ids would be SHA-256', async (sandbox) => {
  const project = join(sandbox.root, 'sha256');
  sandbox.git(sandbox.root, 'init', '-q', '--object-format=sha256', '-b', 'feature', project);
  sandbox.write('sha256/.claude/rwenv', 'rdebug\n');
  await sandbox.refused('no_commit', project, { projectDir: project, prNumber: 5 });
});

// A commit on top of HEAD that stays in the project.
function commitInProject(sandbox, name) {
  sandbox.write(`project/${name}`, 'x\n');
  sandbox.git(sandbox.project, 'add', name);
  sandbox.git(sandbox.project, 'commit', '-qm', name);
  return sandbox.git(sandbox.project, 'rev-parse', 'HEAD');
}

scenario('F24 HEAD is not pushed yet: a warning, and the tag is of HEAD', async (sandbox) => {
  const head = commitInProject(sandbox, 'more.py');
  const result = await sandbox.updated();
  assert.equal(result.tag, `pr-42-${head.slice(0, 7)}`);
  const warnings = otherWarnings(result);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0], /not (been )?pushed/);
  assert.match(warnings[0], /PR #42/);
});

scenario("F24 HEAD is behind the pull request's head", async (sandbox) => {
  const head = sandbox.git(sandbox.project, 'rev-parse', 'HEAD');
  const ahead = commitInProject(sandbox, 'more.py');
  sandbox.git(sandbox.project, 'reset', '-q', '--hard', head);
  sandbox.setPullRequest({ headRefOid: ahead });
  const result = await sandbox.updated();
  assert.equal(result.tag, tagOf(42));
  assert.match(result.warnings.join('\n'), /behind/);
});

scenario("F24 the pull request's head is a commit that is not here", async (sandbox) => {
  sandbox.setPullRequest({ headRefOid: 'f'.repeat(40) });
  const result = await sandbox.updated();
  assert.match(result.warnings.join('\n'), /HEAD \(a1b2c3d\) is not the head commit of PR #42 \(fffffff\)/);
});

scenario('F24 uncommitted changes', async (sandbox) => {
  sandbox.write('project/src/papi.py', 'print("papi: changed")\n');
  const result = await sandbox.updated();
  assert.match(result.warnings.join('\n'), /uncommitted/);
  sandbox.git(sandbox.project, 'checkout', '-q', '--', '.');
  assert.deepEqual(otherWarnings(await sandbox.updated({ prNumber: 43 })), []);
});

scenario('F28 the mode of the file is kept', async (sandbox) => {
  sandbox.changeRemote((directory) => sandbox.git(directory, 'update-index', '--chmod=+x', manifestFile));
  await sandbox.updated();
  assert.match(sandbox.git(sandbox.remote, 'diff-tree', '-r', 'main^', 'main'), /^:100755 100755 /);
  sandbox.assertHistory([subjectOf(42)]);
  sandbox.assertClean();
});

scenario('F28 a Git LFS pointer is refused', async (sandbox) => {
  sandbox.changeRemote((directory) => {
    writeFileSync(join(directory, manifestFile), `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`);
    sandbox.git(directory, 'add', '.');
  });
  await sandbox.refused('bad_manifest', [/LFS/, manifestFile]);
  sandbox.assertHistory([]);
});

scenario('F28 a filter or an attribute of the repository changes no byte of what is pushed', async (sandbox) => {
  sandbox.changeRemote((directory) => {
    writeFileSync(join(directory, '.gitattributes'), '* text eol=crlf filter=upper\n');
    sandbox.git(directory, 'add', '.');
  });
  sandbox.configure('[filter "upper"]\n\tclean = tr a-z A-Z\n\tsmudge = tr A-Z a-z\n\trequired = true\n[core]\n\tautocrlf = true');
  const before = sandbox.fileAt('main').toString();
  const result = await sandbox.updated();
  assert.equal(sandbox.fileAt('main').toString(), before.replace(oldTag, tagOf(42)));
  assert.equal(result.commit, sandbox.head());
});

for (const [title, args] of [
  ['a file that begins with a dash', { file: '--upload-pack=touch x' }],
  ['a file with a newline', { file: 'apps/a\nb.yaml' }],
  ['a file with NUL', { file: 'apps/a\u0000b.yaml' }],
  ['a file in .git', { file: '.git/config' }],
  ['a file outside', { file: 'apps/../../x.yaml' }],
]) {
  scenario(`F29 ${title}`, async (sandbox) => {
    const result = await sandbox.rollout(args);
    assert.equal(result.isError, true, result.content[0].text);
    assert.ok(['bad_path', 'bad_argument'].includes(result.structuredContent.code), result.content[0].text);
    sandbox.assertHistory([]);
    await sandbox.assertNextWorks();
  });
}

for (const [title, url] of [
  ['an option', '--upload-pack=touch${IFS}pwned'],
  ['a program of ext', 'ext::sh -c "touch pwned"'],
  ['another transport', 'ftp://git.example.invalid/flux.git'],
  ['a host that is an option', 'ssh://-oProxyCommand=touch${IFS}pwned/flux.git'],
  ['a newline', 'https://git.example.invalid/a\nb'],
]) {
  scenario(`F29 a URL that is ${title}`, async (sandbox) => {
    sandbox.useRemote(url);
    const result = await sandbox.rollout();
    assert.equal(result.isError, true, result.content[0].text);
    assert.ok(['bad_config', 'unreachable'].includes(result.structuredContent.code), result.content[0].text);
    sandbox.assertHistory([]);
    sandbox.useRemote(sandbox.url);
    await sandbox.assertNextWorks();
  });
}

scenario("F29 a branch that the remote's HEAD names and that looks like an option", async (sandbox) => {
  sandbox.git(sandbox.remote, 'update-ref', 'refs/heads/--upload-pack=x', 'main');
  sandbox.git(sandbox.remote, 'symbolic-ref', 'HEAD', 'refs/heads/--upload-pack=x');
  sandbox.git(sandbox.remote, 'update-ref', '-d', 'refs/heads/main');
  const result = await sandbox.rollout();
  // It is either rolled out as the branch that it is, or refused; it is never an option.
  if (result.isError === true) {
    assert.equal(result.structuredContent.code, 'branch_not_found', result.content[0].text);
  } else {
    assert.equal(result.structuredContent.branch, '--upload-pack=x');
    assert.equal(sandbox.git(sandbox.remote, 'rev-parse', 'refs/heads/--upload-pack=x'), result.structuredContent.commit);
  }
});
