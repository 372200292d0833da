#include <array>
#include <map>
#include <utility>

#include "engine/manifest/limits.h"
#include "engine/manifest/summary_parts.h"

namespace engine {
namespace {

using Index = YamlReader::Index;

// `above`: what stands before the pod, as a JSON pointer.
void read_containers(const SummaryContext& context, std::optional<Index> pod, std::string_view key,
                     const std::string& where, const std::string& above, Workload& out) {
  const YamlReader& yaml = context.yaml();
  const auto containers = yaml.find(pod, key);
  const ItemNames names(yaml, containers);
  std::size_t index = 0;
  for (const Index container : yaml.items(containers)) {
    std::string path = where + "." + std::string(key) + names.step(index) + ".image";
    std::string pointer = above + "/" + std::string(key) + "/" + std::to_string(index++) + "/image";
    std::string runs = context.image(context.text(container, {"image"}));
    if (!runs.empty() && path.size() <= kMaxImageBytes) {
      out.containers.push_back({context.name(context.text(container, {"name"})), std::move(runs),
                                std::move(path), std::move(pointer)});
    }
  }
}

// What names the document, where there are several.
std::string selector(const SummaryContext& context, std::string_view kind, std::string_view name) {
  if (context.yaml().documents().size() < 2) {
    return {};
  }
  return "[kind=" + spelled_key(kind) + "]" +
         (name.empty() ? "" : "[name=" + spelled_key(name) + "]");
}

}  // namespace

bool is_workload_kind(std::string_view api, std::string_view kind) {
  return kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet" ||
         kind == "CronJob" || kind == "Job" ||
         (kind == "Rollout" && api.starts_with("argoproj.io/"));
}

void read_workload_facts(const SummaryContext& context, Index object, std::string_view kind,
                         const std::string& where) {
  const YamlReader& yaml = context.yaml();
  Workload workload;
  workload.kind = kind;
  workload.name = context.name(context.text(object, {"metadata", "name"}));
  workload.namespace_name =
      unless_empty(context.name(context.text(object, {"metadata", "namespace"})));
  if (workload.name.empty()) {
    return;
  }
  if (yaml.find(object, "sops")) {
    context.set_problem("it is encrypted with SOPS");
    return;
  }
  const std::string document = where.empty() ? selector(context, kind, workload.name)
                                             : selector(context, "List", "") + where;
  if (kind == "HelmRelease") {
    workload.has_own_image = has_own_image(yaml, object);
    read_helm_facts(context, object, workload, document);
  } else {
    const bool cron = kind == "CronJob";
    const auto job = cron ? yaml.find(object, {"spec", "jobTemplate"}) : object;
    const auto pod = job ? yaml.find(*job, {"spec", "template", "spec"}) : std::nullopt;
    const std::string path = document + (cron ? ".spec.jobTemplate" : "") + ".spec.template.spec";
    const std::string above = cron ? "/spec/jobTemplate/spec/template/spec" : "/spec/template/spec";
    read_containers(context, pod, "containers", path, above, workload);
    read_containers(context, pod, "initContainers", path, above, workload);
  }
  workload.labels = read_text_pairs(context, yaml.find(object, {"metadata", "labels"}));
  workload.annotations = read_text_pairs(context, yaml.find(object, {"metadata", "annotations"}));
  context.summary().workloads.push_back(std::move(workload));
}

ItemNames::ItemNames(const YamlReader& yaml, std::optional<Index> sequence) {
  std::map<std::string_view, std::size_t> count;
  for (const Index item : yaml.items(sequence)) {
    const auto name = yaml.text(yaml.find(item, "name"));
    names_.push_back(name);
    ++count[name.value_or("")];
  }
  for (auto& name : names_) {
    if (name && (name->empty() || name->size() > kMaxNameBytes || count[*name] > 1)) {
      name.reset();
    }
  }
}

std::string ItemNames::step(std::size_t index) const {
  const auto& name = names_[index];
  return name ? "[name=" + spelled_key(*name) + "]" : "[" + std::to_string(index) + "]";
}

}  // namespace engine
