// A disk that is full, on either side, at many points of a rollout: our own is `disk_full`, the remote's is `rejected`
// with the remote's words. Needs to mount small file systems in memory, so it is skipped where that is not allowed.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './support/command.mjs';
import { Sandbox } from './support/sandbox.mjs';
import { test } from './support/test.mjs';

const mount = (directory) => spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,nr_inodes=150', 'tmpfs', directory]).status === 0;
const unmount = (directory) => spawnSync('umount', [directory]);

function mayMount() {
  const sandbox = new Sandbox();
  const directory = join(sandbox.root, 'tmp');
  const mounted = process.platform === 'linux' && mount(directory);
  if (mounted) unmount(directory);
  rmSync(sandbox.root, { recursive: true });
  return mounted;
}

const skip = mayMount() ? false : 'no file system may be mounted';

// Takes all room but some: `left` of its unit are free then.
const fill = {
  blocks(directory, left) {
    const { bavail, bsize } = statfsSync(directory);
    writeFileSync(join(directory, 'filler'), Buffer.alloc(Math.max(0, bavail - left) * bsize));
  },
  inodes(directory, left) {
    mkdirSync(join(directory, 'filler'));
    const free = statfsSync(directory).ffree;
    for (let i = 0; i < free - left; i++) writeFileSync(join(directory, 'filler', `${i}`), '');
  },
};

function rollout(sandbox, tag) {
  const { stdout, status } = run(sandbox, ['rollout', 'papi', '--tag', tag, '--json']);
  return { status, result: JSON.parse(stdout) };
}

for (const unit of ['blocks', 'inodes']) {
  for (const first of [true, false]) {
    test(`our disk, ${unit}, ${first ? 'the first rollout' : 'a later one'}`, { skip, timeout: 240_000 }, () => {
      const refusals = new Set();
      const most = first ? (unit === 'blocks' ? 24 : 60) : 15;
      for (let left = 0; left < most; left += first ? 3 : 1) {
        const sandbox = new Sandbox();
        const directory = join(sandbox.configDirectory, 'flux-repos');
        mkdirSync(directory);
        assert.ok(mount(directory));
        try {
          if (!first) assert.equal(rollout(sandbox, 'pr-40-a1b2c3d').status, 0);
          const before = sandbox.head();
          fill[unit](directory, left);
          const { status, result } = rollout(sandbox, 'pr-42-a1b2c3d');
          if (status === 0) {
            assert.equal(sandbox.git(sandbox.remote, 'rev-parse', 'main'), result.commit);
          } else {
            assert.equal(result.code, 'disk_full', `${left} left: ${JSON.stringify(result)}`);
            assert.match(result.hint, /Free space/);
            assert.equal(sandbox.head(), before);
            refusals.add(result.message);
          }
          rmSync(join(directory, 'filler'), { recursive: true, force: true });
          assert.equal(rollout(sandbox, 'pr-43-a1b2c3d').status, 0, 'with room again, it works');
        } finally {
          unmount(directory);
        }
        rmSync(sandbox.root, { recursive: true });
      }
      assert.ok(refusals.size > 0, 'something was refused');
    });
  }
}

test('the remote\'s disk: rejected, in its words', { skip }, () => {
  const sandbox = new Sandbox();
  const directory = join(sandbox.root, 'other');
  mkdirSync(directory);
  assert.ok(mount(directory));
  try {
    const remote = join(directory, 'flux.git');
    spawnSync('cp', ['-r', sandbox.remote, remote]);
    sandbox.writeEnvs({ fluxGitRepo: `file://${remote}` });
    fill.inodes(directory, 0);
    const { status, result } = rollout(sandbox, 'pr-42-a1b2c3d');
    assert.equal(status, 1);
    assert.equal(result.code, 'rejected', JSON.stringify(result));
    assert.match(result.message, /No space left on device/);
    assert.match(result.hint, /remote's disk is full/);
    rmSync(join(directory, 'filler'), { recursive: true });
    assert.equal(rollout(sandbox, 'pr-42-a1b2c3d').status, 0, 'with room again, it works');
  } finally {
    unmount(directory);
  }
  rmSync(sandbox.root, { recursive: true });
});
