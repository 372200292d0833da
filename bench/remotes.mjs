// How a repository below the ground's root is reached: as a file, over HTTPS with basic authentication (nginx and git's
// own HTTP server), over ssh (OpenSSH), each with a round trip's delay. A server is started when it is first needed.

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { ofPrivateAuthority } from '../tests/support/servers/certificates.mjs';
import { serveHttp } from '../tests/support/servers/https.mjs';
import { noSsh, removeSeparationDirectory, serveSsh } from '../tests/support/servers/ssh.mjs';
import { delayed } from './delay.mjs';

export class Remotes {
  #ground;
  #ports = new Map(); // of a transport and a delay
  #known; // ssh's line about its server
  #sshEnvironment;

  constructor(ground) {
    this.#ground = ground;
    // What the support modules for tests serve by default.
    ground.remote = join(ground.root, 'flux.git');
    ground.git(ground.root, 'init', '-q', '--bare', ground.remote);
    ground.keep({ stop: async () => removeSeparationDirectory() });
  }

  // What the clients of a transport run with.
  environment(transport) {
    return transport === 'ssh' ? this.#sshEnvironment : this.#ground.environment;
  }

  async url(repository, transport, delay) {
    if (transport === 'file') return `file://${repository}`;
    const port = await this.#port(transport, delay);
    return transport === 'ssh' ? `ssh://127.0.0.1:${port}${repository}`
      : `https://dana:secret@127.0.0.1:${port}/${this.#ground.inRoot(repository)}`;
  }

  #port(transport, delay) {
    const key = `${transport} ${delay}`;
    if (!this.#ports.has(key)) this.#ports.set(key, delay === 0 ? this.#serve(transport) : this.#delay(transport, delay));
    return this.#ports.get(key);
  }

  async #delay(transport, delay) {
    const server = await this.#port(transport, 0);
    const port = await delayed(this.#ground, server, delay);
    if (transport === 'ssh') appendFileSync(join(this.#ground.home, '.ssh/known_hosts'), this.#known.replace(`:${server} `, `:${port} `));
    return port;
  }

  async #serve(transport) {
    if (transport === 'ssh') {
      if (noSsh !== undefined) throw new Error(noSsh);
      // It gives the environment a password database of its own, which costs every process something: only where needed.
      const others = { ...this.#ground.environment };
      const { port, known } = await serveSsh(this.#ground);
      this.#sshEnvironment = this.#ground.environment;
      this.#ground.environment = others;
      this.#known = known;
      return port;
    }
    const tls = ofPrivateAuthority(this.#ground);
    appendFileSync(this.#ground.environment.GIT_CONFIG_GLOBAL, `[http]\n\tsslCAInfo = ${tls.authority}\n`);
    // As many at once as the crowd may want, so that nobody waits for a worker.
    return (await serveHttp(this.#ground, { tls, users: { dana: 'secret' }, workers: 32 })).port;
  }
}
