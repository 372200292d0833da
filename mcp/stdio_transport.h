// Lines over file descriptors: a thread that reads, a thread that writes, the loop between them.
//
// The descriptors stay blocking: they may be shared with the client's terminal or other processes,
// which a change to O_NONBLOCK would affect too. Both threads wait in poll() and can be stopped.
// Memory is bounded: while more than Limits::buffered_bytes wait to be handled or to be written,
// nothing is read.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include <asio/io_context.hpp>

#include "mcp/options.h"
#include "mcp/transport.h"

namespace mcp {

// Makes a poll() in another thread return, once and for good.
class WakePipe {
 public:
  WakePipe();  // throws std::system_error
  ~WakePipe();
  WakePipe(const WakePipe&) = delete;
  WakePipe& operator=(const WakePipe&) = delete;

  int fd() const { return fds_[0]; }  // readable after wake()
  void wake() const;

 private:
  int fds_[2] = {-1, -1};
};

class StdioTransport final : public Transport {
 public:
  // The descriptors stay the caller's and must stay open until close().
  StdioTransport(asio::io_context& loop, int in_fd, int out_fd, const Limits& limits);
  ~StdioTransport() override;

  void start(Receiver& receiver) override;
  void send(std::string line, Delivery delivery) override;
  void close(std::chrono::milliseconds patience) override;

 private:
  void read_lines();
  bool wait_for_room();
  void deliver(std::string line);
  void handled(std::size_t bytes);
  void write_lines();
  bool write_all(std::string_view text);
  bool wait_until_writable();

  asio::io_context& loop_;
  const int in_fd_;
  const int out_fd_;
  const Limits limits_;
  Receiver* receiver_ = nullptr;
  WakePipe stop_reading_;
  WakePipe closing_wake_;

  std::mutex mutex_;  // guards all below but the threads
  std::condition_variable room_;
  std::condition_variable work_;
  std::deque<std::string> outgoing_;
  std::size_t incoming_bytes_ = 0;
  std::size_t outgoing_bytes_ = 0;
  bool closing_ = false;
  bool broken_ = false;  // nobody reads
  std::chrono::milliseconds patience_{0};

  std::thread reader_;
  std::thread writer_;
};

// A private descriptor for the protocol on standard output: what anything else in the process
// writes to descriptor 1 from now on goes to standard error instead. Closed in child processes.
// Returns -1 if there is no standard output.
int take_standard_output();

}  // namespace mcp
