// A fixtures with what each scenario begins from and comes to when nothing fails.

import { Fixtures } from './fixtures.mjs';
import { stateOf, treeOf } from './judge.mjs';
import { catalogText } from './scenarios.mjs';

export class Field {
  #references = new Map();

  constructor() {
    this.fixtures = new Fixtures();
    this.fixtures.keep('pristine');
  }

  // The first time this runs the scenario. {catalog, tree, head}: what it comes to
  async reference(scenario) {
    if (this.#references.has(scenario.name)) return this.#references.get(scenario.name);
    const { fixtures } = this;
    await fixtures.restore('pristine');
    await scenario.prepare(fixtures);
    fixtures.keep(scenario.name);
    const outcome = await scenario.run(fixtures, {});
    if (outcome.status !== 0) throw new Error(`${scenario.name} does not work without a fault: ${JSON.stringify(outcome)}`);
    const reference = { catalog: catalogText(fixtures), tree: await treeOf(fixtures), head: fixtures.remoteHead() };
    this.#references.set(scenario.name, reference);
    return reference;
  }

  // Brings back what the scenario begins from. {reference, before}
  async begin(scenario) {
    const reference = await this.reference(scenario);
    await this.fixtures.restore(scenario.name);
    return { reference, before: await stateOf(this.fixtures) };
  }

  async dispose() {
    await this.fixtures.restore('pristine');
    await this.fixtures.dispose();
  }
}
