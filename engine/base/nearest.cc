#include "engine/base/nearest.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include "engine/base/word_matcher.h"

namespace engine {
namespace {

constexpr std::size_t kLongest = WordMatcher<Bits128>::kMaxName;

// The best so far, best first, and of those that are as good the first come.
class Ranking {
 public:
  explicit Ranking(std::size_t most) : most_(most) {}

  // Whether one with that many mistakes would be among them.
  bool has_place_for(std::size_t mistakes) const { return mistakes < limit_; }

  // Every number of mistakes from here on is too many.
  std::size_t limit() const { return limit_; }

  void add(std::size_t mistakes, std::string_view name) {
    if (best_.size() == most_) {
      best_.pop_back();
    }
    best_.emplace(std::ranges::upper_bound(best_, mistakes, {}, &Entry::first), mistakes, name);
    if (best_.size() == most_) {
      limit_ = best_.back().first;
    }
  }

  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& [mistakes, name] : best_) {
      out.emplace_back(name);
    }
    return out;
  }

 private:
  using Entry = std::pair<std::size_t, std::string_view>;
  std::size_t most_;
  std::size_t limit_ = std::numeric_limits<std::size_t>::max();
  std::vector<Entry> best_;
};

// A catalog may have 100,000 names: most are left out by their length, and none is copied.
template <class Bits>
void rank(std::string_view word, const std::vector<std::string>& names, Ranking& ranking) {
  const std::size_t allowed = 1 + word.size() / 3;
  WordMatcher<Bits> matcher(word);
  for (const std::string_view name : names) {
    const bool is_longer = name.size() > word.size();
    // There are at least so many mistakes, and no more if one name contains the other.
    const std::size_t difference =
        is_longer ? name.size() - word.size() : word.size() - name.size();
    if (name.size() > kLongest || !ranking.has_place_for(difference)) {
      continue;
    }
    if (difference > allowed) {
      if (is_longer ? matcher.is_in(name) : matcher.contains(name)) {
        ranking.add(difference, name);
      }
      continue;
    }
    const std::size_t most = std::min(allowed, ranking.limit() - 1);
    if (const std::size_t mistakes = matcher.distance(name, most); mistakes <= most) {
      ranking.add(mistakes, name);
    }
  }
}

}  // namespace

std::vector<std::string> nearest(std::string_view word, const std::vector<std::string>& names,
                                 std::size_t most) {
  if (most == 0 || word.empty() || word.size() > kLongest) {
    return {};
  }
  Ranking ranking(most);
  if (word.size() <= WordMatcher<std::uint64_t>::kMaxWord) {
    rank<std::uint64_t>(word, names, ranking);
  } else {
    rank<Bits128>(word, names, ranking);
  }
  return ranking.names();
}

}  // namespace engine
