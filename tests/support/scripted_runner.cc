#include "tests/support/scripted_runner.h"

namespace test {

std::string line_of(const engine::Command& command) {
  std::string line(engine::name(command.program()));
  for (const std::string& argument : command.arguments()) {
    line += " " + argument;
  }
  return line;
}

engine::ProcessResult exited(int status, std::string out, std::string err) {
  return {engine::ProcessResult::Kind::exited, status, std::move(out), std::move(err)};
}

void ScriptedRunner::on(std::string part, Answer answer) {
  const std::scoped_lock lock(mutex_);
  rules_.emplace_back(std::move(part), std::move(answer));
}

void ScriptedRunner::on(std::string part, engine::ProcessResult completion) {
  on(std::move(part),
     [completion = std::move(completion)](const engine::Command&) { return completion; });
}

engine::ProcessResult ScriptedRunner::run(const engine::Command& command, const std::stop_token&,
                                          std::chrono::milliseconds time_limit) {
  const std::string line = line_of(command);
  Answer answer;
  {
    const std::scoped_lock lock(mutex_);
    lines_.push_back(line);
    limits_.push_back(time_limit);
    for (const auto& [part, candidate] : rules_) {
      if (line.find(part) != std::string::npos) {
        answer = candidate;
      }
    }
  }
  return answer ? answer(command) : exited(127, "", "no rule of this test answers: " + line);
}

std::vector<std::string> ScriptedRunner::lines() const {
  const std::scoped_lock lock(mutex_);
  return lines_;
}

std::chrono::milliseconds ScriptedRunner::limit_of(std::string_view part) const {
  const std::scoped_lock lock(mutex_);
  for (std::size_t last = lines_.size(); last > 0; --last) {
    if (lines_[last - 1].find(part) != std::string::npos) {
      return limits_[last - 1];
    }
  }
  return {};
}

engine::Clock::TimePoint FakeClock::now() const {
  const std::scoped_lock lock(mutex_);
  return now_;
}

bool FakeClock::sleep(std::chrono::milliseconds duration, const std::stop_token& stop) {
  const std::scoped_lock lock(mutex_);
  now_ += duration;
  return !stop.stop_requested();
}

}  // namespace test
