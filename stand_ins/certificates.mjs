// Certificates for servers on the loopback interface: self-signed, of a certificate authority of the test's own, or
// expired.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1';
const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

function openssl(sandbox, ...args) {
  execFileSync('openssl', args, { env: sandbox.environment, stdio: ['ignore', 'ignore', 'pipe'] });
}

// {certificate, key}: files.
export function selfSigned(sandbox) {
  const files = { certificate: join(sandbox.root, 'tls/self.pem'), key: join(sandbox.root, 'tls/self.key') };
  sandbox.write('tls/self.cnf', '[req]\ndistinguished_name=dn\n[dn]\n');
  openssl(sandbox, 'req', '-x509', ...key, '-config', join(sandbox.root, 'tls/self.cnf'), '-subj', '/CN=localhost', '-addext', names,
    '-days', '2', '-keyout', files.key, '-out', files.certificate);
  return files;
}

// {certificate, key, authority}: files in `directory`; `authority` signed the certificate, for `name`.
export function ofPrivateAuthority(sandbox, { name = names, directory = 'tls' } = {}) {
  const file = (base) => join(sandbox.root, directory, base);
  sandbox.write(`${directory}/ca.cnf`, '[req]\ndistinguished_name=dn\nx509_extensions=v3\n[dn]\n[v3]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign\n');
  openssl(sandbox, 'req', '-x509', ...key, '-config', file('ca.cnf'), '-subj', '/CN=The test authority', '-days', '2',
    '-keyout', file('ca.key'), '-out', file('ca.pem'));
  const server = signed(sandbox, directory, { base: 'server', subject: '/CN=localhost', extensions: name });
  return { ...server, authority: file('ca.pem') };
}

// {certificate, key}: files in `directory`, where an authority has been made: the certificate of a client of that name.
export function ofClient(sandbox, { name, directory = 'tls' }) {
  return signed(sandbox, directory, { base: 'client', subject: `/CN=${name}`, extensions: 'extendedKeyUsage=clientAuth' });
}

function signed(sandbox, directory, { base, subject, extensions }) {
  const file = (end) => join(sandbox.root, directory, `${base}.${end}`);
  const authority = (end) => join(sandbox.root, directory, `ca.${end}`);
  sandbox.write(`${directory}/${base}.cnf`, extensions);
  openssl(sandbox, 'req', ...key, '-config', authority('cnf'), '-subj', subject, '-keyout', file('key'), '-out', file('csr'));
  openssl(sandbox, 'x509', '-req', '-in', file('csr'), '-CA', authority('pem'), '-CAkey', authority('key'), '-CAcreateserial',
    '-days', '2', '-extfile', file('cnf'), '-out', file('pem'));
  return { certificate: file('pem'), key: file('key') };
}
