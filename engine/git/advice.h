// What to do about a failure of git's: the hints of engine/git/failure.h. Pure functions, for any
// thread.
#pragma once

#include <string>

#include "engine/git/diagnosis.h"
#include "engine/git/step.h"

namespace engine {

// What to do about `cause`; a whole sentence or more.
std::string advice(Cause cause, const GitStep& step);

// What to do when the disk that holds the clone is full.
std::string advice_for_full_disk(const GitStep& step);

// What to do about a failure that is not known.
std::string advice_for_unknown();

}  // namespace engine
