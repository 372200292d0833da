#include "engine/flux/retry_policy.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <random>
#include <utility>

namespace engine {
namespace {

constexpr double kGrowth = 1.3;
constexpr double kMaxMilliseconds = static_cast<double>(RetryPolicy::kLastBound.count());

RetryPolicy::Random seeded_random() {
  std::random_device device;
  return [engine = std::mt19937(device())]() mutable {
    return std::uniform_real_distribution<double>(0.0, 1.0)(engine);
  };
}

}  // namespace

RetryPolicy::RetryPolicy(const Clock& clock) : RetryPolicy(clock, seeded_random()) {}

RetryPolicy::RetryPolicy(const Clock& clock, Random random)
    : clock_(clock),
      random_(std::move(random)),
      end_(clock.now() + kMaxTime),
      attempt_began_(clock.now()) {}

std::optional<std::chrono::milliseconds> RetryPolicy::next_pause() {
  const Clock::TimePoint now = clock_.now();
  const std::chrono::duration<double, std::milli> attempt = now - attempt_began_;
  const double bound = std::min(std::max(bound_, attempt.count()), kMaxMilliseconds);
  const std::chrono::milliseconds pause(static_cast<std::int64_t>(std::floor(random_() * bound)));
  if (attempts_ >= kMaxAttempts || now + pause >= end_) {
    return std::nullopt;
  }
  ++attempts_;
  bound_ = bound * kGrowth;
  attempt_began_ = now + pause;
  return pause;
}

}  // namespace engine
