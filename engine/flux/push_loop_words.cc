// What the push loop says about itself: its states, what it pushes to, why that was refused, and
// what became of a proposal.
#include "engine/flux/push_failure.h"
#include "engine/flux/push_loop.h"

namespace engine {

std::string_view name(PushLoop::State state) {
  switch (state) {
    case PushLoop::State::preparing:
      return "preparing";
    case PushLoop::State::pushing:
      return "pushing";
    case PushLoop::State::waiting:
      return "waiting";
    case PushLoop::State::resolving:
      return "resolving";
    case PushLoop::State::looking:
      return "looking";
    case PushLoop::State::retrying:
      return "retrying";
    case PushLoop::State::finished:
      return "finished";
    case PushLoop::State::failed:
      return "failed";
  }
  return "failed";
}

// What is pushed to, for messages.
std::string PushLoop::goal() const {
  if (!change_.proposal) {
    return head_->branch;
  }
  return change_.proposal->way == ProposalTarget::Way::agit ? "refs/for/" + head_->branch
                                                            : change_.proposal->branch;
}

Error PushLoop::refusal() const {
  return push_refusal(names_, goal(), *push_, change_.proposal ? PushTo::proposal : PushTo::branch);
}

std::optional<PushedProposal> PushLoop::proposal() const {
  if (!change_.proposal || !prepared_->changed()) {
    return std::nullopt;
  }
  PushedProposal proposal{.branch = change_.proposal->branch,
                          .reused = prepared_->proposal != ProposalStanding::absent};
  if (prepared_->proposal == ProposalStanding::same) {
    // After a push that broke off, the remote's "already" is what became of that push.
    proposal.already = !push_ || (attempts_ == 1 && push_->kind == PushResult::Kind::up_to_date);
  }
  if (push_) {
    proposal.ref = push_->ref;
    proposal.words = push_->words;
    // AGit names the request's own ref, which says whether the request is a new one.
    const bool is_named =
        change_.proposal->way == ProposalTarget::Way::agit && push_->ref.starts_with("refs/pull/");
    proposal.reused = is_named ? !push_->created : proposal.reused;
  }
  return proposal;
}

}  // namespace engine
