// The engine's main job (specification, section 3, `rollout`): put a tag into the one place of the
// Flux repository that the catalog names, commit it on the remote's head and push. Knows nothing of
// MCP or of the command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/rollout_request.h"

namespace engine {

enum class RolloutStatus { updated, unchanged, dry_run };

struct RolloutResult {
  RolloutStatus status = RolloutStatus::updated;
  std::string tag;
  std::optional<std::string> previous_tag;
  std::optional<std::string> service;
  std::optional<std::string> image_group;
  std::string image_name;
  std::string file;
  std::string flux_repo;  // without userinfo
  std::string branch;
  std::string rwenv;
  std::optional<std::string> commit;  // of the pushed commit; only when updated
  std::int64_t attempts = 0;          // pushes tried
  std::vector<std::string> services_affected;
  std::optional<std::string> kustomization;
  std::optional<std::string> kustomization_namespace;
  std::optional<std::string> kubernetes_context;  // of the rwenv
  std::string diff;  // unified diff of the one file; empty when unchanged
  std::string project_directory;
  std::optional<std::string>
      project_branch;  // that the tag is of; nothing for a tag that was given
  std::vector<std::string> warnings;
};

// Runs one rollout to its end; may take minutes. Refusals change nothing anywhere. Once the push
// has begun it is finished even if `call.stop` is requested. May be called from several threads:
// rollouts of one rwenv wait for each other.
Result<RolloutResult> rollout(const Host& host, const RolloutRequest& request,
                              const CallContext& call);

}  // namespace engine
