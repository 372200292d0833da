// The bytes of a manifest as git stores them, unless they are none that may be read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <git2.h>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

#include "engine/git/handles.h"

namespace engine {

struct BlobFault {
  enum class Kind : std::uint8_t {
    unreadable,   // it is missing or broken: last_git_error()
    too_large,    // than kMaxManifestBytes; it has not been unpacked
    lfs_pointer,  // to what Git LFS keeps elsewhere
  };
  Kind kind = Kind::unreadable;
  std::size_t size = 0;  // in bytes, where it is too large
};

// Belongs to the thread that read it.
class ManifestBlob {
 public:
  static tl::expected<ManifestBlob, BlobFault> read(git_odb* odb, const git_oid& id);

  // Valid as long as this.
  std::string_view bytes() const;

 private:
  explicit ManifestBlob(GitOdbObject object) : object_(std::move(object)) {}

  GitOdbObject object_;
};

}  // namespace engine
