// Which commit gave a place in a file its value, as far as GitObjectStore has the history: the
// newest change of past_values(), so that both name the same.
#include <cstddef>
#include <utility>

#include "engine/git/object_store.h"

namespace engine {
namespace {

// Enough for weeks of a busy repository; what is further back stays unknown.
constexpr std::size_t kMaxCommits = 5000;
// Of different versions of the file that are parsed. One of an ordinary size takes about 0.1 ms.
constexpr std::size_t kMaxParsedBytes = std::size_t{1} << 20U;

}  // namespace

std::optional<ValueOrigin> GitObjectStore::value_origin(const CommitId& head,
                                                        const RepositoryPath& path,
                                                        const std::string& value,
                                                        const ReadValue& read,
                                                        const std::function<bool()>& go_on) const {
  PastValues found = past_values(head, {.path = path,
                                        .read = read,
                                        .limit = 1,
                                        .go_on = go_on,
                                        .max_commits = kMaxCommits,
                                        .max_bytes = kMaxParsedBytes});
  if (found.changes.empty() || !found.value || found.value->text() != value) {
    return std::nullopt;
  }
  ValueChange& newest = found.changes.front();
  return ValueOrigin{newest.commit, std::move(newest.by)};
}

}  // namespace engine
