// How a place in a file of the Flux repository came to its value, with as much of the history
// fetched as that needs (specification, section 3, `rollout_history`).
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/repository_path.h"
#include "engine/base/result.h"
#include "engine/flux/clone.h"
#include "engine/flux/place_history_cache.h"
#include "engine/flux/remote.h"
#include "engine/git/value_change.h"

namespace engine {

struct PlaceHistoryQuestion {
  RepositoryPath file;
  // The value of the place in the file's bytes, nothing for none; fails where the place is not
  // there or cannot be read.
  std::function<Result<std::optional<std::string>>(std::string_view bytes)> read;
  std::size_t limit = 10;  // of changes, at least 1
  // Names the place and how it is read, for what is known of it already; only with a cache.
  std::string key = {};
  PlaceHistoryCache* cache = nullptr;
};

struct PlaceHistory {
  std::string branch;                // that it is the history of
  std::optional<PastValue> value;    // that is there; nothing for none
  std::vector<ValueChange> changes;  // newest first
  // Where and why it was not followed further, as a sentence's worth; nothing where there are as
  // many changes as were asked for, or no more.
  std::optional<std::string> stopped = {};
};

// The history up to `head`, which was fetched. A shallow clone is deepened by growing steps, until
// enough is found or the call's time limit is over; what then goes wrong ends the history and not
// the call. `question.read` must succeed at `head`, or its failure is this one's; also `bad_path`,
// `bad_manifest`, `internal`, `cancelled`, and what fetching the file itself fails with.
Result<PlaceHistory> read_place_history(const FluxClone& clone, const RemoteHead& head,
                                        const PlaceHistoryQuestion& question,
                                        const CallContext& call);

}  // namespace engine
