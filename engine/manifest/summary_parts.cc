#include "engine/manifest/summary_parts.h"

#include <algorithm>
#include <utility>

#include "engine/base/limits.h"
#include "engine/manifest/limits.h"

namespace engine {

void SummaryContext::set_problem(std::string problem) const {
  if (!summary_.problem) {
    summary_.problem = std::move(problem);
  }
}

std::string SummaryContext::bounded(std::optional<std::string_view> text, std::size_t most) const {
  if (text && text->size() > most) {
    set_problem("a name in it has more than " + std::to_string(most) + " bytes");
    return {};
  }
  return std::string(text.value_or(""));
}

std::string SummaryContext::name(std::optional<std::string_view> text) const {
  return bounded(text, kMaxNameBytes);
}

std::string SummaryContext::image(std::optional<std::string_view> text) const {
  return bounded(text, kMaxImageBytes);
}

bool SummaryContext::has_room(std::size_t images) const {
  if (images == kMaxImages) {
    set_problem("it has more than " + std::to_string(kMaxImages) + " images");
  }
  return images < kMaxImages;
}

bool SummaryContext::has_room_for(std::size_t bytes) const {
  bytes_ += std::min(bytes, kMaxManifestBytes);
  if (bytes_ > kMaxManifestBytes) {
    set_problem("its patches have more than " + std::to_string(kMaxManifestBytes) + " bytes");
  }
  return bytes_ <= kMaxManifestBytes;
}

std::optional<std::string> unless_empty(std::string text) {
  return text.empty() ? std::nullopt : std::optional(std::move(text));
}

}  // namespace engine
