// What counts as the history of a value that a merge has and its first parent has not: the same for
// every walk through the history.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace engine {

enum class MergedValue : std::uint8_t {
  side,         // what the side did: the branch had not changed the value since the two parted
  merge,        // the merge itself, which gave back what the branch had replaced
  side_setter,  // the commit of the side that set it, after all of the branch's
};

// Of a value that the merge has from a side. `parted` is what was there where the two histories
// parted, nothing for unrelated ones; `before` is the first parent's.
inline MergedValue judge_merged_value(const std::optional<std::optional<std::string>>& parted,
                                      const std::optional<std::string>& before,
                                      const std::optional<std::string>& now) {
  if (!parted) {
    return MergedValue::side_setter;
  }
  if (*parted == before) {
    return MergedValue::side;
  }
  return *parted == now ? MergedValue::merge : MergedValue::side_setter;
}

}  // namespace engine
