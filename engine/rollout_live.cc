#include "engine/rollout_live.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "engine/live_follower.h"
#include "engine/manifest/edit.h"
#include "engine/revision_book.h"
#include "engine/rwenv_cluster.h"
#include "engine/status/judge.h"
#include "engine/text/moment.h"

namespace engine {
namespace {

// From what is good to what a person has to look at first.
int rank(LiveState state) {
  switch (state) {
    case LiveState::live:
      return 0;
    case LiveState::pending:
      return 1;
    case LiveState::unknown:
      return 2;
    case LiveState::suspended:
      return 3;
    case LiveState::superseded:
      return 4;
    case LiveState::failed:
      break;
  }
  return 5;
}

std::string now_in_utc(const Clock& clock) {
  return in_utc(std::chrono::floor<std::chrono::seconds>(clock.wall_time()));
}

LivePlace place_of(const RolloutTarget& target, const PushedValue& value, const std::string& now) {
  const std::string at = value.branch + " at " + value.commit.short_sha();
  return {
      .label = target.label(),
      .file = target.file,
      .location = target.place,
      .kustomization = target.kustomization,
      .kustomization_namespace = target.kustomization_namespace,
      .workload = target.workload,
      .value = {.commit = value.commit,
                .is_setter = value.is_setter,
                .image = {.name = {}, .tag = value.tag}},
      .committed = {.name = StageName::committed,
                    .state = StageState::done,
                    .since = value.is_setter ? std::optional(now) : std::nullopt,
                    .detail = value.tag + (value.is_setter ? " was pushed to " : " is in ") + at}};
}

// What the manifests call the images, which decides what a workload has to run.
void add_names(std::vector<LivePlace>& places, RevisionBook& book, const CallContext& call) {
  auto repository = book.repository(call);
  for (LivePlace& place : places) {
    const auto bytes = repository ? (*repository)->bring_file(place.value.commit, place.file, call)
                                  : Result<std::string>(Failure(repository.error()));
    auto image = bytes ? read_placed_image(place.file.text(), *bytes, place.location, call.stop)
                       : Result<PlacedImage>(Failure(bytes.error()));
    if (image) {
      place.value.image.name = std::move(image->name);
    }
  }
}

}  // namespace

const LiveGroup& Live::deciding() const {
  return *std::ranges::max_element(groups, {},
                                   [](const LiveGroup& group) { return rank(group.status.state); });
}

std::string Live::in_words() const {
  const LiveGroup& group = deciding();
  const std::string label = groups.size() > 1 ? group.label + ": " : "";
  if (group.status.state != LiveState::live) {
    return "not yet (" + label + std::string(name(group.status.at)) + ", " +
           reason_of(group.status) + ")";
  }
  std::string what;
  for (const LiveGroup& each : groups) {
    what += (what.empty() ? "" : "; ") + reason_of(each.status);
  }
  return "yes (" + what + ")";
}

Live proposed_live(const std::vector<RolloutTarget>& targets, const std::string& branch) {
  const std::string why = "it is not merged yet";
  Live live;
  for (const RolloutTarget& target : targets) {
    LiveStatus status = judge_without_cluster(
        {.name = StageName::committed, .state = StageState::waiting, .detail = why}, why);
    status.stages.insert(
        status.stages.begin(),
        {.name = StageName::proposed, .state = StageState::done, .detail = "it is in " + branch});
    live.groups.push_back({target.label(), std::move(status)});
  }
  return live;
}

Live follow_rollout(const Host& host, const FluxRemote& remote, const Rwenv& rwenv,
                    const std::vector<RolloutTarget>& targets, const PushedValue& value,
                    std::chrono::seconds time, const CallContext& call) {
  std::vector<LivePlace> places;
  for (const RolloutTarget& target : targets) {
    places.push_back(place_of(target, value, now_in_utc(host.clock)));
  }
  const RwenvCluster cluster(host, rwenv);
  if (cluster.get().cluster != nullptr) {
    RevisionBook book(host, remote);
    add_names(places, book, call);
  }
  call.report("waiting until it is live");
  LiveFollower follower(host, remote, cluster.get(), places);
  Live live;
  auto statuses = follower.follow(time, call);
  for (std::size_t i = 0; i < places.size(); ++i) {
    live.groups.push_back({std::move(places[i].label), std::move(statuses[i])});
  }
  return live;
}

}  // namespace engine
