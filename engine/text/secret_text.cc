#include "engine/text/secret_text.h"

#include <algorithm>
#include <array>

#include "engine/text/ascii.h"

namespace engine {
namespace {

// What stands for a secret that is elsewhere: `${PASSWORD}`, `{{ .Values.token }}`, `$TOKEN`,
// `<token>`.
bool is_placeholder(std::string_view value) {
  const bool braces = (value.starts_with("${") || value.starts_with("$(")) &&
                      (value.ends_with('}') || value.ends_with(')'));
  const bool variable =
      value.size() > 1 && value.front() == '$' &&
      std::ranges::all_of(value.substr(1), [](char c) { return is_upper(c) || c == '_'; });
  return braces || variable || value.starts_with("{{") ||
         (value.starts_with('<') && value.ends_with('>'));
}

// `pr-42-a1b2c3d`, which no secret is.
bool is_rollout_tag(std::string_view value) {
  if (!value.starts_with("pr-")) {
    return false;
  }
  const auto dash = value.find('-', 3);
  return dash != std::string_view::npos && dash > 3 &&
         std::ranges::all_of(value.substr(3, dash - 3), is_digit) && value.size() == dash + 8;
}

}  // namespace

bool is_quote(char c) {
  return c == '"' || c == '\'' || c == '`';
}

bool is_of_name(char c) {
  return is_alphanumeric(c) || c == '_' || c == '-' || c == '.' || c == '%';
}

std::string_view first_word(std::string_view text) {
  const auto* const end =
      std::ranges::find_if(text, [](char c) { return !is_alphanumeric(c) && c != '_'; });
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

bool is_no_secret(std::string_view value) {
  constexpr std::array<std::string_view, 10> kWords = {
      "true", "false", "null", "none", "nil", "yes", "no", "undefined", "~", "",
  };
  return value.starts_with(kGone) || is_placeholder(value) || is_rollout_tag(value) ||
         std::ranges::find(kWords, in_lower_case(value.substr(0, 10))) != kWords.end();
}

bool is_path(std::string_view value) {
  return value.starts_with('/') || value.starts_with("./") || value.starts_with("../") ||
         value.starts_with("~/");
}

std::string_view SecretText::name_before(std::size_t end) const {
  std::size_t begin = end;
  while (begin > floor_ && end - begin < kMaxOfName && is_of_name(text_[begin - 1])) {
    --begin;
  }
  while (begin < end && !is_alphanumeric(text_[begin]) && text_[begin] != '%') {
    ++begin;
  }
  return text_.substr(begin, end - begin);
}

std::string_view SecretText::word_before(std::size_t end) const {
  std::size_t space = end;
  while (space > floor_ && is_blank(text_[space - 1])) {
    --space;
  }
  return space == end || space == 0 ? std::string_view() : name_before(space);
}

std::size_t SecretText::skip_blanks(std::size_t from) const {
  while (from < text_.size() && is_blank(text_[from])) {
    ++from;
  }
  return from;
}

std::size_t SecretText::end_of_line(std::size_t from) const {
  return std::min(text_.find('\n', from), text_.size());
}

std::size_t SecretText::end_of_quoted(std::size_t from, char quote, bool escaped,
                                      std::size_t limit) const {
  std::size_t at = from;
  for (; at < limit && text_[at] != '\n'; ++at) {
    if (text_[at] == '\\' && at + 1 < limit) {
      if (escaped && text_[at + 1] == quote) {
        return at;
      }
      ++at;
    } else if (text_[at] == quote) {
      return at;
    }
  }
  return std::min(at, limit);
}

bool SecretText::begins_line(std::size_t at) const {
  const std::size_t begin = at;
  constexpr std::string_view kRemote = "remote: ";
  if (at >= kRemote.size() && text_.substr(at - kRemote.size()).starts_with(kRemote)) {
    return true;
  }
  while (at > 0 && begin - at < kMaxOfIndent && text_[at - 1] != '\n') {
    if (std::string_view(" \t+-\"'").find(text_[--at]) == std::string_view::npos) {
      return false;
    }
  }
  return at == 0 || text_[at - 1] == '\n';
}

}  // namespace engine
