// Keeps the histories that were found, each with the commit up to which it is, so that a server
// that is asked again looks only at what is newer. Thread-safe.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "engine/git/value_change.h"
#include "locking/mutex.h"

namespace engine {

class PlaceHistoryCache {
 public:
  // What is known of the place that `key` names; null for nothing.
  std::shared_ptr<const KnownPastValues> find(const std::string& key) const;
  // Replaces what is known, unless that is of the same commit and says as much.
  void keep(const std::string& key, KnownPastValues found);

 private:
  static constexpr std::size_t kMaxPlaces = 256;

  mutable locking::Mutex mutex_;
  std::map<std::string, std::shared_ptr<const KnownPastValues>> known_ GUARDED_BY(mutex_);
};

}  // namespace engine
