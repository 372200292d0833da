// A file of a repository, and what it holds or shall hold.
#pragma once

#include <string>

#include "engine/base/repository_path.h"

namespace engine {

struct FileContent {
  RepositoryPath path;
  std::string bytes;
};

}  // namespace engine
