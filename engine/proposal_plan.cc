#include "engine/proposal_plan.h"

#include <cstddef>
#include <utility>

#include "engine/forge/gh_hosts.h"
#include "engine/text/join.h"
#include "engine/text/text.h"

namespace engine {
namespace {

constexpr std::size_t kMaxLabel = 200;

ProposalTarget::Way way_of(FluxForge forge) {
  switch (forge) {
    case FluxForge::github:
      return ProposalTarget::Way::branch;
    case FluxForge::gitlab:
      return ProposalTarget::Way::push_options;
    case FluxForge::gitea:
      return ProposalTarget::Way::agit;
  }
  return ProposalTarget::Way::branch;
}

// As gh takes it: [HOST/]OWNER/REPOSITORY.
std::string repository_of(const RemoteUrl& url) {
  const std::string host = url.host();
  if (!host.empty()) {
    // Where GitHub takes ssh on the port for HTTPS.
    return (host == "ssh.github.com" ? "github.com" : host) + "/" + url.path();
  }
  const std::string path = url.path();
  const auto name = path.rfind('/');
  const auto owner = name == std::string::npos || name == 0 ? name : path.rfind('/', name - 1);
  return owner == std::string::npos ? path : path.substr(owner + 1);
}

std::string body_of(const std::vector<RolloutTarget>& targets) {
  std::string body = "Sets the image tag that the commit names:\n\n";
  for (const RolloutTarget& target : targets) {
    body += "- " + sanitize_line(target.label(), kMaxLabel) + ", in " +
            sanitize_line(target.file.text(), kMaxLabel);
    if (!target.services_affected.empty()) {
      body += "; services affected: " + sanitize_line(joined(target.services_affected), kMaxLabel);
    }
    body += "\n";
  }
  return body +
         "\nOpened by rollout-mcp. Merging it rolls the image out. Another rollout of the same "
         "image "
         "by the same person replaces the commit.\n";
}

}  // namespace

Result<FluxForge> choose_forge(const Environment& environment, const Rwenv& rwenv,
                               const RemoteUrl& url,
                               const std::filesystem::path& config_directory) {
  if (rwenv.flux_forge) {
    return *rwenv.flux_forge;
  }
  if (rwenv.flux_git_repo_type == FluxGitRepoType::gitea) {
    return FluxForge::gitea;
  }
  const std::string host = url.host();
  if (gh_may_know(environment, host)) {
    return FluxForge::github;
  }
  if (host.starts_with("gitlab.")) {
    return FluxForge::gitlab;
  }
  return fail(Code::bad_config,
              sanitize_line(envs_file(config_directory).string()) + ": /rwenvs/" + rwenv.name +
                  "/fluxForge: missing; with `fluxWrite: pull-request`, expected \"github\", "
                  "\"gitlab\" or \"gitea\", because " +
                  url.shown() + " does not tell which forge that is.",
              "Add `fluxForge` to the rwenv config (gitea stands for Forgejo as well).");
}

Result<std::optional<ProposalPlan>> plan_proposal(const Host& host, const Rwenv& rwenv,
                                                  const std::filesystem::path& config_directory,
                                                  const RemoteUrl& url,
                                                  const std::vector<RolloutTarget>& targets) {
  if (rwenv.flux_write == FluxWrite::push) {
    return std::optional<ProposalPlan>();
  }
  auto forge = choose_forge(host.environment, rwenv, url, config_directory);
  RETURN_IF_FAILED(forge);
  std::vector<std::string> groups;
  std::vector<std::string> labels;
  for (const RolloutTarget& target : targets) {
    groups.push_back(target.label());
    labels.push_back(sanitize_line(target.label(), kMaxLabel));
  }
  const std::string label = joined(labels, ",");
  ProposalPlan plan{.forge = *forge,
                    .target = {.way = way_of(*forge),
                               .branch = proposal_branch(groups),
                               .labels = label,
                               .title = "chore(" + label + "): update image tag"},
                    .repository = *forge == FluxForge::github ? repository_of(url) : std::string(),
                    .body = body_of(targets)};
  return std::optional(std::move(plan));
}

void ask_for_proposal(FluxRemote& remote, const ProposalPlan& proposal) {
  remote.with_proposals = proposal.target.way != ProposalTarget::Way::agit;
  remote.proposal = proposal.target.branch;
}

ProposalTarget proposal_target(const ProposalPlan& proposal, const std::string& message) {
  ProposalTarget target = proposal.target;
  if (target.way == ProposalTarget::Way::push_options) {
    target.title = message;
  }
  return target;
}

}  // namespace engine
