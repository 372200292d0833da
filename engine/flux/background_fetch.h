// A fetch of the remote's head that runs beside other work in the same clone, on a thread of its
// own and into a ref of its own, or later if it is needed. Owned and used by the thread that made
// it.
#pragma once

#include <functional>
#include <future>
#include <optional>
#include <stop_token>

#include "engine/base/host.h"
#include "engine/flux/remote.h"

namespace engine {

class BackgroundFetch {
 public:
  enum class Start { at_once, deferred };

  // `remote` must outlive this; its clone must not be replaced while it runs. `failed` (may be
  // empty) is called on the fetch's thread if it fails, unless it fails because the clone is
  // broken; so is `call.progress`. A deferred fetch runs on the thread that calls finish(), unless
  // start() has been called.
  BackgroundFetch(Remote& remote, Start start, const CallContext& call,
                  std::function<void()> failed);
  BackgroundFetch(const BackgroundFetch&) = delete;
  BackgroundFetch& operator=(const BackgroundFetch&) = delete;
  // Gives it up if it still runs, and waits until all that git started for it has ended; nothing of
  // it stays in the clone.
  ~BackgroundFetch();

  // One that is deferred begins now, beside what the caller does next.
  void start();

  bool done() const;
  // Waits for what it finds and notes it in the clone. Once.
  const FetchResult& finish();
  // Ends it without waiting for its end: what it finds is not needed any more.
  void cancel() { stop_.request_stop(); }
  // What finish() found out.
  bool clone_is_broken() const { return found_ && found_->clone_is_broken; }

 private:
  bool is_deferred() const;

  Remote& remote_;
  std::stop_source stop_;
  const std::function<FetchResult()> work_;
  std::future<FetchResult> outcome_;
  std::optional<FetchResult> found_;
};

}  // namespace engine
