// What goes on when there is no memory.
#pragma once

#include <chrono>
#include <new>
#include <thread>

namespace mcp {

// Calls `function` until it does not throw for want of memory: what was short a moment ago may be
// there again. Returns false when it has given up after a second.
template <class Function>
bool try_until_there_is_memory(const Function& function) {
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

}  // namespace mcp
