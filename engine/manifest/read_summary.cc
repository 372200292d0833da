#include "engine/manifest/read_summary.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

#include "engine/manifest/edit.h"
#include "engine/manifest/limits.h"
#include "engine/manifest/manifest_path.h"
#include "engine/manifest/summary_parts.h"
#include "engine/text/text.h"
#include "engine/yaml/source_map.h"

namespace engine {
namespace {

using Index = YamlReader::Index;

bool has(std::string_view bytes, std::string_view word) {
  return bytes.find(word) != std::string_view::npos;
}

// Whether the text can hold an object that matters. Spares most manifests the parser.
bool may_matter(std::string_view bytes) {
  if (has(bytes, "image") &&
      (has(bytes, "Deployment") || has(bytes, "StatefulSet") || has(bytes, "DaemonSet") ||
       has(bytes, "Job") || has(bytes, "Rollout"))) {
    return true;
  }
  return has(bytes, "HelmRelease") || may_be_flux(bytes) || has(bytes, "fluxcd.controlplane.io/") ||
         (has(bytes, "argoproj.io/") && has(bytes, "Application"));
}

// Whether objects of the kind apply manifests, or make Kustomizations of Flux.
bool is_other_deployer(std::string_view api, std::string_view kind) {
  return api.starts_with("fluxcd.controlplane.io/") ||
         (api.starts_with("argoproj.io/") && kind.starts_with("Application"));
}

// Whether the text can hold a patch of an image, or an image that is passed over and counted.
// Definitions of kinds are the largest manifests, and name images only in their schemas.
bool may_be_counted(std::string_view bytes) {
  if (has(bytes, "/spec") && (has(bytes, "op:") || has(bytes, "op\"") || has(bytes, "op'"))) {
    return true;
  }
  const bool image = has(bytes, "mage:") || has(bytes, "mage\"") || has(bytes, "repository:");
  return image && !has(bytes, "CustomResourceDefinition");
}

class FactsReader {
 public:
  FactsReader(std::string_view path, const YamlReader& yaml, ManifestSummary& summary)
      : path_(path), yaml_(yaml), context_(yaml, summary), summary_(summary) {}

  void read(const std::stop_token& stop) {
    for (const Index document : yaml_.documents()) {
      if (stop.stop_requested()) {
        return;
      }
      read_object(document, "", stop);
    }
  }

 private:
  std::optional<std::string_view> text(Index node,
                                       std::initializer_list<std::string_view> keys) const {
    return context_.text(node, keys);
  }
  std::string name(std::optional<std::string_view> text) const { return context_.name(text); }

  // `where`: the path of an item of a List.
  void read_object(Index object, const std::string& where, const std::stop_token& stop) {
    const std::string_view kind = text(object, {"kind"}).value_or("");
    const std::string_view api = text(object, {"apiVersion"}).value_or("");
    if (where.empty()) {
      read_operations(context_, object, true, summary_.operations);
      summary_.flux_fields =
          static_cast<FluxFields>(summary_.flux_fields | fields_patched(yaml_, object));
    }
    summary_.has_other_deployer = summary_.has_other_deployer || is_other_deployer(api, kind);
    if (kind == "List" && where.empty()) {
      read_list(object, stop);
    } else if (is_flux_api(api)) {
      read_flux(object);
    } else if (is_kustomization_path(path_)) {
      if (!summary_.kustomization) {
        read_kustomization_facts(context_, object);
      }
    } else if (is_workload_kind(api, kind) || kind == "HelmRelease") {
      read_workload_facts(context_, object, kind, where);
    } else {
      count(object, api, kind);
    }
  }

  void read_list(Index list, const std::stop_token& stop) {
    std::size_t index = 0;
    for (const Index item : yaml_.items(yaml_.find(list, "items"))) {
      if (stop.stop_requested()) {
        return;
      }
      const std::string where = ".items[" + std::to_string(index++) + "]";
      if (text(item, {"kind"}).value_or("") != "List") {
        read_object(item, where, stop);
      }
    }
  }

