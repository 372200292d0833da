// What tells one state of a file from another without reading it. Functions are for any thread; the
// system may hold them up as long as it likes.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>

#include <sys/types.h>

namespace engine {

// An editor that replaces a file makes a new inode, and one that writes into it changes the time of
// change, which cannot be set back. So does what adds, renames or removes an entry of a directory.
struct FileState {
  dev_t device;
  ino_t inode;
  mode_t mode;  // with the kind of file
  off_t size;
  std::int64_t changed_ns;  // since 1970
  friend bool operator==(const FileState&, const FileState&) = default;
};

// Of the file that `file` leads to; nothing if there is none.
std::optional<FileState> state_of(const std::filesystem::path& file);
// Of `file` itself, if that is a link.
std::optional<FileState> state_of_entry(const std::filesystem::path& file);

// Whether the file was left alone for a moment before `now`. One that was changed just now may
// change again without a new time, because the clocks of some file systems are coarse.
bool is_settled(const FileState& state, std::chrono::system_clock::time_point now);

}  // namespace engine
