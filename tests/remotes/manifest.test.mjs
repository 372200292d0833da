// What an image entry can look like, through a whole rollout: only the bytes of the tag's value change, or nothing does.
// The editor's own tests (tests/unit, tests/data/manifest_edit) have many more. F15 to F20, F28

import assert from 'node:assert/strict';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifest, manifestFile } from '../e2e/support/sandbox.mjs';
import { scenario, subjectOf, tagOf } from './support/environment.mjs';

const tag = tagOf(42);
const withFile = (bytes) => ({ files: { [manifestFile]: bytes } });

for (const [title, before, after] of [
  ['F16 several entries of that name: all are set', 'images:\n  - name: backend-services\n    newTag: a\n  - name: backend-services\n    newTag: "b"\n',
    `images:\n  - name: backend-services\n    newTag: ${tag}\n  - name: backend-services\n    newTag: "${tag}"\n`],
  ['F18 no newTag: a line after name', 'images:\n  - name: backend-services # ours\n', `images:\n  - name: backend-services # ours\n    newTag: ${tag}\n`],
  ['F18 no newTag: a line after newName', 'images:\n  - name: backend-services\n    newName: registry.example.com/b\nresources: []\n',
    `images:\n  - name: backend-services\n    newName: registry.example.com/b\n    newTag: ${tag}\nresources: []\n`],
  ['F18 newTag without a value', 'images:\n  - name: backend-services\n    newTag: # later\n', `images:\n  - name: backend-services\n    newTag: ${tag} # later\n`],
  ['F19 newName stays', 'images:\n- newName: registry.example.com/b\n  newTag: a\n  name: backend-services\n',
    `images:\n- newName: registry.example.com/b\n  newTag: ${tag}\n  name: backend-services\n`],
  ['F20 flow style', 'images: [{name: backend-services, newTag: \'a\'}, {name: other}] # one line\n',
    `images: [{name: backend-services, newTag: '${tag}'}, {name: other}] # one line\n`],
  ['F20 a byte order mark, CRLF and no last newline', '\ufeffimages:\r\n  - name: backend-services\r\n    newTag: a  # x',
    `\ufeffimages:\r\n  - name: backend-services\r\n    newTag: ${tag}  # x`],
  ['F20 an alias: the anchor keeps its own', 'x: &v a\nimages:\n  - name: backend-services\n    newTag: *v\n',
    `x: &v a\nimages:\n  - name: backend-services\n    newTag: ${tag}\n`],
  ['F20 several documents', 'kind: Other\n---\nimages:\n  - name: backend-services\n    newTag: a\n---\nkind: Third\n',
    `kind: Other\n---\nimages:\n  - name: backend-services\n    newTag: ${tag}\n---\nkind: Third\n`],
]) {
  scenario(title, async (sandbox) => {
    await sandbox.updated();
    assert.equal(sandbox.fileAt('main').toString(), after);
    sandbox.assertHistory([subjectOf(42)]);
    sandbox.assertClean();
  }, withFile(before));
}

for (const [title, code, words, bytes] of [
  ['F15 image_not_found: the names that are there are listed', 'image_not_found', ['other', 'frontend'], 'images:\n  - name: other\n  - name: frontend\n'],
  ['F17 digest_pinned: a tag would change nothing', 'digest_pinned', ['digest'], 'images:\n  - name: backend-services\n    newTag: a\n    digest: sha256:00\n'],
  ['F20 bad_manifest: an anchored value that is used elsewhere', 'bad_manifest', [`${manifestFile}`],
    'images:\n  - name: backend-services\n    newTag: &v a\n  - name: other\n    newTag: *v\n'],
  ['F20 bad_manifest: a duplicate key', 'bad_manifest', [`${manifestFile}`], 'images:\n  - name: backend-services\n    newTag: a\n    newTag: b\n'],
  ['F20 bad_manifest: a block scalar', 'bad_manifest', [`${manifestFile}`], 'images:\n  - name: backend-services\n    newTag: |\n      a\n'],
]) {
  scenario(title, async (sandbox) => {
    await sandbox.refused(code, words);
    sandbox.assertHistory([]);
  }, withFile(bytes));
}

// Puts something that is no file in the manifest's place.
function replaceOnRemote(sandbox, change) {
  sandbox.changeRemote((directory) => {
    sandbox.git(directory, 'rm', '-q', manifestFile);
    change(directory);
  });
}

scenario('F28 a symbolic link is refused', async (sandbox) => {
  replaceOnRemote(sandbox, (directory) => {
    writeFileSync(join(directory, 'real.yaml'), manifest);
    sandbox.git(directory, 'config', 'core.symlinks', 'true');
    sandbox.write(`${sandbox.inRoot(directory)}/apps/backend-services/.keep`, '');
    symlinkSync('../../real.yaml', join(directory, manifestFile));
    sandbox.git(directory, 'add', '.');
  });
  await sandbox.refused('bad_path', [manifestFile, /symbolic link/]);
  sandbox.assertHistory([]);
});

scenario('F28 a submodule is refused', async (sandbox) => {
  replaceOnRemote(sandbox, (directory) => sandbox.git(directory, 'update-index', '--add', '--cacheinfo', `160000,${sandbox.base},${manifestFile}`));
  await sandbox.refused('bad_path', [manifestFile, /submodule/]);
  sandbox.assertHistory([]);
});

scenario('F28 a path that leads out of the repository is refused', async (sandbox) => {
  await sandbox.refused('bad_path', ['../outside.yaml'], { service: 'outside' });
  sandbox.assertHistory([]);
});
