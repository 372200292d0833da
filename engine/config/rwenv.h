// The active rwenv: which environment a project is rolled out to, and its configuration
// (specification, section 2).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/git/remote_url.h"
#include "engine/git/tls_verification.h"

namespace engine {

// `fluxGitRepoType`: who hosts the Flux repository decides how certificates are treated
// (specification, section 6).
enum class FluxGitRepoType { github, gitea };

TlsVerification tls_verification(FluxGitRepoType type);

struct Rwenv {
  std::string name;
  std::optional<RemoteUrl> flux_git_repo;  // as configured: flux_git_repo() checks it
  FluxGitRepoType flux_git_repo_type = FluxGitRepoType::github;
  // The directory of the Flux repository from which the environment is applied, as in
  // engine/base/repository_path.h; "" is the root.
  std::optional<std::string> flux_path;
  std::optional<std::string> kubernetes_context;
  bool read_only = false;
  std::optional<std::string> description;
  // What the names of the team's own images begin with; empty for none said.
  std::vector<std::string> image_prefixes = {};
};

// $RWENV_CONFIG_DIR, default ~/.claude/rwenv: `bad_config` if there is neither it nor HOME, if one
// of the environment's directories is no absolute path (check_directories()), or if everybody can
// write the directory.
Result<std::filesystem::path> rwenv_config_directory(const Host& host);

// The name in the project's `.claude/rwenv`, else in that of the root of its git work tree, else of
// main_work_tree_root(): `no_rwenv`, `bad_config`. Looks at files of the project, so it
// is called through engine/config/project.h.
Result<std::string> active_rwenv_name(const std::filesystem::path& project_directory);

// The rwenv of that name in `<config_directory>/envs.json`: `unknown_rwenv`; `bad_config`,
// also for a file that everybody can write.
Result<Rwenv> load_rwenv(const std::filesystem::path& config_directory, const std::string& name);
// The same from `text`, which came from `file`.
Result<Rwenv> parse_rwenv(std::string text, const std::filesystem::path& file,
                          const std::string& name);

// The Flux repository's URL: `no_flux_repo`; `bad_config` for one that git must not be given.
Result<RemoteUrl> flux_git_repo(const Rwenv& rwenv, const std::filesystem::path& config_directory);

}  // namespace engine
