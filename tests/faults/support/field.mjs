// A ground with what each scenario begins from and comes to when nothing fails.

import { Ground } from './ground.mjs';
import { stateOf, treeOf } from './judge.mjs';
import { catalogText } from './scenarios.mjs';

export class Field {
  #references = new Map();

  constructor() {
    this.ground = new Ground();
    this.ground.keep('pristine');
  }

  // The first time this runs the scenario. {catalog, tree, head}: what it comes to
  async reference(scenario) {
    if (this.#references.has(scenario.name)) return this.#references.get(scenario.name);
    const { ground } = this;
    await ground.restore('pristine');
    await scenario.prepare(ground);
    ground.keep(scenario.name);
    const outcome = await scenario.run(ground, {});
    if (outcome.status !== 0) throw new Error(`${scenario.name} does not work without a fault: ${JSON.stringify(outcome)}`);
    const reference = { catalog: catalogText(ground), tree: await treeOf(ground), head: ground.remoteHead() };
    this.#references.set(scenario.name, reference);
    return reference;
  }

  // Brings back what the scenario begins from. {reference, before}
  async begin(scenario) {
    const reference = await this.reference(scenario);
    await this.ground.restore(scenario.name);
    return { reference, before: await stateOf(this.ground) };
  }

  async dispose() {
    await this.ground.restore('pristine');
    await this.ground.dispose();
  }
}
