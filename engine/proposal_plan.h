// How a rollout is proposed where the rwenv wants that (`fluxWrite: "pull-request"`; specification,
// section 6): on which forge, and as what. Reads local files only; for any thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/config/rwenv.h"
#include "engine/flux/proposal.h"
#include "engine/git/flux_remote.h"
#include "engine/rollout_target.h"

namespace engine {

struct ProposalPlan {
  FluxForge forge = FluxForge::github;
  ProposalTarget target;
  std::string repository;  // for gh: "github.com/acme/flux"
  std::string body;        // the text of the request
};

// `fluxForge` of the rwenv; else gitea for a remote of that type, github for a host of gh's, gitlab
// for a host that begins with "gitlab.". Else `bad_config`, which names the field.
Result<FluxForge> choose_forge(const Environment& environment, const Rwenv& rwenv,
                               const RemoteUrl& url, const std::filesystem::path& config_directory);

// Nothing for an rwenv whose rollouts are pushed to the branch itself. Fails as choose_forge()
// does.
Result<std::optional<ProposalPlan>> plan_proposal(const Host& host, const Rwenv& rwenv,
                                                  const std::filesystem::path& config_directory,
                                                  const RemoteUrl& url,
                                                  const std::vector<RolloutTarget>& targets);

// Makes `remote` one that is asked for the proposal as well.
void ask_for_proposal(FluxRemote& remote, const ProposalPlan& proposal);

// What a change with this message is proposed as. The title of a request that a forge does not
// change with a later push names no tag.
ProposalTarget proposal_target(const ProposalPlan& proposal, const std::string& message);

}  // namespace engine
