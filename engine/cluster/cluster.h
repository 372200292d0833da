// What a cluster says about an environment: what Flux has fetched and applied, and what runs
// (specification, section 3, `rollout_status`). Everything is read, nothing is changed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/image_tag.h"
#include "engine/base/result.h"

namespace engine {

// The condition `Ready` of an object, and what came with it. All texts are fit to be shown.
struct ReadyCondition {
  enum class Status : std::uint8_t { yes, no, unknown };

  Status status = Status::unknown;
  std::string reason;                   // "ReconciliationFailed"
  std::string message;                  // its first line, shortened
  std::optional<std::string> since;     // lastTransitionTime, as the cluster writes it
  bool is_of_latest_generation = true;  // false: it is about an earlier spec
};

// A revision as Flux names it: `main@sha1:<commit>`, `main/<commit>`, `latest@sha256:<digest>`.
struct FluxRevision {
  std::string text;                // fit to be shown
  std::optional<CommitId> commit;  // of git; for OCI the one of the origin revision
};

struct ObjectReference {
  std::string kind;
  std::string name_space;
  std::string name;
};

// A GitRepository or an OCIRepository.
struct FluxSourceState {
  ObjectReference object;
  bool is_suspended = false;
  std::optional<FluxRevision> artifact;
  std::optional<std::string> fetched_at;  // of the artifact
  std::optional<ReadyCondition> ready;
};

// A Kustomization of kustomize.toolkit.fluxcd.io.
struct FluxKustomizationState {
  ObjectReference object;
  ObjectReference source;
  bool is_suspended = false;
  std::optional<FluxRevision> applied;    // lastAppliedRevision
  std::optional<FluxRevision> attempted;  // lastAttemptedRevision
  std::optional<ReadyCondition> ready;
};

// A Deployment, StatefulSet, DaemonSet or Argo Rollout.
struct WorkloadState {
  ObjectReference object;
  std::vector<std::string> images;  // of its pod template, init containers included
  std::int64_t wanted = 0;          // replicas
  std::int64_t updated = 0;
  std::int64_t ready = 0;   // of the updated ones, as far as the object tells them apart
  bool is_settled = false;  // its controller has seen the latest generation, and all is done
  bool has_failed = false;  // its controller says that it does not go on by itself
  // The first reason that a pod of it gives for not running, with the image where it is about one:
  // "ImagePullBackOff: ghcr.io/acme/papi:pr-7-0123456". Nothing if none does, or if pods may not
  // be read.
  std::optional<std::string> trouble;
};

// The cluster of an rwenv. Each call asks again and blocks at most for the time limit of a child
// process. Thread-safe.
//
// All functions fail with `kubectl_missing`, `cluster_failed` (kubectl's own words without secrets;
// what it may not read says who forbids it), `timeout`, `cancelled`.
class Cluster {
 public:
  virtual ~Cluster() = default;

  // Nothing where there is no such object.
  virtual Result<std::optional<FluxKustomizationState>> kustomization(
      const std::string& name_space, const std::string& name, const CallContext& call) const = 0;
  virtual Result<std::optional<FluxSourceState>> source(const ObjectReference& source,
                                                        const CallContext& call) const = 0;
  // Those of any kind that have the name; empty where there is none.
  virtual Result<std::vector<WorkloadState>> workloads(const std::string& name_space,
                                                       const std::string& name,
                                                       const CallContext& call) const = 0;
};

}  // namespace engine
