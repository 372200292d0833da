#include "engine/text/told_secret.h"

#include <algorithm>

#include "engine/text/ascii.h"
#include "engine/text/secret_names.h"
#include "engine/text/secret_tokens.h"

namespace engine {
namespace {

constexpr std::size_t kMaxOfWord = 4096;

std::size_t end_of_plain_word(const SecretText& text, std::size_t from) {
  while (from < text.size() && !is_blank(text[from]) && text[from] != '\n' && text[from] != '\r' &&
         !is_quote(text[from])) {
    ++from;
  }
  return from;
}

std::size_t end_of_told_word(const SecretText& text, std::size_t from) {
  std::size_t end = from;
  while (end < text.size() && end - from < kMaxOfWord && !is_quote(text[end]) &&
         std::string_view(" \t\r\n,;()[]<>").find(text[end]) == std::string_view::npos) {
    ++end;
  }
  while (end > from && (text[end - 1] == '.' || text[end - 1] == ':')) {
    --end;
  }
  return end;
}

std::optional<Span> unless_harmless(const SecretText& text, Span span) {
  return is_no_secret(text.part(span)) ? std::nullopt : std::optional(span);
}

// The word at `begin`, without its quotes.
std::optional<Span> word_at(const SecretText& text, std::size_t begin) {
  if (!is_quote(text[begin])) {
    return unless_harmless(text, {begin, end_of_plain_word(text, begin)});
  }
  return unless_harmless(
      text, {begin + 1, text.end_of_quoted(begin + 1, text[begin], false, text.size())});
}

// `Bearer <token>`, `Basic <base64>`, but not `Basic authentication`.
std::optional<Span> credentials(const SecretText& text, std::size_t begin, bool basic) {
  constexpr std::size_t kMin = 8;
  const std::string_view value = text.part({begin, end_of_plain_word(text, begin)});
  const bool other = std::ranges::any_of(value, [](char c) { return is_digit(c) || c == '='; });
  const bool mixed = value.size() > 1 && std::ranges::any_of(value.substr(1), [](char c) {
                       return c >= 'A' && c <= 'Z';
                     });
  if (value.size() < kMin || !(other || (basic && mixed)) || value.starts_with("realm=")) {
    return std::nullopt;
  }
  return word_at(text, begin);
}

// `-u ann:hunter2`
std::optional<Span> password_of_login(const SecretText& text, std::size_t begin) {
  const std::size_t end = end_of_plain_word(text, begin + (is_quote(text[begin]) ? 1 : 0));
  const auto colon = text.part({begin, end}).find(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  return unless_harmless(text, {begin + colon + 1, end});
}

// `--token abc`
std::optional<Span> value_of_option(const SecretText& text, std::size_t begin) {
  const std::string_view value = text.from(begin);
  if (value.front() == '-' || value.front() == '<' || is_path(value) ||
      begins_explanation(in_lower_case(first_word(value.substr(0, kMaxOfWord))))) {
    return std::nullopt;
  }
  return word_at(text, begin);
}

// `sshpass -p hunter2 ssh ann@host`, and with other options before.
std::optional<Span> password_of_sshpass(const SecretText& text, std::size_t begin) {
  constexpr int kMaxWords = 8;
  bool value_follows = false;  // of another option
  for (int word = 0; word < kMaxWords && begin < text.size(); ++word) {
    const std::string_view rest = text.from(begin);
    if (!value_follows && !rest.starts_with('-')) {
      return std::nullopt;
    }
    if (!value_follows && rest.starts_with("-p")) {
      const std::size_t value = text.skip_blanks(begin + 2);
      const std::string_view given = text.from(value).substr(0, kMaxOfWord);
      const bool none = given.empty() || given.front() == '<' || given.front() == '\n' ||
                        begins_explanation(in_lower_case(first_word(given)));
      return none ? std::nullopt : word_at(text, value);
    }
    const std::size_t end = end_of_plain_word(text, begin);
    const std::string_view option = text.part({begin, end});
    value_follows = !value_follows && (option == "-P" || option == "-f" || option == "-d");
    begin = text.skip_blanks(std::max(end, begin + 1));
  }
  return std::nullopt;
}

// `login ann password hunter2`, as in ~/.netrc.
bool follows_login(const SecretText& text, std::string_view name) {
  const std::string_view user =
      name == "password" ? text.word_before(text.begin_of(name)) : std::string_view();
  return !user.empty() && text.word_before(text.begin_of(user)) == "login";
}

// `token 0123...` (40 to 64 hexadecimal digits), `token is ...`, `password "..."`.
std::optional<Span> told_value(const SecretText& text, std::string_view name, std::size_t begin) {
  constexpr std::size_t kMin = 6;
  const std::string_view told = first_word(text.from(begin).substr(0, 16));
  const bool is = told == "is" || told == "was" || told == "value";
  const std::size_t from = is ? text.skip_blanks(begin + told.size()) : begin;
  const bool quoted =
      from < text.size() && std::string_view("\"'`([<").find(text[from]) != std::string_view::npos;
  const std::size_t inside = from + (quoted ? 1 : 0);
  const Span span{inside, end_of_told_word(text, inside)};
  const std::string_view word = text.part(span);
  const std::string_view digits = first_word(word);
  if (is_hexadecimal_token(digits)) {
    return Span{inside, std::max(span.end, inside + digits.size())};
  }
  const bool digit = std::ranges::any_of(word, is_digit);
  const bool letter =
      std::ranges::any_of(word, [](char c) { return is_alphanumeric(c) && !is_digit(c); });
  const std::string lower = in_lower_case(name);
  const bool pass = lower.ends_with("password") || lower.ends_with("passwd");
  const bool plainly = (is || (pass && quoted)) && digit && letter && word.size() >= kMin;
  return plainly || looks_random(word) ? unless_harmless(text, span) : std::nullopt;
}

}  // namespace

std::optional<Span> told_secret(const SecretText& text, std::size_t blank) {
  const std::string_view name = text.name_before(blank);
  const std::size_t begin = text.skip_blanks(blank);
  if (name.empty() || begin >= text.size() || text[begin] == '=' || text[begin] == ':') {
    return std::nullopt;
  }
  const std::string lower = in_lower_case(name);
  if (lower == "bearer" || lower == "basic") {
    return credentials(text, begin, lower == "basic");
  }
  if (lower == "sshpass") {
    return password_of_sshpass(text, begin);
  }
  const std::size_t name_begin = text.begin_of(name);
  const bool option = name_begin > 0 && text[name_begin - 1] == '-';
  if (option && (lower == "u" || lower == "user")) {
    return password_of_login(text, begin);
  }
  if (credential_of(name) != Credential::any) {
    return std::nullopt;
  }
  if (option) {
    if (const auto value = value_of_option(text, begin)) {
      return value;
    }
  }
  return follows_login(text, name) ? word_at(text, begin) : told_value(text, name, begin);
}

}  // namespace engine
