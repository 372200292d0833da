// How engine::examine()'s findings are shown (specification, section 9, `doctor`): to a person, and
// as the object that schemas/doctor.json describes. Pure functions, for any thread.
#pragma once

#include <string>

#include "engine/doctor/doctor.h"
#include "json/json.h"

namespace tools {

// One line for each check: "ok" and what was found, or what is wrong and what to do.
std::string report(const engine::DoctorReport& findings);

OrderedJson structured(const engine::DoctorReport& findings);

// "Not ready for a rollout: gh, catalog."; empty where nothing is missing.
std::string verdict(const engine::DoctorReport& findings);

}  // namespace tools
