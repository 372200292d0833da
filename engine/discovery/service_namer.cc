#include "engine/discovery/service_namer.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <set>
#include <string_view>

#include "engine/text/ascii.h"
#include "engine/text/hash.h"
#include "engine/text/join.h"

namespace engine {
namespace {

using Components = std::vector<std::string>;

bool is_name_character(char c) {
  return is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
}

bool is_separator(char c) {
  return c == '.' || c == '_' || c == '-';
}

// Of a path: what stands between its slashes.
Components components_of(std::string_view where) {
  Components components;
  while (!where.empty()) {
    const auto slash = where.find('/');
    if (slash != 0) {
      components.emplace_back(where.substr(0, slash));
    }
    where.remove_prefix(slash == std::string_view::npos ? where.size() : slash + 1);
  }
  return components;
}

// How many components all have in common at the front or, reversed, at the back.
template <class Iterator>
std::size_t common(const std::vector<Components>& all, Iterator (*begin)(const Components&),
                   std::size_t most) {
  std::size_t count = 0;
  while (count < most && std::ranges::all_of(all, [&](const Components& one) {
           return *(begin(one) + static_cast<std::ptrdiff_t>(count)) ==
                  *(begin(all.front()) + static_cast<std::ptrdiff_t>(count));
         })) {
    ++count;
  }
  return count;
}

// What tells each of several places from the others; empty where nothing does.
std::vector<std::string> differences(const std::vector<Components>& all) {
  const std::size_t shortest =
      std::ranges::min(all, {}, [](const Components& one) { return one.size(); }).size();
  const std::size_t front = common(
      all, +[](const Components& one) { return one.begin(); }, shortest);
  // Each keeps a component of its own, if it can.
  const std::size_t back = common(
      all, +[](const Components& one) { return one.rbegin(); },
      shortest - front - (front < shortest ? 1 : 0));
  std::vector<std::string> out;
  out.reserve(all.size());
  for (const Components& one : all) {
    out.push_back(joined(std::span(one).subspan(front, one.size() - front - back), "-"));
  }
  return out;
}

class ServiceNamer {
 public:
  explicit ServiceNamer(const std::vector<NameWish>& wishes)
      : wishes_(wishes), names_(wishes.size()) {}

  std::vector<std::string> name_all() {
    std::map<std::string, std::vector<std::size_t>> namesakes;
    for (std::size_t i = 0; i < wishes_.size(); ++i) {
      const auto& known = wishes_[i].known;
      if (!known || !take(i, *known)) {
        namesakes[catalog_name(wishes_[i].base)].push_back(i);
      }
    }
    // What nobody else would like first, so that no namesake takes it.
    std::erase_if(namesakes, [&](const auto& entry) {
      return entry.second.size() == 1 && take(entry.second.front(), entry.first);
    });
    for (const auto& [base, members] : namesakes) {
      settle(base, members, 0);
    }
    return std::move(names_);
  }

 private:
  bool take(std::size_t index, const std::string& name) {
    if (!taken_.insert(name).second) {
      return false;
    }
    names_[index] = name;
    return true;
  }

  // The directories, if those differ; else the details as well.
  std::vector<Components> places_of(const std::vector<std::size_t>& members) const {
    std::vector<Components> places;
    places.reserve(members.size());
    for (const std::size_t member : members) {
      places.push_back(components_of(wishes_[member].directory));
    }
    if (std::set<Components>(places.begin(), places.end()).size() < members.size()) {
      for (std::size_t i = 0; i < members.size(); ++i) {
        std::ranges::copy(components_of(wishes_[members[i]].detail), std::back_inserter(places[i]));
      }
    }
    return places;
  }

  // The longer name at a level, or else the longest that there is.
  std::string longer(std::size_t member, std::size_t level, const std::string& base) const {
    const auto& names = wishes_[member].longer;
    return names.empty() ? base : catalog_name(names[std::min(level, names.size() - 1)]);
  }

  // By the first level of longer names at which they differ, if there is one.
  void settle(const std::string& base, const std::vector<std::size_t>& members, std::size_t level) {
    std::size_t levels = 0;
    for (const std::size_t member : members) {
      levels = std::max(levels, wishes_[member].longer.size());
    }
    for (; level < levels; ++level) {
      std::map<std::string, std::vector<std::size_t>> buckets;
      for (const std::size_t member : members) {
        buckets[longer(member, level, base)].push_back(member);
      }
      if (members.size() == 1 && take(members.front(), buckets.begin()->first)) {
        return;
      }
      if (buckets.size() > 1) {
        for (const auto& [name, bucket] : buckets) {
          if (bucket.size() > 1 || !take(bucket.front(), name)) {
            settle(name, bucket, level + 1);
          }
        }
        return;
      }
    }
    tell_apart(base, members);
  }

  void tell_apart(const std::string& base, const std::vector<std::size_t>& members) {
    const std::vector<Components> places = places_of(members);
    std::vector<std::string> differ = differences(places);
    int number = 1;
    const std::string dotted = base + ".";
    for (std::size_t i = 0; i < members.size(); ++i) {
      const std::string whole = joined(places[i], "-");
      const std::string last = places[i].empty() ? std::string() : places[i].back();
      for (const std::string& difference : {differ[i], last, whole}) {
        if (!difference.empty() && take(members[i], catalog_name(dotted + difference))) {
          break;
        }
      }
      // All have one base: numbers that one found taken are taken for the next as well.
      for (; names_[members[i]].empty(); ++number) {
        take(members[i], number == 1 ? base : catalog_name(dotted + std::to_string(number)));
      }
    }
  }

  const std::vector<NameWish>& wishes_;
  std::vector<std::string> names_;
  std::set<std::string> taken_;
};

}  // namespace

std::vector<std::string> distinct_names(const std::vector<NameWish>& wishes) {
  return ServiceNamer(wishes).name_all();
}

std::string catalog_name(std::string_view text) {
  std::string name;
  for (const char c : text) {
    // What is left out leaves one "-".
    if (is_name_character(c)) {
      name += c;
    } else if (!name.ends_with('-')) {
      name += '-';
    }
  }
  const auto first = std::ranges::find_if_not(name, is_separator);
  name.erase(name.begin(), first);
  while (!name.empty() && is_separator(name.back())) {
    name.pop_back();
  }
  if (name.empty()) {
    return "image";
  }
  if (name.size() > kMaxCatalogName) {
    const std::string hash = hash_of(text);
    name.resize(kMaxCatalogName - hash.size() - 1);
    name += "-" + hash;
  }
  return name;
}

bool is_catalog_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxCatalogName &&
         std::ranges::all_of(name, is_name_character) &&
         name.find("..") == std::string_view::npos && name.find(".spec.") == std::string_view::npos;
}

std::string last_segment(std::string_view image) {
  while (image.ends_with('/')) {
    image.remove_suffix(1);
  }
  image.remove_prefix(image.rfind('/') + 1);
  return std::string(image.substr(0, image.find_first_of(":@")));
}

}  // namespace engine
