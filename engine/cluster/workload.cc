#include "engine/cluster/workload.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "engine/cluster/label_selector.h"
#include "engine/cluster/object_fields.h"
#include "engine/text/text.h"

namespace engine {
namespace {

constexpr std::size_t kMaxImageName = 500;
constexpr std::size_t kMaxTrouble = 300;
constexpr std::size_t kMaxContainers = 100;

// The containers of a pod template, as name and image, those that run first before the others.
std::vector<std::pair<std::string, std::string>> images_of_template(const Json& object) {
  std::vector<std::pair<std::string, std::string>> images;
  for (const std::string_view key : {"initContainers", "containers"}) {
    for (const Json& container : list_field(object, {"spec", "template", "spec", key})) {
      const auto image = text_field(container, {"image"});
      if (image && images.size() < kMaxContainers) {
        images.emplace_back(text_field(container, {"name"}).value_or(""), *image);
      }
    }
  }
  return images;
}

std::vector<std::string> shown_images(
    const std::vector<std::pair<std::string, std::string>>& images) {
  std::vector<std::string> shown;
  for (const auto& [container, image] : images) {
    shown.push_back(sanitize_line(image, kMaxImageName));
  }
  return shown;
}

// `spec.replicas`, which is 1 where it is not said.
std::int64_t replicas_of(const Json& object) {
  return field(object, {"spec", "replicas"}).is_number() ? count_field(object, {"spec", "replicas"})
                                                         : 1;
}

// How many of the updated pods are ready for certain: the object counts the ready ones of all, and
// the ready ones may be the `all - updated` others.
std::int64_t ready_of_updated(std::int64_t ready, std::int64_t all, std::int64_t updated) {
  return std::clamp<std::int64_t>(ready - std::max<std::int64_t>(all - updated, 0), 0, updated);
}

// "FailedCreate: exceeded quota", of a condition that is what `status` says.
std::optional<std::string> reason_in(const Json& condition, std::string_view status) {
  if (text_field(condition, {"status"}) != status) {
    return std::nullopt;
  }
  const std::string reason = text_field(condition, {"reason"}).value_or("");
  const std::string message = text_field(condition, {"message"}).value_or("");
  const std::string text =
      reason.empty() || message.empty() ? reason + message : reason + ": " + message;
  return sanitize_line(text, kMaxTrouble);
}

void read_deployment(const Json& object, WorkloadState& state) {
  const std::int64_t all = count_field(object, {"status", "replicas"});
  const std::int64_t available = count_field(object, {"status", "availableReplicas"});
  state.wanted = replicas_of(object);
  state.updated = count_field(object, {"status", "updatedReplicas"});
  state.ready =
      ready_of_updated(count_field(object, {"status", "readyReplicas"}), all, state.updated);
  state.is_settled =
      state.updated >= state.wanted && all <= state.updated && available >= state.updated;
  const Json& progressing = condition(object, "Progressing");
  state.has_failed = text_field(progressing, {"status"}) == "False" &&
                     text_field(progressing, {"reason"}) == "ProgressDeadlineExceeded";
  state.trouble = reason_in(condition(object, "ReplicaFailure"), "True");
}

// Where a part of the pods is kept as it is (partition, OnDelete), it is not settled: these pods
// run another image.
void read_stateful_set(const Json& object, WorkloadState& state) {
  const std::int64_t all = count_field(object, {"status", "replicas"});
  const std::int64_t ready = count_field(object, {"status", "readyReplicas"});
  const auto update = text_field(object, {"status", "updateRevision"});
  const bool is_of_one_revision =
      update && update == text_field(object, {"status", "currentRevision"});
  state.wanted = replicas_of(object);
  state.updated = count_field(object, {"status", "updatedReplicas"});
  if (is_of_one_revision) {
    state.updated = std::max(state.updated, count_field(object, {"status", "currentReplicas"}));
  }
  state.ready = ready_of_updated(ready, all, state.updated);
  state.is_settled = state.updated >= state.wanted && all <= state.updated && ready >= all;
}

void read_daemon_set(const Json& object, WorkloadState& state) {
  const std::int64_t all = count_field(object, {"status", "currentNumberScheduled"});
  state.wanted = count_field(object, {"status", "desiredNumberScheduled"});
  state.updated = count_field(object, {"status", "updatedNumberScheduled"});
  state.ready =
      ready_of_updated(count_field(object, {"status", "numberReady"}), all, state.updated);
  state.is_settled = state.updated >= state.wanted &&
                     count_field(object, {"status", "numberAvailable"}) >= state.wanted;
}

// Argo's own verdict, of the generation that it has seen, which it writes as text.
bool is_observed_by_argo(const Json& object) {
  const std::string text = text_field(object, {"status", "observedGeneration"}).value_or("");
  std::int64_t observed = -1;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, observed);
  return error == std::errc() && stop == end &&
         observed >= count_field(object, {"metadata", "generation"});
}

void read_rollout(const Json& object, WorkloadState& state) {
  const auto current = text_field(object, {"status", "currentPodHash"});
  const auto phase = text_field(object, {"status", "phase"});
  state.wanted = replicas_of(object);
  state.updated = count_field(object, {"status", "updatedReplicas"});
  state.ready = ready_of_updated(count_field(object, {"status", "readyReplicas"}),
                                 count_field(object, {"status", "replicas"}), state.updated);
  state.is_settled = phase == "Healthy" && current &&
                     current == text_field(object, {"status", "stableRS"}) &&
                     state.updated >= state.wanted;
  state.has_failed = phase == "Degraded";
  if (phase == "Degraded" || phase == "Paused") {
    const auto message = text_field(object, {"status", "message"});
    state.trouble = sanitize_line(*phase + (message ? ": " + *message : ""), kMaxTrouble);
  }
}

PodsOfWorkload pods_of(const Json& object, WorkloadKind kind, const std::string& name_space,
                       const std::string& name) {
  PodsOfWorkload pods;
  pods.name_space = name_space;
  pods.selector = label_selector(field(object, {"spec", "selector"}));
  const bool by_replica_set = kind == WorkloadKind::deployment || kind == WorkloadKind::rollout;
  pods.owner_kind = by_replica_set ? "ReplicaSet" : engine::name(kind);
  pods.owner_name = by_replica_set ? name + "-" : name;
  pods.is_owner_prefix = by_replica_set;
  if (kind == WorkloadKind::stateful_set) {
    pods.revision_label = "controller-revision-hash";
    pods.revision = text_field(object, {"status", "updateRevision"}).value_or("");
  } else if (kind == WorkloadKind::rollout) {
    pods.revision_label = "rollouts-pod-template-hash";
    pods.revision = text_field(object, {"status", "currentPodHash"}).value_or("");
  }
  return pods;
}

}  // namespace

