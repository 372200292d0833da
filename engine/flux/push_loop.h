// Brings one change onto the remote's branch against others who do the same (specification, section
// 6): edit on the remote's head, commit, push with a lease on that head; lost, fetch and start
// over. Whether a push was lost or refused is told by whether the remote's head moved. Used once,
// by one thread.
//
// The push's own look at the remote's refs is the check that nobody was faster. So where the clone
// knows a head, the first push is made on that while a fetch is still under way: one connection
// then decides. What comes of it is as if the fetch had been waited for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/flux/background_fetch.h"
#include "engine/flux/clone.h"
#include "engine/flux/remote_head.h"
#include "engine/flux/retry_policy.h"
#include "engine/flux/types.h"
#include "engine/flux/work_tree.h"
#include "engine/git/identity.h"
#include "engine/git/object_store.h"
#include "engine/git/push_result.h"

namespace engine {

class PushLoop {
 public:
  // Everything passed must outlive the lander.
  PushLoop(const FluxClone& clone, const GitObjectStore& objects, const Change& change,
           const Identity& identity, const CallContext& call);

  // Starts from `head`, which has just been fetched.
  Result<PushedChange> push(const RemoteHead& head);

  // Starts from `known`, the head that the clone knows, while `fetch` asks the remote for the true
  // one; waits for that where it is needed: to answer `unchanged`, with a refusal or a dry run, and
  // when the push did not land.
  Result<PushedChange> push_optimistically(BackgroundFetch& fetch, const RemoteHead& known);

 private:
  // A change made on a head.
  struct Prepared {
    std::string before;
    ManifestEdit edit;
    std::string diff;
    std::optional<CommitId> commit;  // nothing for a dry run and where nothing changed
  };
  enum class PushVerdict { landed, moved, try_again };

  Result<Prepared> prepare(const RemoteHead& head) const;
  Result<CommitId> make_commit(const RemoteHead& head, const ManifestEdit& edit) const;
  Result<CommitId> make_signed_commit(const std::string& tree, const CommitId& parent) const;
  Result<PushedChange> resolve_lost_optimistic_push(RemoteHead head, const RemoteHead& known,
                                                    Prepared prepared, const ProcessResult& sent);
  Result<PushedChange> push_prepared(RemoteHead head, Result<Prepared> prepared,
                                     std::optional<ProcessResult> sent);
  bool pause();
  ProcessResult send(const CommitId& commit, const RemoteHead& head);
  Result<PushVerdict> classify_push(const ProcessResult& completion, const CommitId& commit,
                                    RemoteHead& head);
  Result<PushVerdict> classify_unmoved_push(const ProcessResult& completion,
                                            const PushResult& outcome, const RemoteHead& head);
  void note_other_change(const Prepared& earlier, const CommitId& earlier_head, const Prepared& now,
                         const RemoteHead& head);
  PushedChange finish(Prepared prepared, const RemoteHead& base);
  void settle(const RemoteHead& base, const std::optional<CommitId>& commit);

  const FluxClone& clone_;
  const GitObjectStore& objects_;
  const Change& change_;
  const Identity& identity_;
  const CallContext& call_;
  RetryPolicy retry_;
  std::optional<WorkTreeScan> scan_;  // beside the first push
  std::vector<std::string> warnings_;
  std::optional<std::string> pushed_to_;  // where the last push was redirected to, if it was
  std::int64_t attempts_ = 0;
  int refusals_by_policy_ = 0;
  int transient_failures_ = 0;
  Error last_transient_error_;  // why the present commit has to be pushed again
  bool made_whole_ = false;     // a shallow clone's history was completed
};

}  // namespace engine
