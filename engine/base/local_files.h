// Which projects lie on disks of this machine, so that a look at their files ends by itself: then
// it needs no thread that can be left behind, which takes longer to start than the files to read.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <utility>

#include "locking/mutex.h"

namespace engine {

// Thread-safe.
class LocalFiles {
 public:
  using Now = std::function<std::chrono::steady_clock::time_point()>;
  using IsOfThisMachine = std::function<bool(const std::filesystem::path& directory)>;

  LocalFiles();
  // Threads that were left behind may ask both as long as the process lasts.
  LocalFiles(Now now, IsOfThisMachine is_of_this_machine)
      : now_(std::move(now)), is_of_this_machine_(std::move(is_of_this_machine)) {}

  // Whether learn() has found it a moment ago. Looks at no file.
  bool are_known_in(const std::filesystem::path& directory) const;
  // Finds out whether the directory, and each above it up to one with a directory `.git`, are on
  // file systems of this machine. The system may hold this up as long as it likes. A `.git` that is
  // a file leads to another place, so such a project is not local.
  void learn(const std::filesystem::path& directory);

 private:
  bool is_local_project(std::filesystem::path directory) const;

  const Now now_;
  const IsOfThisMachine is_of_this_machine_;
  mutable locking::Mutex mutex_;
  std::map<std::filesystem::path, std::chrono::steady_clock::time_point> known_until_
      GUARDED_BY(mutex_);
};

}  // namespace engine