  void read_flux(Index object) {
    const std::size_t before = summary_.flux.kustomizations.size();
    if (auto problem = read_flux_object(yaml_, object, summary_.flux)) {
      context_.set_problem(std::move(*problem));
    }
    if (summary_.flux.kustomizations.size() > before) {
      if (auto additions =
              read_flux_additions(context_, object, summary_.flux.kustomizations.back().patches)) {
        summary_.flux_additions.emplace(before, std::move(*additions));
      }
    }
  }

  // What is passed over. Flux's own objects say which images it watches, and run none.
  void count(Index object, std::string_view api, std::string_view kind) {
    if (yaml_.kind(object) != YamlReader::Kind::mapping) {
      return;
    }
    if (kind.empty() && api.empty()) {
      summary_.tags_in_values += count_tags_in_values(yaml_, object);
    } else if (!kind.empty() && kind.size() <= kMaxNameBytes && !has(api, ".toolkit.fluxcd.io/") &&
               !has(api, "kustomize.config.k8s.io/") &&
               summary_.unknown_kinds.size() < kMaxImages && has_image(yaml_, object)) {
      summary_.unknown_kinds.emplace_back(kind);
    }
  }

  std::string_view path_;
  const YamlReader& yaml_;
  SummaryContext context_;
  ManifestSummary& summary_;
};

// Asks the editor about every place that was found; about those of one name only once, as kustomize
// sets them all.
void find_refusals(std::string_view path, std::string_view bytes, YamlReader yaml,
                   const std::stop_token& stop, ManifestSummary& summary) {
  std::vector<TagLocation> places;
  std::vector<std::pair<std::size_t, std::optional<std::string>*>> asked;  // by number in `places`
  if (summary.kustomization) {
    std::map<std::string_view, std::size_t> by_name;
    for (ImageEntry& entry : summary.kustomization->images) {
      const auto [known, is_new] = by_name.emplace(entry.name, places.size());
      if (is_new) {
        places.push_back({.type = "kustomize-images", .image_name = entry.name, .path = {}});
      }
      asked.emplace_back(known->second, &entry.refusal);
    }
  }
  for (HelmTag& tag : summary.helm_tags) {
    if (tag.is_reference) {
      continue;
    }
    asked.emplace_back(places.size(), &tag.refusal);
    places.push_back({.type = "helm-values", .image_name = tag.repository, .path = tag.path});
  }
  if (places.empty()) {
    return;
  }
  const auto stream = YamlSourceMap::locate(path, bytes, std::move(yaml), stop);
  const auto errors = stream ? check_tag_places(path, *stream, places, stop)
                             : std::vector<std::optional<Error>>(places.size(), stream.error());
  for (const auto& [place, refusal] : asked) {
    if (errors[place]) {
      *refusal = errors[place]->message;
    }
  }
}

}  // namespace

ManifestSummary read_manifest_summary(std::string_view path, std::string_view bytes,
                                      const std::stop_token& stop) {
  ManifestSummary summary;
  if (const auto program = encrypting_program(bytes); program && is_kustomization_path(path)) {
    summary.problem = "it is encrypted with " + std::string(*program);
    return summary;
  }
  const bool matters = is_kustomization_path(path) || may_matter(bytes);
  if (!matters && !may_be_counted(bytes)) {
    return summary;
  }
  auto yaml = YamlReader::parse(bytes, stop);
  if (!matters && (!yaml || yaml->is_explosive())) {
    return summary;
  }
  if (!yaml) {
    const bool is_template = bytes.find("{{") != std::string_view::npos;
    summary.problem =
        sanitize_line(yaml.error().message, 200) + (is_template ? " (it is a template)" : "");
    return summary;
  }
  if (yaml->is_explosive()) {
    summary.problem =
        "its aliases stand for more than " + std::to_string(kMaxAliasedValues) + " values";
    return summary;
  }
  FactsReader reader(path, *yaml, summary);
  reader.read(stop);
  if (summary.helm_tags.size() > kMaxImages) {
    summary.helm_tags.clear();
    summary.problem = "it has more than " + std::to_string(kMaxImages) + " images";
  }
  find_refusals(path, bytes, std::move(*yaml), stop, summary);
  return summary;
}

}  // namespace engine
