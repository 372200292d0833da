#include "engine/process/process_runner.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <exception>
#include <filesystem>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <sys/wait.h>

#include "engine/base/write_all.h"
#include "engine/process/path_lookup.h"
#include "engine/process/spawn.h"

namespace engine {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

// How often it is checked whether a child has ended. With a thread that waits for the end, this
// matters only if the wake-up is lost.
constexpr std::chrono::milliseconds kCheck{1000};
constexpr std::chrono::milliseconds kCheckWithoutThread{20};

// `error` is 0 or an errno.
void throw_if(int error) {
  if (error != 0) {
    throw std::system_error(error, std::generic_category());
  }
}

// One of the child's output streams: it is read while the io_context runs.
class Stream {
 public:
  // Keeps the first `most` bytes; if there is a `read`, it takes what comes instead.
  Stream(asio::io_context& io, std::size_t most, CommandRunner::Reader read = {})
      : descriptor_(io), most_(most), read_(std::move(read)) {}

  // Makes the pipe. Returns the end to which the child writes; throws std::system_error.
  UniqueFd open() {
    Pipe pipe;
    throw_if(make_pipe(pipe));
    descriptor_.assign(pipe.read.get());
    pipe.read.release();
    descriptor_.non_blocking(true);
    return std::move(pipe.write);
  }

  // Reads what comes from now on, until the stream ends. Never throws, because the child must be
  // read from to its end: where there is no memory to wait for input, call it again later.
  void watch() noexcept {
    if (is_watched_ || !descriptor_.is_open()) {
      return;
    }
    try {
      descriptor_.async_wait(asio::posix::descriptor_base::wait_read,
                             [this](std::error_code error) {
                               is_watched_ = false;
                               read(error);
                               watch();
                             });
      is_watched_ = true;
    } catch (const std::bad_alloc&) {
      is_incomplete_ = true;
    }
  }

  std::string take() { return std::move(text_); }
  // True if there was no memory for a part of it.
  bool is_incomplete() const { return is_incomplete_; }
  // Why the rest could not be read; none if all was.
  std::error_code error() const { return error_; }

 private:
  // At most one buffer at a time, so that a writer that never pauses holds nothing else up.
  void read(std::error_code error) {
    std::array<char, 65536> buffer;  // NOLINT(*-member-init): only what was read is looked at
    const std::size_t count = error ? 0 : descriptor_.read_some(asio::buffer(buffer), error);
    append({buffer.data(), count});
    if (error && error != asio::error::would_block && error != asio::error::interrupted) {
      error_ = error == asio::error::eof ? std::error_code() : error;
      descriptor_.close(error);
    }
  }

  void append(std::string_view bytes) {
    try {
      if (read_) {
        read_(bytes.substr(0, is_incomplete_ ? 0 : bytes.size()));
        return;
      }
      text_.append(bytes.substr(0, is_incomplete_ ? 0 : most_ - text_.size()));
    } catch (const std::bad_alloc&) {
      is_incomplete_ = true;
    }
  }

  asio::posix::stream_descriptor descriptor_;
  std::size_t most_;
  CommandRunner::Reader read_;
  std::string text_;
  std::error_code error_;
  bool is_watched_ = false;
  bool is_incomplete_ = false;
};

// A child process from its start to its end. Belongs to one thread. What wakes that thread up from
// another one is io_.stop(), since it needs no memory, unlike asio::post().
class Child {
 public:
  // Starts it. Throws std::system_error if the system refuses it, or a pipe, or what asio needs.
  Child(SpawnRequest request, std::size_t max_output, const CommandRunner::Reader& read)
      : out_(io_, max_output, read), err_(io_, max_output) {
    const UniqueFd out = out_.open();
    const UniqueFd err = err_.open();
    request.out = out.get();
    request.err = err.get();
    throw_if(spawn(request, pid_));
  }

  // Once. Throws std::bad_alloc where there was no memory for what the child wrote; it has ended
  // then, too.
  ProcessResult finish(const std::stop_token& stop, std::chrono::milliseconds limit) {
    {
      const std::jthread waiter = start_waiter();
      const std::stop_callback on_stop(stop, [this] { io_.stop(); });
      await_end(stop, std::chrono::steady_clock::now() + limit,
                waiter.joinable() ? kCheck : kCheckWithoutThread);
    }
    if (ended_by_us_) {
      ::kill(-pid_, SIGKILL);
    }
    read_rest();
    return to_result(wait_for(pid_, WEXITED));
  }

 private:
  // Wakes us up when the child has ended. Not joinable where no thread is to be had.
  std::jthread start_waiter() {
    try {
      return std::jthread([this] {
        wait_for(pid_, WEXITED | WNOWAIT);
        io_.stop();
      });
    } catch (const std::exception&) {
      return {};
    }
  }

  // Reads both streams until the child has ended, which is checked at least every `check`; ends it
  // at `deadline` or when told to stop.
  void await_end(const std::stop_token& stop, SteadyTime deadline,
                 std::chrono::milliseconds check) {
    // Restarted before the reason of a wake-up is looked for: a later reason stops the next run.
    for (; !has_ended(); io_.restart()) {
      const SteadyTime now = std::chrono::steady_clock::now();
      if (!ended_by_us_ && stop.stop_requested()) {
        deadline = begin_end(ProcessResult::Kind::cancelled, now);
      } else if (now >= deadline) {
        deadline = on_deadline(now);
      }
      out_.watch();
      err_.watch();
      io_.run_until(std::min(deadline, now + check));
    }
  }

