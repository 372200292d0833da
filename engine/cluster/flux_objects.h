// What Flux's objects say of themselves, from the API's answers. Pure functions, for any thread.
#pragma once

#include "engine/cluster/cluster.h"
#include "json/json.h"

namespace engine {

// `answer`: a Kustomization, of any version, that was asked for by this name.
FluxKustomizationState read_flux_kustomization(const Json& answer, ObjectReference object);

// `answer`: a GitRepository or an OCIRepository, of any version.
FluxSourceState read_flux_source(const Json& answer, ObjectReference object);

}  // namespace engine
