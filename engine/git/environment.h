// How every git command of the engine is set up, whatever it does: what of the user's environment
// is changed, and the options that precede the subcommand (specification, section 6). All else, and
// the whole of the user's git configuration, is inherited: credential helpers, proxies, certificate
// authorities, insteadOf, ssh's configuration. Pure functions, for any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/host.h"
#include "engine/git/tls_verification.h"
#include "engine/git/url_rewriting.h"
#include "engine/process/command.h"

namespace engine {

// What the user's git configuration says about ssh.
struct SshConfiguration {
  std::optional<std::string> command;  // core.sshCommand
  std::optional<std::string> variant;  // ssh.variant
  UrlRewriting rewriting = {};         // of the addresses that are given to it
};

// The changes to the environment that every git command runs in. Nothing that runs can ask a
// person: it has no terminal to ask on; what would open a window finds no display (an askpass
// program that answers by itself works); ssh is in batch mode. `ssh` is nothing where it was not
// read: then ssh is as the user configured it, and the lack of a terminal alone keeps it from
// asking (an https URL that `insteadOf` turns into one of ssh).
std::vector<Command::EnvironmentChange> git_environment(const Environment& environment,
                                                        TlsVerification tls,
                                                        const std::optional<SshConfiguration>& ssh);

// `-c` options that keep git from starting maintenance, a file system monitor or submodule work on
// its own.
std::vector<std::string> git_options();

// GIT_SSH_COMMAND for ssh in batch mode, added to what the user configured: GIT_SSH_COMMAND, else
// core.sshCommand, else GIT_SSH, else ssh, as git itself chooses. Nothing where the user's ssh is
// of another family (PuTTY, or "simple"), which knows no such option.
std::optional<std::string> ssh_in_batch_mode(const Environment& environment,
                                             const SshConfiguration& ssh);

// Whether the user has said which ssh git shall start: by GIT_SSH_COMMAND, core.sshCommand or
// GIT_SSH.
bool has_own_ssh(const Environment& environment, const SshConfiguration& ssh);

}  // namespace engine
