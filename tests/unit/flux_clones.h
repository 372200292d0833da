// The clone of a Flux repository, used as the engine uses it, with a git that is made up.
#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "engine/flux/repository.h"
#include "tests/support/engine_host.h"
#include "tests/support/git_sandbox.h"
#include "tests/unit/made_up_git.h"

namespace test {

class FluxClones : public testing::Test {
 protected:
  static constexpr const char* kTag = "pr-1-abcdef0";
  static constexpr const char* kMain = "refs/remotes/origin/main";

  ~FluxClones() override { ::umask(umask_); }

  engine::Result<engine::FluxRepository> open() {
    hosts_.push_back(std::make_unique<engine::Host>(machine_.host()));
    hosts_.back()->time_limit = time_limit_;
    return engine::FluxRepository::open(*hosts_.back(), remote_, call());
  }
  engine::Result<engine::PushedChange> push(const engine::Change& change = change_to(kTag)) {
    auto repository = open();
    return repository ? repository->push(change, identity_, call())
                      : engine::failure_of(repository);
  }
  engine::CallContext call() {
    return {stop_.get_token(), [this](std::string_view step) { steps_.emplace_back(step); }};
  }
  // The lines of git's commands of that name, without the options that all have.
  std::vector<std::string> commands(const std::string& name) const {
    std::vector<std::string> found;
    for (const std::string& line : machine_.runner.lines()) {
      if (const auto at = line.find(" " + name + " "); at != std::string::npos) {
        found.push_back(line.substr(at + 1));
      }
    }
    return found;
  }
  // Answers the first command of that name, and lets the others be answered as before.
  void fail_once(const std::string& name, engine::ProcessResult completion,
                 ScriptedRunner::Answer otherwise) {
    // Shared, because the runner copies an answer before each call.
    const auto failed = std::make_shared<bool>(false);
    machine_.runner.on(" " + name + " ",
                       [failed, completion = std::move(completion),
                        otherwise = std::move(otherwise)](const engine::Command& command) {
                         return std::exchange(*failed, true) ? otherwise(command) : completion;
                       });
  }

  const mode_t umask_ = ::umask(077);  // the program's, as a clone's files have it
  EngineHost machine_;
  // On this machine: a push is made first, and a fetch only if it is needed.
  engine::FluxRemote remote_{.url = engine::RemoteUrl("file:///remote/flux.git"),
                             .tls = {},
                             .clone = machine_.config() / "flux-repos/dev"};
  MadeUpGit git_{machine_.runner, remote_.clone};
  engine::Identity identity_ = sandbox_identity();
  std::stop_source stop_;
  std::vector<std::string> steps_;
  std::chrono::milliseconds time_limit_ = std::chrono::minutes(2);

 private:
  std::vector<std::unique_ptr<engine::Host>> hosts_;
};

}  // namespace test
