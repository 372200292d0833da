// The lines that come in, over a descriptor that stays blocking: it may be shared with the client's
// terminal and with other processes, which would notice a change. It is read when there is
// something to read. What can always be read, such as a file, is read by a job. Memory is bounded:
// at most 64 KiB are read at once and taken in before the next.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>

#include "locking/mutex.h"
#include "mcp/workers.h"

namespace mcp {

// Cuts a stream of bytes into lines, and bounds their length. Only "\n" ends a line: U+2028 is
// legal inside a JSON string. Not thread-safe.
class LineSplitter {
 public:
  // Gets each line without its end; nothing for one that is too long, or longer than memory allows,
  // which is discarded. Must not throw.
  using OnLine = std::function<void(std::optional<std::string_view> line)>;

  LineSplitter(std::size_t most, OnLine on_line) : most_(most), on_line_(std::move(on_line)) {}

  void feed(std::string_view bytes);
  // The stream has ended; a last line without an end counts.
  void finish();

 private:
  void append(std::string_view part);
  void end_line();

  std::size_t most_;
  OnLine on_line_;
  std::string line_;
  bool overlong_ = false;  // discarding up to the end of the line
};

class Input {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  // Called on the threads of the io_context, one at a time; must not throw.
  struct Handlers {
    // As LineSplitter::OnLine; `read_at` is the time of the read that brought the line's end.
    std::function<void(std::optional<std::string_view> line, TimePoint read_at)> on_line;
    std::function<void()> on_end;  // of the input; the last that is called
    // Whether nothing is to be read, until resume() or until the client has hung up.
    std::function<bool()> pauses;
  };

  // The descriptor stays the caller's. `line_bytes` bounds a line. Throws std::system_error if no
  // descriptor is left for the waiting.
  Input(Workers& workers, int fd, std::size_t line_bytes, Handlers handlers);

  // Begins to read.
  void start() { read_next(); }
  // Handlers::pauses may say otherwise now. From any thread, needs no memory.
  void resume();

 private:
  void read_next();
  void look_later() REQUIRES(mutex_);
  void on_ready(std::error_code error);
  void read_some();

  const int fd_;
  const Handlers handlers_;
  TimePoint read_at_;  // when the bytes that are taken in were read
  LineSplitter lines_;
  Workers& workers_;
  asio::posix::stream_descriptor readable_;  // not open if that is always so

  locking::Mutex mutex_;
  asio::steady_timer pause_ GUARDED_BY(mutex_);
  bool resumed_ GUARDED_BY(mutex_) = false;  // since Handlers::pauses was asked last
};

}  // namespace mcp
