#include "engine/target_history.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include "engine/git/past_values_anywhere.h"
#include "engine/manifest/edit.h"
#include "engine/rollout_request.h"

namespace engine {
namespace {

// Names the place for the cache: whose clone, which place, and what decides how it is read.
std::string key_of(const FluxRemote& remote, const RolloutTarget& target) {
  const TagLocation& place = target.place;
  std::string key = remote.clone.string();
  for (const std::string& part : {remote.url.shown(), target.file.text(), place.type,
                                  place.image_name, place.path.value_or("")}) {
    key += '\0' + part;
  }
  std::size_t images = 0;  // of which there may be very many
  for (const std::string& image : place.catalog_images) {
    images = images * 31 + std::hash<std::string>()(image);
  }
  return key + '\0' + std::to_string(images);
}

}  // namespace

Result<RolloutTarget> find_history_target(const Host& host, const ConfiguredRwenv& configured,
                                          const std::string& service) {
  RolloutRequest request;
  request.service = service;
  auto targets = find_rollout_targets(host, configured.active.config_directory, configured.rwenv,
                                      request, std::nullopt);
  RETURN_IF_FAILED(targets);
  RolloutTarget target = std::move(targets->front());
  return target;
}

Result<PlaceHistory> read_target_history(FluxRepository& repository, const Host& host,
                                         const FluxRemote& remote, const RolloutTarget& target,
                                         std::size_t limit, const CallContext& call) {
  return repository.read_history(
      {.file = target.file,
       .read =
           [&](std::string_view bytes) {
             return read_image_tag(target.file.text(), bytes, target.place, call.stop);
           },
       .limit = limit,
       .key = host.histories != nullptr ? key_of(remote, target) : std::string(),
       .cache = host.histories},
      call);
}

std::vector<PastValue> read_target_values(FluxRepository& repository, const Host& host,
                                          const FluxRemote& remote, const RolloutTarget& target,
                                          const CallContext& call) {
  constexpr std::chrono::seconds kPatience{5};
  constexpr std::size_t kMaxValues = 200;
  const auto head = repository.head(call);
  if (!head) {
    return {};
  }
  const ReadValue read = [&](std::string_view bytes) {
    return read_image_tag(target.file.text(), bytes, target.place, call.stop)
        .value_or(std::nullopt);
  };
  const auto end = host.clock.now() + kPatience;
  const std::function<bool()> go_on = [&] {
    return !call.stop.stop_requested() && host.clock.now() < end;
  };
  return past_values_anywhere(
      remote.clone, head->commit,
      {.path = target.file, .read = read, .limit = kMaxValues, .go_on = go_on});
}

}  // namespace engine
