// Runs commands as another runner does, and tells the log of each: program, arguments without
// secrets, how it ended and after how long. The engine knows nothing of it.
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "engine/base/host.h"
#include "engine/process/runner.h"

namespace cli {

class LoggedRunner final : public engine::CommandRunner {
 public:
  using Log = std::function<void(std::string_view line)>;

  // `runner` and `clock` must outlive this. `log` is called once for each command that was not
  // cancelled before it began, on the thread that ran it, so from several threads at once.
  LoggedRunner(engine::CommandRunner& runner, const engine::Clock& clock, Log log);

  engine::ProcessResult run(const engine::Command& command, const std::stop_token& stop,
                            std::chrono::milliseconds time_limit) override;
  engine::ProcessResult run_reading(const engine::Command& command, const Reader& read,
                                    const std::stop_token& stop,
                                    std::chrono::milliseconds time_limit) override;
  engine::ProcessResult run_told(const engine::Command& command, int in, const Reader& read,
                                 const std::stop_token& stop,
                                 std::chrono::milliseconds time_limit) override;

 private:
  engine::ProcessResult logged(const engine::Command& command, const std::stop_token& stop,
                               const std::function<engine::ProcessResult()>& run);

  engine::CommandRunner& runner_;
  const engine::Clock& clock_;
  Log log_;
};

// `git fetch origin (in /clone): exit status 0, 412 ms`. Arguments are quoted as for a shell where
// they need it.
std::string log_line(const engine::Command& command, const engine::ProcessResult& result,
                     std::chrono::milliseconds duration);

}  // namespace cli
