// OpenSSH's server on the loopback interface with a host key of its own, and the client's side in the sandbox's home.
//
// ssh takes the home from the password database and not from HOME. So that the real ~/.ssh of the user who runs the tests is
// neither read nor written, the processes of the sandbox see a database of their own (nss_wrapper), in which the user's
// home is that of the sandbox; ssh then finds ~/.ssh/config, the keys and known_hosts there as it does for everybody.

import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort, kill, program, ServerProgram } from './programs.mjs';

const wrapper = ['/usr/lib', '/usr/lib64', `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`]
  .map((directory) => join(directory, 'libnss_wrapper.so')).find((file) => existsSync(file));

// Why there can be no ssh server here; undefined if there can.
export const noSsh = wrapper === undefined ? 'libnss_wrapper.so is not installed: see scripts/setup' : undefined;

const separation = '/run/sshd'; // sshd as root wants this empty directory
let madeSeparation = false;

export function removeSeparationDirectory() {
  if (madeSeparation) rmdirSync(separation);
}

// A new key pair: the private key's file.
export function newKey(sandbox, path, { passphrase = '', type = 'ed25519' } = {}) {
  const file = join(sandbox.root, path);
  mkdirSync(dirname(file), { recursive: true });
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', 'test', '-f', file], { env: sandbox.environment });
  return file;
}

// Has the user's git sign commits with a new ssh key, which is what is returned.
export function signWithSsh(sandbox, passphrase = '') {
  const key = newKey(sandbox, 'signing_key', { passphrase });
  sandbox.write('allowed', `dana@example.com ${readFileSync(`${key}.pub`, 'utf8')}`);
  sandbox.configure(`[commit]\n\tgpgsign = true\n[gpg]\n\tformat = ssh\n[gpg "ssh"]\n\tallowedSignersFile = ${join(sandbox.root, 'allowed')}\n[user]\n\tsigningkey = ${key}`);
  return key;
}

// Gives the sandbox's processes a password database in which their user lives in the sandbox's home.
export function liveInHome(sandbox) {
  const { username, uid, gid } = userInfo();
  sandbox.environment.LD_PRELOAD = wrapper;
  sandbox.environment.NSS_WRAPPER_PASSWD = sandbox.write('passwd', `${username}:x:${uid}:${gid}::${sandbox.home}:/bin/sh\n`);
  sandbox.environment.NSS_WRAPPER_GROUP = sandbox.write('group', `${username}:x:${gid}:\n`);
  mkdirSync(join(sandbox.home, '.ssh'), { mode: 0o700, recursive: true });
  sandbox.leaves.push('.ssh');
}

// Serves the sandbox's repositories over ssh to the key ~/.ssh/id_ed25519 and makes its host known to the user.
// command: what runs in place of what the client asks for ($SSH_ORIGINAL_COMMAND); settings: further lines of sshd_config.
// Returns {port, url, known, connections, restart}: `known` is the line of known_hosts, connections() counts those that
// were let in so far, restart(hostKey) ends the server with all its connections and begins another on the same port.
export async function serveSsh(sandbox, { command, settings = '' } = {}) {
  liveInHome(sandbox);
  const directory = sandbox.serverDirectory('sshd');
  const inRoot = sandbox.inRoot(directory);
  const port = await freePort();
  const hostKey = newKey(sandbox, `${inRoot}/host_key`);
  const userKey = newKey(sandbox, 'home/.ssh/id_ed25519');
  const home = join(directory, 'home');
  mkdirSync(home);
  if (process.getuid() === 0 && !existsSync(separation)) {
    mkdirSync(separation, { mode: 0o755 });
    madeSeparation = true;
  }
  const options = command === undefined ? '' : `command="${command.replaceAll('"', '\\"')}" `;
  sandbox.write(`${inRoot}/authorized_keys`, options + readFileSync(`${userKey}.pub`, 'utf8'));
  sandbox.write(`${inRoot}/sshd_config`, `ListenAddress 127.0.0.1
Port ${port}
HostKey ${hostKey}
AuthorizedKeysFile ${directory}/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
PermitUserRC no
PidFile none
LogLevel VERBOSE
MaxStartups 100
SetEnv HOME=${home} GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null SANDBOX=${sandbox.root}
${settings}`);
  chmodSync(hostKey, 0o600);
  const start = (...options) => ServerProgram.start(program('sshd'), ['-D', '-e', '-f', join(directory, 'sshd_config'), ...options],
    { environment: { PATH: sandbox.environment.PATH, SANDBOX: sandbox.root }, address: { port, host: '127.0.0.1' } });
  let server = await start();
  sandbox.keep({ stop: () => server.stop() });
  const [type, key] = readFileSync(`${hostKey}.pub`, 'utf8').split(' ');
  const known = `[127.0.0.1]:${port} ${type} ${key}\n`;
  sandbox.write('home/.ssh/known_hosts', known);
  const connections = () => server.words.split('\n').filter((line) => line.startsWith('Accepted publickey')).length;
  const restart = async (key = hostKey) => {
    // Those that serve a connection are in sessions of their own.
    const rows = execFileSync('ps', ['-axo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n').map((row) => row.trim().split(/ +/).map(Number));
    kill(rows.filter(([, parent]) => parent === server.child.pid).map(([pid]) => pid));
    await server.stop();
    server = await start('-o', `HostKey=${key}`);
  };
  return { port, known, userKey, connections, restart, url: `ssh://127.0.0.1:${port}${sandbox.remote}` };
}
