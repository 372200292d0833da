// What stood at a clone's place while the clone that replaces it is made: renamed, and put back
// unless the new one stands in the end. Belongs to one thread, which holds the clone's lock.
#pragma once

#include <filesystem>

#include "engine/base/result.h"

namespace engine {

class ReplacedClone {
 public:
  // Renames what is at `clone`, a directory or anything else; where there is nothing, there will be
  // nothing to put back. `internal`.
  static Result<ReplacedClone> set_aside(const std::filesystem::path& clone);
  ReplacedClone(ReplacedClone&& other) noexcept;
  ReplacedClone& operator=(ReplacedClone&& other) noexcept;
  // Removes what stands at the clone's place and puts back what was there, unless that was dropped.
  ~ReplacedClone();

  // The new clone stands: what it replaces is removed. What cannot be is left for
  // remove_leftovers().
  void drop() noexcept;

 private:
  ReplacedClone() = default;
  void put_back() noexcept;

  std::filesystem::path clone_;
  std::filesystem::path directory_;  // has what was renamed; empty for nothing
};

// Clears up after a process that died while it replaced this clone: what it had renamed is put back
// unless the new clone stands, which it does when something has been fetched into it; else removed.
// `clone` must not be a symbolic link.
void remove_leftovers(const std::filesystem::path& clone);

}  // namespace engine
