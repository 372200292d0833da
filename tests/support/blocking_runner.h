// Runs real commands, and lets a test act when the first fetch and the first push of a rollout
// begin and end: so every order of the two can be brought about.
#pragma once

#include <atomic>
#include <functional>

#include "engine/process/runner.h"

namespace test {

class BlockingRunner final : public engine::CommandRunner {
 public:
  using Run = std::function<engine::ProcessResult()>;
  // Called instead of the command, which `run` runs; `stop` is the command's.
  using Intervention =
      std::function<engine::ProcessResult(const Run& run, const std::stop_token& stop)>;

  explicit BlockingRunner(engine::CommandRunner& runner) : runner_(runner) {}

  Intervention first_fetch;
  Intervention first_push;
  Intervention later_fetches;

  int fetches() const { return fetches_; }
  int pushes() const { return pushes_; }

  engine::ProcessResult run(const engine::Command& command, const std::stop_token& stop,
                            std::chrono::milliseconds time_limit) override;

 private:
  engine::CommandRunner& runner_;
  std::atomic<int> fetches_ = 0;
  std::atomic<int> pushes_ = 0;
};

// Something that happens once and can be waited for, in vain for at most a minute.
class Event {
 public:
  void happen() { happened_ = true; }
  // False if `stop` was requested before.
  bool wait(const std::stop_token& stop = {}) const;

 private:
  std::atomic<bool> happened_ = false;
};

}  // namespace test
