#include "engine/text/prompted_secret.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "engine/text/ascii.h"
#include "engine/text/secret_names.h"

namespace engine {
namespace {

constexpr std::size_t kMaxOfPrompt = 1024;

// Whether a prompt's word for a secret ends at `end`, at its beginning or after "Enter". In the
// middle of a sentence (`could not read Password for ...`) it is none.
bool asks_for_secret(const SecretText& text, std::size_t end) {
  const std::string_view name = text.name_before(end);
  const std::string asked = in_lower_case(name);
  if (asked != "password" && asked != "passphrase") {
    return false;
  }
  const std::string before = in_lower_case(text.word_before(text.begin_of(name)));
  return before.empty() || before == "enter";
}

// What a prompt asks for, as in `for 'https://ann@host':`.
struct Subject {
  std::size_t end = 0;   // behind the colon
  bool certain = false;  // quotes or an address, as sentences hardly have them there
};

std::optional<Subject> subject_of(std::string_view text) {
  std::size_t begin = text.starts_with("for ") ? 4 : text.size();
  begin += text.substr(std::min(begin, text.size())).starts_with("key ") ? 4 : 0;
  if (begin >= text.size()) {
    return std::nullopt;
  }
  const bool quoted = is_quote(text[begin]);
  const auto last = quoted ? text.find(text[begin], begin + 1) : text.find_first_of(" \t\n", begin);
  // Behind the quote, or the last character of the word.
  const auto colon = quoted || last == std::string_view::npos ? last + 1 : last - 1;
  const std::string_view name = text.substr(begin, colon - begin);
  if (last == std::string_view::npos || colon >= text.size() || text[colon] != ':' ||
      name.find('\n') != std::string_view::npos) {
    return std::nullopt;
  }
  return Subject{colon + 1, quoted || name.find('@') != std::string_view::npos};
}

// The answer that begins `line`: what another program says behind it, on the same line, is none.
std::string_view answer_in(std::string_view line) {
  for (const std::string_view next : {" remote: ", " fatal: ", " error: "}) {
    line = line.substr(0, line.find(next));
  }
  while (!line.empty() && (is_blank(line.back()) || line.back() == '\r')) {
    line.remove_suffix(1);
  }
  return line;
}

}  // namespace

std::optional<Span> prompted_secret(const SecretText& text, std::size_t blank) {
  if (!asks_for_secret(text, blank)) {
    return std::nullopt;
  }
  const std::size_t begin = text.skip_blanks(blank);
  const auto subject = subject_of(text.from(begin).substr(0, kMaxOfPrompt));
  if (!subject) {
    return std::nullopt;
  }
  const std::size_t from = text.skip_blanks(begin + subject->end);
  const std::size_t end = std::min(text.end_of_line(from), from + kMaxOfPrompt);
  const std::string_view answer = answer_in(text.part({from, end}));
  const std::string_view first = first_word(answer);
  const bool is_message =
      begins_explanation(in_lower_case(first)) || answer.substr(first.size()).starts_with(": ");
  const bool is_sentence = !subject->certain && answer.find(' ') != std::string_view::npos;
  if (is_no_secret(answer) || is_message || is_sentence) {
    return std::nullopt;
  }
  return Span{from, from + answer.size()};
}

}  // namespace engine
