#include "engine/base/word_matcher.h"

#include <algorithm>

#include "engine/text/ascii.h"

namespace engine {
namespace {

unsigned char index_of(char letter) {
  return static_cast<unsigned char>(in_lower_case(letter));
}

std::size_t common_beginning(std::string_view one, std::string_view other) {
  const auto* const end = std::ranges::mismatch(one, other).in1;
  return static_cast<std::size_t>(end - one.begin());
}

}  // namespace

template <class Bits>
WordMatcher<Bits>::WordMatcher(std::string_view word) : end_(Bits{1} << (word.size() - 1)) {
  for (std::size_t i = 0; i < word.size(); ++i) {
    places_[index_of(word[i])] |= Bits{1} << i;
  }
  columns_[0].distance = word.size();
}

template <class Bits>
bool WordMatcher<Bits>::contains(std::string_view name) const {
  Bits ends = ~Bits{0};  // where the next letter of the name could be
  for (const char letter : name) {
    ends &= places_[index_of(letter)];
    if (ends == 0) {
      return false;
    }
    ends <<= 1U;
  }
  return true;
}

template <class Bits>
bool WordMatcher<Bits>::is_in(std::string_view name) const {
  Bits read = 0;  // which beginnings of the word end here in the name
  return std::ranges::any_of(name, [&](char letter) {
    read = ((read << 1U) | Bits{1}) & places_[index_of(letter)];
    return (read & end_) != 0;
  });
}

template <class Bits>
typename WordMatcher<Bits>::Column WordMatcher<Bits>::next(const Column& column,
                                                           char letter) const {
  const auto& [up, down, distance] = column;
  const Bits equal = places_[index_of(letter)] | down;
  const Bits stays = (((equal & up) + up) ^ up) | equal;
  const Bits left_up = down | ~(up | stays);
  const Bits left_down = up & stays;
  // The first row counts the letters of the name.
  const Bits above_up = (left_up << 1U) | Bits{1};
  Column out;
  out.more = (left_down << 1U) | ~(above_up | stays);
  out.less = above_up & stays;
  out.distance = distance;
  if ((left_up & end_) != 0) {
    ++out.distance;
  } else if ((left_down & end_) != 0) {
    --out.distance;
  }
  return out;
}

template <class Bits>
std::size_t WordMatcher<Bits>::distance(std::string_view name, std::size_t most) {
  for (std::size_t done = common_beginning(name_, name);; ++done) {
    const std::size_t mistakes = columns_[done].distance;
    const std::size_t left = name.size() - done;
    // Each letter that is left takes away one at most.
    if (left == 0 || mistakes > most + left) {
      name_ = name.substr(0, done);
      return left == 0 ? mistakes : most + 1;
    }
    columns_[done + 1] = next(columns_[done], name[done]);
  }
}

template class WordMatcher<std::uint64_t>;
template class WordMatcher<Bits128>;

}  // namespace engine
