// Turns the signals by which a person or a system ends a program (SIGINT, SIGTERM, SIGHUP) into a
// call of a function, which is told the signal, on a thread of its own, where it may lock and
// allocate. For the command line;
// the server has its own.
#pragma once

#include <atomic>
#include <csignal>
#include <functional>
#include <thread>

namespace cli {

class Interrupt {
 public:
  // Make it before other threads: they inherit that the signals are blocked. A signal that was
  // ignored at the start (nohup, a background job) stays ignored. `then` may be called more than
  // once. Throws std::system_error where no thread can be made, and then leaves signals as they
  // are.
  explicit Interrupt(std::function<void(int signal)> then);
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

 private:
  void wait_for_signals();
  bool take_one_of(const sigset_t& waiting);

  std::function<void(int)> then_;
  sigset_t signals_{};
  std::atomic<bool> done_ = false;
  std::thread thread_;
};

}  // namespace cli
