// The `requestState` of 2026-07-28: what a server must remember between the rounds of one request,
// given to the client under a seal (specification, multi round-trip requests). The text is
// readable, but cannot be made or changed without the key.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "json/json.h"

namespace mcp {

// Not thread-safe.
class RequestState {
 public:
  using TimePoint = std::chrono::system_clock::time_point;
  static constexpr std::chrono::minutes kLifetime{10};

  // `key` as Options::state_key; may be empty.
  explicit RequestState(std::function<std::string()> key) : make_key_(std::move(key)) {}

  // Seals the answers of earlier rounds (an object) for a repetition of this request before
  // `now` + kLifetime. `request` comes from identify().
  std::string seal(std::string_view request, const Json& answers, TimePoint now);
  // The answers; throws why the state is refused.
  Json open(std::string_view request, const Json& state, TimePoint now);

  // What must stay the same from round to round: method, name or URI, arguments.
  static std::string identify(std::string_view method, const Json& params);

 private:
  std::string mac(std::string_view request, std::string_view payload);

  std::function<std::string()> make_key_;
  std::string key_;  // empty until it is needed
};

}  // namespace mcp
