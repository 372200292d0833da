#include "engine/flux_repository.h"

#include <optional>
#include <utility>

#include "engine/flux_clone.h"
#include "engine/lander.h"
#include "engine/remote_head.h"

namespace engine {

class FluxRepository::Impl {
 public:
  explicit Impl(FluxClone clone) : clone_(std::move(clone)) {}

  Result<void> fetch(const Call& call) {
    auto head = fetch_remote_head(clone_, call);
    if (!head) {
      return failure_of(head);
    }
    head_ = std::move(*head);
    return {};
  }

  Result<Landing> land(const Change& change, const Identity& identity, const Call& call) {
    bool damaged = false;
    auto landing = land_once(change, identity, call, damaged);
    if (landing || !damaged) {
      return landing;
    }
    call.report("the clone is broken: making it anew");
    if (auto replaced = clone_.replace(); !replaced) {
      return failure_of(replaced);
    }
    return land_once(change, identity, call, damaged);
  }

 private:
  // `damaged`: an object of the clone could not be read.
  Result<Landing> land_once(const Change& change, const Identity& identity, const Call& call,
                            bool& damaged) {
    if (!head_) {
      if (auto fetched = fetch(call); !fetched) {
        return failure_of(fetched);
      }
    }
    auto objects = clone_.objects();
    if (!objects) {
      return failure_of(objects);
    }
    Lander lander(clone_, *objects, change, identity, call);
    auto landing = lander.land(*std::exchange(head_, std::nullopt));
    damaged = objects->damaged();
    return landing;
  }

  FluxClone clone_;
  std::optional<RemoteHead> head_;
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

Result<void> FluxRepository::fetch(const Call& call) {
  return impl_->fetch(call);
}

Result<Landing> FluxRepository::land(const Change& change, const Identity& identity,
                                     const Call& call) {
  return impl_->land(change, identity, call);
}

}  // namespace engine
