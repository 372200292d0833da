#include "cli/prepare_process.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <new>
#include <thread>
#include <unistd.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <sys/stat.h>

namespace cli {

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

void wait_for_memory() {
  constexpr int kMaxTries = 100;
  constexpr std::chrono::milliseconds kPause{1};
  thread_local int tries = 0;
  if (++tries >= kMaxTries) {
    tries = 0;
    throw std::bad_alloc();
  }
  std::this_thread::sleep_for(kPause);
}

mode_t prepare_process() {
  give_memory_back();
  std::set_new_handler(wait_for_memory);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  const mode_t given = ::umask(S_IRWXG | S_IRWXO);
  // In this order, since open() takes the lowest descriptor that is free. Each is opened for what
  // it is not used for.
  for (int descriptor = 0; descriptor <= 2; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) < 0) {
      ::open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY);
    }
  }
  return given | S_IWOTH;
}

}  // namespace cli
