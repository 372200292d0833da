#include "engine/text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace engine {
namespace {

constexpr char kEscape = '\x1b';
constexpr char kBell = '\a';
constexpr std::string_view kEllipsis = "…";

// A decoded character and the bytes that it took; nothing for bytes that are no UTF-8.
struct Character {
  std::uint32_t code = 0;
  std::size_t length = 0;
};

std::optional<Character> decode(std::string_view text) {
  const auto byte = [&](std::size_t index) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[index]));
  };
  const std::uint32_t first = byte(0);
  if (first < 0x80U) {
    return Character{first, 1};
  }
  const std::size_t length = first >= 0xF0U ? 4U : (first >= 0xE0U ? 3U : 2U);
  if (first < 0xC2U || first > 0xF4U || text.size() < length) {
    return std::nullopt;
  }
  std::uint32_t code = first & (0xFFU >> (length + 1));
  for (std::size_t index = 1; index < length; ++index) {
    if ((byte(index) & 0xC0U) != 0x80U) {
      return std::nullopt;
    }
    code = (code << 6U) | (byte(index) & 0x3FU);
  }
  constexpr std::array<std::uint32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800U && code <= 0xDFFFU;
  if (code < kLeast[length] || code > 0x10FFFFU || surrogate) {
    return std::nullopt;
  }
  return Character{code, length};
}

bool is_control(std::uint32_t code) {
  const bool c0 = code < 0x20U && code != '\n' && code != '\t';
  const bool c1 = code >= 0x7FU && code <= 0x9FU;
  const bool bidirectional =
      (code >= 0x202AU && code <= 0x202EU) || (code >= 0x2066U && code <= 0x2069U);
  const bool line_separator = code == 0x2028U || code == 0x2029U;
  return c0 || c1 || bidirectional || line_separator;
}

bool is_plain(char c) {
  return (c >= ' ' && c <= '~') || c == '\n' || c == '\t';
}

// The length of the terminal's escape sequence that `text` begins with.
std::size_t escape_length(std::string_view text) {
  if (text.size() < 2) {
    return text.size();
  }
  if (text[1] == '[') {
    const auto* const end =
        std::find_if(text.begin() + 2, text.end(), [](char c) { return c >= '@' && c <= '~'; });
    return std::min(text.size(), static_cast<std::size_t>(end - text.begin()) + 1);
  }
  if (text[1] == ']' || text[1] == 'P' || text[1] == '_' || text[1] == '^' || text[1] == 'X') {
    // Byte by byte, so that many short sequences do not each search all that follows.
    std::size_t end = 2;
    while (end < text.size() && text[end] != kBell && !text.substr(end).starts_with("\x1b\\")) {
      ++end;
    }
    return std::min(text.size(), end + (end < text.size() && text[end] == kBell ? 1 : 2));
  }
  return 2;
}

bool ends_authority(char c) {
  return c == '/' || c == '?' || c == '#' || c == '"' || c == '\'' || c == '<' || c == '>' ||
         static_cast<unsigned char>(c) <= ' ';
}

bool ends_url(char c) {
  return c == '"' || c == '\'' || c == '<' || c == '>' || static_cast<unsigned char>(c) <= ' ';
}

// How much userinfo, with its '@', begins `rest`, which follows a "://".
std::size_t userinfo_length(std::string_view rest) {
  const auto* const authority_end = std::find_if(rest.begin(), rest.end(), ends_authority);
  const auto authority = rest.substr(0, static_cast<std::size_t>(authority_end - rest.begin()));
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    return at + 1;
  }
  // A password with an unescaped '/' ends the authority early; what follows the colon is no port
  // then.
  const auto colon = authority.rfind(':');
  if (colon == std::string_view::npos || authority.starts_with('[')) {
    return 0;
  }
  const auto port = authority.substr(colon + 1);
  const bool is_port = std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; });
  if (is_port) {
    return 0;
  }
  // No URL is longer; without a bound each of many would be looked for to the end of the text.
  rest = rest.substr(0, 4096);
  const auto* const url_end = std::find_if(rest.begin(), rest.end(), ends_url);
  const auto at = rest.substr(0, static_cast<std::size_t>(url_end - rest.begin())).rfind('@');
  return at == std::string_view::npos ? 0 : at + 1;
}

// How many characters of a hosting service's access token begin `text`.
std::size_t token_length(std::string_view text) {
  constexpr std::array<std::string_view, 7> kPrefixes = {"ghp_", "gho_",        "ghu_",  "ghs_",
                                                         "ghr_", "github_pat_", "glpat-"};
  constexpr std::size_t kLeastLength = 20;
  const auto* const prefix = std::ranges::find_if(
      kPrefixes, [&](std::string_view candidate) { return text.starts_with(candidate); });
  if (prefix == kPrefixes.end()) {
    return 0;
  }
  const auto* const end = std::find_if_not(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '-';
  });
  const auto length = static_cast<std::size_t>(end - text.begin());
  return length < kLeastLength ? 0 : length;
}

}  // namespace

std::string printable(std::string_view text, std::size_t most) {
  // Most of what is shown is plain.
  if (text.size() <= most && std::ranges::all_of(text, is_plain)) {
    return std::string(text);
  }
  std::string shown;
  while (!text.empty()) {
    if (text.front() == kEscape) {
      text.remove_prefix(escape_length(text));
      continue;
    }
    const auto character = decode(text);
    const std::size_t length = character ? character->length : 1;
    if (character && !is_control(character->code)) {
      if (shown.size() + length > most) {
        return shown.append(kEllipsis);
      }
      shown.append(text.substr(0, length));
    }
    text.remove_prefix(length);
  }
  return shown;
}

std::string printable_line(std::string_view text, std::size_t most) {
  std::string line = printable(text, text.size());
  std::ranges::replace_if(
      line, [](char c) { return c == '\n' || c == '\t'; }, ' ');
  const auto first = line.find_first_not_of(' ');
  if (first == std::string::npos) {
    return {};
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return printable(std::string_view(line).substr(first), most);
}

std::string without_userinfo(std::string_view url) {
  // Of a URL that lacks its scheme, "user:password@host/x", which git takes for ssh to "user".
  const auto at = url.find('@');
  const bool has_password = at != std::string_view::npos && url.find(':') < at &&
                            url.substr(0, at).find('/') == std::string_view::npos;
  return redact(has_password ? url.substr(at + 1) : url);
}

std::string redact(std::string_view text) {
  std::string redacted;
  while (!text.empty()) {
    if (text.starts_with("://")) {
      redacted.append("://");
      text.remove_prefix(3);
      text.remove_prefix(userinfo_length(text));
    } else if (const std::size_t length = token_length(text); length > 0) {
      redacted.append("***");
      text.remove_prefix(length);
    } else {
      redacted.push_back(text.front());
      text.remove_prefix(1);
    }
  }
  return redacted;
}

}  // namespace engine
