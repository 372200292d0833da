// What the regeneration of the catalog has to know of one manifest: its workloads and the images
// that they name, the kustomization that it is, Flux's objects, and where HelmReleases have image
// tags.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/manifest/flux_manifest.h"

namespace engine {

struct ContainerImage {
  std::string container;
  std::string image;         // as written, with tag and digest
  std::string path = {};     // where it is written: engine/yaml/path.h
  std::string pointer = {};  // the same within its object, as JSON patches name it (RFC 6901)
};

using TextPairs = std::vector<std::pair<std::string, std::string>>;

// A Deployment, StatefulSet, DaemonSet, CronJob, Job or Argo Rollout; or a HelmRelease, without
// containers.
struct Workload {
  std::string kind;
  std::string name;
  std::optional<std::string> namespace_name;
  std::vector<ContainerImage> containers;  // the init containers after the others
  TextPairs labels = {};
  TextPairs annotations = {};
  bool has_own_image = false;  // a HelmRelease whose `values.image` says what image it runs
};

// An entry of a kustomization's `images`.
struct ImageEntry {
  std::string name;
  std::optional<std::string> new_name;
  bool sets_tag = false;  // it has a newTag or a digest
  std::string new_tag = {};
  // Why a rollout could not set its tag.
  std::optional<std::string> refusal;
};

// A place in a HelmRelease's values where the tag of an image stands.
struct HelmTag {
  std::string release;
  std::optional<std::string> namespace_name;
  std::string repository;     // the image's; empty where it is not beside the tag
  std::string path;           // engine/yaml/path.h
  std::string tag = {};       // as written; empty for none
  std::string registry = {};  // beside the repository
  // Image and tag are one string, of which `repository` is what stands before the tag.
  bool is_reference = false;
  std::optional<std::string> refusal = {};  // of a reference: not asked for
  std::string pointer = {};                 // of the tag, as of a container's image
  bool is_set_again = false;                // by the release's own `postRenderers`
};

// An operation of a JSON patch (RFC 6902) that may set an image.
struct PatchOperation {
  std::string pointer;  // what it changes (RFC 6901)
  // The texts of what it puts there, by what follows the pointer: "" for a value that is a text,
  // "/image" and the like in others. None of what it takes away.
  TextPairs texts = {};
  // Where the text of an image stands, if that is the value; else empty.
  ContainerImage image = {};
};

// What a patch changes, as it is written: regular expressions and selectors; empty for any.
struct PatchTarget {
  std::string kind;
  std::string name;
  std::string namespace_name = {};
  std::string labels = {};
  std::string annotations = {};
};

// What a patch sets, as far as it matters.
struct PatchContent {
  std::vector<Workload> workloads = {};  // as far as they are written
  std::vector<HelmTag> helm_tags = {};
  std::vector<PatchOperation> operations = {};
  FluxFields flux_fields = 0;
  TextPairs flux_paths = {};  // the `spec.path` of Flux Kustomizations, by their names
};

// A patch of a kustomization.
struct ImagePatch {
  std::string file;  // as written; empty where the patch stands in the kustomization itself
  // Nothing: it changes the objects that it names.
  std::optional<PatchTarget> target = {};
  PatchContent content = {};  // of one that stands in the kustomization itself
};

// The fields that the patch sets in objects of Flux; `by_file` are those that its file sets.
FluxFields fields_patched(const ImagePatch& patch, FluxFields by_file);

struct KustomizationFile {
  std::vector<std::string> resources;  // and bases
  std::vector<std::string> components;
  std::optional<std::string> namespace_name;
  std::string name_prefix;
  std::string name_suffix;
  std::vector<ImageEntry> images;
  std::vector<ImagePatch> patches = {};  // in the order in which they are applied
  TextPairs labels = {};                 // that it gives to its objects
  TextPairs annotations = {};
};

struct ManifestSummary {
  std::vector<Workload> workloads;
  std::optional<KustomizationFile> kustomization;
  FluxManifest flux;
  std::vector<HelmTag> helm_tags;
  // What Flux Kustomizations add themselves to what they apply, by their index in `flux`.
  std::map<std::size_t, KustomizationFile> flux_additions = {};
  // Of a file that is a JSON patch.
  std::vector<PatchOperation> operations = {};
  FluxFields flux_fields = 0;  // that it sets if it is a patch
  // Whether it has an object by which something other than Flux's Kustomizations applies manifests.
  bool has_other_deployer = false;
  // What is passed over: image tags of a file that has values and no object, and the kinds of
  // objects that have an image and are not known.
  std::size_t tags_in_values = 0;
  std::vector<std::string> unknown_kinds;
  // Why the manifest could not be read, or not in full.
  std::optional<std::string> problem;
};

}  // namespace engine
