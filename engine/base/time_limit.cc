#include "engine/base/time_limit.h"

#include <charconv>
#include <cstdint>

#include "engine/text/text.h"

namespace engine {

Result<std::chrono::milliseconds> time_limit(const Environment& environment) {
  const auto text = environment.get("ROLLOUT_TIMEOUT_SECONDS");
  if (!text) {
    return std::chrono::milliseconds(kDefaultTimeLimit);
  }
  std::int64_t seconds = 0;
  const char* const end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, seconds);
  if (error != std::errc() || stop != end || seconds < 1 || seconds > kMaxTimeLimit.count()) {
    return fail(Code::bad_config,
                "ROLLOUT_TIMEOUT_SECONDS is " + named(*text) +
                    "; a whole number of seconds from 1 to " +
                    std::to_string(kMaxTimeLimit.count()) + " is accepted.",
                "Correct the environment variable ROLLOUT_TIMEOUT_SECONDS or unset it.");
  }
  return std::chrono::milliseconds(std::chrono::seconds(seconds));
}

std::string in_seconds(std::chrono::milliseconds limit) {
  return std::to_string(std::chrono::ceil<std::chrono::seconds>(limit).count()) + " s";
}

}  // namespace engine
