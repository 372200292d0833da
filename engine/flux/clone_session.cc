#include "engine/flux/clone_session.h"

#include <sys/stat.h>

namespace engine {

std::shared_ptr<git_repository> CloneSession::repository() const {
  const locking::MutexLock lock(mutex_);
  std::shared_ptr<git_repository>& own = open_[std::this_thread::get_id()];
  if (!own) {
    // libgit2 looks for packs only where they have a directory when it opens the repository; git
    // makes that with the first pack. Where it cannot be made there is nothing to open, either.
    constexpr mode_t kOwnerOnly = 0700;
    ::mkdir((clone_ / ".git/objects/pack").c_str(), kOwnerOnly);
    own = open_clone(clone_);
  }
  return own;
}

void CloneSession::close() {
  const locking::MutexLock lock(mutex_);
  open_.clear();
}

}  // namespace engine
