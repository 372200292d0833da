// All that the server offers, for mcp's Server to serve: tools, prompt, resources, completion, and
// the instructions that a model gets with them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mcp/features.h"
#include "tools/tool_call.h"

namespace tools {

// All of it, in the order in which it is listed. Holds on to `host_or_error`, as its parts do,
// which must outlive it.
mcp::Features all_features(const HostOrError& host_or_error);

// The prompt `rollout {service?, dryRun?}`.
mcp::Prompt rollout_prompt();
// The prompt `rollback {service?}`.
mcp::Prompt rollback_prompt();

// The prompt `status {service?}`.
mcp::Prompt status_prompt();

// rollout://services, rollout://services/{service}, rollout://rwenv, rollout://environment,
// rollout://doctor.
mcp::ResourceProvider resources(const HostOrError& host_or_error);

// Completes `service` of the prompts and of the template from the catalog as it is now, and
// `dryRun` of the prompt that has it.
mcp::Completer completer(const HostOrError& host_or_error);

// The names that `typed` may mean, best first: those that begin with it, that contain it, that have
// its letters in order; case does not matter. Without those at the places `withheld`, which ascend.
// None is copied but those that a client is given.
mcp::Completions matching(const std::vector<std::string>& names, std::string_view typed,
                          const std::vector<std::size_t>& withheld = {});

// When to use the server; under the 2,048 characters that clients keep.
std::string_view instructions();

}  // namespace tools
