// One thing that doctor looked at, and what it found.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/error.h"

namespace engine {

struct DoctorCheck {
  enum class State {
    ok,
    note,     // in place, but worth knowing
    missing,  // a rollout would be refused: `code` says how
    skipped,  // cannot be told before another thing is in place
  };
  std::string name;  // what is checked, for programs too: "git", "envs.json"
  State state = State::ok;
  std::string message;
  std::string hint = {};
  std::optional<Code> code = {};
};

// The four outcomes.
DoctorCheck in_place(std::string name, std::string message);
DoctorCheck noted(std::string name, std::string message, std::string hint);
DoctorCheck missing(std::string name, const Error& error);
DoctorCheck skipped(std::string name, std::string_view needed);

}  // namespace engine
