// The manifests of one commit, read from a clone's objects without index or work tree (libgit2),
// on two threads: for each path what kind of entry it is and what regenerating the catalog has to
// know of it. Immutable once read, so it may be shared between threads.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/image_tag.h"
#include "engine/base/result.h"
#include "engine/manifest/manifest_file.h"

namespace engine {

// How much is read of all manifests together; what a person's repository has is far less.
struct ManifestLimits {
  std::size_t bytes = std::size_t{1} << 30U;
  std::size_t summary = 2'000'000;  // workloads, containers, images, references
};

class ManifestTree {
 public:
  // The file patterns of git that name everything that read() reads.
  static const std::vector<std::string>& patterns();

  // `internal` where an object is missing or broken; `cancelled` soon after `stop` was requested.
  static Result<ManifestTree> read(const std::filesystem::path& clone, const CommitId& commit,
                                   const std::stop_token& stop, const ManifestLimits& limits = {});
  // From files in any order.
  explicit ManifestTree(std::vector<ManifestFile> files, std::vector<std::string> omissions = {});

  // Manifests, symbolic links and submodules, ordered by path.
  const std::vector<ManifestFile>& files() const { return files_; }
  // What was not looked at because it is too much, in sentences without a period.
  const std::vector<std::string>& omissions() const { return omissions_; }
  // Null if there is none of that path.
  const ManifestFile* find(std::string_view path) const;
  // The kustomization of a directory ("" is the root); null if it has none that could be read.
  const ManifestFile* kustomization_in(std::string_view directory) const;
  // Whether there is any manifest below a directory.
  bool has_directory(std::string_view directory) const;

 private:
  std::vector<ManifestFile> files_;
  std::vector<std::string> omissions_;
};

// Paths of the repository: "" is its root.
// `relative` as it is meant in `directory`, without "." and ".."; nothing if it leads out.
std::optional<std::string> resolve_path(std::string_view directory, std::string_view relative);
// Whether `path` is `directory` or below it.
bool is_below(std::string_view path, std::string_view directory);

}  // namespace engine
