// What the Flux repository says of the catalog's image groups: which tag each has, whose it is and
// who set it. Read from one commit, each file once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/image_tag.h"
#include "engine/base/repository_path.h"
#include "engine/base/result.h"
#include "engine/config/catalog.h"
#include "engine/flux/repository.h"
#include "engine/git/authorship.h"
#include "engine/live_place.h"
#include "engine/manifest/tag_location.h"

namespace engine {

struct GroupStatus {
  std::string image_group;
  std::string image_name;
  std::string file;
  std::optional<std::string> tag;
  std::optional<std::string> problem;  // why the place cannot be read
  std::optional<PrNumber> pr_number;   // of a tag of the form pr-<number>-...
  // Who set it, when and by which commit, as far as the clone knows that.
  std::optional<std::string> commit;
  std::optional<std::string> author;
  std::optional<std::string> committed_at;  // as in_utc()
  std::optional<bool> contains_head;        // the tag is of the project's HEAD
  std::optional<bool> is_this_pr;           // the tag is of the project's pull request
  std::vector<std::string> services_affected;
  std::optional<bool> applied;  // the cluster has applied it
};

// A group with what is needed to read it and to follow it.
struct StatusGroup {
  GroupStatus status;
  std::optional<RepositoryPath> file;  // nothing where the catalog's is none
  TagLocation location;                // without the catalog's images
  std::string image;                   // what the manifest calls it; empty where it does not tell
  std::optional<std::string> kustomization;
  std::optional<std::string> kustomization_namespace;
  WorkloadName workload;
};

// The groups of the catalog, or that of one service; what is wrong with an entry is its problem.
// Fails for a service as the catalog's lookups do.
Result<std::vector<StatusGroup>> find_status_groups(const Catalog& catalog,
                                                    const std::optional<std::string>& service);

// Reads the groups' tags at the remote's head, and who set them as far as the clone shows that
// within a fraction of a second. `images`: the names of the catalog's images.
Result<void> read_status_groups(std::vector<StatusGroup>& groups, std::vector<std::string> images,
                                FluxRepository& repository, const CallContext& call);

// Notes which of the groups have the project's commit and its pull request. Which that is is known
// if a tag is of the commit.
void compare_with_project(std::vector<StatusGroup>& groups, const CommitId& head);

}  // namespace engine
