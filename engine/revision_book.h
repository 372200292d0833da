// What the Flux repository's history says of the revisions that a cluster names. Takes the clone's
// lock only while it looks, since others roll out meanwhile. Belongs to one thread.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/cluster/cluster.h"
#include "engine/flux/repository.h"
#include "engine/live_place.h"

namespace engine {

class RevisionBook {
 public:
  // `host` must outlive this.
  RevisionBook(const Host& host, FluxRemote remote) : host_(&host), remote_(std::move(remote)) {}

  // Ends a look: gives up the clone's lock.
  void release() {
    repository_.reset();
    ++looks_;
  }

  // How the revision stands to the value of the place, which `number` names. What has been found is
  // kept. What the clone lacks is fetched.
  RevisionFacts facts(std::size_t number, const LivePlace& place, const FluxRevision& revision,
                      const CallContext& call);

  // The open repository; takes the lock if it is not open.
  Result<FluxRepository*> repository(const CallContext& call);

 private:
  // More looks at a revision for which nothing was found would only ask the remote again.
  static constexpr int kMaxTries = 3;

  struct Known {
    RevisionFacts facts;
    int tries = 0;
    int look = 0;  // of the last try
  };

  RevisionFacts find(std::size_t number, const LivePlace& place, const CommitId& commit,
                     const CallContext& call);
  // The commit that set the value of a place that only a later one is known of.
  std::optional<CommitId> find_setter(std::size_t number, FluxRepository& repository,
                                      const LivePlace& place, const CallContext& call);
  // Whether the branch had the revision before it came to where the value was seen: another value
  // there is an older one, although the revision contains the commit that set ours. A merge that
  // keeps its own value does that.
  static bool is_left(FluxRepository& repository, const LivePlace& place, const CommitId& commit,
                      const CallContext& call);
  RevisionFacts find_value(FluxRepository& repository, const LivePlace& place,
                           const CommitId& commit, const CallContext& call) const;

  const Host* host_;
  FluxRemote remote_;
  std::optional<FluxRepository> repository_;
  int looks_ = 0;  // that have ended
  std::map<std::pair<std::size_t, std::string>, Known> known_;
  std::map<std::size_t, std::optional<CommitId>> setters_;
};

}  // namespace engine
