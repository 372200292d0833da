// Where it was measured, and with what.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { arch, cpus } from 'node:os';
import { join } from 'node:path';

const first = (file, args) => execFileSync(file, args, { encoding: 'utf8' }).split('\n')[0].trim();

function system() {
  if (!existsSync('/etc/os-release')) return first('uname', ['-sr']);
  return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))[1];
}

export function machine({ binary, project }) {
  const version = (name) => JSON.parse(readFileSync(join(project, 'tests/e2e/node_modules/@modelcontextprotocol', name, 'package.json'), 'utf8')).version;
  return {
    system: `${system()}, ${cpus().length} processors (${arch()})`,
    git: first('git', ['--version']).replace('git version ', ''),
    node: process.versions.node,
    sdk1: version('sdk'),
    sdk2: version('server'),
    version: first(binary, ['--version']),
    date: new Date().toISOString().slice(0, 10),
  };
}
