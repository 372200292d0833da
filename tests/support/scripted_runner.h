// A CommandRunner that starts nothing: it answers from a script and records what it was asked to
// run.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/host.h"
#include "engine/process/runner.h"

namespace test {

class ScriptedRunner final : public engine::CommandRunner {
 public:
  using Answer = std::function<engine::ProcessResult(const engine::Command&)>;

  // Commands whose line ("gh pr view --json number") contains `part` are answered by `answer`; the
  // last rule that fits wins. A command that no rule fits fails with exit status 127 and says so.
  void on(std::string part, Answer answer);
  void on(std::string part, engine::ProcessResult completion);

  engine::ProcessResult run(const engine::Command& command, const std::stop_token& stop,
                            std::chrono::milliseconds time_limit) override;

  // The lines of the commands so far.
  std::vector<std::string> lines() const;
  // The time limit of the last command whose line contains `part`; zero if that had none.
  std::chrono::milliseconds limit_of(std::string_view part) const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::pair<std::string, Answer>> rules_;
  std::vector<std::string> lines_;
  std::vector<std::chrono::milliseconds> limits_;  // of each line
};

// "git -c a=b status": the program and its arguments, joined by spaces.
std::string line_of(const engine::Command& command);

engine::ProcessResult exited(int status, std::string out, std::string err = {});

// A clock that passes only when it is slept on.
class FakeClock final : public engine::Clock {
 public:
  TimePoint now() const override;
  bool sleep(std::chrono::milliseconds duration, const std::stop_token& stop) override;

 private:
  mutable std::mutex mutex_;
  TimePoint now_{};
};

}  // namespace test
