// A place of the Flux repository whose value is followed to the cluster.
#pragma once

#include <optional>
#include <string>

#include "engine/base/image_tag.h"
#include "engine/base/repository_path.h"
#include "engine/manifest/tag_location.h"
#include "engine/status/facts.h"
#include "engine/status/status.h"

namespace engine {

// The value that is followed.
struct FollowedValue {
  CommitId commit;        // that set it, or has it
  bool is_setter = true;  // false: an older commit may have set it already, and is not known
  // A later commit that has it still, such as the head of the branch.
  std::optional<CommitId> seen_at = {};
  ExpectedImage image;
};

// A workload of Kubernetes; nothing in `name` where the catalog names none.
struct WorkloadName {
  std::optional<std::string> name_space;
  std::optional<std::string> name;
};

struct LivePlace {
  std::string label;  // what reports call it
  RepositoryPath file;
  TagLocation location;
  std::optional<std::string> kustomization;
  std::optional<std::string> kustomization_namespace;  // nothing: flux-system
  WorkloadName workload;
  FollowedValue value;
  Stage committed;
};

}  // namespace engine
