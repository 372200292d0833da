// Lines over descriptors, in this process: a client that reads slowly or not at all, and what child
// processes inherit.
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "json/parse.h"
#include "mcp/connection.h"
#include "mcp/input.h"
#include "mcp/output.h"
#include "tests/support/mcp_client.h"

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
    close_write();
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
  void close_write() {
    if (ends_[1] >= 0) {
      ::close(std::exchange(ends_[1], -1));
    }
  }
  bool has(int fd) const { return fd == ends_[0] || fd == ends_[1]; }
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

// The two ends as a server has them, on no thread but the test's.
class Stdio : public testing::Test {
 protected:
  static constexpr std::size_t kMaxWaiting = 1000;  // bytes that may wait for the client
  static constexpr std::chrono::seconds kLong{20};

  // Sends until the client, which reads nothing, has more than the bound before it.
  void fill() {
    constexpr int kMax = 10000;
    for (int sent = 0; sent < kMax && !output_.is_waiting(); ++sent) {
      output_.send(std::string(1000, 'x'), Delivery::message);
    }
    output_.send(std::string(kMaxWaiting, 'x'), Delivery::message);
    ASSERT_TRUE(output_.is_waiting());
  }

  // Reads all that was sent.
  std::string drain() {
    std::string text = from_.take();
    while (output_.is_waiting()) {
      output_.flush(std::chrono::milliseconds(0));
      text += from_.take();
    }
    return text;
  }

  // Has the workers do what there is to do, from now on.
  void start_workers() {
    thread_ = std::thread([this] { workers_.work(); });
  }
  // Waits for it; false if it does not become true.
  static bool await(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + kLong;
    while (!condition() && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return condition();
  }

  void on_change() {
    if (output_.is_broken()) {
      connection_.shut_down("nobody reads");
    } else {
      input_.resume();
    }
  }

  void TearDown() override {
    std::signal(SIGPIPE, before_);
    workers_.stop();
    if (thread_.joinable()) {
      thread_.join();
    }
  }

  void (*before_)(int) = std::signal(SIGPIPE, SIG_IGN);
  Pipe to_;
  Pipe from_;
  mcp::Workers workers_{2};
  asio::io_context& io_ = workers_.io();
  std::thread thread_;
  mcp::Output output_{workers_, from_.write_end(), kMaxWaiting, [this] { on_change(); }};
  mcp::Server server_{mcp::Options()};
  mcp::Connection connection_{
      server_,
      {[this](std::string line, Delivery delivery) { output_.send(std::move(line), delivery); },
       [](const std::function<void()>& job) { job(); }, [] {}, [] {}}};
  std::atomic<bool> input_ended_ = false;
  mcp::Input input_{workers_,
                    to_.read_end(),
                    mcp::Limits().line_bytes,
                    {[this](auto line, auto read_at) { connection_.on_line(line, read_at); },
                     [this] { input_ended_ = true; }, [this] { return !output_.has_room(); }}};
};

TEST_F(Stdio, AClientThatReadsIsSentAll) {
  output_.send("a line", Delivery::answer);
  output_.send("progress", Delivery::droppable);
  EXPECT_FALSE(output_.is_waiting());
  EXPECT_EQ(from_.take(), "a line\nprogress\n");
}

// So that they can share what one of them looks up.
TEST_F(Stdio, RequestsThatAreReadTogetherArriveTogether) {
  std::vector<std::chrono::steady_clock::time_point> arrived;
  server_.add(mcp::Tool{.name = "tell",
                        .definition = [] { return OrderedJson::object(); },
                        .call = [&](const Json&, mcp::Context& context) -> mcp::ToolAnswer {
                          arrived.push_back(context.arrived());
                          return mcp::text_result("told");
                        }});
  std::vector<std::function<void()>> jobs;  // run by this thread
  mcp::Connection connection(
      server_, {[](std::string, Delivery) {},
                [&](std::function<void()> job) { jobs.push_back(std::move(job)); }, [] {}, [] {}});
  mcp::Input input(workers_, to_.read_end(), mcp::Limits().line_bytes,
                   {[&](auto line, auto read_at) { connection.on_line(line, read_at); }, [] {},
                    [] { return false; }});
  const auto serve = [&] {
    io_.poll();
    for (const auto& job : std::exchange(jobs, {})) {
      job();
    }
  };
  const auto send = [this](std::initializer_list<int> ids) {
    std::string lines;
    for (const int id : ids) {
      lines += json::dump(support::modern(id, "tools/call", {{"name", "tell"}})) + "\n";
    }
    return ::write(to_.write_end(), lines.data(), lines.size()) > 0;
  };
  ASSERT_TRUE(send({1, 2}));
  input.start();
  serve();
  const auto between = std::chrono::steady_clock::now();
  ASSERT_TRUE(send({3}));
  serve();
  ASSERT_EQ(arrived.size(), 3U);
  EXPECT_EQ(arrived[0], arrived[1]);
  EXPECT_LE(arrived[1], between);
  EXPECT_GE(arrived[2], between);
}

TEST_F(Stdio, AnswersThatAreReadyTogetherAreSentTogether) {
  output_.send("one", Delivery::answer);
  output_.send("two", Delivery::answer);
  EXPECT_EQ(from_.take(), "");
  EXPECT_TRUE(output_.is_waiting());
  io_.poll();
  EXPECT_FALSE(output_.is_waiting());
  EXPECT_EQ(from_.take(), "one\ntwo\n");
}

TEST_F(Stdio, WhatASlowClientCanDoWithoutIsLeftOut) {
  fill();
  output_.send("progress", Delivery::droppable);
  output_.send("an answer", Delivery::answer);
  const std::string text = drain();
  EXPECT_THAT(text, Not(HasSubstr("progress")));
  EXPECT_THAT(text, EndsWith("x\nan answer\n"));
  output_.send("more progress", Delivery::droppable);
  EXPECT_EQ(from_.take(), "more progress\n");
}

TEST_F(Stdio, WhileAClientReadsNothingNothingIsReadFromIt) {
  fill();
  ASSERT_GT(::write(to_.write_end(), kPing, std::string_view(kPing).size()), 0);
  const int waiting = to_.bytes();
  input_.start();
  start_workers();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(to_.bytes(), waiting);
  std::string text;
  EXPECT_TRUE(await([&] {
    text += from_.take();
    return text.ends_with("x\n{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{}}\n");
  }));
  EXPECT_EQ(to_.bytes(), 0);
}

TEST_F(Stdio, WhatIsWrittenLateIsWrittenAsSoonAsThereIsRoom) {
  fill();
  output_.send("an answer", Delivery::answer);
  start_workers();
  std::string text;
  EXPECT_TRUE(await([&] {
    text += from_.take();
    return text.ends_with("x\nan answer\n");
  }));
  EXPECT_TRUE(await([&] { return !output_.is_waiting(); }));
}

TEST_F(Stdio, TheEndOfInputIsSeenThoughNothingIsRead) {
  fill();
  input_.start();
  start_workers();
  to_.close_write();
  EXPECT_TRUE(await([&] { return input_ended_.load(); }));
}

TEST_F(Stdio, TheLastWordsWaitForAClientOnlySoLong) {
  constexpr std::chrono::milliseconds kPatience{20};
  fill();
  const auto begin = std::chrono::steady_clock::now();
  output_.flush(kPatience);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, kPatience);
  EXPECT_TRUE(output_.is_waiting());
}

