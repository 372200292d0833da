// How the clone's work tree comes to the commit that a rollout ends with, as the push loop sees it.
// engine/flux/clone_work_tree.h has the real one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/image_tag.h"
#include "engine/base/repository_path.h"
#include "engine/flux/remote.h"

namespace engine {

// Belongs to one thread.
class WorkTreeUpdate {
 public:
  virtual ~WorkTreeUpdate() = default;

  // The first push onto `base` is about to be made: what can be found out meanwhile is begun.
  virtual void begin(const RemoteHead& base) = 0;
  // Brings the work tree to `commit`, which changes just `files` of `base`, or without one to
  // `base` itself. The rollout has succeeded whatever comes of that: what went wrong is a warning.
  virtual std::optional<std::string> finish(const RemoteHead& base,
                                            const std::optional<CommitId>& commit,
                                            const std::vector<RepositoryPath>& files) = 0;
};

}  // namespace engine
