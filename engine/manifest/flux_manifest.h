// What a manifest has of Flux's own objects: Kustomizations, the sources that they name, and the
// generators that make sources of sources. As written: which of them belong to this repository is
// told by engine/discovery/flux_wiring.h. Pure functions, for any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/git/remote_url.h"
#include "engine/yaml/reader.h"

namespace engine {

// An object of Flux that another one names.
struct FluxReference {
  std::string kind;
  std::string name;
  std::optional<std::string> namespace_name;  // default: that of the object that names it
};

// Which of kFluxFields, as bits.
using FluxFields = std::uint8_t;
// The fields of `spec` that decide whether Flux applies a change.
inline constexpr std::array<std::string_view, 6> kFluxFields = {"suspend", "path", "sourceRef",
                                                                "images",  "ref",  "ignore"};
std::vector<std::string> names_of(FluxFields fields);

// kustomize.toolkit.fluxcd.io: what Flux applies, from which directory. One that names neither a
// source nor a path is a patch of one, and is not read.
struct FluxKustomization {
  std::string name;
  std::optional<std::string> namespace_name;
  std::string path;  // as written
  std::optional<std::string> target_namespace;
  FluxReference source;  // without kind and name where it has none
  std::optional<std::string> interval = {};
  FluxFields patches = 0;  // of other objects of Flux, by its own `patches`
};

// source.toolkit.fluxcd.io: a GitRepository.
struct FluxGitRepository {
  std::string name;
  std::optional<std::string> namespace_name;
  std::optional<RemoteUrl> url;  // nothing where it has a variable of Flux's, as it may be any
  // The branch that it follows; nothing where it follows anything else, which `follows` tells.
  std::optional<std::string> branch;
  std::string follows;  // such as "the tag v1"
};

// source.extensions.fluxcd.io: a part of a source that is a source of its own, an ExternalArtifact.
struct FluxArtifact {
  std::string name;
  std::optional<std::string> namespace_name;
  struct Copy {
    FluxReference source;
    std::string from;  // a directory of that source
    std::string to;    // a directory of the artifact
  };
  std::vector<Copy> copies;
};

struct FluxManifest {
  std::vector<FluxKustomization> kustomizations;
  std::vector<FluxGitRepository> git_repositories;
  std::vector<FluxArtifact> artifacts;

  bool empty() const {
    return kustomizations.empty() && git_repositories.empty() && artifacts.empty();
  }
  // How much it is, for limits.
  std::size_t size() const;
};

// Whether the text can hold an object of Flux that matters.
bool may_be_flux(std::string_view bytes);

// Whether an object of that `apiVersion` is Flux's own, and read_flux_object() is to be asked.
bool is_flux_api(std::string_view api_version);

// The fields that a document sets in an object of Flux if it is a patch: a part of one, or a JSON
// patch (RFC 6902).
FluxFields fields_patched(const YamlReader& yaml, YamlReader::Index document);

// Adds the object to `out`, if it is one that matters. Returns what is wrong with it, if anything:
// then it is left out.
std::optional<std::string> read_flux_object(const YamlReader& yaml, YamlReader::Index object,
                                            FluxManifest& out);

}  // namespace engine
