#include "engine/base/host.h"

#include <unistd.h>
#include <utility>

#include "locking/mutex.h"

extern char** environ;  // POSIX; unistd.h declares it on some systems only

namespace engine {

Environment::Environment(std::map<std::string, std::string, std::less<>> variables)
    : variables_(std::move(variables)) {}

Environment Environment::of_process() {
  std::map<std::string, std::string, std::less<>> variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view variable(*entry);
    const auto equals = variable.find('=');
    if (equals != std::string_view::npos) {
      variables.emplace(variable.substr(0, equals), variable.substr(equals + 1));
    }
  }
  return Environment(std::move(variables));
}

std::optional<std::string> Environment::get(std::string_view name) const {
  const auto variable = variables_.find(name);
  if (variable == variables_.end() || variable->second.empty()) {
    return std::nullopt;
  }
  return variable->second;
}

std::chrono::system_clock::time_point Clock::wall_time() const {
  return std::chrono::system_clock::now();
}

Clock::TimePoint SteadyClock::now() const {
  return std::chrono::steady_clock::now();
}

bool SteadyClock::sleep(std::chrono::milliseconds duration, const std::stop_token& stop) {
  // Guards nothing: only a wait that can be stopped asks for one.
  locking::Mutex mutex;
  locking::StoppableCondition stopped;
  const locking::MutexLock lock(mutex);
  return !stopped.wait_for(mutex, stop, duration, [&] { return stop.stop_requested(); });
}

}  // namespace engine
