// A sandbox in which the real gh is logged in at the stand-in for GitHub's API.

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { exampleCommit } from '../../e2e/support/sandbox.mjs';
import { GitHubApi } from '../../../stand_ins/github.mjs';

export { answers, checks } from '../../../stand_ins/github.mjs';

export class GitHub extends GitHubApi {
  // Replaces the sandbox's stand-in for gh by the real one, logged in, and serves the API to it.
  static async start(sandbox) {
    const github = await this.serve(sandbox, { head: exampleCommit });
    rmSync(join(sandbox.root, 'bin/gh'));
    Object.assign(sandbox.environment, github.environment);
    sandbox.secrets.push(github.token);
    sandbox.git(sandbox.project, 'remote', 'set-url', 'origin', 'https://github.com/shop/papi.git');
    github.addPullRequest({});
    return github;
  }

  logOut(sandbox) {
    rmSync(join(sandbox.environment.GH_CONFIG_DIR, 'hosts.yml'));
  }

  // Does the query ask for the checks?
  static asksForChecks({ query }) {
    return query.includes('statusCheckRollup');
  }
}

export const hostsFile = (sandbox) => readFileSync(join(sandbox.environment.GH_CONFIG_DIR, 'hosts.yml'), 'utf8');
