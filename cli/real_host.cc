#include "cli/real_host.h"

#include <system_error>
#include <utility>

#include "engine/base/time_limit.h"
#include "engine/process/path_lookup.h"

namespace cli {
namespace {

namespace fs = std::filesystem;

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
                               : engine::find_program(program, environment.get("PATH").value_or(""))
                                     .value_or(fs::path());
  std::error_code error;
  fs::path resolved = started.empty() ? fs::path() : fs::canonical(started, error);
  return error ? fs::path() : resolved;
}

RealHost::RealHost(std::string_view program, const std::optional<std::string>& services_file,
                   mode_t creation_mask)
    : runner_(engine::Environment::of_process(),
              engine::time_limit_or_default(engine::Environment::of_process())),
      setup_{make_host(engine::Environment::of_process(), program, services_file, creation_mask,
                       runner_, clock_, catalogs_),
             std::nullopt} {
  setup_.problem = problem_of(setup_.host.environment);
}

}  // namespace cli
