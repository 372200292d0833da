// What is compared: ways to bring a tag into a remote. Each has a remote, a clone and a configuration of its own, so that
// none sees what another did.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, Server } from './programs.mjs';
import { addCommit, app, commitStream, copyRepository, countOf, headOf, subjectOf } from './repositories.mjs';

const script = (name) => fileURLToPath(new URL(name, import.meta.url));
const shellProcedure = script('shell_procedure');
const rebaseAndPush = script('rebase_and_push');
const mostServices = 64;

// The catalog of a repository's first apps: the service of an app has the name of its image.
function catalog(files) {
  const apps = Array.from({ length: Math.min(mostServices, files / 10) }, (_, index) => app(index));
  return {
    services: Object.fromEntries(apps.map(({ image }) => [image, { imageGroup: image }])),
    imageGroups: Object.fromEntries(apps.map(({ image, file, team }) => [image, { file, imageName: image, type: 'kustomize-images', kustomization: team }])),
  };
}

export class Contender {
  #number = 0;

  // place: where it works; conditions: see cases.mjs; index: which app it rolls out.
  static async make(place, conditions, remote, index = 0) {
    const contender = new this();
    const { fixtures, remotes, pullRequest, binary } = place;
    contender.binary = binary;
    contender.conditions = conditions;
    contender.directory = fixtures.directory('contenders');
    contender.remote = remote;
    contender.index = index;
    contender.url = await remotes.url(remote, conditions.transport, conditions.delay);
    contender.project = fixtures.project;
    contender.pullRequest = pullRequest;
    contender.env = { ...remotes.environment(conditions.transport), ...(conditions.gh ? await pullRequest.environment() : {}), RWENV_CONFIG_DIR: contender.directory,
      ROLLOUT_SERVICES_FILE: join(contender.directory, 'services.json') };
    contender.clones = join(contender.directory, 'flux-repos');
    contender.clone = join(contender.clones, 'bench');
    writeFileSync(join(contender.directory, 'envs.json'), JSON.stringify({ rwenvs: { bench: { fluxGitRepo: contender.url } } }));
    writeFileSync(join(contender.directory, 'services.json'), JSON.stringify(catalog(conditions.files)));
    mkdirSync(contender.clones);
    await contender.prepare();
    return contender;
  }

  async prepare() {}
  async stop() {}

  // The ms of one rollout. Checks that it arrived.
  async measure() {
    const number = ++this.#number;
    const tag = this.conditions.gh ? await this.pullRequest.tag(number) : `pr-${number}-${(number + 0xabc0000).toString(16)}`;
    if (this.conditions.state === 'aged') this.index = number % mostServices;
    if (this.conditions.state === 'first') rmSync(this.clones, { recursive: true, force: true, maxRetries: 5 });
    if (this.conditions.state === 'moved') addCommit(this.remote, this.index + 1, tag);
    await this.before(tag);
    const before = headOf(this.remote);
    const elapsed = await this.rollOut(tag);
    const { image } = app(this.index);
    if (headOf(this.remote) === before || subjectOf(this.remote) !== `chore(${image}): update image tag to ${tag}`) {
      throw new Error(`${this.constructor.name}: the rollout of ${tag} did not arrive`);
    }
    return elapsed;
  }

  async before() {}

  // What the rollout is told of the tag: nothing if it has to ask gh for the pull request.
  given(tag) {
    return this.conditions.gh ? [] : [tag];
  }

  run(file, args, env = this.env) {
    return run(file, args, { cwd: this.project, env });
  }
}

class Shell extends Contender {
  async rollOut(tag) {
    const { image, file } = app(this.index);
    mkdirSync(dirname(this.clone), { recursive: true });
    return (await this.run(shellProcedure, [this.clone, this.url, file, image, ...this.given(tag)])).elapsed;
  }
}

// Makes the clone as a person does, where the conditions say so; otherwise the first rollout makes it.
async function prepareClone(contender) {
  if (['full', 'aged'].includes(contender.conditions.state)) await contender.run('git', ['clone', '-q', contender.url, contender.clone]);
}

class CommandLine extends Contender {
  async prepare() {
    await prepareClone(this);
  }

  async rollOut(tag) {
    return (await this.rollOutAnyhow(tag)).elapsed;
  }

