// What changes are made with.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/host.h"
#include "engine/base/repository_path.h"
#include "engine/base/result.h"
#include "engine/flux/object_store.h"
#include "engine/flux/remote.h"
#include "engine/flux/value_history.h"
#include "engine/git/identity.h"

namespace engine {

struct ChangeContext {
  Remote& remote;
  const ObjectStore& objects;
  ValueHistory& history;
  const Identity& identity;
  const CallContext& call;
};

// A file of a commit that is here; what a partial clone lacks of it is fetched. `where` is for
// messages.
Result<std::string> read_file(const ChangeContext& context, const CommitId& commit,
                              const RepositoryPath& file, std::string_view where);

}  // namespace engine
