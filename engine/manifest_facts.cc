#include "engine/manifest_facts.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <unordered_set>
#include <utility>

#include "engine/manifest_edit.h"
#include "engine/manifest_yaml.h"
#include "engine/text.h"

namespace engine {
namespace {

using Index = ManifestYaml::Index;

constexpr std::string_view kLfsPointer = "version https://git-lfs";
// More values than any chart has; a bound on what is searched.
constexpr std::size_t kMaxHelmDepth = 32;
std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

std::string string_of(std::optional<std::string_view> text) {
  return std::string(text.value_or(""));
}

bool is_workload_kind(std::string_view kind) {
  return kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet" ||
         kind == "CronJob" || kind == "Job";
}

// Whether the text can hold an object that matters. Spares most manifests the parser.
bool may_matter(std::string_view bytes) {
  const auto has = [&](std::string_view word) { return bytes.find(word) != bytes.npos; };
  if (has("image") && (has("Deployment") || has("StatefulSet") || has("DaemonSet") || has("Job"))) {
    return true;
  }
  return has("HelmRelease") || may_be_flux(bytes);
}

class FactsReader {
 public:
  FactsReader(std::string_view path, const ManifestYaml& yaml, ManifestFacts& facts)
      : path_(path), yaml_(yaml), facts_(facts) {}

  // Whether every image of the kustomization is spelled so simply that its tag can surely be set.
  bool has_simple_images() const { return simple_images_; }

  void read(const std::stop_token& stop) {
    for (const Index document : yaml_.documents()) {
      if (stop.stop_requested()) {
        return;
      }
      read_object(document, stop);
    }
  }

 private:
  std::optional<std::string_view> text(Index node,
                                       std::initializer_list<std::string_view> keys) const {
    return yaml_.text(yaml_.find(node, keys));
  }

  void set_problem(std::string problem) {
    if (!facts_.problem) {
      facts_.problem = std::move(problem);
    }
  }

  // A text of at most so many bytes; nothing, and a problem, for a longer one.
  std::string bounded(std::optional<std::string_view> text, std::size_t most) {
    if (text && text->size() > most) {
      set_problem("a name in it has more than " + std::to_string(most) + " bytes");
      return {};
    }
    return string_of(text);
  }
  std::string name(std::optional<std::string_view> text) { return bounded(text, kMaxNameBytes); }
  std::string image(std::optional<std::string_view> text) { return bounded(text, kMaxImageBytes); }

  static std::optional<std::string> unless_empty(std::string text) {
    return text.empty() ? std::nullopt : std::optional(std::move(text));
  }

  // Whether there is room for one more; else a problem.
  bool has_room(std::size_t images) {
    if (images == kMaxImages) {
      set_problem("it has more than " + std::to_string(kMaxImages) + " images");
    }
    return images < kMaxImages;
  }

  void read_object(Index object, const std::stop_token& stop) {
    const std::string_view kind = text(object, {"kind"}).value_or("");
    const std::string_view api = text(object, {"apiVersion"}).value_or("");
    if (kind == "List") {
      for (const Index item : yaml_.items(yaml_.find(object, "items"))) {
        if (stop.stop_requested()) {
          return;
        }
        if (text(item, {"kind"}).value_or("") != "List") {
          read_object(item, stop);
        }
      }
    } else if (is_flux_api(api)) {
      read_flux(object);
    } else if (is_kustomization_path(path_)) {
      if (!facts_.kustomization) {
        read_kustomization(object);
      }
    } else if (is_workload_kind(kind) || kind == "HelmRelease") {
      read_workload(object, kind);
    }
  }

  void read_flux(Index object) {
    if (auto problem = read_flux_object(yaml_, object, facts_.flux)) {
      set_problem(std::move(*problem));
    }
  }

  void read_strings(Index object, std::initializer_list<std::string_view> keys,
                    std::vector<std::string>& out) const {
    std::unordered_set<std::string_view> seen;
    for (const std::string_view key : keys) {
      for (const Index item : yaml_.items(yaml_.find(object, key))) {
        const std::string_view value = yaml_.text(item).value_or("");
        // kustomize refuses to add one thing twice.
        if (!value.empty() && seen.insert(value).second) {
          out.emplace_back(value);
        }
      }
    }
  }

  // The files among the patches; what is written beside them is none.
  void read_patches(Index object, std::vector<std::string>& out) const {
    std::vector<std::string> named;
    read_strings(object, {"patchesStrategicMerge"}, named);
    for (const std::string_view key : {"patches", "patchesJson6902"}) {
      for (const Index item : yaml_.items(yaml_.find(object, key))) {
        named.push_back(string_of(yaml_.text(yaml_.find(item, "path"))));
      }
    }
    std::ranges::copy_if(named, std::back_inserter(out), [](const std::string& file) {
      return !file.empty() && file.find('\n') == std::string::npos;
    });
  }

