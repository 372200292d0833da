// Plots of the results as SVG, without a library: lines over a logarithmic axis, and groups of bars.

import { titleOf } from './cases.mjs';
import { median, quantile } from './statistics.mjs';

const width = 760;
const height = 360;
const area = { left: 70, right: 20, top: 50, bottom: 70 };
const colours = { shell: '#8c8c8c', command: '#1f77b4', server: '#17a398', push: '#e0a030', atOnce: '#1f77b4', inTurn: '#e0a030' };
const names = { shell: 'shell procedure', command: 'rollout-mcp, command line', server: 'rollout-mcp, running server', push: 'bare push',
  atOnce: 'rollouts at once', inTurn: 'bare pushes in turn' };

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const right = width - area.right;
const bottom = height - area.bottom;

function text(x, y, words, { anchor = 'middle', size = 12, weight = 'normal' } = {}) {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" font-size="${size}" font-weight="${weight}">${escape(words)}</text>\n`;
}

const line = (x1, y1, x2, y2, colour = '#dddddd') =>
  `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="${colour}"/>\n`;

// 1, 2 or 5 times a power of ten, so that at most six of them reach `most`.
function step(most) {
  const power = 10 ** Math.floor(Math.log10(most / 6));
  return [1, 2, 5, 10].map((factor) => factor * power).find((one) => most / one <= 6);
}

function verticalAxis(most, unit) {
  const each = step(most);
  const top = Math.ceil(most / each) * each;
  const y = (value) => bottom - (value / top) * (bottom - area.top);
  let marks = text(area.left - 8, area.top - 12, unit, { anchor: 'end' });
  for (let value = 0; value <= top + each / 2; value += each) {
    marks += line(area.left, y(value), right, y(value)) + text(area.left - 8, y(value) + 4, String(Number(value.toPrecision(6))), { anchor: 'end' });
  }
  return { y, marks };
}

function legend(kinds) {
  const each = (right - area.left) / kinds.length;
  return kinds.map((kind, index) => `<rect x="${(area.left + index * each).toFixed(1)}" y="${height - 18}" width="10" height="10" fill="${colours[kind]}"/>\n` +
    text(area.left + index * each + 15, height - 9, names[kind], { anchor: 'start' })).join('');
}

