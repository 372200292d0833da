#include "engine/base/file_lock.h"

#include <cerrno>
#include <fcntl.h>

#include <sys/file.h>
#include <sys/stat.h>

#include "engine/base/file_error.h"

namespace engine {
namespace {

constexpr std::chrono::milliseconds kPollInterval{50};
constexpr int kOwnerOnly = 0600;

int lock_now(int fd) {
  int result = 0;
  do {
    result = ::flock(fd, LOCK_EX | LOCK_NB);
  } while (result < 0 && errno == EINTR);
  return result == 0 ? 0 : errno;
}

}  // namespace

Result<FileLock> FileLock::acquire(const std::filesystem::path& file, const LockHolder& holder,
                                   std::chrono::milliseconds limit, Clock& clock,
                                   const CallContext& call) {
  UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kOwnerOnly));
  if (!fd) {
    return Failure(file_error("open the lock file", file, errno));
  }
  // Anyone who can open it can hold it. What is not ours cannot be changed, and is no reason to
  // fail.
  ::fchmod(fd.get(), kOwnerOnly);
  const auto end = clock.now() + limit;
  bool reported = false;
  for (int error = lock_now(fd.get()); error != 0; error = lock_now(fd.get())) {
    if (error != EWOULDBLOCK) {
      return Failure(file_error("lock", file, error));
    }
    if (!reported) {
      call.report(holder.waiting);
      reported = true;
    }
    if (clock.now() >= end) {
      return fail(Code::locked,
                  "Another " + std::string(holder.what) + " has held " + file.string() + " for " +
                      std::to_string(std::chrono::ceil<std::chrono::seconds>(limit).count()) +
                      " s.",
                  "Wait until it is done and try again; if none is running, see which process has "
                  "that file open (`lsof`) and end it.");
    }
    if (!clock.sleep(kPollInterval, call.stop)) {
      return fail(Code::cancelled,
                  "Cancelled while waiting for another " + std::string(holder.what) + ".");
    }
  }
  return FileLock(std::move(fd));
}

}  // namespace engine
