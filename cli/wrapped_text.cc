#include "cli/wrapped_text.h"

#include <algorithm>

#include "engine/text/ascii.h"
#include "engine/text/utf8.h"

namespace cli {
namespace {

constexpr std::size_t kFewestColumns = 20;
// A diff ends with an empty line.
constexpr std::string_view kFirstLineOfDiff = "diff --git ";
constexpr std::string_view kCommand = "flux reconcile ";

// How much white space `line` has at `position`.
std::size_t spaces_at(std::string_view line, std::size_t position) {
  return std::min(line.find_first_not_of(' ', position), line.size()) - position;
}

// The column at which what follows a break begins. A gap of two spaces or more separates columns.
std::size_t indentation_of(std::string_view line, std::size_t columns) {
  const std::size_t start = spaces_at(line, 0);
  std::size_t indentation = start;
  // A mark, such as a tick: its text begins behind it.
  const std::size_t mark_end = line.find(' ', start);
  if (mark_end != std::string_view::npos && !engine::is_alphanumeric(line[start]) &&
      engine::count_characters(line.substr(start, mark_end - start)) == 1) {
    indentation = start + 2;
  }
  for (std::size_t gap = line.find("  ", start); gap != std::string_view::npos;) {
    const std::size_t end = gap + spaces_at(line, gap);
    const std::size_t column = engine::count_characters(line.substr(0, end));
    if (column > columns / 2) {
      break;
    }
    indentation = column;
    gap = line.find("  ", end);
  }
  return std::min(indentation, columns / 2);
}

// Where the word that begins at `start` ends: at a space that is not between two backticks.
std::size_t end_of_word(std::string_view line, std::size_t start) {
  std::size_t end = start;
  while (end < line.size() && line[end] != ' ') {
    const std::size_t closing = line[end] == '`' ? line.find('`', end + 1) : std::string_view::npos;
    end = closing == std::string_view::npos ? end + 1 : closing + 1;
  }
  return end;
}

// A command in a report, to be copied into a shell.
bool is_command(std::string_view line) {
  const std::size_t start = spaces_at(line, 0);
  return start >= 2 && line.substr(start).starts_with(kCommand);
}

std::string broken_between_words(std::string_view line, std::size_t columns) {
  const std::string indentation(indentation_of(line, columns), ' ');
  std::string out;
  std::size_t column = 0;
  std::size_t position = 0;
  while (position < line.size()) {
    const std::size_t spaces = spaces_at(line, position);
    const std::size_t end = end_of_word(line, position + spaces);
    const std::string_view word = line.substr(position + spaces, end - position - spaces);
    const std::size_t width = engine::count_characters(word);
    // A break at the beginning of a line would gain nothing.
    const bool begins = column + spaces <= indentation.size() || position == 0;
    if (!begins && !word.empty() && column + spaces + width > columns) {
      out += "\n" + indentation;
      column = indentation.size();
    } else {
      out.append(spaces, ' ');
      column += spaces;
    }
    out += word;
    column += width;
    position = end;
  }
  return out;
}

}  // namespace

std::string LineBreaker::broken(std::string_view line) {
  in_diff_ = !line.empty() && (in_diff_ || line.starts_with(kFirstLineOfDiff));
  const bool stays = in_diff_ || is_command(line) || columns_ < kFewestColumns ||
                     engine::count_characters(line) <= columns_;
  return stays ? std::string(line) : broken_between_words(line, columns_);
}

std::string wrapped(std::string_view text, std::size_t columns) {
  LineBreaker breaker(columns);
  std::string out;
  while (true) {
    const std::size_t newline = text.find('\n');
    out += breaker.broken(text.substr(0, newline));
    if (newline == std::string_view::npos) {
      return out;
    }
    out += '\n';
    text.remove_prefix(newline + 1);
  }
}

}  // namespace cli
