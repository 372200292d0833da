#include <cerrno>
#include <system_error>
#include <unistd.h>

#include "engine/base/file_error.h"
#include "engine/doctor/checks.h"
#include "engine/flux/clone_directory.h"
#include "engine/flux/clone_trust.h"
#include "engine/flux/remote_trial.h"
#include "engine/text/text.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

// The nearest directory that exists, from `path` upwards.
fs::path existing_part(fs::path path) {
  std::error_code error;
  while (!fs::exists(path, error) && path.has_relative_path()) {
    path = path.parent_path();
  }
  return path;
}

}  // namespace

DoctorCheck check_clone(const Host& host, const CallContext& call, DoctorFindings& findings) {
  if (!findings.remote) {
    return skipped("clone", "flux-repo");
  }
  const fs::path& clone = findings.remote->clone;
  const std::string name = sanitize_line(clone.string());
  if (const auto refused = refuse_symbolic_links(clone); !refused) {
    return missing("clone", refused.error());
  }
  if (const auto refused = refuse_what_others_own(clone); !refused) {
    return missing("clone", refused.error());
  }
  const auto looked = defect_of_clone(host, *findings.remote, CloneSession(clone), call);
  if (!looked) {
    return missing("clone", looked.error());
  }
  const std::optional<std::string>& defect = *looked;
  if (!defect) {
    findings.clone = clone;
    return in_place("clone", name);
  }
  const fs::path parent = existing_part(clone.parent_path());
  if (::access(parent.c_str(), W_OK | X_OK) != 0) {
    return missing("clone", file_error("make a clone in", parent, errno));
  }
  std::error_code error;
  if (!fs::exists(fs::symlink_status(clone, error))) {
    return in_place("clone", "none yet in " + name + "; the first rollout makes it");
  }
  return noted("clone", name + ": " + *defect + ".", "The next rollout replaces it.");
}

DoctorCheck check_remote(const Host& host, const CallContext& call, const DoctorFindings& findings,
                         const Result<ScratchRepository>& scratch) {
  if (!findings.git || !findings.remote) {
    return skipped("remote", findings.git ? "flux-repo" : "git");
  }
  if (!findings.clone && !scratch) {
    return missing("remote", scratch.error());
  }
  const fs::path repository = findings.clone ? *findings.clone : scratch->path();
  const auto branch = try_remote(host, *findings.remote, repository, {}, call);
  if (!branch) {
    return missing("remote", branch.error());
  }
  return in_place("remote", "answers, branch " + sanitize_line(*branch));
}

}  // namespace engine
