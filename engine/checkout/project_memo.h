// What a project's files have said, for as long as they are unchanged, so that a server need not
// read them again for each call.
#pragma once

#include <array>
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/base/file_state.h"
#include "engine/checkout/work_trees.h"
#include "locking/mutex.h"

namespace engine {

struct ProjectFacts {
  // Only of a directory that is the root of a work tree, whose repository has no others.
  std::optional<WorkTree> work_tree;
  std::optional<std::string> rwenv_name;  // that its own `.claude/rwenv` has
};

// Only for projects whose files can be looked at without a thread of its own (see LocalFiles).
// Thread-safe.
class ProjectMemo {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  // What the files' times of change are compared with. Called by any thread that keeps something.
  using Now = std::function<std::chrono::system_clock::time_point()>;

  explicit ProjectMemo(Now now = std::chrono::system_clock::now) : now_(std::move(now)) {}

  // The states of the files in a project that decide all of its facts; nothing where one of them is
  // not there.
  static constexpr std::size_t kFiles = 5;
  using States = std::array<std::optional<FileState>, kFiles>;
  static States states_of(const std::filesystem::path& directory);

  // What is known of the project, if its files are as they were. They are looked at, unless that
  // was done at `since` or later.
  ProjectFacts find(const std::filesystem::path& directory, TimePoint since);

  // Keeps what was read after the files' states were `before`, unless the files have changed since,
  // or had changed only a moment ago.
  void keep(const std::filesystem::path& directory, const States& before,
            const WorkTree& work_tree);
  void keep(const std::filesystem::path& directory, const States& before,
            const std::string& rwenv_name);

 private:
  using Files = std::array<std::filesystem::path, kFiles>;
  struct Entry {
    std::shared_ptr<const Files> files;  // whose states these are
    States states;
    TimePoint looked_at;
    ProjectFacts facts;
  };
  static Files files_of(const std::filesystem::path& directory);
  static States states_of(const Files& files);
  bool is_settled(const States& states) const;
  ProjectFacts& facts_of(const std::filesystem::path& directory, const States& states)
      REQUIRES(mutex_);

  const Now now_;
  locking::Mutex mutex_;
  std::map<std::filesystem::path, Entry> entries_ GUARDED_BY(mutex_);
};

}  // namespace engine
