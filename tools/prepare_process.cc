#include "tools/prepare_process.h"

#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <new>
#include <thread>
#include <unistd.h>

#include <sys/stat.h>

namespace tools {

void wait_for_memory() {
  constexpr int kMostTries = 100;
  constexpr std::chrono::milliseconds kPause{1};
  thread_local int tries = 0;
  if (++tries >= kMostTries) {
    tries = 0;
    throw std::bad_alloc();
  }
  std::this_thread::sleep_for(kPause);
}

mode_t prepare_process() {
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

}  // namespace tools
