#include "engine/config/misspelt_field.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/text/ascii.h"
#include "engine/text/utf8.h"
#include "json/json.h"
#include "json/reader.h"

namespace engine {
namespace {

// A letter away from `file`, `type` and `path`.
constexpr std::array<std::string_view, 17> kOtherWords = {
    "fill", "film",  "fine", "fire", "five", "mile", "pile", "tile", "hype",
    "tape", "typed", "typo", "bath", "math", "oath", "pat",  "patch"};

// Whether the bytes are one character of UTF-8.
bool is_one_character(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text.substr(1), continues_character);
}

// In lower case, without what people put between words.
std::string folded(std::string_view name) {
  std::string out = in_lower_case(name);
  std::erase_if(out, [](char c) { return c == '_' || c == '-'; });
  return out;
}

// Whether `text`, of UTF-8, differs from `known`, of ASCII, by at most one letter that is added,
// missing or another, or by two neighbours that have changed places.
bool is_nearly(std::string_view text, std::string_view known) {
  while (!text.empty() && !known.empty() && text.front() == known.front()) {
    text.remove_prefix(1);
    known.remove_prefix(1);
  }
  while (!text.empty() && !known.empty() && text.back() == known.back()) {
    text.remove_suffix(1);
    known.remove_suffix(1);
  }
  const bool swapped = text.size() == 2 && known.size() == 2 && text.front() == known.back() &&
                       text.back() == known.front();
  return swapped || (known.size() <= 1 && (text.empty() || is_one_character(text)));
}

// Whether one of the two is the other's plural.
bool differ_in_number(std::string_view one, std::string_view other) {
  if (one.size() > other.size()) {
    std::swap(one, other);
  }
  const std::string_view ending = other.substr(one.size());
  return other.starts_with(one) && (ending == "s" || ending == "es");
}

Failure misspelt(const ConfigFile& config, const std::string& pointer, const std::string& key,
                 std::string_view field) {
  return bad_place(config, pointer + "/" + json::escaped(key),
                   "there is no field `" + key + "`, but there is `" + std::string(field) + "`.",
                   "Write the field as `" + std::string(field) +
                       "`. Until then the call is refused, because a misspelt field would have no "
                       "effect; fields that resemble no known one are ignored.");
}

}  // namespace

std::optional<std::string_view> meant_field(std::string_view key,
                                            std::span<const std::string_view> known,
                                            Misspelling misspelling) {
  if (std::ranges::find(known, key) != known.end()) {
    return std::nullopt;
  }
  const std::string text = folded(key);
  const bool any = misspelling == Misspelling::any;
  if (!any && std::ranges::find(kOtherWords, text) != kOtherWords.end()) {
    return std::nullopt;
  }
  const auto near = std::ranges::find_if(known, [&](std::string_view field) {
    const std::string right = folded(field);
    return differ_in_number(text, right) ? any : is_nearly(text, right);
  });
  return near == known.end() ? std::nullopt : std::optional(*near);
}

Result<void> refuse_misspelt(const ConfigFile& config, const std::string& pointer,
                             const std::vector<std::string>& keys,
                             std::span<const std::string_view> known, Misspelling misspelling,
                             std::span<const std::string_view> sections) {
  for (const std::string& key : keys) {
    const auto field = meant_field(key, known, misspelling);
    const bool other = field && std::ranges::find(sections, *field) != sections.end() &&
                       std::ranges::find(keys, *field) != keys.end();
    if (field && !other) {
      return misspelt(config, pointer, key, *field);
    }
  }
  return {};
}

std::vector<std::string> keys_of(const Json& object) {
  std::vector<std::string> keys;
  if (object.is_object()) {
    for (const auto& member : object.items()) {
      keys.push_back(member.key());
    }
  }
  return keys;
}

}  // namespace engine
