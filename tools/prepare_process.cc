#include "tools/prepare_process.h"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <sys/stat.h>

namespace tools {

namespace {

#ifdef __GLIBC__
// Without these, the first large block that is freed raises the size from which blocks are the
// system's own, and each thread gets an arena that only grows: 64 lists of a large catalog then
// keep most of what they took.
void give_memory_back() {
  constexpr int kOwnBlock = 256 << 10;  // bytes
  constexpr int kArenas = 2;
  ::mallopt(M_MMAP_THRESHOLD, kOwnBlock);
  ::mallopt(M_TRIM_THRESHOLD, kOwnBlock);
  ::mallopt(M_ARENA_MAX, kArenas);
}
#else
void give_memory_back() {}
#endif

}  // namespace

void prepare_process() {
  give_memory_back();
  std::signal(SIGPIPE, SIG_IGN);
  ::umask(::umask(S_IWGRP | S_IWOTH) | S_IWOTH);
  // In this order, since open() takes the lowest descriptor that is free. Each is opened for what
  // it is not used for.
  for (int descriptor = 0; descriptor <= 2; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) < 0) {
      ::open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY);
    }
  }
}

}  // namespace tools
