// What `git push --porcelain` said about the one ref that was pushed. Pure functions, for any
// thread.
#pragma once

#include <string>
#include <string_view>

#include "engine/process/runner.h"

namespace engine {

struct PushResult {
  enum class Kind {
    pushed,           // the remote has it
    up_to_date,       // the remote had it already
    rejected,         // git did not send it: the lease was lost
    remote_rejected,  // the remote refused the ref
    no_answer,        // nothing was said about the ref: look at how git ended
  };
  Kind kind = Kind::no_answer;
  std::string reason;  // "pre-receive hook declined"; cleaned
};

// Reads the line about `ref` ("refs/heads/main").
PushResult parse_push(const ProcessResult& completion, std::string_view ref);

// True for the reasons that servers are known to give when somebody else was faster. Whether
// somebody was is decided by the remote's head; this only tells a policy's refusal from a race
// where the head has moved as well.
bool is_race(std::string_view reason);

// True if the remote refuses what comes from a shallow clone.
bool is_shallow_refusal(std::string_view reason);

}  // namespace engine
