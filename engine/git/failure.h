// What git said when it failed, as an error (specification, section 7): git's own line, cleaned
// and without secrets, and what to do. Pure functions, for any thread.
#pragma once

#include <chrono>
#include <string_view>

#include "engine/base/error.h"
#include "engine/git/lines.h"
#include "engine/git/step.h"
#include "engine/process/runner.h"

namespace engine {

// The error for a command that did not succeed. What is not recognised is `internal`.
Error git_failure(const ProcessResult& completion, const GitStep& step);

// git is not there or could not be started: the part that needs no words of git's. `doing` is a
// phrase such as "read git's configuration".
Error git_not_run(const ProcessResult& completion, std::string_view doing,
                  std::chrono::milliseconds limit);

// Whether a push that failed in this way cannot have changed the remote: it did not get as far as
// sending anything.
bool nothing_was_sent(const ProcessResult& completion);

// Whether git failed to write a file, and did not say why.
bool says_it_could_not_write(const ProcessResult& completion);

// Whether the full disk that `completion` tells of is the remote's. The git at the remote's end of
// ssh, or of a path, writes to the same stderr as ours; what it names is not in the clone, but in
// the remote's directory or at a path that is not there here. Looks at the file system.
bool is_full_disk_of_remote(const ProcessResult& completion, const GitStep& step);

// Whether git's own lines suspect the clone that it ran in. A suspicion only: over ssh, a git at
// the remote's end writes the same words to the same place; find_damage() has the verdict.
bool indicates_corrupt_clone(const ProcessResult& completion);

// Whether git failed because another git held a lock in the clone, or moved a ref there, just then.
bool says_other_git_is_at_work(const ProcessResult& completion);

}  // namespace engine
