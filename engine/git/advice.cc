#include "engine/git/advice.h"

#include <string_view>

#include "engine/text/text.h"

namespace engine {
namespace {

// Whom to ask, for a sentence.
std::string remote_of(const GitStep& step) {
  const std::string host = step.url.host();
  return host.empty() ? "the remote" : host;
}

std::string key_advice(const GitStep& step) {
  return "Use an HTTPS URL in fluxGitRepo, or check that ~/.ssh/config names the right key for " +
         remote_of(step) + " and that the key works without a passphrase prompt (ssh-agent).";
}

std::string host_key_advice(const GitStep& step) {
  const std::string host = remote_of(step);
  return "The host key of " + host + " is unknown or has changed. Connect once by hand (`ssh " +
         host +
         "`), compare its fingerprint with the one that the host publishes, and accept it; or use "
         "an HTTPS URL in fluxGitRepo.";
}

std::string token_advice(const GitStep& step) {
  if (step.tls == TlsVerification::off) {
    return "Check that git has valid credentials for " + remote_of(step) +
           " that allow writing (a credential helper, or a user and token in fluxGitRepo).";
  }
  return "Git's credentials for " + remote_of(step) +
         " are missing, not valid, or not enough. For GitHub check `gh auth status`, log in again "
         "with `gh auth login`, and let git use it with `gh auth setup-git`; for another host "
         "check git's credential helper.";
}

std::string tls_advice(const GitStep& step) {
  if (step.tls == TlsVerification::off) {
    return "Certificates are not verified for a gitea remote; check the URL and the TLS settings "
           "of git and of the host.";
  }
  return "Verify `fluxGitRepoType: gitea` in the rwenv config if this is a Gitea with a "
         "certificate of its own; for another host, tell git its certificate authority "
         "(http.sslCAInfo).";
}

}  // namespace

std::string advice(Cause cause, const GitStep& step) {
  switch (cause) {
    case Cause::tls:
      return tls_advice(step);
    case Cause::host_key:
      return host_key_advice(step);
    case Cause::ssh_key:
      return key_advice(step);
    case Cause::token:
      return token_advice(step);
    case Cause::sign_on:
      return "Do what " + remote_of(step) +
             " says: authorize the token or key that git uses there for single sign-on (SSO), then "
             "try again.";
    case Cause::address:
      return remote_of(step) +
             " accepts connections from certain addresses only: connect from a network that it "
             "allows (a VPN), or "
             "ask its administrator to allow yours.";
    case Cause::refused_access:
      return remote_of(step) + " says why it refuses; do what it says. If that is about the " +
             "account: " + token_advice(step);
    case Cause::archived:
      return "An archived repository accepts no pushes: ask its administrator to have it "
             "unarchived, or name its successor as fluxGitRepo in the rwenv config.";
    case Cause::no_repository:
      return "Check fluxGitRepo in the rwenv config, and that your account may see the repository.";
    case Cause::gone:
      return remote_of(step) +
             " no longer has the repository, or may not show it: name its successor as "
             "fluxGitRepo in the rwenv config, or ask its administrator.";
    case Cause::no_git_answer:
      return "The answer is not from git but, for instance, from a web page, a login page, or a "
             "shell that prints a greeting: check fluxGitRepo in the rwenv config (it is the "
             "address that "
             "`git clone` takes), and that git has credentials for " +
             remote_of(step) + ".";
    case Cause::login_page:
      return "The remote redirects git to a login page. " + token_advice(step) +
             " If a gateway asks for the login, use an address that git can reach without it "
             "(ssh, a VPN).";
    case Cause::unreachable:
    case Cause::broken_off:
      return "Check the network, VPN and proxy, and that the host is up; then try again.";
    case Cause::server_error:
      return remote_of(step) +
             " answers, but with an error: try again later; if that persists, ask its "
             "administrator.";
    case Cause::bad_request:
      return remote_of(step) +
             " does not accept the request: check fluxGitRepo in the rwenv config, git's "
             "http.extraHeader and credentials (a line break in a token?), and the proxy.";
    case Cause::proxy:
      return "The proxy refuses: check git's http.proxy and the variables https_proxy and "
             "http_proxy (a proxy that asks for a login takes user and password in its URL), or "
             "name the host in no_proxy.";
    case Cause::no_ssh:
      return "Install an ssh client (or correct core.sshCommand, GIT_SSH_COMMAND, ssh.variant), or "
             "use an HTTPS URL in fluxGitRepo.";
    case Cause::no_git_there:
      return "ssh reaches " + remote_of(step) +
             ", but finds no git there: make sure that git is installed there and on the PATH of "
             "ssh commands.";
    case Cause::push_signature:
      return "Git's push.gpgSign asks for a signed push. Set it to `if-asked` or `false` with "
             "`git config --global push.gpgSign if-asked`, or make sure that the remote accepts "
             "signed pushes and that the key works (user.signingkey, gpg.format, gpg-agent).";
    case Cause::push_feature:
      return "Git's configuration asks for something that the remote does not accept; see what "
             "`git config --show-origin --get-regexp ^push` prints.";
    case Cause::local_failure:
      return advice_for_unknown();
    case Cause::no_transport:
      return "Use an https, http, ssh, git or file URL in fluxGitRepo.";
    case Cause::no_branch:
      return "Check the remote's branches with `git ls-remote --symref <url> HEAD`.";
    case Cause::disk_full:
      return advice_for_full_disk(step);
    case Cause::lock_file:
      return "Another git works in " + step.clone.string() +
             "; wait until it is done, then try again.";
    case Cause::no_identity:
      return "Set git's user.name and user.email: `git config --global user.name \"Your Name\"`, "
             "`git config --global user.email you@example.com`.";
    case Cause::object_format:
      return "The repository uses SHA-256 object ids; only SHA-1 repositories are supported.";
    case Cause::ownership:
      return "The repository belongs to another user: correct its owner, or name it in git's "
             "safe.directory.";
    case Cause::bad_configuration:
      return "Correct git's configuration at that place.";
  }
  return {};
}

std::string advice_for_full_disk(const GitStep& step) {
  return "Free space on the disk that holds " + step.clone.string() +
         ", or raise the limit (a quota, `ulimit -f`), then try again.";
}

std::string advice_for_unknown() {
  return "This failure is not known: run the same git command by hand to "
         "learn more, and report it with this message.";
}

}  // namespace engine
