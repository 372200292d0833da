#include "engine/process/process_runner.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <exception>
#include <fcntl.h>
#include <new>
#include <optional>
#include <poll.h>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include <sys/wait.h>

#include "engine/process/path_lookup.h"
#include "engine/process/spawn.h"

namespace engine {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::size_t kMaxOutput = std::size_t{1} << 20U;
constexpr int kMaxRounds = 32;
// How often it is looked whether a child has ended. A wake-up only makes that sooner: the system
// may refuse to send one, and to make the thread that would.
constexpr std::chrono::milliseconds kLook{1000};
constexpr std::chrono::milliseconds kLookWithoutWaiter{20};

void wake_up(int fd) {
  const char byte = 0;
  while (::write(fd, &byte, 1) < 0 && errno == EINTR) {
  }
}

// Waits for a child's end and leaves it to be reaped: until then its id, which is also its group's,
// belongs to nobody else.
void wait_for_end(pid_t child) {
  siginfo_t info{};
  while (::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT) < 0 &&
         errno == EINTR) {
  }
}

// Wakes the thread that reads from a child when the child has ended, where a thread for that can be
// had. Destroyed after the child's end, which it waits for.
class Waiter {
 public:
  Waiter(pid_t child, int wake) {
    try {
      thread_ = std::thread([child, wake] {
        wait_for_end(child);
        wake_up(wake);
      });
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): waits() says so
    }
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter() {
    if (waits()) {
      thread_.join();
    }
  }

  bool waits() const { return thread_.joinable(); }

 private:
  std::thread thread_;
};

// One of the child's output streams, as far as it was read.
class Stream {
 public:
  int open() { return make_pipe(pipe_, true); }
  int write_end() const { return pipe_.write.get(); }
  void close_write_end() { pipe_.write.close(); }
  int read_end() const { return pipe_.read.get(); }  // -1 once the stream has ended
  std::string take() { return std::move(text_); }
  // There was no memory for a part of it.
  bool is_incomplete() const { return incomplete_; }
  int error() const { return error_; }  // why the rest could not be read; 0 if all was

  // Reads what is there now, but not for ever from a writer that never pauses. Never throws: the
  // child has to be read from to its end.
  void read_available() {
    std::array<char, 65536> buffer;  // NOLINT(*-member-init): only what read() wrote is looked at
    for (int round = 0; round < kMaxRounds && pipe_.read; ++round) {
      const ssize_t count = ::read(pipe_.read.get(), buffer.data(), buffer.size());
      if (count > 0) {
        append({buffer.data(), static_cast<std::size_t>(count)});
      } else if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        if (!has_input()) {
          return;
        }
      } else if (count == 0 || errno != EINTR) {
        error_ = count == 0 ? 0 : errno;
        pipe_.read.close();
      }
    }
  }

 private:
  bool has_input() const {
    pollfd fd{pipe_.read.get(), POLLIN, 0};
    return ::poll(&fd, 1, 0) == 1 && (fd.revents & POLLIN) != 0;
  }

  void append(std::string_view bytes) {
    try {
      text_.append(bytes.substr(0, incomplete_ ? 0 : kMaxOutput - text_.size()));
    } catch (const std::bad_alloc&) {
      incomplete_ = true;
    }
  }

  Pipe pipe_;
  std::string text_;
  bool incomplete_ = false;
  int error_ = 0;
};

// One child from its start to its end. Used by one thread.
class Child {
 public:
  ProcessResult run(SpawnRequest request, const std::stop_token& stop,
                    std::chrono::milliseconds limit) {
    if (const int error = open_pipes(); error != 0) {
      return failed(error);
    }
    request.out = out_.write_end();
    request.err = err_.write_end();
    if (const int error = spawn(request, pid_); error != 0) {
      return failed(error);
    }
    out_.close_write_end();
    err_.close_write_end();
    {
      const Waiter waiter(pid_, wake_.write.get());
      const std::stop_callback on_stop(stop, [this] { wake_up(wake_.write.get()); });
      converse(stop, std::chrono::steady_clock::now() + limit,
               waiter.waits() ? kLook : kLookWithoutWaiter);
    }
    return finish();
  }

 private:
  static ProcessResult failed(int error) {
    return {.kind = ProcessResult::Kind::failed,
            .status = error,
            .out = {},
            .err = std::generic_category().message(error)};
  }

  int open_pipes() {
    for (const int error : {make_pipe(wake_, true), out_.open(), err_.open()}) {
      if (error != 0) {
        return error;
      }
    }
    return 0;
  }

