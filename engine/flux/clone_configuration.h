// What a clone's own configuration says about where git works and what it talks to. The user's
// configuration outside of the clone is the user's choice and is not looked at. For any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/flux/types.h"

namespace engine {

// As git writes keys: section and name in lower case.
using GitSettings = std::vector<std::pair<std::string, std::string>>;

// Why the clone of the remote is none by its own configuration: it has another URL, rewrites this
// one, pushes elsewhere, has no work tree of its own, or lets others write it; nothing if all is
// well. Reads `config` and `config.worktree`; where these include other files, git is asked what is
// in them: fails as git_failure() says.
Result<std::optional<std::string>> defect_of_configuration(const Host& host,
                                                           const FluxRemote& remote,
                                                           const CallContext& call);

// The same for settings that have been read.
std::optional<std::string> defect_of_settings(const GitSettings& settings,
                                              const FluxRemote& remote);

}  // namespace engine
