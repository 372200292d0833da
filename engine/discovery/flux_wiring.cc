#include "engine/discovery/flux_wiring.h"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/discovery/flux_paths.h"
#include "engine/discovery/flux_sources.h"
#include "engine/text/text.h"

namespace engine {
namespace {

// More namespaces than any repository gives to one directory, and more parts than an artifact has;
// each is looked at.
constexpr std::size_t kMaxNamespaces = 8;
constexpr std::size_t kMaxCopies = 20;

// The namespaces that kustomizations give to the objects of Flux, by file.
class GivenNamespaces {
 public:
  GivenNamespaces(const KustomizeGraph& graph, const std::stop_token& stop) {
    std::vector<std::pair<std::string, std::string>> next;
    for (const std::string& root : graph.roots()) {
      next.emplace_back(root, "");
      while (!next.empty() && !stop.stop_requested()) {
        const auto [directory, outer] = std::move(next.back());
        next.pop_back();
        visit(graph, directory, outer, next);
      }
    }
  }

  // The namespace of an object with a namespace of its own; nothing where it cannot be told.
  std::optional<std::string> of(const ManifestFile& file,
                                const std::optional<std::string>& own) const {
    const auto given = given_.find(&file);
    if (given == given_.end()) {
      return own;
    }
    std::set<std::optional<std::string>> all;
    for (const std::string& name : given->second) {
      all.insert(name.empty() ? own : std::optional(name));
    }
    return all.size() == 1 ? *all.begin() : std::nullopt;
  }

 private:
  void visit(const KustomizeGraph& graph, const std::string& directory, const std::string& outer,
             std::vector<std::pair<std::string, std::string>>& next) {
    const auto node = graph.nodes().find(directory);
    std::set<std::string>& seen = seen_[directory];
    if (node == graph.nodes().end() || seen.size() == kMaxNamespaces ||
        !seen.insert(outer).second) {
      return;
    }
    // The outermost wins.
    const std::string name =
        outer.empty() ? node->second.kustomization->namespace_name.value_or("") : outer;
    for (const ManifestFile* manifest : node->second.manifests) {
      if (!manifest->summary.flux.empty()) {
        given_[manifest].insert(name);
      }
    }
    for (const auto* references : {&node->second.kustomizations, &node->second.components}) {
      for (const std::string& base : *references) {
        next.emplace_back(base, name);
      }
    }
  }

  std::map<std::string, std::set<std::string>> seen_;           // by directory: those from outside
  std::map<const ManifestFile*, std::set<std::string>> given_;  // "": its own
};

std::optional<std::string> applied_directory(std::string_view path) {
  return resolve_path("", path.empty() ? "." : "./" + std::string(path));
}

// What stands at `path` of an artifact, as a directory of the source that the copy is of; nothing
// if the copy has no part in it.
std::optional<std::string> copied_directory(const FluxArtifact::Copy& copy,
                                            const std::string& path) {
  auto from = applied_directory(copy.from);
  const auto to = applied_directory(copy.to);
  if (!from || !to) {
    return std::nullopt;
  }
  if (is_below(*to, path)) {
    return from;
  }
  if (!is_below(path, *to)) {
    return std::nullopt;
  }
  return resolve_path(*from, "./" + path.substr(to->size()));
}

class Reader {
 public:
  Reader(const ManifestTree& tree, const KustomizeGraph& graph, const FluxOrigin& origin,
         const std::string& entry, const std::stop_token& stop)
      : tree_(tree),
        origin_(origin),
        stop_(stop),
        namespaces_(graph, stop),
        paths_(tree, graph, stop),
        repositories_(entry),
        artifacts_(entry) {
    for (const auto& [directory, node] : graph.nodes()) {
      patches_.insert(node.patches.begin(), node.patches.end());
    }
  }

  void read() {
    for_each_file([&](const ManifestFile& file) { define_sources(file); });
    repositories_.sort();
    artifacts_.sort();
    for_each_file([&](const ManifestFile& file) {
      for (const FluxKustomization& flux : file.summary.flux.kustomizations) {
        for (auto& [path, built_by] : paths_.of(file, flux)) {
          place(file, flux, path, built_by);
        }
      }
    });
  }

  std::vector<FluxApplication> applications;
  std::vector<FluxStranger> strangers;

 private:
  template <class Visit>
  void for_each_file(Visit visit) const {
    for (const ManifestFile& file : tree_.files()) {
      if (stop_.stop_requested()) {
        return;
      }
      // What changes an object is none itself.
      if (!file.summary.flux.empty() && !patches_.contains(&file)) {
        visit(file);
      }
    }
  }

  void define_sources(const ManifestFile& file) {
    const FluxManifest& flux = file.summary.flux;
    for (std::size_t i = 0; i < flux.git_repositories.size(); ++i) {
      const FluxGitRepository& source = flux.git_repositories[i];
      repositories_.add(source.name, {&file, namespaces_.of(file, source.namespace_name), i,
                                      is_here(source) && is_followed(source)});
    }
    for (std::size_t i = 0; i < flux.artifacts.size(); ++i) {
      const FluxArtifact& artifact = flux.artifacts[i];
      artifacts_.add(artifact.name,
                     {&file, namespaces_.of(file, artifact.namespace_name), i, true});
    }
  }