  void read_kustomization(Index object) {
    KustomizationFile file;
    read_strings(object, {"resources", "bases"}, file.resources);
    read_strings(object, {"components"}, file.components);
    read_patches(object, file.patches);
    file.namespace_name = unless_empty(name(text(object, {"namespace"})));
    file.name_prefix = name(text(object, {"namePrefix"}));
    file.name_suffix = name(text(object, {"nameSuffix"}));
    for (const Index item : yaml_.items(yaml_.find(object, "images"))) {
      if (!has_room(file.images.size())) {
        file.images.clear();
        break;
      }
      ImageEntry entry;
      entry.name = image(text(item, {"name"}));
      entry.new_name = unless_empty(image(text(item, {"newName"})));
      entry.sets_tag = text(item, {"newTag"}) || text(item, {"digest"});
      if (!entry.name.empty()) {
        file.images.push_back(std::move(entry));
      }
    }
    facts_.kustomization = std::move(file);
    simple_images_ = yaml_.is_simple() && are_simple_images(object);
  }

  // Only entries of `name`, `newName` and `newTag`, each once and on a line of its own, and nothing
  // encrypted.
  bool are_simple_images(Index object) const {
    std::vector<std::string_view> keys;
    for (const auto& [key, value] : yaml_.entries(object)) {
      keys.push_back(key);
    }
    const auto images = yaml_.find(object, "images");
    return images && yaml_.kind(*images) == ManifestYaml::Kind::sequence &&
           std::ranges::count(keys, "images") == 1 && std::ranges::count(keys, "<<") == 0 &&
           std::ranges::count(keys, "sops") == 0 &&
           std::ranges::all_of(yaml_.items(images),
                               [&](Index entry) { return is_simple_image(entry); });
  }

  // A plain tag, or a plain name with a port at most: no regular expression, nothing encrypted, and
  // neither tag nor digest after a name.
  static bool is_word(std::optional<std::string_view> text) {
    if (!text || text->find_first_of("*+?[]()|^${}\\@; ") != std::string_view::npos) {
      return false;
    }
    const std::size_t colon = text->rfind(':');
    return colon == std::string_view::npos || text->find('/', colon) != std::string_view::npos;
  }

  bool is_simple_image(Index entry) const {
    constexpr std::array<std::string_view, 3> kKnown = {"name", "newName", "newTag"};
    std::array<int, kKnown.size()> seen{};
    for (const auto& [key, value] : yaml_.entries(entry)) {
      const auto known = std::ranges::find(kKnown, key);
      if (known == kKnown.end() || !yaml_.is_beside_key(value) || !is_word(yaml_.text(value)) ||
          ++seen.at(static_cast<std::size_t>(known - kKnown.begin())) > 1) {
        return false;
      }
    }
    return seen.front() == 1;
  }

  void read_containers(std::optional<Index> pod, std::string_view key, Workload& out) {
    for (const Index container : yaml_.items(yaml_.find(pod, key))) {
      std::string runs = image(yaml_.text(yaml_.find(container, "image")));
      if (!runs.empty()) {
        out.containers.push_back(
            {name(yaml_.text(yaml_.find(container, "name"))), std::move(runs)});
      }
    }
  }

  void read_workload(Index object, std::string_view kind) {
    Workload workload;
    workload.kind = kind;
    workload.name = name(text(object, {"metadata", "name"}));
    workload.namespace_name = unless_empty(name(text(object, {"metadata", "namespace"})));
    if (workload.name.empty()) {
      return;
    }
    if (yaml_.find(object, "sops")) {
      set_problem("it is encrypted with SOPS");
      return;
    }
    if (kind == "HelmRelease") {
      read_helm_tags(object, workload);
    } else {
      const auto job = kind == "CronJob" ? yaml_.find(object, {"spec", "jobTemplate"}) : object;
      const auto pod = job ? yaml_.find(*job, {"spec", "template", "spec"}) : std::nullopt;
      read_containers(pod, "containers", workload);
      read_containers(pod, "initContainers", workload);
    }
    facts_.workloads.push_back(std::move(workload));
  }

  void read_helm_tags(Index release, const Workload& workload) {
    const auto values = yaml_.find(release, {"spec", "values"});
    if (!values) {
      return;
    }
    HelmTag tag;
    tag.release = workload.name;
    tag.namespace_name = unless_empty(name(text(release, {"spec", "targetNamespace"})));
    if (!tag.namespace_name) {
      tag.namespace_name = workload.namespace_name;
    }
    const std::string selector = yaml_.documents().size() > 1
                                     ? "[kind=HelmRelease][name=" + quoted(workload.name) + "]"
                                     : "";
    find_helm_tags(*values, "values", selector + ".spec.values", 0, tag);
  }

