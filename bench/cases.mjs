// What is measured under which conditions: the plans, and how arguments choose from them.

const product = (conditions) => Object.entries(conditions).reduce((all, [name, values]) =>
  all.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))), [{}]);

const file = { transport: ['file'], delay: [0] };
const https50 = { transport: ['https'], delay: [50] };
const ssh50 = { transport: ['ssh'], delay: [50] };
const large = { files: [10_000], commits: [10_000] };

const rollouts = (conditions) => product({ section: ['rollout'], filter: [false], gh: [false], ...conditions });
const withGh = (conditions) => rollouts({ gh: [true], state: ['known'], ...large, ...conditions });
const writers = (conditions) => product({ section: ['writers'], state: ['moved'], filter: [false], files: [1000], commits: [1], ...conditions });

const once = ['start', 'calls', 'edit', 'regenerate'].map((section) => ({ section }));

// Every row of the targets, in a few rounds.
const quick = [
  ...once,
  ...rollouts({ ...file, files: [100, 100_000], commits: [1], state: ['known'] }),
  ...rollouts({ ...https50, files: [100, 100_000], commits: [1], state: ['known'] }),
  ...rollouts({ ...file, ...large, state: ['known', 'full'] }),
  ...rollouts({ ...ssh50, ...large, state: ['known', 'aged', 'moved'] }),
  ...withGh({ transport: ['https', 'ssh'], delay: [50] }),
  ...rollouts({ transport: ['https'], delay: [0], ...large, state: ['first'] }),
  ...writers({ ...https50, writers: [16] }),
];

const standard = [
  ...once,
  ...rollouts({ ...file, files: [100, 10_000, 100_000], commits: [1], state: ['known'] }),
  ...rollouts({ ...https50, files: [100, 100_000], commits: [1], state: ['known'] }),
  ...rollouts({ ...file, ...large, state: ['known', 'full', 'moved'] }),
  ...rollouts({ ...https50, ...large, state: ['known', 'full', 'aged', 'moved'] }),
  ...rollouts({ ...ssh50, ...large, state: ['known', 'aged', 'moved'] }),
  ...withGh({ transport: ['https', 'ssh'], delay: [0, 50] }),
  ...rollouts({ transport: ['https'], delay: [0, 50], ...large, state: ['first'], filter: [false, true] }),
  ...writers({ ...https50, writers: [1, 4, 16, 64] }),
];

const sizes = { files: [100, 10_000, 100_000], commits: [1, 10_000] };
const remotes = [file, { transport: ['https', 'ssh'], delay: [0, 50] }];
const full = [
  ...once,
  ...remotes.flatMap((remote) => rollouts({ ...remote, ...sizes, state: ['known', 'full', 'aged', 'moved', 'first'] })),
  ...remotes.flatMap((remote) => rollouts({ ...remote, ...sizes, state: ['first'], filter: [true] })),
  ...remotes.flatMap((remote) => withGh(remote)),
  ...remotes.flatMap((remote) => writers({ ...remote, writers: [1, 2, 4, 8, 16, 32, 64] })),
];

export const plans = { quick, standard, full };
export const sections = ['start', 'calls', 'edit', 'regenerate', 'rollout', 'writers'];
export const conditions = ['transport', 'delay', 'files', 'commits', 'state', 'filter', 'gh', 'writers'];

// The cases of a plan in the chosen sections (none chosen: all) that meet the wanted conditions. Conditions are looked
// for in the full plan: who names them wants these, however long they take.
export function choose(plan, chosen, wanted) {
  const names = Object.keys(wanted);
  return (names.length === 0 ? plans[plan] : full)
    .filter(({ section }) => chosen.length === 0 || chosen.includes(section))
    .filter((one) => names.every((name) => wanted[name].includes(String(one[name]))));
}

export function titleOf({ section, transport, delay, files, commits, state, filter, gh, writers: count }) {
  if (transport === undefined) return section;
  const what = section === 'writers' ? `${count} writer${count === 1 ? '' : 's'}` : { known: 'known clone', full: 'known clone with all files', aged: 'known clone with all files, a tag that others set long ago', moved: 'remote has moved', first: 'first rollout' }[state];
  const remote = `${transport === 'https' ? 'HTTPS' : transport}${transport === 'file' ? '' : `, ${delay} ms`}`;
  const count_ = (value) => value.toLocaleString('en');
  return `${gh ? 'with gh, ' : ''}${what}, ${remote}, ${count_(files)} files, ${count_(commits)} commit${commits === 1 ? '' : 's'}${filter ? ', partial clone allowed' : ''}`;
}