TEST_F(Stdio, AClientThatIsGoneIsToldNothingMore) {
  fill();
  from_.close_read();
  output_.send("a line", Delivery::message);
  EXPECT_FALSE(output_.is_waiting());
  io_.poll();
  EXPECT_TRUE(connection_.closed());
}

TEST(StdioDescriptors, AreClosedInChildProcesses) {
  const std::vector<int> before = open_descriptors();
  Pipe to;
  Pipe from;
  mcp::Workers workers(2);
  const asio::signal_set signals(workers.io(), SIGUSR2);
  const mcp::Input input(workers, to.read_end(), 1,
                         {[](auto, auto) {}, [] {}, [] { return false; }});
  std::vector<int> made = open_descriptors();
  std::erase_if(made, [&](int fd) {
    return testing::Value(before, testing::Contains(fd)) || to.has(fd) || from.has(fd);
  });
  EXPECT_GE(made.size(), 4U);
  for (const int fd : made) {
    EXPECT_FALSE(is_inherited(fd)) << fd;
  }
}

// Who shares them must not find them non-blocking all at once: while they are waited for, read and
// written, and afterwards.
TEST_F(Stdio, DescriptorsStayBlocking) {
  int in[2];
  int out[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, in), 0);
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, out), 0);
  const auto are_blocking = [&] {
    return ((::fcntl(in[0], F_GETFL) | ::fcntl(out[0], F_GETFL)) & O_NONBLOCK) == 0;
  };
  {
    mcp::Workers workers(2);
    std::atomic<bool> was_read = false;
    mcp::Output output(workers, out[0], kMaxWaiting, [] {});
    mcp::Input input(
        workers, in[0], kMaxWaiting,
        {[&](auto /*line*/, auto /*read_at*/) { was_read = true; }, [] {}, [] { return false; }});
    input.start();
    std::thread thread([&] { workers.work(); });
    EXPECT_TRUE(are_blocking());
    ASSERT_EQ(::write(in[1], "hello\n", 6), 6);
    EXPECT_TRUE(await([&] { return was_read.load(); }));
    EXPECT_TRUE(are_blocking());
    while (!output.is_waiting()) {
      output.send(std::string(kMaxWaiting, 'x'), Delivery::message);
    }
    EXPECT_TRUE(are_blocking());
    std::string buffer(1U << 20U, '\0');
    while (output.is_waiting()) {
      ASSERT_GT(::read(out[1], buffer.data(), buffer.size()), 0);
      EXPECT_TRUE(are_blocking());
    }
    workers.stop();
    thread.join();
  }
  EXPECT_TRUE(are_blocking());
  for (const int fd : {in[0], in[1], out[0], out[1]}) {
    ::close(fd);
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
