// Which refusals are right for what failed. Not which code exactly, for that is decided by what the program was doing;
// but what a refusal may never say: something false of the user's own, and something else than a full disk of a full disk.

// Each says that the user, the configuration or the repository lacks something, and all of it was there.
const falsehoods = new Set(['no_rwenv', 'unknown_rwenv', 'no_flux_repo', 'read_only', 'no_pr', 'unknown_service', 'no_image_group',
  'not_a_repository', 'no_commit', 'gh_missing', 'gh_auth', 'pipeline_not_green', 'bad_argument', 'bad_manifest', 'image_not_found',
  'digest_pinned', 'unsupported_type', 'bad_path', 'occupied', 'no_identity', 'tls_untrusted', 'auth_failed', 'branch_not_found',
  'remote_not_found', 'conflict', 'sign_failed', 'other_rwenv', 'cancelled']);

const full = { ENOSPC: /No space left/, EDQUOT: /quota exceeded/, EFBIG: /File too large/ };
const words = { EACCES: /Permission denied/i, EIO: /Input\/output error|I\/O error/i, EMFILE: /Too many open files/i, EROFS: /Read-only file system/i,
  ENOLCK: /No locks available/i, EPERM: /not permitted/i, ENOMEM: /allocate memory|out of memory|no memory/i, EAGAIN: /temporarily unavailable/i, ...full };

const isAtRemote = ({ what }) => /(receive-pack|upload-pack)|\/flux\.git/.test(what);

// Git's repository at the other end may be what it cannot read, and says so in the words of one that is not there.
const ofRemote = new Set(['remote_not_found', 'branch_not_found']);
// A regular expression for which git has no memory matches nothing, and git goes on without that setting.
const ofForgottenSetting = new Set(['no_identity']);
const ofMissingProgram = new Set(['gh_missing']);

// Why `said`, a refusal, is wrong for this fault; nothing where it is right.
export function wrongRefusal({ kind, fault, programs, area }, record, said) {
  const text = `${said.message} ${said.hint ?? ''}`;
  const excused = (programs === 'git' && ofRemote.has(said.code))
    || (programs === 'git' && kind === 'libraries' && ofForgottenSetting.has(said.code))
    || (kind === 'spawn' && fault === 'ENOENT' && ofMissingProgram.has(said.code));
  if (falsehoods.has(said.code) && !excused) return `${said.code} says something false of the user's: ${said.message}`;
  if (fault in full && said.code !== 'disk_full' && !isAtRemote(record) && (programs === 'self' || full[fault].test(text))) {
    return `${said.code} for a full disk: ${said.message}`;
  }
  if (!(fault in full) && said.code === 'disk_full') return `disk_full, and no disk is full: ${said.message}`;
  // What becomes of an object that cannot be read is said by the library that reads it, in words of its own.
  const isNamed = programs === 'self' && area === 'files' && fault in words && !['stat', 'path', 'list'].includes(kind) && !/objects\//.test(record.what);
  // Git does not always say why it could not write; that the disk is full is seen then.
  const isSeen = fault in full && said.code === 'disk_full' && /free space/i.test(text);
  if (isNamed && !isSeen && !words[fault].test(text)) return `says nothing of ${fault}: ${said.message}`;
  if (/ {2}|(^|\s)(undefined|null)(\s|$)/.test(said.message)) return `not a message for people: ${said.message}`;
  return undefined;
}
