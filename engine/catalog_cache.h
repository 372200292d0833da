// Keeps catalogs that have been read, each for as long as its file is unchanged, so that a server
// with a large catalog parses it once. Thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include <sys/types.h>

#include "engine/catalog.h"
#include "engine/result.h"

namespace engine {

class CatalogCache {
 public:
  // The catalog in `file`, read anew if the file has changed; null if there is no such file.
  // `bad_config`.
  Result<std::shared_ptr<const Catalog>> read(const std::filesystem::path& file);

 private:
  // What tells one state of a file from another: an editor that replaces it makes a new inode, one
  // that writes into it changes the time of change, which cannot be set back.
  struct Fingerprint {
    dev_t device;
    ino_t inode;
    off_t size;
    std::int64_t changed_ns;
    friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
  };
  struct Entry {
    Fingerprint fingerprint;
    std::shared_ptr<const Catalog> catalog;
  };
  static std::optional<Fingerprint> fingerprint(const std::filesystem::path& file);
  static bool is_settled(const Fingerprint& fingerprint);

  std::mutex mutex_;
  std::map<std::filesystem::path, Entry> entries_;
};

}  // namespace engine
