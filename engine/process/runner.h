// Runs one command to its end. The engine sees this interface; engine/process/process_runner.h has
// the real one, tests script theirs.
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "engine/process/command.h"

namespace engine {

// How a command ended, with what it wrote (each stream cut at the program's max_output()).
struct ProcessResult {
  enum class Kind {
    exited,     // by itself: `status` is its exit status
    signalled,  // by a signal that we did not send: `status` is the signal
    timed_out,  // the time limit was over and the whole process group has been ended
    cancelled,  // stop was requested and the whole process group has been ended
    not_found,  // there is no such program on PATH
    failed,     // the system could not start it: `err` says why
    lost,       // it ran, but what it wrote, or how it ended, could not be learnt: `err` says why
  };
  Kind kind = Kind::exited;
  int status = 0;
  std::string out;
  std::string err;

  bool ok() const { return kind == Kind::exited && status == 0; }
};

class CommandRunner {
 public:
  virtual ~CommandRunner() = default;
  // Blocks until the command has ended by itself, or until it and all that it started have been
  // ended because of the time limit or of `stop`. What a command leaves running on purpose (a
  // credential cache, an ssh master) is not waited for. May be called from several threads at once.
  // A zero time limit means the host's (ROLLOUT_TIMEOUT_SECONDS, default 120).
  virtual ProcessResult run(const Command& command, const std::stop_token& stop,
                            std::chrono::milliseconds time_limit = {}) = 0;

  // Takes what a command writes to stdout, in pieces of any size, cut anywhere.
  using Reader = std::function<void(std::string_view piece)>;
  // The same for a command whose output may be long: all of it goes to `read`, on this thread while
  // the command runs, and `out` of the result is empty. A runner that has only run() passes on as
  // much as that keeps.
  virtual ProcessResult run_reading(const Command& command, const Reader& read,
                                    const std::stop_token& stop,
                                    std::chrono::milliseconds time_limit = {}) {
    ProcessResult result = run(command, stop, time_limit);
    read(result.out);
    result.out.clear();
    return result;
  }

  // The same for a command that is told what to do while it runs: it reads `in`, a descriptor that
  // stays the caller's. A runner that has only run() does not start it.
  virtual ProcessResult run_told(const Command& /*command*/, int /*in*/, const Reader& /*read*/,
                                 const std::stop_token& /*stop*/,
                                 std::chrono::milliseconds /*time_limit*/ = {}) {
    return {.kind = ProcessResult::Kind::failed, .err = "this runner cannot tell it anything"};
  }
};

}  // namespace engine
