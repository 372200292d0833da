// Where the project's branch is pushed to, and what is known of it there. The project's
// configuration is other people's text: it is read as data (engine/checkout/remotes.h), and a path
// that leads into the project itself is no remote.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/base/host.h"
#include "engine/base/image_tag.h"
#include "engine/base/result.h"
#include "engine/checkout/remotes.h"
#include "engine/git/environment.h"
#include "engine/git/remote_url.h"

namespace engine {

struct ProjectRemotes {
  BranchRemotes of_branch;           // local paths are absolute
  std::optional<CommitId> upstream;  // the tip of the branch's upstream, as it was last seen,
                                     // unless that is the remote's default branch
};

// `branch`: that of HEAD, or nothing. None where the project is no repository. `timeout`,
// `cancelled`.
Result<ProjectRemotes> read_project_remotes(const Host& host,
                                            const std::filesystem::path& directory,
                                            const std::optional<std::string>& branch,
                                            const CallContext& call);

// What the user's own git configuration says about remotes.
struct UsersGit {
  SshConfiguration ssh;  // and how addresses are rewritten
  std::string push_default;
};

// Asks git, outside of every repository, so without what it includes for this project alone:
// `bad_config` where git cannot read its configuration, `cancelled`, `timeout`, `internal`.
Result<UsersGit> read_users_git(const Host& host, const CallContext& call);

struct PushAddress {
  RemoteUrl given;      // what git is given
  RemoteUrl contacted;  // what it makes of that (`insteadOf`)
};

// The address that the branch is pushed to; nothing where there is none that git may be given: an
// unknown transport, a remote helper (`ext::`), what git would take for an option.
std::optional<PushAddress> push_address(const ProjectRemotes& remotes, const UsersGit& users);

}  // namespace engine