std::vector<WorkloadKind> workload_kinds() {
  return {WorkloadKind::deployment, WorkloadKind::stateful_set, WorkloadKind::daemon_set,
          WorkloadKind::rollout};
}

std::string_view name(WorkloadKind kind) {
  switch (kind) {
    case WorkloadKind::deployment:
      return "Deployment";
    case WorkloadKind::stateful_set:
      return "StatefulSet";
    case WorkloadKind::daemon_set:
      return "DaemonSet";
    case WorkloadKind::rollout:
      return "Rollout";
  }
  return {};
}

ApiResource resource_of(WorkloadKind kind) {
  switch (kind) {
    case WorkloadKind::deployment:
      return {"apps/v1", "deployments"};
    case WorkloadKind::stateful_set:
      return {"apps/v1", "statefulsets"};
    case WorkloadKind::daemon_set:
      return {"apps/v1", "daemonsets"};
    case WorkloadKind::rollout:
      break;
  }
  return {"argoproj.io/v1alpha1", "rollouts"};
}

FoundWorkload read_workload(const Json& answer, WorkloadKind kind, const std::string& name_space,
                            const std::string& name) {
  FoundWorkload workload{.state = {.object = {std::string(engine::name(kind)), name_space, name}},
                         .pods = pods_of(answer, kind, name_space, name),
                         .template_of = {}};
  WorkloadState& state = workload.state;
  switch (kind) {
    case WorkloadKind::deployment:
      read_deployment(answer, state);
      break;
    case WorkloadKind::stateful_set:
      read_stateful_set(answer, state);
      break;
    case WorkloadKind::daemon_set:
      read_daemon_set(answer, state);
      break;
    case WorkloadKind::rollout:
      read_rollout(answer, state);
      break;
  }
  // What a controller counted before it saw the latest change says nothing of what is asked for
  // now.
  if (!(kind == WorkloadKind::rollout ? is_observed_by_argo(answer) : is_observed(answer))) {
    state.updated = 0;
    state.ready = 0;
    state.is_settled = false;
    state.has_failed = false;
    workload.pods.revision.clear();
  }
  workload.pods.images = images_of_template(answer);
  state.images = shown_images(workload.pods.images);
  if (text_field(answer, {"spec", "workloadRef", "kind"}) == "Deployment") {
    workload.template_of = text_field(answer, {"spec", "workloadRef", "name"});
  }
  return workload;
}

void take_template(FoundWorkload& workload, const Json& deployment) {
  workload.pods.images = images_of_template(deployment);
  workload.state.images = shown_images(workload.pods.images);
  if (workload.pods.selector.empty()) {
    workload.pods.selector = label_selector(field(deployment, {"spec", "selector"}));
  }
}

}  // namespace engine
