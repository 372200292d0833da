#include "engine/manifest/image_reference.h"

namespace engine {
namespace {

constexpr std::string_view kDigestMark = "sha256:";
constexpr std::size_t kNone = std::string_view::npos;

// Calls `see` with each character outside of braces, and where it stands.
template <class Function>
void outside_braces(std::string_view text, const Function& see) {
  std::size_t depth = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '{') {
      ++depth;
    } else if (c == '}') {
      depth -= depth > 0 ? 1 : 0;
    } else if (depth == 0) {
      see(c, at);
    }
  }
}

// No white space outside of braces.
bool is_one_word(std::string_view text) {
  bool is_one = !text.empty();
  outside_braces(text, [&](char c, std::size_t) {
    is_one = is_one && c != ' ' && c != '\t' && c != '\n' && c != '\r';
  });
  return is_one;
}

}  // namespace

ImageReference split_image_reference(std::string_view text) {
  ImageReference parts{text, std::nullopt, std::nullopt};
  std::size_t at_sign = kNone;
  outside_braces(text, [&](char c, std::size_t at) {
    if (c == '@' && at_sign == kNone) {
      at_sign = at;
    }
  });
  if (at_sign != kNone) {
    parts.digest = text.substr(at_sign + 1);
    parts.name = text.substr(0, at_sign);
  }
  // The tag's colon comes after the last slash: one before it is that of a port.
  std::size_t colon = kNone;
  outside_braces(parts.name, [&](char c, std::size_t at) {
    if (c == '/') {
      colon = kNone;
    } else if (c == ':') {
      colon = at;
    }
  });
  if (colon != kNone) {
    parts.tag = parts.name.substr(colon + 1);
    parts.name = parts.name.substr(0, colon);
  }
  return parts;
}

bool may_be_image_reference(std::string_view text) {
  return is_one_word(text) && text.find("://") == kNone;
}

bool is_reference_and_no_tag(std::string_view text) {
  if (text.starts_with(kDigestMark)) {
    return false;
  }
  bool found = false;
  bool in_digest = false;
  outside_braces(text, [&](char c, std::size_t) {
    in_digest = in_digest || c == '@';
    found = found || (!in_digest && (c == ':' || c == '/'));
  });
  return found && is_one_word(text);
}

std::optional<std::string_view> digest_of_tag(std::string_view text) {
  if (text.starts_with(kDigestMark)) {
    return text;
  }
  const auto digest = split_image_reference(text).digest;
  return digest && digest->find(':') != std::string_view::npos ? digest : std::nullopt;
}

}  // namespace engine
