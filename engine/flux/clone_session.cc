#include "engine/flux/clone_session.h"

#include <utility>

#include <sys/stat.h>

namespace engine {
namespace {

GitRepository open_with_packs(const std::filesystem::path& clone) {
  // libgit2 looks for packs only where they have a directory when it opens the repository; git
  // makes that with the first pack. Where it cannot be made there is nothing to open, either.
  constexpr mode_t kOwnerOnly = 0700;
  ::mkdir((clone / ".git/objects/pack").c_str(), kOwnerOnly);
  return open_clone(clone);
}

}  // namespace

std::shared_ptr<git_repository> CloneSession::repository() const {
  const std::shared_ptr<Handles> handles = handles_;
  GitRepository handle;
  {
    const locking::MutexLock lock(handles->mutex);
    if (auto held = handles->lent[std::this_thread::get_id()].lock()) {
      return held;
    }
    if (handles->idle.empty()) {
      handles->idle.reserve(++handles->opened);
    } else {
      handle = std::move(handles->idle.back());
      handles->idle.pop_back();
    }
  }
  if (!handle) {
    handle = open_with_packs(clone_);
  }
  if (!handle) {
    return nullptr;
  }
  // What it captures must not live as long as it does, which is as long as `lent` knows the handle.
  auto take_back = [kept = handles](git_repository* returned) mutable {
    const std::shared_ptr<Handles> owner = std::move(kept);
    const locking::MutexLock lock(owner->mutex);
    owner->idle.emplace_back(returned);
  };
  std::shared_ptr<git_repository> lent(handle.release(), std::move(take_back));
  const locking::MutexLock lock(handles->mutex);
  handles->lent[std::this_thread::get_id()] = lent;
  return lent;
}

}  // namespace engine
