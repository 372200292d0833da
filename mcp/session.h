// A session of the revisions that begin with `initialize`: what that has agreed on, and what the
// client has said since. Modern requests have none.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string_view>
#include <vector>

#include "json/json.h"
#include "locking/mutex.h"
#include "mcp/features.h"
#include "mcp/protocol.h"

namespace mcp {

// In words that follow "the client".
inline constexpr std::string_view kNoRoots = "did not answer `roots/list`";

// For any thread.
class Session {
 public:
  // Of the params of an `initialize`, without `_meta`; throws RpcError.
  explicit Session(Json params);

  // Whether a client that sends this only repeats its `initialize`.
  bool began_with(const Json& params) const { return params_ == params; }
  // The revision in which requests are answered, and what the client can do.
  const RequestInfo& info() const { return info_; }
  // The level of the log messages that the client wants; `info` until it says otherwise.
  LogLevel log_level() const { return log_level_; }
  void set_log_level(LogLevel level) { log_level_ = level; }

  // The outcome of the question for the client's roots.
  struct RootsAnswer {
    std::optional<std::vector<Root>> roots;
    bool timed_out = false;
  };
  // The roots, or why they are not known. Calls `ask` without a lock; others who need the roots
  // wait meanwhile. They are kept if the client says when they change. After a question that timed
  // out it is not asked again until it says that they have: each call would wait as long in vain.
  Roots roots(const std::stop_token& stop, const std::function<RootsAnswer()>& ask);
  // The client says that its roots have changed.
  void forget_roots();

 private:
  // The answer from when the client had reported this many changes.
  void keep(const RootsAnswer& answer, std::uint64_t changes) REQUIRES(mutex_);

  const Json params_;
  const RequestInfo info_;
  std::atomic<LogLevel> log_level_ = LogLevel::info;

  locking::Mutex mutex_;
  locking::StoppableCondition asked_;
  bool is_asking_ GUARDED_BY(mutex_) = false;
  bool timed_out_ GUARDED_BY(mutex_) = false;
  std::uint64_t changes_ GUARDED_BY(mutex_) = 0;  // of its roots, which the client has reported
  std::optional<std::vector<Root>> roots_ GUARDED_BY(mutex_);
};

}  // namespace mcp
