#include "engine/process/spawn.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <memory>
#include <spawn.h>
#include <utility>

#include <sys/wait.h>

namespace engine {
namespace {

constexpr int kFirstFreeFd = 3;

// Moves a descriptor above stdin, stdout and stderr, which are set up for the child.
int move_above_stdio(UniqueFd& fd) {
  if (fd.get() >= kFirstFreeFd) {
    return 0;
  }
  UniqueFd moved(::fcntl(fd.get(), F_DUPFD_CLOEXEC, kFirstFreeFd));
  if (!moved) {
    return errno;
  }
  fd = std::move(moved);
  return 0;
}

int open_pipe(std::array<int, 2>& ends) {
#ifdef __linux__
  return ::pipe2(ends.data(), O_CLOEXEC) == 0 ? 0 : errno;
#else
  // A child started by another thread between the two calls gets nothing on systems without pipe2:
  // POSIX_SPAWN_CLOEXEC_DEFAULT below.
  if (::pipe(ends.data()) != 0) {
    return errno;
  }
  ::fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  ::fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  return 0;
#endif
}

struct FileActions {
  FileActions() { ::posix_spawn_file_actions_init(&value); }
  ~FileActions() { ::posix_spawn_file_actions_destroy(&value); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  posix_spawn_file_actions_t value{};
};

struct Attributes {
  Attributes() { ::posix_spawnattr_init(&value); }
  ~Attributes() { ::posix_spawnattr_destroy(&value); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  posix_spawnattr_t value{};
};

// On macOS, what changes a sigset_t is a macro, so it has no :: before it.
int set_attributes(posix_spawnattr_t& attributes, bool own_session) {
  sigset_t none;
  sigemptyset(&none);
  sigset_t defaults;
  sigemptyset(&defaults);
  for (const int signal : {SIGPIPE, SIGXFSZ, SIGCHLD, SIGINT, SIGQUIT, SIGTERM}) {
    sigaddset(&defaults, signal);
  }
  int flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
  if (own_session) {
#ifdef POSIX_SPAWN_SETSID
    flags |= POSIX_SPAWN_SETSID;
#else
    flags |= POSIX_SPAWN_SETPGROUP;
    ::posix_spawnattr_setpgroup(&attributes, 0);
#endif
  }
#ifdef POSIX_SPAWN_CLOEXEC_DEFAULT
  flags |= POSIX_SPAWN_CLOEXEC_DEFAULT;
#endif
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  return ::posix_spawnattr_setflags(&attributes, static_cast<short>(flags));
}

// What this process was itself started with may lack the mark to be closed. Elsewhere than with
// glibc, POSIX_SPAWN_CLOEXEC_DEFAULT does the same, where there is such a thing.
int close_other_descriptors([[maybe_unused]] posix_spawn_file_actions_t& actions) {
#if defined(__GLIBC__) && defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 34)
  return ::posix_spawn_file_actions_addclosefrom_np(&actions, kFirstFreeFd);
#endif
#endif
  return 0;
}

int add_stream(posix_spawn_file_actions_t& actions, int ours, int theirs) {
  return ours >= 0
             ? ::posix_spawn_file_actions_adddup2(&actions, ours, theirs)
             : ::posix_spawn_file_actions_addopen(&actions, theirs, "/dev/null",
                                                  theirs == STDIN_FILENO ? O_RDONLY : O_WRONLY, 0);
}

int add_file_actions(posix_spawn_file_actions_t& actions, const SpawnRequest& request) {
  if (!request.directory.empty()) {
    const int error = ::posix_spawn_file_actions_addchdir_np(&actions, request.directory.c_str());
    if (error != 0) {
      return error;
    }
  }
  const std::array<std::pair<int, int>, 3> streams = {
      {{request.in, STDIN_FILENO}, {request.out, STDOUT_FILENO}, {request.err, STDERR_FILENO}}};
  for (const auto& [ours, theirs] : streams) {
    if (const int error = add_stream(actions, ours, theirs); error != 0) {
      return error;
    }
  }
  return close_other_descriptors(actions);
}

// The form in which C takes a vector of strings. `strings` must outlive the result.
std::vector<char*> c_strings(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  pointers.reserve(strings.size() + 1);
  for (std::string& string : strings) {
    pointers.push_back(string.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

int make_pipe(Pipe& pipe) {
  std::array<int, 2> ends = {-1, -1};
  if (const int error = open_pipe(ends); error != 0) {
    return error;
  }
  pipe.read = UniqueFd(ends[0]);
  pipe.write = UniqueFd(ends[1]);
  const int error = move_above_stdio(pipe.read);
  return error != 0 ? error : move_above_stdio(pipe.write);
}

int spawn(const SpawnRequest& request, pid_t& child) {
  FileActions actions;
  Attributes attributes;
  int error = add_file_actions(actions.value, request);
  if (error == 0) {
    error = set_attributes(attributes.value, request.own_session);
  }
  if (error != 0) {
    return error;
  }
  std::vector<std::string> arguments = request.arguments;
  std::vector<std::string> variables;
  variables.reserve(request.environment.size());
  for (const auto& [variable, value] : request.environment) {
    variables.push_back(variable);
    variables.back().append("=").append(value);
  }
  return ::posix_spawn(&child, request.file.c_str(), &actions.value, &attributes.value,
                       c_strings(arguments).data(), c_strings(variables).data());
}

std::optional<siginfo_t> wait_for(pid_t child, int options) {
  siginfo_t info{};
  int result = 0;
  do {
    result = ::waitid(P_PID, static_cast<id_t>(child), &info, options);
  } while (result < 0 && errno == EINTR);
  if (result != 0) {
    return std::nullopt;
  }
  // macOS also gives the bits of an exit status that waitpid() would not.
  constexpr int kExitStatus = 0xff;
  if (info.si_code == CLD_EXITED) {
    info.si_status &= kExitStatus;
  }
  return info;
}

}  // namespace engine
