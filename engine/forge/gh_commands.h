// What is asked of gh, GitHub's command line: one question about one pull request, one about its
// own login; and to find or open the pull request of a proposal.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/image_tag.h"
#include "engine/process/command.h"

namespace engine {

// Where gh looks for the project's repository: on all hosts that it knows, or only on that which
// the user's GH_HOST names.
enum class GhHosts { known, named };

class GhCommands {
 public:
  // `directory`: the project; gh finds repository and branch from it, by git commands that it
  // starts there itself (see engine/process/project_environment.h).
  GhCommands(const Environment& environment, std::filesystem::path directory);

  // The pull request of that number, or of the current branch, as JSON. Its status checks are
  // requested only on demand (`verifyPipeline`). A repository that the environment names (GH_REPO)
  // would be another one than the project's, and so may be that of GH_HOST.
  Command view_pull_request(const std::optional<PrNumber>& number, bool with_checks,
                            GhHosts hosts = GhHosts::known) const;

  // The open pull requests of `repository` ("github.com/acme/flux") from branch `head` into `base`,
  // as JSON; those from forks as well. The project does not matter to it.
  Command list_pull_requests(const std::string& repository, const std::string& head,
                             const std::string& base) const;
  // Opens one, whose text is `body`: at most Command::kMaxInput bytes. Prints its address.
  Command create_pull_request(const std::string& repository, const std::string& head,
                              const std::string& base, const std::string& title,
                              std::string body) const;

  // Where gh is logged in, in words for a person; asks the hosts whether its tokens are good.
  Command auth_status() const;

 private:
  Command ask(std::vector<std::string> arguments, GhHosts hosts) const;
  std::vector<Command::EnvironmentChange> environment(GhHosts hosts) const;

  std::vector<Command::EnvironmentChange> environment_;
  std::filesystem::path directory_;
};

}  // namespace engine
