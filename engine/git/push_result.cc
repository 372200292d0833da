#include "engine/git/push_result.h"

#include <algorithm>
#include <array>

#include "engine/text/text.h"

namespace engine {
namespace {

constexpr std::array<std::string_view, 9> kRaces = {
    "failed to update ref", "cannot lock",  "failed to lock",
    "lock failure",         "LOCK_FAILURE", "old value",
    "stale info",           "fetch first",  "non-fast-forward",
};

// "[remote rejected] (pre-receive hook declined)" -> "pre-receive hook declined".
std::string reason_of(std::string_view summary) {
  const auto open = summary.find('(');
  const auto close = summary.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    return sanitize_line(summary);
  }
  return sanitize_line(summary.substr(open + 1, close - open - 1));
}

// `line` is "<flag>\t<from>:<to>\t<summary>".
PushResult read_line(std::string_view line) {
  const std::string_view summary = line.substr(line.find('\t', 2) + 1);
  if (line.front() != '!') {
    return {line.front() == '=' ? PushResult::Kind::up_to_date : PushResult::Kind::pushed, {}};
  }
  if (summary.starts_with("[remote failure]")) {
    return {PushResult::Kind::no_answer, reason_of(summary)};
  }
  const auto kind = summary.starts_with("[remote rejected]") ? PushResult::Kind::remote_rejected
                                                             : PushResult::Kind::rejected;
  return {kind, reason_of(summary)};
}

}  // namespace

PushResult parse_push(const ProcessResult& completion, std::string_view ref) {
  constexpr std::string_view kFlags = " +*=-!";
  const std::string to = ":" + std::string(ref) + "\t";
  std::string_view rest = completion.out;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    const bool about_a_ref =
        line.size() > 2 && line[1] == '\t' && kFlags.find(line[0]) != std::string_view::npos;
    if (about_a_ref && line.find(to) != std::string_view::npos) {
      return read_line(line);
    }
  }
  return {};
}

bool is_race(std::string_view reason) {
  return std::ranges::any_of(
      kRaces, [&](std::string_view words) { return reason.find(words) != std::string_view::npos; });
}

bool is_shallow_refusal(std::string_view reason) {
  return reason.find("shallow") != std::string_view::npos;
}

}  // namespace engine
