// How a place in a file came to its value, as GitObjectStore::past_values() tells it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/image_tag.h"
#include "engine/base/repository_path.h"
#include "engine/git/authorship.h"

namespace engine {

// A value that the place has had. Only the walk through the history makes one, so it is its own
// proof.
class PastValue {
 public:
  const std::string& text() const { return text_; }
  friend bool operator==(const PastValue&, const PastValue&) = default;

 private:
  friend class PastValuesWalk;
  explicit PastValue(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// A commit that changed the value; nothing stands for no value.
struct ValueChange {
  CommitId commit;
  Authorship by;
  std::string message;  // the first line, fit to be shown
  std::optional<PastValue> value;
  std::optional<PastValue> previous;
  std::string body = {};  // the other lines, as they are, of a long one the beginning: to compare
};

struct PastValues {
  enum class End : std::uint8_t {
    beginning,         // the value has no history before
    limit,             // as many as were asked for
    no_more_history,   // a shallow clone ends there
    object_missing,    // a file or directory of a commit is not here
    too_many_commits,  // further back than is looked
    stopped,           // `go_on` said no
  };

  std::optional<PastValue> value = {};    // at the head
  std::vector<ValueChange> changes = {};  // newest first
  End end = End::stopped;
  std::optional<CommitId> at = {};          // the commit that was looked at last
  std::optional<std::string> missing = {};  // the id of the file whose absence ended it
};

// What was found before, at another head or the same.
struct KnownPastValues {
  CommitId head;
  PastValues values;
};

struct PastValuesQuestion {
  const RepositoryPath& path;
  const ReadValue& read;
  std::size_t limit;                       // of changes, at least 1
  const std::function<bool()>& go_on;      // asked for each commit
  const KnownPastValues* known = nullptr;  // of the same place; may be null
  // Bounds the memory that a walk takes; the time limit ends most walks before.
  std::size_t max_commits = 200'000;
  // Of different versions of the file, together; what is beyond counts as not here.
  std::size_t max_bytes = std::numeric_limits<std::size_t>::max();
};

}  // namespace engine