  // Also how many attempts it took.
  async rollOutAnyhow(tag) {
    const { elapsed, stdout } = await this.run(this.binary, ['rollout', app(this.index).image, ...this.given(tag).flatMap((one) => ['--tag', one]), '--json']);
    const { attempts, replaced } = JSON.parse(stdout);
    if (this.conditions.state === 'aged' && replaced.author !== 'Olga Other') throw new Error(`it is not known who set ${replaced.tag}`);
    return { elapsed, attempts };
  }
}

class RunningServer extends Contender {
  async prepare() {
    await prepareClone(this);
    this.server = await Server.start(this.binary, [], { cwd: this.project, env: this.env });
  }

  async rollOut(tag) {
    const [given] = this.given(tag);
    return (await this.server.call('rollout', { service: app(this.index).image, tag: given })).elapsed;
  }

  async stop() {
    await this.server.stop();
  }
}

class BarePush extends Contender {
  async prepare() {
    await this.run('git', ['clone', '-q', '--no-checkout', this.remote, this.clone]); // shares the packs if it can
    await this.run('git', ['-C', this.clone, 'remote', 'set-url', 'origin', this.url]);
  }

  async before(tag) {
    addCommit(join(this.clone, '.git'), this.index, tag);
  }

  async rollOut() {
    return (await this.run('git', ['-C', this.clone, 'push', '-q', 'origin', 'HEAD:refs/heads/main'])).elapsed;
  }
}

export const kinds = { shell: Shell, command: CommandLine, server: RunningServer, push: BarePush };

function copyOf(place, source, conditions) {
  const remote = join(place.fixtures.directory('remotes'), 'flux.git');
  copyRepository(source, remote, conditions);
  return remote;
}

// One contender of each kind that can do it under these conditions, by kind.
export async function makeContenders(place, conditions, source) {
  const contenders = {};
  for (const [kind, Kind] of Object.entries({ shell: Shell, command: CommandLine, server: RunningServer, push: BarePush })) {
    // What the bare push has prepared is refused once another writer has pushed, and without a clone there is nothing to push.
    if (kind === 'push' && !['known', 'full', 'aged'].includes(conditions.state)) continue;
    contenders[kind] = await Kind.make(place, conditions, copyOf(place, source, conditions));
  }
  return contenders;
}

const inEach = (count, make) => Promise.all(Array.from({ length: count }, (_, index) => make(index)));

// Many who roll out, each their own app, to one remote at the same time.
class Crowd {
  #round = 0;

  constructor(remote, members) {
    this.remote = remote;
    this.members = members;
  }

  // {elapsed (ms until the last has landed), attempts: [], failed}
  async rollOut() {
    const tag = `pr-${++this.#round}-${(0xabc0000 + this.#round).toString(16)}`;
    const before = countOf(this.remote);
    const start = performance.now();
    const outcomes = await Promise.allSettled(this.members.map((member) => member.rollOutAnyhow(tag)));
    const elapsed = performance.now() - start;
    const landed = outcomes.filter(({ status }) => status === 'fulfilled').map(({ value }) => value);
    if (countOf(this.remote) - before !== landed.length) throw new Error('not every rollout is one commit on the remote');
    return { elapsed, attempts: landed.map(({ attempts }) => attempts), failed: outcomes.length - landed.length };
  }
}

// As many who push in turn, each the commit that they have prepared, on top of what they fetch.
class Queue {
  #round = 0;

  constructor(remote, members) {
    this.remote = remote;
    this.members = members;
  }

  // The ms of all.
  async push() {
    const tag = `pr-${++this.#round}-${(0xabc0000 + this.#round).toString(16)}`;
    const before = countOf(this.remote);
    for (const { directory, index } of this.members) {
      writeFileSync(join(directory, 'commit'), commitStream(index, tag, 'refs/heads/prepared', 'refs/remotes/origin/main'));
    }
    const start = performance.now();
    for (const member of this.members) await member.run(rebaseAndPush, [member.clone, join(member.directory, 'commit')]);
    const elapsed = performance.now() - start;
    if (countOf(this.remote) - before !== this.members.length) throw new Error('not every push arrived');
    return elapsed;
  }
}

export async function makeWriters(place, conditions, source) {
  const [theirs, ours] = [copyOf(place, source, conditions), copyOf(place, source, conditions)];
  return { crowd: new Crowd(ours, await inEach(conditions.writers, (index) => CommandLine.make(place, conditions, ours, index))),
    queue: new Queue(theirs, await inEach(conditions.writers, (index) => BarePush.make(place, conditions, theirs, index))) };
}
