#include "engine/flux/clone_packing.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "engine/text/ascii.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

// Loose objects spread evenly over 256 directories, so one stands for all, as in `git gc --auto`.
constexpr const char* kOneOfMany = "objects/17";
constexpr std::ptrdiff_t kMaxInOne = 6700 / 256 + 1;
constexpr std::ptrdiff_t kMaxPacks = 50;
constexpr std::chrono::hours kPauseAfterFailure{24};

// At most one more than `most` are counted.
template <class Predicate>
bool has_more_than(const fs::path& directory, std::ptrdiff_t most, const Predicate& counts) {
  std::error_code error;
  std::ptrdiff_t count = 0;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end && count <= most;
       entry.increment(error)) {
    count += counts(entry->path()) ? 1 : 0;
  }
  return count > most;
}

bool has_many_loose_objects(const fs::path& git_directory) {
  constexpr std::size_t kRestOfId = 38;
  return has_more_than(git_directory / kOneOfMany, kMaxInOne, [](const fs::path& file) {
    const std::string name = file.filename().string();
    return name.size() == kRestOfId && is_lower_hex(name);
  });
}

bool has_many_packs(const fs::path& git_directory) {
  return has_more_than(git_directory / "objects/pack", kMaxPacks,
                       [](const fs::path& file) { return file.extension() == ".pack"; });
}

// There from the begin of an attempt to its success.
fs::path mark_of_attempt(const fs::path& git_directory) {
  return git_directory / "rollout-packing";
}

bool has_failed_lately(const fs::path& git_directory) {
  std::error_code error;
  const auto begun = fs::last_write_time(mark_of_attempt(git_directory), error);
  return !error && fs::file_time_type::clock::now() - begun < kPauseAfterFailure;
}

bool pack(const FluxClone& clone, bool loose_objects, bool packs, const CallContext& call) {
  const GitCommands& commands = clone.commands();
  bool done = true;
  if (loose_objects) {
    done = clone.run(commands.pack_loose_objects(), call.stop).ok() &&
           clone.run(commands.remove_packed_objects(), call.stop).ok();
  }
  if (packs) {
    done = clone.run(commands.collect_garbage(), call.stop).ok() && done;
  }
  return done;
}

}  // namespace

void pack_if_untidy(const FluxClone& clone, const CallContext& call) {
  const fs::path git_directory = clone.remote().clone / ".git";
  const bool loose_objects = has_many_loose_objects(git_directory);
  const bool packs = has_many_packs(git_directory);
  if ((!loose_objects && !packs) || has_failed_lately(git_directory) || !clone.expect_in_place()) {
    return;
  }
  call.report("packing the clone");
  const fs::path mark = mark_of_attempt(git_directory);
  std::ofstream(mark).flush();
  if (pack(clone, loose_objects, packs, call)) {
    std::error_code error;
    fs::remove(mark, error);
  }
}

}  // namespace engine
