// Included before everything else in the build of scripts/mutants, and in no other.
#pragma once

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>

namespace mutants {

// Which mistake this process makes; 0 is none.
inline int chosen() {
  static const int number = [] {
    const char* text = std::getenv("ROLLOUT_MCP_MUTANT");
    return text == nullptr ? 0 : std::atoi(text);
  }();
  return number;
}

// Adds a line to the file that ROLLOUT_MCP_MUTANTS_REACHED names: the process came to where
// <number> would be made.
inline void note_reached(int number) {
  static const char* const file = std::getenv("ROLLOUT_MCP_MUTANTS_REACHED");
  if (file == nullptr)
    return;
  const int descriptor = ::open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor < 0)
    return;
  char line[16];
  const int length = std::snprintf(line, sizeof line, "%d\n", number);
  // A test may have limited the size of files.
  static_cast<void>(::write(descriptor, line, static_cast<size_t>(length)) == length);
  ::close(descriptor);
}

// Whether the mistake <number> is to be made here. Any thread.
template <int number>
bool made() {
  static std::atomic<bool> reached = false;
  if (!reached.exchange(true))
    note_reached(number);
  return chosen() == number;
}

}  // namespace mutants
