// One text in which redact() looks for secrets: what stands before and behind a place, and what is
// no secret. Knows nothing of names and tokens. Not thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace engine {

// What stands for a secret in text that is shown.
inline constexpr std::string_view kGone = "***";

// A part of a text.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

class SecretText {
 public:
  static constexpr std::size_t kMaxOfName = 80;
  static constexpr std::size_t kMaxOfIndent = 256;

  explicit SecretText(std::string_view text) : text_(text) {}

  std::size_t size() const { return text_.size(); }
  char operator[](std::size_t at) const { return text_[at]; }
  std::string_view from(std::size_t at) const { return text_.substr(at); }
  std::string_view part(Span span) const { return text_.substr(span.begin, span.end - span.begin); }
  // Where `part` of the text begins.
  std::size_t begin_of(std::string_view part) const {
    return static_cast<std::size_t>(part.data() - text_.data());
  }

  // From now on nothing before `end` is looked at: it has been left out.
  void leave_out_before(std::size_t end) { floor_ = end; }
  std::size_t floor() const { return floor_; }

  // The name that ends at `end`, and the one before the blanks that end there; may be empty.
  std::string_view name_before(std::size_t end) const;
  std::string_view word_before(std::size_t end) const;

  std::size_t skip_blanks(std::size_t from) const;
  std::size_t end_of_line(std::size_t from) const;
  // The end of a value in quotes, the first of which precedes `from`; at most `limit`. `escaped`:
  // the quotes have backslashes, as a string in a string has them.
  std::size_t end_of_quoted(std::size_t from, char quote, bool escaped, std::size_t limit) const;
  // Whether nothing but indentation, a list's dash or a diff's sign stands before `at` on its line.
  bool begins_line(std::size_t at) const;

 private:
  std::string_view text_;
  std::size_t floor_ = 0;
};

bool is_quote(char c);
bool is_of_name(char c);

// The letters, digits and underscores that begin `text`.
std::string_view first_word(std::string_view text);

// Of no use to anybody, whatever its name: nothing, a truth value, a placeholder, a rollout's tag,
// or what has been left out already.
bool is_no_secret(std::string_view value);

// Looks like a file's path.
bool is_path(std::string_view value);

}  // namespace engine
