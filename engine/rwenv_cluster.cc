#include "engine/rwenv_cluster.h"

#include <utility>

#include "engine/cluster/kubectl_cluster.h"

namespace engine {

RwenvCluster::RwenvCluster(const Host& host, const Rwenv& rwenv) {
  auto cluster = cluster_of(host, rwenv);
  if (!cluster) {
    cluster_or_reason_.why_not = cluster.error().message;
    return;
  }
  cluster_ = std::move(*cluster);
  cluster_or_reason_.cluster = cluster_.get();
  if (cluster_ == nullptr) {
    cluster_or_reason_.why_not = "rwenv '" + rwenv.name + "' has no kubernetesContext";
  }
}

}  // namespace engine
