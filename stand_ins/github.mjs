// Stands in for GitHub's API: what the real gh asks over GraphQL when it views a pull request, lists those of a branch and
// opens one, on a Unix socket that gh's own configuration (http_unix_socket) names. The project's origin is github.com/shop/papi.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const json = { 'content-type': 'application/json; charset=utf-8' };

const checkRun = (name, status, conclusion, { workflow = 'ci', started = '2026-01-01T10:00:00Z' } = {}) => ({ __typename: 'CheckRun', name, status,
  conclusion, checkSuite: { workflowRun: { workflow: { name: workflow } } }, startedAt: started, completedAt: '2026-01-01T12:00:00Z', detailsUrl: 'https://github.com/shop/papi/actions/runs/1' });
const commitStatus = (context, state) => ({ __typename: 'StatusContext', context, state, targetUrl: 'https://ci.example.com/1', createdAt: '2026-01-01T10:00:00Z' });
export const checks = { run: checkRun, status: commitStatus };

export class GitHubApi {
  token = 'gho_s3cr3tTokenOfDana0123456789abcdefgh';
  requests = []; // {path, authorization, query, variables}
  pullRequests = [];
  answer = undefined; // (request, response) => true if it answered in our place

  // Serves the API, each answer after `latency` ms, to a gh with the `environment`, in which it is logged in. `head`: the
  // commit of a pull request that names no other.
  static async serve(world, { head, latency = 0 }) {
    const api = new this();
    api.head = head;
    api.latency = latency;
    api.socket = join(world.root, 'github.sock');
    api.environment = { GH_CONFIG_DIR: join(world.root, 'gh-config'), XDG_STATE_HOME: join(world.root, 'gh-state'), XDG_DATA_HOME: join(world.root, 'gh-data') };
    world.write('gh-config/config.yml', `http_unix_socket: ${api.socket}\n`);
    world.write('gh-config/hosts.yml', `github.com:\n    oauth_token: ${api.token}\n    user: dana\n    git_protocol: https\n`);
    const server = createServer((request, response) => api.#serve(request, response));
    server.listen(api.socket);
    await once(server, 'listening');
    world.keep({
      stop: async () => {
        server.closeAllConnections();
        server.close();
      },
    });
    return api;
  }

  // A pull request of the project's branch; checks: see `checks` above.
  addPullRequest({ number = 42, state = 'OPEN', head = this.head, branch = 'feature/health', checks: nodes = undefined, isDraft = false,
    owner = 'shop' }) {
    const rollup = nodes === undefined ? null : { contexts: { nodes, pageInfo: { hasNextPage: false, endCursor: '' } } };
    this.pullRequests.unshift({ number, id: `PR_${number}`, url: `https://github.com/shop/papi/pull/${number}`, state, isDraft, headRefOid: head,
      headRefName: branch, baseRefName: 'main', isCrossRepository: owner !== 'shop', headRepositoryOwner: { id: `U_${owner}`, login: owner },
      statusCheckRollup: { nodes: [{ commit: { statusCheckRollup: rollup } }] } });
  }

  // The open pull requests from a branch; a person merges or closes one by setting its state.
  open(branch) {
    return this.pullRequests.filter(({ headRefName, state }) => headRefName === branch && state === 'OPEN');
  }

  #create({ input }) {
    const number = 100 + this.pullRequests.length;
    this.addPullRequest({ number, branch: input.headRefName });
    Object.assign(this.pullRequests[0], { baseRefName: input.baseRefName, title: input.title, body: input.body,
      repository: input.repositoryId, url: `https://github.com/${input.repositoryId}/pull/${number}` });
    return { data: { createPullRequest: { pullRequest: { id: `PR_${number}`, url: this.pullRequests[0].url } } } };
  }

  async #serve(request, response) {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    const body = text === '' ? {} : JSON.parse(text);
    this.requests.push({ path: `${request.method} ${request.url}`, authorization: request.headers.authorization,
      query: body.query ?? '', variables: body.variables ?? {} });
    if (this.latency > 0) await sleep(this.latency);
    if (this.answer?.(request, response, body) === true) return;
    if (request.headers.authorization !== `token ${this.token}`) {
      response.writeHead(401, json).end('{"message":"Bad credentials","documentation_url":"https://docs.github.com/graphql"}');
    } else if (request.url !== '/graphql') {
      response.writeHead(404, json).end('{"message":"Not Found"}');
    } else {
      response.writeHead(200, json).end(JSON.stringify(this.#data(body)));
    }
  }

  #data({ query, variables }) {
    if (query.includes('PullRequestByNumber')) {
      const found = this.pullRequests.find(({ number }) => number === variables.pr_number);
      if (found !== undefined) return { data: { repository: { pullRequest: found } } };
      return { data: { repository: { pullRequest: null } }, errors: [{ type: 'NOT_FOUND', path: ['repository', 'pullRequest'],
        message: `Could not resolve to a PullRequest with the number of ${variables.pr_number}.` }] };
    }
    if (query.includes('mutation PullRequestCreate')) return this.#create(variables);
    if (query.includes('query RepositoryInfo')) {
      const { owner, name } = variables;
      return { data: { repository: { id: `${owner}/${name}`, name, owner: { login: owner }, defaultBranchRef: { name: 'main' },
        viewerPermission: 'WRITE', hasIssuesEnabled: true, parent: null } } };
    }
    if (query.includes('query PullRequestList')) {
      const listed = this.open(variables.headBranch).filter(({ baseRefName }) => baseRefName === variables.baseBranch);
      return { data: { repository: { pullRequests: { totalCount: listed.length, nodes: listed, pageInfo: { hasNextPage: false, endCursor: '' } } } } };
    }
    const nodes = this.pullRequests.filter(({ headRefName, state }) =>
      headRefName === variables.headRefName && (variables.states ?? [state]).includes(state));
    return { data: { repository: { pullRequests: { nodes }, defaultBranchRef: { name: 'main' } } } };
  }
}

export const answers = {
  status: (status, message, headers = {}) => (_, response) => {
    response.writeHead(status, { ...json, ...headers }).end(JSON.stringify({ message }));
    return true;
  },
  page: (status, body) => (_, response) => {
    response.writeHead(status, { 'content-type': 'text/html' }).end(body);
    return true;
  },
  errors: (...errors) => (_, response) => {
    response.writeHead(200, json).end(JSON.stringify({ errors }));
    return true;
  },
  hangUp: () => (request) => {
    request.socket.destroy();
    return true;
  },
  nothing: () => () => true,
};
