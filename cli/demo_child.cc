#include "cli/demo_child.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <system_error>
#include <unistd.h>

#include <sys/wait.h>

namespace tools {
namespace {

constexpr int kSignalled = 128;

engine::Failure cannot_start(const DemoCommand& command, int error) {
  return engine::fail(engine::Code::internal, "Cannot start " + command.program.string() + ": " +
                                                  std::generic_category().message(error) + ".");
}

void close_end(int& descriptor) {
  if (descriptor >= 0) {
    ::close(descriptor);
    descriptor = -1;
  }
}

// Both ends are closed in children, which get copies as their stdin and stdout.
bool make_pipe(std::array<int, 2>& ends) {
  if (::pipe(ends.data()) != 0) {
    return false;
  }
  for (const int end : ends) {
    ::fcntl(end, F_SETFD, FD_CLOEXEC);
  }
  return true;
}

std::vector<char*> pointers_to(std::vector<std::string>& strings) {
  std::vector<char*> out;
  out.reserve(strings.size() + 1);
  for (std::string& string : strings) {
    out.push_back(string.data());
  }
  out.push_back(nullptr);
  return out;
}

// No signal is blocked in the child, and the usual ones do what they do by default.
int spawn(const DemoCommand& command, int in, int out, pid_t& child) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, command.errors.c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND, S_IRUSR | S_IWUSR);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t none;
  ::sigemptyset(&none);
  sigset_t defaults;
  ::sigemptyset(&defaults);
  for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP}) {
    ::sigaddset(&defaults, signal);
  }
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

  std::vector<std::string> arguments = {command.program.string()};
  arguments.insert(arguments.end(), command.arguments.begin(), command.arguments.end());
  std::vector<std::string> environment;
  for (const auto& [name, value] : command.environment) {
    environment.emplace_back(name).append("=").append(value);
  }
  const int error = ::posix_spawn(&child, command.program.c_str(), &actions, &attributes,
                                  pointers_to(arguments).data(), pointers_to(environment).data());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  return error;
}

}  // namespace

DemoChild::~DemoChild() {
  end_of_input();
  close_end(out_);
  terminate();
  wait();
}

engine::Result<void> DemoChild::start(const DemoCommand& command) {
  std::array<int, 2> to_child = {-1, -1};
  std::array<int, 2> from_child = {-1, -1};
  if (!make_pipe(to_child) || !make_pipe(from_child)) {
    return cannot_start(command, errno);
  }
  in_ = to_child[1];
  out_ = from_child[0];
  pid_t child = -1;
  const int error = spawn(command, to_child[0], from_child[1], child);
  ::close(to_child[0]);
  ::close(from_child[1]);
  if (error != 0) {
    return cannot_start(command, error);
  }
  const locking::MutexLock lock(mutex_);
  child_ = child;
  return {};
}

bool DemoChild::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(in_, text.data(), text.size());
    if (written < 0 && errno != EINTR) {
      return false;
    }
    if (written > 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  return true;
}

void DemoChild::end_of_input() {
  close_end(in_);
}

// False at the end of what the child writes.
bool DemoChild::fill() {
  std::array<char, 4096> bytes{};
  while (true) {
    const ssize_t count = ::read(out_, bytes.data(), bytes.size());
    if (count > 0) {
      buffer_.append(bytes.data(), static_cast<std::size_t>(count));
      return true;
    }
    if (count == 0 || errno != EINTR) {
      return false;
    }
  }
}

std::optional<std::string> DemoChild::read_line() {
  while (buffer_.find('\n') == std::string::npos) {
    if (!fill()) {
      return std::nullopt;
    }
  }
  const std::size_t newline = buffer_.find('\n');
  std::string line = buffer_.substr(0, newline);
  buffer_.erase(0, newline + 1);
  return line;
}

std::string DemoChild::read_all() {
  while (fill()) {
  }
  return std::move(buffer_);
}

int DemoChild::wait() {
  pid_t child = -1;
  {
    const locking::MutexLock lock(mutex_);
    child = child_;
  }
  if (child < 0) {
    return 0;
  }
  // The child stays a zombie, which keeps its id, until nobody can signal it any more.
  siginfo_t info{};
  while (::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT) != 0 &&
         errno == EINTR) {
  }
  const locking::MutexLock lock(mutex_);
  int status = 0;
  ::waitpid(child, &status, 0);
  child_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : kSignalled + WTERMSIG(status);
}

void DemoChild::terminate() {
  const locking::MutexLock lock(mutex_);
  if (child_ > 0) {
    ::kill(child_, SIGTERM);
  }
}

}  // namespace tools
