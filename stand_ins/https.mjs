// git's own HTTP server (git http-backend) behind nginx and fcgiwrap, with or without TLS and basic authentication, and
// git's daemon.

import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, gitExecPath, program, ServerProgram } from './programs.mjs';

// What a server runs in: a home of its own, none of the machine's git configuration.
function serverEnvironment(sandbox, directory) {
  const home = join(directory, 'home');
  mkdirSync(home, { recursive: true });
  return { HOME: home, PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C.UTF-8', GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null', TMPDIR: directory, SANDBOX: sandbox.root };
}

function configuration({ directory, projects, port, tls, users, readOnlyUsers, socket }) {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${directory}/${kind};`);
  const secure = tls === undefined ? '' : `ssl_certificate ${tls.certificate}; ssl_certificate_key ${tls.key};`;
  const authentication = users === undefined ? '' : `auth_basic "git"; auth_basic_user_file ${directory}/users;`;
  // As git-http-backend's manual has it: who may not write gets 403 from whatever a push asks.
  const refused = (readOnlyUsers ?? []).map((user) => `"~^${user}:.*git-receive-pack" 1;`);
  return `daemon off; master_process off; pid ${directory}/nginx.pid; error_log ${directory}/error.log;
events { worker_connections 1024; }
http {
  access_log ${directory}/access.log; client_max_body_size 0; ${temporary.join(' ')}
  map "$remote_user:$request_uri" $may_not_write { default 0; ${refused.join(' ')} }
  server {
    listen 127.0.0.1:${port}${tls === undefined ? '' : ' ssl'} backlog=1024; ${secure}
    location / {
      ${authentication} if ($may_not_write) { return 403; }
      fastcgi_pass unix:${socket}; fastcgi_read_timeout 600; fastcgi_request_buffering off;
      fastcgi_param SCRIPT_FILENAME ${gitExecPath}/git-http-backend;
      fastcgi_param GIT_PROJECT_ROOT ${projects}; fastcgi_param GIT_HTTP_EXPORT_ALL ""; fastcgi_param PATH_INFO $uri;
      fastcgi_param GIT_PROTOCOL $http_git_protocol; fastcgi_param QUERY_STRING $query_string;
      fastcgi_param REQUEST_METHOD $request_method; fastcgi_param CONTENT_TYPE $content_type;
      fastcgi_param CONTENT_LENGTH $content_length; fastcgi_param REMOTE_ADDR $remote_addr;
      fastcgi_param REMOTE_USER $remote_user;
    }
  }
}
`;
}

// Serves the repositories in the sandbox's root. tls: {certificate, key} or undefined for plain HTTP; users: {name:
// password}; readOnlyUsers: names of those who may only read; workers: how many requests are served at once.
// Returns {port, url}, where url is that of the Flux repository.
export async function serveHttp(sandbox, { tls, users, readOnlyUsers, workers = 3 } = {}) {
  const directory = sandbox.serverDirectory('nginx');
  const environment = serverEnvironment(sandbox, directory);
  const socket = join(directory, 'fcgi');
  const port = await freePort();
  const log = join(directory, 'error.log');
  if (users !== undefined) {
    const line = ([name, password]) => `${name}:${execFileSync('openssl', ['passwd', '-apr1', password], { encoding: 'utf8' })}`;
    sandbox.write(`${sandbox.inRoot(directory)}/users`, Object.entries(users).map(line).join(''));
  }
  sandbox.git(sandbox.remote, 'config', 'http.receivepack', 'true');
  sandbox.write(`${sandbox.inRoot(directory)}/nginx.conf`, configuration({ directory, projects: sandbox.root, port, tls, users, readOnlyUsers, socket }));
  sandbox.keep(await ServerProgram.start(program('fcgiwrap'), ['-c', String(workers), '-s', `unix:${socket}`], { environment, address: { path: socket } }));
  sandbox.keep(await ServerProgram.start(program('nginx'), ['-p', directory, '-c', join(directory, 'nginx.conf'), '-e', log],
    { environment, log, address: { port, host: '127.0.0.1' } }));
  return { port, url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}/flux.git` };
}

// git's daemon, which also takes pushes: {port, url}.
export async function serveGitDaemon(sandbox) {
  const directory = sandbox.serverDirectory('daemon');
  const port = await freePort();
  sandbox.keep(await ServerProgram.start(join(gitExecPath, 'git-daemon'), ['--reuseaddr', '--listen=127.0.0.1', `--port=${port}`, '--export-all',
    '--enable=receive-pack', `--base-path=${sandbox.root}`], { environment: serverEnvironment(sandbox, directory), address: { port, host: '127.0.0.1' } }));
  return { port, url: `git://127.0.0.1:${port}/flux.git` };
}
