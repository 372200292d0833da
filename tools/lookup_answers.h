// The answers to lookups, each put in words once and not for every call.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/lookup_service.h"
#include "locking/mutex.h"
#include "mcp/features.h"

namespace tools {

// Keeps the answers from one catalog, the one that was used last, but not the catalog itself.
// Thread-safe.
class LookupAnswers {
 public:
  // Many more services than a conversation is about; an answer takes about 3 KiB.
  static constexpr std::size_t kMaxKept = 256;

  // What lookup_service() finds, as the result of a call. The project's place has to be known.
  // Calls of the same project that came together share a look at its environment: one that began
  // no earlier than they came (`call.since`).
  engine::Result<mcp::RenderedResult> look_up(const engine::Host& host,
                                              const engine::LookupRequest& request,
                                              const engine::CallContext& call);
  // What engine::look_up() finds, as the result of a call.
  engine::Result<mcp::RenderedResult> find(const engine::LookupSource& source,
                                           const std::string& service);

 private:
  // A look at a project's environment.
  struct Look {
    std::filesystem::path directory;
    std::chrono::steady_clock::time_point began;
    std::weak_ptr<const engine::Catalog> catalog;
    std::vector<std::string> warnings;
  };
  std::optional<engine::LookupSource> shared(const std::filesystem::path& directory,
                                             std::chrono::steady_clock::time_point since);

  // What an answer depends on besides its catalog.
  using Key = std::pair<std::string, std::vector<std::string>>;

  locking::Mutex mutex_;
  std::weak_ptr<const engine::Catalog> catalog_ GUARDED_BY(mutex_);
  std::map<Key, mcp::RenderedResult> answers_ GUARDED_BY(mutex_);
  std::optional<Look> last_ GUARDED_BY(mutex_);
};

}  // namespace tools
