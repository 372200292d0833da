#include "bench/child.h"

#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <sys/resource.h>
#include <sys/wait.h>

#include "engine/base/host.h"
#include "engine/process/spawn.h"

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
  engine::Pipe in;
  engine::Pipe out;
  for (engine::Pipe* const pipe : {&in, &out}) {
    errno = engine::make_pipe(*pipe);
    check(errno == 0, "pipe");
  }
  static const engine::Environment environment = engine::Environment::of_process();
  engine::SpawnRequest request;
  request.file = command_line.at(0);
  request.arguments = std::move(command_line);
  request.environment = environment.all();
  request.in = in.read.get();
  request.out = out.write.get();
  request.own_session = false;
  errno = engine::spawn(request, pid_);
  check(errno == 0, request.file.c_str());
  in_ = std::move(in.write);
  out_ = std::move(out.read);
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)), in_(std::move(other.in_)), out_(std::move(other.out_)) {}

Child::~Child() {
  wait();
}

void Child::write(std::string_view lines) const {
  while (!lines.empty()) {
    const ssize_t size = ::write(in_.get(), lines.data(), lines.size());
    check(size > 0, "write");
    lines.remove_prefix(static_cast<std::size_t>(size));
  }
}

std::string Child::read() const {
  std::string text(65536, '\0');
  const ssize_t size = ::read(out_.get(), text.data(), text.size());
  check(size >= 0, "read");
  if (size == 0) {
    throw std::runtime_error("the server ended without an answer");
  }
  text.resize(static_cast<std::size_t>(size));
  return text;
}

void Child::ask(std::string_view line, bool is_refused) const {
  write(line);
  std::string answer = read();
  while (answer.back() != '\n') {
    answer += read();
  }
  const bool refuses = answer.find(R"("error":)") != std::string::npos ||
                       answer.find(R"("isError":true)") != std::string::npos;
  if (refuses != is_refused) {
    throw std::runtime_error("the server answers: " + answer);
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
  in_.close();
  wait4(pid_, nullptr, 0, &usage);
  out_.close();
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
