// The sections rollout and writers: ways to bring a tag into a remote, side by side.

import { repository } from './repositories.mjs';
import { makeContenders, makeWriters } from './contenders.mjs';

// {shell: [ms], command: [ms], server: [ms], push: [ms]}: each round is one rollout of every contender. The first round is
// a warm-up, in which the known clones are made.
export async function measureRollout(place, conditions, rounds) {
  const source = await repository(place.cache, conditions.files, conditions.commits);
  const contenders = await makeContenders(place, conditions, source);
  const samples = Object.fromEntries(Object.keys(contenders).map((kind) => [kind, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [kind, contender] of Object.entries(contenders)) {
      const elapsed = await contender.measure();
      if (round > 0) samples[kind].push(elapsed);
    }
  }
  for (const contender of Object.values(contenders)) await contender.stop();
  return samples;
}

// {atOnce: [ms until all have landed], inTurn: [ms of as many bare pushes in turn], attempts: [of every rollout], failed:
// how many rollouts gave up}.
export async function measureWriters(place, conditions, rounds) {
  const source = await repository(place.cache, conditions.files, conditions.commits);
  const { crowd, queue } = await makeWriters(place, conditions, source);
  const samples = { atOnce: [], inTurn: [], attempts: [], failed: 0 };
  for (let round = 0; round <= rounds; round++) {
    const together = await crowd.rollOut();
    const elapsed = await queue.push();
    if (round === 0) continue;
    samples.atOnce.push(together.elapsed);
    samples.inTurn.push(elapsed);
    samples.attempts.push(...together.attempts);
    samples.failed += together.failed;
  }
  return samples;
}
