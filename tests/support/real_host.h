// A Host for a program of the tests: this process's environment, real processes, a real clock.
#pragma once

#include <chrono>

#include "engine/base/host.h"
#include "engine/process/process_runner.h"

namespace test {

struct RealHost {
  const engine::Environment environment = engine::Environment::of_process();
  engine::ProcessRunner runner{environment, std::chrono::seconds(60)};
  engine::SteadyClock clock;
  const engine::Host host{.environment = environment,
                          .working_directory = "/",
                          .executable = {},
                          .services_file = {},
                          .runner = runner,
                          .clock = clock};
};

}  // namespace test
