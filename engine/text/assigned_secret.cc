#include "engine/text/assigned_secret.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "engine/text/ascii.h"
#include "engine/text/secret_names.h"
#include "engine/text/secret_tokens.h"

namespace engine {
namespace {

constexpr std::size_t kMaxJudged = 256;

// What follows a colon without a space: the line of a file, or the tag of an image.
bool is_line_or_version(std::string_view value) {
  const std::string_view number = value.substr(0, value.find(':'));
  const bool line = !number.empty() && number.size() <= 6 && std::ranges::all_of(number, is_digit);
  const std::string_view version = value.substr(value.starts_with('v') ? 1 : 0);
  const auto dot = version.find('.');
  return line || value == "latest" || value == "main" ||
         (dot != std::string_view::npos && dot > 0 &&
          std::ranges::all_of(version.substr(0, dot), is_digit));
}

// A name and what says that a value follows.
struct Assignment {
  std::string_view name;
  std::size_t name_begin = 0;
  bool quoted = false;    // "name": value
  char before = '\0';     // the character before the name and its quote
  bool equals = false;    // "=", and not ":"
  bool spaced = false;    // white space before the value
  std::size_t value = 0;  // where the value, with its quote, begins

  bool follows(std::string_view signs) const {
    return before != '\0' && signs.find(before) != std::string_view::npos;
  }
};

// What was assigned.
struct Value {
  std::size_t begin = 0;
  char quote = '\0';      // that it stands in
  bool escaped = false;   // the quote has a backslash: a string in a string
  char closing = '\0';    // of a quote that holds the name as well
  bool in_query = false;  // of a URL
  bool whole_line = false;
};

// What ends a sentence or closes what was opened before the value.
bool is_closing(std::string_view value, char last) {
  if (last == '}' || last == ')' || last == ']') {
    const char opening = last == '}' ? '{' : (last == ')' ? '(' : '[');
    return value.find(opening) == std::string_view::npos;
  }
  return std::string_view(",;.>:").find(last) != std::string_view::npos;
}

// How many characters say "is"; 0 for none.
std::size_t operator_length(const SecretText& text, std::size_t at) {
  if (text[at] == '%') {
    const std::string code = in_lower_case(text.from(at).substr(0, 3));
    return code == "%3d" || code == "%3a" ? 3 : 0;
  }
  if (text[at] == '>') {  // <password>...</password>
    return 1;
  }
  const std::string_view two = text.from(at).substr(0, 2);
  if (two == "::" || (two.starts_with(':') && at > 0 && text[at - 1] == ':')) {
    return 0;
  }
  return two == ":=" || two == "==" || two == "=>" ? 2 : 1;
}

std::size_t skip_backslashes(const SecretText& text, std::size_t from) {
  while (from < text.size() && text[from] == '\\') {
    ++from;
  }
  return from;
}

std::optional<Assignment> read_assignment(const SecretText& text, std::size_t at) {
  const std::size_t length = operator_length(text, at);
  if (length == 0) {
    return std::nullopt;
  }
  Assignment found;
  std::size_t end = at;
  while (end > text.floor() && at - end < 4 && is_blank(text[end - 1])) {
    --end;
  }
  if (end > text.floor() && is_quote(text[end - 1])) {
    found.quoted = true;
    --end;
    while (end > text.floor() && text[end - 1] == '\\') {
      --end;
    }
  } else if (end > text.floor() && text[end - 1] == ']') {
    --end;
  }
  found.name = text.name_before(end);
  if (found.name.empty()) {
    return std::nullopt;
  }
  found.name_begin = text.begin_of(found.name);
  found.before = found.name_begin == 0 ? '\0' : text[found.name_begin - 1];
  if (text[at] == '>' && found.before != '<') {
    return std::nullopt;
  }
  const std::string code = in_lower_case(text.from(at).substr(0, length));
  found.equals = code.find('=') != std::string::npos || code == "%3d" || code == ">";
  found.value = text.skip_blanks(at + length);
  found.spaced = found.value > at + length;
  return found;
}

Credential kind_of(const SecretText& text, const Assignment& found) {
  const Credential kind = credential_of(found.name);
  if (kind == Credential::any || kind == Credential::header) {
    return kind;
  }
  const std::string_view previous = text.word_before(found.name_begin);
  return !previous.empty() && is_two_word_credential(previous, found.name) ? Credential::any : kind;
}

// `PWD=/home/ann`, `private key: /etc/ssl/key.pem`.
bool may_be_path(const Assignment& found) {
  const std::string name = in_lower_case(found.name);
  return name.ends_with("key") || name.ends_with("pwd");
}

Value value_of(const SecretText& text, const Assignment& found, Credential kind) {
  Value value{.begin = found.value};
  while (found.quoted && value.begin < text.size() && text[value.begin] == '[') {
    value.begin = text.skip_blanks(value.begin + 1);  // the first of several
  }
  const std::size_t quote = skip_backslashes(text, value.begin);
  const bool open = !found.quoted && is_quote(found.before);  // the quote holds name and value
  if (quote < text.size() && is_quote(text[quote]) && !(open && text[quote] == found.before)) {
    value.quote = text[quote];
    value.escaped = quote > value.begin;
    value.begin = quote + 1;
    return value;
  }
  value.closing = open ? found.before : '\0';
  value.in_query = found.follows("?&#");
  value.whole_line = kind == Credential::header ||
                     (!found.equals && found.spaced && text.begins_line(found.name_begin));
  return value;
}

bool is_meant(const SecretText& text, const Assignment& found, Credential kind, const Value& value,
              std::string_view beginning) {
  if (kind == Credential::if_random) {
    return looks_random(beginning) ||
           (found.equals && found.follows("?&#;") && beginning.size() >= 6);
  }
  if (kind == Credential::if_assigned) {
    return found.equals || looks_random(beginning);
  }
  if (kind == Credential::header) {
    return true;
  }
  if (is_path(beginning) && may_be_path(found)) {
    return false;
  }
  if (found.equals) {
    return true;
  }
  const bool one_sign = beginning.size() <= 2 && std::ranges::none_of(beginning, is_alphanumeric);
  if (one_sign || in_lower_case(text.word_before(found.name_begin)) == "unexpected") {
    return false;
  }
  if (value.quote != '\0') {
    return true;
  }
  const bool container = (beginning.front() == '{' || beginning.front() == '[');
  const bool tag_or_line =
      !found.spaced && !found.quoted && (found.before == '/' || is_line_or_version(beginning));
  return !container && !tag_or_line && !begins_explanation(in_lower_case(first_word(beginning)));
}

bool ends_word(const SecretText& text, std::size_t at, bool query) {
  const char c = text[at];
  const bool more = at + 1 < text.size() && is_alphanumeric(text[at + 1]);
  const bool tag = c == '<' && text.from(at).starts_with("</");
  return is_blank(c) || tag ||
         (query && std::string_view("&#<>").find(c) != std::string_view::npos) ||
         (is_quote(c) && !more);
}

std::size_t end_of_plain(const SecretText& text, const Value& value, std::size_t limit) {
  std::size_t at = value.begin;
  for (; at < limit && text[at] != '\n' && text[at] != '\r'; ++at) {
    if (value.closing != '\0' && text[at] == value.closing) {
      return at;
    }
    if (!value.whole_line && ends_word(text, at, value.in_query)) {
      break;
    }
  }
  const std::string_view all = text.part({value.begin, at});
  std::size_t size = all.size();
  while (!value.whole_line && size > 0 && is_closing(all, all[size - 1])) {
    --size;
  }
  return value.begin + size;
}

// Where the value ends, at most at `limit`: in quotes with them; else with the word, but in YAML
// and in headers with the line.
std::size_t end_of(const SecretText& text, const Value& value, std::size_t limit) {
  return value.quote == '\0' ? end_of_plain(text, value, limit)
                             : text.end_of_quoted(value.begin, value.quote, value.escaped, limit);
}

// Whether what begins at `line` belongs to a block whose name stands in `column`; a blank line
// does. `begin` is where its text begins, or stays where it is blank.
bool is_of_block(const SecretText& text, std::size_t line, std::size_t column,
                 std::optional<std::size_t>& begin, std::size_t& end) {
  std::size_t at = line;
  while (at < text.size() &&
         (is_blank(text[at]) || (at == line && (text[at] == '+' || text[at] == '-')))) {
    ++at;
  }
  const bool blank = at >= text.size() || text[at] == '\n' || text[at] == '\r';
  if (!blank && at - line <= column) {
    return false;
  }
  if (!blank && !begin) {
    begin = at;
  }
  end = text.end_of_line(at);
  return true;
}

// The lines of a YAML block scalar: those below that are indented more than the name.
std::optional<Span> block_of(const SecretText& text, const Assignment& found, std::size_t begin) {
  if (found.equals || begin >= text.size() || (text[begin] != '|' && text[begin] != '>') ||
      !text.begins_line(found.name_begin)) {
    return std::nullopt;
  }
  std::size_t end = text.end_of_line(begin);
  if (text.part({begin + 1, end}).find_first_not_of("+-0123456789 \r") != std::string_view::npos) {
    return std::nullopt;
  }
  std::size_t column = 0;
  while (column < found.name_begin && text[found.name_begin - column - 1] != '\n') {
    ++column;
  }
  std::optional<std::size_t> first;
  while (end + 1 < text.size() && is_of_block(text, end + 1, column, first, end)) {
  }
  if (!first || text.from(*first).starts_with(kGone)) {
    return std::nullopt;
  }
  return Span{*first, end};
}

// Where the value of a pair is assigned, if `found` is the name of one.
std::optional<std::size_t> value_of_pair(const SecretText& text, const Assignment& found) {
  if (found.name != "name") {
    return std::nullopt;
  }
  std::size_t begin = found.value;
  begin += begin < text.size() && is_quote(text[begin]) ? 1 : 0;
  std::size_t end = begin;
  while (end < text.size() && end - begin < SecretText::kMaxOfName && is_of_name(text[end])) {
    ++end;
  }
  if (end == begin || credential_of(text.part({begin, end})) != Credential::any) {
    return std::nullopt;
  }
  constexpr std::string_view kBetween = "\"'`, \t\r\n+-";
  while (end < text.size() && end - begin < 2 * SecretText::kMaxOfIndent &&
         kBetween.find(text[end]) != std::string_view::npos) {
    ++end;
  }
  constexpr std::string_view kValue = "value";
  if (!text.from(end).starts_with(kValue)) {
    return std::nullopt;
  }
  end += kValue.size();
  end += end < text.size() && is_quote(text[end]) ? 1 : 0;
  return text.skip_blanks(end);
}

}  // namespace

std::optional<Span> AssignedSecrets::assigned_at(std::size_t at) {
  const std::optional<Assignment> found = read_assignment(text_, at);
  if (!found) {
    return std::nullopt;
  }
  paired_value_ = value_of_pair(text_, *found).value_or(paired_value_);
  const Credential kind = at == paired_value_ ? Credential::any : kind_of(text_, *found);
  if (kind == Credential::none) {
    return std::nullopt;
  }
  const Value value = value_of(text_, *found, kind);
  if (const auto block = block_of(text_, *found, value.begin)) {
    return block;
  }
  // Judged by its beginning, so that what stays is not looked through to an end far away.
  const std::size_t judged = std::min(text_.size(), value.begin + kMaxJudged);
  const std::string_view beginning = text_.part({value.begin, end_of(text_, value, judged)});
  if (is_no_secret(beginning) || !is_meant(text_, *found, kind, value, beginning)) {
    return std::nullopt;
  }
  return Span{value.begin, end_of(text_, value, text_.size())};
}

}  // namespace engine
