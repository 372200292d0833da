// What the engine and the server do when the system refuses them a wake-up, a thread or a larger
// file. This program's own read(), write(), epoll_ctl() and pthread_create() stand before those of
// the C library, and fail on request.
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <dlfcn.h>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <pthread.h>
#include <string>
#include <thread>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "engine/base/write_file.h"
#include "engine/config/project.h"
#include "engine/git/commands.h"
#include "engine/git/failure.h"
#include "engine/process/process_runner.h"
#include "mcp/serve.h"
#include "mcp/server.h"
#include "tests/support/git_sandbox.h"
#include "tests/support/temporary_directory.h"

namespace {

// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables): functions of C have no object
std::atomic<bool> no_wake_up = false;
std::atomic<bool> no_thread = false;
std::atomic<int> error_of_output = 0;  // of the next read() of what a child wrote
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)

class While {
 public:
  explicit While(std::atomic<bool>& fault) : fault_(fault) { fault_ = true; }
  ~While() { fault_ = false; }
  While(const While&) = delete;
  While& operator=(const While&) = delete;

 private:
  std::atomic<bool>& fault_;
};

}  // namespace

// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): the C library's are reserved
extern "C" ssize_t write(int fd, const void* bytes, size_t count) {
  if (no_wake_up && count == 1) {
    errno = EIO;
    return -1;
  }
  return ::syscall(SYS_write, fd, bytes, count);
}

// asio wakes a thread up with a change of what it waits for, which has EPOLLPRI for descriptors.
extern "C" int epoll_ctl(int epoll, int operation, int fd, epoll_event* event) {
  if (no_wake_up && operation == EPOLL_CTL_MOD && (event->events & EPOLLPRI) == 0) {
    errno = ENOMEM;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_epoll_ctl, epoll, operation, fd, event));
}

extern "C" ssize_t read(int fd, void* bytes, size_t count) {
  constexpr size_t kOfOutput = 65'536;
  if (const int error = count == kOfOutput ? error_of_output.exchange(0) : 0; error != 0) {
    errno = error;
    return -1;
  }
  return ::syscall(SYS_read, fd, bytes, count);
}

extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                              void* (*start)(void*), void* argument) {
  if (no_thread) {
    return EAGAIN;
  }
  static const auto real =
      reinterpret_cast<decltype(&pthread_create)>(::dlsym(RTLD_NEXT, "pthread_create"));
  return real(thread, attributes, start, argument);
}
// NOLINTEND(readability-inconsistent-declaration-parameter-name)

namespace {

namespace fs = std::filesystem;

using engine::ProcessResult;
using std::chrono::seconds;
using testing::HasSubstr;

// `git` is a script of the test's.
class SystemFaults : public testing::Test {
 protected:
  ProcessResult run(const std::string& script, std::chrono::milliseconds limit = seconds(30),
                    const std::stop_token& stop = {}) {
    const fs::path git = directory_.write("bin/git", "#!/bin/sh\n" + script + "\n");
    fs::permissions(git, fs::perms::owner_all);
    const engine::Environment environment(
        {{"PATH", (directory_.path() / "bin").string() + ":/usr/bin:/bin"}});
    const engine::Command command = engine::GitCommands(environment, engine::TlsVerification::off,
                                                        directory_.path(), std::nullopt)
                                        .list_head();
    return engine::ProcessRunner(environment, seconds(30)).run(command, stop, limit);
  }
  std::string path(const char* name) const { return (directory_.path() / name).string(); }

