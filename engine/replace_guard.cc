#include "engine/replace_guard.h"

#include <algorithm>
#include <chrono>

namespace engine {

Moment time_now(const Clock& clock) {
  return std::chrono::floor<std::chrono::seconds>(clock.wall_time());
}

Result<void> ReplaceGuard::check(const std::vector<std::string>& tags, const FindReplaced& find) {
  const auto is_in = [](const std::vector<std::string>& list, const std::string& tag) {
    return std::ranges::find(list, tag) != list.end();
  };
  std::erase_if(agreed_, [&](const std::string& tag) { return !is_in(tags, tag); });
  for (const std::string& tag : tags) {
    const auto number = pull_request_of(tag);
    if (number && number != tag_.pr_number() && !is_in(agreed_, tag)) {
      met_ = replacement_of(find(tag), tag_, time_now(clock_));
      return Failure(occupied(met_, Consent::nobody_to_ask));
    }
  }
  return {};
}

}  // namespace engine
