#include "cli/logged_runner.h"

#include <cstddef>
#include <utility>

#include "engine/text/single_quoted.h"
#include "engine/text/text.h"

namespace cli {
namespace {

// Of a program with its arguments; what comes after it is short.
constexpr std::size_t kMaxCommand = 6144;

std::string quoted(const std::string& argument) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./^~-";
  const bool is_plain =
      !argument.empty() && argument.find_first_not_of(kPlain) == std::string::npos;
  return is_plain ? argument : engine::single_quoted(argument);
}

// Each argument loses its secrets before it is quoted, so that quotes do not hide one.
std::string shown(const engine::Command& command) {
  std::string text(engine::name(command.program()));
  for (const std::string& argument : command.arguments()) {
    text += " " + quoted(engine::sanitize_line(argument, kMaxCommand));
  }
  return engine::truncate(std::move(text), kMaxCommand);
}

std::string ending_of(const engine::ProcessResult& result) {
  switch (result.kind) {
    case engine::ProcessResult::Kind::exited:
      return "exit status " + std::to_string(result.status);
    case engine::ProcessResult::Kind::signalled:
      return "signal " + std::to_string(result.status);
    case engine::ProcessResult::Kind::timed_out:
      return "ended at the time limit";
    case engine::ProcessResult::Kind::cancelled:
      return "cancelled";
    case engine::ProcessResult::Kind::not_found:
      return "not found on PATH";
    case engine::ProcessResult::Kind::failed:
      return "not started: " + engine::sanitize_line(result.err);
    case engine::ProcessResult::Kind::lost:
      return "lost: " + engine::sanitize_line(result.err);
  }
  return "unknown";
}

}  // namespace

LoggedRunner::LoggedRunner(engine::CommandRunner& runner, const engine::Clock& clock, Log log)
    : runner_(runner), clock_(clock), log_(std::move(log)) {}

engine::ProcessResult LoggedRunner::run(const engine::Command& command, const std::stop_token& stop,
                                        std::chrono::milliseconds time_limit) {
  return logged(command, stop, [&] { return runner_.run(command, stop, time_limit); });
}

engine::ProcessResult LoggedRunner::run_reading(const engine::Command& command, const Reader& read,
                                                const std::stop_token& stop,
                                                std::chrono::milliseconds time_limit) {
  return logged(command, stop,
                [&] { return runner_.run_reading(command, read, stop, time_limit); });
}

engine::ProcessResult LoggedRunner::run_told(const engine::Command& command, int in,
                                             const Reader& read, const std::stop_token& stop,
                                             std::chrono::milliseconds time_limit) {
  return logged(command, stop,
                [&] { return runner_.run_told(command, in, read, stop, time_limit); });
}

engine::ProcessResult LoggedRunner::logged(const engine::Command& command,
                                           const std::stop_token& stop,
                                           const std::function<engine::ProcessResult()>& run) {
  // Nothing is started then.
  const bool stopped_before = stop.stop_requested();
  const auto begin = clock_.now();
  engine::ProcessResult result = run();
  if (!stopped_before) {
    const auto duration = clock_.now() - begin;
    log_(
        log_line(command, result, std::chrono::duration_cast<std::chrono::milliseconds>(duration)));
  }
  return result;
}

std::string log_line(const engine::Command& command, const engine::ProcessResult& result,
                     std::chrono::milliseconds duration) {
  const std::string directory = engine::sanitize_line(command.directory().string());
  return shown(command) + (directory.empty() ? "" : " (in " + directory + ")") + ": " +
         ending_of(result) + ", " + std::to_string(duration.count()) + " ms";
}

}  // namespace cli
