#include "engine/cluster/kubectl_cluster.h"

#include <future>
#include <utility>

#include "engine/base/beside.h"
#include "engine/cluster/flux_objects.h"
#include "engine/cluster/object_fields.h"
#include "engine/cluster/pod_trouble.h"
#include "engine/text/text.h"

namespace engine {
namespace {

// Of the pods of a workload, no more are looked at than this many pages have.
constexpr int kMaxPages = 20;

// In the versions that Flux has had, the newest first.
std::vector<ApiResource> kustomization_versions() {
  return {{"kustomize.toolkit.fluxcd.io/v1", "kustomizations"},
          {"kustomize.toolkit.fluxcd.io/v1beta2", "kustomizations"},
          {"kustomize.toolkit.fluxcd.io/v1beta1", "kustomizations"}};
}

std::vector<ApiResource> source_versions(const std::string& kind) {
  if (kind == "GitRepository") {
    return {{"source.toolkit.fluxcd.io/v1", "gitrepositories"},
            {"source.toolkit.fluxcd.io/v1beta2", "gitrepositories"},
            {"source.toolkit.fluxcd.io/v1beta1", "gitrepositories"}};
  }
  if (kind == "OCIRepository") {
    return {{"source.toolkit.fluxcd.io/v1", "ocirepositories"},
            {"source.toolkit.fluxcd.io/v1beta2", "ocirepositories"}};
  }
  return {};
}

Error unknown_kind(const std::vector<ApiResource>& versions) {
  std::string tried;
  for (const ApiResource& version : versions) {
    tried += (tried.empty() ? "" : ", ") + std::string(version.version);
  }
  return {Code::cluster_failed,
          "The cluster knows no " + std::string(versions.front().plural) + " of " + tried + ".",
          "Install Flux there, or correct the `kubernetesContext` of the rwenv."};
}

// The object; nothing for one that there is not. What may not be read fails.
Result<std::optional<Json>> object_of(Result<ApiAnswer> answer) {
  RETURN_IF_FAILED(answer);
  if (answer->refusal) {
    return Failure(std::move(*answer->refusal));
  }
  return answer->absence ? std::nullopt : std::optional(std::move(answer->value));
}

// kubectl runs in no directory of the user's, and expands nothing.
Result<std::string> absolute_kubeconfig(const Host& host, const std::string& path,
                                        const Rwenv& rwenv) {
  const auto home = host.environment.get("HOME");
  if (path.starts_with("~/") && home && !rwenv.dev_container) {
    return *home + path.substr(1);
  }
  if (path.starts_with('/')) {
    return path;
  }
  return fail(Code::bad_config,
              "/rwenvs/" + rwenv.name + "/kubeconfigPath: given " + named(path) +
                  ", expected an absolute path" +
                  (rwenv.dev_container ? " in the container." : "."),
              "Correct it in envs.json.");
}

}  // namespace

KubectlCluster::KubectlCluster(const Host& host, KubectlTarget target)
    : kubectl_(host, std::move(target)) {}

Result<std::optional<FluxKustomizationState>> KubectlCluster::kustomization(
    const std::string& name_space, const std::string& name, const CallContext& call) const {
  auto object = newest(kustomization_versions(), name_space, name, call);
  RETURN_IF_FAILED(object);
  if (!*object) {
    return std::nullopt;
  }
  return read_flux_kustomization(**object, {"Kustomization", name_space, name});
}

Result<std::optional<FluxSourceState>> KubectlCluster::source(const ObjectReference& source,
                                                              const CallContext& call) const {
  const std::vector<ApiResource> versions = source_versions(source.kind);
  if (versions.empty()) {
    FluxSourceState named;
    named.object = source;
    return named;
  }
  auto object = newest(versions, source.name_space, source.name, call);
  RETURN_IF_FAILED(object);
  if (!*object) {
    return std::nullopt;
  }
  return read_flux_source(**object, source);
}

Result<std::vector<WorkloadState>> KubectlCluster::workloads(const std::string& name_space,
                                                             const std::string& name,
                                                             const CallContext& call) const {
  std::vector<std::future<Result<LookedFor>>> asked;
  for (const WorkloadKind kind : workload_kinds()) {
    asked.push_back(
        std::async(kBeside, [&, kind] { return look_for(kind, name_space, name, call); }));
  }
  std::vector<Result<LookedFor>> answers;
  for (auto& answer : asked) {
    answers.push_back(answer.get());
  }
  std::vector<WorkloadState> found;
  std::optional<Error> refusal;
  for (Result<LookedFor>& answer : answers) {
    RETURN_IF_FAILED(answer);
    if (answer->workload) {
      found.push_back(std::move(answer->workload->state));
    } else if (answer->refusal) {
      refusal = std::move(answer->refusal);
    }
  }
  if (found.empty() && refusal) {
    return Failure(std::move(*refusal));
  }
  return found;
}

Result<std::string> KubectlCluster::version(const CallContext& call) const {
  auto object = object_of(kubectl_.get(ApiPath::of_version(), call));
  RETURN_IF_FAILED(object);
  return sanitize_line(text_field(object->value_or(Json()), {"gitVersion"}).value_or(""), 80);
}

// A version that the cluster does not know says nothing of the object; one that it knows says all.
// Where it knows none, the object is not said to be missing.
// Where it knows none, the object is not said to be missing.
Result<std::optional<Json>> KubectlCluster::newest(const std::vector<ApiResource>& versions,
                                                   const std::string& name_space,
                                                   const std::string& name,
                                                   const CallContext& call) const {
  for (const ApiResource& version : versions) {
    const auto path = ApiPath::of_object(version, name_space, name);
    if (!path) {
      return std::nullopt;
    }
    auto answer = kubectl_.get(*path, call);
    RETURN_IF_FAILED(answer);
    if (answer->absence != Absence::no_kind) {
      return object_of(std::move(answer));
    }
  }
  return Failure(unknown_kind(versions));
}

Result<KubectlCluster::LookedFor> KubectlCluster::look_for(WorkloadKind kind,
                                                           const std::string& name_space,
                                                           const std::string& name,
                                                           const CallContext& call) const {
  const auto path = ApiPath::of_object(resource_of(kind), name_space, name);
  if (!path) {
    return LookedFor();
  }
  auto answer = kubectl_.get(*path, call);
  RETURN_IF_FAILED(answer);
  if (answer->absence || answer->refusal) {
    return LookedFor{.workload = {}, .refusal = std::move(answer->refusal)};
  }
  FoundWorkload workload = read_workload(answer->value, kind, name_space, name);
  if (workload.template_of) {
    RETURN_IF_FAILED(bring_template(workload, call));
  }
  if (!workload.state.is_settled) {
    if (auto trouble = trouble_of(workload.pods, call)) {
      workload.state.trouble = std::move(trouble);
    }
  }
  return LookedFor{.workload = std::move(workload), .refusal = {}};
}

// Where it may not be read, the images stay unknown.
Result<void> KubectlCluster::bring_template(FoundWorkload& workload,
                                            const CallContext& call) const {
  const auto path = ApiPath::of_object(resource_of(WorkloadKind::deployment),
                                       workload.state.object.name_space, *workload.template_of);
  if (!path) {
    return {};
  }
  auto answer = kubectl_.get(*path, call);
  RETURN_IF_FAILED(answer);
  if (!answer->absence && !answer->refusal) {
    take_template(workload, answer->value);
  }
  return {};
}

// The workload's state stands without its pods, so nothing that goes wrong here counts.
std::optional<std::string> KubectlCluster::trouble_of(const PodsOfWorkload& pods,
                                                      const CallContext& call) const {
  std::string next;
  for (int page = 0; page < kMaxPages; ++page) {
    const auto path = ApiPath::of_pods(pods.name_space, pods.selector, next);
    if (!path) {
      return std::nullopt;
    }
    const auto answer = object_of(kubectl_.get(*path, call));
    if (!answer || !*answer) {
      return std::nullopt;
    }
    if (auto trouble = trouble_of_pods(**answer, pods)) {
      return trouble;
    }
    next = text_field(**answer, {"metadata", "continue"}).value_or("");
    if (next.empty()) {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

Result<std::unique_ptr<KubectlCluster>> cluster_of(const Host& host, const Rwenv& rwenv) {
  const std::string context = rwenv.kubernetes_context.value_or("");
  if (context.empty()) {
    return std::unique_ptr<KubectlCluster>();
  }
  KubectlTarget target{.context = context, .kubeconfig = {}, .container = rwenv.dev_container};
  if (rwenv.kubeconfig_path && !rwenv.kubeconfig_path->empty()) {
    auto path = absolute_kubeconfig(host, *rwenv.kubeconfig_path, rwenv);
    RETURN_IF_FAILED(path);
    target.kubeconfig = std::move(*path);
  }
  return std::make_unique<KubectlCluster>(host, std::move(target));
}

}  // namespace engine
