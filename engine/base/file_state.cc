#include "engine/base/file_state.h"

#include <sys/stat.h>

namespace engine {
namespace {

constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;

FileState state_in(const struct stat& status) {
#ifdef __APPLE__
  const timespec& changed = status.st_ctimespec;
#else
  const timespec& changed = status.st_ctim;
#endif
  return {status.st_dev, status.st_ino, status.st_mode, status.st_size,
          std::int64_t{changed.tv_sec} * kNanosecondsPerSecond + changed.tv_nsec};
}

}  // namespace

std::optional<FileState> state_of(const std::filesystem::path& file) {
  struct stat status {};
  return ::stat(file.c_str(), &status) == 0 ? std::optional(state_in(status)) : std::nullopt;
}

std::optional<FileState> state_of_entry(const std::filesystem::path& file) {
  struct stat status {};
  return ::lstat(file.c_str(), &status) == 0 ? std::optional(state_in(status)) : std::nullopt;
}

bool is_settled(const FileState& state, std::chrono::system_clock::time_point now) {
  const auto since_1970 =
      std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch());
  return since_1970.count() - state.changed_ns > 2 * kNanosecondsPerSecond;
}

}  // namespace engine
