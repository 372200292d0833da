// The clusters of a repository that several are applied from. Pure functions, for any thread.
#pragma once

#include <string>
#include <vector>

#include "engine/discovery/flux_wiring.h"

namespace engine {

// The directories from which the clusters are applied, in order; none where there is one cluster,
// or none can be told. A cluster is a directory that the Flux Kustomization of a bootstrap inside
// of it applies, one that stands in a directory called `clusters`, or one of two that define a Flux
// Kustomization of one name and namespace: no cluster has two of them.
std::vector<std::string> cluster_entries(const FluxWiring& wiring);

}  // namespace engine
