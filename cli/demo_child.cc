#include "cli/demo_child.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <sys/stat.h>
#include <sys/wait.h>

#include "cli/exit_status.h"
#include "engine/base/write_all.h"
#include "engine/process/spawn.h"

namespace cli {
namespace {

engine::Failure cannot_start(const DemoCommand& command, int error) {
  return engine::fail(engine::Code::internal, "Cannot start " + command.program.string() + ": " +
                                                  std::generic_category().message(error) + ".");
}

}  // namespace

DemoChild::~DemoChild() {
  end_of_input();
  out_.close();
  terminate();
  wait();
}

// In our process group: what ends the demo ends the child.
engine::Result<void> DemoChild::start(const DemoCommand& command) {
  engine::Pipe to_child;
  engine::Pipe from_child;
  for (engine::Pipe* const pipe : {&to_child, &from_child}) {
    if (const int error = engine::make_pipe(*pipe); error != 0) {
      return cannot_start(command, error);
    }
  }
  const engine::UniqueFd errors(
      ::open(command.errors.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!errors) {
    return cannot_start(command, errno);
  }
  engine::SpawnRequest request;
  request.file = command.program;
  request.arguments = {command.program.string()};
  request.arguments.insert(request.arguments.end(), command.arguments.begin(),
                           command.arguments.end());
  request.environment = command.environment;
  request.in = to_child.read.get();
  request.out = from_child.write.get();
  request.err = errors.get();
  request.own_session = false;
  pid_t child = -1;
  if (const int error = engine::spawn(request, child); error != 0) {
    return cannot_start(command, error);
  }
  in_ = std::move(to_child.write);
  out_ = std::move(from_child.read);
  const locking::MutexLock lock(mutex_);
  child_ = child;
  return {};
}

bool DemoChild::write(std::string_view text) {
  return engine::write_all(in_.get(), text) == 0;
}

void DemoChild::end_of_input() {
  in_.close();
}

// False at the end of what the child writes.
bool DemoChild::fill() {
  std::array<char, 4096> bytes{};
  while (true) {
    const ssize_t count = ::read(out_.get(), bytes.data(), bytes.size());
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
  engine::wait_for(child, WEXITED | WNOWAIT);
  const locking::MutexLock lock(mutex_);
  const auto ended = engine::wait_for(child, WEXITED);
  child_ = -1;
  if (!ended) {
    return -1;
  }
  return ended->si_code == CLD_EXITED ? ended->si_status : kSignalled + ended->si_status;
}

void DemoChild::terminate() {
  const locking::MutexLock lock(mutex_);
  if (child_ > 0) {
    ::kill(child_, SIGTERM);
  }
}

}  // namespace cli
