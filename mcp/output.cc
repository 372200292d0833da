#include "mcp/output.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <poll.h>
#include <string_view>
#include <unistd.h>
#include <utility>

#include <asio/defer.hpp>
#include <asio/post.hpp>

#include "mcp/memory.h"

namespace mcp {
namespace {

// This much can be written without blocking to a pipe that poll() calls writable (POSIX).
constexpr std::size_t kWriteBytes = PIPE_BUF;
// Of one wait for a client that is slow to read; the server may end meanwhile.
constexpr std::chrono::milliseconds kWait{100};
// A large line's memory is given back when it is written.
constexpr std::size_t kKeptBytes = std::size_t{1} << 20U;

}  // namespace

Output::Output(Workers& workers, int fd, std::size_t most, std::function<void()> changed)
    : workers_(workers), fd_(fd), most_(most), changed_(std::move(changed)), broken_(fd < 0) {}

bool Output::is_waiting() const {
  const locking::MutexLock lock(mutex_);
  return !outgoing_.empty();
}

bool Output::has_room() const {
  const locking::MutexLock lock(mutex_);
  return has_room_for(0);
}

bool Output::has_room_for(std::size_t more) const {
  return outgoing_.size() - written_ + more <= most_;
}

bool Output::is_broken() const {
  const locking::MutexLock lock(mutex_);
  return broken_;
}

void Output::send(std::string line, Delivery delivery) {
  line += '\n';
  const locking::MutexLock lock(mutex_);
  if (broken_ || (delivery == Delivery::droppable && !has_room_for(line.size()))) {
    return;
  }
  if (outgoing_.empty() && line.size() > kKeptBytes) {
    outgoing_ = std::move(line);  // two copies of a large one need not be in memory
  } else {
    outgoing_ += line;
  }
  if (delivery != Delivery::answer) {
    write_some();
  }
  if (is_scheduled_ || (outgoing_.empty() && !broken_)) {
    return;
  }
  do_when_there_is_memory([&] {
    // Deferred from a handler of the io_context, it comes after those that are ready to run, whose
    // answers so go into the same write. But a handler that sends a message may go on for long.
    if (delivery == Delivery::answer) {
      asio::defer(workers_.io(), [this] { write_rest(); });
    } else {
      asio::post(workers_.io(), [this] { write_rest(); });
    }
  });
  is_scheduled_ = true;
}

void Output::write_rest() {
  bool is_slow = false;
  {
    const locking::MutexLock lock(mutex_);
    write_some();
    is_slow = is_scheduled_ = !outgoing_.empty();
  }
  changed_();
  if (is_slow) {
    do_when_there_is_memory([this] {
      workers_.run([this] {
        is_writable(kWait);
        write_rest();
      });
    });
  }
}

bool Output::is_writable(std::chrono::milliseconds patience) const {
  pollfd ready = {fd_, POLLOUT, 0};
  int count = -1;
  do {
    count = ::poll(&ready, 1, static_cast<int>(patience.count()));
  } while (count < 0 && errno == EINTR);
  return count > 0;
}

// What can be written without waiting.
void Output::write_some() {
  while (!outgoing_.empty()) {
    if (!is_writable(std::chrono::milliseconds(0))) {
      return;
    }
    const std::string_view rest = std::string_view(outgoing_).substr(written_);
    const auto count = ::write(fd_, rest.data(), std::min(rest.size(), kWriteBytes));
    if (count >= 0) {
      written_ += static_cast<std::size_t>(count);
      if (written_ * 2 > outgoing_.size()) {  // so that each byte is moved only once
        forget_what_is_written();
      }
    } else if (errno != EINTR && errno != EAGAIN) {
      broken_ = true;
      outgoing_.clear();
      written_ = 0;
    }
  }
}

void Output::forget_what_is_written() {
  outgoing_.erase(0, std::exchange(written_, 0));
  if (outgoing_.empty() && outgoing_.capacity() > kKeptBytes) {
    outgoing_.shrink_to_fit();
  }
}

void Output::flush(std::chrono::milliseconds patience) {
  const locking::MutexLock lock(mutex_);
  while (!outgoing_.empty() && is_writable(patience)) {
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
