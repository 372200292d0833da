// The lines that are sent, over a descriptor that stays blocking (see input.h): poll() goes before
// each write, and no more is written than fits without blocking.
//
// What nobody has taken yet is kept. The caller bounds it: while has_room() says no, it reads no
// further requests.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include "locking/mutex.h"
#include "mcp/connection_state.h"
#include "mcp/workers.h"

namespace mcp {

// For any thread.
class Output {
 public:
  // The descriptor stays the caller's. While more than `most` bytes wait, there is no room.
  // `changed` is called on one of the workers after something was written or nobody reads any more;
  // it must not throw.
  Output(Workers& workers, int fd, std::size_t most, std::function<void()> changed);

  // Sends one line, given without its line end. Does not block. Throws std::bad_alloc, and then
  // sends nothing of it.
  void send(std::string line, Delivery delivery);
  // Whether the client has not taken yet what it was sent.
  bool is_waiting() const;
  bool has_room() const;
  // Whether nobody reads: then nothing more is sent.
  bool is_broken() const;
  // Writes what is left, but does not wait longer than `patience` for the client to take a part.
  void flush(std::chrono::milliseconds patience);

 private:
  bool has_room_for(std::size_t more) const REQUIRES(mutex_);
  void write_rest();
  bool is_writable(std::chrono::milliseconds patience) const;
  void write_some() REQUIRES(mutex_);
  void forget_what_is_written() REQUIRES(mutex_);

  Workers& workers_;
  const int fd_;
  const std::size_t most_;
  const std::function<void()> changed_;

  mutable locking::Mutex mutex_;
  std::string outgoing_ GUARDED_BY(mutex_);
  std::size_t written_ GUARDED_BY(mutex_) = 0;  // of it
  bool broken_ GUARDED_BY(mutex_);
  bool is_scheduled_ GUARDED_BY(mutex_) = false;  // write_rest()
};

// A private descriptor for the protocol on standard output: what anything else in the process
// writes to descriptor 1 from now on goes to standard error instead. Closed in child processes.
// Returns -1 if there is no standard output.
int take_standard_output();

}  // namespace mcp
