#include "cli/interrupt.h"

#include <utility>

namespace cli {
namespace {

bool is_ignored(int signal) {
  struct sigaction action {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

bool Interrupt::take_one_of(const sigset_t& waiting) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR2}) {
    if (sigismember(&waiting, signal) == 1 && sigismember(&signals_, signal) == 1) {
      sigset_t one;
      sigemptyset(&one);
      sigaddset(&one, signal);
      int taken = 0;
      if (sigwait(&one, &taken) != 0) {
        return false;
      }
      if (taken != SIGUSR2) {
        then_(taken);
      }
      return true;
    }
  }
  return false;
}

Interrupt::Interrupt(std::function<void(int signal)> then) : then_(std::move(then)) {
  sigemptyset(&signals_);
  // The last is never sent by anybody else: it ends the thread.
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR2}) {
    if (!is_ignored(signal)) {
      sigaddset(&signals_, signal);
    }
  }
  sigaddset(&signals_, SIGUSR2);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  try {
    thread_ = std::thread([this] { wait_for_signals(); });
  } catch (...) {
    pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
    throw;
  }
}

void Interrupt::wait_for_signals() {
  int signal = 0;
  while (sigwait(&signals_, &signal) == 0 && !(done_ && signal == SIGUSR2)) {
    if (signal != SIGUSR2) {
      then_(signal);
    }
  }
}

Interrupt::~Interrupt() {
  done_ = true;
  pthread_kill(thread_.native_handle(), SIGUSR2);
  thread_.join();
  // What came in the meantime has to be taken, too: let through now, it would end the process.
  sigset_t waiting;
  while (sigpending(&waiting) == 0 && take_one_of(waiting)) {
  }
  pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
}

}  // namespace cli
