// What was seen of one image's way to the cluster, from which engine/status/judge.h tells how far
// it has come.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/cluster/cluster.h"
#include "engine/status/status.h"

namespace engine {

// How a revision that Flux names stands to the commit that set our value.
enum class RevisionKind : std::uint8_t {
  ours,        // that commit or a descendant, and the value there is ours
  later,       // the same, but with another value
  without_it,  // the commit is not in its history: an ancestor, or another branch
  unknown,     // cannot be told
};

struct RevisionFacts {
  RevisionKind kind = RevisionKind::unknown;
  std::string detail = {};  // of `later` the value there; of `unknown` why
};

// An answer of the cluster, or why there is none.
template <class T>
struct Seen {
  std::optional<T> answer = {};
  std::string problem = {};  // why it was not asked or did not answer
};

// What the value in the place leads to.
struct ExpectedImage {
  std::string name;  // empty where the manifest does not tell
  std::string tag;
};

struct StatusFacts {
  ExpectedImage image;
  Stage committed;                    // done: with author and time
  std::string no_cluster = {};        // why the cluster is not asked; empty where it is
  std::string no_kustomization = {};  // why it is not known which Kustomization applies the place
  std::string no_workload = {};       // the same of the workload
  Seen<std::optional<FluxKustomizationState>> kustomization = {};
  Seen<std::optional<FluxSourceState>> source = {};
  Seen<std::vector<WorkloadState>> workloads = {};
  // Of what they have, where they have any.
  std::optional<RevisionFacts> fetched = {};
  std::optional<RevisionFacts> applied = {};
  std::optional<RevisionFacts> attempted = {};
  // Whether a failure that Flux reports counts: it has failed again since it was seen first
  // (engine/status/failure_watch.h), or nobody will look again.
  bool fetch_failure_counts = true;
  bool apply_failure_counts = true;
};

}  // namespace engine
