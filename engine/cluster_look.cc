#include "engine/cluster_look.h"

#include <utility>

namespace engine {

template <class T>
Seen<T> ClusterLook::note(Result<T> result) {
  if (result) {
    ++answers_;
    return {std::move(*result), {}};
  }
  if (!failure_) {
    failure_ = result.error();
  }
  return {std::nullopt, std::move(result.error().message)};
}

Seen<std::optional<FluxKustomizationState>> ClusterLook::kustomization(
    const std::string& name_space, const std::string& name) {
  const auto [found, is_new] = kustomizations_.try_emplace(name_space + "/" + name);
  if (is_new) {
    found->second = note(cluster_.kustomization(name_space, name, call_));
  }
  return found->second;
}

Seen<std::optional<FluxSourceState>> ClusterLook::source(const ObjectReference& reference) {
  const auto [found, is_new] =
      sources_.try_emplace(reference.kind + "/" + reference.name_space + "/" + reference.name);
  if (is_new) {
    found->second = note(cluster_.source(reference, call_));
  }
  return found->second;
}

Seen<std::vector<WorkloadState>> ClusterLook::workloads(const std::string& name_space,
                                                        const std::string& name) {
  const auto [found, is_new] = workloads_.try_emplace(name_space + "/" + name);
  if (is_new) {
    found->second = note(cluster_.workloads(name_space, name, call_));
  }
  return found->second;
}

}  // namespace engine
