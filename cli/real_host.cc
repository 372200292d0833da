#include "cli/real_host.h"

#include <system_error>
#include <unistd.h>
#include <utility>

#include "cli/log.h"
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

engine::Host make_host(engine::Environment environment, std::string_view program,
                       const std::optional<std::string>& services_file, mode_t creation_mask,
                       engine::CommandRunner& runner, engine::Clock& clock,
                       engine::CatalogCache& catalogs) {
  fs::path executable = executable_path(program, environment);
  return {.environment = std::move(environment),
          .working_directory = working_directory(),
          .executable = std::move(executable),
          .services_file = services_file ? std::optional<fs::path>(*services_file) : std::nullopt,
          .runner = runner,
          .clock = clock,
          .catalogs = &catalogs,
          .creation_mask = creation_mask};
}

std::optional<engine::Error> problem_of(const engine::Environment& environment) {
  engine::Result<std::chrono::milliseconds> limit = engine::time_limit(environment);
  return limit ? std::nullopt : std::optional(std::move(limit.error()));
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
    : runner_(engine::Environment::of_process(),
              engine::time_limit_or_default(engine::Environment::of_process())),
      logged_runner_(runner_, clock_,
                     [](std::string_view line) { log_message(mcp::LogLevel::debug, line); }),
      setup_{make_host(engine::Environment::of_process(), program, services_file, creation_mask,
                       logged_runner_, clock_, catalogs_),
             std::nullopt} {
  setup_.problem = problem_of(setup_.host.environment);
}

}  // namespace tools
