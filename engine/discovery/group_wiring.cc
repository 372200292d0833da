#include "engine/discovery/group_wiring.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/base/repository_path.h"

namespace engine {
namespace {

// Nodes that are looked at for all groups together. Bases that many build on could make it endless.
constexpr std::size_t kMaxSteps = 2'000'000;
// More clusters than begin in one repository; each is followed.
constexpr std::size_t kMaxEntries = 16;

}  // namespace

GroupWiring::GroupWiring(const Repository& repository, const std::stop_token& stop)
    : repository_(repository), stop_(stop) {
  for (const auto& [name, node] : repository.graph.nodes()) {
    for (const auto* const manifests : {&node.manifests, &node.patches}) {
      for (const ManifestFile* const manifest : *manifests) {
        nodes_of_.emplace(manifest, name);
      }
    }
  }
  if (repository.scope != nullptr) {
    for (const FluxApplication* const application : repository.scope->applications()) {
      directories_[application->directory].applications.push_back(application);
    }
  } else {
    for (const FluxApplication& application : repository.wiring.applications()) {
      directories_[application.directory].applications.push_back(&application);
    }
  }
  for (const FluxStranger& stranger : repository.wiring.strangers()) {
    if (stranger.directory &&
        (repository.scope == nullptr || repository.scope->has(*stranger.file))) {
      directories_[*stranger.directory].strangers.push_back(&stranger);
    }
  }
  for (const ManifestFile& file : repository.tree.files()) {
    for (const FluxGitRepository& source : file.summary.flux.git_repositories) {
      sources_[source.name].push_back(&file);
    }
  }
}

RecordedWiring GroupWiring::of(const GroupPlace& place) {
  const Built built = this->built(place.file, place.type == "kustomize-images");
  RecordedWiring wiring;
  const std::vector<Applied> all = applied(built, place.file);
  if (steps_ > kMaxSteps || stop_.stop_requested() || all.size() > kMaxRecordedKustomizations) {
    return {};
  }
  for (const Applied& one : all) {
    wiring.kustomizations.push_back(recorded(one));
    RecordedKustomization& kustomization = wiring.kustomizations.back();
    kustomization.outer = way_to(one.top, built, place);
    if (kustomization.outer.size() > kMaxRecordedOuter) {
      return {};
    }
  }
  if (all.empty() && repository_.scope == nullptr) {
    if (!absence_) {
      absence_ = find_absence();
    }
    wiring.absence = *absence_;
  }
  return wiring;
}

// `is_entry`: what matters of the file is an entry of the kustomization that it is.
GroupWiring::Built GroupWiring::built(const std::string& file, bool is_entry) {
  Built built;
  const ManifestFile* const manifest = repository_.tree.find(file);
  const auto& nodes = repository_.graph.nodes();
  if (is_entry) {
    built.nodes.insert(directory_of(file));
  } else if (manifest != nullptr) {
    const auto [begin, end] = nodes_of_.equal_range(manifest);
    std::transform(begin, end, std::inserter(built.nodes, built.nodes.end()),
                   [](const auto& node) { return node.second; });
    const ManifestSummary& summary = manifest->summary;
    // Values that a kustomization makes something of are not in its lists.
    if (built.nodes.empty() && summary.workloads.empty() && !summary.kustomization &&
        summary.flux.empty()) {
      for (std::string above = directory_of(file);; above = directory_of(above)) {
        if (nodes.contains(above)) {
          built.nodes.insert(above);
        }
        if (above.empty() || !built.nodes.empty()) {
          break;
        }
      }
    }
  }
  built.users = repository_.graph.users_of(built.nodes);
  steps_ += 1 + built.users.size();
  return built;
}

std::vector<GroupWiring::Applied> GroupWiring::applied(const Built& built,
                                                       const std::string& file) {
  std::vector<Applied> all;
  for (const std::string& user : built.users) {
    if (const FluxApplication* const application = repository_.layers.application_of(user)) {
      const auto named = directories_.find(application->directory);
      if (named != directories_.end() &&
          std::ranges::count(named->second.applications, application) > 0) {
        all.push_back({application->flux, application->file, application->directory,
                       application->directory, application->path, application->source_file,
                       application->source});
      }
      continue;
    }
    add_applied(user, user, false, all);
    if (!user.empty()) {
      add_above(directory_of(user), user, all);
    }
    steps_ += all.size();
  }
  // A manifest that no kustomization has: Flux makes one of the directory.
  if (built.nodes.empty()) {
    add_above(directory_of(file), "", all);
  }
  std::ranges::sort(all, {}, [](const Applied& one) {
    return std::tie(one.file->path, one.flux->name, one.directory, one.top);
  });
  const auto same = [](const Applied& one, const Applied& other) {
    return one.flux == other.flux && one.directory == other.directory;
  };
  all.erase(std::unique(all.begin(), all.end(), same), all.end());
  return all;
}

void GroupWiring::add_applied(const std::string& directory, const std::string& top, bool has_layers,
                              std::vector<Applied>& out) const {
  const auto found = directories_.find(directory);
  if (found == directories_.end()) {
    return;
  }
  for (const FluxApplication* const application : found->second.applications) {
    if (has_layers || repository_.layers.layer_of(*application) == nullptr) {
      out.push_back({application->flux, application->file, directory, top, application->path,
                     application->source_file, application->source});
    }
  }
  for (const FluxStranger* const stranger : found->second.strangers) {
    out.push_back({stranger->flux, stranger->file, directory, top, stranger->flux->path,
                   stranger->source_file, stranger->source});
  }
}

// In directories without a kustomization, Flux applies all that is below, down to the outermost
// kustomization of each.
void GroupWiring::add_above(const std::string& directory, const std::string& top,
                            std::vector<Applied>& out) {
  const auto [known, is_new] = applied_above_.try_emplace(directory);
  if (is_new) {
    known->second = find_applied_above(directory);
  }
  for (const std::string& above : known->second) {
    add_applied(above, top, true, out);
  }
}

std::vector<std::string> GroupWiring::find_applied_above(const std::string& directory) const {
  std::vector<std::string> found;
  for (std::string above = directory; repository_.tree.kustomization_in(above) == nullptr;
       above = directory_of(above)) {
    if (directories_.contains(above)) {
      found.push_back(above);
    }
    if (above.empty()) {
      break;
    }
  }
  return found;
}

// The kustomizations from the top to the group's file, innermost first, where there is one way;
// else the top alone.
std::vector<std::string> GroupWiring::way_to(const std::string& top, const Built& built,
                                             const GroupPlace& place) const {
  const auto& nodes = repository_.graph.nodes();
  std::vector<std::string> way;
  if (!built.users.contains(top)) {
    return way;  // a component that the Flux Kustomization adds itself
  }
  std::string at = top;
  while (nodes.contains(at) && way.size() <= kMaxRecordedOuter) {
    const KustomizeGraph::Node& node = nodes.at(at);
    if (node.file->path != place.file) {
      way.push_back(node.file->path);
    }
    if (built.nodes.contains(at)) {
      break;
    }
    std::set<std::string> next;
    for (const auto* const references : {&node.kustomizations, &node.components}) {
      std::ranges::copy_if(*references, std::inserter(next, next.end()),
                           [&](const std::string& base) { return built.users.contains(base); });
    }
    if (next.size() != 1) {
      way.resize(std::min<std::size_t>(way.size(), 1));
      break;
    }
    at = *next.begin();
  }
  std::ranges::reverse(way);
  return way;
}

// What patches set in the objects of Flux that the file has: those of the kustomizations that build
// it, and of the Flux Kustomizations that apply it.
FluxFields GroupWiring::fields_patched(const ManifestFile& file) {
  if (const auto known = patched_.find(&file); known != patched_.end()) {
    return known->second;
  }
  const Built built = this->built(file.path, false);
  unsigned fields = 0;
  for (const std::string& user : built.users) {
    const auto node = repository_.graph.nodes().find(user);
    if (node == repository_.graph.nodes().end()) {
      continue;
    }
    for (const ImagePatch& patch : node->second.kustomization->patches) {
      const auto path = patch.file.empty() ? std::nullopt : resolve_path(user, patch.file);
      const ManifestFile* const in = path ? repository_.tree.find(*path) : nullptr;
      fields |=
          engine::fields_patched(patch, in == nullptr ? FluxFields{0} : in->summary.flux_fields);
    }
  }
  for (const Applied& applied : applied(built, file.path)) {
    fields |= applied.flux->patches;
  }
  return patched_[&file] = static_cast<FluxFields>(fields);
}

// Whether the source that was found is the one: of several of that name in different clusters it is
// only the nearest.
bool GroupWiring::is_certain(const Applied& applied) const {
  const auto same = sources_.find(applied.source->name);
  const std::string& entry = repository_.entry;
  const bool below_entry = !entry.empty() && is_below(applied.source_file->path, entry);
  const std::size_t common = common_directories(applied.source_file->path, applied.file->path);
  return std::ranges::all_of(same->second, [&](const ManifestFile* other) {
    if (other == applied.source_file) {
      return true;
    }
    return below_entry ? !is_below(other->path, entry)
                       : common_directories(other->path, applied.file->path) < common;
  });
}

RecordedKustomization GroupWiring::recorded(const Applied& applied) {
  RecordedKustomization out;
  out.file = applied.file->path;
  out.name = applied.flux->name;
  out.namespace_name = applied.flux->namespace_name;
  out.path = applied.directory;
  out.interval = applied.flux->interval;
  unsigned patched = fields_patched(*applied.file);
  if (applied.path != applied.flux->path) {
    patched |=
        1U << static_cast<unsigned>(std::ranges::find(kFluxFields, "path") - kFluxFields.begin());
  }
  out.patched = names_of(static_cast<FluxFields>(patched));
  if (applied.source != nullptr && is_certain(applied)) {
    out.source = RecordedSource{.file = applied.source_file->path,
                                .name = applied.source->name,
                                .namespace_name = applied.source->namespace_name,
                                .branch = applied.source->branch,
                                .patched = names_of(fields_patched(*applied.source_file))};
  }
  return out;
}

// Only of a repository that has all of its wiring: from what bootstraps the clusters every object
// of Flux is reached, and nothing leads where it cannot be followed.
std::optional<RecordedAbsence> GroupWiring::find_absence() {
  const ManifestTree& tree = repository_.tree;
  const bool is_whole = tree.omissions().empty() && !repository_.graph.exhausted() &&
                        std::ranges::none_of(tree.files(), [](const ManifestFile& file) {
                          return file.summary.has_other_deployer;
                        });
  const bool is_doubtful =
      std::ranges::any_of(repository_.wiring.strangers(), [](const FluxStranger& stranger) {
        return (stranger.is_doubtful && !stranger.directory) ||
               stranger.flux->path.find("${") != std::string::npos;
      });
  if (!is_whole || is_doubtful) {
    return std::nullopt;
  }
  RecordedAbsence absence;
  std::vector<FluxScope> scopes;
  for (const FluxApplication& application : repository_.wiring.applications()) {
    if (application.source != nullptr && is_below(application.file->path, application.directory)) {
      if (scopes.size() == kMaxEntries || stop_.stop_requested()) {
        return std::nullopt;
      }
      scopes.emplace_back(tree, repository_.graph, repository_.wiring, repository_.layers,
                          application.directory, stop_);
      absence.entries.push_back(recorded({application.flux, application.file, application.directory,
                                          application.directory, application.path,
                                          application.source_file, application.source}));
    }
  }
  if (scopes.empty() || !is_all_reached(scopes)) {
    return std::nullopt;
  }
  for (const ManifestFile& file : tree.files()) {
    if (!file.summary.flux.empty()) {
      absence.directories.emplace(directory_of(file.path), "");
    }
  }
  const auto all = absence.directories;
  std::erase_if(absence.directories, [&](const auto& inner) {
    return std::ranges::any_of(all, [&](const auto& outer) {
      return outer.first != inner.first && is_below(inner.first, outer.first);
    });
  });
  return absence.directories.size() > kMaxRecordedDirectories ? std::nullopt
                                                              : std::optional(absence);
}

bool GroupWiring::is_all_reached(const std::vector<FluxScope>& scopes) const {
  const auto reached = [&](const ManifestFile& file) {
    return std::ranges::any_of(scopes, [&](const FluxScope& scope) { return scope.has(file); });
  };
  const bool all = std::ranges::all_of(repository_.tree.files(), [&](const ManifestFile& file) {
    return file.summary.flux.kustomizations.empty() || reached(file);
  });
  const auto& obstacles = repository_.graph.obstacles();
  return all && std::ranges::none_of(obstacles, [&](const auto& obstacle) {
           return std::ranges::any_of(scopes, [&](const FluxScope& scope) {
             return scope.kustomizations().contains(obstacle.first);
           });
         });
}

}  // namespace engine
