// What a rollout is about to do: all that can be known without the network (specification,
// section 7).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/config/active_rwenv.h"
#include "engine/git/flux_remote.h"
#include "engine/git/identity.h"
#include "engine/proposal_plan.h"
#include "engine/rollout_request.h"
#include "engine/rollout_target.h"

namespace engine {

struct RolloutPlan {
  std::filesystem::path project;
  std::optional<ProjectHead> head;  // nothing if the tag was given
  std::vector<std::string> warnings;
  std::filesystem::path config_directory;
  std::string rwenv;
  bool confirm_replace = false;
  std::optional<std::string> kubernetes_context;
  Rwenv configuration;  // of that rwenv
  FluxRemote remote;
  std::optional<ProposalPlan> proposal;  // nothing where rollouts are pushed to the branch itself
  std::optional<Identity> identity;      // nothing where only the clone can say, and for a dry run
  std::vector<RolloutTarget> targets;    // at least one
};

// Of which commit the tag is, decides whether the project's HEAD is read.
enum class TagOrigin : std::uint8_t { request, history };

// Fails with the refusals for arguments, project, rwenv, its configuration, `readOnly`, identity
// and catalog (specification, section 7). Reads local files and asks git for the identity; for any
// thread.
Result<RolloutPlan> plan_rollout(const Host& host, const RolloutRequest& request,
                                 const CallContext& call, TagOrigin origin = TagOrigin::request);

}  // namespace engine
