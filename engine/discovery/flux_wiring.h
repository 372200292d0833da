// Which Flux Kustomizations of a tree apply directories of this repository: those whose source is
// this repository, and follows the branch that the tree is of. Each with the manifests that prove
// it. Refers to the tree, which must outlive it; immutable, for any thread.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/discovery/kustomize_graph.h"
#include "engine/git/remote_url.h"
#include "engine/manifest/tree.h"

namespace engine {

// Where a tree comes from. Without a URL every GitRepository counts as this repository, and without
// a branch every branch as this one.
struct FluxOrigin {
  RemoteUrl url;
  std::string branch;
};

// A Flux Kustomization that applies a directory of this repository.
struct FluxApplication {
  const FluxKustomization* flux = nullptr;
  const ManifestFile* file = nullptr;
  std::optional<std::string> namespace_name;  // its own; nothing where it cannot be told
  std::string directory;
  // Where the source is defined; null if nowhere in the tree.
  const ManifestFile* source_file = nullptr;
  std::string path = {};                      // as written, or as a patch has it
  const FluxGitRepository* source = nullptr;  // the same, as an object of that file
  // The outermost kustomizations that give it the path; none where no path is patched.
  std::set<std::string> built_by = {};
};

// A Flux Kustomization that does not, and why.
struct FluxStranger {
  const FluxKustomization* flux = nullptr;
  const ManifestFile* file = nullptr;
  std::string reason;
  // What it would apply; only where its source is this repository, but on another branch.
  std::optional<std::string> directory;
  // Whether what it applies may be of this repository all the same.
  bool is_doubtful = false;
  // As of an application; null unless the source is defined and is this repository.
  const ManifestFile* source_file = nullptr;
  const FluxGitRepository* source = nullptr;
};

class FluxWiring {
 public:
  // A source is looked for by name and namespace. Where several clusters define one of that name,
  // it is that below `entry` (a directory; empty for none), else the nearest to the Kustomization.
  // One that is defined nowhere counts as this repository: what `flux bootstrap` makes need not be
  // committed. Once `stop` was requested the rest is left out.
  FluxWiring(const ManifestTree& tree, const KustomizeGraph& graph, const FluxOrigin& origin,
             const std::string& entry, const std::stop_token& stop);
  // Ordered by file.
  const std::vector<FluxApplication>& applications() const { return applications_; }
  const std::vector<FluxStranger>& strangers() const { return strangers_; }
  // The applications that a file defines, as indexes.
  std::vector<std::size_t> applications_in(const ManifestFile& file) const;

 private:
  std::vector<FluxApplication> applications_;
  std::vector<FluxStranger> strangers_;
  std::multimap<const ManifestFile*, std::size_t> by_file_;
};

}  // namespace engine
