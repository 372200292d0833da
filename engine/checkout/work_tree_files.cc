#include "engine/checkout/work_tree_files.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/base/file_below.h"

namespace engine {
namespace {

// What is larger is not read: whether it has changed is not known.
constexpr std::size_t kMaxFile = std::size_t{64} << 20U;
constexpr std::size_t kMaxDepth = 128;

FileTime time_of(const struct timespec& time) {
  return {static_cast<std::uint32_t>(time.tv_sec), static_cast<std::uint32_t>(time.tv_nsec)};
}

// Not every program that writes an index, and not every file system, knows parts of a second.
bool same_time(const FileTime& a, const FileTime& b) {
  return a.seconds == b.seconds &&
         (a.nanoseconds == b.nanoseconds || a.nanoseconds == 0 || b.nanoseconds == 0);
}

bool is_before(const FileTime& a, const FileTime& b) {
  return a.seconds != b.seconds || a.nanoseconds == 0 || b.nanoseconds == 0
             ? a.seconds < b.seconds
             : a.nanoseconds < b.nanoseconds;
}

bool is_blob(std::string_view bytes, const git_oid& id) {
  git_oid found;
  return git_odb_hash(&found, bytes.data(), bytes.size(), GIT_OBJECT_BLOB) == 0 &&
         git_oid_equal(&found, &id) != 0;
}

// The bytes with LF for CRLF, which is how text may be in git and not be in the work tree.
std::string with_line_feeds(std::string bytes) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] != '\r' || i + 1 == bytes.size() || bytes[i + 1] != '\n') {
      bytes[kept++] = bytes[i];
    }
  }
  bytes.resize(kept);
  return bytes;
}

bool is_walkable(std::string_view component) {
  return !component.empty() && component != "." && component != "..";
}

}  // namespace

FileTime modified(const struct stat& status) {
#if defined(__APPLE__)
  return time_of(status.st_mtimespec);
#else
  return time_of(status.st_mtim);
#endif
}

FileTime changed(const struct stat& status) {
#if defined(__APPLE__)
  return time_of(status.st_ctimespec);
#else
  return time_of(status.st_ctim);
#endif
}

WorkTreeFiles::State WorkTreeFiles::compare(const IndexEntry& entry) {
  const std::string_view path = entry.path;
  const auto slash = path.rfind('/');
  const std::string name(path.substr(slash == std::string_view::npos ? 0 : slash + 1));
  if (!is_walkable(name)) {
    return State::unknown;
  }
  const State entered =
      enter(slash == std::string_view::npos ? std::string_view() : path.substr(0, slash));
  if (entered != State::same) {
    return entered;
  }
  const auto status = status_below(current(), name);
  if (!status) {
    return status.error().kind == FileFault::Kind::missing ? State::different : State::unknown;
  }
  return compare_file(entry, name, *status);
}

// Opens the directories on the way to a file, without links; what is open already stays so.
WorkTreeFiles::State WorkTreeFiles::enter(std::string_view directories) {
  std::size_t depth = 0;
  while (!directories.empty()) {
    const auto slash = std::min(directories.find('/'), directories.size());
    const std::string_view name = directories.substr(0, slash);
    directories.remove_prefix(std::min(slash + 1, directories.size()));
    if (depth < path_.size() && path_[depth].name == name) {
      ++depth;
      continue;
    }
    path_.resize(depth);
    if (!is_walkable(name) || depth == kMaxDepth) {
      return State::unknown;
    }
    auto opened = open_directory_below(current(), name);
    if (!opened) {
      const auto status = status_below(current(), name);
      // A link, or a file, in the place of the directory: the file is not there.
      return !status ? (status.error().kind == FileFault::Kind::missing ? State::different
                                                                        : State::unknown)
             : S_ISDIR(status->st_mode) ? State::unknown
                                        : State::different;
    }
    path_.push_back({std::string(name), std::move(*opened)});
    ++depth;
  }
  path_.resize(depth);
  return State::same;
}

WorkTreeFiles::State WorkTreeFiles::compare_file(const IndexEntry& entry, const std::string& name,
                                                 const struct stat& status) {
  // A link may stand in the work tree as a file that holds its target (core.symlinks).
  const bool is_of_kind =
      S_ISREG(status.st_mode) || (entry.mode == kModeLink && S_ISLNK(status.st_mode));
  if (!is_of_kind) {
    return State::different;
  }
  // Where git does not heed modes (core.fileMode), it has noted the file in spite of its mode; a
  // change of the mode since would show in ctime.
  const bool is_program = (status.st_mode & S_IXUSR) != 0;
  if (entry.mode != kModeLink && is_program != (entry.mode == kModeProgram) &&
      !same_time(entry.changed, changed(status))) {
    return State::different;
  }
  // Git notes the size 0 for a file whose bytes must be compared.
  if (entry.size != 0 && static_cast<std::uint32_t>(status.st_size) != entry.size) {
    return State::different;
  }
  return looks_the_same(entry, status) ? State::same : compare_bytes(entry, name, status);
}

bool WorkTreeFiles::looks_the_same(const IndexEntry& entry, const struct stat& status) const {
  // Not every program that writes an index notes when a file was changed in another way.
  const bool noted = entry.changed.seconds != 0;
  return static_cast<std::uint32_t>(status.st_size) == entry.size &&
         same_time(entry.modified, modified(status)) &&
         (!noted || same_time(entry.changed, changed(status))) &&
         is_before(entry.modified, index_written_);
}

WorkTreeFiles::State WorkTreeFiles::compare_bytes(const IndexEntry& entry, const std::string& name,
                                                  const struct stat& status) const {
  if (S_ISLNK(status.st_mode)) {
    const auto target = read_link_below(current(), name);
    return !target ? State::unknown : is_blob(*target, entry.id) ? State::same : State::different;
  }
  auto file = read_below(current(), name, kMaxFile);
  if (!file) {
    return State::unknown;
  }
  if (is_blob(file->bytes, entry.id)) {
    return State::same;
  }
  const bool has_crlf = file->bytes.find("\r\n") != std::string::npos;
  return has_crlf && is_blob(with_line_feeds(std::move(file->bytes)), entry.id) ? State::same
                                                                                : State::different;
}

}  // namespace engine
