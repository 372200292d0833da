#include "engine/catalog_names.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string_view>

namespace engine {
namespace {

using Components = std::vector<std::string>;

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

std::string joined(Components::const_iterator begin, Components::const_iterator end) {
  std::string out;
  for (; begin != end; ++begin) {
    out += (out.empty() ? "" : "-") + *begin;
  }
  return out;
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
  const std::size_t least =
      std::ranges::min(all, {}, [](const Components& one) { return one.size(); }).size();
  const std::size_t front = common(
      all, +[](const Components& one) { return one.begin(); }, least);
  // Each keeps a component of its own, if it can.
  const std::size_t back = common(
      all, +[](const Components& one) { return one.rbegin(); },
      least - front - (front < least ? 1 : 0));
  std::vector<std::string> out;
  out.reserve(all.size());
  for (const Components& one : all) {
    out.push_back(joined(one.begin() + static_cast<std::ptrdiff_t>(front),
                         one.end() - static_cast<std::ptrdiff_t>(back)));
  }
  return out;
}

class Namer {
 public:
  explicit Namer(const std::vector<NameWish>& wishes) : wishes_(wishes), names_(wishes.size()) {}

  std::vector<std::string> name_all() {
    std::map<std::string, std::vector<std::size_t>> namesakes;
    for (std::size_t i = 0; i < wishes_.size(); ++i) {
      const auto& known = wishes_[i].known;
      if (!known || !take(i, *known)) {
        namesakes[wishes_[i].base].push_back(i);
      }
    }
    for (const auto& [base, members] : namesakes) {
      if (members.size() == 1 && take(members.front(), base)) {
        continue;
      }
      tell_apart(members);
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

  void tell_apart(const std::vector<std::size_t>& members) {
    const std::vector<Components> places = places_of(members);
    std::vector<std::string> differ = differences(places);
    int number = 1;
    for (std::size_t i = 0; i < members.size(); ++i) {
      const std::string& base = wishes_[members[i]].base;
      const std::string dotted = base + ".";
      const std::string whole = joined(places[i].begin(), places[i].end());
      const std::string last = places[i].empty() ? std::string() : places[i].back();
      for (const std::string& difference : {differ[i], last, whole}) {
        if (!difference.empty() && take(members[i], dotted + difference)) {
          break;
        }
      }
      // All have one base: numbers that one found taken are taken for the next as well.
      for (; names_[members[i]].empty(); ++number) {
        take(members[i], number == 1 ? base : dotted + std::to_string(number));
      }
    }
  }

  const std::vector<NameWish>& wishes_;
  std::vector<std::string> names_;
  std::set<std::string> taken_;
};

}  // namespace

std::vector<std::string> distinct_names(const std::vector<NameWish>& wishes) {
  return Namer(wishes).name_all();
}

}  // namespace engine
