// Whether everything a rollout needs is in place (specification, section 9, `doctor`): one check
// for each thing, with what to do where it is missing. Looks and changes nothing: not the clone, no
// lock, no file but in a directory of its own among the temporary ones, which is gone afterwards.
// Knows nothing of MCP or of the command line.
#pragma once

#include <string>
#include <vector>

#include "engine/base/host.h"
#include "engine/config/project.h"
#include "engine/doctor/doctor_check.h"

namespace engine {

struct DoctorReport {
  std::vector<DoctorCheck> checks;

  // Nothing is missing.
  bool ready() const;
  // The names of what is missing.
  std::vector<std::string> missing() const;
};

// Makes every check, also after one that failed; gh, the signer, the cluster and the remote are
// asked side by side. Takes as long as the slowest of them, at most the time limit of one child
// process.
DoctorReport examine(const Host& host, const ProjectRequest& project, const CallContext& call);

}  // namespace engine
