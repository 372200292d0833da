#include "engine/forge/status_checks.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <string_view>

namespace engine {
namespace {

// "2026-11-28T10:00:00Z", with or without fractions of a second, without the Z; empty for another
// text, and for what gh prints where there is no time.
std::string time_of(const std::string& text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00";
  constexpr std::string_view kDigits = "0123456789";
  constexpr std::string_view kNone = "0001-";
  if (text.size() <= kForm.size() || text.back() != 'Z' || text.starts_with(kNone)) {
    return {};
  }
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const bool digit = kDigits.find(text[i]) != std::string_view::npos;
    if (kForm[i] == '0' ? !digit : text[i] != kForm[i]) {
      return {};
    }
  }
  const std::string_view fraction =
      std::string_view(text).substr(kForm.size(), text.size() - kForm.size() - 1);
  const bool sound =
      fraction.empty() || (fraction.front() == '.' &&
                           fraction.substr(1).find_first_not_of(kDigits) == std::string_view::npos);
  return sound ? text.substr(0, text.size() - 1) : std::string();
}

// A check run has name, status and conclusion; a commit status has context and state.
StatusCheck read_check(const Json& value) {
  constexpr std::array<std::string_view, 3> kGreen = {"SUCCESS", "NEUTRAL", "SKIPPED"};
  const auto text = [&](const char* key) {
    const auto member = value.find(key);
    return member != value.end() && member->is_string() ? member->get<std::string>()
                                                        : std::string();
  };
  StatusCheck check;
  check.name = text("name");
  check.workflow = text("workflowName");
  const std::string status = text("status");
  check.state = status.empty() || status == "COMPLETED" ? text("conclusion") : status;
  if (check.name.empty()) {
    check.kind = StatusCheck::Kind::status;
    check.name = text("context");
  }
  for (const std::string& other : {text("state"), status}) {
    check.state = check.state.empty() ? other : check.state;
  }
  check.started = time_of(text("startedAt"));
  check.completed = time_of(text("completedAt"));
  check.green = std::ranges::find(kGreen, check.state) != kGreen.end();
  return check;
}

// Whether it waits to be started, which is what a repeated run does first.
bool waits(const StatusCheck& check) {
  constexpr std::array<std::string_view, 5> kWaiting = {"QUEUED", "PENDING", "WAITING", "REQUESTED",
                                                        "EXPECTED"};
  return check.started.empty() && std::ranges::find(kWaiting, check.state) != kWaiting.end();
}

bool is_newer(const StatusCheck& check, const StatusCheck& than) {
  if (waits(check) || waits(than)) {
    return !waits(than);
  }
  if (check.started != than.started) {
    // One that never started was given up before its end.
    const std::string& before = than.started.empty() ? than.completed : than.started;
    return !before.empty() && check.started > before;
  }
  return !than.completed.empty() && check.completed > than.completed;
}

bool is_same_check(const StatusCheck& one, const StatusCheck& other) {
  return !one.name.empty() && one.kind == other.kind && one.workflow == other.workflow &&
         one.name == other.name;
}

}  // namespace

std::vector<StatusCheck> newest_checks(const Json& rollup) {
  std::vector<StatusCheck> all;
  for (const Json& value : rollup) {
    if (value.is_object()) {
      all.push_back(read_check(value));
    }
  }
  std::vector<StatusCheck> newest;
  std::ranges::copy_if(all, std::back_inserter(newest), [&](const StatusCheck& check) {
    return std::ranges::none_of(all, [&](const StatusCheck& other) {
      return is_same_check(check, other) && is_newer(other, check);
    });
  });
  return newest;
}

}  // namespace engine
