// The engine's Host of the running program: its environment, clock, working directory and child
// processes, each of which the log knows at debug. The only place where they come together.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "cli/logged_runner.h"
#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/config/catalog_cache.h"
#include "engine/flux/place_history_cache.h"
#include "engine/process/process_runner.h"
#include "engine/ssh/connections.h"
#include "tools/tool_call.h"

namespace cli {

class RealHost {
 public:
  // Make it before there are threads. `program` is argv[0]; `creation_mask` as in engine::Host;
  // `keep` says what becomes of connections over ssh.
  RealHost(std::string_view program, const std::optional<std::string>& services_file,
           mode_t creation_mask, engine::Keep keep = engine::Keep::while_needed);
  RealHost(const RealHost&) = delete;
  RealHost& operator=(const RealHost&) = delete;

  // Valid as long as this.
  const tools::HostOrError& host_or_error() const { return setup_; }
  const engine::Host& host() const { return setup_.host; }

 private:
  RealHost(const engine::Environment& environment,
           const engine::Result<std::chrono::milliseconds>& time_limit, std::string_view program,
           const std::optional<std::string>& services_file, mode_t creation_mask,
           engine::Keep keep);

  engine::SteadyClock clock_;
  engine::CatalogCache catalogs_;
  engine::PlaceHistoryCache histories_;
  engine::ProcessRunner runner_;
  LoggedRunner logged_runner_;
  engine::SshConnections ssh_connections_;
  tools::HostOrError setup_;
};

// The file of the program that was started as `program`, found on PATH if it has no slash, without
// symbolic links; empty if it cannot be told.
std::filesystem::path executable_path(std::string_view program,
                                      const engine::Environment& environment);

}  // namespace cli
