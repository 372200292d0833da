// The forges to which a rollout is proposed, as far as a proposal needs them, and the ways to reach one: git's own server
// with the hooks that a forge has, and for GitHub the real gh against the stand-in for its API.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ofPrivateAuthority } from '../../../stand_ins/certificates.mjs';
import { serveHttp } from '../../../stand_ins/https.mjs';
import { noSsh, serveSsh } from '../../../stand_ins/ssh.mjs';
import { findProgram } from '../../../stand_ins/programs.mjs';
import { GitHub } from './github.mjs';

const hook = join(dirname(fileURLToPath(import.meta.url)), '../../../stand_ins/proc_receive.py');

export const branch = 'rollout/backend-services';

// What a person does who has the remote.
class Forge {
  constructor(sandbox) {
    this.sandbox = sandbox;
  }

  // The user's git reaches the server in place of the forge's own address.
  standsFor(address, url) {
    this.sandbox.configure(`[url "${url}"]\n\tinsteadOf = ${address}`);
    this.sandbox.writeEnvs({ fluxGitRepo: address, fluxWrite: 'pull-request' });
  }

  // Merges what is proposed: by 'merge', 'squash' or 'rebase'. The branch goes, as forges have it.
  merge(how) {
    const { sandbox } = this;
    sandbox.changeRemote((directory) => {
      sandbox.git(directory, 'fetch', '-q', sandbox.remote, `${this.ref}:refs/heads/proposed`);
      if (how === 'merge') sandbox.git(directory, 'merge', '-q', '--no-ff', '-m', 'Merged', 'proposed');
      else sandbox.git(directory, 'cherry-pick', ...(how === 'squash' ? ['-n'] : []), 'proposed');
      sandbox.write(`${sandbox.inRoot(directory)}/merged`, how);
      sandbox.git(directory, 'add', '.');
    });
    this.finish('MERGED');
  }

  proposed() {
    return this.sandbox.git(this.sandbox.remote, 'rev-parse', this.ref);
  }
}

class OnBranch extends Forge {
  ref = `refs/heads/${branch}`;

  finish() {
    this.sandbox.git(this.sandbox.remote, 'update-ref', '-d', this.ref);
  }

  // Lets nobody push there.
  refuse(words) {
    this.sandbox.hook('update', `case "$1" in refs/heads/rollout/*) echo '${words}' >&2; exit 1 ;; esac`);
  }
}

class OnGitHub extends OnBranch {
  static async start(sandbox, url) {
    const forge = new OnGitHub(sandbox);
    forge.standsFor('https://github.com/acme/flux.git', url);
    forge.github = await GitHub.start(sandbox);
    return forge;
  }

  get requests() {
    return this.github.open(branch).length;
  }

  finish(state) {
    this.github.open(branch).forEach((request) => (request.state = state));
    super.finish();
  }

  assertAddress({ url, number }) {
    assert.match(url, /^https:\/\/github\.com\/acme\/flux\/pull\/\d+$/);
    assert.equal(url, `https://github.com/acme/flux/pull/${number}`);
  }
}

class OnGitLab extends OnBranch {
  static async start(sandbox, url) {
    const forge = new OnGitLab(sandbox);
    forge.standsFor('https://gitlab.example/infra/flux.git', url);
    sandbox.git(sandbox.remote, 'config', 'receive.advertisePushOptions', 'true');
    sandbox.hook('post-receive', `i=0
while [ "$i" -lt "\${GIT_PUSH_OPTION_COUNT:-0}" ]; do eval "printf '%s\\n' \\"\\$GIT_PUSH_OPTION_$i\\""; i=$((i + 1)); done >"$GIT_DIR/options"
echo 'View merge request for ${branch}:' >&2
echo '  https://gitlab.example/infra/flux/-/merge_requests/7' >&2`);
    return forge;
  }

  get requests() {
    return this.options.includes('merge_request.create') ? 1 : 0;
  }

  get options() {
    return readFileSync(join(this.sandbox.remote, 'options'), 'utf8').trimEnd().split('\n');
  }

  assertAddress({ url, number }) {
    assert.deepEqual({ url, number }, { url: 'https://gitlab.example/infra/flux/-/merge_requests/7', number: 7 });
  }
}

class OnGitea extends Forge {
  static async start(sandbox, url) {
    const forge = new OnGitea(sandbox);
    sandbox.writeEnvs({ fluxGitRepo: url, fluxGitRepoType: 'gitea', fluxWrite: 'pull-request' });
    sandbox.git(sandbox.remote, 'config', 'receive.advertisePushOptions', 'true');
    sandbox.git(sandbox.remote, 'config', 'receive.procReceiveRefs', 'refs/for');
    sandbox.hook('proc-receive', `exec '${hook}'`);
    return forge;
  }

  get #file() {
    return join(this.sandbox.remote, 'requests.json');
  }

  get all() {
    return existsSync(this.#file) ? JSON.parse(readFileSync(this.#file, 'utf8')) : [];
  }

  get requests() {
    return this.all.filter(({ open }) => open).length;
  }

  get ref() {
    return `refs/pull/${this.all.length}/head`;
  }

  finish() {
    writeFileSync(this.#file, JSON.stringify(this.all.map((request) => ({ ...request, open: false }))));
  }

  refuse(words) {
    this.sandbox.hook('pre-receive', `echo '${words}' >&2; exit 1`);
  }

  assertAddress({ url, number }) {
    assert.equal(url, `https://git.example/infra/flux/pulls/${number}`);
  }
}

export const forges = { github: OnGitHub, gitlab: OnGitLab, gitea: OnGitea };

// A transport is why it cannot be had (undefined: it can), and what starts its server and returns the address.
export const transports = {
  file: { serve: async (sandbox) => sandbox.url },
  ssh: { missing: noSsh, serve: async (sandbox) => (await serveSsh(sandbox)).url },
  https: {
    serve: async (sandbox) => {
      const tls = ofPrivateAuthority(sandbox);
      sandbox.configure(`[http]\n\tsslCAInfo = ${tls.authority}`);
      return (await serveHttp(sandbox, { tls })).url;
    },
  },
};

export const noGh = findProgram('gh') === undefined ? 'gh is not installed: see scripts/setup' : undefined;
