// Lines over descriptors, in this process: a client that reads slowly or not at all, and what child
// processes inherit.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "mcp/connection.h"
#include "mcp/stdio.h"

namespace {

using mcp::Delivery;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kPing = "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"ping\"}\n";

bool is_open(int fd) {
  return ::fcntl(fd, F_GETFD) >= 0;
}

bool is_inherited(int fd) {
  return (::fcntl(fd, F_GETFD) & FD_CLOEXEC) == 0;
}

std::vector<int> open_descriptors() {
  constexpr int kMax = 1024;
  std::vector<int> open;
  for (int fd = 0; fd < kMax; ++fd) {
    if (is_open(fd)) {
      open.push_back(fd);
    }
  }
  return open;
}

class Pipe {
 public:
  Pipe() {
    EXPECT_EQ(::pipe(ends_), 0);
    ::fcntl(ends_[0], F_SETFL, O_NONBLOCK);
  }
  ~Pipe() {
    close_read();
    ::close(ends_[1]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int read_end() const { return ends_[0]; }
  int write_end() const { return ends_[1]; }
  void close_read() {
    if (ends_[0] >= 0) {
      ::close(std::exchange(ends_[0], -1));
    }
  }
  // What is in it.
  std::string take() const {
    std::string text;
    std::string buffer(65536, '\0');
    for (;;) {
      const auto count = ::read(ends_[0], buffer.data(), buffer.size());
      if (count <= 0) {
        return text;
      }
      text.append(buffer, 0, static_cast<std::size_t>(count));
    }
  }
  int bytes() const {
    int count = 0;
    EXPECT_EQ(::ioctl(ends_[0], FIONREAD, &count), 0);
    return count;
  }

 private:
  int ends_[2] = {-1, -1};
};

class Stdio : public testing::Test {
 protected:
  static mcp::Limits limits() {
    mcp::Limits limits;
    limits.buffered_bytes = 1000;
    return limits;
  }

  // Sends until the client, which reads nothing, has more than the bound before it.
  void fill() {
    constexpr int kMax = 10000;
    for (int sent = 0; sent < kMax && !stdio_.slow_to_be_read(); ++sent) {
      stdio_.send(std::string(1000, 'x'), Delivery::required);
    }
    stdio_.send(std::string(limits().buffered_bytes, 'x'), Delivery::required);
    ASSERT_TRUE(stdio_.slow_to_be_read());
  }

  // Reads all that was sent.
  std::string drain() {
    std::string text = from_.take();
    while (stdio_.slow_to_be_read()) {
      stdio_.flush(std::chrono::milliseconds(0));
      text += from_.take();
    }
    return text;
  }

  void TearDown() override { std::signal(SIGPIPE, before_); }

  void (*before_)(int) = std::signal(SIGPIPE, SIG_IGN);
  Pipe to_;
  Pipe from_;
  mcp::Stdio stdio_{to_.read_end(), from_.write_end(), limits()};
  mcp::Server server_{mcp::Options()};
  mcp::Connection connection_{
      server_,
      {[this](std::string line, Delivery delivery) { stdio_.send(std::move(line), delivery); },
       [](const std::function<void()>& job) { job(); }, [] {}}};
};

TEST_F(Stdio, AClientThatReadsIsSentAll) {
  stdio_.send("a line", Delivery::required);
  stdio_.send("progress", Delivery::droppable);
  EXPECT_FALSE(stdio_.slow_to_be_read());
  EXPECT_EQ(from_.take(), "a line\nprogress\n");
}

TEST_F(Stdio, WhatASlowClientCanDoWithoutIsLeftOut) {
  fill();
  stdio_.send("progress", Delivery::droppable);
  stdio_.send("an answer", Delivery::required);
  const std::string text = drain();
  EXPECT_THAT(text, Not(HasSubstr("progress")));
  EXPECT_THAT(text, EndsWith("x\nan answer\n"));
  stdio_.send("more progress", Delivery::droppable);
  EXPECT_EQ(from_.take(), "more progress\n");
}

TEST_F(Stdio, WhileAClientReadsNothingNothingIsReadFromIt) {
  fill();
  ASSERT_GT(::write(to_.write_end(), kPing, std::string_view(kPing).size()), 0);
  const int waiting = to_.bytes();
  stdio_.await(connection_);  // returns at once: what was sent has to be looked after
  EXPECT_EQ(to_.bytes(), waiting);
  EXPECT_THAT(drain(), Not(HasSubstr("\"id\":7")));
  stdio_.await(connection_);
  EXPECT_EQ(to_.bytes(), 0);
  EXPECT_EQ(from_.take(), "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{}}\n");
}

TEST_F(Stdio, TheLastWordsWaitForAClientOnlySoLong) {
  constexpr std::chrono::milliseconds kPatience{20};
  fill();
  const auto begin = std::chrono::steady_clock::now();
  stdio_.flush(kPatience);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, kPatience);
  EXPECT_TRUE(stdio_.slow_to_be_read());
}

TEST_F(Stdio, AClientThatIsGoneIsToldNothingMore) {
  fill();
  from_.close_read();
  stdio_.send("a line", Delivery::required);
  EXPECT_FALSE(stdio_.slow_to_be_read());
  stdio_.await(connection_);
  EXPECT_TRUE(connection_.closed());
}

TEST(StdioDescriptors, AreClosedInChildProcesses) {
  const std::vector<int> before = open_descriptors();
  const mcp::Stdio stdio(STDIN_FILENO, -1, {});
  std::vector<int> made = open_descriptors();
  std::erase_if(made, [&](int fd) { return testing::Value(before, testing::Contains(fd)); });
  EXPECT_EQ(made.size(), 2U);
  for (const int fd : made) {
    EXPECT_FALSE(is_inherited(fd)) << fd;
  }
}

TEST(StdioDescriptors, TheWireIsClosedInChildProcesses) {
  enum Finding { good, none, standard, inherited };
  const pid_t child = ::fork();
  if (child == 0) {
    const int wire = mcp::take_standard_output();
    std::_Exit(wire < 0                ? none
               : wire <= STDERR_FILENO ? standard
               : is_inherited(wire)    ? inherited
                                       : good);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), good);
}

}  // namespace
