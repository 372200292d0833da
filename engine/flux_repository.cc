#include "engine/flux_repository.h"

#include <mutex>
#include <optional>
#include <utility>

#include "engine/flux_clone.h"
#include "engine/head_fetch.h"
#include "engine/lander.h"
#include "engine/remote_head.h"

namespace engine {

class FluxRepository::Impl {
 public:
  explicit Impl(FluxClone clone) : clone_(std::move(clone)) {}

  void begin_fetch(const Call& call, std::function<void()> failed) {
    head_.reset();
    fetch_.reset();
    fetch_.emplace(clone_, by_turns(call), std::move(failed));
  }

  Result<void> fetch(const Call& call) {
    auto head = finish_fetch(call);
    if (!head) {
      return failure_of(head);
    }
    head_ = std::move(*head);
    return {};
  }

  Result<Landing> land(const Change& change, const Identity& identity, const Call& caller) {
    const Call call = by_turns(caller);
    if (!head_ && !fetch_) {
      begin_fetch(caller, {});
    }
    bool damaged = false;
    auto landing = land_once(change, identity, call, damaged);
    if (landing || !damaged) {
      return landing;
    }
    if (auto replaced = replace(call); !replaced) {
      return failure_of(replaced);
    }
    return land_once(change, identity, call, damaged);
  }

 private:
  // The fetch's thread and the one that lands report one at a time.
  Call by_turns(const Call& call) {
    if (!call.progress) {
      return call;
    }
    return {call.stop, [this, progress = call.progress](std::string_view step) {
              const std::scoped_lock lock(progress_mutex_);
              progress(step);
            }};
  }

  // `damaged`: the clone is broken; it could not be fetched into, or an object could not be read.
  Result<Landing> land_once(const Change& change, const Identity& identity, const Call& call,
                            bool& damaged) {
    const auto known = fetch_ && !fetch_->done() ? known_head(clone_) : std::nullopt;
    if (!known && !head_) {
      if (auto fetched = fetch(call); !fetched) {
        return failure_of(fetched);
      }
    }
    auto objects = clone_.objects();
    if (!objects) {
      return failure_of(objects);
    }
    Lander lander(clone_, *objects, change, identity, call);
    auto landing = known ? lander.land_beside(*fetch_, *known)
                         : lander.land(*std::exchange(head_, std::nullopt));
    damaged = objects->damaged() || (fetch_ && fetch_->clone_is_broken());
    fetch_.reset();
    return landing;
  }

  // Waits for the fetch that is under way, or makes one. A clone that is broken is replaced, once.
  Result<RemoteHead> finish_fetch(const Call& call) {
    FetchedHead fetched = fetch_ ? fetch_->finish() : adopt(clone_, fetch_head(clone_, call));
    fetch_.reset();
    if (fetched.clone_is_broken) {
      if (auto replaced = replace(call); !replaced) {
        return failure_of(replaced);
      }
      fetched = adopt(clone_, fetch_head(clone_, call));
    }
    return std::move(fetched.head);
  }

  Result<void> replace(const Call& call) {
    call.report("the clone is broken: making it anew");
    fetch_.reset();
    return clone_.replace();
  }

  FluxClone clone_;
  std::mutex progress_mutex_;
  std::optional<RemoteHead> head_;
  std::optional<HeadFetch> fetch_;  // while it is under way; before clone_ is destroyed
};

Result<FluxRepository> FluxRepository::open(const Host& host, FluxRemote remote, const Call& call) {
  auto clone = FluxClone::open(host, std::move(remote), call);
  if (!clone) {
    return failure_of(clone);
  }
  return FluxRepository(std::make_unique<Impl>(std::move(*clone)));
}

FluxRepository::FluxRepository(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FluxRepository::FluxRepository(FluxRepository&&) noexcept = default;
FluxRepository& FluxRepository::operator=(FluxRepository&&) noexcept = default;
FluxRepository::~FluxRepository() = default;

void FluxRepository::begin_fetch(const Call& call, std::function<void()> failed) {
  impl_->begin_fetch(call, std::move(failed));
}

Result<void> FluxRepository::fetch(const Call& call) {
  return impl_->fetch(call);
}

Result<Landing> FluxRepository::land(const Change& change, const Identity& identity,
                                     const Call& call) {
  return impl_->land(change, identity, call);
}

}  // namespace engine
