// What the command line shows a person, and asks: results on stdout; refusals, questions and
// progress on stderr. Colours, the progress line and lines broken between words only where a
// terminal shows them (specification, section 9). Only this class writes the command line's stdout;
// not used while serving. Not thread-safe, except for progress().
#pragma once

#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "engine/base/host.h"
#include "locking/mutex.h"

namespace cli {

class Terminal {
 public:
  // Looks at stdin, stdout, stderr, NO_COLOR, TERM and COLUMNS once.
  explicit Terminal(const engine::Environment& environment);

  // A result, and a newline. Its ticks, warnings and diffs are coloured.
  void print(std::string_view text);
  // The same for what a program reads, such as JSON or a script: not coloured, and not broken.
  void print_verbatim(std::string_view text);
  // A refusal, and a newline, on stderr; its first line is coloured.
  void complain(std::string_view text);
  // Something to know, and a newline, on stderr.
  void note(std::string_view text);
  // Replaces the progress line by `step`; nothing but for a terminal. Thread-safe.
  void progress(std::string_view step);

  // Whether ask() works: stdin and stderr are terminals.
  bool can_ask() const { return can_ask_; }
  // Shows a question on stderr and waits for a line on stdin, without its end. Returns nothing at
  // the end of input, and soon after `stop` was requested.
  std::optional<std::string> ask(std::string_view question, const std::stop_token& stop);

  // False if something could not be written to stdout (a full disk), which has been said on stderr;
  // a reader that went away is none of our concern.
  bool ok() const { return ok_; }

 private:
  void clear_progress();
  void write_result(const std::string& text);
  // How many columns a text for `stream` may have: COLUMNS, if that is set, or what the terminal
  // says. 0 if it is not a terminal, or not known.
  std::size_t columns(int stream) const;

  bool colours_out_ = false;
  bool colours_err_ = false;
  bool wraps_out_ = false;
  bool wraps_err_ = false;
  std::size_t columns_wanted_ = 0;
  bool shows_progress_ = false;
  bool can_ask_ = false;
  locking::Mutex mutex_;
  bool progress_shown_ GUARDED_BY(mutex_) = false;
  bool ok_ = true;
};

// Writes a line to stdout (none if `out` is empty) and one to stderr without a Terminal and without
// memory, for when none can be had.
void print_plainly(std::string_view out, std::string_view err) noexcept;

// `text` with terminal colours: ticks and added lines green, warnings yellow, removed lines red;
// its lines are broken as `wrapped` breaks them.
std::string coloured(std::string_view text, std::size_t columns = 0);

}  // namespace cli