  // Every mapping that is an image: its key says so, or it has a repository beside the tag. What is
  // reached by an alias is written elsewhere, and found there.
  void find_helm_tags(Index node, std::string_view key, const std::string& path, std::size_t depth,
                      const HelmTag& common) {
    if (depth > kMaxHelmDepth || yaml_.kind(node) == ManifestYaml::Kind::alias ||
        facts_.helm_tags.size() > kMaxImages) {
      return;
    }
    if (path.size() > kMaxImageBytes) {
      set_problem("a path in its values has more than " + std::to_string(kMaxImageBytes) +
                  " bytes");
      return;
    }
    const auto repository = yaml_.text(yaml_.find(node, "repository"));
    if (yaml_.text(yaml_.find(node, "tag")) && (repository || names_image(key))) {
      HelmTag tag = common;
      tag.repository = image(repository);
      tag.path = path + ".tag";
      facts_.helm_tags.push_back(std::move(tag));
    }
    for (const auto& [child, value] : yaml_.entries(node)) {
      const std::string_view known = child.substr(0, kMaxImageBytes);
      find_helm_tags(value, known, path + "." + quoted(known), depth + 1, common);
    }
    std::size_t index = 0;
    for (const Index item : yaml_.items(node)) {
      find_helm_tags(item, key, path + "[" + std::to_string(index++) + "]", depth + 1, common);
    }
  }

  static bool names_image(std::string_view key) {
    return key.ends_with("image") || key.ends_with("Image");
  }

  // A key of a path; in quotes unless it is a plain word.
  static std::string quoted(std::string_view key) {
    const bool plain = !key.empty() && std::ranges::all_of(key, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '-' || c == '_';
    });
    if (plain) {
      return std::string(key);
    }
    if (key.find('"') == std::string_view::npos) {
      return '"' + std::string(key) + '"';
    }
    std::string out;
    for (const char c : key) {
      out += std::string("\\") + c;
    }
    return out;
  }

  std::string_view path_;
  const ManifestYaml& yaml_;
  ManifestFacts& facts_;
  bool simple_images_ = false;
};

// Asks the editor about every place that was found, with one parse of the file.
void find_refusals(std::string_view path, std::string_view bytes, const std::stop_token& stop,
                   ManifestFacts& facts) {
  std::vector<TagPlace> places;
  std::vector<std::optional<std::string>*> refusals;
  if (facts.kustomization) {
    for (ImageEntry& entry : facts.kustomization->images) {
      places.push_back({.type = "kustomize-images", .image_name = entry.name, .path = {}});
      refusals.push_back(&entry.refusal);
    }
  }
  for (HelmTag& tag : facts.helm_tags) {
    places.push_back({.type = "helm-values", .image_name = tag.repository, .path = tag.path});
    refusals.push_back(&tag.refusal);
  }
  if (places.empty()) {
    return;
  }
  const auto errors = check_tag_places(path, bytes, places, stop);
  for (std::size_t i = 0; i < errors.size(); ++i) {
    if (errors[i]) {
      *refusals[i] = errors[i]->message;
    }
  }
}

}  // namespace

bool is_kustomization_path(std::string_view path) {
  const std::string_view name = file_name(path);
  return name == "kustomization.yaml" || name == "kustomization.yml" || name == "Kustomization";
}

bool is_manifest_path(std::string_view path) {
  return path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".json") ||
         is_kustomization_path(path);
}

ManifestFacts read_manifest_facts(std::string_view path, std::string_view bytes,
                                  const std::stop_token& stop) {
  ManifestFacts facts;
  if (bytes.starts_with(kLfsPointer)) {
    facts.problem = "it is a Git LFS pointer, not a manifest";
    return facts;
  }
  if (const auto program = encrypting_program(bytes); program && is_kustomization_path(path)) {
    facts.problem = "it is encrypted with " + std::string(*program);
    return facts;
  }
  if (!is_kustomization_path(path) && !may_matter(bytes)) {
    return facts;
  }
  const auto yaml = ManifestYaml::parse(bytes, stop);
  if (!yaml) {
    const bool is_template = bytes.find("{{") != std::string_view::npos;
    facts.problem =
        printable_line(yaml.error().message, 200) + (is_template ? " (it is a template)" : "");
    return facts;
  }
  if (yaml->is_explosive()) {
    facts.problem =
        "its aliases stand for more than " + std::to_string(kMaxAliasedValues) + " values";
    return facts;
  }
  FactsReader reader(path, *yaml, facts);
  reader.read(stop);
  if (facts.helm_tags.size() > kMaxImages) {
    facts.helm_tags.clear();
    facts.problem = "it has more than " + std::to_string(kMaxImages) + " images";
  }
  // Asking the editor costs more than all the rest, and most kustomizations need not be asked
  // about.
  if (!reader.has_simple_images()) {
    find_refusals(path, bytes, stop, facts);
  }
  return facts;
}

}  // namespace engine
