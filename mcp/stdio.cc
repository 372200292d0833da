#include "mcp/stdio.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <poll.h>
#include <system_error>
#include <unistd.h>

#include "mcp/memory.h"

namespace mcp {
namespace {

constexpr std::size_t kReadBytes = std::size_t{64} << 10U;
// So much can be written to a pipe that poll() calls writable without blocking (POSIX).
constexpr std::size_t kWriteBytes = PIPE_BUF;
// A large line's memory is given back when it is written.
constexpr std::size_t kKeptBytes = std::size_t{1} << 20U;
// Of one wait; the next one follows. So long does what happened go unnoticed if a wake-up is lost.
constexpr int kLongestMs = 1000;

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

Stdio::Stdio(int in_fd, int out_fd, const Limits& limits)
    : in_fd_(in_fd),
      out_fd_(out_fd),
      limits_(limits),
      lines_(limits.line_bytes,
             [this](std::optional<std::string_view> line) { connection_->on_line(line); }),
      broken_(out_fd < 0) {
  if (::pipe(wake_) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe");
  }
  for (const int fd : wake_) {
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    ::fcntl(fd, F_SETFL, O_NONBLOCK);
  }
}

Stdio::~Stdio() {
  ::close(wake_[0]);
  ::close(wake_[1]);
}

bool Stdio::full(std::size_t more) const {
  return outgoing_.size() - written_ + more > limits_.buffered_bytes;
}

void Stdio::send(std::string line, Delivery delivery) {
  line += '\n';
  const locking::MutexLock lock(mutex_);
  if (broken_ || (delivery == Delivery::droppable && full(line.size()))) {
    return;
  }
  const bool waited_for = !outgoing_.empty();
  outgoing_ += line;
  write_some();
  if (broken_ || waited_for || !outgoing_.empty()) {
    wake();  // await() has to know
  }
}

bool Stdio::slow_to_be_read() {
  const locking::MutexLock lock(mutex_);
  return !outgoing_.empty();
}

void Stdio::wake() const {
  const char byte = 0;
  // A full pipe wakes as well.
  while (::write(wake_[1], &byte, 1) < 0 && errno == EINTR) {
  }
}

void Stdio::await(Connection& connection) {
  std::array<pollfd, 3> fds = {{{in_fd_, POLLIN, 0}, {out_fd_, POLLOUT, 0}, {wake_[0], POLLIN, 0}}};
  auto& [in, out, wake] = fds;
  bool gone = false;
  const bool crowded = connection.crowded();
  {
    const locking::MutexLock lock(mutex_);
    gone = broken_;
    if (input_ended_ || broken_) {
      in.fd = -1;
    } else if (crowded || full(0)) {
      in.events = 0;  // only that the client has hung up: then there is not much left to read
    }
    if (outgoing_.empty()) {
      out.fd = -1;
    }
  }
  if (gone && !std::exchange(told_, true)) {
    connection.shut_down("the client has stopped reading");
    return;
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(connection.deadline() -
                                                                 std::chrono::steady_clock::now());
  if (::poll(fds.data(), fds.size(),
             static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, kLongestMs))) < 0) {
    return;  // interrupted
  }
  if (wake.revents != 0) {
    std::array<char, 64> bytes{};
    while (::read(wake_[0], bytes.data(), bytes.size()) > 0) {
    }
  }
  if (out.revents != 0) {
    const locking::MutexLock lock(mutex_);
    write_some();
  }
  if (!slow_to_be_read()) {
    connection.on_room();
  }
  if (in.revents != 0) {
    read_some(connection);
  }
  connection.on_time(std::chrono::steady_clock::now());
}

void Stdio::read_some(Connection& connection) {
  std::array<char, kReadBytes> buffer;
  const auto count = ::read(in_fd_, buffer.data(), buffer.size());
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) {
    return;
  }
  connection_ = &connection;
  if (count > 0) {
    lines_.feed({buffer.data(), static_cast<std::size_t>(count)});
  } else {  // the end, or a descriptor that cannot be read
    input_ended_ = true;
    lines_.finish();
    connection.on_end_of_input();
  }
}

// What can be written without waiting.
void Stdio::write_some() {
  while (!outgoing_.empty()) {
    pollfd ready = {out_fd_, POLLOUT, 0};
    if (::poll(&ready, 1, 0) <= 0) {
      return;
    }
    const std::string_view rest = std::string_view(outgoing_).substr(written_);
    const auto count = ::write(out_fd_, rest.data(), std::min(rest.size(), kWriteBytes));
    if (count >= 0) {
      written_ += static_cast<std::size_t>(count);
      if (written_ * 2 > outgoing_.size()) {  // so that each byte is moved but once
        forget_what_is_written();
      }
    } else if (errno != EINTR && errno != EAGAIN) {
      broken_ = true;
      outgoing_.clear();
      written_ = 0;
    }
  }
}

void Stdio::forget_what_is_written() {
  outgoing_.erase(0, std::exchange(written_, 0));
  if (outgoing_.empty() && outgoing_.capacity() > kKeptBytes) {
    outgoing_.shrink_to_fit();
  }
}

void Stdio::flush(std::chrono::milliseconds patience) {
  const locking::MutexLock lock(mutex_);
  pollfd ready = {out_fd_, POLLOUT, 0};
  // Interrupted counts as ready: write_some() looks for itself.
  while (!outgoing_.empty() && ::poll(&ready, 1, static_cast<int>(patience.count())) != 0) {
    write_some();
  }
}

int take_standard_output() {
  const int wire = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (wire >= 0 && ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
    ::close(STDOUT_FILENO);
  }
  return wire;
}

}  // namespace mcp
