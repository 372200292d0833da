// Whose a commit is and what it holds, as the commit says it: other people's text.
#pragma once

#include <string>
#include <vector>

#include "engine/base/image_tag.h"

namespace engine {

struct CommitDescription {
  std::string author_email;     // as it is written
  std::string committer_email;  // as it is written
  std::string committer = {};   // their name, fit to be shown
  std::string subject;          // fit to be shown
  std::string tree;             // its id
  std::vector<CommitId> parents;
};

}  // namespace engine
