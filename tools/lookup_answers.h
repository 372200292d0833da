// The answers to lookups, each put in words once and not for every call.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/lookup_service.h"
#include "locking/mutex.h"
#include "mcp/features.h"

namespace tools {

// Keeps those of one catalog, that which was asked for last, but not the catalog itself.
// Thread-safe.
class LookupAnswers {
 public:
  // Many more than a conversation is about; what is kept takes about 3 KiB each.
  static constexpr std::size_t kMaxKept = 256;

  // What look_up() finds, as the result of a call.
  engine::Result<mcp::RenderedResult> find(const engine::LookupSource& source,
                                           const std::string& service);

 private:
  // What an answer depends on beside its catalog.
  using Key = std::pair<std::string, std::vector<std::string>>;

  locking::Mutex mutex_;
  std::weak_ptr<const engine::Catalog> catalog_ GUARDED_BY(mutex_);
  std::map<Key, mcp::RenderedResult> answers_ GUARDED_BY(mutex_);
};

}  // namespace tools
