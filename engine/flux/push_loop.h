// Brings one change onto the remote's branch against others who do the same (specification, section
// 6): edit on the remote's head, commit, push with a lease on that head; lost, fetch and start
// over. Whether a push was lost or refused is told by whether the remote's head moved.
//
// The push's own look at the remote's refs is the check that nobody was faster. So where the clone
// knows a head, the first push is made on that while a fetch is still under way: one connection
// then decides. What comes of it is as if the fetch had been waited for.
//
// The states and where they lead; a test checks that these are the transitions, and all of them.
//
//   preparing -> pushing     the change is committed on the head
//   preparing -> waiting     it is not, but a fetch is under way, which may show another head
//   preparing -> finished    nothing to commit: the remote has it already, or a dry run
//   preparing -> failed      it cannot be made, or stop was requested
//   pushing   -> finished    the remote took it
//   pushing   -> waiting     it did not, or shall not be asked yet; a fetch is under way
//   pushing   -> looking     it did not
//   pushing   -> failed      stop was requested before
//   waiting   -> pushing     the fetch shows the head on which the commit was made, not pushed yet,
//                            or without a connection
//   waiting   -> looking     the same head, or none, and the commit was pushed
//   waiting   -> resolving   another head, and the commit was pushed
//   waiting   -> preparing   another head, and nothing was pushed
//   waiting   -> finished    the same head, and there is nothing to commit
//   waiting   -> failed      the fetch failed, or the same head and the change cannot be made
//   resolving -> finished    the head has the commit in its history after all
//   resolving -> preparing   it has not: a push that a fetch would have prevented does not count
//   resolving -> failed      the push broke off, and the remote cannot be asked again
//   looking   -> finished    a fetch shows the commit in the branch's history
//   looking   -> retrying    the head moved without it, or what was in the way may pass
//   looking   -> failed      nothing was sent, refused, or the remote cannot be asked
//   retrying  -> preparing   after a pause, on the head that moved
//   retrying  -> pushing     after a pause, the same commit
//   retrying  -> failed      too many attempts, or for too long
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/flux/background_fetch.h"
#include "engine/flux/object_store.h"
#include "engine/flux/prepared_change.h"
#include "engine/flux/remote.h"
#include "engine/flux/retry_policy.h"
#include "engine/flux/types.h"
#include "engine/flux/value_history.h"
#include "engine/flux/work_tree_update.h"
#include "engine/git/identity.h"
#include "engine/git/push_result.h"

namespace engine {

// Used once, by one thread.
class PushLoop {
 public:
  enum class State {
    preparing,
    pushing,
    waiting,
    resolving,
    looking,
    retrying,
    finished,
    failed,
  };

  // What the loop works on.
  struct Clone {
    Remote& remote;
    const ObjectStore& objects;
    WorkTreeUpdate& work_tree;
    ValueHistory& history;
    Clock& clock;
  };

  // Everything passed must outlive the loop.
  PushLoop(const Clone& clone, const Change& change, const Identity& identity,
           const CallContext& call);

  // Starts from `head`, which has just been fetched.
  Result<PushedChange> push(const RemoteHead& head);

  // Starts from `known`, the head that the clone knows, while `fetch` asks the remote for the true
  // one; waits for that where it is needed: to answer `unchanged`, with a refusal or a dry run, and
  // when the remote did not take the push.
  Result<PushedChange> push_optimistically(BackgroundFetch& fetch, const RemoteHead& known);

  // The states that it went through, the last included.
  const std::vector<State>& path() const { return path_; }

 private:
  Result<PushedChange> run();
  State next(State state);
  State prepare();
  State push_commit();
  State wait_for_fetch();
  State resolve_lost_optimistic_push();
  State look_at_remote();
  State retry();

  State start_over(RemoteHead head);
  State fail_with(Error error);
  State fail_without_answer(Error why);
  State judge_unmoved_remote();
  State retry_or_fail(bool passes, Error error);
  State complete_history();
  Error refusal() const;
  bool has_arrived(const RemoteHead& head) const;
  bool pause();
  PushResult send();
  std::string goal() const;
  bool is_done() const;
  std::optional<PushedProposal> proposal() const;
  PushedChange finish();

  Clone clone_;
  const Change& change_;
  const Identity& identity_;
  const CallContext& call_;
  const RemoteNames names_;
  RetryPolicy retry_;
  std::vector<State> path_;

  BackgroundFetch* fetch_ = nullptr;  // while it is under way
  std::optional<RemoteHead> head_;    // the newest that is known of the remote
  std::optional<PreparedChange> prepared_;
  std::optional<PushResult> push_;  // the last one of what is prepared
  bool may_retry_ = true;           // what pause() said before looking at the remote
  Error error_;                     // of `failed`; and why the same commit has to be pushed again

  std::vector<std::string> warnings_;
  std::optional<std::string> pushed_to_;  // where the last push was redirected to, if it was
  std::int64_t attempts_ = 0;
  int refusals_by_policy_ = 0;
  int transient_failures_ = 0;
  bool has_completed_history_ = false;
};

// The state's name, as in the table above.
std::string_view name(PushLoop::State state);

}  // namespace engine
