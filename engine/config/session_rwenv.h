// Whether a call is for another environment than the one that its session is set to: a `projectDir`
// that a model was talked into, or a client's root, must not lead a rollout elsewhere unnoticed.
// Reads local files only; for any thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/base/error.h"
#include "engine/base/host.h"
#include "engine/config/active_rwenv.h"
#include "engine/config/project.h"

namespace engine {

struct OtherRwenv {
  std::filesystem::path project;
  std::string rwenv;
  std::filesystem::path session_project;
  std::string session_rwenv;
};

// Compares `active`, which `project` leads to, with the session's own projects: CLAUDE_PROJECT_DIR,
// or else the client's first root and the working directory. Those that are set to no rwenv, or to
// one that cannot be read, do not count. Nothing if there is no difference. May ask the client.
std::optional<OtherRwenv> find_other_rwenv(const Host& host, const ProjectRequest& project,
                                           const ActiveRwenv& active, const CallContext& call);

// The refusal `other_rwenv`; `hint` says what to do.
Error other_rwenv(const OtherRwenv& other, std::string hint);

}  // namespace engine
