#include "mcp/session.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace mcp {
namespace {

// The revision that the client wants; the newest with `initialize` if it is none of them.
RequestInfo read_info(const Json& params) {
  const std::string& wanted = required_string(params, "protocolVersion");
  const auto* const found = std::find(kLegacyVersions.begin(), kLegacyVersions.end(), wanted);
  Json capabilities = value_or(params, "capabilities", Json::object());
  require(capabilities.is_object(), "`capabilities` is no object");
  RequestInfo info;
  info.version = found != kLegacyVersions.end() ? *found : kLegacyVersions.front();
  info.capabilities = std::make_shared<const Json>(std::move(capabilities));
  return info;
}

}  // namespace

Session::Session(Json params) : params_(std::move(params)), info_(read_info(params_)) {}

Roots Session::roots(const std::stop_token& stop, const std::function<RootsAnswer()>& ask) {
  locking::MutexLock lock(mutex_);
  asked_.wait(mutex_, stop, [this]() REQUIRES(mutex_) { return !is_asking_; });
  if (roots_) {
    return *roots_;
  }
  if (timed_out_ || stop.stop_requested()) {
    return tl::unexpected(std::string(kNoRoots));
  }
  is_asking_ = true;
  const auto changes = changes_;
  lock.unlock();
  RootsAnswer answer;
  try {
    answer = ask();
  } catch (...) {
    lock.lock();
    keep({}, changes);
    throw;
  }
  lock.lock();
  keep(answer, changes);
  if (!answer.roots) {
    return tl::unexpected(std::string(kNoRoots));
  }
  return std::move(*answer.roots);
}

// Where this throws, nobody waits for the answer any more.
void Session::keep(const RootsAnswer& answer, std::uint64_t changes) {
  is_asking_ = false;
  asked_.notify_all();
  if (changes == changes_) {
    timed_out_ = answer.timed_out;
    if (info_.tells_of_roots()) {
      roots_ = answer.roots;
    }
  }
}

void Session::forget_roots() {
  const locking::MutexLock lock(mutex_);
  roots_.reset();
  timed_out_ = false;
  ++changes_;
}

}  // namespace mcp
