#include "engine/flux/clone_session.h"

namespace engine {

std::shared_ptr<git_repository> CloneSession::repository() const {
  const locking::MutexLock lock(mutex_);
  std::shared_ptr<git_repository>& own = open_[std::this_thread::get_id()];
  if (!own) {
    own = open_clone(clone_);
  }
  return own;
}

void CloneSession::close() {
  const locking::MutexLock lock(mutex_);
  open_.clear();
}

}  // namespace engine
