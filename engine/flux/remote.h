// The remote of a Flux repository, as the push loop sees it: which head it has, and what becomes of
// a push. engine/flux/clone_remote.h has the real one; tests script theirs.
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "engine/base/host.h"
#include "engine/base/image_tag.h"
#include "engine/base/result.h"
#include "engine/flux/proposal.h"
#include "engine/git/divergence.h"
#include "engine/git/push_result.h"

namespace engine {

struct RemoteHead {
  std::string branch;
  CommitId commit;
  // Of the proposal that FluxRemote names: the tip of its branch, if the remote has that; with
  // AGit, what was last pushed for it from this clone.
  std::optional<CommitId> proposed = {};

  friend bool operator==(const RemoteHead&, const RemoteHead&) = default;
};

// What a look at the remote found: `branch_not_found` and what git_failure() says. Where the clone
// is broken, which its own refs and objects have shown, replace it and look again.
struct FetchResult {
  Result<RemoteHead> head;
  bool clone_is_broken = false;
};

// How messages call a remote and the clone that belongs to it.
struct RemoteNames {
  std::string url;  // as it may be shown
  std::string clone;
};

// Belongs to one thread, but for what says otherwise.
class Remote {
 public:
  virtual ~Remote() = default;

  virtual RemoteNames names() const = 0;

  // Finds the head of the branch, whichever that is, and fetches it. Nothing that is the clone's
  // own changes. On any thread, also while another method runs.
  virtual FetchResult find_head(const CallContext& call) = 0;
  // Notes in the clone what find_head() found, if it did.
  virtual FetchResult record_head(FetchResult found) = 0;
  // Removes from the clone what find_head() left there for record_head().
  virtual void discard_found_head() = 0;

  // Fetches a branch whose name is known, and notes its head in the clone. Cannot be stopped.
  virtual Result<RemoteHead> fetch(const std::string& branch) = 0;
  // The same, with all of the history that a shallow clone lacks.
  virtual Result<RemoteHead> fetch_whole_history(const std::string& branch,
                                                 const std::stop_token& stop) = 0;
  // Brings an object that a partial clone has left out.
  virtual Result<void> fetch_blob(const std::string& id, const std::stop_token& stop) = 0;

  // Sets the branch to `commit` if it is at `expected`. Cannot be stopped.
  virtual PushResult push(const std::string& branch, const CommitId& commit,
                          const CommitId& expected) = 0;

  // Proposes `commit`, which is made on `base`: sets the proposal's branch to it if that is where
  // `base` says, or as the target says. Cannot be stopped.
  virtual PushResult propose(const ProposalTarget& target, const RemoteHead& base,
                             const CommitId& commit) = 0;

  // What the proposal of `head` has that the head has not; more of the history is fetched where the
  // clone cannot tell.
  virtual Result<Divergence> find_divergence(const RemoteHead& head, const CallContext& call) = 0;

  // Nothing more is expected to be asked of the remote, so that its connections may end.
  virtual void release() = 0;

  // Where any command has been redirected to by the remote, as it may be shown.
  virtual std::optional<std::string> redirected_to() const = 0;
};

}  // namespace engine
