#include "engine/add_rwenv.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/base/environment_directories.h"
#include "engine/config/configured_remote.h"
#include "engine/config/write_rwenv.h"
#include "engine/flux/remote_trial.h"
#include "engine/flux/scratch_repository.h"
#include "engine/text/text.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kTrialLimit{30};

Result<std::string> ask_remote(const Host& host, const fs::path& config_directory,
                               const Rwenv& rwenv, const CallContext& call) {
  auto remote = configured_remote(host, config_directory, rwenv);
  RETURN_IF_FAILED(remote);
  auto scratch = ScratchRepository::make(host.environment, remote->url);
  RETURN_IF_FAILED(scratch);
  call.report("asking " + remote->url.shown() + " for its branch");
  return try_remote(host, *remote, scratch->path(),
                    std::min<std::chrono::milliseconds>(host.time_limit, kTrialLimit), call);
}

std::vector<std::string> warnings_about(const Rwenv& rwenv, const fs::path& file) {
  std::vector<std::string> warnings;
  if (rwenv.flux_git_repo && rwenv.flux_git_repo->has_password()) {
    warnings.push_back(
        "The address of the Flux repository holds a password or a token, which is in " +
        sanitize_line(file.string()) +
        " now, and among the arguments of git's processes. Use git's credential helper instead, "
        "and leave it out of the address.");
  }
  return warnings;
}

}  // namespace

Result<AddRwenvResult> add_rwenv(const Host& host, const NewRwenv& rwenv, const CallContext& call) {
  RETURN_IF_FAILED(check_directories(host.environment));
  auto config_directory = rwenv_config_directory(host);
  RETURN_IF_FAILED(config_directory);
  call.report("adding the rwenv");
  auto written = write_rwenv(host, *config_directory, rwenv, call);
  RETURN_IF_FAILED(written);
  AddRwenvResult result{.rwenv = std::move(written->rwenv),
                        .file = std::move(written->file),
                        .created = written->created};
  result.warnings = warnings_about(result.rwenv, result.file);
  auto branch = ask_remote(host, *config_directory, result.rwenv, call);
  if (branch) {
    result.remote_branch = std::move(*branch);
  } else {
    result.remote_problem = std::move(branch.error());
  }
  return result;
}

}  // namespace engine
