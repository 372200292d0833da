// Who gave a place in a file its value, as the push loop asks for it.
// engine/flux/clone_value_history.h has the real one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/image_tag.h"
#include "engine/base/repository_path.h"
#include "engine/git/authorship.h"

namespace engine {

// A place in a file, which has `value`. `read` finds the place in the file's bytes; it may be
// called on another thread.
struct PlaceWithValue {
  RepositoryPath path;
  std::string value;
  ReadValue read;
};

// Belongs to one thread.
class ValueHistory {
 public:
  virtual ~ValueHistory() = default;

  // Begins to look for the commits that gave the places the values that they have at `head`, until
  // finish() or the end of this. What was begun before is given up.
  virtual void begin(const CommitId& head, std::vector<PlaceWithValue> places) = 0;
  // What was found, in the order of the places. Nothing of those that the clone does not show, or
  // not within a fraction of a second; none at all where nothing was begun since the last finish().
  virtual std::vector<std::optional<ValueOrigin>> finish() = 0;
};

}  // namespace engine
