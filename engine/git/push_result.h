// What became of a push: read once, where the process of `git push --porcelain` has ended, from its
// exit status and from what it said about the one ref that was pushed. Pure functions, for any
// thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
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
  std::string reason = {};  // "pre-receive hook declined"; cleaned
  std::string ref = {};     // that the remote set, which may be another than was pushed to
  bool created = false;     // the ref was not there before
  // What the remote said, one entry per line; where it refused the push, also what it told git of
  // its unpacking, and where there is no answer and it said nothing, what was said here. Cleaned.
  std::vector<std::string> words = {};
  std::optional<std::string> redirected_to = {};  // as redirection_in()
  bool sent_nothing = false;  // of `no_answer`: it got not so far that the remote can have changed
  // Of a push for AGit: the remote has the ref itself, so it knows nothing of AGit.
  bool lacks_agit = false;
  bool refused_here = false;  // git gave up by itself, as for a hook on this machine
  Error error = {};           // why it did not succeed; set by who knows the clone (git_failure())

  // Whether the push says so itself that another push was faster.
  bool lost_race() const;
  // Whether the remote refused it whatever others do.
  bool is_refused_by_policy() const;
  // Whether the remote refuses what comes from a shallow clone.
  bool is_shallow_refusal() const;
  // Whether the remote got it, so that it is to be asked what became of it.
  bool has_reached_remote() const;
};

// Reads the line about `ref` ("refs/heads/main"), and what else was said; leaves `error` empty.
PushResult parse_push(const ProcessResult& completion, std::string_view ref);

// The same of a push to `ref` for AGit, in whose place the remote may name the ref of the request.
PushResult parse_review_push(const ProcessResult& completion, std::string_view ref);

// True for the reasons that servers are known to give when another push was faster. Whether
// one was is decided by the remote's head; this only tells a policy's refusal from a race
// where the head has moved as well.
bool is_race(std::string_view reason);

}  // namespace engine
