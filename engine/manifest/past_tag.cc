#include "engine/manifest/past_tag.h"

#include <cstddef>
#include <string_view>

#include "engine/manifest/tag_text.h"
#include "engine/text/ascii.h"

namespace engine {
namespace {

// "@sha256:" and 64 digits, or nothing.
bool is_digest_or_nothing(std::string_view text) {
  constexpr std::string_view kMark = "@sha256:";
  constexpr std::size_t kDigits = 64;
  return text.empty() || (text.starts_with(kMark) && text.size() == kMark.size() + kDigits &&
                          is_lower_hex(text.substr(kMark.size())));
}

}  // namespace

std::optional<PastTag> PastTag::of(const PastValue& value) {
  const std::string& text = value.text();
  const std::string_view tag = without_digest(text);
  const bool is_tag =
      is_image_tag(tag) && is_digest_or_nothing(std::string_view(text).substr(tag.size()));
  return is_tag ? std::optional(PastTag(text)) : std::nullopt;
}

}  // namespace engine
