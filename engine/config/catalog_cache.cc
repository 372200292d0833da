#include "engine/config/catalog_cache.h"

#include <exception>
#include <utility>

#include "engine/base/read_file.h"
#include "engine/text/text.h"

namespace engine {

Result<std::shared_ptr<const Catalog>> CatalogCache::read(const std::filesystem::path& file) {
  const auto now = state_of(file);
  {
    const locking::MutexLock lock(mutex_);
    const auto known = entries_.find(file);
    if (known != entries_.end()) {
      if (known->second.state == now) {
        return known->second.catalog;
      }
      entries_.erase(known);  // two large catalogs need not be in memory
    }
  }
  return read_shared(file);
}

// A reading that began before this call may have missed what the file has now: this waits for one
// that begins after it, or makes it.
CatalogCache::Reading CatalogCache::read_shared(const std::filesystem::path& file) {
  locking::MutexLock lock(mutex_);
  Flight& flight = flights_[file];
  ++flight.waiting;
  const std::uint64_t wanted = flight.started + 1;
  while (flight.finished < wanted) {
    if (flight.started > flight.finished) {
      finished_.wait(mutex_);
      continue;
    }
    ++flight.started;
    lock.unlock();
    Reading reading = read_or_say_why_not(file);
    lock.lock();
    flight.last = std::move(reading);
    flight.finished = flight.started;
    finished_.notify_all();
  }
  Reading result = *flight.last;
  if (--flight.waiting == 0) {
    flights_.erase(file);
  }
  return result;
}

// Those who wait must get an answer, whatever happens.
CatalogCache::Reading CatalogCache::read_or_say_why_not(const std::filesystem::path& file) {
  try {
    return read_file_again(file);
  } catch (const std::exception& error) {
    return fail(Code::internal,
                "Could not read " + sanitize_line(file.string()) + ": " + error.what() + ".",
                "Try again; if that persists, report it with this message.");
  }
}

CatalogCache::Reading CatalogCache::read_file_again(const std::filesystem::path& file) {
  const auto before = state_of(file);
  auto content = read_file(file, kMaxConfigBytes);
  RETURN_IF_FAILED(content);
  if (!*content) {
    return std::shared_ptr<const Catalog>();
  }
  auto parsed = Catalog::parse(std::move(**content), file);
  RETURN_IF_FAILED(parsed);
  std::shared_ptr<const Catalog> catalog = std::make_shared<const Catalog>(std::move(*parsed));
  // What was read from a file that is not settled is not kept.
  if (before && is_settled(*before, now_()) && state_of(file) == before) {
    const locking::MutexLock lock(mutex_);
    entries_.insert_or_assign(file, Entry{*before, catalog});
  }
  return catalog;
}

}  // namespace engine
