#include "engine/flux/clone_lock.h"

#include <string>

#include "engine/base/make_directories.h"
#include "engine/flux/clone_directory.h"
#include "engine/flux/clone_trust.h"

namespace engine {

Result<FileLock> lock_clone(const Host& host, const std::filesystem::path& clone,
                            const CallContext& call) {
  constexpr mode_t kOwnerOnly = 0700;
  const std::filesystem::path directory = clone.parent_path();
  const std::string rwenv = clone.filename().string();
  RETURN_IF_FAILED(refuse_symbolic_links(clone));
  RETURN_IF_FAILED(make_directories(directory, kOwnerOnly));
  RETURN_IF_FAILED(refuse_what_others_own(clone));
  return FileLock::acquire(directory / ("." + rwenv + ".lock"),
                           {"waiting for another rollout to " + rwenv}, host.time_limit, host.clock,
                           call);
}

}  // namespace engine
