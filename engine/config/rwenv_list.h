// The rwenvs that envs.json has. Reads local files only; for any thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/config/rwenv.h"

namespace engine {

struct RwenvEntry {
  // If there is a problem: only the name, the description and readOnly, as far as they can be read.
  Rwenv rwenv;
  std::optional<Error> problem;  // why a rollout to it would be refused
};

struct RwenvList {
  std::filesystem::path file;
  bool exists = false;
  std::vector<RwenvEntry> entries;  // by name
};

// `bad_config` where the file as a whole is wrong; a mistake in one entry is only that entry's
// `problem`.
Result<RwenvList> read_rwenvs(const std::filesystem::path& config_directory);

// Their names, fit to be shown.
std::vector<std::string> names_of(const RwenvList& list);

// The refusal of a name that is not among them: `unknown_rwenv`, with the nearest names.
Error unknown_rwenv(const RwenvList& list, const std::string& name);

// The refusal of what needs an rwenv to choose where there is none: `unknown_rwenv`.
Error no_rwenvs(const RwenvList& list);

}  // namespace engine
