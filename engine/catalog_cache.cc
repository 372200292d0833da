#include "engine/catalog_cache.h"

#include <chrono>
#include <utility>

#include <sys/stat.h>

#include "engine/read_file.h"

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
bool CatalogCache::is_settled(const Fingerprint& fingerprint) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count() -
             fingerprint.changed_ns >
         2 * kNanosecondsPerSecond;
}

Result<std::shared_ptr<const Catalog>> CatalogCache::read(const std::filesystem::path& file) {
  const auto before = fingerprint(file);
  if (before) {
    const std::scoped_lock lock(mutex_);
    const auto known = entries_.find(file);
    if (known != entries_.end() && known->second.fingerprint == *before) {
      return known->second.catalog;
    }
  }
  auto content = read_file(file, kMaxConfigBytes);
  if (!content) {
    return failure_of(content);
  }
  if (!*content) {
    return std::shared_ptr<const Catalog>();
  }
  auto parsed = Catalog::parse(std::move(**content), file);
  if (!parsed) {
    return failure_of(parsed);
  }
  std::shared_ptr<const Catalog> catalog = std::make_shared<const Catalog>(std::move(*parsed));
  if (before && is_settled(*before) && fingerprint(file) == before) {
    const std::scoped_lock lock(mutex_);
    entries_.insert_or_assign(file, Entry{*before, catalog});
  }
  return catalog;
}

}  // namespace engine
