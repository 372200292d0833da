// How Flux gets a file of the Flux repository to its clusters, as the catalog has it for each image
// group (specification, section 3.2): which Flux Kustomizations apply the file, from which sources,
// and in which files these are defined. Made by regenerate, so that a rollout need look at nothing
// else; whether it is still true is determined in engine/effect/. Pure functions, for any thread.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "json/json.h"
#include "json/reader.h"

namespace engine {

// A source.toolkit.fluxcd.io GitRepository.
struct RecordedSource {
  std::string file;  // paths are those of the repository
  std::string name;  // as written there
  std::optional<std::string> namespace_name;
  std::optional<std::string> branch;  // that it followed; nothing for a tag and the like
  // Fields of `spec` that kustomizations patch: what the file says of them does not count.
  std::vector<std::string> patched;
};

// A kustomize.toolkit.fluxcd.io Kustomization that applies the group's file.
struct RecordedKustomization {
  std::string file;
  std::string name;
  std::optional<std::string> namespace_name;
  std::optional<std::string> path;  // the directory, as applied; "" for the root
  std::optional<std::string> interval;
  std::optional<RecordedSource> source;  // nothing where the repository does not define it
  // The kustomizations between the path and the group's file that build on each other, innermost
  // first: any of them may set the image again.
  std::vector<std::string> outer;
  std::vector<std::string> patched;
};

// Where Flux begins, in a repository in which nothing from there on applies the group's file.
struct RecordedAbsence {
  std::vector<RecordedKustomization> entries;
  // The directories that contain Flux objects, with the ids of their trees: as long as these are
  // the same, so is the wiring.
  std::map<std::string, std::string> directories;
};

struct RecordedWiring {
  // One for each cluster; none where the repository does not say what applies the file.
  std::vector<RecordedKustomization> kustomizations;
  std::optional<RecordedAbsence> absence;
};

// More than any image group has. What has more is not recorded at all.
inline constexpr std::size_t kMaxRecordedKustomizations = 16;
inline constexpr std::size_t kMaxRecordedOuter = 16;
inline constexpr std::size_t kMaxRecordedDirectories = 32;

// The form of the catalog's `wiring`; the same wiring makes the same bytes.
Json to_json(const RecordedWiring& wiring);

// Reads a `wiring` that stands at `pointer`; a problem where a field of it has another type. One
// that leads out of the repository, or has more than the limits above, is read as an empty one.
tl::expected<RecordedWiring, json::Problem> read_wiring(const Json& value,
                                                        const std::string& pointer);

}  // namespace engine
