#include "engine/config/catalog_cache.h"

#include <chrono>
#include <exception>
#include <utility>

#include <sys/stat.h>

#include "engine/base/read_file.h"
#include "engine/text/text.h"

namespace engine {
namespace {

constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;

}  // namespace

std::optional<CatalogCache::Fingerprint> CatalogCache::fingerprint(
    const std::filesystem::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) {
    return std::nullopt;
  }
#ifdef __APPLE__
  const timespec& changed = status.st_ctimespec;
#else
  const timespec& changed = status.st_ctim;
#endif
  return Fingerprint{status.st_dev, status.st_ino, status.st_size,
                     std::int64_t{changed.tv_sec} * kNanosecondsPerSecond + changed.tv_nsec};
}

// A file that was changed a moment ago may change again without a new time, as coarse as some file
// systems' clocks are; what was read from it then is not kept.
bool CatalogCache::is_settled(const Fingerprint& fingerprint) const {
  const auto now = now_().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count() -
             fingerprint.changed_ns >
         2 * kNanosecondsPerSecond;
}

Result<std::shared_ptr<const Catalog>> CatalogCache::read(const std::filesystem::path& file) {
  const auto now = fingerprint(file);
  {
    const locking::MutexLock lock(mutex_);
    const auto known = entries_.find(file);
    if (known != entries_.end()) {
      if (known->second.fingerprint == now) {
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
  const auto before = fingerprint(file);
  auto content = read_file(file, kMaxConfigBytes);
  RETURN_IF_FAILED(content);
  if (!*content) {
    return std::shared_ptr<const Catalog>();
  }
  auto parsed = Catalog::parse(std::move(**content), file);
  RETURN_IF_FAILED(parsed);
  std::shared_ptr<const Catalog> catalog = std::make_shared<const Catalog>(std::move(*parsed));
  if (before && is_settled(*before) && fingerprint(file) == before) {
    const locking::MutexLock lock(mutex_);
    entries_.insert_or_assign(file, Entry{*before, catalog});
  }
  return catalog;
}

}  // namespace engine
