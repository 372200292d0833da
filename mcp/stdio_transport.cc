#include "mcp/stdio_transport.h"

#include <array>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <poll.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <asio/post.hpp>

#include "mcp/line_splitter.h"

namespace mcp {
namespace {

constexpr std::size_t kReadBytes = std::size_t{64} << 10U;
// So much can be written to a pipe that poll() calls writable without blocking (POSIX).
constexpr std::size_t kWriteBytes = PIPE_BUF;
constexpr int kFirstPrivateFd = 3;
// What a waiting line costs beside its bytes; without it, empty lines would cost nothing.
constexpr std::size_t kLineOverhead = 128;

}  // namespace

WakePipe::WakePipe() {
  if (::pipe(fds_) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe");
  }
  for (const int fd : fds_) {
    ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  }
}

WakePipe::~WakePipe() {
  ::close(fds_[0]);
  ::close(fds_[1]);
}

void WakePipe::wake() const {
  const char byte = 0;
  while (::write(fds_[1], &byte, 1) < 0 && errno == EINTR) {
  }
}

StdioTransport::StdioTransport(asio::io_context& loop, int in_fd, int out_fd, const Limits& limits)
    : loop_(loop), in_fd_(in_fd), out_fd_(out_fd), limits_(limits) {}

StdioTransport::~StdioTransport() {
  close(std::chrono::milliseconds{0});
}

void StdioTransport::start(Receiver& receiver) {
  receiver_ = &receiver;
  reader_ = std::thread([this] { read_lines(); });
  writer_ = std::thread([this] { write_lines(); });
}

void StdioTransport::send(std::string line, Delivery delivery) {
  line += '\n';
  {
    const std::lock_guard lock(mutex_);
    const bool full = outgoing_bytes_ + line.size() > limits_.buffered_bytes;
    if (broken_ || (full && delivery == Delivery::droppable)) {
      return;
    }
    outgoing_bytes_ += line.size();
    outgoing_.push_back(std::move(line));
  }
  work_.notify_one();
}

void StdioTransport::close(std::chrono::milliseconds patience) {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    patience_ = patience;
  }
  stop_reading_.wake();
  closing_wake_.wake();
  room_.notify_all();
  work_.notify_all();
  for (std::thread* thread : {&reader_, &writer_}) {
    if (thread->joinable()) {
      thread->join();
    }
  }
}

void StdioTransport::read_lines() {
  LineSplitter lines(
      limits_.line_bytes, [this](std::string line) { deliver(std::move(line)); },
      [this] { asio::post(loop_, [this] { receiver_->on_overlong_line(); }); });
  std::string buffer(kReadBytes, '\0');
  while (wait_for_room()) {
    std::array<pollfd, 2> fds = {{{in_fd_, POLLIN, 0}, {stop_reading_.fd(), POLLIN, 0}}};
    if (::poll(fds.data(), fds.size(), -1) < 0) {
      continue;  // interrupted
    }
    if (fds[1].revents != 0) {
      return;
    }
    const auto count = ::read(in_fd_, buffer.data(), buffer.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) {
      continue;
    }
    if (count <= 0) {  // the end, or a descriptor that cannot be read
      lines.finish();
      asio::post(loop_, [this] { receiver_->on_end_of_input(); });
      return;
    }
    lines.feed(std::string_view(buffer).substr(0, static_cast<std::size_t>(count)));
  }
}

// False if there is nothing more to read for.
bool StdioTransport::wait_for_room() {
  std::unique_lock lock(mutex_);
  room_.wait(lock, [this] {
    return closing_ || broken_ || incoming_bytes_ + outgoing_bytes_ <= limits_.buffered_bytes;
  });
  return !closing_ && !broken_;
}

void StdioTransport::deliver(std::string line) {
  const std::size_t bytes = line.size() + kLineOverhead;
  {
    const std::lock_guard lock(mutex_);
    incoming_bytes_ += bytes;
  }
  asio::post(loop_, [this, bytes, line = std::move(line)]() mutable {
    receiver_->on_line(std::move(line));
    handled(bytes);
  });
}

void StdioTransport::handled(std::size_t bytes) {
  {
    const std::lock_guard lock(mutex_);
    incoming_bytes_ -= bytes;
  }
  room_.notify_one();
}

void StdioTransport::write_lines() {
  std::unique_lock lock(mutex_);
  while (true) {
    work_.wait(lock, [this] { return closing_ || !outgoing_.empty(); });
    if (outgoing_.empty()) {
      return;
    }
    const std::string line = std::move(outgoing_.front());
    outgoing_.pop_front();
    lock.unlock();
    const bool written = write_all(line);
    lock.lock();
    outgoing_bytes_ -= line.size();
    room_.notify_one();
    if (!written) {
      broken_ = true;
      outgoing_.clear();
      room_.notify_one();
      asio::post(loop_, [this] { receiver_->on_client_gone(); });
      return;
    }
  }
}

// False if the client does not read any more, or not before our patience ends.
bool StdioTransport::write_all(std::string_view text) {
  while (!text.empty()) {
    if (!wait_until_writable()) {
      return false;
    }
    const auto count = ::write(out_fd_, text.data(), std::min(text.size(), kWriteBytes));
    if (count >= 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EINTR && errno != EAGAIN) {
      return false;
    }
  }
  return true;
}

bool StdioTransport::wait_until_writable() {
  while (true) {
    std::array<pollfd, 2> fds = {{{out_fd_, POLLOUT, 0}, {closing_wake_.fd(), POLLIN, 0}}};
    nfds_t watched = fds.size();
    int timeout = -1;
    {
      const std::lock_guard lock(mutex_);
      if (closing_) {
        watched = 1;
        timeout = static_cast<int>(patience_.count());
      }
    }
    const int ready = ::poll(fds.data(), watched, timeout);
    if (ready == 0) {
      return false;
    }
    if (ready > 0 && fds[0].revents != 0) {
      return true;  // also on an error, which write() then names
    }
  }
}

int take_standard_output() {
  const int wire = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, kFirstPrivateFd);
  if (wire >= 0 && ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
    const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    ::dup2(nowhere, STDOUT_FILENO);
    if (nowhere > STDOUT_FILENO) {
      ::close(nowhere);
    }
  }
  return wire;
}

}  // namespace mcp
