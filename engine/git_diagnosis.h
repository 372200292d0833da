// Why git failed, read from what it wrote: the part of engine/git_failure.h that knows git's, ssh's
// and curl's wordings (in the C locale). Pure functions, for any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/lower_case.h"

namespace engine {

// The cause of a failure, finer than its code where the advice differs.
enum class Cause {
  tls,
  host_key,
  ssh_key,
  token,
  no_repository,
  unreachable,  // no connection came about
  broken_off,   // it did, and then broke
  server_error,
  no_ssh,
  no_transport,
  no_branch,
  disk_full,
  lock_file,
  no_identity,
  object_format,
  ownership,
  bad_configuration,
};

// A cause, and the line that told, cleaned and without secrets.
struct Diagnosis {
  Cause cause;
  std::string line;
};

// Nothing for a failure that is not recognised.
std::optional<Diagnosis> diagnose(std::string_view err);

// The lines that are not empty; a carriage return ends one as well.
std::vector<std::string_view> lines_of(std::string_view text);

// One line of a program's, as it may be shown: cleaned and without secrets.
std::string shown_line(std::string_view line);

}  // namespace engine
