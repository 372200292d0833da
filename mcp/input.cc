#include "mcp/input.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/epoll.h>
#else
#include <sys/stat.h>
#endif

#include "mcp/memory.h"

namespace mcp {
namespace {

constexpr std::size_t kReadBytes = std::size_t{64} << 10U;
// How often a client from which nothing is read is checked for having hung up.
constexpr std::chrono::milliseconds kPause{200};

bool has_hung_up(int fd) {
  pollfd state = {fd, 0, 0};
  return ::poll(&state, 1, 0) > 0;
}

// What asio can wait for until `fd` can be read; -1 if that is always so (a regular file,
// /dev/null). asio before 1.31 makes what it waits for non-blocking, for all who share it. So on
// Linux it is an epoll instance, which watches `fd`; elsewhere a newer asio is needed. Throws
// std::system_error.
int make_watch(int fd) {
#if defined(__linux__)
  const int watch = ::epoll_create1(EPOLL_CLOEXEC);
  epoll_event event = {EPOLLIN, {}};
  if (watch >= 0 && ::epoll_ctl(watch, EPOLL_CTL_ADD, fd, &event) != 0) {
    ::close(watch);
    return -1;
  }
#else
  struct stat status {};
  if (::fstat(fd, &status) != 0 ||
      (!S_ISFIFO(status.st_mode) && !S_ISSOCK(status.st_mode) && ::isatty(fd) != 1)) {
    return -1;
  }
  const int watch = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
#endif
  if (watch < 0) {
    throw std::system_error(errno, std::generic_category(), "standard input");
  }
  return watch;
}

}  // namespace

void LineSplitter::feed(std::string_view bytes) {
  for (auto end = bytes.find('\n'); end != bytes.npos; end = bytes.find('\n')) {
    append(bytes.substr(0, end));
    end_line();
    bytes.remove_prefix(end + 1);
  }
  append(bytes);
}

void LineSplitter::finish() {
  if (!line_.empty() || overlong_) {
    end_line();
  }
}

void LineSplitter::append(std::string_view part) {
  overlong_ = overlong_ || line_.size() + part.size() > most_ ||
              !try_until_there_is_memory([&] { line_ += part; });
  if (overlong_) {
    line_ = {};
  }
}

void LineSplitter::end_line() {
  const std::string line = std::exchange(line_, {});
  on_line_(std::exchange(overlong_, false) ? std::nullopt : std::optional<std::string_view>(line));
}

Input::Input(Workers& workers, int fd, std::size_t line_bytes, Handlers handlers)
    : fd_(fd),
      handlers_(std::move(handlers)),
      lines_(line_bytes, [this](auto line) { handlers_.on_line(line, read_at_); }),
      workers_(workers),
      readable_(workers.io()),
      pause_(workers.io()) {
  if (const int watch = make_watch(fd); watch >= 0) {
    readable_.assign(watch);
  }
}

void Input::resume() {
  const locking::MutexLock lock(mutex_);
  resumed_ = true;
  pause_.cancel();
}

// A client that has hung up sends nothing more, so what it has sent is read even during a pause.
void Input::read_next() {
  {
    const locking::MutexLock lock(mutex_);
    resumed_ = false;
  }
  const bool pauses = handlers_.pauses() && !has_hung_up(fd_);
  const locking::MutexLock lock(mutex_);
  do_when_there_is_memory([&]() REQUIRES(mutex_) {
    if (pauses && !resumed_) {
      look_later();
    } else if (readable_.is_open()) {
      readable_.async_wait(readable_.wait_read, [this](std::error_code error) { on_ready(error); });
    } else {
      workers_.run([this] { read_some(); });
    }
  });
}

void Input::look_later() {
  pause_.expires_after(kPause);
  pause_.async_wait([this](std::error_code /*error*/) { read_next(); });
}

// A read that was not waited for might block.
void Input::on_ready(std::error_code error) {
  if (!error) {
    read_some();
    return;
  }
  const locking::MutexLock lock(mutex_);
  do_when_there_is_memory([this]() REQUIRES(mutex_) { look_later(); });
}

void Input::read_some() {
  std::array<char, kReadBytes> buffer;  // NOLINT(*-member-init): only what was read is looked at
  const auto count = ::read(fd_, buffer.data(), buffer.size());
  read_at_ = std::chrono::steady_clock::now();
  if (count > 0) {
    lines_.feed({buffer.data(), static_cast<std::size_t>(count)});
  } else if (count == 0 ||
             (errno != EINTR && errno != EAGAIN)) {  // the end, or what cannot be read
    lines_.finish();
    handlers_.on_end();
    return;
  }
  read_next();
}

}  // namespace mcp
