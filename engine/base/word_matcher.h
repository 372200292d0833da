// Compares one word with many names, one after the other, whatever the case of their ASCII letters.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace engine {

// Of numbers each bit of which is a place in the word (Shift-And; Levenshtein's distance by Myers'
// algorithm in Hyyrö's form of 2003). `Bits` is an unsigned integer with as many bits as the word
// has letters, at least. Not for several threads at once.
template <class Bits>
class WordMatcher {
 public:
  static constexpr std::size_t kMaxWord = sizeof(Bits) * 8;
  static constexpr std::size_t kMaxName = 128;

  // The word is not empty, and no longer than kMaxWord.
  explicit WordMatcher(std::string_view word);

  // Whether the name is in the word, and whether the word is in the name.
  bool contains(std::string_view name) const;
  bool is_in(std::string_view name) const;

  // How many typing mistakes are between the two: insertions, omissions and exchanges of bytes;
  // some number above `most` if it is above that. `name` is no longer than kMaxName and has to stay
  // until the next call: what both begin with is computed once, so that the names of a sorted list
  // cost two or three steps each.
  std::size_t distance(std::string_view name, std::size_t most);

 private:
  // Of the matrix that has the word's beginnings as rows and the name's as columns.
  struct Column {
    Bits more = ~Bits{0};      // where the distance is one more than in the row above
    Bits less = 0;             // one less
    std::size_t distance = 0;  // in the last row
  };
  Column next(const Column& column, char letter) const;

  std::array<Bits, std::numeric_limits<unsigned char>::max() + 1> places_{};  // of each letter
  Bits end_;                                  // the place of the last letter
  std::array<Column, kMaxName + 1> columns_;  // of the beginnings of name_
  std::string_view name_;                     // the last one, as far as it has columns
};

__extension__ using Bits128 = unsigned __int128;

extern template class WordMatcher<std::uint64_t>;
extern template class WordMatcher<Bits128>;

}  // namespace engine
