// How long programs take from their start to their first answer, or to their end, and how much
// processor time. Runs of all alternate, so that a noisy machine disturbs them alike.
//
//   bench_start ROUNDS (-- end|initialize|discover PROGRAM [ARGUMENT...])...
//
// Prints a JSON array, for each program {"elapsed": [ms], "processor": [ms]}.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/child.h"

namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr std::string_view kDiscover =
    R"({"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":{)"
    R"("io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
    R"("io.modelcontextprotocol/clientCapabilities":{}}}})"
    "\n";

struct Contender {
  std::string_view request;  // none: measured to its end
  std::vector<std::string> command_line;
  std::vector<double> elapsed = {};
  std::vector<double> processor = {};

  void run() {
    const auto start = Clock::now();
    bench::Child child(command_line);
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

Contender make_contender(std::vector<std::string> words) {
  if (words.size() < 2) {
    throw std::runtime_error("a contender is: end|initialize|discover PROGRAM [ARGUMENT...]");
  }
  const std::string until = words.front();
  words.erase(words.begin());
  if (until == "end") {
    return {{}, std::move(words)};
  }
  return {until == "discover" ? kDiscover : bench::kInitialize, std::move(words)};
}

void measure(int rounds, const std::vector<std::string>& arguments) {
  std::vector<Contender> contenders;
  for (auto& line : bench::command_lines(arguments)) {
    contenders.push_back(make_contender(std::move(line)));
  }
  for (int round = 0; round < rounds; ++round) {
    for (Contender& contender : contenders) {
      contender.run();
    }
  }
  const char* separator = "[";
  for (const Contender& contender : contenders) {
    std::printf("%s{\"elapsed\":%s,\"processor\":%s}", separator,
                bench::json(contender.elapsed).c_str(), bench::json(contender.processor).c_str());
    separator = ",\n";
  }
  std::puts("]");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fputs("usage: bench_start ROUNDS (-- end|initialize|discover PROGRAM [ARGUMENT...])...\n",
               stderr);
    return 2;
  }
  try {
    measure(std::max(1, std::atoi(argv[1])), {argv + 2, argv + argc});
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_start: %s\n", error.what());
    return 1;
  }
}
