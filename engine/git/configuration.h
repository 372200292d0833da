// Reads what the user configured for git, with git's own precedence.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/git/commands.h"
#include "engine/git/remote_url.h"
#include "engine/git/tls_verification.h"

namespace engine {

// One of the questions that GitCommands has about the configuration.
using ConfigurationQuestion = Command (GitCommands::*)() const;

// What git answers, as parse_configuration() reads it. The clone's own settings count where there
// is a clone; one that is broken is passed over, since it will be replaced. `bad_config` where git
// cannot read what is configured outside of it.
Result<std::vector<std::pair<std::string, std::string>>> read_git_configuration(
    const Host& host, TlsVerification tls, const std::filesystem::path& clone,
    ConfigurationQuestion question, const CallContext& call);

// What it says about ssh; nothing, without asking, for a URL of another kind.
Result<std::optional<SshConfiguration>> read_ssh_configuration(const Host& host,
                                                               TlsVerification tls,
                                                               const RemoteUrl& url,
                                                               const std::filesystem::path& clone,
                                                               const CallContext& call);

}  // namespace engine