  // Reads both streams until the child has ended, for which it looks at least every `look`; ends it
  // at `deadline` or when told to stop.
  void converse(const std::stop_token& stop, SteadyTime deadline, std::chrono::milliseconds look) {
    while (!has_ended()) {
      std::array<pollfd, 3> fds = {pollfd{wake_.read.get(), POLLIN, 0},
                                   pollfd{out_.read_end(), POLLIN, 0},
                                   pollfd{err_.read_end(), POLLIN, 0}};
      ::poll(fds.data(), fds.size(), milliseconds_until(deadline, look));
      forget_wake_ups();
      out_.read_available();
      err_.read_available();
      if (!ended_by_us_ && stop.stop_requested() && !has_ended()) {
        deadline = begin_end(ProcessResult::Kind::cancelled);
      }
      if (std::chrono::steady_clock::now() >= deadline && !has_ended()) {
        deadline = on_deadline();
      }
    }
    // No other process that holds the pipes is waited for.
    if (ended_by_us_) {
      ::kill(-pid_, SIGKILL);
    }
    out_.read_available();
    err_.read_available();
  }

  // For poll(): at most `look`.
  static int milliseconds_until(SteadyTime deadline, std::chrono::milliseconds look) {
    if (deadline == SteadyTime::max()) {
      return static_cast<int>(look.count());
    }
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, look.count()));
  }

  // The time limit is over, or the grace after it.
  SteadyTime on_deadline() {
    if (!ended_by_us_) {
      return begin_end(ProcessResult::Kind::timed_out);
    }
    ::kill(-pid_, SIGKILL);
    return SteadyTime::max();
  }

  SteadyTime begin_end(ProcessResult::Kind why) {
    ended_by_us_ = why;
    ::kill(-pid_, SIGTERM);
    return std::chrono::steady_clock::now() + ProcessRunner::kGrace;
  }

  // Leaves it to be reaped. True also where its end cannot be learnt: what it has written may then
  // not be all.
  bool has_ended() {
    siginfo_t info{};
    if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0) {
      return info.si_pid != 0;
    }
    is_lost_ = errno == ECHILD;
    return is_lost_;
  }

  void forget_wake_ups() const {
    std::array<char, 16> bytes{};
    while (::read(wake_.read.get(), bytes.data(), bytes.size()) > 0) {
    }
  }

  // Takes the child's status; nothing if it cannot be learnt.
  std::optional<siginfo_t> reap() const {
    siginfo_t info{};
    int result = 0;
    do {
      result = ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED);
    } while (result < 0 && errno == EINTR);
    return result == 0 ? std::optional(info) : std::nullopt;
  }

  // Throws std::bad_alloc where there was no memory for what the child wrote.
  ProcessResult finish() {
    const auto info = reap();
    if (out_.is_incomplete() || err_.is_incomplete()) {
      throw std::bad_alloc();
    }
    ProcessResult completion;
    completion.out = out_.take();
    completion.err = err_.take();
    if (ended_by_us_) {
      completion.kind = *ended_by_us_;
    } else if (!info || is_lost_) {
      completion.kind = ProcessResult::Kind::lost;
      completion.err = "its exit status was taken by another part of this process";
    } else if (const int error = out_.error() != 0 ? out_.error() : err_.error(); error != 0) {
      completion.kind = ProcessResult::Kind::lost;
      completion.err = "what it wrote could not be read: " + std::generic_category().message(error);
    } else {
      completion.kind = info->si_code == CLD_EXITED ? ProcessResult::Kind::exited
                                                    : ProcessResult::Kind::signalled;
      completion.status = info->si_status;
    }
    return completion;
  }

  Pipe wake_;
  Stream out_;
  Stream err_;
  pid_t pid_ = -1;
  bool is_lost_ = false;
  std::optional<ProcessResult::Kind> ended_by_us_;
};

}  // namespace

ProcessRunner::ProcessRunner(Environment environment, std::chrono::milliseconds time_limit)
    : environment_(std::move(environment)), time_limit_(time_limit) {
  struct sigaction action {};
  if (::sigaction(SIGCHLD, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) {
    ::signal(SIGCHLD, SIG_DFL);
  }
}

ProcessResult ProcessRunner::run(const Command& command, const std::stop_token& stop,
                                 std::chrono::milliseconds time_limit) {
  if (stop.stop_requested()) {
    return {.kind = ProcessResult::Kind::cancelled, .status = 0, .out = {}, .err = {}};
  }
  SpawnRequest request;
  request.environment = environment_.all();
  for (const auto& [variable, value] : command.environment()) {
    if (value) {
      request.environment[variable] = *value;
    } else {
      request.environment.erase(variable);
    }
  }
  const std::string program(name(command.program()));
  const auto file = find_program(program, environment_.get("PATH").value_or(kDefaultPath));
  if (!file) {
    return {.kind = ProcessResult::Kind::not_found, .status = 0, .out = {}, .err = {}};
  }
  request.file = *file;
  request.arguments.push_back(program);
  request.arguments.insert(request.arguments.end(), command.arguments().begin(),
                           command.arguments().end());
  request.directory = command.directory();
  const auto limit = time_limit.count() > 0 ? time_limit : time_limit_;
  ProcessResult completion = Child().run(request, stop, limit);
  // A Ctrl-C in the moment in which a child starts reaches it before it has a process group of its
  // own; whether it ends the command is for `stop` to say.
  if (completion.kind == ProcessResult::Kind::signalled && completion.status == SIGINT) {
    completion = Child().run(std::move(request), stop, limit);
  }
  return completion;
}

}  // namespace engine
