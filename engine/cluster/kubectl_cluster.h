// The cluster of an rwenv, asked through kubectl.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/cluster/cluster.h"
#include "engine/cluster/kubectl.h"
#include "engine/cluster/workload.h"
#include "engine/config/rwenv.h"

namespace engine {

// Each question is one or a few `kubectl get --raw`, those about workloads beside each other.
class KubectlCluster final : public Cluster {
 public:
  // `host` must outlive it.
  KubectlCluster(const Host& host, KubectlTarget target);

  Result<std::optional<FluxKustomizationState>> kustomization(
      const std::string& name_space, const std::string& name,
      const CallContext& call) const override;
  // Of what is neither a GitRepository nor an OCIRepository only the names: nothing else of it
  // leads to a commit.
  Result<std::optional<FluxSourceState>> source(const ObjectReference& source,
                                                const CallContext& call) const override;
  // A kind that may not be read counts as absent where there is a workload of another kind.
  Result<std::vector<WorkloadState>> workloads(const std::string& name_space,
                                               const std::string& name,
                                               const CallContext& call) const override;

  // The server's version, such as "v1.29.3": whether the cluster answers.
  Result<std::string> version(const CallContext& call) const;

 private:
  struct LookedFor {
    std::optional<FoundWorkload> workload;
    std::optional<Error> refusal;  // it may not be read
  };

  Result<std::optional<Json>> newest(const std::vector<ApiResource>& versions,
                                     const std::string& name_space, const std::string& name,
                                     const CallContext& call) const;
  Result<LookedFor> look_for(WorkloadKind kind, const std::string& name_space,
                             const std::string& name, const CallContext& call) const;
  Result<void> bring_template(FoundWorkload& workload, const CallContext& call) const;
  std::optional<std::string> trouble_of(const PodsOfWorkload& pods, const CallContext& call) const;

  Kubectl kubectl_;
};

// The cluster that the rwenv names; nothing without `kubernetesContext`. `bad_config` for a
// `kubeconfigPath` that is no absolute path, nor one in the home ("~/...") where kubectl of this
// machine runs.
Result<std::unique_ptr<KubectlCluster>> cluster_of(const Host& host, const Rwenv& rwenv);

}  // namespace engine
