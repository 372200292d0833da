// The seam between bytes and messages: lines in, lines out.
#pragma once

#include <chrono>
#include <string>

namespace mcp {

// `droppable` is what a client can do without (progress, log messages): it is not sent while the
// client is slow to read.
enum class Delivery { required, droppable };

class Transport {
 public:
  // Takes what arrives, on the loop's thread.
  class Receiver {
   public:
    virtual ~Receiver() = default;
    virtual void on_line(std::string line) = 0;
    virtual void on_overlong_line() = 0;
    virtual void on_end_of_input() = 0;  // the last call but for on_client_gone()
    virtual void on_client_gone() = 0;   // nobody reads any more
  };

  virtual ~Transport() = default;

  // Begins to read. `receiver` must stay until close() has returned.
  virtual void start(Receiver& receiver) = 0;
  // Sends one line, given without its line end. Does not block. From the loop's thread.
  virtual void send(std::string line, Delivery delivery) = 0;
  // Stops reading and waits until all is written, but not longer than `patience` for the client to
  // take a part of it.
  virtual void close(std::chrono::milliseconds patience) = 0;
};

}  // namespace mcp