  bool is_here(const FluxGitRepository& source) const {
    return origin_.url.empty() || !source.url || is_same_repository(*source.url, origin_.url);
  }
  bool is_followed(const FluxGitRepository& source) const {
    return origin_.branch.empty() ||
           (source.branch &&
            (*source.branch == origin_.branch || source.branch->find("${") != std::string::npos));
  }

  // Adds what the Kustomization applies, if its source is this repository; else why it does not.
  void place(const ManifestFile& file, const FluxKustomization& flux, const std::string& path,
             const std::set<std::string>& built_by) {
    FluxApplication application{&flux, &file, namespaces_.of(file, flux.namespace_name), {}, {}};
    application.path = path;
    application.built_by = built_by;
    const auto source_namespace =
        flux.source.namespace_name ? flux.source.namespace_name : application.namespace_name;
    if (flux.source.kind.empty() || flux.source.kind == "GitRepository") {
      place_in_repository(std::move(application), flux.source.name, source_namespace,
                          applied_directory(path));
    } else if (flux.source.kind == "ExternalArtifact") {
      place_in_artifact(application, source_namespace);
    } else {
      refuse(application,
             "its source is the " + flux.source.kind + " " + flux.source.name +
                 ", and nothing here says what it contains",
             true);
    }
  }

  void refuse(const FluxApplication& application, std::string reason, bool is_doubtful,
              std::optional<std::string> directory = {}) {
    strangers.push_back(
        {application.flux, application.file, std::move(reason), std::move(directory), is_doubtful});
  }

  // Whether the source is this repository on this branch; else adds why it is not.
  bool expect_ours(FluxApplication& application, const std::string& name,
                   const std::optional<std::string>& namespace_name,
                   const std::optional<std::string>& directory) {
    const SourceDefinition* found =
        name.empty() ? nullptr : repositories_.find(name, namespace_name, *application.file);
    if (found == nullptr) {
      return true;
    }
    const FluxGitRepository& source = found->file->summary.flux.git_repositories[found->index];
    if (!is_here(source)) {
      refuse(application,
             "its source " + name +
                 " is another repository: " + sanitize_line(source.url->shown(), 200),
             false);
      return false;
    }
    if (!is_followed(source)) {
      refuse(application,
             "its source " + name + " follows " + source.follows + ", not the branch " +
                 origin_.branch,
             true, directory);
      strangers.back().source_file = found->file;
      strangers.back().source = &source;
      return false;
    }
    application.source_file = found->file;
    application.source = &source;
    return true;
  }

  void place_in_repository(FluxApplication application, const std::string& name,
                           const std::optional<std::string>& namespace_name,
                           const std::optional<std::string>& directory) {
    if (!expect_ours(application, name, namespace_name, directory)) {
      return;
    }
    if (!directory || !tree_.has_directory(*directory)) {
      refuse(application,
             "there is no directory " + sanitize_line(application.path, 200) + " with manifests",
             false);
      return;
    }
    application.directory = *directory;
    applications.push_back(std::move(application));
  }

  void place_in_artifact(const FluxApplication& application,
                         const std::optional<std::string>& namespace_name) {
    const FluxReference& source = application.flux->source;
    const SourceDefinition* found = artifacts_.find(source.name, namespace_name, *application.file);
    if (found == nullptr) {
      refuse(application,
             "its source is the ExternalArtifact " + source.name +
                 ", and nothing here says what it contains",
             true);
      return;
    }
    const FluxArtifact& artifact = found->file->summary.flux.artifacts[found->index];
    const auto path = applied_directory(application.path);
    std::size_t looked_at = 0;
    for (const FluxArtifact::Copy& copy : artifact.copies) {
      const auto directory = path ? copied_directory(copy, *path) : std::nullopt;
      if (directory && copy.source.kind == "GitRepository" && ++looked_at <= kMaxCopies) {
        place_in_repository(
            application, copy.source.name,
            copy.source.namespace_name ? copy.source.namespace_name : found->namespace_name,
            directory);
      }
    }
    if (looked_at == 0) {
      refuse(application,
             "its source is the ExternalArtifact " + source.name +
                 ", which has nothing of a GitRepository at that path",
             true);
    }
  }

  const ManifestTree& tree_;
  const FluxOrigin& origin_;
  const std::stop_token& stop_;
  GivenNamespaces namespaces_;
  FluxPaths paths_;
  SourceIndex repositories_;
  SourceIndex artifacts_;
  std::set<const ManifestFile*> patches_;
};

}  // namespace

FluxWiring::FluxWiring(const ManifestTree& tree, const KustomizeGraph& graph,
                       const FluxOrigin& origin, const std::string& entry,
                       const std::stop_token& stop) {
  Reader reader(tree, graph, origin, entry, stop);
  reader.read();
  applications_ = std::move(reader.applications);
  strangers_ = std::move(reader.strangers);
  for (std::size_t i = 0; i < applications_.size(); ++i) {
    by_file_.emplace(applications_[i].file, i);
  }
}

std::vector<std::size_t> FluxWiring::applications_in(const ManifestFile& file) const {
  std::vector<std::size_t> found;
  const auto [begin, end] = by_file_.equal_range(&file);
  for (auto at = begin; at != end; ++at) {
    found.push_back(at->second);
  }
  return found;
}

}  // namespace engine
