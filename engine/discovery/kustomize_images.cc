// What the entries of `images` make of an image, and which of them no rollout should set; see
// engine/discovery/kustomize_graph.h.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/discovery/kustomize_graph.h"

namespace engine {

// The first entry from `from` on that has the name, and after which `from` then stands; null if
// there is none.
const ImageEntry* KustomizeGraph::next_entry(Node& node, const std::string& name,
                                             std::size_t& from) {
  const std::vector<ImageEntry>& entries = node.file->facts.kustomization->images;
  if (!node.entries_) {
    node.entries_.emplace();
    for (std::size_t i = 0; i < entries.size(); ++i) {
      (*node.entries_)[entries[i].name].push_back(i);
    }
  }
  const auto named = node.entries_->find(name);
  if (!may_go_on() || named == node.entries_->end()) {
    return nullptr;
  }
  const auto next = std::ranges::lower_bound(named->second, from);
  if (next == named->second.end()) {
    return nullptr;
  }
  from = *next + 1;
  return &entries[*next];
}

// Each entry sees the name that those before it have made.
void KustomizeGraph::transform_image(Node& node, ReachedImage& image) {
  std::size_t from = 0;
  while (const ImageEntry* entry = next_entry(node, image.name, from)) {
    // An outer entry decides, unless it leaves the tag as an inner one has set it.
    if (image.entry == nullptr || entry->sets_tag || !image.entry->sets_tag) {
      if (image.entry != nullptr) {
        replaced_.insert(image.entry);
      }
      image.entry = entry;
      image.file = node.file;
    }
    if (entry->new_name) {
      image.name = *entry->new_name;
    }
  }
}

// Gives an image of that name what the entries from `from` on make of it; says whether they set its
// tag.
bool KustomizeGraph::passes(Node& node, std::string& name, std::size_t from) {
  bool sets_tag = false;
  while (const ImageEntry* entry = next_entry(node, name, from)) {
    sets_tag = sets_tag || entry->sets_tag;
    name = entry->new_name.value_or(name);
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
  const auto& entries = found->second.file->facts.kustomization->images;
  const auto index = static_cast<std::size_t>(&entry - entries.data());
  std::string name = entry.new_name.value_or(entry.name);
  SetAgain search{applied, within};
  return passes(found->second, name, index + 1) || is_set_again_above(directory, name, 0, search);
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
    if (!sets_tag_of(above, directory, made) &&
        !is_set_again_above(above, made, depth + 1, search)) {
      return false;
    }
  }
  return known->second = any;
}

}  // namespace engine
