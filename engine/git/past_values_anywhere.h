// The values that a place has had on any branch that was merged, for those that the history of the
// branch itself (GitObjectStore::past_values()) passes by.
#pragma once

#include <filesystem>
#include <vector>

#include "engine/git/value_change.h"

namespace engine {

// In the commits that `head` has in its history, as far as the clone has them: each value once, the
// newest first, at most question.limit. Only at the path itself. For any thread.
std::vector<PastValue> past_values_anywhere(const std::filesystem::path& clone,
                                            const CommitId& head,
                                            const PastValuesQuestion& question);

}  // namespace engine
