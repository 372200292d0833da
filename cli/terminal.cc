#include "cli/terminal.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <poll.h>
#include <system_error>
#include <unistd.h>

#include <sys/ioctl.h>

#include "cli/wrapped_text.h"
#include "engine/base/write_all.h"
#include "engine/text/utf8.h"

namespace cli {
namespace {

constexpr std::string_view kGreen = "\x1b[32m";
constexpr std::string_view kYellow = "\x1b[33m";
constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kDim = "\x1b[2m";
constexpr std::string_view kReset = "\x1b[0m";
constexpr std::string_view kStartOfClearedLine = "\r\x1b[2K";
constexpr std::size_t kUsualColumns = 80;

std::string in_colour(std::string_view colour, std::string_view text) {
  return std::string(colour) + std::string(text) + std::string(kReset);
}

std::string_view colour_of(std::string_view line) {
  const std::string_view words = line.substr(std::min(line.find_first_not_of(' '), line.size()));
  if (words.starts_with("✓")) {
    return kGreen;
  }
  if (words.starts_with("⚠")) {
    return kYellow;
  }
  if (words.starts_with("✗")) {
    return kRed;
  }
  if (line.starts_with("+++ ") || line.starts_with("--- ")) {
    return kBold;
  }
  if (line.starts_with("+")) {
    return kGreen;
  }
  if (line.starts_with("-")) {
    return kRed;
  }
  return {};
}

// 0 if it is not a terminal, or does not say.
std::size_t columns_of(int terminal) {
  winsize size{};
  return ::ioctl(terminal, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

// The number that `text` is; 0 if it is not one.
std::size_t number_in(std::string_view text) {
  std::size_t number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc() && read.ptr == end ? number : 0;
}

// At most `most` characters of UTF-8 text, so that a line does not wrap.
std::string_view first_characters(std::string_view text, std::size_t most) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!engine::continues_character(text[i]) && characters++ == most) {
      return text.substr(0, i);
    }
  }
  return text;
}

}  // namespace

std::string coloured(std::string_view text, std::size_t columns) {
  LineBreaker breaker(columns);
  std::string out;
  while (!text.empty()) {
    const std::size_t newline = text.find('\n');
    const std::string_view line = text.substr(0, newline);
    const std::string_view colour = colour_of(line);
    const std::string lines = breaker.broken(line);
    out += colour.empty() ? lines : in_colour(colour, lines);
    if (newline == std::string_view::npos) {
      break;
    }
    out += '\n';
    text.remove_prefix(newline + 1);
  }
  return out;
}

void print_plainly(std::string_view out, std::string_view err) noexcept {
  if (!out.empty()) {
    engine::write_all(STDOUT_FILENO, out);
    engine::write_all(STDOUT_FILENO, "\n");
  }
  engine::write_all(STDERR_FILENO, err);
  engine::write_all(STDERR_FILENO, "\n");
}

Terminal::Terminal(const engine::Environment& environment) {
  const bool out = ::isatty(STDOUT_FILENO) == 1;
  const bool err = ::isatty(STDERR_FILENO) == 1;
  can_ask_ = err && ::isatty(STDIN_FILENO) == 1;
  const bool dumb = environment.get("TERM").value_or("dumb") == "dumb";
  const bool colours = !dumb && !environment.get("NO_COLOR");
  colours_out_ = out && colours;
  colours_err_ = err && colours;
  wraps_out_ = out;
  wraps_err_ = err;
  columns_wanted_ = number_in(environment.get("COLUMNS").value_or(""));
  shows_progress_ = err && !dumb;
}

void Terminal::clear_progress() {
  const locking::MutexLock lock(mutex_);
  if (progress_shown_) {
    engine::write_all(STDERR_FILENO, kStartOfClearedLine);
    progress_shown_ = false;
  }
}

std::size_t Terminal::columns(int stream) const {
  const bool wraps = stream == STDOUT_FILENO ? wraps_out_ : wraps_err_;
  if (!wraps) {
    return 0;
  }
  return columns_wanted_ > 0 ? columns_wanted_ : columns_of(stream);
}

void Terminal::print(std::string_view text) {
  const std::size_t most = columns(STDOUT_FILENO);
  write_result(colours_out_ ? coloured(text, most) : wrapped(text, most));
}

void Terminal::print_verbatim(std::string_view text) {
  write_result(std::string(text));
}

void Terminal::write_result(const std::string& text) {
  clear_progress();
  const int problem = engine::write_all(STDOUT_FILENO, text + "\n");
  if (ok_ && problem != 0 && problem != EPIPE) {
    ok_ = false;
    complain("The result could not be written to standard output: " +
             std::generic_category().message(problem) + ".");
  }
}

void Terminal::complain(std::string_view text) {
  clear_progress();
  const std::size_t newline = std::min(text.find('\n'), text.size());
  const std::string first = wrapped(text.substr(0, newline), columns(STDERR_FILENO));
  const std::string out = (colours_err_ ? in_colour(kRed, first) : first) +
                          wrapped(text.substr(newline), columns(STDERR_FILENO));
  engine::write_all(STDERR_FILENO, out + "\n");
}

void Terminal::note(std::string_view text) {
  clear_progress();
  engine::write_all(STDERR_FILENO, wrapped(text, columns(STDERR_FILENO)) + "\n");
}

std::optional<std::string> Terminal::ask(std::string_view question, const std::stop_token& stop) {
  constexpr int kMilliseconds = 100;
  clear_progress();
  engine::write_all(STDERR_FILENO, wrapped(question, columns(STDERR_FILENO)));
  std::string line;
  while (!stop.stop_requested()) {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    const int ready = ::poll(&input, 1, kMilliseconds);
    if (ready == 0 || (ready < 0 && errno == EINTR)) {
      continue;
    }
    // One by one: what follows the line is for others to read.
    char next = '\0';
    if (ready < 0 || ::read(STDIN_FILENO, &next, 1) != 1) {
      break;
    }
    if (next == '\n') {
      return line;
    }
    line += next;
  }
  engine::write_all(STDERR_FILENO, "\n");
  return std::nullopt;
}

void Terminal::progress(std::string_view step) {
  if (!shows_progress_) {
    return;
  }
  const locking::MutexLock lock(mutex_);
  // The last column stays free: some terminals go to the next line as soon as it is written.
  const std::string line("… " + std::string(step));
  const std::size_t columns = columns_of(STDERR_FILENO);
  const std::string shown(first_characters(line, (columns > 0 ? columns : kUsualColumns) - 1));
  engine::write_all(STDERR_FILENO, std::string(kStartOfClearedLine) +
                                       (colours_err_ ? in_colour(kDim, shown) : shown));
  progress_shown_ = true;
}

}  // namespace cli
