// Descriptors: libc's functions that read, write, map, lock and close what is open.

#include <cerrno>
#include <cstdarg>
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <sys/file.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "tests/faults/fault_plan.h"

using faults::concerns;
using faults::failed;
using faults::Fault;
using faults::Kind;
using faults::strikes;

namespace {

// The mode without the permissions; 0 of what is no file at all.
mode_t kind_of(int fd) {
  struct stat status {};
  return ::syscall(SYS_newfstatat, fd, "", &status, AT_EMPTY_PATH) == 0 ? status.st_mode & S_IFMT
                                                                        : 0;
}

bool is_regular(int fd) {
  return S_ISREG(kind_of(fd));
}

bool strikes_read(const char* function, int fd) {
  if (!concerns(Kind::read) && !concerns(Kind::receive)) {
    return false;
  }
  return strikes(is_regular(fd) ? Kind::read : Kind::receive, function, nullptr, fd);
}

// What a program prints is no matter of its environment's faults, but of who reads it. An eventfd,
// which is no file, takes a number whole or has its largest already: no write to it is in vain.
bool strikes_write(const char* function, int fd) {
  if ((!concerns(Kind::write) && !concerns(Kind::send)) || fd == STDOUT_FILENO ||
      fd == STDERR_FILENO || kind_of(fd) == 0) {
    return false;
  }
  return strikes(is_regular(fd) ? Kind::write : Kind::send, function, nullptr, fd);
}

std::size_t part_of(std::size_t size) {
  return size > 1 ? size / 2 : size;
}

// A read that was struck; `read` reads that many bytes into `bytes`.
template <typename Read>
ssize_t struck_read(char* bytes, std::size_t size, Read read) {
  if (faults::fault() == Fault::error) {
    return failed();
  }
  const ssize_t got = read(faults::fault() == Fault::cut ? part_of(size) : size);
  if (faults::fault() == Fault::flip && got > 0) {
    bytes[got / 2] = static_cast<char>(bytes[got / 2] ^ 1);
  }
  return got;
}

template <typename Write>
ssize_t struck_write(std::size_t size, Write write) {
  if (faults::fault() == Fault::error) {
    return failed();
  }
  return faults::fault() == Fault::lost ? static_cast<ssize_t>(size) : write(part_of(size));
}

}  // namespace

// NOLINTBEGIN(bugprone-macro-parentheses): a list of arguments brings its own parentheses.

#define READ(name, parameters, bytes, size, call)                             \
  INTERPOSE(ssize_t, name, parameters) {                                      \
    const auto read_some = [&](std::size_t some) { return NEXT(name) call; }; \
    if (strikes_read(#name, fd)) {                                            \
      return struck_read(static_cast<char*>(bytes), size, read_some);         \
    }                                                                         \
    return read_some(size);                                                   \
  }
READ(read, (int fd, void* to, std::size_t size), to, size, (fd, to, some))
READ(__read_chk, (int fd, void* to, std::size_t size, std::size_t room), to, size,
     (fd, to, some, room))
READ(pread, (int fd, void* to, std::size_t size, off_t at), to, size, (fd, to, some, at))
READ(pread64, (int fd, void* to, std::size_t size, off64_t at), to, size, (fd, to, some, at))

#define WRITE(name, parameters, size, call)                                              \
  INTERPOSE(ssize_t, name, parameters) {                                                 \
    const auto write_some = [&](std::size_t some) { return NEXT(name) call; };           \
    return strikes_write(#name, fd) ? struck_write(size, write_some) : write_some(size); \
  }
WRITE(write, (int fd, const void* from, std::size_t size), size, (fd, from, some))
WRITE(pwrite, (int fd, const void* from, std::size_t size, off_t at), size, (fd, from, some, at))
WRITE(pwrite64, (int fd, const void* from, std::size_t size, off64_t at), size,
      (fd, from, some, at))

// A part of it is here what its first piece holds.
INTERPOSE(ssize_t, writev, (int fd, const iovec* pieces, int count)) {
  if (!strikes_write("writev", fd)) {
    return NEXT(writev)(fd, pieces, count);
  }
  if (faults::fault() == Fault::error) {
    return failed();
  }
  std::size_t size = 0;
  for (int i = 0; i < count; i++) {
    size += pieces[i].iov_len;
  }
  return faults::fault() == Fault::lost ? static_cast<ssize_t>(size) : NEXT(writev)(fd, pieces, 1);
}

INTERPOSE(ssize_t, sendfile, (int fd, int from, off_t* at, std::size_t size)) {
  const auto send_some = [&](std::size_t some) { return NEXT(sendfile)(fd, from, at, some); };
  return strikes_write("sendfile", fd) ? struck_write(size, send_some) : send_some(size);
}

#define FAILING(kind, name, parameters, arguments)                              \
  INTERPOSE(int, name, parameters) {                                            \
    return strikes(kind, #name, nullptr, fd) ? failed() : NEXT(name) arguments; \
  }
FAILING(Kind::sync, fsync, (int fd), (fd))
FAILING(Kind::sync, fdatasync, (int fd), (fd))
FAILING(Kind::stat, fstat, (int fd, struct stat* status), (fd, status))
FAILING(Kind::stat, fstat64, (int fd, struct stat64* status), (fd, status))
FAILING(Kind::mode, fchmod, (int fd, mode_t mode), (fd, mode))
FAILING(Kind::mode, futimens, (int fd, const timespec* times), (fd, times))
FAILING(Kind::truncate, ftruncate, (int fd, off_t size), (fd, size))
FAILING(Kind::truncate, ftruncate64, (int fd, off64_t size), (fd, size))
FAILING(Kind::lock, flock, (int fd, int operation), (fd, operation))

// What it says of what was written; the descriptor is closed all the same.
INTERPOSE(int, close, (int fd)) {
  const bool struck = strikes(Kind::close, "close", nullptr, fd);
  const int result = NEXT(close)(fd);
  return struck ? failed() : result;
}

// A wrong bit is one of a private copy: the file stays as it is.
#define MAP(name, offset)                                                                    \
  INTERPOSE(void*, name,                                                                     \
            (void* place, std::size_t size, int protection, int flags, int fd, offset at)) { \
    if ((flags & MAP_ANONYMOUS) != 0 || !strikes(Kind::map, #name, nullptr, fd)) {           \
      return NEXT(name)(place, size, protection, flags, fd, at);                             \
    }                                                                                        \
    if (faults::fault() != Fault::flip) {                                                    \
      failed();                                                                              \
      return MAP_FAILED;                                                                     \
    }                                                                                        \
    void* copy = NEXT(name)(place, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, at);       \
    if (copy != MAP_FAILED) {                                                                \
      static_cast<char*>(copy)[size / 2] ^= 1;                                               \
      ::mprotect(copy, size, protection);                                                    \
    }                                                                                        \
    return copy;                                                                             \
  }
MAP(mmap, off_t)
MAP(mmap64, off64_t)

// NOLINTEND(bugprone-macro-parentheses)
