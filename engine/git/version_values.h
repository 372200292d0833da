// What a place has as its value in the versions of its file, for walks through the history. Belongs
// to the thread that opened the repository.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "engine/git/file_version.h"
#include "engine/git/manifest_blob.h"
#include "engine/git/value_change.h"

namespace engine {

// The values in versions of one file; each is read once.
class VersionValues {
 public:
  VersionValues(git_repository* repository, const PastValuesQuestion& question)
      : odb_(git_new<GitOdb>(git_repository_odb, repository)),
        read_(question.read),
        left_(question.max_bytes) {}

  // False where the version cannot be read: missing() is then its id, unless a directory is what
  // is not here.
  bool find(const FileVersion& version, std::optional<std::string>& value) {
    if (!version.known || !odb_) {
      return false;
    }
    value.reset();
    if (!version.blob) {
      return true;
    }
    const std::string id = hex_of(*version.blob);
    if (const auto known = values_.find(id); known != values_.end()) {
      value = known->second;
      return true;
    }
    const auto blob = ManifestBlob::read(odb_.get(), *version.blob);
    if (!blob && blob.error().kind == BlobFault::Kind::unreadable) {
      missing_ = id;
      return false;
    }
    const std::size_t size = blob ? blob->bytes().size() : 0;
    if (size > left_) {
      return false;
    }
    left_ -= size;
    value = blob ? read_(blob->bytes()) : std::nullopt;
    values_.emplace(id, value);
    return true;
  }

  const std::optional<std::string>& missing() const { return missing_; }
  void note_missing(const std::optional<std::string>& id) { missing_ = id; }

 private:
  GitOdb odb_;
  const ReadValue& read_;
  std::size_t left_;  // of the bytes that may be read
  std::map<std::string, std::optional<std::string>, std::less<>> values_;  // by the blob's id
  std::optional<std::string> missing_;
};

}  // namespace engine
