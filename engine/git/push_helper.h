// A push by git's own remote helper, which `git push` itself starts for a remote over HTTPS
// (gitremote-helpers(7)): what it is told, what it answers, and where it does the same as
// `git push`. Told to list the remote's refs for a push, it connects and authenticates; told
// afterwards what to push, it sends that over the same connection. Pure functions and values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/image_tag.h"
#include "engine/git/remote_url.h"

namespace engine {

// What it is told first: to connect, and to list the remote's refs.
extern const std::string_view kHelperGreeting;

// What it is told then: to set the branch to `commit` if it is at `expected`, and to end.
std::string helper_push(std::string_view branch, const CommitId& commit, const CommitId& expected);

// The scheme of the helper, "https" or "http", for a push to a remote of this URL. Nothing if
// that goes by another way, or if `git push` would do more than the helper: run a hook, sign the
// push, send options of the user's. `settings` answer GitCommands::push_configuration().
std::optional<std::string> helper_scheme(
    const std::vector<std::pair<std::string, std::string>>& settings, const RemoteUrl& url);

// Reads what the helper writes. Keeps no more than the one ref, and of the answer to the push as
// much as git says of one ref.
class HelperAnswers {
 public:
  explicit HelperAnswers(std::string_view branch);

  // Pieces of any size, cut anywhere.
  void read(std::string_view piece);

  // Whether it can push and has listed all refs.
  bool has_listed() const { return step_ == Step::pushing; }
  // Where the branch is; nothing if the remote has none of that name.
  const std::optional<CommitId>& tip() const { return tip_; }
  // What it has said since then of the push.
  const std::string& of_push() const { return of_push_; }

 private:
  enum class Step { capabilities, options, refs, pushing, unknown };
  void read_line(std::string_view line);

  std::string ref_;
  Step step_ = Step::capabilities;
  bool can_push_ = false;
  int options_ = 0;   // that it has answered
  std::string line_;  // as far as it has come
  std::optional<CommitId> tip_;
  std::string of_push_;
};

// What the helper said of the push of `commit` to `branch`, in the form in which
// `git push --porcelain` says it, which parse_push() reads. Empty if it said nothing of it.
std::string porcelain_of(std::string_view of_push, std::string_view branch, const CommitId& commit);

}  // namespace engine
