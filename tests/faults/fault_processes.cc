// Processes, threads, waiting and the clock.

#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <spawn.h>
#include <unistd.h>

#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "tests/faults/fault_plan.h"

using faults::failed;
using faults::Fault;
using faults::Kind;
using faults::strikes;

namespace {

constexpr std::time_t kJump = 3600;
constexpr std::time_t kYear = 365L * 24 * 3600;

// By how much the clock has jumped. It jumps once: what it said after that goes on from there.
std::time_t jumped = 0;

// How far `clock` is off at this call. A clock that only counts never goes back.
std::time_t jump_of(clockid_t clock) {
  if (strikes(Kind::clock, "clock", nullptr)) {
    __atomic_store_n(&jumped, faults::fault() == Fault::back ? -kYear : kJump, __ATOMIC_SEQ_CST);
  }
  const std::time_t jump = __atomic_load_n(&jumped, __ATOMIC_SEQ_CST);
  const bool counts_only = clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE;
  return jump < 0 && counts_only ? 0 : jump;
}

using Main = int (*)(int, char**, char**);

Main real_main = nullptr;

int begin_main(int count, char** arguments, char** environment) {
  faults::begin();
  return real_main(count, arguments, environment);
}

}  // namespace

INTERPOSE(int, __libc_start_main,
          (Main main, int count, char** arguments, void (*initialize)(), void (*finish)(),
           void (*finish_loader)(), void* end)) {
  real_main = main;
  return NEXT(__libc_start_main)(begin_main, count, arguments, initialize, finish, finish_loader,
                                 end);
}

// NOLINTBEGIN(bugprone-macro-parentheses): a list of arguments brings its own parentheses.

// Their failure is their value.
#define FAILING_BY_VALUE(kind, name, parameters, arguments, path)                      \
  INTERPOSE(int, name, parameters) {                                                   \
    return strikes(kind, #name, path) ? faults::error_number() : NEXT(name) arguments; \
  }
FAILING_BY_VALUE(Kind::spawn, posix_spawn,
                 (pid_t * pid, const char* path, const posix_spawn_file_actions_t* actions,
                  const posix_spawnattr_t* attributes, char* const arguments[],
                  char* const environment[]),
                 (pid, path, actions, attributes, arguments, environment), path)
FAILING_BY_VALUE(Kind::spawn, posix_spawnp,
                 (pid_t * pid, const char* path, const posix_spawn_file_actions_t* actions,
                  const posix_spawnattr_t* attributes, char* const arguments[],
                  char* const environment[]),
                 (pid, path, actions, attributes, arguments, environment), path)
FAILING_BY_VALUE(Kind::thread, pthread_create,
                 (pthread_t * thread, const pthread_attr_t* attributes, void* (*run)(void*),
                  void* argument),
                 (thread, attributes, run, argument), nullptr)

#define FAILING(kind, result, name, parameters, arguments)                  \
  INTERPOSE(result, name, parameters) {                                     \
    return strikes(kind, #name, nullptr) ? failed() : NEXT(name) arguments; \
  }
FAILING(Kind::spawn, pid_t, fork, (), ())
FAILING(Kind::pipe, int, pipe, (int ends[2]), (ends))
FAILING(Kind::pipe, int, pipe2, (int ends[2], int flags), (ends, flags))
FAILING(Kind::wait, int, waitid, (idtype_t type, id_t id, siginfo_t* info, int options),
        (type, id, info, options))
FAILING(Kind::wait, pid_t, waitpid, (pid_t pid, int* status, int options), (pid, status, options))
FAILING(Kind::kill, int, kill, (pid_t pid, int signal), (pid, signal))
FAILING(Kind::random, ssize_t, getrandom, (void* to, std::size_t size, unsigned int flags),
        (to, size, flags))
FAILING(Kind::random, int, getentropy, (void* to, std::size_t size), (to, size))

// Early: nothing has happened.
#define POLL(name, parameters, arguments)       \
  INTERPOSE(int, name, parameters) {            \
    if (!strikes(Kind::poll, #name, nullptr)) { \
      return NEXT(name) arguments;              \
    }                                           \
    if (faults::fault() == Fault::error) {      \
      return failed();                          \
    }                                           \
    for (nfds_t i = 0; i < count; i++) {        \
      polled[i].revents = 0;                    \
    }                                           \
    return 0;                                   \
  }
POLL(poll, (pollfd * polled, nfds_t count, int limit), (polled, count, limit))
POLL(ppoll, (pollfd * polled, nfds_t count, const timespec* limit, const sigset_t* mask),
     (polled, count, limit, mask))

INTERPOSE(int, epoll_wait, (int epoll, epoll_event* events, int count, int limit)) {
  if (!strikes(Kind::poll, "epoll_wait", nullptr)) {
    return NEXT(epoll_wait)(epoll, events, count, limit);
  }
  return faults::fault() == Fault::error ? failed() : 0;
}

INTERPOSE(int, nanosleep, (const timespec* duration, timespec* left)) {
  if (!strikes(Kind::sleep, "nanosleep", nullptr)) {
    return NEXT(nanosleep)(duration, left);
  }
  if (left != nullptr) {
    *left = *duration;
  }
  errno = EINTR;
  return -1;
}

// Woken without a reason, as POSIX allows.
INTERPOSE(int, pthread_cond_wait, (pthread_cond_t * condition, pthread_mutex_t* mutex)) {
  return strikes(Kind::sleep, "pthread_cond_wait", nullptr)
             ? 0
             : NEXT(pthread_cond_wait)(condition, mutex);
}

INTERPOSE(int, pthread_cond_clockwait,
          (pthread_cond_t * condition, pthread_mutex_t* mutex, clockid_t clock,
           const timespec* end)) {
  if (strikes(Kind::sleep, "pthread_cond_clockwait", nullptr)) {
    return 0;
  }
  timespec real = *end;
  const std::time_t jump = __atomic_load_n(&jumped, __ATOMIC_SEQ_CST);
  if (jump > 0 || clock == CLOCK_REALTIME) {
    real.tv_sec -= jump;
  }
  return NEXT(pthread_cond_clockwait)(condition, mutex, clock, &real);
}

INTERPOSE(int, clock_gettime, (clockid_t clock, timespec* time)) {
  const std::time_t jump = jump_of(clock);
  const int result = NEXT(clock_gettime)(clock, time);
  time->tv_sec += jump;
  return result;
}

INTERPOSE(int, gettimeofday, (timeval * time, void* zone)) {
  const std::time_t jump = jump_of(CLOCK_REALTIME);
  const int result = NEXT(gettimeofday)(time, zone);
  time->tv_sec += jump;
  return result;
}

INTERPOSE(std::time_t, time, (std::time_t * to)) {
  const std::time_t now = NEXT(time)(nullptr) + jump_of(CLOCK_REALTIME);
  if (to != nullptr) {
    *to = now;
  }
  return now;
}

// NOLINTEND(bugprone-macro-parentheses)
