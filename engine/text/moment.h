// Points in time as people and programs read them. Pure functions, for any thread.
#pragma once

#include <chrono>
#include <string>

namespace engine {

using Moment = std::chrono::sys_seconds;

// How long before `now` that was: "12 minutes ago", "1 hour ago", "2 days ago", in whole units, and
// "just now" for less than a minute and for a clock that is ahead.
std::string ago(Moment then, Moment now);

// "2026-01-31T12:00:00Z" (RFC 3339, UTC). Empty for a year that the system's calendar does not
// have.
std::string in_utc(Moment moment);

}  // namespace engine
