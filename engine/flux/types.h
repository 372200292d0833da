// What a rollout has to do with a Flux repository: its remote, a change, and what became of that.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/image_tag.h"
#include "engine/base/repository_path.h"
#include "engine/base/result.h"
#include "engine/git/flux_remote.h"
#include "engine/manifest/edit.h"

namespace engine {

// One edit of one file, to be made on whatever the remote's head is. `edit` may run several times.
struct Change {
  RepositoryPath file;
  std::function<Result<ManifestEdit>(std::string_view bytes)> edit;
  std::string message;  // of the commit
  bool dry_run = false;
};

// What became of a change.
struct PushedChange {
  bool changed = false;  // false: the remote had it already; no commit, no push
  std::string branch;
  CommitId head;                   // the remote's head that the change was made on
  std::optional<CommitId> commit;  // pushed; nothing if unchanged or a dry run
  std::optional<std::string> previous_tag;
  std::string diff;
  std::int64_t attempts = 0;
  std::vector<std::string>
      warnings;  // the remote's notices; another person changed the same entry meanwhile
};

}  // namespace engine
