// HTTPS as people have it: self-signed certificates, certificate authorities of a company, credentials from wherever git
// takes them, proxies, rewritten URLs, and servers that refuse.
//   F10, F11, F12

import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ofPrivateAuthority, selfSigned } from '../../stand_ins/certificates.mjs';
import { serveHttp } from '../../stand_ins/https.mjs';
import { forwardProxy, front } from './support/relays.mjs';
import { freePort } from '../../stand_ins/programs.mjs';
import { scenario, subjectOf } from './support/environment.mjs';

const password = 's3cr3t-P4ss-w0rd';
const userAt = (url, user = 'dana', secret = password) => url.replace('//', `//${user}:${secret}@`);

function assertDone(sandbox, number = 42) {
  sandbox.assertHistory([subjectOf(number)]);
  sandbox.assertRolledOut(number);
  sandbox.assertClean();
}

scenario('a gitea with a self-signed certificate', async (sandbox) => {
  const { url } = await serveHttp(sandbox, { tls: selfSigned(sandbox) });
  sandbox.useRemote(url, 'gitea');
  await sandbox.updated();
  assertDone(sandbox);
});

scenario('tls_untrusted: a github rwenv never does without verification', async (sandbox) => {
  const { url } = await serveHttp(sandbox, { tls: selfSigned(sandbox) });
  sandbox.useRemote(url, 'github');
  await sandbox.refused('tls_untrusted', [/certificate/i, '`fluxGitRepoType: gitea`', url]);
  sandbox.assertHistory([]);
  sandbox.useRemote(url, 'gitea');
  await sandbox.assertNextWorks();
});

scenario('tls_untrusted: a certificate for another name', async (sandbox) => {
  const tls = ofPrivateAuthority(sandbox, { name: 'subjectAltName=DNS:git.example.com' });
  const { url } = await serveHttp(sandbox, { tls });
  sandbox.configure(`[http]\n\tsslCAInfo = ${tls.authority}`);
  sandbox.useRemote(url, 'github');
  await sandbox.refused('tls_untrusted', [/certificate|SSL/, '`fluxGitRepoType: gitea`']);
  sandbox.assertHistory([]);
});

for (const [how, arrange] of [
  ['http.<url>.sslCAInfo', (sandbox, tls, url) => sandbox.configure(`[http "${new URL(url).origin}/"]\n\tsslCAInfo = ${tls.authority}`)],
  ['GIT_SSL_CAINFO', (sandbox, tls) => (sandbox.environment.GIT_SSL_CAINFO = tls.authority)],
]) {
  scenario(`F10 a private certificate authority in ${how}`, async (sandbox) => {
    const tls = ofPrivateAuthority(sandbox);
    const { url } = await serveHttp(sandbox, { tls });
    arrange(sandbox, tls, url);
    sandbox.useRemote(url, 'github');
    await sandbox.updated();
    assertDone(sandbox);
    await sandbox.assertNextWorks();
  });
}

scenario('F12 basic authentication through a credential helper', async (sandbox) => {
  sandbox.secrets.push(password);
  const { url } = await serveHttp(sandbox, { tls: selfSigned(sandbox), users: { dana: password } });
  sandbox.write('credentials', `${userAt(new URL(url).origin)}\n`);
  sandbox.configure(`[credential]\n\thelper = store --file ${join(sandbox.root, 'credentials')}`);
  sandbox.useRemote(url, 'gitea');
  await sandbox.updated();
  assertDone(sandbox);
  await sandbox.assertNextWorks();
});

scenario('F12 user and password in the URL work, and are shown nowhere', async (sandbox) => {
  sandbox.secrets.push(password);
  const { url } = await serveHttp(sandbox, { tls: selfSigned(sandbox), users: { dana: password } });
  sandbox.useRemote(userAt(url), 'gitea');
  const result = await sandbox.updated();
  assert.equal(result.fluxRepo, url);
  assert.ok(result.report.includes(`Flux repo: ${url}\n`), result.report);
  const log = sandbox.said.filter(({ what }) => what === 'log file').map(({ text }) => text).join('');
  assert.match(log, / debug git .* remote-https origin .*: exit status 0, \d+ ms$/m);
  assertDone(sandbox);
  const { status, stdout } = await sandbox.command(['rollout', 'papi', '--pr', '98']);
  assert.equal(status, 0);
  assert.ok(stdout.includes(url), stdout);
  const resource = await sandbox.server();
  const { contents } = await resource.request('resources/read', { uri: 'rollout://rwenv' });
  await resource.close();
  assert.ok(contents[0].text.includes(url), contents[0].text);
});

