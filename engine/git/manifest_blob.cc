#include "engine/git/manifest_blob.h"

#include "engine/base/limits.h"

namespace engine {
namespace {

// The first line of every pointer begins so (Git LFS specification, "The Pointer").
constexpr std::string_view kLfsPointer = "version https://git-lfs.github.com/spec/";

}  // namespace

tl::expected<ManifestBlob, BlobFault> ManifestBlob::read(git_odb* odb, const git_oid& id) {
  // The size first: what is too large is not even unpacked.
  std::size_t size = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  if (git_odb_read_header(&size, &type, odb, &id) != 0) {
    return tl::unexpected(BlobFault{BlobFault::Kind::unreadable});
  }
  if (size > kMaxManifestBytes) {
    return tl::unexpected(BlobFault{BlobFault::Kind::too_large, size});
  }
  ManifestBlob blob(git_new<GitOdbObject>(git_odb_read, odb, &id));
  if (!blob.object_) {
    return tl::unexpected(BlobFault{BlobFault::Kind::unreadable});
  }
  if (blob.bytes().starts_with(kLfsPointer)) {
    return tl::unexpected(BlobFault{BlobFault::Kind::lfs_pointer});
  }
  return blob;
}

std::string_view ManifestBlob::bytes() const {
  return {static_cast<const char*>(git_odb_object_data(object_.get())),
          git_odb_object_size(object_.get())};
}

}  // namespace engine
