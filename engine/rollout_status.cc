#include "engine/rollout_status.h"

#include <memory>
#include <utility>

#include "engine/applied_groups.h"
#include "engine/base/environment_directories.h"
#include "engine/base/reader_word.h"
#include "engine/config/active_rwenv.h"
#include "engine/config/catalog_scope.h"
#include "engine/config/configured_remote.h"
#include "engine/config/load_catalog.h"
#include "engine/flux/repository.h"
#include "engine/manifest/edit.h"
#include "engine/open_proposal.h"
#include "engine/proposal_plan.h"
#include "engine/rwenv_cluster.h"
#include "engine/status/judge.h"
#include "engine/text/text.h"

namespace engine {
namespace {

// With the project's HEAD if it has one: a status needs none.
Result<ConfiguredRwenv> find_rwenv(const Host& host, const StatusRequest& request,
                                   const CallContext& call) {
  auto configured = find_configured_rwenv(host, request.project, call, WithHead::yes);
  const bool has_no_head = !configured && (configured.error().code == Code::not_a_repository ||
                                           configured.error().code == Code::no_commit);
  return has_no_head ? find_configured_rwenv(host, request.project, call) : std::move(configured);
}

std::vector<std::string> warnings_of(const ConfiguredRwenv& configured, const Catalog& catalog) {
  std::vector<std::string> warnings = configured.active.warnings;
  if (const auto other = other_scope(catalog, configured.rwenv)) {
    warnings.push_back(other->message + " " + other->hint);
  }
  return warnings;
}

// Makes the fetch bring the proposals as well, if the rwenv's rollouts are proposed. Those of a
// Gitea are no branches.
void ask_for_proposals(const Host& host, const ConfiguredRwenv& configured, FluxRemote& remote) {
  if (configured.rwenv.flux_write == FluxWrite::pull_request) {
    const auto forge = choose_forge(host.environment, configured.rwenv, remote.url,
                                    configured.active.config_directory);
    remote.with_proposals = forge && *forge != FluxForge::gitea;
  }
}

// The first stage of a place whose rollouts are proposed. What follows is about the branch's value.
Stage proposed_stage(const StatusGroup& group, FluxRepository& repository,
                     const std::vector<std::string>& images, const CallContext& call) {
  Stage stage{.name = StageName::proposed,
              .state = StageState::done,
              .detail = "no proposal waits to be merged"};
  TagLocation place = group.location;
  place.catalog_images = images;
  const ReadValue read = [&](std::string_view bytes) {
    return read_image_tag(group.file->text(), bytes, place, call.stop).value_or(std::nullopt);
  };
  const auto found =
      group.file ? find_open_proposal(repository, group.status.image_group, *group.file, read, call)
                 : std::nullopt;
  if (!found || !found->waits(group.status.tag)) {
    return stage;
  }
  stage.detail = sanitize_line(found->value, 200) + " is in " + found->branch;
  if (found->merged) {
    stage.state = StageState::waiting;
    stage.detail += ", not merged";
  } else {
    stage.state = StageState::unknown;
    stage.detail += "; whether it was merged is not known" +
                    (found->problem.empty() ? "" : ": " + found->problem);
  }
  return stage;
}

// What waits in a proposal is not live, though what the branch has may be.
void add_first(Stage proposed, LiveStatus& live) {
  const bool may_be_taken_for_ours =
      live.state == LiveState::live || live.state == LiveState::unknown;
  if (proposed.state == StageState::waiting && may_be_taken_for_ours) {
    live.state = LiveState::pending;
    live.at = StageName::proposed;
  }
  live.stages.insert(live.stages.begin(), std::move(proposed));
}

Stage committed_stage(const StatusGroup& group, const RemoteHead& head) {
  const GroupStatus& status = group.status;
  Stage stage{.name = StageName::committed, .since = status.committed_at};
  if (status.problem) {
    stage.state = StageState::failed;
    stage.detail = *status.problem;
  } else if (!status.tag) {
    stage.state = StageState::unknown;
    stage.detail = "no tag is set there";
  } else {
    stage.state = StageState::done;
    stage.detail = *status.tag + " is in " + head.branch + " at " + head.commit.short_sha() +
                   (status.author ? ", set by " + *status.author : "");
  }
  return stage;
}

// Refers to nothing of the group, which must have a tag.
LivePlace place_of(const StatusGroup& group, const RemoteHead& head,
                   std::vector<std::string> images) {
  const auto setter = group.status.commit ? CommitId::parse(*group.status.commit) : std::nullopt;
  LivePlace place{.label = group.status.image_group,
                  .file = *group.file,
                  .location = group.location,
                  .kustomization = group.kustomization,
                  .kustomization_namespace = group.kustomization_namespace,
                  .workload = group.workload,
                  .value = {.commit = setter.value_or(head.commit),
                            .is_setter = setter.has_value(),
                            .seen_at = head.commit,
                            .image = {group.image, group.status.tag.value_or("")}},
                  .committed = committed_stage(group, head)};
  place.location.catalog_images = std::move(images);
  return place;
}

Result<LiveStatus> find_live(const Host& host, const StatusRequest& request,
                             const FluxRemote& remote, const ClusterOrReason& cluster,
                             const StatusGroup& group, const RemoteHead& head,
                             std::vector<std::string> images, const CallContext& call) {
  if (!group.status.tag || group.status.problem) {
    return judge_without_cluster(committed_stage(group, head), "nothing is known to be committed");
  }
  const std::vector<LivePlace> places = {place_of(group, head, std::move(images))};
  LiveFollower follower(host, remote, cluster, places);
  auto found = request.wait ? follower.follow(*request.wait, call) : follower.look(call);
  if (request.wait && follower.failure()) {
    return Failure(*follower.failure());
  }
  LiveStatus status = std::move(found.front());
  return status;
}

}  // namespace

Result<EnvironmentStatus> rollout_status(const Host& host, const StatusRequest& request,
                                         const CallContext& call) {
  RETURN_IF_FAILED(check_directories(host.environment));
  call.report("reading the configuration");
  auto configured = find_rwenv(host, request, call);
  RETURN_IF_FAILED(configured);
  const auto& config_directory = configured->active.config_directory;
  auto remote = configured_remote(host, config_directory, configured->rwenv);
  RETURN_IF_FAILED(remote);
  ask_for_proposals(host, *configured, *remote);
  auto catalog = load_catalog(host, config_directory, configured->active.name);
  RETURN_IF_FAILED(catalog);
  auto groups = find_status_groups(**catalog, request.service);
  RETURN_IF_FAILED(groups);
  auto images = (*catalog)->image_names();
  EnvironmentStatus result{.service = request.service,
                           .rwenv = configured->active.name,
                           .flux_repo = remote->url.shown(),
                           .branch = {},
                           .commit = {},
                           .groups = {},
                           .live = {},
                           .warnings = warnings_of(*configured, **catalog)};
  const RwenvCluster cluster(host, configured->rwenv);
  auto repository = FluxRepository::open(host, *remote, call);
  RETURN_IF_FAILED(repository);
  RETURN_IF_FAILED(read_status_groups(*groups, images, *repository, call));
  auto head = repository->head(call);
  RETURN_IF_FAILED(head);
  if (request.wait && !request.service) {
    result.warnings.push_back(
        reader_label("waitSeconds") +
        " has an effect only together with a service; the state is reported without waiting.");
  }
  if (configured->active.head) {
    compare_with_project(*groups, configured->active.head->commit);
  }
  if (!request.service && cluster.get().cluster != nullptr) {
    auto problems = note_applied(*groups, head->commit, *repository, *cluster.get().cluster, call);
    result.warnings.insert(result.warnings.end(), problems.begin(), problems.end());
  }
  std::optional<Stage> proposed;
  if (request.service && configured->rwenv.flux_write == FluxWrite::pull_request) {
    proposed = proposed_stage(groups->front(), *repository, images, call);
  }
  {
    // Others may use the clone while the cluster is asked.
    const FluxRepository closed = std::move(*repository);
  }
  if (request.service) {
    auto live = find_live(host, request, *remote, cluster.get(), groups->front(), *head,
                          std::move(images), call);
    RETURN_IF_FAILED(live);
    if (proposed) {
      add_first(std::move(*proposed), *live);
    }
    const bool is_applied =
        live->stages.size() > 2 && live->deciding().name != StageName::committed;
    for (const Stage& stage : live->stages) {
      if (is_applied && stage.name == StageName::applied && stage.state != StageState::unknown) {
        groups->front().status.applied = stage.state == StageState::done;
      }
    }
    result.live = std::move(*live);
  }
  result.branch = std::move(head->branch);
  result.commit = head->commit.text();
  for (StatusGroup& group : *groups) {
    result.groups.push_back(std::move(group.status));
  }
  return result;
}

}  // namespace engine
