#include "engine/base/local_files.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <system_error>

#if defined(__linux__)
#include <sys/vfs.h>
#else
#include <string_view>

#include <sys/mount.h>
#include <sys/param.h>
#endif

namespace engine {
namespace {

namespace fs = std::filesystem;

// A network drive could be mounted there meanwhile.
constexpr std::chrono::seconds kTrusted{10};
constexpr std::size_t kMaxKnown = 100;

#if defined(__linux__)
// statfs(2) has these: ext2 to ext4, XFS, Btrfs, ZFS, F2FS, bcachefs, overlays, tmpfs, ramfs.
constexpr std::array<unsigned long, 9> kOfThisMachine = {0xef53,     0x58465342, 0x9123683e,
                                                         0x2fc12fc1, 0xf2f52010, 0xca451a4e,
                                                         0x794c7630, 0x01021994, 0x858458f6};

bool is_of_this_machine(const fs::path& directory) {
  struct statfs found {};
  return ::statfs(directory.c_str(), &found) == 0 &&
         std::ranges::find(kOfThisMachine, static_cast<unsigned long>(found.f_type) &
                                               0xffffffffUL) != kOfThisMachine.end();
}
#else
bool is_of_this_machine(const fs::path& directory) {
  struct statfs found {};
  return ::statfs(directory.c_str(), &found) == 0 && (found.f_flags & MNT_LOCAL) != 0 &&
         std::string_view(found.f_fstypename).find("fuse") == std::string_view::npos;
}
#endif

}  // namespace

LocalFiles::LocalFiles() : LocalFiles(std::chrono::steady_clock::now, is_of_this_machine) {}

bool LocalFiles::are_known_in(const fs::path& directory) const {
  const locking::MutexLock lock(mutex_);
  const auto known = known_until_.find(directory);
  return known != known_until_.end() && now_() < known->second;
}

bool LocalFiles::is_local_project(fs::path directory) const {
  for (;;) {
    std::error_code error;
    const auto git = fs::symlink_status(directory / ".git", error);
    if (!is_of_this_machine_(directory) || (fs::exists(git) && !fs::is_directory(git))) {
      return false;
    }
    if (fs::is_directory(git) || directory == directory.parent_path()) {
      return true;
    }
    directory = directory.parent_path();
  }
}

void LocalFiles::learn(const fs::path& directory) {
  const bool is_local = directory.is_absolute() && is_local_project(directory);
  const locking::MutexLock lock(mutex_);
  if (!is_local) {
    known_until_.erase(directory);
    return;
  }
  if (known_until_.size() >= kMaxKnown) {
    known_until_.clear();
  }
  known_until_[directory] = now_() + kTrusted;
}

}  // namespace engine
