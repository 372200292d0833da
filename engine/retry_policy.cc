#include "engine/retry_policy.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <random>
#include <utility>

namespace engine {
namespace {

constexpr double kGrowth = 1.5;

RetryPolicy::Random seeded_random() {
  std::random_device device;
  return [engine = std::mt19937(device())]() mutable {
    return std::uniform_real_distribution<double>(0.0, 1.0)(engine);
  };
}

}  // namespace

RetryPolicy::RetryPolicy(const Clock& clock) : RetryPolicy(clock, seeded_random()) {}

RetryPolicy::RetryPolicy(const Clock& clock, Random random)
    : clock_(clock), random_(std::move(random)), end_(clock.now() + kMostTime) {}

std::optional<std::chrono::milliseconds> RetryPolicy::next_pause() {
  const std::chrono::milliseconds pause(static_cast<std::int64_t>(std::floor(random_() * bound_)));
  if (attempts_ >= kMostAttempts || clock_.now() + pause >= end_) {
    return std::nullopt;
  }
  ++attempts_;
  bound_ = std::min(bound_ * kGrowth, static_cast<double>(kLastBound.count()));
  return pause;
}

}  // namespace engine
