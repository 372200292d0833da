#include "engine/process/repository_variables.h"

#include <array>
#include <optional>
#include <string_view>

namespace engine {
namespace {

// Would lead a git to another repository, or change what its objects or its answers are. Git itself
// sets some of them for hooks and aliases.
constexpr std::array<std::string_view, 19> kRepositoryVariables = {
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_COMMON_DIR",
    "GIT_CEILING_DIRECTORIES",
    "GIT_PREFIX",
    "GIT_CONFIG",
    "GIT_SHALLOW_FILE",
    "GIT_GRAFT_FILE",
    "GIT_REPLACE_REF_BASE",
    "GIT_QUARANTINE_PATH",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_ATTR_SOURCE",
    "GIT_CURL_VERBOSE",
    "LANGUAGE",
};

}  // namespace

std::vector<Command::EnvironmentChange> without_repository_variables() {
  std::vector<Command::EnvironmentChange> changes;
  for (const std::string_view variable : kRepositoryVariables) {
    changes.emplace_back(variable, std::nullopt);
  }
  return changes;
}

}  // namespace engine
