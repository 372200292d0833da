#include "engine/config/catalog_index.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "json/json.h"

namespace engine {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

std::size_t skip_space(std::string_view text, std::size_t at) {
  return std::min(text.find_first_not_of(kSpace, at), text.size());
}

std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') {
      ++at;
    }
  }
  return std::min(at + 1, text.size());
}

std::size_t end_of_value(std::string_view text, std::size_t at) {
  if (at < text.size() && text[at] == '"') {
    return end_of_string(text, at);
  }
  for (std::size_t depth = 0; at < text.size();) {
    const char c = text[at];
    if (c == '"') {
      at = end_of_string(text, at);
      continue;
    }
    if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (depth <= 1) {
        return depth == 0 ? at : at + 1;
      }
      --depth;
    } else if (depth == 0 && (c == ',' || kSpace.find(c) != kSpace.npos)) {
      return at;
    }
    ++at;
  }
  return at;
}

std::string decoded(std::string_view quoted) {
  if (quoted.find('\\') == quoted.npos) {
    return std::string(quoted.substr(1, quoted.size() - 2));
  }
  return Json::parse(quoted).get<std::string>();
}

// Calls `visit` with the quoted name and the range of the value of each member.
template <class Visit>
void each_member(std::string_view text, TextRange range, Visit visit) {
  const std::string_view object = text.substr(0, range.end);
  if (object.substr(range.begin, 1) != "{") {
    return;
  }
  std::size_t at = skip_space(object, range.begin + 1);
  while (at < object.size() && object[at] == '"') {
    const std::size_t name_end = end_of_string(object, at);
    const std::string_view name = object.substr(at, name_end - at);
    const std::size_t colon = skip_space(object, name_end);
    const std::size_t begin = skip_space(object, colon + 1);
    const std::size_t end = end_of_value(object, begin);
    visit(name, TextRange{static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
    const std::size_t comma = skip_space(object, end);
    at = skip_space(object, comma + 1);
  }
}

}  // namespace

TextRange whole_value(std::string_view text) {
  const std::size_t begin = skip_space(text, text.starts_with("\xEF\xBB\xBF") ? 3 : 0);
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end_of_value(text, begin))};
}

MemberIndex::MemberIndex(std::string_view text, TextRange range) {
  std::size_t count = 0;
  each_member(text, range, [&](std::string_view /*name*/, TextRange /*value*/) { ++count; });
  names_.reserve(count);
  values_.reserve(count);
  each_member(text, range, [&](std::string_view name, TextRange value) {
    names_.push_back(decoded(name));
    values_.push_back(value);
  });
  by_name_.resize(names_.size());
  std::iota(by_name_.begin(), by_name_.end(), std::uint32_t{0});
  std::ranges::stable_sort(by_name_, {},
                           [&](std::uint32_t i) -> const std::string& { return names_[i]; });
  drop_repeated();
}

void MemberIndex::drop_repeated() {
  const auto same = [&](std::uint32_t a, std::uint32_t b) { return names_[a] == names_[b]; };
  if (std::ranges::adjacent_find(by_name_, same) == by_name_.end()) {
    return;
  }
  std::vector<bool> dropped(names_.size());
  for (std::size_t i = 1, first = 0; i < by_name_.size(); ++i) {
    if (same(by_name_[first], by_name_[i])) {
      values_[by_name_[first]] = values_[by_name_[i]];
      dropped[by_name_[i]] = true;
    } else {
      first = i;
    }
  }
  std::vector<std::uint32_t> moved(names_.size());
  std::uint32_t kept = 0;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (!dropped[i]) {
      moved[i] = kept;
      std::swap(names_[kept], names_[i]);
      values_[kept++] = values_[i];
    }
  }
  names_.resize(kept);
  values_.resize(kept);
  std::erase_if(by_name_, [&](std::uint32_t i) { return dropped[i]; });
  std::ranges::transform(by_name_, by_name_.begin(), [&](std::uint32_t i) { return moved[i]; });
}

std::optional<std::size_t> MemberIndex::find(std::string_view name) const {
  const auto place = std::ranges::lower_bound(
      by_name_, name, {}, [&](std::uint32_t i) { return std::string_view(names_[i]); });
  return place != by_name_.end() && names_[*place] == name ? std::optional<std::size_t>(*place)
                                                           : std::nullopt;
}

void find_members(std::string_view text, TextRange range, std::span<const std::string_view> names,
                  std::span<std::string_view> values) {
  each_member(text, range, [&](std::string_view quoted, TextRange value) {
    const std::string_view bare = quoted.substr(1, quoted.size() - 2);
    const bool is_plain = bare.find('\\') == bare.npos;
    const auto found = is_plain ? std::ranges::find(names, bare)
                                : std::ranges::find(names, std::string_view(decoded(quoted)));
    if (found != names.end()) {
      values[static_cast<std::size_t>(found - names.begin())] = value.in(text);
    }
  });
}

std::optional<std::string> string_value(std::string_view value) {
  return value.starts_with('"') ? std::optional(decoded(value)) : std::nullopt;
}

std::optional<std::string> string_member(std::string_view text, TextRange range,
                                         std::string_view name) {
  std::string_view value;
  find_members(text, range, {&name, 1}, {&value, 1});
  return string_value(value);
}

}  // namespace engine
