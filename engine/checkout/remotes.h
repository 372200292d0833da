// The remotes of a project's repository, as its configuration has them: as they are written there,
// since no configuration of the user's changes them here (`insteadOf`).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/checkout/configuration.h"
#include "engine/checkout/repository.h"

namespace engine {

// The `url` of each remote, in the order of the file. Looks at files that the system may hold up:
// see engine/base/abandonable.h.
std::vector<std::string> read_remote_urls(const ProjectRepository& repository);

// The same of the file's text.
std::vector<std::string> remote_urls(std::string_view configuration);

// A remote, with the first of each address that it has.
struct ConfiguredRemote {
  std::string name;
  std::string url;
  std::string push_url;
  std::vector<std::string> fetch;  // its refspecs
};

// What decides where a branch is pushed to; "" for what is not set.
struct BranchRemotes {
  std::vector<ConfiguredRemote> remotes;
  std::string push_default;  // remote.pushDefault
  // branch.<branch>.pushRemote, .remote and .merge
  std::string push_remote;
  std::string remote;
  std::string merge;
};

// `branch`: nothing for a detached HEAD.
BranchRemotes branch_remotes(const std::vector<ConfigurationEntry>& configuration,
                             const std::optional<std::string>& branch);

// The remote that git pushes the branch to: what the branch, or else `push_default`, or else the
// user's own remote.pushDefault, or else the branch's upstream says; else `origin`, or the only
// one. A name that is no remote's is taken for an address, as git does. Nothing if there is none.
std::optional<ConfiguredRemote> push_remote(const BranchRemotes& remotes,
                                            const std::string& users_push_default);

// The ref in which the repository keeps what it last saw of the branch's upstream; "" if it has
// none, or if that is a branch of the repository itself.
std::string upstream_ref(const BranchRemotes& remotes);

}  // namespace engine
