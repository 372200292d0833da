// What goes on when there is no memory. The compiler does not follow locks into here: those that a
// function needs are held by its caller.
#pragma once

#include <chrono>
#include <new>
#include <thread>

#include "locking/annotations.h"

namespace mcp {

// Calls `function` until it does not throw for want of memory: what was short a moment ago may be
// there again. Returns false when it has given up after a second.
template <class Function>
bool try_until_there_is_memory(const Function& function) NO_THREAD_SAFETY_ANALYSIS {
  constexpr int kMaxTries = 1000;
  constexpr std::chrono::milliseconds kPause{1};
  for (int tries = 0; tries < kMaxTries; ++tries) {
    try {
      function();
      return true;
    } catch (const std::bad_alloc&) {
      std::this_thread::sleep_for(kPause);
    }
  }
  return false;
}

// The same without giving up: for what a server cannot run without.
template <class Function>
void do_when_there_is_memory(const Function& function) {
  while (!try_until_there_is_memory(function)) {
  }
}

}  // namespace mcp
