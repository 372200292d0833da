// How fast running servers answer requests, one after the other and with several in flight, and how
// much memory they hold. The servers run side by side and are called in turn, so
// that a noisy machine disturbs them alike.
//
//   bench_calls ROUNDS CALLS IN_FLIGHT (-- WHAT ARGUMENTS PROGRAM [ARGUMENT...])...
//
// WHAT is a tool, or a method, which has a slash and whose params ARGUMENTS are; a "!" stands
// before one that has to be refused. CALLS is how many a round has, one after the other and then in
// flight; a thousand come before. Of those that take long there are fewer. Prints a JSON array, for
// each server {"latency": [us], "throughput": [calls a second], "idle": KiB, "resident": KiB after
// the first thousand}.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "bench/child.h"

namespace {

using Clock = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;
using Seconds = std::chrono::duration<double>;

constexpr int kFirstCalls = 1000;
constexpr Seconds kPatience{5};  // for one row of calls
constexpr std::string_view kInitialized =
    R"({"jsonrpc":"2.0","method":"notifications/initialized"})"
    "\n";

class Contender {
 public:
  explicit Contender(std::vector<std::string> words)
      : is_refused_(words.at(0).starts_with('!')),
        request_(request(words.at(0).substr(is_refused_ ? 1 : 0), words.at(1))),
        child_(std::vector<std::string>(words.begin() + 2, words.end())) {
    child_.ask(bench::kInitialize);
    child_.write(kInitialized);
    std::this_thread::sleep_for(std::chrono::milliseconds(500));  // for what it still wants to do
    idle_ = child_.resident_memory();
    const auto start = Clock::now();
    for (int i = 0; i < kFirstCalls && is_patient(start); ++i) {
      child_.ask(next_call(), is_refused_);
    }
    resident_ = child_.resident_memory();
  }

  void call_in_turn(int calls) {
    const auto begin = Clock::now();
    for (int i = 0; i < calls && is_patient(begin); ++i) {
      const std::string call = next_call();
      const auto start = Clock::now();
      child_.ask(call, is_refused_);
      latency_.push_back(Microseconds(Clock::now() - start).count());
    }
  }

  void call_at_once(int calls, int in_flight) {
    const auto start = Clock::now();
    int sent = 0;
    int answered = 0;
    while (answered < calls && (answered < sent || is_patient(start))) {
      std::string lines;
      for (; sent < calls && sent - answered < in_flight && is_patient(start); ++sent) {
        lines += next_call();
      }
      child_.write(lines);
      const std::string answers = child_.read();
      answered += static_cast<int>(std::count(answers.begin(), answers.end(), '\n'));
    }
    throughput_.push_back(answered / Seconds(Clock::now() - start).count());
  }

  std::string json() const {
    return R"({"latency":)" + bench::json(latency_) + R"(,"throughput":)" +
           bench::json(throughput_) + R"(,"idle":)" + std::to_string(idle_) + R"(,"resident":)" +
           std::to_string(resident_) + "}";
  }

 private:
  static bool is_patient(Clock::time_point since) { return Clock::now() - since < kPatience; }

  // What follows the id.
  static std::string request(const std::string& what, const std::string& arguments) {
    const bool is_method = what.find('/') != std::string::npos;
    return R"(,"method":")" + (is_method ? what : "tools/call") + R"(","params":)" +
           (is_method ? arguments : R"({"name":")" + what + R"(","arguments":)" + arguments + "}") +
           "}\n";
  }

  std::string next_call() {
    return R"({"jsonrpc":"2.0","id":)" + std::to_string(++last_id_) + request_;
  }

  bool is_refused_;
  std::string request_;
  bench::Child child_;
  int last_id_ = 0;
  double idle_ = 0;
  double resident_ = 0;
  std::vector<double> latency_;
  std::vector<double> throughput_;
};

void measure(int rounds, int calls, int in_flight, const std::vector<std::string>& arguments) {
  std::vector<Contender> contenders;
  for (auto& line : bench::command_lines(arguments)) {
    if (line.size() < 3) {
      throw std::runtime_error("a contender is: WHAT ARGUMENTS PROGRAM [ARGUMENT...]");
    }
    contenders.emplace_back(std::move(line));
  }
  for (int round = 0; round < rounds; ++round) {
    for (Contender& contender : contenders) {
      contender.call_in_turn(calls);
    }
    for (Contender& contender : contenders) {
      contender.call_at_once(calls, in_flight);
    }
  }
  const char* separator = "[";
  for (const Contender& contender : contenders) {
    std::printf("%s%s", separator, contender.json().c_str());
    separator = ",\n";
  }
  std::puts("]");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) {
    std::fputs(
        "usage: bench_calls ROUNDS CALLS IN_FLIGHT (-- WHAT ARGUMENTS PROGRAM [ARGUMENT...])...\n",
        stderr);
    return 2;
  }
  const auto number = [argv](int index) { return std::max(1, std::atoi(argv[index])); };
  try {
    measure(number(1), number(2), number(3), {argv + 4, argv + argc});
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_calls: %s\n", error.what());
    return 1;
  }
}
