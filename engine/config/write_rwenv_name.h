// Sets a project to an rwenv: writes the name into its `.claude/rwenv` (specification, section 3).
// Other people wrote the project, so nothing is written through a link.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/result.h"

namespace engine {

struct WrittenRwenvName {
  std::filesystem::path file;
  std::optional<std::string> previous;  // nothing if none was set, or what was there is no name
  std::optional<std::filesystem::path> gitignore;  // that has got the line
  std::vector<std::string> warnings;
};

// Writes `name` where the project's active rwenv is read from; if it has none, into the root of the
// repository's main work tree, and into `project_directory` where that is in no repository. Then
// adds the file to the `.gitignore` of that root, unless it is named there or in the repository's
// `info/exclude`; that this is not possible is a warning. `bad_config` for a link, `internal`,
// `cancelled`: then nothing was written. `timeout` where the files do not answer: they may be
// written once they do.
Result<WrittenRwenvName> write_rwenv_name(const Host& host,
                                          const std::filesystem::path& project_directory,
                                          const std::string& name, const CallContext& call);

}  // namespace engine
