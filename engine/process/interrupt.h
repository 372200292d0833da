// Turns the signals by which a person or a system ends a program (SIGINT, SIGTERM, SIGHUP) into
// calls of a function.
#pragma once

#include <functional>
#include <memory>

namespace engine {

// At most one at a time.
class Interrupt {
 public:
  // Calls `then` with each signal, on a thread of its own, where `then` may lock and allocate. Make
  // it before other threads: they inherit that the signals are blocked, so that none of their
  // system calls is interrupted. A signal that is ignored (nohup, a background job) stays ignored.
  // Throws std::system_error if a thread or a descriptor cannot be had, and then leaves signals as
  // they are.
  explicit Interrupt(std::function<void(int signal)> then);
  // Calls `then` with what came before; on the thread that destroys it, too. After that, the
  // signals have their default effect again.
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

 private:
  class Listener;
  std::unique_ptr<Listener> listener_;
};

}  // namespace engine
