#include "engine/status/status.h"

#include <algorithm>

namespace engine {

const Stage& LiveStatus::deciding() const {
  const auto found = std::ranges::find(stages, at, &Stage::name);
  return found == stages.end() ? stages.back() : *found;
}

std::string_view name(StageName stage) {
  switch (stage) {
    case StageName::proposed:
      return "proposed";
    case StageName::committed:
      return "committed";
    case StageName::fetched:
      return "fetched";
    case StageName::applied:
      return "applied";
    case StageName::running:
      return "running";
  }
  return {};
}

std::string_view name(StageState state) {
  switch (state) {
    case StageState::done:
      return "done";
    case StageState::waiting:
      return "waiting";
    case StageState::failed:
      return "failed";
    case StageState::unknown:
      return "unknown";
  }
  return {};
}

std::string_view name(LiveState state) {
  switch (state) {
    case LiveState::live:
      return "live";
    case LiveState::pending:
      return "pending";
    case LiveState::failed:
      return "failed";
    case LiveState::suspended:
      return "suspended";
    case LiveState::superseded:
      return "superseded";
    case LiveState::unknown:
      return "unknown";
  }
  return {};
}

std::string reason_of(const LiveStatus& status) {
  const std::string& detail = status.deciding().detail;
  const bool is_told = status.state == LiveState::pending || status.state == LiveState::live;
  return (is_told ? "" : std::string(name(status.state)) + ": ") + detail;
}

}  // namespace engine
