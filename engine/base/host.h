// What the engine needs of the machine, passed to it and never reached for: environment variables,
// the directory it was started in, a clock, and the means to start git, gh and kubectl. Tests
// pass their own.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace engine {

class CatalogCache;       // engine/config/catalog_cache.h
class CommandRunner;      // engine/process/runner.h
class LocalFiles;         // engine/base/local_files.h
class PlaceHistoryCache;  // engine/flux/place_history_cache.h
class ProjectMemo;        // engine/checkout/project_memo.h
class SshConnections;     // engine/ssh/connections.h

// A snapshot of environment variables. Immutable, so it may be read from any thread.
class Environment {
 public:
  explicit Environment(std::map<std::string, std::string, std::less<>> variables);
  // The environment of this process, read once; call it before there are threads.
  static Environment of_process();

  // The variable's value; nothing if it is unset or empty, which no setting of this program tells
  // apart.
  std::optional<std::string> get(std::string_view name) const;
  const std::map<std::string, std::string, std::less<>>& all() const { return variables_; }

 private:
  std::map<std::string, std::string, std::less<>> variables_;
};

// Time, so that tests need not wait. Thread-safe.
class Clock {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
  // Waits for `duration`; false if `stop` was requested before.
  virtual bool sleep(std::chrono::milliseconds duration, const std::stop_token& stop) = 0;
  // The time of day, which may jump; for what is compared with the times of others.
  virtual std::chrono::system_clock::time_point wall_time() const;
};

class SteadyClock final : public Clock {
 public:
  TimePoint now() const override;
  bool sleep(std::chrono::milliseconds duration, const std::stop_token& stop) override;
};

// Where nothing else is configured.
inline constexpr std::chrono::seconds kDefaultTimeLimit{120};

struct Host {
  Environment environment;
  std::filesystem::path working_directory;
  // The running program, as started or resolved; the plugin's data is found from it (specification,
  // section 2, "catalog").
  std::filesystem::path executable;
  // --services; wins over ROLLOUT_SERVICES_FILE.
  std::optional<std::filesystem::path> services_file;
  CommandRunner& runner;
  Clock& clock;
  // Where catalogs are kept between calls; may be null, then each call reads its own.
  CatalogCache* catalogs = nullptr;
  // The same for histories of values.
  PlaceHistoryCache* histories = nullptr;
  // Where connections over ssh are kept between git commands; may be null, then each makes its own.
  SshConnections* ssh_connections = nullptr;
  // Which projects can be looked at without a thread of its own; may be null, then none. Shared
  // with threads that were left behind.
  std::shared_ptr<LocalFiles> local_files = {};
  // What those projects' files have said; may be null, then they are read each time. Shared as
  // well.
  std::shared_ptr<ProjectMemo> project_memo = {};
  // The bits that a file or directory for others to read is made without: the user's umask. That of
  // the process may be narrower.
  mode_t creation_mask = 022;
  // How long one child process, and the wait for another rollout, may take: what time_limit() of
  // engine/base/time_limit.h makes of the environment.
  std::chrono::milliseconds time_limit = kDefaultTimeLimit;
};

// One request to the engine: how it is told to stop and where it says what it is doing.
struct CallContext {
  std::stop_token stop;
  // Called at the start of each step with a short phrase ("fetching https://git.example/flux.git");
  // from one thread at a time. May be empty.
  std::function<void(std::string_view)> progress;
  // When the request came. A look at a file that began then or later is as good as one that this
  // call makes itself, so calls that wait at the same time can share one.
  std::chrono::steady_clock::time_point since = std::chrono::steady_clock::time_point::max();

  void report(std::string_view step) const {
    if (progress) {
      progress(step);
    }
  }
};

}  // namespace engine
