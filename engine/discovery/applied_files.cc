#include "engine/discovery/applied_files.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "engine/base/repository_path.h"

namespace engine {
namespace {

class ImageUsageScanner {
 public:
  ImageUsageScanner(const ManifestTree& tree, const std::string& directory) : tree_(tree) {
    built_.emplace(directory, false);
  }

  AppliedFiles find(const std::string& prefix) {
    const auto& files = tree_.files();
    auto file = std::ranges::lower_bound(files, prefix, {}, &ManifestFile::path);
    for (; file != files.end() && file->path.starts_with(prefix); ++file) {
      if (!is_built(directory_of(file->path))) {
        applied_.manifests.push_back(&*file);
      }
    }
    applied_.kustomizations.assign(kustomizations_.begin(), kustomizations_.end());
    return std::move(applied_);
  }

 private:
  // Whether the directory or one above it has a kustomization.
  bool is_built(const std::string& directory) {
    if (const auto known = built_.find(directory); known != built_.end()) {
      return known->second;
    }
    bool is = is_built(directory_of(directory));
    if (!is && tree_.kustomization_in(directory) != nullptr) {
      kustomizations_.insert(directory);
      is = true;
    }
    return built_[directory] = is;
  }

  const ManifestTree& tree_;
  std::map<std::string, bool> built_;
  std::set<std::string> kustomizations_;
  AppliedFiles applied_;
};

}  // namespace

AppliedFiles applied_files(const ManifestTree& tree, const std::string& directory) {
  return ImageUsageScanner(tree, directory).find(directory.empty() ? "" : directory + "/");
}

}  // namespace engine
