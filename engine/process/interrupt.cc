#include "engine/process/interrupt.h"

#include <chrono>
#include <csignal>
#include <system_error>
#include <thread>
#include <utility>

#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>

namespace engine {
namespace {

// How often it is checked whether the listening shall end. This matters only if the wake-up is
// lost.
constexpr std::chrono::seconds kCheck{1};

bool is_ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

// On macOS, what changes a sigset_t is a macro, so it has no :: before it.
sigset_t signals_to_catch() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    if (!is_ignored(signal)) {
      sigaddset(&signals, signal);
    }
  }
  return signals;
}

// Blocks signals on this thread, and on those that it starts, as long as it exists.
class BlockedSignals {
 public:
  explicit BlockedSignals(const sigset_t& signals) {
    ::pthread_sigmask(SIG_BLOCK, &signals, &before_);
  }
  ~BlockedSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

class Interrupt::Listener {
 public:
  explicit Listener(std::function<void(int)> then) : then_(std::move(then)) {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
      if (sigismember(&caught_, signal) == 1) {
        signals_.add(signal);
      }
    }
    wait();
    thread_ = std::thread([this] {
      // The thread sanitizer loses a signal that comes during a thread's first wait.
      io_.poll();
      ::pthread_sigmask(SIG_UNBLOCK, &caught_, nullptr);
      while (!io_.stopped()) {
        io_.run_for(kCheck);
      }
      ::pthread_sigmask(SIG_BLOCK, &caught_, nullptr);
    });
  }

  ~Listener() {
    io_.stop();
    thread_.join();
    // A signal that came too late for that thread is pending. It is delivered here, and all that
    // was delivered is passed on. What comes later stays pending until asio has given the signals
    // back: passed on to nobody, it would be lost.
    ::pthread_sigmask(SIG_UNBLOCK, &caught_, nullptr);
    ::pthread_sigmask(SIG_BLOCK, &caught_, nullptr);
    io_.restart();
    io_.poll();
  }

  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

 private:
  // The next wait takes the memory of the one before, so it comes first: asio keeps only little.
  void wait() {
    signals_.async_wait([this](std::error_code error, int signal) {
      if (!error) {
        wait();
        then_(signal);
      }
    });
  }

  const std::function<void(int)> then_;
  const sigset_t caught_ = signals_to_catch();
  const BlockedSignals blocked_{caught_};
  asio::io_context io_{1};
  // Its pipe is marked to be closed in children only after it was made, not in the same call.
  asio::signal_set signals_{io_};
  std::thread thread_;
};

Interrupt::Interrupt(std::function<void(int signal)> then)
    : listener_(std::make_unique<Listener>(std::move(then))) {}

Interrupt::~Interrupt() = default;

}  // namespace engine
