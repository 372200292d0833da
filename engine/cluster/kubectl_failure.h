// What kubectl, or docker in its place, said when it failed, as an error (specification, section
// 7). Pure functions, for any thread.
#pragma once

#include <chrono>
#include <string>

#include "engine/base/error.h"
#include "engine/cluster/kubectl_commands.h"
#include "engine/process/runner.h"

namespace engine {

// Of what a request that failed says there is none.
enum class Absence {
  no_object,  // of that name; or its namespace
  no_kind,    // no such kind of object in that version: its CRD is not installed
};

// Nothing where the request failed for another reason.
std::optional<Absence> absence_in(const ProcessResult& completion);

// Whether the cluster knows the user, who may not read that.
bool is_forbidden(const ProcessResult& completion);

// `kubectl_missing`, `cluster_failed`, `timeout`, `cancelled`, for a command that did not succeed.
// `limit` was the command's.
Error kubectl_failure(const ProcessResult& completion, const KubectlTarget& target,
                      std::chrono::milliseconds limit);

}  // namespace engine
