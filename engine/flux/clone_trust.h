// Whether what stands at a clone's place is ours alone: git runs the hooks, filters and programs
// that a clone names, so anyone who can write there decides what is run. Functions on the file
// system, for one thread at a time per clone (the caller holds its lock).
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <sys/types.h>

#include "engine/base/result.h"

namespace engine {

// Refuses (`bad_config`) a clone whose path is, or goes through a `flux-repos` that is, a symbolic
// link: work there would be reset, or removed, in another user's directory.
Result<void> refuse_symbolic_links(const std::filesystem::path& clone);

// Refuses (`bad_config`) a clone, or a `flux-repos` above it, that belongs to another user, with
// whose it is and what to do; so it does a part of the clone that decides what git runs and belongs
// neither to us nor to root.
Result<void> refuse_what_others_own(const std::filesystem::path& clone);

// Why a clone of ours is not to be trusted: others than its owner can write it, or a part of it
// that decides what git runs. Nothing if there is no such reason.
std::optional<std::string> writable_by_others(const std::filesystem::path& clone);

// Takes from group and others what access they have to `flux-repos` and to the clone, as one that
// an older version or a person made may give. Looks at all files only where the first ones show
// that it must. `internal`.
Result<void> make_private(const std::filesystem::path& clone);

// Which directory the clone is, so that another one in its place is noticed.
class CloneIdentity {
 public:
  // Nothing can be said of a clone that is not there: such an identity is never found again.
  static CloneIdentity of(const std::filesystem::path& clone);
  friend bool operator==(const CloneIdentity&, const CloneIdentity&) = default;

  // Refuses (`bad_config`) if something else than this stands at `clone` now, or if the way there
  // leads through a symbolic link.
  Result<void> expect_at(const std::filesystem::path& clone) const;

 private:
  struct Place {
    dev_t device = 0;
    ino_t number = 0;
    friend bool operator==(const Place&, const Place&) = default;
  };
  static std::optional<Place> place_of(const std::filesystem::path& directory);

  std::optional<Place> clone_;
  std::optional<Place> repository_;
};

}  // namespace engine
