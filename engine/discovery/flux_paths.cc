#include "engine/discovery/flux_paths.h"

#include <optional>

namespace engine {
namespace {

constexpr std::string_view kPath = "/spec/path";

// More clusters than share a definition, more than build on each other between them, and more
// expressions than one kustomization has; and all visits together.
constexpr std::size_t kMaxWays = 200;
constexpr std::size_t kMaxPatching = 20;
constexpr std::size_t kMaxExpressions = 20;
constexpr std::size_t kMaxVisits = 200'000;
// Looks at the patches of one kustomization; an expression costs many.
constexpr std::size_t kMaxSteps = 2'000'000;
constexpr std::size_t kExpressionCost = 100;

}  // namespace

void FluxPaths::Rules::add(const std::optional<PatchTarget>& target, const std::string& name,
                           const std::string& path) {
  if (!target) {
    by_name[name] = path;
    return;
  }
  if (!target->kind.empty() && target->kind != "Kustomization") {
    return;
  }
  if (target->name.empty()) {
    for_all = path;
  } else if (!has_pattern_signs(target->name)) {
    by_name[target->name] = path;
  } else if (by_expression.size() < kMaxExpressions) {
    by_expression.emplace_back(ImagePattern::of_whole_text(target->name), path);
  }
}

FluxPaths::FluxPaths(const ManifestTree& tree, const KustomizeGraph& graph,
                     const std::stop_token& stop) {
  for (const auto& [directory, node] : graph.nodes()) {
    read_rules(tree, directory, *node.kustomization);
  }
  if (!rules_.empty()) {
    follow(graph, stop);
  }
}

void FluxPaths::read_rules(const ManifestTree& tree, const std::string& directory,
                           const KustomizationFile& kustomization) {
  for (const ImagePatch& patch : kustomization.patches) {
    const auto path = patch.file.empty() ? std::nullopt : resolve_path(directory, patch.file);
    const ManifestFile* const file = path ? tree.find(*path) : nullptr;
    TextPairs paths = patch.content.flux_paths;
    if (file != nullptr) {
      for (const FluxKustomization& flux : file->summary.flux.kustomizations) {
        paths.emplace_back(flux.name, flux.path);
      }
    }
    for (const auto& operations :
         {&patch.content.operations, file == nullptr ? nullptr : &file->summary.operations}) {
      for (std::size_t i = 0; operations != nullptr && i < operations->size(); ++i) {
        const PatchOperation& operation = (*operations)[i];
        if (patch.target && operation.pointer == kPath && !operation.texts.empty()) {
          paths.emplace_back("", operation.texts.front().second);
        }
      }
    }
    for (const auto& [name, text] : paths) {
      if (!text.empty()) {
        rules_[directory].add(patch.target, name, text);
      }
    }
  }
}

void FluxPaths::follow(const KustomizeGraph& graph, const std::stop_token& stop) {
  std::vector<Visit> next;
  for (const std::string& root : graph.roots()) {
    next.push_back({root, {root, {}}});
    while (!next.empty() && !stop.stop_requested() && ++visits_ < kMaxVisits) {
      Visit at = std::move(next.back());
      next.pop_back();
      visit(graph, std::move(at), next);
    }
  }
}

void FluxPaths::visit(const KustomizeGraph& graph, Visit at, std::vector<Visit>& next) {
  const auto node = graph.nodes().find(at.directory);
  std::set<Way>& seen = seen_[at.directory];
  if (node == graph.nodes().end() || seen.size() == kMaxWays || !seen.insert(at.way).second) {
    return;
  }
  if (rules_.contains(at.directory) && at.way.second.size() < kMaxPatching) {
    at.way.second.push_back(at.directory);
  }
  for (const ManifestFile* manifest : node->second.manifests) {
    if (!manifest->summary.flux.kustomizations.empty()) {
      ways_[manifest].insert(at.way);
    }
  }
  for (const auto* references : {&node->second.kustomizations, &node->second.components}) {
    for (const std::string& base : *references) {
      next.push_back({base, at.way});
    }
  }
}

// The outermost patch is the last one.
std::string FluxPaths::patched(const Way& way, const FluxKustomization& flux) {
  std::string path = flux.path;
  for (auto directory = way.second.rbegin(); directory != way.second.rend(); ++directory) {
    const Rules& rules = rules_.at(*directory);
    steps_ += 1 + kExpressionCost * rules.by_expression.size();
    if (!rules.for_all.empty()) {
      path = rules.for_all;
    }
    for (const auto& [expression, text] : rules.by_expression) {
      if (expression.matches(flux.name) == ImagePattern::Match::yes) {
        path = text;
      }
    }
    if (const auto named = rules.by_name.find(flux.name); named != rules.by_name.end()) {
      path = named->second;
    }
  }
  return path;
}

FluxPaths::Paths FluxPaths::of(const ManifestFile& file, const FluxKustomization& flux) {
  const auto ways = ways_.find(&file);
  if (ways == ways_.end() || steps_ > kMaxSteps) {
    return {{flux.path, {}}};
  }
  Paths paths;
  for (const Way& way : ways->second) {
    paths[patched(way, flux)].insert(way.first);
  }
  return paths;
}

}  // namespace engine