scenario('F12 a token in the URL as the user name alone', async (sandbox) => {
  const token = 'glpat-0123456789abcdefXYZ';
  sandbox.secrets.push(token);
  const { url } = await serveHttp(sandbox, { users: { dana: password } });
  sandbox.useRemote(url.replace('//', `//${token}@`), 'github');
  const refusal = await sandbox.refused('auth_failed', url);
  assert.ok(!JSON.stringify(refusal).includes(token));
});

scenario('F10 an extra header with the credentials', async (sandbox) => {
  sandbox.secrets.push(password);
  const { url } = await serveHttp(sandbox, { users: { dana: password } });
  sandbox.configure(`[http "${new URL(url).origin}/"]\n\textraHeader = Authorization: Basic ${Buffer.from(`dana:${password}`).toString('base64')}`);
  sandbox.useRemote(url, 'github');
  await sandbox.updated();
  assertDone(sandbox);
});

scenario('F8 auth_failed: no credentials, and nothing asks for any', async (sandbox) => {
  const { url } = await serveHttp(sandbox, { users: { dana: password } });
  const asked = join(sandbox.root, 'asked');
  const askpass = sandbox.script('askpass', `echo "$1" >>'${asked}'; exec sleep 600`);
  sandbox.useRemote(url, 'github');
  await sandbox.refused('auth_failed', ['`gh auth status`', '`gh auth login`', url], {}, { environment: { SSH_ASKPASS: askpass, DISPLAY: ':0' } });
  assert.ok(!existsSync(asked), 'a window would have opened');
  sandbox.assertHistory([]);
});

for (const where of ['credential helper', 'URL']) {
  scenario(`F12 auth_failed: a wrong password in the ${where}`, async (sandbox) => {
    const wrong = 'wr0ng-P4ss-w0rd';
    sandbox.secrets.push(wrong, password);
    const { url } = await serveHttp(sandbox, { users: { dana: password } });
    sandbox.write('credentials', `${userAt(new URL(url).origin, 'dana', wrong)}\n`);
    if (where === 'URL') sandbox.useRemote(userAt(url, 'dana', wrong), 'github');
    else {
      sandbox.configure(`[credential]\n\thelper = store --file ${join(sandbox.root, 'credentials')}`);
      sandbox.useRemote(url, 'github');
    }
    // Fetch and push ask at the same time, and git forgets a password that was refused: one of them may find none any more.
    await sandbox.refused('auth_failed', [/Authentication failed|could not read Username/, '`gh auth login`', url]);
    sandbox.assertHistory([]);
    sandbox.useRemote(userAt(url), 'github');
    await sandbox.assertNextWorks();
  });
}

scenario("F12 git's own traces put no secret into any output", async (sandbox) => {
  sandbox.secrets.push(password);
  const { url } = await serveHttp(sandbox, { users: { dana: 'another' } });
  sandbox.useRemote(userAt(url), 'github');
  await sandbox.refused('auth_failed', url, {}, { environment: { GIT_TRACE: '1', GIT_TRACE_CURL: '1', GIT_CURL_VERBOSE: '1', GIT_TRACE_REDACT: '0' } });
});

scenario('F12 what the remote says is shown without the secrets in it', async (sandbox) => {
  sandbox.secrets.push(password);
  sandbox.hook('pre-receive', `echo 'see https://dana:${password}@git.example.com/rules' >&2; exit 1`);
  const { url } = await serveHttp(sandbox);
  sandbox.useRemote(url);
  await sandbox.refused('rejected', [/see https:\/\/(\S*@)?git\.example\.com\/rules/]);
});

