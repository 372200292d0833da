// How Flux gets the file of each image group, for the catalog: the Flux Kustomizations that apply
// it, their sources, and the kustomizations in between; see engine/wiring/recorded_wiring.h. What
// is not certain is left out. Refers to what it is made of. For one thread.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/discovery/flux_layers.h"
#include "engine/discovery/flux_scope.h"
#include "engine/discovery/flux_wiring.h"
#include "engine/discovery/image_group.h"
#include "engine/discovery/kustomize_graph.h"
#include "engine/manifest/tree.h"

namespace engine {

class GroupWiring {
 public:
  // What the wiring of groups is read from. `scope`: what the groups are taken from, null for all
  // of the tree. `entry` as for FluxWiring.
  struct Repository {
    const ManifestTree& tree;
    KustomizeGraph& graph;
    const FluxWiring& wiring;
    const FluxLayers& layers;
    const FluxScope* scope = nullptr;
    std::string entry = {};
  };

  GroupWiring(const Repository& repository, const std::stop_token& stop);

  // That of the place's file. The ids of directories are left empty: a tree of manifests has none.
  RecordedWiring of(const GroupPlace& place);

 private:
  // Where the manifests of a file are built, and what builds on that.
  struct Built {
    std::set<std::string> nodes;  // that have it itself
    std::set<std::string> users;  // and those that build on them
  };
  // A Flux Kustomization that applies a node.
  struct Applied {
    const FluxKustomization* flux = nullptr;
    const ManifestFile* file = nullptr;
    std::string directory;
    std::string top;  // the node with which the way down to the group's file begins; may be none
    std::string path;
    const ManifestFile* source_file = nullptr;
    const FluxGitRepository* source = nullptr;
  };
  struct Directory {  // that Flux Kustomizations name
    std::vector<const FluxApplication*> applications;
    std::vector<const FluxStranger*> strangers;
  };

  Built built(const std::string& file, bool is_entry);
  std::vector<Applied> applied(const Built& built, const std::string& file);
  void add_applied(const std::string& directory, const std::string& top, bool has_layers,
                   std::vector<Applied>& out) const;
  void add_above(const std::string& directory, const std::string& top, std::vector<Applied>& out);
  std::vector<std::string> find_applied_above(const std::string& directory) const;
  std::vector<std::string> way_to(const std::string& top, const Built& built,
                                  const GroupPlace& place) const;
  FluxFields fields_patched(const ManifestFile& file);
  bool is_certain(const Applied& applied) const;
  RecordedKustomization recorded(const Applied& applied);
  std::optional<RecordedAbsence> find_absence();
  bool is_all_reached(const std::vector<FluxScope>& scopes) const;

  const Repository repository_;
  const std::stop_token& stop_;
  std::multimap<const ManifestFile*, std::string> nodes_of_;
  std::map<std::string, Directory> directories_;
  std::map<std::string, std::vector<const ManifestFile*>> sources_;  // by the name of each
  std::map<const ManifestFile*, FluxFields> patched_;
  // By directory: those from it upwards from which Flux applies what is there.
  std::map<std::string, std::vector<std::string>> applied_above_;
  std::optional<std::optional<RecordedAbsence>> absence_;  // once it was looked for
  std::size_t steps_ = 0;
};

}  // namespace engine