  test::TemporaryDirectory directory_;
};

TEST_F(SystemFaults, AChildsEndIsSeenThoughItsWakeUpIsLost) {
  const While fault(no_wake_up);
  const ProcessResult completion = run("echo out; exit 3");
  EXPECT_EQ(completion.kind, ProcessResult::Kind::exited);
  EXPECT_EQ(completion.status, 3);
  EXPECT_EQ(completion.out, "out\n");
}

TEST_F(SystemFaults, AChildThatHoldsNoPipeIsSeenToo) {
  const While fault(no_wake_up);
  EXPECT_EQ(run("exec >&- 2>&-; sleep 0.1; exit 4").status, 4);
}

TEST_F(SystemFaults, ThatAChildLeftAnotherOneBehindMakesNoDifference) {
  const While fault(no_wake_up);
  EXPECT_EQ(run("sleep 3 & exit 5").status, 5);
}

TEST_F(SystemFaults, AChildIsEndedAtItsTimeLimitThoughWakeUpsAreLost) {
  const While fault(no_wake_up);
  EXPECT_EQ(run("trap '' TERM; sleep 60", std::chrono::milliseconds(200)).kind,
            ProcessResult::Kind::timed_out);
}

TEST_F(SystemFaults, AChildIsEndedWhenToldToStopThoughWakeUpsAreLost) {
  std::stop_source stop;
  std::thread stopper([&] {
    while (!fs::exists(path("begun"))) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    stop.request_stop();
  });
  const While fault(no_wake_up);
  EXPECT_EQ(run("echo > '" + path("begun") + "'; sleep 60", seconds(30), stop.get_token()).kind,
            ProcessResult::Kind::cancelled);
  stopper.join();
}

TEST_F(SystemFaults, AChildWhoseOutputCannotBeReadHasNotSaidNothing) {
  error_of_output = EIO;
  const ProcessResult completion = run("echo hello; echo there >&2");
  EXPECT_EQ(completion.kind, ProcessResult::Kind::lost);
  EXPECT_FALSE(completion.ok());
  EXPECT_THAT(completion.err, HasSubstr("Input/output error"));
}

TEST_F(SystemFaults, OutputThatIsThereIsReadThoughTheSystemSaysThatItIsNot) {
  for (int round = 0; round < 20; ++round) {
    error_of_output = EAGAIN;
    EXPECT_EQ(run("echo hello").out, "hello\n");
  }
}

TEST_F(SystemFaults, AChildNeedsNoThread) {
  const While fault(no_thread);
  const ProcessResult completion = run("sleep 3 & echo out; exit 6");
  EXPECT_EQ(completion.status, 6);
  EXPECT_EQ(completion.out, "out\n");
  EXPECT_EQ(run("sleep 60", std::chrono::milliseconds(200)).kind, ProcessResult::Kind::timed_out);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child was not reaped";
}

// What a server over pipes says to one line, and how it ends.
class SystemFaultsServer : public SystemFaults {
 protected:
  SystemFaultsServer() {
    EXPECT_EQ(::pipe(in_), 0);
    EXPECT_EQ(::pipe(out_), 0);
  }
  ~SystemFaultsServer() override {
    for (const int fd : {in_[0], out_[0], out_[1]}) {
      ::close(fd);
    }
  }
  std::string answer() {
    std::string line(65536, '\0');
    const ssize_t count = ::read(out_[0], line.data(), line.size());
    line.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return line;
  }
  void ask(const std::string& line) {
    ASSERT_EQ(::write(in_[1], line.data(), line.size()), static_cast<ssize_t>(line.size()));
  }

  static constexpr const char* kPing = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n";
  int in_[2] = {-1, -1};
  int out_[2] = {-1, -1};
};

TEST_F(SystemFaultsServer, ASignalEndsTheServerThoughItsWakeUpIsLost) {
  mcp::Server server({});
  auto status = std::async(std::launch::async, [&] { return mcp::serve(server, in_[0], out_[1]); });
  ask(kPing);
  EXPECT_THAT(answer(), HasSubstr("\"id\":1"));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));  // until it waits again
  {
    const While fault(no_wake_up);
    ::raise(SIGTERM);
    EXPECT_EQ(status.wait_for(seconds(20)), std::future_status::ready);
  }
  ::close(in_[1]);
  EXPECT_EQ(status.get(), 0);
}