scenario('F11 a token that expires between fetch and push: auth_failed, and no loop', async (sandbox) => {
  sandbox.secrets.push(password);
  const { port } = await serveHttp(sandbox, { users: { dana: password } });
  const { url, requests } = await front(sandbox, port, (request) =>
    request.url.includes('git-receive-pack') && request.headers.authorization !== undefined
      ? { status: 401, headers: { 'www-authenticate': 'Basic realm="git"' } } : undefined);
  sandbox.write('credentials', `${userAt(new URL(url).origin)}\n`);
  const calls = join(sandbox.root, 'helper-calls');
  const helper = sandbox.script('helper', `echo "$1" >>'${calls}'; if [ "$1" = get ]; then echo username=dana; echo password=${password}; fi`);
  sandbox.configure(`[credential]\n\thelper = ${helper}`);
  sandbox.useRemote(url, 'github');
  await sandbox.refused('auth_failed', [/Authentication failed/, '`gh auth login`', url]);
  sandbox.assertHistory([]);
  const pushes = requests.filter((request) => request.url.includes('git-receive-pack')).length;
  assert.ok(pushes <= 4, `asked ${pushes} times`);
  const asked = readFileSync(calls, 'utf8').split('\n').filter((line) => line === 'get').length;
  assert.ok(asked >= 1 && asked <= 4, `the helper was asked ${asked} times`);
});

scenario('F10 insteadOf leads to the server; the configured URL is what is shown', async (sandbox) => {
  const { url } = await serveHttp(sandbox);
  const shown = 'https://flux.example.invalid/flux.git';
  sandbox.configure(`[url "${new URL(url).origin}/"]\n\tinsteadOf = https://flux.example.invalid/`);
  sandbox.useRemote(shown, 'github');
  const result = await sandbox.updated();
  assert.equal(result.fluxRepo, shown);
  assertDone(sandbox);
  await sandbox.assertNextWorks();
});

scenario('F10 pushInsteadOf leads the push to another address of the same repository', async (sandbox) => {
  const { port, url } = await serveHttp(sandbox);
  const pushes = await front(sandbox, port, () => undefined);
  sandbox.configure(`[url "${new URL(pushes.url).origin}/"]\n\tpushInsteadOf = ${new URL(url).origin}/`);
  sandbox.useRemote(url, 'github');
  await sandbox.updated();
  assert.ok(pushes.requests.length > 0);
  assert.ok(pushes.requests.every((request) => request.url.includes('git-receive-pack')));
  assertDone(sandbox);
});

for (const how of ['http.proxy', 'https_proxy']) {
  scenario(`F10 a proxy in ${how}, with a password`, async (sandbox) => {
    sandbox.secrets.push(password);
    const tls = ofPrivateAuthority(sandbox, { name: 'subjectAltName=DNS:flux.example.invalid' });
    const { port } = await serveHttp(sandbox, { tls });
    const proxy = await forwardProxy(sandbox, { credentials: `dana:${password}` });
    sandbox.configure(`[http]\n\tsslCAInfo = ${tls.authority}`);
    if (how === 'http.proxy') sandbox.configure(`[http]\n\tproxy = ${proxy.url}`);
    else sandbox.environment.https_proxy = proxy.url;
    sandbox.useRemote(`https://flux.example.invalid:${port}/flux.git`, 'github');
    await sandbox.updated();
    assert.ok(proxy.requests.length > 0);
    assert.deepEqual([...new Set(proxy.requests)], [`CONNECT flux.example.invalid:${port}`]);
    assertDone(sandbox);
    await sandbox.assertNextWorks();
  });
}

scenario('unreachable: a proxy that is down, or refuses', async (sandbox) => {
  const { url } = await serveHttp(sandbox, { tls: selfSigned(sandbox) });
  sandbox.useRemote(url, 'gitea');
  await sandbox.refused('unreachable', url, {}, { environment: { https_proxy: `http://127.0.0.1:${await freePort()}` } });
  const proxy = await forwardProxy(sandbox, { credentials: 'somebody:else' });
  await sandbox.refused('unreachable', ['407', 'http.proxy', url], {}, { environment: { https_proxy: proxy.url.replace('somebody:else@', '') } });
  sandbox.assertHistory([]);
  await sandbox.assertNextWorks();
});

