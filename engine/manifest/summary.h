// What the regeneration of the catalog has to know of one manifest: its workloads and the images
// that they name, the kustomization that it is, Flux' objects, and where HelmReleases have image
// tags.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/manifest/flux_manifest.h"

namespace engine {

struct ContainerImage {
  std::string container;
  std::string image;      // as written, with tag and digest
  std::string path = {};  // where it is written: engine/yaml/path.h
};

// A Deployment, StatefulSet, DaemonSet, CronJob, Job or Argo Rollout; or a HelmRelease, without
// containers.
struct Workload {
  std::string kind;
  std::string name;
  std::optional<std::string> namespace_name;
  std::vector<ContainerImage> containers;  // the init containers after the others
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

// A patch of a kustomization, as far as it may set images.
struct ImagePatch {
  std::string file;  // as written; empty where the patch stands in the kustomization itself
  // What is patched; empty where that is not said, or is anything.
  std::string kind;
  std::string name;
  std::string container = {};
};

struct KustomizationFile {
  std::vector<std::string> resources;  // and bases
  std::vector<std::string> components;
  std::optional<std::string> namespace_name;
  std::string name_prefix;
  std::string name_suffix;
  std::vector<ImageEntry> images;
  std::vector<ImagePatch> patches = {};
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
};

struct ManifestFacts {
  std::vector<Workload> workloads;
  std::optional<KustomizationFile> kustomization;
  FluxManifest flux;
  std::vector<HelmTag> helm_tags;
  // Whether it is a list of JSON patches (RFC 6902) of which one sets an image.
  bool patches_images = false;
  // What is passed over: image tags of a file that has values and no object, and the kinds of
  // objects that have an image and are not known.
  std::size_t tags_in_values = 0;
  std::vector<std::string> unknown_kinds;
  // Why the manifest could not be read, or not in full.
  std::optional<std::string> problem;
};

}  // namespace engine
