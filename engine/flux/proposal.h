// A proposal: a request to merge a change into the branch that Flux follows, made instead of a push
// to that branch (specification, section 6). Pure functions, for any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace engine {

struct ProposalTarget {
  // How the remote gets the change, and is asked to open the request.
  enum class Way {
    branch,        // on a branch of ours; the request is opened by other means (GitHub)
    push_options,  // on a branch of ours, with options of the push (GitLab)
    agit,          // for refs/for/<branch>; there is no branch of ours (Gitea, Forgejo)
  };
  Way way = Way::branch;
  std::string branch;  // of ours, as proposal_branch()
  std::string labels;  // of what is changed, as the messages of commits have them: "papi,web"
  std::string title;   // of the request
  // Also where the branch has this change: the request for it was closed.
  bool renew = false;
};

// What became of a change that was proposed.
struct PushedProposal {
  std::string branch;
  bool reused = false;   // there was one, which this replaces or which has the change
  bool already = false;  // it has the change: nothing was pushed
  std::string ref = {};  // that the remote set: "refs/pull/12/head" of AGit
  std::vector<std::string> words = {};  // what the remote said to the push, one entry per line
  // Of the request, as far as the forge says it; filled in by who asks the forge.
  std::optional<std::string> url = {};
  std::optional<std::int64_t> number = {};
};

// `rollout/<group>`, of several groups `rollout/<group>+<group>`. What git does not accept in a
// branch's name is replaced by "-". A name that is longer than 60 characters (one group: 63), or
// that was changed, ends with a hash, so that different groups have different branches.
std::string proposal_branch(std::span<const std::string> groups);

// The topic of an AGit push that stands for the branch: `rollout-<group>`.
std::string proposal_topic(const ProposalTarget& target);

}  // namespace engine
