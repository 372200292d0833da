#include "engine/cluster/kubectl_cluster.h"
#include "engine/doctor/checks.h"
#include "engine/text/text.h"

namespace engine {
namespace {

// A rollout does not ask the cluster, so nothing is missing for it.
DoctorCheck not_answering(const Error& error) {
  return {"cluster", DoctorCheck::State::note, error.message, error.hint, error.code};
}

}  // namespace

DoctorCheck check_cluster(const Host& host, const CallContext& call,
                          const DoctorFindings& findings) {
  if (!findings.rwenv) {
    return skipped("cluster", "envs.json");
  }
  const auto cluster = cluster_of(host, *findings.rwenv);
  if (!cluster) {
    return not_answering(cluster.error());
  }
  if (!*cluster) {
    return in_place("cluster", "not asked: the rwenv has no kubernetesContext");
  }
  const auto version = (*cluster)->version(call);
  if (!version) {
    return not_answering(version.error());
  }
  const auto& container = findings.rwenv->dev_container;
  return in_place("cluster", "answers, context " +
                                 sanitize_line(*findings.rwenv->kubernetes_context, 200) +
                                 (version->empty() ? "" : ", Kubernetes " + *version) +
                                 (container ? ", asked from the container " + *container : ""));
}

}  // namespace engine
