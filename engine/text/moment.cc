#include "engine/text/moment.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <ctime>

namespace engine {

std::string ago(Moment then, Moment now) {
  constexpr std::int64_t kMinute = 60;
  constexpr std::int64_t kHour = 60 * kMinute;
  constexpr std::int64_t kDay = 24 * kHour;
  // A commit may have any time.
  const std::int64_t seconds = (now - std::max(then, Moment())).count();
  const auto in = [seconds](std::int64_t length, const std::string& unit) {
    const std::int64_t count = seconds / length;
    return std::to_string(count) + " " + unit + (count == 1 ? "" : "s") + " ago";
  };
  if (seconds < kMinute) {
    return "just now";
  }
  if (seconds < kHour) {
    return in(kMinute, "minute");
  }
  return seconds < kDay ? in(kHour, "hour") : in(kDay, "day");
}

std::string in_utc(Moment moment) {
  const std::time_t time = moment.time_since_epoch().count();
  std::tm parts{};
  std::array<char, 64> text{};
  if (::gmtime_r(&time, &parts) == nullptr ||
      std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts) == 0) {
    return {};
  }
  return text.data();
}

}  // namespace engine
