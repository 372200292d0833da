// The status checks of a pull request's head, as gh tells them. Pure functions, for any thread.
#pragma once

#include <string>
#include <vector>

#include "json/json.h"

namespace engine {

// One run of a check: GitHub's check run or commit status.
struct StatusCheck {
  enum class Kind { run, status };  // a check run, and a commit status with its context for a name

  Kind kind = Kind::run;
  std::string name;
  std::string workflow;  // of GitHub Actions; empty for others
  std::string state;     // GitHub's word: SUCCESS, FAILURE, IN_PROGRESS, ...
  // In UTC, as "2026-11-28T10:00:00", so that later is greater; empty where it is not known.
  std::string started;
  std::string completed;
  bool green = false;

  friend bool operator==(const StatusCheck&, const StatusCheck&) = default;
};

// The checks in gh's `statusCheckRollup`: of each, by kind, workflow and name, only the newest run,
// so that one that was repeated counts as it ended last. A run that has not started is newer than
// those that have. Where it cannot be told which of two is newer, both count.
std::vector<StatusCheck> newest_checks(const Json& rollup);

}  // namespace engine
