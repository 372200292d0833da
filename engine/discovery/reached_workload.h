// A workload as a kustomization builds it, as far as its images are concerned. Refers to the tree
// whose manifests it is made of.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/manifest/tree.h"

namespace engine {

struct ReachedImage {
  std::string container;
  std::string name;  // without tag and digest, as the kustomizations so far have made it
  // The entry that decides its tag, and the kustomization that the entry is in; null if none does.
  const ImageEntry* entry = nullptr;
  const ManifestFile* file = nullptr;
  // Where else the image stands: in the workload, or in the patch that set it last; null where that
  // is no place of its own.
  const ContainerImage* written = nullptr;
  const ManifestFile* written_in = nullptr;
  std::string_view pointer = {};  // in the workload; see ContainerImage
  std::string former = {};        // its name, were it not for the first patch that set it
  std::string matched = {};       // the name that the entry found, where its own is an expression
};

// What a patch sets in a HelmRelease: a tag, or whatever stands at a pointer.
struct PatchedTag {
  const HelmTag* tag = nullptr;
  const PatchOperation* operation = nullptr;
};

struct ReachedWorkload {
  const Workload* workload = nullptr;
  const ManifestFile* file = nullptr;
  std::string name;  // with the prefixes and suffixes of the kustomizations
  std::optional<std::string> namespace_name;
  std::vector<ReachedImage> images;
  std::vector<PatchedTag> patched = {};  // of a HelmRelease; in order, so that the last one wins
  // The kustomizations so far that gave it labels or annotations.
  std::vector<const KustomizationFile*> labelled_by = {};
};

}  // namespace engine
