#include "tools/interrupt.h"

#include <utility>

namespace tools {
namespace {

bool is_ignored(int signal) {
  struct sigaction action {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

Interrupt::Interrupt(std::function<void()> then) : then_(std::move(then)) {
  sigemptyset(&signals_);
  // The last is never sent by anybody else: it ends the thread.
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR2}) {
    if (!is_ignored(signal)) {
      sigaddset(&signals_, signal);
    }
  }
  sigaddset(&signals_, SIGUSR2);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  thread_ = std::thread([this] {
    int signal = 0;
    while (sigwait(&signals_, &signal) == 0 && !done_) {
      if (signal != SIGUSR2) {
        then_();
      }
    }
  });
}

Interrupt::~Interrupt() {
  done_ = true;
  pthread_kill(thread_.native_handle(), SIGUSR2);
  thread_.join();
  pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
}

}  // namespace tools
