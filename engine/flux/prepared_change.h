// A change made on a head: the file as it is there, edited, and the commit of that.
#pragma once

#include <optional>
#include <string>

#include "engine/base/host.h"
#include "engine/flux/object_store.h"
#include "engine/flux/remote.h"
#include "engine/flux/types.h"

namespace engine {

struct PreparedChange {
  RemoteHead base;
  ManifestEdit edit;
  std::string diff;
  std::optional<CommitId> commit;  // nothing for a dry run and where nothing changed
};

// Makes the change on `base`, which has been fetched; no ref is changed. What a partial clone lacks
// of the file is fetched. Fails as the edit does, `bad_path`, `sign_failed`, `cancelled` and what
// git_failure() says.
Result<PreparedChange> prepare_change(Remote& remote, const ObjectStore& objects,
                                      const Change& change, const Identity& identity,
                                      const RemoteHead& base, const CallContext& call);

}  // namespace engine
