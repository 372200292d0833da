// What the commands of the command line have in common: results and refusals as they are shown, and
// work that Ctrl-C stops. Not thread-safe.
#pragma once

#include <atomic>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>

#include "cli/command_line.h"
#include "cli/exit_status.h"
#include "cli/real_host.h"
#include "cli/terminal.h"
#include "engine/base/error.h"
#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/config/project.h"
#include "engine/process/interrupt.h"
#include "json/parse.h"
#include "tools/hint_words.h"
#include "tools/render.h"
#include "tools/render_import.h"
#include "tools/render_rwenvs.h"

namespace cli {

class CommandSupport {
 public:
  // All of them must outlive this.
  CommandSupport(const CommandLine& line, const RealHost& process, Terminal& terminal)
      : line_(line), process_(process), terminal_(terminal) {}

 protected:
  const engine::Host& host() const { return process_.host(); }

  // The project that --project names, if it does.
  engine::ProjectRequest project() const;

  // The refusal's text on stderr, and its object, which is the tool's, on stdout where JSON is
  // wanted; returns `status`.
  int refuse(const engine::Error& error, int status);

  template <class T>
  int shown_as_result(const engine::Result<T>& result) {
    if (!result) {
      return refuse(result.error(), kRefused);
    }
    if (line_.json) {
      terminal_.print_verbatim(json::dump(tools::structured(*result)));
    } else {
      terminal_.print(tools::report(*result, tools::Reader::command_line));
    }
    return kDone;
  }

  // Runs something that starts child processes, after checking the settings for these.
  template <class Function>
  int carried_out(const Function& function) {
    if (process_.host_or_error().problem) {
      return refuse(*process_.host_or_error().problem, kWrongUsage);
    }
    const auto result = interruptible(function);
    const bool ended = !result && result.error().code == engine::Code::cancelled && signal_ != 0;
    return ended ? refuse(result.error(), kSignalled + signal_) : shown_as_result(result);
  }

  // The same, with progress shown, and stopped by Ctrl-C.
  template <class Function>
  std::invoke_result_t<Function, engine::CallContext> interruptible(const Function& function) {
    std::stop_source stop;
    const engine::Interrupt interrupt([&](int signal) {
      signal_ = signal;
      stop.request_stop();
    });
    return function(engine::CallContext{stop.get_token(), [this](std::string_view step) {
                                          terminal_.progress(tools::sanitize_line(step));
                                        }});
  }

  const CommandLine& line() const { return line_; }
  const RealHost& process() const { return process_; }
  Terminal& terminal() { return terminal_; }
  int signal() const { return signal_; }  // that asked to stop, or 0

 private:
  const CommandLine& line_;
  const RealHost& process_;
  Terminal& terminal_;
  std::atomic<int> signal_ = 0;
};

}  // namespace cli
