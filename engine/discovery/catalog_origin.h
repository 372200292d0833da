// The catalog that there is, as regenerating it reads it: which places its groups name, what stays
// of its names, and whether a person wrote an entry. Pure functions, for any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/discovery/catalog_builder.h"
#include "json/json.h"

namespace engine {

inline constexpr const char* kServices = "services";
inline constexpr const char* kImageGroups = "imageGroups";

// A member that is a string; nothing for another type.
std::optional<std::string> string_of_member(const Json& object, const char* key);
// One of the two sections; an empty object where the catalog has none.
const Json& catalog_section(const Json& catalog, const char* key);
// The place that a group names; nothing if it is incomplete.
std::optional<GroupPlace> place_in_catalog(const Json& group);

// Who wrote a catalog, as far as that shows. The shell procedure that this program replaces has the
// time in `metadata`, and wrote `fluxPath` and a description into each of its services, and
// `yqPath` into its groups: there, a description is no sign of a person.
class CatalogOrigin {
 public:
  explicit CatalogOrigin(const Json& catalog);

  // Whether either made it: they note the time.
  bool is_generated() const { return generated_; }
  // When the older procedure made it; nothing if it did not.
  static std::optional<std::string> older_time(const Json& catalog);
  // Whether a person wrote any of a service, or of a group.
  bool is_by_hand(const Json& service) const;
  static bool is_group_by_hand(const Json& group);
  // Whether the older procedure made the service.
  bool is_older(const Json& service) const;

 private:
  bool older_;
  bool generated_;
};

// Whether regenerating made the name of a service that stands for the group of the place, after its
// image: "redis", "redis.live".
bool is_named_after_image(std::string_view name, const GroupPlace& place);

// The same for a name after where the image stands, "<release>-<key above the image>" or
// "<workload>-<container>": "shop-redis" of `.spec.values.redis.image.tag`.
bool is_named_after_path(std::string_view name, const GroupPlace& place);

// The names that a catalog has. Its `services` and `imageGroups` are objects.
KnownNames known_names(const Json& catalog);

}  // namespace engine
