// What is made of a whole catalog and takes long or much memory: made once for all who ask.
#pragma once

#include <memory>
#include <utility>

#include "engine/config/catalog.h"
#include "locking/mutex.h"

namespace tools {

// What `make` returns for the catalog that was asked for last. It does not keep that catalog in
// memory. Those who ask while it is made wait for it. Thread-safe.
template <class Value>
class PerCatalog {
 public:
  explicit PerCatalog(Value (*make)(const engine::Catalog&)) : make_(make) {}

  std::shared_ptr<const Value> of(const std::shared_ptr<const engine::Catalog>& catalog) {
    const locking::MutexLock lock(mutex_);
    if (value_ == nullptr || catalog_.lock() != catalog) {
      value_.reset();  // two of them need not be in memory
      value_ = std::make_shared<const Value>(make_(*catalog));
      catalog_ = catalog;
    }
    return value_;
  }

 private:
  Value (*const make_)(const engine::Catalog&);
  locking::Mutex mutex_;
  std::weak_ptr<const engine::Catalog> catalog_ GUARDED_BY(mutex_);
  std::shared_ptr<const Value> value_ GUARDED_BY(mutex_);
};

}  // namespace tools
