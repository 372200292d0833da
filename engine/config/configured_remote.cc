#include "engine/config/configured_remote.h"

#include <utility>

#include "engine/base/data_directory.h"

namespace engine {

Result<FluxRemote> configured_remote(const Host& host,
                                     const std::filesystem::path& config_directory,
                                     const Rwenv& rwenv) {
  auto url = flux_git_repo(rwenv, config_directory);
  RETURN_IF_FAILED(url);
  return FluxRemote{std::move(*url), tls_verification(rwenv.flux_git_repo_type),
                    clone_path(host, config_directory, rwenv.name), rwenv.flux_git_branch};
}

}  // namespace engine
