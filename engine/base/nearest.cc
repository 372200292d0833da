#include "engine/base/nearest.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "engine/text/ascii.h"

namespace engine {
namespace {

// Levenshtein's distance, in bytes.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, replaced});
    }
  }
  return row.back();
}

// Smaller is nearer; nothing for a name that is not like the word at all.
std::optional<std::size_t> rank(const std::string& word, std::string_view name) {
  constexpr std::size_t kLongest = 128;
  if (word.empty() || word.size() > kLongest || name.size() > kLongest) {
    return std::nullopt;
  }
  const std::string candidate = in_lower_case(name);
  const std::size_t allowed = 1 + word.size() / 3;
  if (candidate.find(word) != std::string::npos || word.find(candidate) != std::string::npos) {
    return std::max(candidate.size(), word.size()) - std::min(candidate.size(), word.size());
  }
  const std::size_t mistakes = distance(word, candidate);
  if (mistakes > allowed) {
    return std::nullopt;
  }
  return mistakes;
}

}  // namespace

std::vector<std::string> nearest(std::string_view word, const std::vector<std::string>& names,
                                 std::size_t most) {
  const std::string wanted = in_lower_case(word);
  std::vector<std::pair<std::size_t, std::string_view>> ranked;
  for (const std::string& name : names) {
    if (const auto position = rank(wanted, name)) {
      ranked.emplace_back(*position, name);
    }
  }
  std::ranges::stable_sort(ranked, {}, &std::pair<std::size_t, std::string_view>::first);
  std::vector<std::string> out;
  for (const auto& [position, name] : ranked) {
    if (out.size() == most) {
      break;
    }
    out.emplace_back(name);
  }
  return out;
}

}  // namespace engine
