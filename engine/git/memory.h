// How much memory libgit2 may ask for at once. An object of a few kilobytes can say that it is, or
// is to be made from, one of gigabytes; what reads the objects of another person's repository does
// so within a limit, and is told that there is no memory for such an object.
#pragma once

#include <cstddef>

namespace engine {

// Puts the limit between libgit2 and malloc, and what makes up for faults of libgit2 with memory: a
// little room behind each piece, and a wait where there is none. Before git_libgit2_init.
void install_git_memory_limit();

// No single piece of memory that libgit2 asks for on this thread is larger than `most` bytes, as
// long as the object lives. One at a time on each thread.
class GitMemoryLimit {
 public:
  explicit GitMemoryLimit(std::size_t most);
  ~GitMemoryLimit();
  GitMemoryLimit(const GitMemoryLimit&) = delete;
  GitMemoryLimit& operator=(const GitMemoryLimit&) = delete;
};

}  // namespace engine
