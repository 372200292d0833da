// The remote of a clone, reached by the user's git.
#pragma once

#include <functional>
#include <optional>
#include <utility>

#include "engine/flux/clone.h"
#include "engine/flux/remote.h"
#include "engine/flux/waiting_push.h"

namespace engine {

class CloneRemote final : public Remote {
 public:
  // `clone` must outlive this.
  explicit CloneRemote(const FluxClone& clone) : clone_(clone) {}

  // Begins to connect for a push to the branch that is followed, where that can be done before it
  // is known what to push; push() then uses the connection, once.
  void begin_push();
  // Ends what begin_push() began; to be called before the clone is replaced.
  void drop_push() { waiting_push_.reset(); }

  RemoteNames names() const override;
  FetchResult find_head(const CallContext& call) override;
  FetchResult record_head(FetchResult found) override;
  void discard_found_head() override;
  Result<RemoteHead> fetch(const std::string& branch) override;
  Result<RemoteHead> fetch_whole_history(const std::string& branch,
                                         const std::stop_token& stop) override;
  Result<void> fetch_blob(const std::string& id, const std::stop_token& stop) override;
  PushResult push(const std::string& branch, const CommitId& commit,
                  const CommitId& expected) override;
  PushResult propose(const ProposalTarget& target, const RemoteHead& base,
                     const CommitId& commit) override;
  Result<Divergence> find_divergence(const RemoteHead& head, const CallContext& call) override;
  void release() override { clone_.release_connections(); }
  std::optional<std::string> redirected_to() const override { return clone_.redirected_to(); }

  // `starts` is called, on the thread that pushes, each time that the command of a push starts.
  void when_push_starts(std::function<void()> starts) { push_starts_ = std::move(starts); }

 private:
  PushResult push_for_review(const ProposalTarget& target, const RemoteHead& base,
                             const CommitId& commit);
  std::optional<ProcessResult> push_over_connection(const std::string& branch,
                                                    const CommitId& commit,
                                                    const CommitId& expected);

  const FluxClone& clone_;
  std::optional<WaitingPush> waiting_push_;
  std::function<void()> push_starts_;
};

}  // namespace engine
