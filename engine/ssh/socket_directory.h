// The directory of the sockets by which connections are shared: the user's alone (0700), with a
// short name, since the paths of sockets are limited, and marked by a lock as long as this process
// lives. What a process that was killed has left is found by its lock, which nobody holds.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include <sys/types.h>

#include "engine/base/file_lock.h"
#include "engine/base/host.h"

namespace engine {

class SocketDirectory {
 public:
  // Makes one in $XDG_RUNTIME_DIR, $TMPDIR or /tmp: the first of these that is safe from other
  // users and whose name is short and plain enough. Nothing if none is, or if it cannot be made.
  static std::optional<SocketDirectory> make(const Environment& environment, Clock& clock);

  // Those of processes that have ended without removing them; locked, so that no other process
  // removes them at the same time.
  static std::vector<SocketDirectory> find_abandoned(const Environment& environment, Clock& clock);

  const std::filesystem::path& path() const { return path_; }
  // Whether it is still there, and the user's alone.
  bool is_in_place() const;
  // What ssh is asked with, see sharing_question().
  std::filesystem::path question() const { return path_ / "question"; }
  std::vector<std::filesystem::path> sockets() const;
  // Removes it with all that is in it, if it is in place. Does not throw.
  void remove() noexcept;

 private:
  SocketDirectory(std::filesystem::path path, FileLock lock);
  static std::optional<SocketDirectory> make_in(const std::filesystem::path& base, Clock& clock);

  std::filesystem::path path_;
  FileLock lock_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

// A socket of ours, with whatever prefix it has.
bool is_our_socket(const std::filesystem::path& path);

// Whether something is at `path`, of whatever kind.
bool is_taken(const std::filesystem::path& path);

}  // namespace engine
