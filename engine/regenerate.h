// Makes the catalog from the Flux repository: fetches it, reads its head without a work tree, and
// writes what it found to the active rwenv's own catalog (specification, section 2). Nothing is
// pushed, so a read-only rwenv may do it too. Knows nothing of MCP or of the command line.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/config/project.h"
#include "engine/discovery/catalog_builder.h"
#include "engine/discovery/catalog_merger.h"

namespace engine {

struct RegenerateRequest {
  ProjectRequest project;
  bool dry_run = false;
  // The directory of the Flux repository whose image groups are wanted; by default what is applied
  // from the rwenv's `fluxPath`, or without one `apps` if it has any, else all.
  std::optional<std::string> path;
};

enum class RegenerateStatus { written, unchanged, dry_run };

struct RegenerateResult {
  RegenerateStatus status = RegenerateStatus::written;
  std::string rwenv;
  std::string flux_repo;  // without userinfo
  std::string branch;
  std::string commit;
  std::string catalog_file;
  std::string looked_below;        // a directory; empty for all of the repository
  std::vector<DraftGroup> groups;  // those found, ordered by name
  std::vector<DraftService> services;
  // What the catalog has then: what was found, and what was kept.
  std::size_t service_count = 0;
  std::size_t image_group_count = 0;
  // Services, ordered by name: what changed in the catalog; what was kept without being found.
  std::vector<std::string> added;
  std::vector<std::string> changed;
  std::vector<std::string> removed;
  std::vector<std::string> kept;
  std::vector<RenamedService> renamed;  // of those removed, under which name they were added
  std::vector<SkippedItem> unplaced;
  std::string diff;  // of the catalog; empty when unchanged
  std::vector<std::string> warnings;
};

// May take as long as a fetch. A refusal changes nothing. May be called from several threads: calls
// for one rwenv wait for each other and for rollouts.
Result<RegenerateResult> regenerate(const Host& host, const RegenerateRequest& request,
                                    const CallContext& call);

}  // namespace engine
