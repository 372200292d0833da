#include "engine/flux/background_fetch.h"

#include <chrono>
#include <new>
#include <utility>

#include "engine/base/beside.h"

namespace engine {

BackgroundFetch::BackgroundFetch(Remote& remote, Start start, const CallContext& call,
                                 std::function<void()> failed)
    : remote_(remote),
      work_([&remote, call, failed = std::move(failed), stop = stop_] {
        std::stop_source own = stop;
        const std::stop_callback forward(call.stop, [&] { own.request_stop(); });
        FetchResult fetched = remote.find_head({own.get_token(), call.progress});
        if (!fetched.head && !fetched.clone_is_broken && failed) {
          failed();
        }
        return fetched;
      }),
      outcome_(std::async(start == Start::at_once ? kBeside : std::launch::deferred, work_)) {}

BackgroundFetch::~BackgroundFetch() {
  cancel();
  // To wait for one that has not begun would run it.
  if (outcome_.valid() && !is_deferred()) {
    outcome_.wait();
  }
  try {
    remote_.discard_found_head();
  } catch (const std::bad_alloc&) {  // NOLINT(bugprone-empty-catch): the next fetch replaces it
  }
}

void BackgroundFetch::start() {
  if (outcome_.valid() && is_deferred()) {
    outcome_ = std::async(kBeside, work_);
  }
}

bool BackgroundFetch::is_deferred() const {
  return outcome_.wait_for(std::chrono::seconds(0)) == std::future_status::deferred;
}

bool BackgroundFetch::done() const {
  return !outcome_.valid() ||
         outcome_.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

const FetchResult& BackgroundFetch::finish() {
  return found_.emplace(remote_.record_head(outcome_.get()));
}

}  // namespace engine
