// The `requestState` of 2026-07-28: what a server must remember between the rounds of one request,
// given to the client under a seal (MCP 2026-07-28, Multi Round-Trip Requests). The text is
// readable, but cannot be made or changed without the key.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "json/json.h"
#include "locking/mutex.h"

namespace mcp {

// For any thread.
class RequestState {
 public:
  using TimePoint = std::chrono::system_clock::time_point;
  static constexpr std::chrono::minutes kLifetime{10};

  // `key` as Options::state_key; may be empty.
  explicit RequestState(std::function<std::string()> key) : make_key_(std::move(key)) {}

  // What is under a seal.
  struct Content {
    Json answers = Json::object();   // of earlier rounds
    std::vector<std::string> asked;  // keys of the questions that came with it
    std::string bound_to;            // bind() of what the questions were about
    std::string id;                  // no other state has it
    TimePoint expires;
  };

  // Seals answers, keys and binding for a repetition of this request before `now` + kLifetime.
  // `request` comes from identify().
  std::string seal(std::string_view request, const Json& answers,
                   const std::vector<std::string>& asked, const std::string& bound_to,
                   TimePoint now);
  // Throws why the state is refused.
  Content open(std::string_view request, const Json& state, TimePoint now);
  // `what` so that it can be compared, but neither read nor made without the key.
  std::string bind(std::string_view what);

  // What must stay the same from round to round: method, name or URI, arguments.
  static std::string identify(std::string_view method, const Json& params);

 private:
  std::string mac(std::string_view request, std::string_view payload);
  void need_key() REQUIRES(mutex_);

  const std::function<std::string()> make_key_;
  locking::Mutex mutex_;
  std::string key_ GUARDED_BY(mutex_);  // empty until it is needed
};

// Which states have been used in this process. Thread-safe.
class SpentStates {
 public:
  // True if it is the first time that this state is used. It is remembered until it expires; while
  // too many are remembered, no further one can be used.
  bool spend(const std::string& id, RequestState::TimePoint expires, RequestState::TimePoint now);

  static constexpr std::size_t kMax = 16384;

 private:
  locking::Mutex mutex_;
  std::map<std::string, RequestState::TimePoint> spent_ GUARDED_BY(mutex_);
};

}  // namespace mcp
