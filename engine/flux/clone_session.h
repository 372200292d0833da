// The repository of a clone, open for as long as work is done there. libgit2's handles belong to
// one thread each: every thread that asks has one of its own, opened the first time it asks.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <thread>
#include <utility>

#include "engine/git/handles.h"
#include "locking/mutex.h"

namespace engine {

class CloneSession {
 public:
  explicit CloneSession(std::filesystem::path clone) : clone_(std::move(clone)) {}

  const std::filesystem::path& clone() const { return clone_; }
  // That of the calling thread, for that thread alone; null, with last_git_error(), where there is
  // none that can be opened, and the next call tries again. What other processes change in the
  // repository is seen. For any thread.
  std::shared_ptr<git_repository> repository() const;

  // Before another repository comes to its place. No other thread may be at work here.
  void close();

 private:
  std::filesystem::path clone_;
  mutable locking::Mutex mutex_;
  mutable std::map<std::thread::id, std::shared_ptr<git_repository>> open_ GUARDED_BY(mutex_);
};

}  // namespace engine
