#include "engine/flux/clone_remote.h"

#include <utility>

#include "engine/flux/clone_directory.h"
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
  const ProcessResult brought = clone_.run(clone_.commands().fetch_blob(id), stop);
  return brought.ok() ? Result<void>() : Failure(clone_.failure(brought, "fetch from"));
}

PushResult CloneRemote::push(const std::string& branch, const CommitId& commit,
                             const CommitId& expected) {
  const ProcessResult completion = clone_.run(clone_.commands().push(branch, commit, expected), {});
  PushResult result = parse_push(completion, GitCommands::branch_ref(branch));
  if (result.kind != PushResult::Kind::pushed) {
    result.error = clone_.failure(completion, "push to");
  }
  return result;
}

}  // namespace engine
