// How far an image has come on its way from the Flux repository to the cluster (specification,
// section 3, `rollout_status`).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

enum class StageName : std::uint8_t { proposed, committed, fetched, applied, running };
enum class StageState : std::uint8_t { done, waiting, failed, unknown };

struct Stage {
  StageName name = StageName::committed;
  StageState state = StageState::unknown;
  std::optional<std::string> since = {};  // a time in UTC, as its source writes it
  std::string detail = {};                // part of a sentence, without a full stop

  friend bool operator==(const Stage&, const Stage&) = default;
};

enum class LiveState : std::uint8_t { live, pending, failed, suspended, superseded, unknown };

struct LiveStatus {
  std::vector<Stage> stages;  // in the order of the way
  LiveState state = LiveState::unknown;
  // The stage that decides the state: the last one of what is live, else where it goes no further.
  StageName at = StageName::committed;
  // Nothing that the cluster does changes the state any more, so that waiting is of no use.
  bool is_final = false;

  // The stage that decides.
  const Stage& deciding() const;
};

// As results spell them.
std::string_view name(StageName stage);
std::string_view name(StageState state);
std::string_view name(LiveState state);

// What went wrong or is awaited, for "not yet (<stage>, <reason>)".
std::string reason_of(const LiveStatus& status);

}  // namespace engine