  // The time limit is over, or the grace after it. Returns the next deadline.
  SteadyTime on_deadline(SteadyTime now) {
    if (!ended_by_us_) {
      return begin_end(ProcessResult::Kind::timed_out, now);
    }
    ::kill(-pid_, SIGKILL);
    return SteadyTime::max();
  }

  SteadyTime begin_end(ProcessResult::Kind why, SteadyTime now) {
    ended_by_us_ = why;
    ::kill(-pid_, SIGTERM);
    return now + ProcessRunner::kGrace;
  }

  // Leaves it to be reaped. True also where its end cannot be learnt: what it has written may then
  // not be all.
  bool has_ended() {
    const auto info = wait_for(pid_, WEXITED | WNOHANG | WNOWAIT);
    is_lost_ = !info;
    return is_lost_ || info->si_pid != 0;
  }

  // Reads what the pipes still hold. No other process that has them is waited for, nor read from
  // for ever.
  void read_rest() {
    constexpr int kMaxReads = 64;
    io_.restart();
    out_.watch();
    err_.watch();
    for (int reads = 0; reads < kMaxReads && io_.poll_one() > 0; ++reads) {
    }
  }

  ProcessResult to_result(const std::optional<siginfo_t>& info) {
    if (out_.is_incomplete() || err_.is_incomplete()) {
      throw std::bad_alloc();
    }
    ProcessResult result;
    result.out = out_.take();
    result.err = err_.take();
    if (ended_by_us_) {
      result.kind = *ended_by_us_;
    } else if (!info || is_lost_) {
      result.kind = ProcessResult::Kind::lost;
      result.err = "its exit status was taken by another part of this process";
    } else if (const auto error = out_.error() ? out_.error() : err_.error(); error) {
      result.kind = ProcessResult::Kind::lost;
      result.err = "what it wrote could not be read: " + error.message();
    } else {
      result.kind = info->si_code == CLD_EXITED ? ProcessResult::Kind::exited
                                                : ProcessResult::Kind::signalled;
      result.status = info->si_status;
    }
    return result;
  }

  asio::io_context io_{1};
  // Where both streams have ended, the io_context goes on to wait.
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  Stream out_;
  Stream err_;
  pid_t pid_ = -1;
  bool is_lost_ = false;
  std::optional<ProcessResult::Kind> ended_by_us_;
};

SpawnRequest to_request(const Command& command, int in, const std::filesystem::path& file,
                        const Environment& environment) {
  SpawnRequest request;
  request.in = in;
  request.file = file;
  request.arguments.emplace_back(name(command.program()));
  request.arguments.insert(request.arguments.end(), command.arguments().begin(),
                           command.arguments().end());
  request.environment = environment.all();
  for (const auto& [variable, value] : command.environment()) {
    if (value) {
      request.environment[variable] = *value;
    } else {
      request.environment.erase(variable);
    }
  }
  request.directory = command.directory();
  return request;
}

// A pipe that holds all of `input`, which a child can read to its end.
UniqueFd filled_pipe(std::string_view input) {
  if (input.size() > Command::kMaxInput) {
    throw_if(E2BIG);
  }
  Pipe pipe;
  throw_if(make_pipe(pipe));
  throw_if(write_all(pipe.write.get(), input));
  return std::move(pipe.read);
}

ProcessResult run_child(SpawnRequest request, const Command& command,
                        const CommandRunner::Reader& read, const std::stop_token& stop,
                        std::chrono::milliseconds limit) {
  std::optional<Child> child;
  try {
    UniqueFd in;
    if (!command.input().empty()) {
      in = filled_pipe(command.input());
      request.in = in.get();
    }
    child.emplace(std::move(request), max_output(command.program()), read);
  } catch (const std::system_error& error) {
    return {.kind = ProcessResult::Kind::failed,
            .status = error.code().value(),
            .out = {},
            .err = error.code().message()};
  }
  return child->finish(stop, limit);
}

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
  return run_told(command, -1, {}, stop, time_limit);
}

ProcessResult ProcessRunner::run_reading(const Command& command, const Reader& read,
                                         const std::stop_token& stop,
                                         std::chrono::milliseconds time_limit) {
  return run_told(command, -1, read, stop, time_limit);
}

// An empty `read`: the output is kept.
ProcessResult ProcessRunner::run_told(const Command& command, int in, const Reader& read,
                                      const std::stop_token& stop,
                                      std::chrono::milliseconds time_limit) {
  if (stop.stop_requested()) {
    return {.kind = ProcessResult::Kind::cancelled, .status = 0, .out = {}, .err = {}};
  }
  const auto file =
      find_program(name(command.program()), environment_.get("PATH").value_or(kDefaultPath));
  if (!file) {
    return {.kind = ProcessResult::Kind::not_found, .status = 0, .out = {}, .err = {}};
  }
  bool has_written = in >= 0;  // or was told something
  const Reader noting = [&](std::string_view piece) {
    has_written = has_written || !piece.empty();
    read(piece);
  };
  const SpawnRequest request = to_request(command, in, *file, environment_);
  const auto limit = time_limit.count() > 0 ? time_limit : time_limit_;
  const auto run = [&] { return run_child(request, command, read ? noting : read, stop, limit); };
  ProcessResult result = run();
  // A Ctrl-C in the moment in which a child starts reaches it before it has a process group of its
  // own; whether it ends the command is for `stop` to say.
  if (result.kind == ProcessResult::Kind::signalled && result.status == SIGINT && !has_written) {
    result = run();
  }
  return result;
}

}  // namespace engine
