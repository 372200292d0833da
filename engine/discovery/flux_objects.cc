#include "engine/discovery/flux_objects.h"

#include "engine/base/repository_path.h"
#include "engine/discovery/flux_layers.h"

namespace engine {

namespace {

// More than ever apply one directory.
constexpr std::size_t kMaxPerDirectory = 100;

bool sets_images(const FluxApplication& application) {
  const KustomizationFile* const additions = additions_of(application);
  return additions != nullptr && !additions->images.empty();
}

}  // namespace

FluxObjects::FluxObjects(const std::vector<const FluxApplication*>& applications) {
  for (const FluxApplication* application : applications) {
    if (sets_images(*application)) {
      unplaced_.push_back({application->file->path, application->flux->name,
                           "the Flux Kustomization sets images itself, which cannot be edited"});
    }
    by_directory_[application->directory].push_back(application);
  }
  for (auto& [directory, named_by] : by_directory_) {
    if (named_by.size() > kMaxPerDirectory) {
      unplaced_.push_back({directory, "",
                           std::to_string(named_by.size()) +
                               " Flux Kustomizations name it; none of them is looked at"});
      named_by.clear();
    }
  }
}

const std::vector<const FluxApplication*>& FluxObjects::covering(std::string directory) const {
  static const std::vector<const FluxApplication*> none;
  while (true) {
    const auto found = by_directory_.find(directory);
    if (found != by_directory_.end()) {
      return found->second;
    }
    if (directory.empty()) {
      return none;
    }
    directory = directory_of(directory);
  }
}

std::vector<std::string> FluxObjects::directories() const {
  std::vector<std::string> directories;
  for (const auto& [directory, flux] : by_directory_) {
    directories.push_back(directory);
  }
  return directories;
}

}  // namespace engine
