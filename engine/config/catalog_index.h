// Where in the text of a catalog its entries stand: a large catalog is kept as its text and this, a
// tenth of what its values in memory would take, and an entry is parsed when it is asked for. Pure
// functions on text that is JSON, and what they return; for any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

// Of a value in the text, which is at most 64 MiB.
struct TextRange {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  std::string_view in(std::string_view text) const { return text.substr(begin, end - begin); }
};

// The value that fills the text, without a byte order mark and white space.
TextRange whole_value(std::string_view text);

// The members of an object, in the order of the text. A name that is there twice appears once,
// where it stands first, with its last value.
class MemberIndex {
 public:
  MemberIndex() = default;
  // Of the object at `range`; empty for another value.
  MemberIndex(std::string_view text, TextRange range);

  const std::vector<std::string>& names() const { return names_; }
  TextRange value(std::size_t index) const { return values_[index]; }
  std::optional<std::size_t> find(std::string_view name) const;

 private:
  void drop_repeated();

  std::vector<std::string> names_;
  std::vector<TextRange> values_;
  std::vector<std::uint32_t> by_name_;
};

// Sets of `values` those whose names the object at `range` has, to what is written in the text; of
// a name that is there twice, its last value.
void find_members(std::string_view text, TextRange range, std::span<const std::string_view> names,
                  std::span<std::string_view> values);
// The string that is written so; nothing for another value.
std::optional<std::string> string_value(std::string_view value);
// The string that is the last member of that name of the object at `range`; nothing for another
// value.
std::optional<std::string> string_member(std::string_view text, TextRange range,
                                         std::string_view name);

}  // namespace engine
