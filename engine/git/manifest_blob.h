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

using GitOdb = GitHandle<git_odb, git_odb_free>;

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
  using Object = GitHandle<git_odb_object, git_odb_object_free>;
  explicit ManifestBlob(Object object) : object_(std::move(object)) {}

  Object object_;
};

}  // namespace engine
