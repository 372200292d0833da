// What a person or a model asks to be put back.
#pragma once

#include <optional>
#include <string>

#include "engine/config/project.h"

namespace engine {

struct RollbackRequest {
  ProjectRequest project;
  std::string service;
  // A value that the place has had. Nothing: the newest that is of another pull request than the
  // one that is there, which must then be the project's pull request's or set by the user.
  std::optional<std::string> to;
  bool dry_run = false;
};

}  // namespace engine
