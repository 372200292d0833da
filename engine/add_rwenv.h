// The operation behind `add_rwenv` (specification, section 3): a new environment in envs.json.
// Knows nothing of MCP or of the command line.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/config/new_rwenv.h"
#include "engine/config/rwenv.h"

namespace engine {

struct AddRwenvResult {
  Rwenv rwenv;
  std::filesystem::path file;
  bool created = false;  // the file is new
  // What came of the one try to reach the remote: its branch, or why there is none.
  std::optional<std::string> remote_branch;
  std::optional<Error> remote_problem;
  std::vector<std::string> warnings;
};

// Writes the entry, and then asks its remote once, within 30 seconds: whatever that says, the entry
// is written. Fails as write_rwenv() does, and then nothing has changed.
Result<AddRwenvResult> add_rwenv(const Host& host, const NewRwenv& rwenv, const CallContext& call);

}  // namespace engine
