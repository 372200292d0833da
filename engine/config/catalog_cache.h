// Keeps catalogs that have been read, each for as long as its file is unchanged, so that a server
// with a large catalog parses it once. Those who ask for one file at the same time wait for one of
// them to read it, rather than each holding a catalog of their own. Thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "engine/base/file_state.h"
#include "engine/base/result.h"
#include "engine/config/catalog.h"
#include "locking/mutex.h"

namespace engine {

class CatalogCache {
 public:
  // What the files' times of change are compared with. Called by any thread that reads.
  using Now = std::function<std::chrono::system_clock::time_point()>;

  explicit CatalogCache(Now now = std::chrono::system_clock::now) : now_(std::move(now)) {}

  // The catalog in `file`, read again if the file has changed; null if there is no such file.
  // `bad_config`.
  Result<std::shared_ptr<const Catalog>> read(const std::filesystem::path& file);

 private:
  struct Entry {
    FileState state;
    std::shared_ptr<const Catalog> catalog;
  };
  using Reading = Result<std::shared_ptr<const Catalog>>;
  // Readings of one file, for as long as anybody waits for one.
  struct Flight {
    std::uint64_t started = 0;  // readings
    std::uint64_t finished = 0;
    std::size_t waiting = 0;
    std::optional<Reading> last = {};
  };
  Reading read_shared(const std::filesystem::path& file);
  Reading read_or_say_why_not(const std::filesystem::path& file);
  Reading read_file_again(const std::filesystem::path& file);

  const Now now_;
  locking::Mutex mutex_;
  locking::Condition finished_;
  std::map<std::filesystem::path, Entry> entries_ GUARDED_BY(mutex_);
  std::map<std::filesystem::path, Flight> flights_ GUARDED_BY(mutex_);
};

}  // namespace engine