function document(title, body) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" fill="#222222" role="img">
<title>${escape(title)}</title>
<rect width="${width}" height="${height}" fill="#ffffff"/>
${text(width / 2, 22, title, { size: 15, weight: 'bold' })}${body}</svg>
`;
}

const spread = (x, samples, y, colour) => line(x, y(quantile(samples, 0.25)), x, y(quantile(samples, 0.75)), colour);

// points: [{x, label, samples: {kind: []}}]; each kind is a line through its medians, with the quartiles.
function lines(title, unit, xTitle, kinds, points) {
  const all = points.flatMap(({ samples }) => kinds.map((kind) => quantile(samples[kind], 0.75)));
  const { y, marks } = verticalAxis(Math.max(...all), unit);
  const [least, most] = [Math.log(points[0].x), Math.log(points.at(-1).x)];
  const x = (value) => area.left + 30 + ((Math.log(value) - least) / (most - least || 1)) * (right - area.left - 60);
  const curve = (kind) => {
    const path = points.map((point) => `${x(point.x).toFixed(1)},${y(median(point.samples[kind])).toFixed(1)}`).join(' ');
    const dots = points.map((point) => spread(x(point.x), point.samples[kind], y, colours[kind]) +
      `<circle cx="${x(point.x).toFixed(1)}" cy="${y(median(point.samples[kind])).toFixed(1)}" r="3.5" fill="${colours[kind]}"/>\n`).join('');
    return `<polyline points="${path}" fill="none" stroke="${colours[kind]}" stroke-width="2"/>\n${dots}`;
  };
  return document(title, marks + points.map((point) => text(x(point.x), bottom + 18, point.label)).join('') +
    text((area.left + right) / 2, bottom + 38, xTitle) + kinds.map(curve).join('') + legend(kinds));
}

// groups: [{labels: [line], samples: {kind: []}}]; a kind may be missing in a group.
function bars(title, unit, kinds, groups) {
  const all = groups.flatMap(({ samples }) => kinds.filter((kind) => samples[kind] !== undefined).map((kind) => quantile(samples[kind], 0.75)));
  const { y, marks } = verticalAxis(Math.max(...all), unit);
  const room = (right - area.left) / groups.length;
  const bar = room * 0.8 / kinds.length;
  const one = ({ labels, samples }, index) => {
    const left = area.left + room * (index + 0.1);
    return labels.map((label, row) => text(left + room * 0.4, bottom + 16 + 14 * row, label, { size: 11 })).join('') + kinds.map((kind, place) => {
      if (samples[kind] === undefined) return '';
      const top = y(median(samples[kind]));
      return `<rect x="${(left + place * bar).toFixed(1)}" y="${top.toFixed(1)}" width="${(bar - 2).toFixed(1)}" height="${(bottom - top).toFixed(1)}" fill="${colours[kind]}"/>\n` +
        spread(left + place * bar + bar / 2 - 1, samples[kind], y, '#222222');
    }).join('');
  };
  return document(title, marks + groups.map(one).join('') + legend(kinds));
}

function sizes(cases) {
  const points = cases.filter(({ section, transport, commits, state }) => section === 'rollout' && transport === 'file' && commits === 1 && state === 'known')
    .sort((a, b) => a.files - b.files).map(({ files, samples }) => ({ x: files, label: files.toLocaleString('en'), samples }));
  return points.length < 2 ? undefined : lines('A rollout by the size of the repository (known clone, file)', 'ms', 'files', ['shell', 'command', 'server', 'push'], points);
}

function remotes(cases) {
  const groups = cases.filter(({ section, files, commits, state, gh }) => section === 'rollout' && files === 10_000 && commits === 10_000 && ['known', 'moved'].includes(state) && !gh)
    .map((one) => ({ labels: titleOf(one).split(', ').slice(0, 3).filter((label) => !label.includes('files')), samples: one.samples }));
  return groups.length === 0 ? undefined : bars('A rollout by its remote (10,000 files, 10,000 commits)', 'ms', ['shell', 'command', 'server', 'push'], groups);
}

function asking(cases) {
  const groups = cases.filter(({ section, files, commits, gh }) => section === 'rollout' && files === 10_000 && commits === 10_000 && gh)
    .map((one) => ({ labels: [titleOf(one).split(', ').slice(2, 4).filter((label) => !label.includes('files')).join(', ')], samples: one.samples }));
  return groups.length === 0 ? undefined : bars('A rollout that asks gh (known clone, 10,000 files, 10,000 commits)', 'ms', ['shell', 'command', 'server', 'push'], groups);
}

function first(cases) {
  const groups = cases.filter(({ section, files, commits, state }) => section === 'rollout' && files === 10_000 && commits === 10_000 && state === 'first')
    .map((one) => ({ labels: titleOf(one).split(', ').filter((label) => !/files|commits|first/.test(label)), samples: one.samples }));
  return groups.length === 0 ? undefined : bars('The first rollout (10,000 files, 10,000 commits)', 'ms', ['shell', 'command', 'server'], groups);
}

function crowd(cases) {
  const points = cases.filter(({ section, transport, delay }) => section === 'writers' && transport === 'https' && delay === 50)
    .sort((a, b) => a.writers - b.writers).map(({ writers, samples }) => ({ x: writers, label: String(writers),
      samples: { atOnce: samples.atOnce.map((value) => value / 1000), inTurn: samples.inTurn.map((value) => value / 1000) } }));
  return points.length < 2 ? undefined : lines('Many writers on one remote (HTTPS, 50 ms)', 's', 'writers', ['atOnce', 'inTurn'], points);
}

// {name: SVG} of what was measured.
export function plotsOf({ cases }) {
  return Object.fromEntries(Object.entries({ sizes, remotes, gh: asking, first, writers: crowd }).map(([name, plot]) => [name, plot(cases)]).filter(([, svg]) => svg !== undefined));
}
