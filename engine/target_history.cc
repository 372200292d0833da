#include "engine/target_history.h"

#include <functional>
#include <string>

#include "engine/manifest/edit.h"

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

}  // namespace engine
