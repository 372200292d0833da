// What gh said when it failed, as an error (specification, section 7). Pure functions, for any
// thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "engine/base/error.h"
#include "engine/process/runner.h"

namespace engine {

// What every refusal for gh offers: "give the pull request's number (...), then gh is not asked.",
// with a mark for the reader's word.
std::string give_the_number();

// `gh_missing`, `gh_auth`, `gh_failed`, `timeout`, `cancelled`, for a command that did not succeed:
// `command` is what was run ("gh pr view"), `doing` what for ("asking gh for the pull request").
// `limit` was the command's.
Error gh_failure(const ProcessResult& completion, std::string_view command, std::string_view doing,
                 std::chrono::milliseconds limit);

// Whether gh knows none of the hosts on which the project's remotes are, or no host at all.
bool knows_no_host(const ProcessResult& completion);

}  // namespace engine
