#include "engine/discovery/flux_sources.h"

#include <algorithm>

namespace engine {
namespace {

// A path whose parts each end in a byte that comes before any other, so that what is in one
// directory stands together in order.
std::string place_of(std::string_view path) {
  std::string place(path);
  std::ranges::replace(place, '/', '\0');
  return place + '\0';
}

// How many parts the places have in common, and how long those are.
std::pair<std::size_t, std::size_t> common_parts(std::string_view one, std::string_view other) {
  std::size_t parts = 0;
  std::size_t size = 0;
  for (std::size_t i = 0; i < std::min(one.size(), other.size()) && one[i] == other[i]; ++i) {
    if (one[i] == '\0') {
      ++parts;
      size = i + 1;
    }
  }
  return {parts, size};
}

}  // namespace

SourceIndex::SourceIndex(std::string_view entry)
    : entry_(entry.empty() ? std::string() : place_of(entry)),
      entry_size_(static_cast<std::size_t>(std::ranges::count(entry_, '\0'))) {}

void SourceIndex::add(const std::string& name, SourceDefinition definition) {
  Placed placed{place_of(definition.file->path), std::move(definition)};
  by_name_[name].all.push_back(placed);
  const auto namespace_name = placed.definition.namespace_name;
  by_namespace_[{name, namespace_name}].all.push_back(std::move(placed));
}

void SourceIndex::sort() {
  const auto sort_list = [](List& list) {
    std::ranges::stable_sort(list.all, {}, &Placed::place);
    list.next_wanted.resize(list.all.size());
    std::size_t next = list.all.size();
    for (std::size_t i = list.all.size(); i-- > 0;) {
      next = list.all[i].definition.is_wanted ? i : next;
      list.next_wanted[i] = next;
    }
  };
  for (auto& [name, list] : by_name_) {
    sort_list(list);
  }
  for (auto& [name, list] : by_namespace_) {
    sort_list(list);
  }
}

SourceIndex::Match SourceIndex::nearest(const List& list, const std::string& place) {
  // What has most in common with a place stands beside it.
  const auto at = std::ranges::lower_bound(list.all, place, {}, &Placed::place);
  Match best;
  std::size_t prefix = 0;
  for (const auto& neighbour : {at, at == list.all.begin() ? at : at - 1}) {
    if (neighbour == list.all.end()) {
      continue;
    }
    const auto [parts, size] = common_parts(neighbour->place, place);
    if (best.definition == nullptr || parts > best.common) {
      best = {parts, &neighbour->definition};
      prefix = size;
    }
  }
  if (best.definition == nullptr || best.definition->is_wanted) {
    return best;
  }
  // Others may be as near.
  const std::string_view common = std::string_view(place).substr(0, prefix);
  const auto first = std::ranges::lower_bound(list.all, common, {}, &Placed::place);
  const std::size_t wanted = list.next_wanted[static_cast<std::size_t>(first - list.all.begin())];
  if (wanted < list.all.size() && list.all[wanted].place.starts_with(common)) {
    best.definition = &list.all[wanted].definition;
  }
  return best;
}

void SourceIndex::consider(const List& list, const std::string& place,
                           std::pair<bool, Match>& best) const {
  std::pair<bool, Match> found(false, {});
  if (!entry_.empty()) {
    const Match match = nearest(list, entry_);
    found = {match.definition != nullptr && match.common >= entry_size_, match};
  }
  if (!found.first) {
    found.second = nearest(list, place);
  }
  const auto rank = [](const std::pair<bool, Match>& match) {
    return std::tuple(match.second.definition != nullptr, match.first, match.second.common,
                      match.second.definition != nullptr && match.second.definition->is_wanted);
  };
  if (rank(found) > rank(best)) {
    best = found;
  }
}

const SourceDefinition* SourceIndex::find(const std::string& name,
                                          const std::optional<std::string>& namespace_name,
                                          const ManifestFile& file) const {
  const std::string place = place_of(file.path);
  std::pair<bool, Match> best(false, {});
  if (!namespace_name) {
    if (const auto list = by_name_.find(name); list != by_name_.end()) {
      consider(list->second, place, best);
    }
    return best.second.definition;
  }
  for (const std::optional<std::string>& fitting : {namespace_name, std::optional<std::string>()}) {
    if (const auto list = by_namespace_.find({name, fitting}); list != by_namespace_.end()) {
      consider(list->second, place, best);
    }
  }
  return best.second.definition;
}

}  // namespace engine
