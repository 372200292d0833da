// What a rollback goes back to, and whether what is there is the user's to put back (specification,
// section 3, `rollback`).
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/flux/place_history.h"
#include "engine/git/identity.h"
#include "engine/manifest/past_tag.h"
#include "engine/rollback_request.h"
#include "engine/rollout_target.h"

namespace engine {

struct RollbackChoice {
  PastTag tag;                         // to go back to
  std::optional<std::string> current;  // that was there when that was chosen; nothing for none
  bool is_own = false;                 // `current` is the user's, as far as that was asked for
  bool depends_on_owner = false;       // it would have been refused if it were not
};

struct RollbackQuestion {
  const RollbackRequest& request;
  const RolloutTarget& target;
  const Identity& identity;  // the user's; empty for one who has none
  bool confirm_replace;      // the rwenv's
  // The value at first, where a rollback under way looks again; what others have set since is not
  // what `to` was asked for. Null at first.
  const std::optional<std::string>* first_seen;
};

// The newest changes of the place, at most so many.
using ReadTargetHistory = std::function<Result<PlaceHistory>(std::size_t limit)>;

// The values that the place has had on any branch that was merged, as far as the clone shows it.
using ReadValuesAnywhere = std::function<std::vector<PastValue>()>;

// The choice by the history that `read` gives; where that does not have what `to` names, by
// `read_anywhere` as well. Whether the present value is of the project's pull
// request is asked only where that decides. `occupied`, `no_history`, `cancelled`, and what `read`
// fails with.
Result<RollbackChoice> choose_past_tag(const Host& host, const RollbackQuestion& question,
                                       const ReadTargetHistory& read,
                                       const ReadValuesAnywhere& read_anywhere,
                                       const CallContext& call);

// Of the commit: "revert(<group>): image tag back to <tag>".
std::string rollback_message(const RolloutTarget& target, std::string_view tag);

// Whether the values are the same, or of the same pull request.
bool is_of_same_change(std::string_view value, std::string_view other);

// What helps where the present value is not the user's.
std::string whose_to_ask();

}  // namespace engine
