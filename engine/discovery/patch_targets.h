// The patches of a kustomization, and which objects each of them changes: those that a strategic
// merge names, or that a target selects. Refers to the manifests of the patches, which must outlive
// it. For one thread.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/discovery/label_selector.h"
#include "engine/discovery/reached_workload.h"
#include "engine/manifest/image_pattern.h"
#include "engine/manifest/tree.h"

namespace engine {

class PatchTargets {
 public:
  // What changes one kind of objects: of a strategic merge one object, or a JSON patch.
  struct Part {
    const Workload* object = nullptr;                         // null: a JSON patch
    std::vector<const HelmTag*> tags = {};                    // those of the object
    const std::vector<PatchOperation>* operations = nullptr;  // null: a strategic merge
    const ManifestFile* file = nullptr;  // null: it stands in the kustomization itself

   private:
    friend class PatchTargets;
    const PatchTarget* target = nullptr;
    std::optional<ImagePattern> kind = {};
    std::optional<ImagePattern> name = {};
    std::optional<LabelSelector> labels = {};
    std::optional<LabelSelector> annotations = {};
  };

  // `file`: that of the patch; null where it stands in the kustomization itself.
  void add(const ImagePatch& patch, const ManifestFile* file);
  bool empty() const { return parts_.empty(); }

  // Those that may change the workload, in order.
  std::vector<const Part*> candidates(const ReachedWorkload& workload) const;
  // Whether one does. A selector that cannot be read selects everything.
  static bool changes(const Part& part, const ReachedWorkload& workload);
  // How much work it is to say so.
  static std::size_t cost(const Part& part, const ReachedWorkload& workload);

 private:
  void add_content(const ImagePatch& patch, const ManifestFile* file,
                   const std::vector<Workload>& workloads, const std::vector<HelmTag>& tags,
                   const std::vector<PatchOperation>& operations);
  void add_part(Part part, const ImagePatch& patch);

  std::vector<Part> parts_;
  std::multimap<std::string_view, std::size_t> by_name_;  // those that say it
  std::vector<std::size_t> others_;
};

}  // namespace engine
