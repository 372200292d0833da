// Looks how far values have come on their way to the cluster, once or until they are live
// (specification, section 3, `rollout_status`). Belongs to one thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/cluster/cluster.h"
#include "engine/cluster_look.h"
#include "engine/flux/repository.h"
#include "engine/live_place.h"
#include "engine/revision_book.h"
#include "engine/status/failure_watch.h"
#include "engine/status/status.h"

namespace engine {

// The cluster of the rwenv, or why it is not asked.
struct ClusterOrReason {
  const Cluster* cluster = nullptr;
  std::string why_not;
};

class LiveFollower {
 public:
  // All that is passed must outlive this.
  LiveFollower(const Host& host, const FluxRemote& remote, const ClusterOrReason& cluster,
               const std::vector<LivePlace>& places)
      : host_(host),
        cluster_(cluster),
        places_(places),
        revisions_(host, remote),
        watches_(places.size()) {}

  // One look; a failure that Flux reports counts. In the order of the places.
  std::vector<LiveStatus> look(const CallContext& call);

  // Looks again and again, with growing pauses, until all are live, one has failed, nothing will
  // change any more, the time is over or the call is cancelled; says what it saw last. Reports each
  // stage that has changed.
  std::vector<LiveStatus> follow(std::chrono::seconds time, const CallContext& call);

  // Why the cluster could not be asked, if no look got any answer.
  const std::optional<Error>& failure() const { return failure_; }

 private:
  struct Watches {
    FailureWatch source;
    FailureWatch kustomization;
  };

  std::vector<LiveStatus> look_at_all(bool is_only_look, const CallContext& call);
  std::vector<LiveStatus> without_cluster(const std::string& why) const;
  StatusFacts ask(const LivePlace& place, ClusterLook& look) const;
  void add_revisions(std::size_t number, StatusFacts& facts, const CallContext& call);
  void watch_failures(std::size_t number, StatusFacts& facts);
  void note_failure(std::optional<Error> failure);
  std::optional<RevisionFacts> revision(std::size_t number,
                                        const std::optional<FluxRevision>& revision,
                                        const CallContext& call);
  void report_changes(const std::vector<LiveStatus>& before, const std::vector<LiveStatus>& now,
                      const CallContext& call) const;

  const Host& host_;
  const ClusterOrReason& cluster_;
  const std::vector<LivePlace>& places_;
  RevisionBook revisions_;
  std::vector<Watches> watches_;
  int looks_without_answer_ = 0;  // -1 once there was one
  std::optional<Error> failure_;
};

}  // namespace engine
