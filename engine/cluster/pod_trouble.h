// Why a pod does not run, in its own words. Pure functions, for any thread.
#pragma once

#include <optional>
#include <string>

#include "engine/cluster/workload.h"
#include "json/json.h"

namespace engine {

// The first reason that one of these pods gives for not running, with the image where it is about
// one: "ImagePullBackOff: ghcr.io/acme/papi:pr-7-0123456", "CrashLoopBackOff: main, exit status 1".
// `pods`: the answer to a list. Pods of others and of an older template do not count; nothing if
// none of the rest gives a reason.
std::optional<std::string> trouble_of_pods(const Json& pods, const PodsOfWorkload& workload);

}  // namespace engine
