// A small server for protocol tests: a tool for each thing that a handler can do.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "mcp/server.h"

namespace test_server {

// Lets a test hold handlers back, and see how many have begun. Thread-safe.
class Latch {
 public:
  void open();
  // A handler waits here for the latch, whatever happens to its request.
  void pass();
  // Waits until `count` handlers have come.
  void await_arrivals(int count);
  // What the tool `bound` asks about.
  std::string topic();
  void set_topic(std::string topic);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int arrivals_ = 0;
  std::string topic_ = "topic";
};

// Tools: echo (its arguments, structured), fail (throws), progress (three steps), logs, hold (waits
// for the latch; slow), wait (for its cancellation), form, two_forms, bound (as two_forms), roots.
// One prompt with a required argument, a resource, a template, a completer.
std::unique_ptr<mcp::Server> make(const std::shared_ptr<Latch>& latch, mcp::Options options = {});

}  // namespace test_server
