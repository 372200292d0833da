// Whether an image group's value waits in a proposal of ours (specification, section 6): what a
// status needs to tell "proposed" from "not rolled out".
#pragma once

#include <optional>
#include <string>

#include "engine/base/image_tag.h"
#include "engine/base/repository_path.h"
#include "engine/flux/repository.h"
#include "engine/git/authorship.h"

namespace engine {

struct OpenProposal {
  std::string branch;
  CommitId commit;
  std::string value;  // that the place has there
  // That the place had where the proposal begins; nothing if the clone does not know it.
  std::optional<std::string> base = {};

  // Whether it would change the place from `value_of_branch`, which it has on the branch: if that
  // is neither the proposal's value nor the one where it begins, the proposal was merged or is of
  // no account any more.
  bool is_open(const std::optional<std::string>& value_of_branch) const;
};

// The proposal of `group` alone, as the last fetch of a repository whose remote is one
// with_proposals showed it, with what `read` finds in `file`; nothing if there is none, or no
// value. One that was merged is among them while the forge keeps its branch: see is_open().
// Contacts nobody; for the thread that owns the repository.
std::optional<OpenProposal> find_open_proposal(const FluxRepository& repository,
                                               const std::string& group, const RepositoryPath& file,
                                               const ReadValue& read);

}  // namespace engine
