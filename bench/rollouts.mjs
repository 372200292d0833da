// The sections rollout and writers: ways to bring a tag into a remote, side by side.

import { repository } from './repositories.mjs';
import { makeSubjects, makeWriters } from './subjects.mjs';

// {shell: [ms], command: [ms], server: [ms], push: [ms]}: each round is one rollout of every subject. The first round is
// a warm-up, in which the known clones are made.
export async function measureRollout(place, conditions, rounds) {
  const source = await repository(place.cache, conditions.files, conditions.commits);
  const subjects = await makeSubjects(place, conditions, source);
  const samples = Object.fromEntries(Object.keys(subjects).map((kind) => [kind, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [kind, subject] of Object.entries(subjects)) {
      const elapsed = await subject.measure();
      if (round > 0) samples[kind].push(elapsed);
    }
  }
  for (const subject of Object.values(subjects)) await subject.stop();
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
