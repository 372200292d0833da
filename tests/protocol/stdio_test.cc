// The server over real descriptors, in a child process of its own: what pipes, sockets, files and
// signals do to it.
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <set>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "json/parse.h"
#include "mcp/serve.h"
#include "tests/protocol/test_server.h"
#include "tests/support/mcp_client.h"

namespace {

using support::call;
using support::modern;

constexpr int kLongestMs = 20000;
// For what is left at the end: of a client that takes nothing, and of one that takes all.
constexpr std::chrono::milliseconds kSoon{50};
constexpr std::chrono::milliseconds kLate{kLongestMs};

// A server process; its standard error is the test's.
class Process {
 public:
  // `in` and `out` are the child's ends, closed here; without `out` it has no standard output.
  // `patience` is how long it waits at the end.
  Process(int in, int out, std::chrono::milliseconds patience = kSoon) {
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(in, STDIN_FILENO);
      ::close(STDOUT_FILENO);
      ::dup2(out, STDOUT_FILENO);
      for (int fd = STDERR_FILENO + 1; fd < 256; ++fd) {
        ::close(fd);
      }
      const auto latch = std::make_shared<test_server::Latch>();
      latch->open();
      mcp::Options options;
      options.limits.line_bytes = 2000;
      options.limits.buffered_bytes = 100000;
      options.limits.end_grace = patience;
      options.limits.flush = patience;
      const auto server = test_server::make(latch, options);
      server->add(mcp::Tool{"print",
                            [] {
                              return OrderedJson{{"name", "print"}};
                            },
                            [](const Json&, mcp::Context&) {
                              const std::string noise = "noise on standard output\n";
                              const auto written =
                                  ::write(STDOUT_FILENO, noise.data(), noise.size());
                              return mcp::text_result(std::to_string(written));
                            }});
      std::_Exit(mcp::serve(*server, STDIN_FILENO, STDOUT_FILENO));
    }
    ::close(in);
    ::close(out);
  }
  ~Process() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void signal(int number) const { ::kill(pid_, number); }
  // The exit status; -1 if a signal ended it.
  int wait() {
    int status = 0;
    ::waitpid(std::exchange(pid_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t pid_ = -1;
};

void write_line(int fd, std::string text) {
  text += '\n';
  ASSERT_EQ(::write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
}

// The next line, without its end; "" at the end of the stream or after 20 s.
std::string read_line(int fd) {
  std::string line;
  char c = 0;
  pollfd ready = {fd, POLLIN, 0};
  while (::poll(&ready, 1, kLongestMs) > 0 && ::read(fd, &c, 1) == 1) {
    if (c == '\n') {
      return line;
    }
    line += c;
  }
  return line;
}

class Stdio : public ::testing::Test {
 protected:
  void SetUp() override {
    std::signal(SIGPIPE, SIG_IGN);
    ASSERT_EQ(::pipe(to_), 0);
    ASSERT_EQ(::pipe(from_), 0);
  }
  void TearDown() override {
    close_input();
    close_output();
  }
  void close_input() { ::close(std::exchange(to_[1], -1)); }
  void close_output() { ::close(std::exchange(from_[0], -1)); }

  int to_[2] = {-1, -1};
  int from_[2] = {-1, -1};
};

std::string ping(int id) {
  return json::dump(support::request(id, "ping"));
}

TEST_F(Stdio, AnswersAndEndsWithItsInput) {
  Process server(to_[0], from_[1]);
  write_line(to_[1], ping(1));
  EXPECT_EQ(read_line(from_[0]), R"({"jsonrpc":"2.0","id":1,"result":{}})");
  close_input();
  EXPECT_EQ(read_line(from_[0]), "");
  EXPECT_EQ(server.wait(), 0);
}

TEST_F(Stdio, ALastLineWithoutAnEndCounts) {
  Process server(to_[0], from_[1]);
  const std::string line = ping(1);
  ASSERT_GT(::write(to_[1], line.data(), line.size()), 0);
  close_input();
  EXPECT_NE(read_line(from_[0]), "");
  EXPECT_EQ(server.wait(), 0);
}

TEST_F(Stdio, ReadsAFileAndASocketAndNothing) {
  char name[] = "/tmp/stdio-test-XXXXXX";
  const int file = ::mkstemp(name);
  ::unlink(name);
  write_line(file, ping(1));
  ::lseek(file, 0, SEEK_SET);
  Process from_file(file, from_[1]);
  EXPECT_NE(read_line(from_[0]), "");
  EXPECT_EQ(from_file.wait(), 0);

  int sockets[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
  Process over_socket(sockets[1], ::dup(sockets[1]));
  write_line(sockets[0], ping(2));
  EXPECT_NE(read_line(sockets[0]), "");
  ::shutdown(sockets[0], SHUT_WR);
  EXPECT_EQ(over_socket.wait(), 0);
  ::close(sockets[0]);

  Process nothing(::open("/dev/null", O_RDONLY), ::open("/dev/null", O_WRONLY));
  EXPECT_EQ(nothing.wait(), 0);
}

TEST_F(Stdio, ASignalEndsARunningRequest) {
  for (const int number : {SIGTERM, SIGINT}) {
    int to[2];
    int from[2];
    ASSERT_EQ(::pipe(to), 0);
    ASSERT_EQ(::pipe(from), 0);
    Process server(to[0], from[1]);
    write_line(to[1], json::dump(modern(1, "tools/call", call("wait"))));
    write_line(to[1], ping(2));
    EXPECT_NE(read_line(from[0]), "");
    server.signal(number);
    EXPECT_EQ(server.wait(), 0) << number;
    ::close(to[1]);
    ::close(from[0]);
  }
}

TEST_F(Stdio, AtTheEndOfInputARunningRequestIsCancelledAfterAGrace) {
  Process server(to_[0], from_[1]);
  write_line(to_[1], json::dump(modern(1, "tools/call", call("wait"))));
  close_input();
  EXPECT_NE(read_line(from_[0]).find("stopped"), std::string::npos);
  EXPECT_EQ(server.wait(), 0);
}

TEST_F(Stdio, AClientThatClosesItsEndIsTheEnd) {
  Process server(to_[0], from_[1]);
  close_output();
  write_line(to_[1], ping(1));
  EXPECT_EQ(server.wait(), 0);
}

TEST_F(Stdio, WithoutStandardOutputThereIsNobodyToServe) {
  Process server(to_[0], -1);
  EXPECT_EQ(server.wait(), 0);
}

TEST_F(Stdio, WhatOtherCodePrintsDoesNotReachTheWire) {
  Process server(to_[0], from_[1]);
  write_line(to_[1], json::dump(modern(1, "tools/call", call("print"))));
  EXPECT_EQ(Json::parse(read_line(from_[0]))["id"], 1);
  close_input();
  EXPECT_EQ(read_line(from_[0]), "");
}

TEST_F(Stdio, OverlongLinesAreDiscardedWithOneError) {
  Process server(to_[0], from_[1]);
  write_line(to_[1], std::string(50000, 'x'));
  write_line(to_[1], ping(2));
  EXPECT_NE(read_line(from_[0]).find("-32600"), std::string::npos);
  EXPECT_NE(read_line(from_[0]).find("\"id\":2"), std::string::npos);
}

// More requests at once than may run: all are read in one go, and each has its answer.
TEST_F(Stdio, ABurstInOneWriteIsAnsweredWhole) {
  Process server(to_[0], from_[1], kLate);
  constexpr int kRequests = 100;
  std::string burst;
  for (int id = 0; id < kRequests; ++id) {
    burst += json::dump(modern(id, "tools/call", call("echo"))) + "\n";
  }
  burst.pop_back();
  write_line(to_[1], burst);
  std::set<int> ids;
  for (int i = 0; i < kRequests; ++i) {
    const Json answer = Json::parse(read_line(from_[0]));
    EXPECT_TRUE(answer.contains("result")) << answer;
    ids.insert(answer["id"].get<int>());
  }
  EXPECT_EQ(ids.size(), kRequests);
  close_input();
  EXPECT_EQ(read_line(from_[0]), "");
  EXPECT_EQ(server.wait(), 0);
}

// Of one read as well, and although it stands before the quick one.
TEST_F(Stdio, AQuickRequestDoesNotWaitForSlowOnes) {
  Process server(to_[0], from_[1]);
  std::string burst;
  for (int id = 1; id <= 20; ++id) {
    burst += json::dump(modern(id, "tools/call", call("wait"))) + "\n";
  }
  write_line(to_[1], burst + json::dump(modern(21, "tools/call", call("echo"))));
  EXPECT_EQ(Json::parse(read_line(from_[0]))["id"], 21);
  write_line(to_[1], ping(22));
  EXPECT_EQ(Json::parse(read_line(from_[0]))["id"], 22);
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(), 0);
}

TEST_F(Stdio, ASignalWaitsForTheHandlerThatItCancels) {
  Process server(to_[0], from_[1]);
  write_line(to_[1], json::dump(modern(1, "tools/call", call("wait"))));
  write_line(to_[1], ping(2));
  EXPECT_EQ(Json::parse(read_line(from_[0]))["id"], 2);
  server.signal(SIGTERM);
  EXPECT_NE(read_line(from_[0]).find("stopped"), std::string::npos);
  EXPECT_EQ(server.wait(), 0);
}

// The descriptors of a client that shares them, such as those of a terminal.
TEST_F(Stdio, DescriptorsThatAreSharedStayBlocking) {
  const int in = ::dup(to_[0]);
  const int out = ::dup(from_[1]);
  const auto are_blocking = [&] {
    return ((::fcntl(in, F_GETFL) | ::fcntl(out, F_GETFL)) & O_NONBLOCK) == 0;
  };
  {
    Process server(to_[0], from_[1]);
    write_line(to_[1], json::dump(modern(1, "tools/call", call("echo"))));
    EXPECT_NE(read_line(from_[0]), "");
    EXPECT_TRUE(are_blocking());
    server.signal(SIGTERM);
    EXPECT_EQ(server.wait(), 0);
  }
  EXPECT_TRUE(are_blocking());
  ::close(in);
  ::close(out);
}

constexpr std::size_t kMax = 4000000;  // far more than the bound and the pipes hold

// Writes and never reads, until the server stops reading, so that the pipe fills up. Returns how
// much that was.
std::size_t fill(int fd) {
  ::fcntl(fd, F_SETFL, O_NONBLOCK);
  const std::string line = ping(1) + "\n";
  std::size_t sent = 0;
  pollfd ready = {fd, POLLOUT, 0};
  while (sent<kMax&& ::poll(&ready, 1, 1000)> 0) {
    const auto count = ::write(fd, line.data(), line.size());
    if (count > 0) {
      sent += static_cast<std::size_t>(count);
    }
  }
  return sent;
}

TEST_F(Stdio, AClientThatDoesNotReadIsNotReadEither) {
  Process server(to_[0], from_[1]);
  EXPECT_LT(fill(to_[1]), kMax);
  server.signal(SIGTERM);
  EXPECT_EQ(server.wait(), 0);
}

TEST_F(Stdio, TheEndOfInputIsSeenThoughTheClientDoesNotRead) {
  Process server(to_[0], from_[1]);
  EXPECT_LT(fill(to_[1]), kMax);
  close_input();
  EXPECT_EQ(server.wait(), 0);
}

// Far more requests than may run and wait.
TEST_F(Stdio, RequestsAreReadAsTheyCanBeServed) {
  char name[] = "/tmp/stdio-test-XXXXXX";
  const int file = ::mkstemp(name);
  ::unlink(name);
  constexpr int kRequests = 3000;
  for (int i = 0; i < kRequests; ++i) {
    write_line(file, json::dump(modern(i, "tools/call", call("echo"))));
  }
  ::lseek(file, 0, SEEK_SET);
  Process server(file, from_[1], kLate);
  for (int i = 0; i < kRequests; ++i) {
    ASSERT_TRUE(Json::parse(read_line(from_[0])).contains("result"));
  }
  EXPECT_EQ(server.wait(), 0);
}

// All that was sent is answered, though the client reads late.
TEST_F(Stdio, NothingIsLostOnAClientThatReadsLate) {
  Process server(to_[0], from_[1], kLate);
  for (int i = 0; i < 1000; ++i) {
    write_line(to_[1], ping(i));
  }
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(Json::parse(read_line(from_[0]))["id"], i);
  }
  close_input();
  EXPECT_EQ(server.wait(), 0);
}

}  // namespace
