#include "engine/flux/clone_remote.h"

#include <utility>

#include "engine/flux/clone_directory.h"
#include "engine/flux/lineage.h"
#include "engine/flux/push_failure.h"
#include "engine/flux/remote_head.h"

namespace engine {

RemoteNames CloneRemote::names() const {
  return {clone_.shown_url(), clone_.remote().clone.string()};
}

FetchResult CloneRemote::find_head(const CallContext& call) {
  return fetch_head(clone_, call);
}

FetchResult CloneRemote::record_head(FetchResult found) {
  return record_fetched_head(clone_, std::move(found));
}

void CloneRemote::discard_found_head() {
  if (clone_.expect_in_place()) {
    remove_fetch_ref(clone_.session());
  }
}

Result<RemoteHead> CloneRemote::fetch(const std::string& branch) {
  return fetch_branch(clone_, branch, {});
}

Result<RemoteHead> CloneRemote::fetch_whole_history(const std::string& branch,
                                                    const std::stop_token& stop) {
  return fetch_branch(clone_, branch, stop, History::whole);
}

Result<void> CloneRemote::fetch_blob(const std::string& id, const std::stop_token& stop) {
  const ProcessResult brought = clone_.run_asking(clone_.commands().fetch_blob(id), stop);
  return brought.ok() ? Result<void>() : Failure(clone_.failure(brought, "fetch from"));
}

Result<Divergence> CloneRemote::find_divergence(const RemoteHead& head, const CallContext& call) {
  return head.proposed
             ? engine::find_divergence(clone_, head.branch, *head.proposed, head.commit, call)
             : Divergence{.known = true};
}

void CloneRemote::begin_push() {
  const RemoteUrl& url = clone_.remote().url;
  if (!url.is_local() && !url.is_ssh()) {
    waiting_push_.emplace(clone_, clone_.remote().branch.value_or(clone_.followed_branch()));
  }
}

// Unlike `git push`, git's remote helper does not note in the clone what is at the remote.
std::optional<ProcessResult> CloneRemote::push_over_connection(const std::string& branch,
                                                               const CommitId& commit,
                                                               const CommitId& expected) {
  if (!waiting_push_) {
    return std::nullopt;
  }
  auto completion = waiting_push_->push(branch, commit, expected);
  waiting_push_.reset();
  if (completion && completion->ok() && clone_.expect_in_place()) {
    note_pushed(clone_.session(), branch, commit);
  }
  return completion;
}

PushResult CloneRemote::push(const std::string& branch, const CommitId& commit,
                             const CommitId& expected) {
  auto over_connection = push_over_connection(branch, commit, expected);
  const ProcessResult completion =
      over_connection
          ? std::move(*over_connection)
          : clone_.run_pushing(clone_.commands().push(branch, commit, expected), push_starts_);
  PushResult result = parse_push(completion, GitCommands::branch_ref(branch));
  if (result.kind != PushResult::Kind::pushed) {
    result.error = clone_.failure(completion, "push to");
  }
  return result;
}

PushResult CloneRemote::propose(const ProposalTarget& target, const RemoteHead& base,
                                const CommitId& commit) {
  if (target.way == ProposalTarget::Way::agit) {
    return push_for_review(target, base, commit);
  }
  const GitCommands& commands = clone_.commands();
  const bool asks = target.way == ProposalTarget::Way::push_options;
  const ProcessResult completion =
      clone_.run_pushing(asks ? commands.push_merge_request(target.branch, commit, base.proposed,
                                                            base.branch, target.title)
                              : commands.push_proposal(target.branch, commit, base.proposed));
  PushResult result = parse_push(completion, GitCommands::branch_ref(target.branch));
  if (result.kind != PushResult::Kind::pushed) {
    result.error = proposal_push_error(clone_.failure(completion, "push to"));
  }
  return result;
}

// What was pushed is noted in the clone, because the remote has no branch that could be fetched.
PushResult CloneRemote::push_for_review(const ProposalTarget& target, const RemoteHead& base,
                                        const CommitId& commit) {
  const GitCommands& commands = clone_.commands();
  const std::string ref = GitCommands::review_ref(base.branch);
  const ProcessResult completion = clone_.run_pushing(
      commands.push_for_review(base.branch, commit, proposal_topic(target), target.title));
  PushResult result = parse_review_push(completion, ref);
  if (result.kind == PushResult::Kind::pushed && result.lacks_agit) {
    // A forge that knows AGit need not name the ref of the request.
    const ProcessResult listed = clone_.run_asking(commands.list_review_ref(base.branch), {});
    result.lacks_agit = listed.ok() && listed.out.find("\t" + ref) != std::string::npos;
  }
  if (result.kind == PushResult::Kind::pushed && !result.lacks_agit) {
    note_proposal(clone_.session(), target.branch, commit);
  } else {
    result.error = proposal_push_error(clone_.failure(completion, "push to"));
  }
  return result;
}

}  // namespace engine
