// Puts what was found in a Flux repository into the catalog that there is: descriptions and all
// fields that are not ours stay, entries that were added by hand stay, and whatever goes is named.
// Pure functions, for any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/discovery/catalog_builder.h"
#include "engine/discovery/catalog_origin.h"
#include "json/json.h"

namespace engine {

// Why the place of an image group is none any more; nothing where it is, or nobody can tell.
using PlaceCheck = std::function<std::optional<std::string>(const GroupPlace&)>;

// A service that has another name now. The old one is among those removed, the new one among those
// added.
struct RenamedService {
  std::string was;
  std::string now;
};

struct MergedCatalog {
  Json value = Json::object();  // without `generatedAt`
  // Services, ordered by name.
  std::vector<std::string> added;
  std::vector<std::string> changed;
  std::vector<std::string> removed;
  std::vector<std::string> kept;  // not found, but not ours to remove
  std::vector<RenamedService> renamed = {};
  std::vector<SkippedItem>
      unplaced;  // why entries were removed, or are kept though they lead nowhere
};

// The `services` and `imageGroups` of the old catalog are objects. Services that were not found are
// kept if their place is still there or they have anything that a person wrote; so are image
// groups.
MergedCatalog merge_catalog(const Json& old, const CatalogDraft& draft, const PlaceCheck& check);

}  // namespace engine
