// Whether one text is in another. Pure functions, for any thread.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace engine {

constexpr bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

constexpr bool contains_any(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::ranges::any_of(parts, [&](std::string_view part) { return contains(text, part); });
}

}  // namespace engine
