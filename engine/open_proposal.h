// Whether an image group's value waits in a proposal of ours (specification, section 6): what a
// status needs to tell "proposed" from "not rolled out".
#pragma once

#include <optional>
#include <string>

#include "engine/base/host.h"
#include "engine/base/image_tag.h"
#include "engine/base/repository_path.h"
#include "engine/flux/repository.h"
#include "engine/git/authorship.h"

namespace engine {

struct OpenProposal {
  std::string branch;
  CommitId commit;
  std::string value;  // that the place has there
  // Whether the branch that Flux follows has had the change since the proposal was made; nothing
  // where the history that would show it cannot be had, for the reason `problem`.
  std::optional<bool> merged = {};
  std::string problem = {};

  // Whether it would change the place from `value_of_branch`, which it has on the branch now.
  bool waits(const std::optional<std::string>& value_of_branch) const {
    return value != value_of_branch && merged != true;
  }
};

// The proposal of `group` alone, as the last fetch of a repository whose remote is one
// with_proposals showed it, with what `read` finds in `file`; nothing if there is none, or no
// value. One that was merged is among them while the forge keeps its branch. The remote is asked
// only for history that decides whether it was merged; for the thread that owns the repository.
std::optional<OpenProposal> find_open_proposal(FluxRepository& repository, const std::string& group,
                                               const RepositoryPath& file, const ReadValue& read,
                                               const CallContext& call);

}  // namespace engine
