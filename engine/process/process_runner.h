// Runs commands as child processes: the CommandRunner of the program. A child gets an argument
// vector (never a shell), a session of its own (so that nothing it starts can ask on a terminal),
// no stdin, and no descriptor of ours but the pipes that we read.
#pragma once

#include <chrono>
#include <stop_token>

#include "engine/base/host.h"
#include "engine/process/runner.h"

namespace engine {

// Thread-safe: every run() is independent of the others.
class ProcessRunner final : public CommandRunner {
 public:
  // Children inherit `environment`, and its PATH says where programs are found (absolute entries
  // only: a program must not come from the directory that happens to be current). `time_limit` is
  // that of a run which names none. Construct it before there are threads: an inherited "ignore" of
  // SIGCHLD, under which no child's exit status could be learnt, is undone.
  explicit ProcessRunner(Environment environment, std::chrono::milliseconds time_limit);

  // On a timeout or a stop the child's process group gets SIGTERM and, after `kGrace`, SIGKILL. A
  // child that ends by itself may leave a process behind (git's credential cache daemon is in its
  // caller's group): that one is neither waited for nor ended.
  // A child that SIGINT ended is begun again, once: it was reached by a Ctrl-C before it had a
  // group.
  ProcessResult run(const Command& command, const std::stop_token& stop,
                    std::chrono::milliseconds time_limit = {}) override;
  // Holds no more of the output than one piece. A child that SIGINT ended is not begun again if it
  // has written something.
  ProcessResult run_reading(const Command& command, const Reader& read, const std::stop_token& stop,
                            std::chrono::milliseconds time_limit = {}) override;
  // A child that SIGINT ended is not started again: it may have been told something.
  ProcessResult run_told(const Command& command, int in, const Reader& read,
                         const std::stop_token& stop,
                         std::chrono::milliseconds time_limit = {}) override;

  static constexpr std::chrono::seconds kGrace{2};

 private:
  Environment environment_;
  std::chrono::milliseconds time_limit_;
};

}  // namespace engine
