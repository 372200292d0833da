// How long the server takes from its start to its first answer, beside what starting anything costs
// here, and how much memory it holds while idle. Runs of all subjects alternate, so that a noisy
// machine disturbs them alike; read the ratios, not the milliseconds.
//
//   bench_start SERVER EMPTY_PROGRAM [RUNS]
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <optional>
#include <poll.h>
#include <spawn.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <vector>

#include <sys/resource.h>
#include <sys/wait.h>

extern char** environ;  // NOLINT(readability-identifier-naming): POSIX's name

namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr std::string_view kInitialize =
    R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25",)"
    R"("capabilities":{},"clientInfo":{"name":"bench","version":"1"}}})"
    "\n";
constexpr std::string_view kDiscover =
    R"({"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":{)"
    R"("io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
    R"("io.modelcontextprotocol/clientCapabilities":{}}}})"
    "\n";

void check(bool good, const char* what) {
  if (!good) {
    throw std::system_error(errno, std::generic_category(), what);
  }
}

double milliseconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
}

// A program with pipes at its standard input and output; stderr is ours.
class Child {
 public:
  explicit Child(const std::string& program) {
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    check(pipe(in.data()) == 0 && pipe(out.data()) == 0, "pipe");
    for (const int fd : {in[1], out[0]}) {
      check(fcntl(fd, F_SETFD, FD_CLOEXEC) == 0, "fcntl");
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, in[0]);
    posix_spawn_file_actions_addclose(&actions, out[1]);
    std::string name = program;
    std::array<char*, 2> arguments = {name.data(), nullptr};
    errno = posix_spawn(&pid_, name.c_str(), &actions, nullptr, arguments.data(), environ);
    check(errno == 0, program.c_str());
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    in_ = in[1];
    out_ = out[0];
  }
  ~Child() { wait(); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid() const { return pid_; }

  // Writes a request and waits for a line.
  void ask(std::string_view line) const {
    check(write(in_, line.data(), line.size()) == static_cast<ssize_t>(line.size()), "write");
    char last = 0;
    std::array<char, 65536> buffer{};
    while (last != '\n') {
      const ssize_t size = read(out_, buffer.data(), buffer.size());
      check(size >= 0, "read");
      if (size == 0) {
        throw std::runtime_error("the server ended without an answer");
      }
      last = buffer.at(static_cast<std::size_t>(size) - 1);
    }
  }

  // Closes the pipes and waits for the end. The processor time that the child took, in ms.
  double wait() {
    if (pid_ <= 0) {
      return 0;
    }
    rusage usage{};
    close(in_);
    wait4(pid_, nullptr, 0, &usage);
    close(out_);
    pid_ = 0;
    return milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime);
  }

 private:
  pid_t pid_ = 0;
  int in_ = -1;
  int out_ = -1;
};

double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

struct Subject {
  std::string title;
  std::string program;
  std::string_view request;          // none: measured to its end
  std::vector<double> elapsed = {};  // ms to the answer
  std::vector<double> processor = {};

  void run() {
    const auto start = Clock::now();
    Child child(program);
    if (request.empty()) {
      processor.push_back(child.wait());
      elapsed.push_back(Milliseconds(Clock::now() - start).count());
    } else {
      child.ask(request);
      elapsed.push_back(Milliseconds(Clock::now() - start).count());
      processor.push_back(child.wait());
    }
  }
};

// Resident memory in MiB, where the system tells (Linux); elsewhere what ps says.
std::optional<double> resident_memory(pid_t pid) {
  constexpr double kKibibytes = 1024;
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) {
      return std::strtod(line.c_str() + 6, nullptr) / kKibibytes;
    }
  }
  const std::string command = "ps -o rss= -p " + std::to_string(pid);
  FILE* ps = popen(command.c_str(), "r");  // NOLINT(cert-env33-c): a fixed command of a bench
  if (ps == nullptr) {
    return std::nullopt;
  }
  double kibibytes = 0;
  const int read = fscanf(ps, "%lf", &kibibytes);  // NOLINT(cert-err34-c): checked below
  pclose(ps);
  return read == 1 ? std::optional(kibibytes / kKibibytes) : std::nullopt;
}

// Once it has answered and has had time to do whatever it still wants to do.
std::optional<double> idle_memory(const std::string& server) {
  Child child(server);
  child.ask(kInitialize);
  poll(nullptr, 0, 500);
  return resident_memory(child.pid());
}

void measure(const std::string& server, const std::string& empty, int runs) {
  std::vector<Subject> subjects = {
      {"/bin/true, to its end", "/bin/true", {}},
      {"an empty program with the same libraries", empty, {}},
      {"rollout-mcp, to the answer to initialize", server, kInitialize},
      {"rollout-mcp, to the answer to server/discover", server, kDiscover},
  };
  for (int i = 0; i < runs; ++i) {
    for (Subject& subject : subjects) {
      subject.run();
    }
  }
  const double elapsed = median(subjects.front().elapsed);
  const double processor = median(subjects.front().processor);
  std::printf(
      "median of %4d alternating runs                   ms  x /bin/true  processor ms  ratio\n",
      runs);
  for (Subject& subject : subjects) {
    const double time = median(subject.elapsed);
    const double used = median(subject.processor);
    std::printf("%-43s%9.2f%13.1f%14.2f%7.1f\n", subject.title.c_str(), time, time / elapsed, used,
                used / processor);
  }
  std::puts("target                                                   <= 7.0");
  if (const auto memory = idle_memory(server)) {
    std::printf("\nidle resident memory, MiB (target: under 14)%13.1f\n", *memory);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3 || argc > 4) {
    std::fputs("usage: bench_start SERVER EMPTY_PROGRAM [RUNS]\n", stderr);
    return 2;
  }
  try {
    measure(argv[1], argv[2], argc == 4 ? std::max(1, std::atoi(argv[3])) : 301);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_start: %s\n", error.what());
    return 1;
  }
}
