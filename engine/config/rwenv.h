// The active rwenv: which environment a project is rolled out to, and its configuration
// (specification, section 2).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/config/config_file.h"
#include "engine/git/remote_url.h"
#include "engine/git/tls_verification.h"

namespace engine {

// `fluxGitRepoType`: who hosts the Flux repository decides how certificates are treated
// (specification, section 6).
enum class FluxGitRepoType { github, gitea };

TlsVerification tls_verification(FluxGitRepoType type);

// `fluxWrite`: whether rollouts are pushed to the branch that Flux follows, or are proposed: as a
// request to merge them into it.
enum class FluxWrite { push, pull_request };

// `fluxForge`: the kind of forge that hosts the Flux repository.
enum class FluxForge { github, gitlab, gitea };

// As it is written in envs.json.
std::string_view name(FluxForge forge);

struct Rwenv {
  std::string name;
  std::optional<RemoteUrl> flux_git_repo;  // as configured: flux_git_repo() checks it
  FluxGitRepoType flux_git_repo_type = FluxGitRepoType::github;
  // The branch that Flux follows, a name that git accepts.
  std::optional<std::string> flux_git_branch = {};
  // The directory of the Flux repository from which the environment is applied, as in
  // engine/base/repository_path.h; "" is the root.
  std::optional<std::string> flux_path;
  FluxWrite flux_write = FluxWrite::push;
  std::optional<FluxForge> flux_forge = {};
  std::optional<std::string> kubernetes_context;
  std::optional<std::string> kubeconfig_path = {};
  // The container of docker in which kubectl runs; nothing: it runs on this machine, also where
  // `useDevContainer` says so.
  std::optional<std::string> dev_container = {};
  bool read_only = false;
  // The user is asked before another pull request's image is replaced.
  bool confirm_replace = false;
  std::optional<std::string> description;
  std::optional<std::string> type = {};  // of the cluster, in any words
  // What the names of the team's own images begin with; empty for none said.
  std::vector<std::string> image_prefixes = {};
};

// The plugin's option, $RWENV_CONFIG_DIR, or ~/.claude/rwenv: `bad_config` if there is neither it
// nor HOME, if one of the environment's directories is no absolute path (check_directories()), or
// if everybody can write the directory.
Result<std::filesystem::path> rwenv_config_directory(const Host& host);

// `<config_directory>/envs.json`.
std::filesystem::path envs_file(const std::filesystem::path& config_directory);

// Its text; nothing if there is no such file. `bad_config`, also for a file that everybody can
// write.
Result<std::optional<std::string>> read_envs(const std::filesystem::path& config_directory);

// The rwenv of that name in envs.json: `unknown_rwenv`; `bad_config` as above.
Result<Rwenv> load_rwenv(const std::filesystem::path& config_directory, const std::string& name);
// The same from `text`, which came from `file`.
Result<Rwenv> parse_rwenv(std::string text, const std::filesystem::path& file,
                          const std::string& name);

// The content of envs.json, `text`, which came from `file`: `bad_config` where what is around the
// rwenvs is wrong.
Result<ConfigFile> parse_envs(std::string text, const std::filesystem::path& file);
// The names of its rwenvs.
std::vector<std::string> rwenv_names(const ConfigFile& envs);
// The one of that name: `unknown_rwenv`; `bad_config` where its own fields are wrong.
Result<Rwenv> read_rwenv(const ConfigFile& envs, const std::string& name);

// The Flux repository's URL: `no_flux_repo`; `bad_config` for one that git must not be given.
Result<RemoteUrl> flux_git_repo(const Rwenv& rwenv, const std::filesystem::path& config_directory);

}  // namespace engine
