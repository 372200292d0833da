#include "engine/discovery/patch_targets.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace engine {
namespace {

// In steps of a build, each of which is a look at one thing.
constexpr std::size_t kPatternCost = 100;
constexpr std::size_t kSelectorCost = 20;

std::optional<ImagePattern> pattern_of(const std::string& text) {
  return has_pattern_signs(text) ? std::optional(ImagePattern::of_whole_text(text)) : std::nullopt;
}

bool fits(const std::string& wanted, const std::optional<ImagePattern>& pattern,
          const std::string& text) {
  return wanted.empty() || wanted == text ||
         (pattern && pattern->matches(text) != ImagePattern::Match::no);
}

std::optional<std::string_view> value_in(const TextPairs& pairs, std::string_view key) {
  const auto found =
      std::ranges::find(pairs, key, [](const auto& pair) { return std::string_view(pair.first); });
  return found == pairs.end() ? std::nullopt : std::optional<std::string_view>(found->second);
}

// As the kustomizations so far have made them: the last one wins.
bool selects(const std::optional<LabelSelector>& selector, const ReachedWorkload& workload,
             TextPairs Workload::*own, TextPairs KustomizationFile::*given) {
  return !selector || selector->selects([&](std::string_view key) {
    std::optional<std::string_view> value = value_in(workload.workload->*own, key);
    for (const KustomizationFile* layer : workload.labelled_by) {
      if (const auto other = value_in(layer->*given, key)) {
        value = other;
      }
    }
    return value;
  });
}

}  // namespace

void PatchTargets::add(const ImagePatch& patch, const ManifestFile* file) {
  if (file == nullptr) {
    add_content(patch, file, patch.content.workloads, patch.content.helm_tags,
                patch.content.operations);
  } else {
    add_content(patch, file, file->summary.workloads, file->summary.helm_tags,
                file->summary.operations);
  }
}

void PatchTargets::add_content(const ImagePatch& patch, const ManifestFile* file,
                               const std::vector<Workload>& workloads,
                               const std::vector<HelmTag>& tags,
                               const std::vector<PatchOperation>& operations) {
  std::multimap<std::string_view, const HelmTag*> by_release;
  for (const HelmTag& tag : tags) {
    by_release.emplace(tag.release, &tag);
  }
  for (const Workload& workload : workloads) {
    Part part;
    part.object = &workload;
    part.file = file;
    if (workload.kind == "HelmRelease") {
      const auto [begin, end] = by_release.equal_range(workload.name);
      std::transform(begin, end, std::back_inserter(part.tags),
                     [](const auto& tag) { return tag.second; });
    }
    if (!part.tags.empty() || !workload.containers.empty()) {
      add_part(std::move(part), patch);
    }
  }
  // kustomize refuses a JSON patch without a target.
  if (!operations.empty() && patch.target) {
    Part part;
    part.operations = &operations;
    part.file = file;
    add_part(std::move(part), patch);
  }
}

void PatchTargets::add_part(Part part, const ImagePatch& patch) {
  const std::size_t index = parts_.size();
  const std::string* name = part.object == nullptr ? nullptr : &part.object->name;
  if (patch.target) {
    const PatchTarget& target = *patch.target;
    part.target = &target;
    part.kind = pattern_of(target.kind);
    part.name = pattern_of(target.name);
    part.labels = LabelSelector::parse(target.labels);
    part.annotations = LabelSelector::parse(target.annotations);
    name = target.name.empty() || part.name ? nullptr : &target.name;
  }
  if (name == nullptr) {
    others_.push_back(index);
  } else {
    by_name_.emplace(*name, index);
  }
  parts_.push_back(std::move(part));
}

std::vector<const PatchTargets::Part*> PatchTargets::candidates(
    const ReachedWorkload& workload) const {
  std::vector<std::size_t> indexes = others_;
  for (const std::string* name : {&workload.workload->name, &workload.name}) {
    const auto [begin, end] = by_name_.equal_range(*name);
    std::transform(begin, end, std::back_inserter(indexes),
                   [](const auto& named) { return named.second; });
  }
  std::ranges::sort(indexes);
  indexes.erase(std::unique(indexes.begin(), indexes.end()), indexes.end());
  std::vector<const Part*> parts;
  for (const std::size_t index : indexes) {
    parts.push_back(&parts_[index]);
  }
  return parts;
}

bool PatchTargets::changes(const Part& part, const ReachedWorkload& workload) {
  const std::string& kind = workload.workload->kind;
  if (part.target == nullptr) {
    return part.object != nullptr && part.object->kind == kind;  // the name is that of a candidate
  }
  const PatchTarget& target = *part.target;
  const bool named = fits(target.name, part.name, workload.workload->name) ||
                     fits(target.name, part.name, workload.name);
  // A namespace that nothing has said may be any.
  const auto& own = workload.workload->namespace_name;
  const bool in_namespace = target.namespace_name.empty() ||
                            has_pattern_signs(target.namespace_name) ||
                            (!own && !workload.namespace_name) || own == target.namespace_name ||
                            workload.namespace_name == target.namespace_name;
  return named && in_namespace && fits(target.kind, part.kind, kind) &&
         selects(part.labels, workload, &Workload::labels, &KustomizationFile::labels) &&
         selects(part.annotations, workload, &Workload::annotations,
                 &KustomizationFile::annotations);
}

std::size_t PatchTargets::cost(const Part& part, const ReachedWorkload& workload) {
  const bool is_plain =
      part.target == nullptr || (part.target->labels.empty() && part.target->annotations.empty());
  return 1 + (part.kind || part.name ? kPatternCost : 0) +
         (is_plain ? 0 : kSelectorCost * (1 + workload.labelled_by.size()));
}

}  // namespace engine
