// A push over HTTPS whose connection is made before it is known what to push. Most of the time of
// such a push is spent on making its connection; if gh has to be asked first, that is done
// meanwhile. Git's remote helper does it, the one that `git push` itself would start, so it
// connects to the same place in the same way. If that is not certain, no helper is started, and
// `git push` is used.
#pragma once

#include <chrono>
#include <future>
#include <optional>
#include <stop_token>
#include <string>

#include "engine/base/image_tag.h"
#include "engine/flux/clone.h"
#include "engine/git/push_helper.h"
#include "engine/process/runner.h"
#include "engine/process/spawn.h"
#include "locking/mutex.h"

namespace engine {

// Belongs to one thread.
class WaitingPush {
 public:
  // Begins on a thread of its own to connect for a push to `branch`. `clone` must outlive this, and
  // not be replaced as long as it lives.
  WaitingPush(const FluxClone& clone, const std::string& branch);
  WaitingPush(const WaitingPush&) = delete;
  WaitingPush& operator=(const WaitingPush&) = delete;
  // Ends what still waits, and waits for its end.
  ~WaitingPush();

  // Pushes as GitCommands::push() does, and says what became of it in the same form. Once; cannot
  // be stopped. Nothing if nothing was sent, and `git push` has to be used: there is no connection,
  // it is for another branch or too old, or the branch is not at `expected`.
  std::optional<ProcessResult> push(const std::string& branch, const CommitId& commit,
                                    const CommitId& expected);

  // A server may close a connection that is idle, or a router on the way forget it.
  static constexpr std::chrono::seconds kMaxIdle{10};
  // How long a push waits for the connection. A new one would take as long, unless this one hangs.
  static constexpr std::chrono::seconds kPatience{5};

 private:
  ProcessResult talk(const std::stop_token& stop);
  void hear(std::string_view piece);
  bool is_ready_for(const CommitId& expected);

  const FluxClone& clone_;
  const std::string branch_;
  Pipe told_;  // both ends stay open here, so that a write to it does not fail
  std::stop_source stop_;

  locking::Mutex mutex_;
  locking::Condition changed_;
  HelperAnswers answers_ GUARDED_BY(mutex_);
  std::optional<Clock::TimePoint> listed_ GUARDED_BY(mutex_);
  bool has_ended_ GUARDED_BY(mutex_) = false;

  std::future<ProcessResult> outcome_;
};

}  // namespace engine