TEST_F(SystemFaultsServer, AServerNeedsNoSecondThread) {
  mcp::Server server({});
  std::promise<void> begin;
  auto status = std::async(std::launch::async, [&] {
    begin.get_future().wait();
    return mcp::serve(server, in_[0], out_[1]);
  });
  const While fault(no_thread);
  begin.set_value();
  server.set([](const Json&, std::string_view, std::string_view, const Json&, mcp::Context&) {
    return std::optional(mcp::Completions{{"done"}});
  });
  ask(R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25"}})"
      "\n");
  EXPECT_THAT(answer(), HasSubstr("\"id\":0"));
  ask(R"({"jsonrpc":"2.0","id":2,"method":"completion/complete","params":{"ref":{},)"
      R"("argument":{"name":"a","value":""}}})"
      "\n");
  EXPECT_THAT(answer(), HasSubstr("done"));
  ::close(in_[1]);
  EXPECT_EQ(status.get(), 0);
}

// In a process of its own, since the limit holds for all of it.
int in_a_child(const std::function<bool()>& succeeds) {
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit limit = {4096, 4096};
    ::_exit(::setrlimit(RLIMIT_FSIZE, &limit) == 0 && succeeds() ? 0 : 1);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return status;
}

TEST_F(SystemFaults, AFileThatIsTooLargeIsARefusal) {
  EXPECT_EQ(in_a_child([&] {
              ::signal(SIGXFSZ, SIG_IGN);
              const auto written = engine::write_file(path("file"), std::string(10000, 'x'), 022);
              return !written && written.error().code == engine::Code::disk_full &&
                     !fs::exists(path("file"));
            }),
            0);
}

TEST_F(SystemFaults, AChildHasTheSignalAtItsDefaultAndIsNamed) {
  EXPECT_EQ(in_a_child([&] {
              ::signal(SIGXFSZ, SIG_IGN);
              const ProcessResult completion = run("kill -XFSZ $$; echo survived");
              const engine::Error error = engine::git_not_run(completion, "fetch", seconds(1));
              return completion.kind == ProcessResult::Kind::signalled &&
                     completion.status == SIGXFSZ && error.code == engine::Code::disk_full &&
                     error.message.find("size limit") != std::string::npos;
            }),
            0);
}

TEST_F(SystemFaultsServer, TheServerOutlivesAFullOutputFile) {
  EXPECT_EQ(in_a_child([&] {
              std::ofstream(path("out")) << std::string(4096, ' ');
              const int out = ::open(path("out").c_str(), O_WRONLY | O_APPEND);
              ask(kPing);
              ::close(in_[1]);
              mcp::Server server({});
              return mcp::serve(server, in_[0], out) == 0;
            }),
            0);
}

// Whichever file of the project it is for which there is no descriptor left.
TEST(SystemFaultsProject, WithoutDescriptorsIsNotCalledBroken) {
  const test::GitSandbox sandbox;
  const fs::path project = sandbox.path() / "project";
  fs::create_directories(project);
  sandbox.git(project, {"init", "-q", "-b", "main"});
  sandbox.git(project, {"commit", "-q", "--allow-empty", "-m", "A"});
  const test::SandboxHost host(sandbox);
  engine::ProjectRequest request;
  request.directory = project.string();
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const int next = ::dup(STDIN_FILENO);
  ASSERT_GE(next, 0);
  ::close(next);
  bool done = false;
  int refused = 0;
  for (int spare = 0; !done && spare < 32; ++spare) {
    rlimit few = limit;
    few.rlim_cur = static_cast<rlim_t>(next + spare);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
    const auto read = engine::read_project(host.host, request, {.head = true}, {});
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
    done = read.has_value();
    if (!done) {
      ++refused;
      EXPECT_EQ(read.error().code, engine::Code::internal) << spare << ": " << read.error().message;
      EXPECT_THAT(read.error().message, HasSubstr("Too many open files"));
    }
  }
  EXPECT_TRUE(done);
  EXPECT_GT(refused, 2);
}

}  // namespace
