// What became of a command that signs a commit. Pure functions, for any thread.
#pragma once

#include <chrono>

#include "engine/base/error.h"
#include "engine/base/image_tag.h"
#include "engine/base/result.h"
#include "engine/process/runner.h"

namespace engine {

// How long a signer may take: longer is one that waits for a person.
inline constexpr std::chrono::milliseconds kSigningLimit{30'000};

// The id of the commit that was signed: `sign_failed` with the signer's words, or `otherwise`
// (git_failure()'s reading of the same) where it was not the signer that failed.
Result<CommitId> signed_commit(const ProcessResult& completion, const Error& otherwise);

}  // namespace engine
