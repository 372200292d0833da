// Files: libc's functions that name them and open them.

#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <sys/stat.h>

#include "tests/faults/fault_plan.h"

using faults::failed;
using faults::Kind;
using faults::strikes;

namespace {

bool has_mode(int flags) {
  return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
}

// A device is on no disk that could be full.
Kind kind_of(const char* path, bool writes) {
  return writes && std::strncmp(path, "/dev/", 5) != 0 ? Kind::create : Kind::open;
}

Kind kind_of(const char* path, int flags) {
  return kind_of(path, has_mode(flags) || (flags & O_ACCMODE) != O_RDONLY);
}

Kind kind_of(const char* path, const char* mode) {
  return kind_of(path, mode[0] != 'r' || mode[1] == '+');
}

}  // namespace

// NOLINTBEGIN(bugprone-macro-parentheses): a list of arguments brings its own parentheses.

#define OPEN(name, parameters, arguments)             \
  INTERPOSE(int, name, parameters) {                  \
    mode_t mode = 0;                                  \
    if (has_mode(flags)) {                            \
      va_list rest;                                   \
      va_start(rest, flags);                          \
      mode = va_arg(rest, mode_t);                    \
      va_end(rest);                                   \
    }                                                 \
    if (strikes(kind_of(path, flags), #name, path)) { \
      return failed();                                \
    }                                                 \
    return NEXT(name) arguments;                      \
  }
OPEN(open, (const char* path, int flags, ...), (path, flags, mode))
OPEN(open64, (const char* path, int flags, ...), (path, flags, mode))
OPEN(openat, (int directory, const char* path, int flags, ...), (directory, path, flags, mode))
OPEN(openat64, (int directory, const char* path, int flags, ...), (directory, path, flags, mode))

// A function of libc that is struck as a whole: it fails with -1 and errno, or with another value.
#define FAILING(kind, result, name, parameters, arguments, path, value) \
  INTERPOSE(result, name, parameters) {                                 \
    if (strikes(kind, #name, path)) {                                   \
      failed();                                                         \
      return value;                                                     \
    }                                                                   \
    return NEXT(name) arguments;                                        \
  }
// What the hardened builds of other programs call in place of open.
FAILING(kind_of(path, flags), int, __open_2, (const char* path, int flags), (path, flags), path, -1)
FAILING(kind_of(path, flags), int, __open64_2, (const char* path, int flags), (path, flags), path,
        -1)
FAILING(kind_of(path, flags), int, __openat_2, (int at, const char* path, int flags),
        (at, path, flags), path, -1)
FAILING(kind_of(path, flags), int, __openat64_2, (int at, const char* path, int flags),
        (at, path, flags), path, -1)

FAILING(Kind::create, int, creat, (const char* path, mode_t mode), (path, mode), path, -1)
FAILING(kind_of(path, mode), FILE*, fopen, (const char* path, const char* mode), (path, mode), path,
        nullptr)
FAILING(kind_of(path, mode), FILE*, fopen64, (const char* path, const char* mode), (path, mode),
        path, nullptr)
FAILING(Kind::open, DIR*, opendir, (const char* path), (path), path, nullptr)
FAILING(Kind::open, DIR*, fdopendir, (int fd), (fd), nullptr, nullptr)
FAILING(Kind::list, dirent*, readdir, (DIR * directory), (directory), nullptr, nullptr)
FAILING(Kind::list, dirent64*, readdir64, (DIR * directory), (directory), nullptr, nullptr)

FAILING(Kind::create, int, mkdir, (const char* path, mode_t mode), (path, mode), path, -1)
FAILING(Kind::create, int, mkdirat, (int at, const char* path, mode_t mode), (at, path, mode), path,
        -1)
FAILING(Kind::create, char*, mkdtemp, (char* path), (path), path, nullptr)
FAILING(Kind::create, int, mkstemp, (char* path), (path), path, -1)
FAILING(Kind::create, int, mkstemp64, (char* path), (path), path, -1)
FAILING(Kind::create, int, symlink, (const char* to, const char* path), (to, path), path, -1)

FAILING(Kind::rename, int, rename, (const char* from, const char* to), (from, to), to, -1)
FAILING(Kind::rename, int, renameat, (int a, const char* from, int b, const char* to),
        (a, from, b, to), to, -1)
FAILING(Kind::rename, int, renameat2,
        (int a, const char* from, int b, const char* to, unsigned int flags),
        (a, from, b, to, flags), to, -1)
FAILING(Kind::rename, int, link, (const char* from, const char* to), (from, to), to, -1)
FAILING(Kind::rename, int, linkat, (int a, const char* from, int b, const char* to, int flags),
        (a, from, b, to, flags), to, -1)

FAILING(Kind::remove, int, unlink, (const char* path), (path), path, -1)
FAILING(Kind::remove, int, unlinkat, (int at, const char* path, int flags), (at, path, flags), path,
        -1)
FAILING(Kind::remove, int, remove, (const char* path), (path), path, -1)
FAILING(Kind::remove, int, rmdir, (const char* path), (path), path, -1)

FAILING(Kind::stat, int, stat, (const char* path, struct stat* status), (path, status), path, -1)
FAILING(Kind::stat, int, stat64, (const char* path, struct stat64* status), (path, status), path,
        -1)
FAILING(Kind::stat, int, lstat, (const char* path, struct stat* status), (path, status), path, -1)
FAILING(Kind::stat, int, lstat64, (const char* path, struct stat64* status), (path, status), path,
        -1)
FAILING(Kind::stat, int, fstatat, (int at, const char* path, struct stat* status, int flags),
        (at, path, status, flags), path, -1)
FAILING(Kind::stat, int, fstatat64, (int at, const char* path, struct stat64* status, int flags),
        (at, path, status, flags), path, -1)
FAILING(Kind::stat, int, access, (const char* path, int mode), (path, mode), path, -1)
FAILING(Kind::stat, int, faccessat, (int at, const char* path, int mode, int flags),
        (at, path, mode, flags), path, -1)

FAILING(Kind::path, ssize_t, readlink, (const char* path, char* to, std::size_t size),
        (path, to, size), path, -1)
FAILING(Kind::path, ssize_t, readlinkat, (int at, const char* path, char* to, std::size_t size),
        (at, path, to, size), path, -1)
FAILING(Kind::path, char*, realpath, (const char* path, char* to), (path, to), path, nullptr)
FAILING(Kind::path, char*, getcwd, (char* to, std::size_t size), (to, size), nullptr, nullptr)
FAILING(Kind::path, int, chdir, (const char* path), (path), path, -1)

FAILING(Kind::mode, int, chmod, (const char* path, mode_t mode), (path, mode), path, -1)
FAILING(Kind::mode, int, fchmodat, (int at, const char* path, mode_t mode, int flags),
        (at, path, mode, flags), path, -1)
FAILING(Kind::mode, int, utimensat, (int at, const char* path, const timespec* times, int flags),
        (at, path, times, flags), path, -1)
FAILING(Kind::truncate, int, truncate, (const char* path, off_t size), (path, size), path, -1)
FAILING(Kind::truncate, int, truncate64, (const char* path, off64_t size), (path, size), path, -1)

// NOLINTEND(bugprone-macro-parentheses)
