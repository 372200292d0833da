#include "bench/child.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <spawn.h>
#include <stdexcept>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <sys/resource.h>
#include <sys/wait.h>

extern char** environ;  // NOLINT(readability-identifier-naming): POSIX's name

namespace bench {
namespace {

void check(bool good, const char* what) {
  if (!good) {
    throw std::system_error(errno, std::generic_category(), what);
  }
}

double milliseconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
}

}  // namespace

Child::Child(std::vector<std::string> command_line) {
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  check(pipe(in.data()) == 0 && pipe(out.data()) == 0, "pipe");
  for (const int fd : {in[0], in[1], out[0], out[1]}) {
    check(fcntl(fd, F_SETFD, FD_CLOEXEC) == 0, "fcntl");
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  std::vector<char*> arguments;
  arguments.reserve(command_line.size() + 1);
  for (std::string& argument : command_line) {
    arguments.push_back(argument.data());
  }
  arguments.push_back(nullptr);
  errno = posix_spawn(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ);
  check(errno == 0, arguments[0]);
  posix_spawn_file_actions_destroy(&actions);
  close(in[0]);
  close(out[1]);
  in_ = in[1];
  out_ = out[0];
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)), in_(other.in_), out_(other.out_) {}

Child::~Child() {
  wait();
}

void Child::write(std::string_view lines) const {
  while (!lines.empty()) {
    const ssize_t size = ::write(in_, lines.data(), lines.size());
    check(size > 0, "write");
    lines.remove_prefix(static_cast<std::size_t>(size));
  }
}

std::string Child::read() const {
  std::string text(65536, '\0');
  const ssize_t size = ::read(out_, text.data(), text.size());
  check(size >= 0, "read");
  if (size == 0) {
    throw std::runtime_error("the server ended without an answer");
  }
  text.resize(static_cast<std::size_t>(size));
  return text;
}

void Child::ask(std::string_view line) const {
  write(line);
  std::string answer = read();
  while (answer.back() != '\n') {
    answer += read();
  }
  for (const std::string_view sign : {R"("error":)", R"("isError":true)"}) {
    if (answer.find(sign) != std::string::npos) {
      throw std::runtime_error("the server answers: " + answer);
    }
  }
}

double Child::resident_memory() const {
  const std::string command = "ps -o rss= -p " + std::to_string(pid_);
  FILE* ps = popen(command.c_str(), "r");  // NOLINT(cert-env33-c): a fixed command of a bench
  check(ps != nullptr, "ps");
  double kibibytes = 0;
  const int read = fscanf(ps, "%lf", &kibibytes);  // NOLINT(cert-err34-c): checked below
  pclose(ps);
  if (read != 1) {
    throw std::runtime_error("ps does not tell the resident memory");
  }
  return kibibytes;
}

double Child::wait() {
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

std::vector<std::vector<std::string>> command_lines(const std::vector<std::string>& arguments) {
  std::vector<std::vector<std::string>> lines;
  for (const std::string& argument : arguments) {
    if (argument == "--") {
      lines.emplace_back();
    } else if (!lines.empty()) {
      lines.back().push_back(argument);
    }
  }
  return lines;
}

std::string json(const std::vector<double>& values) {
  std::string text;
  for (const double value : values) {
    text += (text.empty() ? "" : ",") + std::to_string(value);
  }
  return "[" + text + "]";
}

}  // namespace bench
