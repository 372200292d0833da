#include "cli/real_host.h"

#include <system_error>

#include "cli/log.h"
#include "engine/base/local_files.h"
#include "engine/base/time_limit.h"
#include "engine/checkout/project_memo.h"
#include "engine/process/path_lookup.h"

namespace cli {
namespace {

namespace fs = std::filesystem;

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
                               : engine::find_program(program, environment.get("PATH").value_or(""))
                                     .value_or(fs::path());
  std::error_code error;
  fs::path resolved = started.empty() ? fs::path() : fs::canonical(started, error);
  return error ? fs::path() : resolved;
}

RealHost::RealHost(std::string_view program, const std::optional<std::string>& services_file,
                   mode_t creation_mask, engine::Keep keep)
    : RealHost(engine::Environment::of_process(),
               engine::time_limit(engine::Environment::of_process()), program, services_file,
               creation_mask, keep) {}

RealHost::RealHost(const engine::Environment& environment,
                   const engine::Result<std::chrono::milliseconds>& time_limit,
                   std::string_view program, const std::optional<std::string>& services_file,
                   mode_t creation_mask, engine::Keep keep)
    : runner_(environment, time_limit.value_or(engine::kDefaultTimeLimit)),
      logged_runner_(runner_, clock_,
                     [](std::string_view line) { log_message(mcp::LogLevel::debug, line); }),
      ssh_connections_(logged_runner_, clock_, environment, keep),
      setup_{
          {.environment = environment,
           .working_directory = working_directory(),
           .executable = executable_path(program, environment),
           .services_file = services_file ? std::optional<fs::path>(*services_file) : std::nullopt,
           .runner = logged_runner_,
           .clock = clock_,
           .catalogs = &catalogs_,
           .histories = &histories_,
           .ssh_connections =
               environment.get("ROLLOUT_SSH_SHARE") == "0" ? nullptr : &ssh_connections_,
           .local_files = std::make_shared<engine::LocalFiles>(),
           .project_memo = std::make_shared<engine::ProjectMemo>(),
           .creation_mask = creation_mask,
           .time_limit = time_limit.value_or(engine::kDefaultTimeLimit)},
          time_limit ? std::nullopt : std::optional(time_limit.error())} {}

}  // namespace cli
