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

// {certificate, key, authority}: files; `authority` signed the certificate, for `name`.
export function ofPrivateAuthority(sandbox, { name = names } = {}) {
  const file = (base) => join(sandbox.root, 'tls', base);
  sandbox.write('tls/ca.cnf', '[req]\ndistinguished_name=dn\nx509_extensions=v3\n[dn]\n[v3]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign\n');
  openssl(sandbox, 'req', '-x509', ...key, '-config', file('ca.cnf'), '-subj', '/CN=The test authority', '-days', '2',
    '-keyout', file('ca.key'), '-out', file('ca.pem'));
  sandbox.write('tls/names.cnf', name);
  openssl(sandbox, 'req', ...key, '-config', file('ca.cnf'), '-subj', '/CN=localhost', '-keyout', file('server.key'), '-out', file('server.csr'));
  openssl(sandbox, 'x509', '-req', '-in', file('server.csr'), '-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial',
    '-days', '2', '-extfile', file('names.cnf'), '-out', file('server.pem'));
  return { certificate: file('server.pem'), key: file('server.key'), authority: file('ca.pem') };
}
