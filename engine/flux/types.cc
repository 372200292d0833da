#include "engine/flux/types.h"

#include <algorithm>

namespace engine {

std::vector<RepositoryPath> Change::files() const {
  std::vector<RepositoryPath> files;
  for (const FileEdit& edit : edits) {
    const bool known = std::ranges::any_of(
        files, [&](const RepositoryPath& file) { return file.text() == edit.file.text(); });
    if (!known) {
      files.push_back(edit.file);
    }
  }
  return files;
}

}  // namespace engine
