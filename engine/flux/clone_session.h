// The repository of a clone, open for as long as work is done there. One thread at a time may use
// a handle of libgit2's: each thread that asks gets one for itself, which goes to another thread
// when it is done with it, so that the repository is opened as often as threads work there at once.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "engine/git/handles.h"
#include "locking/mutex.h"

namespace engine {

class CloneSession {
 public:
  explicit CloneSession(std::filesystem::path clone)
      : clone_(std::move(clone)), handles_(std::make_shared<Handles>()) {}

  const std::filesystem::path& clone() const { return clone_; }
  // One for the calling thread alone: the one that it has in its hands already, if any. Null, with
  // last_git_error(), where there is none that can be opened, and the next call tries again. What
  // other processes change in the repository is seen. For any thread.
  std::shared_ptr<git_repository> repository() const;

  // Before another repository comes to its place. No other thread may be at work here.
  void close() { handles_ = std::make_shared<Handles>(); }

 private:
  // Outlives the session for as long as one of them is in use.
  struct Handles {
    locking::Mutex mutex;
    std::size_t opened GUARDED_BY(mutex) = 0;
    std::vector<GitRepository> idle GUARDED_BY(mutex);  // with room for all that were opened
    std::map<std::thread::id, std::weak_ptr<git_repository>> lent GUARDED_BY(mutex);
  };

  std::filesystem::path clone_;
  std::shared_ptr<Handles> handles_;
};

}  // namespace engine
