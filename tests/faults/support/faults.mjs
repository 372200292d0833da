// What can fail, and how: each line of the table is swept call by call. The library that makes it fail is described in
// fault_plan.h, whose order of kinds this is.

import { readFileSync, writeFileSync } from 'node:fs';

const kinds = ['open', 'create', 'read', 'write', 'receive', 'send', 'sync', 'rename', 'remove', 'stat', 'list', 'path', 'map', 'lock',
  'mode', 'truncate', 'close', 'spawn', 'pipe', 'wait', 'poll', 'kill', 'thread', 'random', 'clock', 'sleep', 'memory', 'libraries'];

// area, kind, the ways to fail (with '+': from that call on), for which programs, and below what.
const table = [
  ['files', 'open', 'EIO EACCES EMFILE', 'self git'],
  ['files', 'create', 'ENOSPC ENOSPC+ EACCES EROFS EMFILE', 'self git'],
  ['files', 'read', 'EIO EINTR short', 'self'],
  ['files', 'read', 'EIO', 'git'],
  ['files', 'write', 'ENOSPC ENOSPC+ EDQUOT EFBIG EIO EINTR short', 'self'],
  ['files', 'write', 'ENOSPC ENOSPC+ EDQUOT EIO short', 'git'],
  ['files', 'sync', 'EIO ENOSPC', 'self git'],
  ['files', 'rename', 'EIO ENOSPC EACCES', 'self git'],
  ['files', 'remove', 'EACCES EIO', 'self git'],
  ['files', 'stat', 'EACCES EIO', 'self git'],
  ['files', 'list', 'EIO', 'self git'],
  ['files', 'path', 'EACCES EIO', 'self git'],
  ['files', 'map', 'ENOMEM', 'self git'],
  ['files', 'lock', 'EINTR ENOLCK EIO', 'self'],
  ['files', 'mode', 'EPERM EROFS', 'self git'],
  ['files', 'truncate', 'ENOSPC EIO', 'self git'],
  ['files', 'close', 'EIO EINTR', 'self'],
  ['files', 'close', 'EIO', 'git'],
  ['objects', 'open', 'EIO ENOENT', 'self git', 'objects/'],
  ['objects', 'read', 'flip short', 'self git', 'objects/'],
  ['objects', 'map', 'flip', 'self git', 'objects/'],
  ['objects', 'write', 'ENOSPC', 'self git', 'objects/'],
  ['objects', 'rename', 'EIO', 'self git', 'objects/'],
  ['processes', 'receive', 'EIO EINTR EAGAIN short', 'self'],
  ['processes', 'receive', 'EIO', 'git'],
  ['processes', 'send', 'EPIPE EINTR EAGAIN lost short', 'self'],
  ['processes', 'send', 'EPIPE', 'git'],
  ['processes', 'spawn', 'EAGAIN EAGAIN+ ENOMEM ENOENT', 'self'],
  ['processes', 'spawn', 'EAGAIN', 'git'],
  ['processes', 'pipe', 'EMFILE', 'self git'],
  ['processes', 'wait', 'EINTR ECHILD', 'self git'],
  ['processes', 'poll', 'EINTR ENOMEM early', 'self'],
  ['processes', 'poll', 'EINTR', 'git'],
  ['processes', 'kill', 'EPERM ESRCH', 'self'],
  ['processes', 'thread', 'EAGAIN EAGAIN+', 'self'],
  ['processes', 'thread', 'EAGAIN', 'git'],
  ['processes', 'random', 'ENOSYS EIO', 'self'],
  ['clock', 'clock', 'forward back', 'self git'],
  ['clock', 'sleep', 'early', 'self'],
  ['memory', 'memory', 'ENOMEM', 'self git'],
  ['memory', 'libraries', 'ENOMEM', 'self git'],
];

// {area, kind, fault, onwards, programs, below?}
export const faults = table.flatMap(([area, kind, ways, programs, below]) => ways.split(' ').flatMap((way) =>
  programs.split(' ').map((program) => ({ area, kind, fault: way.replace('+', ''), onwards: way.endsWith('+'), programs: program, below }))));

export const nameOf = ({ area, kind, fault, onwards, programs }) =>
  `${programs} ${area === 'objects' ? 'object-' : ''}${kind} ${fault}${onwards ? '+' : ''}`;

// The environment in which the `at`-th call fails, and the file that tells what did.
export function environmentOf(library, record, { kind, fault, onwards, programs, below }, at) {
  writeFileSync(record, Buffer.alloc(4096));
  return { LD_PRELOAD: library, ROLLOUT_FAULT: `${kind}:${fault}:${at}${onwards ? '+' : ''}:${programs}`, ROLLOUT_FAULT_STATE: record,
    ...(below === undefined ? {} : { ROLLOUT_FAULT_BELOW: below }) };
}

export const countingEnvironment = (library, record, programs, below) =>
  environmentOf(library, record, { kind: 'count', fault: 'none', onwards: false, programs, below }, 0);

// {calls, fired, what}
export function readRecord(record) {
  const bytes = readFileSync(record);
  return { calls: Number(bytes.readBigUInt64LE(0)), fired: Number(bytes.readBigUInt64LE(8)),
    what: bytes.toString('utf8', 16, 16 + 1024).replace(/\0.*$/s, '') };
}

// {kind: how often it was called}
export function readCounts(record) {
  const bytes = readFileSync(record);
  return Object.fromEntries(kinds.map((kind, i) => [kind, Number(bytes.readBigUInt64LE(16 + 1024 + 8 * i))]));
}
