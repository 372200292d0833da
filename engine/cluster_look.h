// The answers of a cluster at one moment: what several places have in common is asked once. Belongs
// to one thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/cluster/cluster.h"
#include "engine/status/facts.h"

namespace engine {

class ClusterLook {
 public:
  // Both must outlive this.
  ClusterLook(const Cluster& cluster, const CallContext& call) : cluster_(cluster), call_(call) {}

  Seen<std::optional<FluxKustomizationState>> kustomization(const std::string& name_space,
                                                            const std::string& name);
  Seen<std::optional<FluxSourceState>> source(const ObjectReference& reference);
  Seen<std::vector<WorkloadState>> workloads(const std::string& name_space,
                                             const std::string& name);

  // The first failure, if nothing at all was answered.
  std::optional<Error> failure() const { return answers_ == 0 ? failure_ : std::nullopt; }

 private:
  template <class T>
  Seen<T> note(Result<T> result);

  const Cluster& cluster_;
  const CallContext& call_;
  std::map<std::string, Seen<std::optional<FluxKustomizationState>>> kustomizations_;
  std::map<std::string, Seen<std::optional<FluxSourceState>>> sources_;
  std::map<std::string, Seen<std::vector<WorkloadState>>> workloads_;
  int answers_ = 0;
  std::optional<Error> failure_;
};

}  // namespace engine
