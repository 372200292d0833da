// How a repository below the fixtures's root is reached: as a file, over HTTPS with basic authentication (nginx and git's
// own HTTP server), over ssh (OpenSSH), each with a round trip's delay. A server is started when it is first needed.

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { ofPrivateAuthority } from '../stand_ins/certificates.mjs';
import { serveHttp } from '../stand_ins/https.mjs';
import { noSsh, removeSeparationDirectory, serveSsh } from '../stand_ins/ssh.mjs';
import { delayed } from './delay.mjs';

export class Remotes {
  #fixtures;
  #ports = new Map(); // of a transport and a delay
  #known; // ssh's line about its server
  #sshEnvironment;

  constructor(fixtures) {
    this.#fixtures = fixtures;
    // What the support modules for tests serve by default.
    fixtures.remote = join(fixtures.root, 'flux.git');
    fixtures.git(fixtures.root, 'init', '-q', '--bare', fixtures.remote);
    fixtures.keep({ stop: async () => removeSeparationDirectory() });
  }

  // What the clients of a transport run with.
  environment(transport) {
    return transport === 'ssh' ? this.#sshEnvironment : this.#fixtures.environment;
  }

  async url(repository, transport, delay) {
    if (transport === 'file') return `file://${repository}`;
    const port = await this.#port(transport, delay);
    return transport === 'ssh' ? `ssh://127.0.0.1:${port}${repository}`
      : `https://dana:secret@127.0.0.1:${port}/${this.#fixtures.inRoot(repository)}`;
  }

  #port(transport, delay) {
    const key = `${transport} ${delay}`;
    if (!this.#ports.has(key)) this.#ports.set(key, delay === 0 ? this.#serve(transport) : this.#delay(transport, delay));
    return this.#ports.get(key);
  }

  async #delay(transport, delay) {
    const server = await this.#port(transport, 0);
    const port = await delayed(this.#fixtures, server, delay);
    if (transport === 'ssh') appendFileSync(join(this.#fixtures.home, '.ssh/known_hosts'), this.#known.replace(`:${server} `, `:${port} `));
    return port;
  }

  async #serve(transport) {
    if (transport === 'ssh') {
      if (noSsh !== undefined) throw new Error(noSsh);
      // It gives the environment a password database of its own, which costs every process something: only where needed.
      const others = { ...this.#fixtures.environment };
      const { port, known } = await serveSsh(this.#fixtures);
      this.#sshEnvironment = this.#fixtures.environment;
      this.#fixtures.environment = others;
      this.#known = known;
      return port;
    }
    const tls = ofPrivateAuthority(this.#fixtures);
    appendFileSync(this.#fixtures.environment.GIT_CONFIG_GLOBAL, `[http]\n\tsslCAInfo = ${tls.authority}\n`);
    // As many at once as the crowd may want, so that nobody waits for a worker.
    return (await serveHttp(this.#fixtures, { tls, users: { dana: 'secret' }, workers: 32 })).port;
  }
}
