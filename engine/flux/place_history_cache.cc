#include "engine/flux/place_history_cache.h"

#include <utility>

namespace engine {
namespace {

bool says_as_much(const PastValues& known, const PastValues& found) {
  return known.end == PastValues::End::beginning || known.changes.size() >= found.changes.size();
}

}  // namespace

std::shared_ptr<const KnownPastValues> PlaceHistoryCache::find(const std::string& key) const {
  const locking::MutexLock lock(mutex_);
  const auto known = known_.find(key);
  return known == known_.end() ? nullptr : known->second;
}

void PlaceHistoryCache::keep(const std::string& key, KnownPastValues found) {
  auto kept = std::make_shared<const KnownPastValues>(std::move(found));
  const locking::MutexLock lock(mutex_);
  if (known_.size() >= kMaxPlaces && !known_.contains(key)) {
    known_.clear();
  }
  auto& known = known_[key];
  if (!known || known->head != kept->head || !says_as_much(known->values, kept->values)) {
    known = std::move(kept);
  }
}

}  // namespace engine
