#include "engine/discovery/flux_scope.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

namespace engine {

FluxScope::FluxScope(const ManifestTree& tree, const KustomizeGraph& graph,
                     const FluxWiring& wiring, const std::string& directory,
                     const std::stop_token& stop)
    : tree_(tree), graph_(graph), wiring_(wiring) {
  follow(directory, stop);
  const bool covers_itself =
      std::ranges::any_of(applications_, [&](const FluxApplication* application) {
        return is_below(directory, application->directory);
      });
  for (const FluxApplication& application : wiring.applications()) {
    if (!covers_itself && is_below(directory, application.directory) &&
        !flux_files_.contains(application.file)) {
      applications_.push_back(&application);
    }
  }
  for (const FluxStranger& stranger : wiring.strangers()) {
    if (flux_files_.contains(stranger.file)) {
      passed_over_.push_back({stranger.file->path, stranger.flux->name,
                              "the Flux Kustomization is not followed: " + stranger.reason});
    }
  }
  find_roots();
}

// Applies the directory, then what the Flux Kustomizations in it apply, and so on.
void FluxScope::follow(const std::string& directory, const std::stop_token& stop) {
  std::vector<std::string> next = {directory};
  std::set<std::string> seen;
  while (!next.empty() && !stop.stop_requested()) {
    const std::string at = std::move(next.back());
    next.pop_back();
    if (!seen.insert(at).second) {
      continue;
    }
    apply(at);
    for (const ManifestFile* file : std::exchange(new_files_, {})) {
      if (file->facts.flux.empty()) {
        continue;
      }
      flux_files_.insert(file);
      for (const std::size_t index : wiring_.applications_in(*file)) {
        applications_.push_back(&wiring_.applications()[index]);
        next.push_back(wiring_.applications()[index].directory);
      }
    }
  }
}

void FluxScope::apply(const std::string& directory) {
  if (tree_.kustomization_in(directory) != nullptr) {
    roots_.insert(directory);
    apply_kustomization(directory);
  } else {
    apply_all_below(directory);
  }
}

void FluxScope::apply_kustomization(const std::string& directory) {
  std::set<std::string> covered;
  graph_.cover(directory, kustomizations_, &covered);
  for (const std::string& base : covered) {
    const KustomizeGraph::Node& node = graph_.nodes().at(base);
    add_file(*node.file);
    for (const auto* manifests : {&node.manifests, &node.patches}) {
      for (const ManifestFile* manifest : *manifests) {
        add_file(*manifest);
      }
    }
  }
}

// As Flux does where there is no kustomization: each manifest counts, and the outermost
// kustomization of each directory.
void FluxScope::apply_all_below(const std::string& directory) {
  const std::string prefix = directory.empty() ? "" : directory + "/";
  std::map<std::string, bool> built;  // by directory: whether it or one above has a kustomization
  built.emplace(directory, false);
  const auto is_built = [&](const auto& self, const std::string& at) -> bool {
    if (const auto known = built.find(at); known != built.end()) {
      return known->second;
    }
    bool is = self(self, directory_of(at));
    if (!is && tree_.kustomization_in(at) != nullptr) {
      apply_kustomization(at);
      is = true;
    }
    return built[at] = is;
  };
  const auto& files = tree_.files();
  auto file = std::ranges::lower_bound(files, prefix, {}, &ManifestFile::path);
  for (; file != files.end() && file->path.starts_with(prefix); ++file) {
    if (!is_built(is_built, directory_of(file->path))) {
      add_file(*file);
    }
  }
}

void FluxScope::add_file(const ManifestFile& file) {
  if (files_.insert(&file).second) {
    new_files_.push_back(&file);
  }
}

void FluxScope::find_roots() {
  std::set<std::string> referred;
  for (const std::string& directory : kustomizations_) {
    const KustomizeGraph::Node& node = graph_.nodes().at(directory);
    referred.insert(node.kustomizations.begin(), node.kustomizations.end());
    referred.insert(node.components.begin(), node.components.end());
  }
  std::ranges::set_difference(kustomizations_, referred, std::inserter(roots_, roots_.end()));
  // Also one of each circle.
  std::ranges::set_intersection(kustomizations_, graph_.roots(),
                                std::inserter(roots_, roots_.end()));
}

bool FluxScope::has(const ManifestFile& file) const {
  if (files_.contains(&file)) {
    return true;
  }
  // Values that a kustomization makes something of are no manifests, and not in its lists.
  if (!file.facts.workloads.empty() || file.facts.kustomization || !file.facts.flux.empty()) {
    return false;
  }
  for (std::string above = directory_of(file.path);; above = directory_of(above)) {
    if (tree_.kustomization_in(above) != nullptr) {
      return kustomizations_.contains(above);
    }
    if (above.empty()) {
      return false;
    }
  }
}

}  // namespace engine
