// A Host of its own for a test: no variable of the machine's user is in it.
#pragma once

#include <map>
#include <string>

#include "engine/base/host.h"
#include "tests/support/scripted_runner.h"
#include "tests/support/temporary_directory.h"

namespace test {

// A home and a project in a temporary directory, and an engine::Host that sees only these. Commands
// are scripted.
struct EngineHost {
  TemporaryDirectory directory;
  ScriptedRunner runner;
  FakeClock clock;
  std::map<std::string, std::string, std::less<>> variables = {{"HOME", home()}};

  std::string home() const { return (directory.path() / "home").string(); }

  std::filesystem::path project() const { return directory.path() / "project"; }
  std::filesystem::path config() const { return directory.path() / "home/.claude/rwenv"; }
  engine::Host host() {
    std::filesystem::create_directories(project());
    return {.environment = engine::Environment(variables),
            .working_directory = project(),
            .executable = {},
            .services_file = {},
            .runner = runner,
            .clock = clock};
  }
};

}  // namespace test
