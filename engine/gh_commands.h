// What is asked of gh, GitHub's command line: one question about one pull request, and one
// about its own login.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/command.h"
#include "engine/host.h"
#include "engine/image_tag.h"

namespace engine {

class GhCommands {
 public:
  // `directory`: the project; gh finds repository and branch from it, by git commands that it
  // starts there itself (see engine/project_environment.h).
  GhCommands(const Environment& environment, std::filesystem::path directory);

  // The pull request of that number, or of the current branch, as JSON. Its status checks are
  // requested only on demand (CONTRACT section 3, `verifyPipeline`).
  Command view_pull_request(const std::optional<PrNumber>& number, bool with_checks) const;

  // Where gh is logged in, in words for a person; asks the hosts whether its tokens are good.
  Command auth_status() const;

 private:
  Command ask(std::vector<std::string> arguments) const;

  std::vector<Command::EnvironmentChange> environment_;
  std::filesystem::path directory_;
};

}  // namespace engine
