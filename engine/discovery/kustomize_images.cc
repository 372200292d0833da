// What the entries of `images` make of an image, and which of them no rollout should set; see
// engine/discovery/kustomize_graph.h.
#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/repository_path.h"
#include "engine/discovery/kustomize_graph.h"

namespace engine {

namespace {

// More regular expressions than one kustomization has, and what it costs to try one: both bound
// what a stranger's file takes.
constexpr std::size_t kMaxExpressions = 100;
constexpr std::size_t kMatchCost = 100;

}  // namespace

bool KustomizeGraph::is_expression(const ImageEntry& entry) const {
  return has_pattern_signs(entry.name) || dotted_.contains(&entry);
}

void KustomizeGraph::index_image_names() {
  image_names_.emplace();
  const auto add = [&](std::string_view name) { (*image_names_)[name.size()].emplace(name); };
  for (const ManifestFile& file : tree_.files()) {
    for (const Workload& workload : file.summary.workloads) {
      for (const ContainerImage& container : workload.containers) {
        add(image_name(container.image));
      }
    }
    for (const PatchOperation& operation : file.summary.operations) {
      add(image_name(operation.image.image));
    }
  }
  for (const auto& [directory, node] : nodes_) {
    for (const PlacedEntry& placed : node.entries_) {
      add(placed.entry->new_name.value_or(""));
    }
  }
}

// Whether no image has that very name, and one has it but for what stands in place of its dots:
// dots stand in the names of all registries, so they are dots wherever they can be.
bool KustomizeGraph::needs_its_dots(const std::string& name) {
  if (name.find('.') == std::string::npos) {
    return false;
  }
  if (!image_names_) {
    index_image_names();
  }
  const auto alike = image_names_->find(name.size());
  if (alike == image_names_->end() || alike->second.contains(name) ||
      !may_go_on(0, alike->second.size())) {
    return false;
  }
  return std::ranges::any_of(alike->second, [&](const std::string& other) {
    return std::ranges::equal(name, other,
                              [](char c, char there) { return c == '.' || c == there; });
  });
}

void KustomizeGraph::index_entries(Node& node) {
  if (node.by_name_) {
    return;
  }
  node.by_name_.emplace();
  for (std::size_t i = 0; i < node.entries_.size(); ++i) {
    const ImageEntry& entry = *node.entries_[i].entry;
    if (!has_pattern_signs(entry.name) && needs_its_dots(entry.name)) {
      dotted_.insert(&entry);
    }
    if (!is_expression(entry)) {
      (*node.by_name_)[entry.name].push_back(i);
    } else if (node.expressions_.size() < kMaxExpressions) {
      node.expressions_.emplace_back(i, ImagePattern(entry.name));
    } else {
      obstacles_.emplace(directory_of(node.file->path),
                         SkippedItem{node.file->path, entry.name,
                                     "not followed: more than " + std::to_string(kMaxExpressions) +
                                         " names in `images` are regular expressions"});
    }
  }
}

// The first entry from `from` on that is for the name, and after which `from` then stands; null if
// there is none.
const KustomizeGraph::PlacedEntry* KustomizeGraph::next_entry(Node& node, const std::string& name,
                                                              std::size_t& from,
                                                              Expressions expressions) {
  index_entries(node);
  std::size_t next = node.entries_.size();
  if (const auto named = node.by_name_->find(name); named != node.by_name_->end()) {
    const auto at = std::ranges::lower_bound(named->second, from);
    next = at == named->second.end() ? next : *at;
  }
  if (!may_go_on()) {
    return nullptr;
  }
  for (const auto& [index, expression] : node.expressions_) {
    if (index >= next || expressions == Expressions::ignored) {
      break;
    }
    if (index >= from && matches(*node.entries_[index].entry, &expression, name)) {
      next = index;
    }
  }
  if (next == node.entries_.size()) {
    return nullptr;
  }
  from = next + 1;
  return &node.entries_[next];
}

// One that costs too much to try matches nothing: a rollout by it is refused.
bool KustomizeGraph::matches(const ImageEntry& entry, const ImagePattern* expression,
                             const std::string& name) {
  const auto known = matches_.find({&entry, name});
  if (known != matches_.end()) {
    return known->second;
  }
  if (!may_go_on(name.size(), kMatchCost)) {
    return false;
  }
  const ImagePattern::Match match =
      expression == nullptr ? ImagePattern(entry.name).matches(name) : expression->matches(name);
  return matches_[{&entry, name}] = match == ImagePattern::Match::yes;
}

bool KustomizeGraph::has_entry_for(const std::string& directory, const std::string& image) {
  const auto node = nodes_.find(directory);
  std::size_t from = 0;
  return node != nodes_.end() && next_entry(node->second, image, from) != nullptr;
}

// Each entry sees the name that those before it have made.
void KustomizeGraph::transform_image(Node& node, ReachedImage& image) {
  for (const ImageEntry* superseded : node.superseded_) {
    if (may_go_on() && superseded->name == image.name) {
      replaced_.insert(superseded);
    }
  }
  pass_by(node, image);
  std::size_t from = 0;
  while (const PlacedEntry* placed = next_entry(node, image.name, from)) {
    decide(*placed, image);
    if (placed->entry->new_name) {
      image.name = *placed->entry->new_name;
    }
  }
}

// Entries that would find the image, were it not for a patch: here they change nothing.
void KustomizeGraph::pass_by(Node& node, ReachedImage& image) {
  if (image.former.empty() || image.former == image.name) {
    return;
  }
  std::size_t from = 0;
  while (const PlacedEntry* placed = next_entry(node, image.former, from)) {
    replaced_.insert(placed->entry);
    if (placed->entry->new_name) {
      image.former = *placed->entry->new_name;
    }
  }
}

// An outer or later entry decides, unless it leaves the tag as an inner one has set it. An
// expression after an entry of the image's own name in one list is set together with that one.
void KustomizeGraph::decide(const PlacedEntry& placed, ReachedImage& image) {
  const ImageEntry& entry = *placed.entry;
  const bool by_expression = is_expression(entry);
  if (image.entry != nullptr) {
    if (image.entry->sets_tag && !entry.sets_tag) {
      renaming_.insert(&entry);
      return;
    }
    if (by_expression && image.file == placed.file && !is_expression(*image.entry) &&
        matches(entry, nullptr, image.entry->name)) {
      return;
    }
    replaced_.insert(image.entry);
  }
  image.entry = &entry;
  image.file = placed.file;
  image.matched = by_expression ? image.name : "";
}

// Gives an image of that name what the entries from `from` on make of it; says whether they set its
// tag.
bool KustomizeGraph::passes(Node& node, std::string& name, std::size_t from,
                            Expressions expressions) {
  bool sets_tag = false;
  while (const PlacedEntry* placed = next_entry(node, name, from, expressions)) {
    sets_tag = sets_tag || placed->entry->sets_tag;
    name = placed->entry->new_name.value_or(name);
  }
  return sets_tag;
}

// The same of all of `user` that comes after what it takes from `base`: itself, and its components,
// which change what was added before them.
bool KustomizeGraph::sets_tag_of(const std::string& user, const std::string& base,
                                 std::string& name) {
  Node& node = nodes_.find(user)->second;
  auto component = node.components.begin();
  for (auto at = node.components.begin(); at != node.components.end() && may_go_on(); ++at) {
    if (*at == base) {
      component = at + 1;
      break;
    }
  }
  bool sets_tag = false;
  for (; component != node.components.end() && may_go_on(); ++component) {
    sets_tag = passes(nodes_.find(*component)->second, name, 0) || sets_tag;
  }
  return passes(node, name, 0) || sets_tag;
}

struct KustomizeGraph::SetAgain {
  const std::set<std::string>& applied;
  const std::set<std::string>* within;
  const ImageEntry* entry;
  std::map<std::pair<std::string, std::string>, bool> known = {};  // by directory and name
};

bool KustomizeGraph::is_always_set_again(const std::string& directory, const ImageEntry& entry,
                                         const std::set<std::string>& applied,
                                         const std::set<std::string>* within) {
  const auto found = nodes_.find(directory);
  if (found == nodes_.end() || applied.contains(directory)) {
    return false;
  }
  index_users();
  const auto& entries = found->second.file->summary.kustomization->images;
  const auto index = static_cast<std::size_t>(&entry - entries.data());
  std::string name = entry.new_name.value_or(entry.name);
  SetAgain search{applied, within, &entry};
  // An expression that comes after it in its own list is set with it, see decide().
  return passes(found->second, name, index + 1, Expressions::ignored) ||
         is_set_again_above(directory, name, 0, search);
}

bool KustomizeGraph::is_set_again_above(const std::string& directory, const std::string& name,
                                        std::size_t depth, SetAgain& search) {
  if (depth == kMaxBuildDepth || search.applied.contains(directory) || !may_go_on()) {
    return false;
  }
  // False for as long as it is looked at: a circle sets nothing.
  const auto [known, is_new] = search.known.try_emplace({directory, name}, false);
  if (!is_new) {
    return known->second;
  }
  bool any = false;
  const auto [begin, end] = users_->equal_range(directory);
  for (auto user = begin; user != end; ++user) {
    const std::string above(user->second);
    if (search.within != nullptr && !search.within->contains(above)) {
      continue;
    }
    any = true;
    std::string made = name;
    Node& user_node = nodes_.find(above)->second;
    const bool sets_tag =
        user_node.layer_of == directory
            ? layer_sets_tag_of(user_node, depth == 0 ? search.entry : nullptr, made)
            : sets_tag_of(above, directory, made);
    if (!sets_tag && !is_set_again_above(above, made, depth + 1, search)) {
      return false;
    }
  }
  return known->second = any;
}

bool KustomizeGraph::is_renamed_somewhere(const std::string& name) {
  if (!renamed_) {
    renamed_.emplace();
    for (const auto& [directory, node] : nodes_) {
      for (const PlacedEntry& placed : node.entries_) {
        if (placed.entry->new_name && *placed.entry->new_name != placed.entry->name) {
          renamed_->insert(placed.entry->name);
        }
      }
    }
  }
  return renamed_->contains(name);
}

bool KustomizeGraph::is_renamed_below(const std::string& directory, const ImageEntry& entry) {
  if (!is_renamed_somewhere(entry.name)) {
    return false;
  }
  const auto renames = [&](const PlacedEntry& placed) {
    const ImageEntry& inner = *placed.entry;
    return inner.name == entry.name && inner.new_name && *inner.new_name != entry.name;
  };
  const auto is_unclear = [](const ManifestFile* file) {
    return file->summary.problem || !file->summary.unknown_kinds.empty();
  };
  bool is_renamed = false;
  std::set<std::string> seen{directory};
  std::vector<std::string> open{directory};
  while (!open.empty()) {
    const std::string at = std::move(open.back());
    open.pop_back();
    const auto found = nodes_.find(at);
    if (found == nodes_.end() || obstacles_.contains(at)) {
      return false;
    }
    const Node& node = found->second;
    const std::size_t steps = 1 + node.entries_.size() + node.manifests.size();
    if (!may_go_on(0, steps) || std::ranges::any_of(node.manifests, is_unclear)) {
      return false;
    }
    is_renamed = is_renamed || (at != directory && std::ranges::any_of(node.entries_, renames));
    for (const auto* bases : {&node.kustomizations, &node.components}) {
      std::ranges::copy_if(*bases, std::back_inserter(open),
                           [&](const std::string& base) { return seen.insert(base).second; });
    }
  }
  return is_renamed;
}

}  // namespace engine
