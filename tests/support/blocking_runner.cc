#include "tests/support/blocking_runner.h"

#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "tests/support/scripted_runner.h"

namespace test {

engine::ProcessResult BlockingRunner::run(const engine::Command& command,
                                          const std::stop_token& stop,
                                          std::chrono::milliseconds time_limit) {
  const std::string line = line_of(command);
  const Run run = [&] { return runner_.run(command, stop, time_limit); };
  Intervention intervention;
  if (line.find(" fetch ") != std::string::npos) {
    intervention = fetches_++ == 0 ? first_fetch : later_fetches;
  } else if (line.find(" push ") != std::string::npos) {
    intervention = pushes_++ == 0 ? first_push : Intervention();
  }
  return intervention ? intervention(run, stop) : run();
}

bool Event::wait(const std::stop_token& stop) const {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!happened_) {
    if (stop.stop_requested()) {
      return false;
    }
    if (std::chrono::steady_clock::now() > end) {
      ADD_FAILURE() << "waited in vain";
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace test
