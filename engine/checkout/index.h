// Git's index: which files the work tree should have, and how each was when git last saw that it is
// as it should be. Read from its bytes by this program, which opened the file itself; versions 2 to
// 4, SHA-1, also the sparse one. A pure function of the bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <git2.h>
#include <optional>
#include <string>
#include <string_view>

namespace engine {

inline constexpr std::uint32_t kModeDirectory = 0040000;  // of a sparse index
inline constexpr std::uint32_t kModeFile = 0100644;
inline constexpr std::uint32_t kModeProgram = 0100755;
inline constexpr std::uint32_t kModeLink = 0120000;
inline constexpr std::uint32_t kModeSubmodule = 0160000;

struct FileTime {
  std::uint32_t seconds = 0;
  std::uint32_t nanoseconds = 0;
};

struct IndexEntry {
  std::string path;  // a directory's ends with '/'
  std::uint32_t mode = 0;
  git_oid id{};
  FileTime changed;   // ctime
  FileTime modified;  // mtime
  std::uint32_t size = 0;
  bool conflict = false;       // one side of a merge that is not done
  bool not_looked_at = false;  // assume-unchanged, or outside of a sparse checkout
};

// Reads the entries one after the other; `bytes` must outlive it.
class IndexReader {
 public:
  // Nothing for what is not such an index: another version or object format, or one that is split
  // into two files.
  static std::optional<IndexReader> open(std::string_view bytes);

  // The next entry into `entry`; false at the end and where the bytes are broken.
  bool next(IndexEntry& entry);
  // After the last entry: nothing was broken.
  bool complete() const { return left_ == 0; }

  // The tree that the index is the same as, where git noted it.
  const std::optional<git_oid>& tree() const { return tree_; }

 private:
  IndexReader(std::string_view bytes, std::uint32_t version, std::uint32_t count);
  bool read_name(IndexEntry& entry);
  bool read_extensions();

  std::string_view bytes_;  // without the checksum
  std::size_t at_ = 0;
  std::size_t entry_begin_ = 0;
  std::uint32_t version_;
  std::uint32_t left_;
  std::optional<git_oid> tree_;
};

}  // namespace engine
