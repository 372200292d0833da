#include "tools/prepare_process.h"

#include <csignal>
#include <fcntl.h>
#include <unistd.h>

#include <sys/stat.h>

namespace tools {

mode_t prepare_process() {
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
