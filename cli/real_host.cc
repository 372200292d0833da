#include "cli/real_host.h"

#include <system_error>
#include <unistd.h>

#include "engine/base/time_limit.h"

namespace tools {
namespace {

namespace fs = std::filesystem;

fs::path on_path(std::string_view program, const engine::Environment& environment) {
  const std::string path = environment.get("PATH").value_or("");
  std::string_view rest = path;
  while (!rest.empty()) {
    const std::size_t colon = rest.find(':');
    fs::path candidate = fs::path(rest.substr(0, colon)) / program;
    if (candidate.is_absolute() && ::access(candidate.c_str(), X_OK) == 0) {
      return candidate;
    }
    rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
  }
  return {};
}

fs::path working_directory() {
  std::error_code error;
  fs::path directory = fs::current_path(error);
  return error ? fs::path() : directory;
}

}  // namespace

fs::path executable_path(std::string_view program, const engine::Environment& environment) {
  if (program.empty()) {
    return {};
  }
  const fs::path started = program.find('/') != std::string_view::npos
                               ? fs::path(program)
                               : on_path(program, environment);
  std::error_code error;
  fs::path resolved = started.empty() ? fs::path() : fs::canonical(started, error);
  return error ? fs::path() : resolved;
}

RealHost::RealHost(std::string_view program, const std::optional<std::string>& services_file,
                   mode_t creation_mask)
    : RealHost(engine::Environment::of_process(),
               engine::time_limit(engine::Environment::of_process()), program, services_file,
               creation_mask) {}

RealHost::RealHost(const engine::Environment& environment,
                   const engine::Result<std::chrono::milliseconds>& time_limit,
                   std::string_view program, const std::optional<std::string>& services_file,
                   mode_t creation_mask)
    : runner_(environment, time_limit.value_or(engine::kDefaultTimeLimit)),
      setup_{
          {.environment = environment,
           .working_directory = working_directory(),
           .executable = executable_path(program, environment),
           .services_file = services_file ? std::optional<fs::path>(*services_file) : std::nullopt,
           .runner = runner_,
           .clock = clock_,
           .catalogs = &catalogs_,
           .creation_mask = creation_mask,
           .time_limit = time_limit.value_or(engine::kDefaultTimeLimit)},
          time_limit ? std::nullopt : std::optional(time_limit.error())} {}

}  // namespace tools
