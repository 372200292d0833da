// Which call is to fail: what the library that is preloaded into a program reads from its
// environment.
//
//   ROLLOUT_FAULT        <kind>:<fault>:<n>:<programs>, such as "write:ENOSPC:12:self": the n-th
//   call
//                        of the kind fails; "12+": all from it on. <programs>: `self`
//                        (rollout-mcp), `git` (every git). "count:none:0:<programs>": nothing
//                        fails, and the calls of each kind are counted.
//   ROLLOUT_FAULT_BELOW  only calls whose path holds this text are counted
//   ROLLOUT_FAULT_STATE  a file of at least 4096 bytes, shared by all these programs, with a Record
//                        at its beginning
//
// A fault is the name of an errno, or what the system may do without an error: `short` (a part is
// read or written), `flip` (a bit of what is read is wrong), `lost` (written nowhere), `early` (a
// wait ends too soon), `forward` and `back` (the clock jumps, and stays there).
//
// Counting begins with main: what the loader and the constructors of globals do comes before it.
// Thread-safe; makes no allocation and calls nothing that is interposed here.
#pragma once

#include <cstddef>
#include <cstdint>

namespace faults {

enum class Kind : std::uint8_t {
  open,     // for reading: files and directories
  create,   // files for writing, directories, links, temporary names
  read,     // of regular files
  write,    // of regular files
  receive,  // of pipes, sockets and terminals
  send,     // of pipes, sockets and terminals; not standard output and error
  sync,
  rename,
  remove,
  stat,
  list,
  path,  // readlink, realpath, getcwd
  map,
  lock,
  mode,  // permissions and times
  truncate,
  close,
  spawn,
  pipe,
  wait,
  poll,
  kill,
  thread,
  random,
  clock,
  sleep,
  memory,     // that the program allocates
  libraries,  // memory that the libraries allocate
  none,
};

inline constexpr std::size_t kKinds = static_cast<std::size_t>(Kind::none);

enum class Fault : std::uint8_t { error, cut, flip, lost, early, forward, back, none };

// The beginning of the shared file.
struct Record {
  std::uint64_t calls;  // of the kind, in the programs
  std::uint64_t fired;
  // The first one that failed: "<program>: <function> <path, or where a descriptor leads>".
  char what[1024];
  std::uint64_t counts[kKinds];
};

// Whether this call of `kind` is to fail: it is counted, and noted if so. `path` may be null; a
// descriptor that is not negative stands for the path that it leads to.
bool strikes(Kind kind, const char* function, const char* path, int descriptor = -1);

// main begins.
void begin();

// What happens to a call that is struck.
Fault fault();

// The errno of Fault::error, else 0.
int error_number();

// Sets errno to that, and is -1.
int failed();

// For reads and writes: nothing if no fault of that kind is asked for, so that the descriptor need
// not be looked at.
bool concerns(Kind kind);

}  // namespace faults

// Defines the function of libc that is called <name>, in its place. Its C++ name differs, so that
// the declaration in the system's headers is no other declaration of it.
#define INTERPOSE(result, name, parameters)                                                 \
  extern "C" [[gnu::visibility("default")]] result faulty_##name parameters __asm__(#name); \
  extern "C" result faulty_##name parameters

// The function that INTERPOSE(..., name, ...) stands in the place of.
#define NEXT(name)                                                          \
  ([] {                                                                     \
    static decltype(&faulty_##name) found = nullptr;                        \
    if (found == nullptr) {                                                 \
      found = reinterpret_cast<decltype(found)>(::dlsym(RTLD_NEXT, #name)); \
    }                                                                       \
    return found;                                                           \
  }())
