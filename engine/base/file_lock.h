// An exclusive lock between processes, held by an open file: the kernel releases it when its holder
// dies, however it dies. Also excludes other threads of this process.
#pragma once

#include <chrono>
#include <filesystem>
#include <string_view>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/base/unique_fd.h"

namespace engine {

// What is said of the one that holds a lock.
struct LockHolder {
  std::string_view waiting;           // "waiting for another rollout to dev"
  std::string_view what = "rollout";  // "Another <what> has held ..."
};

class FileLock {
 public:
  // Locks `file`, which is created if it is missing (its directory must exist) and stays
  // afterwards. Waits while another holds it, for `limit` at most, and reports that once if it
  // must: `locked`, `cancelled`; `internal` or `disk_full` where the file cannot be made, and
  // `internal` for a symbolic link, which is never followed.
  static Result<FileLock> acquire(const std::filesystem::path& file, const LockHolder& holder,
                                  std::chrono::milliseconds limit, Clock& clock,
                                  const CallContext& call);

 private:
  explicit FileLock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace engine
