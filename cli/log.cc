#include "cli/log.h"

#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include "cli/file_sink.h"
#include "engine/base/unique_fd.h"
#include "engine/text/text.h"

namespace cli {
namespace {

spdlog::level::level_enum to_spdlog(mcp::LogLevel level) {
  switch (level) {
    case mcp::LogLevel::debug:
      return spdlog::level::debug;
    case mcp::LogLevel::info:
    case mcp::LogLevel::notice:
      return spdlog::level::info;
    case mcp::LogLevel::warning:
      return spdlog::level::warn;
    case mcp::LogLevel::error:
      return spdlog::level::err;
    case mcp::LogLevel::critical:
    case mcp::LogLevel::alert:
    case mcp::LogLevel::emergency:
      return spdlog::level::critical;
  }
  return spdlog::level::info;
}

// The one way into the log: on one line, cleaned and without secrets, from every caller.
void write(spdlog::level::level_enum level, std::string_view text) {
  constexpr std::size_t kMaxOfLine = 8192;
  if (spdlog::should_log(level)) {
    spdlog::log(level, "{}", engine::sanitize_line(text, kMaxOfLine));
  }
}

std::optional<spdlog::level::level_enum> level_named(const std::string& name) {
  const spdlog::level::level_enum level = spdlog::level::from_str(name);
  // from_str takes what it does not know for "off".
  return level == spdlog::level::off && name != "off" ? std::nullopt : std::optional(level);
}

constexpr mode_t kOwnerOnly = 0600;

// Opens the file to append to it; where that must not or cannot be done, `problem` says why. What
// is there has to be a regular file: a symbolic link may lead into another person's file, and a
// pipe would be waited for.
engine::UniqueFd open_log(const std::string& file, std::string& problem) {
  engine::UniqueFd fd(::open(
      file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
      kOwnerOnly));
  struct stat status {};
  const bool known = fd && ::fstat(fd.get(), &status) == 0;
  const int error = errno;
  if (known ? !S_ISREG(status.st_mode) : error == ENXIO) {  // a pipe that nobody reads
    problem = file + " is not a regular file";
  } else if (!known && (error == ELOOP || error == EMLINK)) {
    problem = file + " is a symbolic link, which is not followed";
  } else if (!known || (status.st_uid == ::geteuid() && ::fchmod(fd.get(), kOwnerOnly) != 0)) {
    problem = file + ": " + std::generic_category().message(known ? errno : error);
  } else {
    return fd;
  }
  return engine::UniqueFd();
}

}  // namespace

void set_up_log(const LogSettings& settings) {
  std::vector<spdlog::sink_ptr> sinks = {std::make_shared<spdlog::sinks::stderr_sink_mt>()};
  std::string problem;
  if (settings.file) {
    if (engine::UniqueFd file = open_log(*settings.file, problem)) {
      sinks.push_back(std::make_shared<FileSink>(std::move(file)));
    }
  }
  auto logger = std::make_shared<spdlog::logger>("rollout-mcp", sinks.begin(), sinks.end());
  const std::optional<spdlog::level::level_enum> level =
      level_named(settings.level.value_or("info"));
  logger->set_level(level.value_or(spdlog::level::info));
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
  if (!level) {
    write(spdlog::level::warn, "log level: given " + engine::named(*settings.level) +
                                   ", expected trace, debug, info, warning, error or off");
  }
  if (!problem.empty()) {
    write(spdlog::level::err, "log file: " + problem + "; the log goes to stderr alone");
  }
}

void log_message(mcp::LogLevel level, std::string_view text) {
  write(to_spdlog(level), text);
}

}  // namespace cli
