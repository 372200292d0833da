#include "engine/config/rwenv_fields.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "engine/text/lower_case.h"
#include "json/json.h"
#include "json/reader.h"

namespace engine {
namespace {

constexpr std::string_view kRwenvs = "rwenvs";
constexpr std::array<std::string_view, 3> kTopFields = {kRwenvs, "useDevContainer", "devContainer"};
constexpr std::array<std::string_view, 14> kRwenvFields = {
    "fluxGitRepo",    "fluxGitRepoType", "fluxGitBranch",  "fluxPath",      "fluxWrite",
    "fluxForge",      "readOnly",        "confirmReplace", "imagePrefixes", "kubernetesContext",
    "kubeconfigPath", "devContainer",    "description",    "type",
};

bool continues_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

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

template <std::size_t size>
std::optional<std::string_view> meant(std::string_view key,
                                      const std::array<std::string_view, size>& known) {
  if (std::ranges::find(known, key) != known.end()) {
    return std::nullopt;
  }
  const std::string text = folded(key);
  const auto* const near = std::ranges::find_if(
      known, [&](std::string_view field) { return is_nearly(text, folded(field)); });
  return near == known.end() ? std::nullopt : std::optional(*near);
}

// The refusal of `key`, which stands in the object at `pointer` for the field `field`.
Failure misspelt(const ConfigFile& config, const std::string& pointer, const std::string& key,
                 std::string_view field) {
  const std::string right = "`" + std::string(field) + "`";
  return bad_place(config, pointer + "/" + json::escaped(key),
                   "there is no field `" + key + "`, but there is `" + std::string(field) + "`.",
                   "Write the field as " + right +
                       ". Until then the call is refused, because a misspelt field would have no "
                       "effect; fields that resemble no known one are ignored.");
}

template <std::size_t size>
Result<void> refuse_misspelt(const ConfigFile& config, const std::string& pointer,
                             const Json& object, const std::array<std::string_view, size>& known) {
  if (!object.is_object()) {
    return {};
  }
  for (const auto& member : object.items()) {
    const auto field = meant(member.key(), known);
    const bool other = field == kRwenvs && object.contains(kRwenvs);
    if (field && !other) {
      return misspelt(config, pointer, member.key(), *field);
    }
  }
  return {};
}

}  // namespace

std::optional<std::string_view> meant_rwenv_field(std::string_view key) {
  return meant(key, kRwenvFields);
}

Result<void> refuse_misspelt_top_fields(const ConfigFile& config) {
  return refuse_misspelt(config, "", *config.value, kTopFields);
}

Result<void> refuse_misspelt_rwenv_fields(const ConfigFile& config, const std::string& name) {
  const std::string pointer = "/" + std::string(kRwenvs) + "/" + json::escaped(name);
  return refuse_misspelt(config, pointer, config.value->at(kRwenvs).at(name), kRwenvFields);
}

}  // namespace engine
