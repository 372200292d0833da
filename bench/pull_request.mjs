// The pull request of the fixtures's project, for which the real gh is asked: a stand-in for GitHub's API answers it, as
// late as GitHub does.

import { GitHubApi } from '../stand_ins/github.mjs';
import { findProgram } from '../stand_ins/programs.mjs';

const latency = 400; // ms

export class PullRequest {
  #fixtures;
  #api;

  constructor(fixtures) {
    this.#fixtures = fixtures;
  }

  // What gh runs with. Starts the stand-in when it is first needed.
  async environment() {
    this.#api ??= this.#serve();
    return (await this.#api).environment;
  }

  // Gives it a number. The tag that its image then has.
  async tag(number) {
    const [request] = (await this.#api).pullRequests;
    request.number = number;
    return `pr-${number}-${request.headRefOid.slice(0, 7)}`;
  }

  async #serve() {
    if (findProgram('gh') === undefined) throw new Error('gh is not installed: see scripts/setup');
    const head = this.#fixtures.git(this.#fixtures.project, 'rev-parse', 'HEAD');
    const api = await GitHubApi.serve(this.#fixtures, { head, latency });
    api.addPullRequest({});
    return api;
  }
}
