// Lines over a pair of file descriptors.
//
// They stay blocking: they may be shared with the client's terminal or other processes, which a
// change to O_NONBLOCK would affect too. So poll() goes before each read and write, and no more is
// written than then cannot block. Memory is bounded: while more than Limits::buffered_bytes wait
// for the client to take them, or Limits::queued requests for a thread, nothing is read.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "locking/mutex.h"
#include "mcp/connection.h"
#include "mcp/options.h"

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

class Stdio {
 public:
  // The descriptors stay the caller's. Throws std::system_error if no pipe can be had.
  Stdio(int in_fd, int out_fd, const Limits& limits);
  ~Stdio();

  // Sends one line, given without its line end. Does not block. From any thread.
  void send(std::string line, Delivery delivery);
  // Whether the client has not taken yet what it was sent. From any thread.
  bool slow_to_be_read();
  // Makes await() return, soon if not at once. From any thread.
  void wake() const;
  int wake_fd() const { return wake_[1]; }  // for signal handlers: a byte written here wakes

  // Waits until there is something to do, and does it. One thread at a time.
  void await(Connection& connection);
  // Writes what is left, but does not wait longer than `patience` for the client to take a part.
  void flush(std::chrono::milliseconds patience);

 private:
  bool full(std::size_t more) const REQUIRES(mutex_);
  void forget_what_is_written() REQUIRES(mutex_);
  void read_some(Connection& connection);
  void write_some() REQUIRES(mutex_);

  const int in_fd_;
  const int out_fd_;
  const Limits limits_;
  int wake_[2] = {-1, -1};  // a pipe
  LineSplitter lines_;
  Connection* connection_ = nullptr;  // of the await() that runs
  bool input_ended_ = false;
  bool told_ = false;  // the connection knows that nobody reads

  locking::Mutex mutex_;
  std::string outgoing_ GUARDED_BY(mutex_);
  std::size_t written_ GUARDED_BY(mutex_) = 0;  // of it
  bool broken_ GUARDED_BY(mutex_);              // nobody reads
};

// A private descriptor for the protocol on standard output: what anything else in the process
// writes to descriptor 1 from now on goes to standard error instead. Closed in child processes.
// Returns -1 if there is no standard output.
int take_standard_output();

}  // namespace mcp
