// What a workload says of itself, from the API's answer, and which pods are its. Pure functions,
// for any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/cluster/api_path.h"
#include "engine/cluster/cluster.h"
#include "json/json.h"

namespace engine {

enum class WorkloadKind : std::uint8_t { deployment, stateful_set, daemon_set, rollout };

// All of them; a Rollout is Argo's.
std::vector<WorkloadKind> workload_kinds();
// "Deployment".
std::string_view name(WorkloadKind kind);
ApiResource resource_of(WorkloadKind kind);

// How the pods that a workload has now, and not those that it had before its last change, are told
// from others.
struct PodsOfWorkload {
  std::string name_space;
  std::string selector;  // a label selector in the API's notation; empty where there is none
  // Their controller: the workload itself, or a ReplicaSet of it, whose name begins with this one.
  std::string owner_kind;
  std::string owner_name;
  bool is_owner_prefix = false;
  // The label and the value that only pods of the latest template have; no value where the workload
  // does not tell: then the template's images decide.
  std::string revision_label = {};
  std::string revision = {};
  std::vector<std::pair<std::string, std::string>> images = {};  // container -> image
};

struct FoundWorkload {
  WorkloadState state;
  PodsOfWorkload pods;
  // Of a Rollout that takes its pod template from a Deployment: that one's name.
  std::optional<std::string> template_of;
};

// `answer`: an object of that kind that was asked for by these names.
FoundWorkload read_workload(const Json& answer, WorkloadKind kind, const std::string& name_space,
                            const std::string& name);

// Takes the pod template from `deployment`, the answer about the Deployment that has it.
void take_template(FoundWorkload& workload, const Json& deployment);

}  // namespace engine
