// The cluster of an rwenv, if there is one that can be asked (specification, section 2, "cluster").
#pragma once

#include <memory>

#include "engine/base/host.h"
#include "engine/cluster/cluster.h"
#include "engine/config/rwenv.h"
#include "engine/live_follower.h"

namespace engine {

class RwenvCluster {
 public:
  // `host` must outlive this.
  RwenvCluster(const Host& host, const Rwenv& rwenv);

  const ClusterOrReason& get() const { return cluster_or_reason_; }

 private:
  std::unique_ptr<const Cluster> cluster_;
  ClusterOrReason cluster_or_reason_;
};

}  // namespace engine