for (const [status, body, code, patterns] of [
  [403, 'Permission to shop/flux.git denied to dana.', 'auth_failed', ['Permission to shop/flux.git denied to dana', '`gh auth status`', '`gh auth login`']],
  [403, "The `shop' organization has enabled or enforced SAML SSO. To access\nthis repository, visit https://github.com/orgs/shop/sso.", 'auth_failed',
    ['visit https://github.com/orgs/shop/sso', 'single sign-on']],
  [403, 'The repository owner has an IP allow list enabled, and 192.0.2.1 is not permitted to access this repository.', 'auth_failed',
    ['192.0.2.1 is not permitted', 'VPN']],
  [403, 'This repository was archived so it is read-only.', 'rejected', ['was archived so it is read-only', 'unarchived']],
  [400, 'The header is malformed.', 'unreachable', ['400', 'The header is malformed.', 'http.extraHeader']],
  [404, 'Repository not found.', 'remote_not_found', [/not found/i]],
  [404, 'TF401019: The Git repository with name or identifier flux does not exist or you do not have permissions.', 'remote_not_found',
    ['TF401019: The Git repository', 'your account may see']],
  [410, 'It has moved to https://git.example/new.', 'remote_not_found', ['moved to https://git.example/new', 'no longer has']],
  [429, 'Slow down.', 'unreachable', ['429', 'Slow down.', /answers, but with an error/]],
  [500, 'Oops.', 'unreachable', ['500', 'Oops.']],
  [503, 'Maintenance until ten.', 'unreachable', ['503', 'Maintenance until ten.']],
]) {
  for (const stage of status === 404 ? ['git-upload-pack'] : ['git-upload-pack', 'git-receive-pack']) {
    scenario(`${code}: the server answers ${stage} with ${status}: ${body}`, async (sandbox) => {
      const { port } = await serveHttp(sandbox);
      let refuses = true;
      const { url, requests } = await front(sandbox, port, (request) =>
        refuses && request.url.includes(stage) ? { status, headers: { 'content-type': 'text/plain' }, body } : undefined);
      sandbox.useRemote(url, 'github');
      await sandbox.refused(code, [...patterns, url]);
      sandbox.assertHistory([]);
      assert.ok(requests.filter((request) => request.url.includes(stage)).length <= 5, 'it was asked again and again');
      refuses = false;
      await sandbox.assertNextWorks();
    });
  }
}

scenario('auth_failed: git is sent to a login page', async (sandbox) => {
  const { port } = await serveHttp(sandbox);
  const page = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' };
  const login = await front(sandbox, port, ({ url }) => (url.startsWith('/users/sign_in') ? page : { status: 302, headers: { location: '/users/sign_in' } }));
  sandbox.useRemote(login.url, 'github');
  await sandbox.refused('auth_failed', ['/users/sign_in', 'a login page']);
  const plain = await front(sandbox, port, () => ({ ...page, body: '<html>\n<title>Sign in</title>\n</html>\n' }));
  sandbox.useRemote(plain.url, 'github');
  await sandbox.refused('remote_not_found', ['not valid', 'a web page', 'a login page']);
  // Git takes a page of one line for a repository without branches.
  const short = await front(sandbox, port, () => page);
  sandbox.useRemote(short.url, 'github');
  await sandbox.refused('branch_not_found', ['a login page']);
  sandbox.assertHistory([]);
});

scenario('auth_failed: an account that may read but not write', async (sandbox) => {
  sandbox.secrets.push(password);
  const { url } = await serveHttp(sandbox, { users: { reader: password }, readOnlyUsers: ['reader'] });
  sandbox.useRemote(userAt(url, 'reader'), 'github');
  await sandbox.refused('auth_failed', ['403', '`gh auth login`', url]);
  sandbox.assertHistory([]);
});

scenario('a repository that has moved: git follows the redirection of its first request', async (sandbox) => {
  const { url } = await serveHttp(sandbox);
  const old = await front(sandbox, 0, (request) => ({ status: 301, headers: { location: `${new URL(url).origin}${request.url}` } }));
  sandbox.useRemote(old.url, 'github');
  const result = await sandbox.updated();
  assert.equal(result.fluxRepo, old.url);
  assertDone(sandbox);
});

scenario('the command line says the same, and its exit status is 1', async (sandbox) => {
  const { url } = await serveHttp(sandbox, { tls: selfSigned(sandbox) });
  sandbox.useRemote(url, 'github');
  const refusal = await sandbox.refused('tls_untrusted', []);
  const { status, stdout, stderr } = await sandbox.command(['rollout', 'papi']);
  assert.deepEqual({ status, stdout }, { status: 1, stdout: '' });
  assert.ok(stderr.includes(refusal.message) && stderr.includes(refusal.hint), stderr);
  rmSync(join(sandbox.root, 'tls'), { recursive: true });
});
