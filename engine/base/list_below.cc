#include "engine/base/list_below.h"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <memory>

namespace engine {
namespace {

struct CloseDirectory {
  void operator()(DIR* stream) const { ::closedir(stream); }
};
using Stream = std::unique_ptr<DIR, CloseDirectory>;

FileResult<Stream> open_stream(int directory, std::string_view path) {
  const auto entered = open_directory_below(directory, path);
  if (!entered) {
    return tl::unexpected(entered.error());
  }
  // That one is good for looking up names only.
  UniqueFd fd(::openat(entered->get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) {
    return tl::unexpected(fault_of(errno));
  }
  Stream stream(::fdopendir(fd.get()));
  if (!stream) {
    return tl::unexpected(fault_of(errno));
  }
  fd.release();  // the stream closes it
  return stream;
}

}  // namespace

FileResult<DirectoryNames> list_below(int directory, std::string_view path, std::size_t most) {
  const auto stream = open_stream(directory, path);
  if (!stream) {
    return tl::unexpected(stream.error());
  }
  DirectoryNames listed;
  // cppcheck-suppress readdirCalled; no other thread has this stream
  while (const dirent* const entry = ::readdir(stream->get())) {
    const std::string_view name = static_cast<const char*>(entry->d_name);
    if (name.starts_with('.')) {
      continue;
    }
    if (listed.names.size() == most) {
      listed.is_all = false;
      break;
    }
    listed.names.emplace_back(name);
  }
  std::ranges::sort(listed.names);
  return listed;
}

}  // namespace engine
