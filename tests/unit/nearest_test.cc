#include "engine/base/nearest.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "engine/text/ascii.h"

namespace {

using Names = std::vector<std::string>;

TEST(Nearest, FindsCaseMistakesAndParts) {
  const Names names = {"papi", "papi-worker", "web", "billing"};
  EXPECT_EQ(engine::nearest("PAPI", names), (Names{"papi", "papi-worker"}));
  EXPECT_EQ(engine::nearest("biling", names), Names{"billing"});
  EXPECT_EQ(engine::nearest("worker", names), Names{"papi-worker"});
  EXPECT_EQ(engine::nearest("the-billing-service", names), Names{"billing"});
  EXPECT_TRUE(engine::nearest("nothing-like-it", names).empty());
}

TEST(Nearest, OfThoseThatAreAsNearTheFirstComeFirst) {
  const Names names = {"api-1", "api-22", "api-3", "api-2", "api-4", "api"};
  EXPECT_EQ(engine::nearest("api-9", names, 3), (Names{"api-1", "api-3", "api-2"}));
  EXPECT_EQ(engine::nearest("api-2", names, 3), (Names{"api-2", "api-1", "api-22"}));
  EXPECT_TRUE(engine::nearest("api-9", names, 0).empty());
}

TEST(Nearest, AWordOfMoreThan128CharactersIsLikeNone) {
  const std::string longest(128, 'a');
  EXPECT_EQ(engine::nearest(longest, {longest + "b", longest}), Names{longest});
  EXPECT_TRUE(engine::nearest(longest + "a", {longest}).empty());
}

// By the definition: the whole matrix of each pair, and a search for each part.
std::size_t mistakes_between(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t exchanged = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = std::exchange(row[j + 1], std::min({row[j] + 1, row[j + 1] + 1, exchanged}));
    }
  }
  return row.back();
}

Names by_definition(const std::string& given, const Names& names, std::size_t most) {
  const std::string word = engine::in_lower_case(given);
  std::vector<std::pair<std::size_t, std::string>> ranked;
  for (const std::string& one : names) {
    const std::string name = engine::in_lower_case(one);
    const std::size_t mistakes = mistakes_between(word, name);
    const bool is_part = name.find(word) != name.npos || word.find(name) != word.npos;
    if (!word.empty() && std::max(word.size(), name.size()) <= 128 &&
        (is_part || mistakes <= 1 + word.size() / 3)) {
      ranked.emplace_back(mistakes, one);
    }
  }
  std::ranges::stable_sort(ranked, {}, &std::pair<std::size_t, std::string>::first);
  ranked.resize(std::min(ranked.size(), most));
  Names out;
  std::ranges::transform(ranked, std::back_inserter(out), [](auto& pair) { return pair.second; });
  return out;
}

class MadeUpNames {
 public:
  std::size_t below(std::size_t end) { return random_() % end; }

  std::string word(std::size_t longest) {
    std::string out(below(longest + 1), ' ');
    for (char& c : out) {
      c = "abcABC-"[below(7)];
    }
    return out;
  }

  // Many begin as the one before them does, as in a sorted list.
  Names names(std::size_t count, std::size_t longest) {
    Names out = {word(longest)};
    while (out.size() < count) {
      const std::string& last = out.back();
      out.push_back(below(2) == 0 ? word(longest)
                                  : last.substr(0, below(last.size() + 1)) + word(4));
    }
    return out;
  }

  // One of the names with a mistake, or another one.
  std::string word_like(const Names& names, std::size_t longest) {
    std::string out = below(3) == 0 ? word(longest) : names[below(names.size())];
    if (!out.empty()) {
      out[below(out.size())] = 'b';
    }
    return out;
  }

 private:
  std::mt19937 random_{20261130};  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same each time
};

TEST(Nearest, IsWhatTheDefinitionSays) {
  MadeUpNames made_up;
  std::size_t found = 0;
  for (int i = 0; i < 3000; ++i) {
    // Words of one and of two machine words' bits, and some that are too long.
    const std::size_t longest = std::vector<std::size_t>{8, 14, 66, 132}[made_up.below(4)];
    const Names names = made_up.names(20, longest);
    const std::string word = made_up.word_like(names, longest);
    const std::size_t most = made_up.below(7);
    const Names near = engine::nearest(word, names, most);
    ASSERT_EQ(near, by_definition(word, names, most)) << word;
    found += near.size();
  }
  EXPECT_GT(found, 3000U);
}

}  // namespace
