#include "engine/catalog_merge.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "engine/catalog_names.h"

namespace engine {
namespace {

constexpr const char* kServices = "services";
constexpr const char* kImageGroups = "imageGroups";
constexpr const char* kDefaultHelmPath = ".spec.values.image.tag";

// A member that is a string; nothing for another type.
std::optional<std::string> text(const Json& object, const char* key) {
  if (!object.is_object()) {
    return std::nullopt;
  }
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? std::optional(found->get<std::string>())
                                                     : std::nullopt;
}

const Json& section(const Json& catalog, const char* key) {
  static const Json none = Json::object();
  const auto found = catalog.find(key);
  return found != catalog.end() && found->is_object() ? *found : none;
}

// The place that a group names; nothing if it is incomplete.
std::optional<GroupPlace> place_of(const Json& group) {
  const auto file = text(group, "file");
  const auto image = text(group, "imageName");
  if (!file || !image) {
    return std::nullopt;
  }
  GroupPlace place{.file = *file, .image_name = *image, .path = {}};
  place.type = text(group, "type").value_or(place.type);
  if (place.type == "helm-values") {
    place.path = text(group, "path").value_or(kDefaultHelmPath);
  } else if (place.type == "image-reference") {
    place.path = text(group, "path").value_or("");
  }
  return place;
}

template <std::size_t N>
bool has_other_fields(const Json& object, const std::array<std::string_view, N>& ours) {
  return !object.is_object() || std::ranges::any_of(object.items(), [&](const auto& item) {
    return std::ranges::find(ours, item.key()) == ours.end();
  });
}

// Who wrote a catalog, as far as that shows. The shell procedure that this program replaces has
// the time in `metadata`, and wrote `fluxPath` and a description into each of its services, and
// `yqPath` into its groups: there, a description is no sign of a person.
class Origin {
 public:
  explicit Origin(const Json& catalog)
      : older_(!catalog.contains("generatedAt") && older_time(catalog).has_value()) {}

  static std::optional<std::string> older_time(const Json& catalog) {
    const auto metadata = catalog.find("metadata");
    return metadata == catalog.end() ? std::nullopt : text(*metadata, "generatedAt");
  }

  // Whether a person wrote any of it.
  bool is_by_hand(const Json& service) const {
    constexpr std::array<std::string_view, 5> kOurs = {"imageGroup", "kustomization", "namespace",
                                                       "deployment", "fluxPath"};
    constexpr std::array<std::string_view, 6> kOlder = {
        "imageGroup", "kustomization", "namespace", "deployment", "fluxPath", "description"};
    return is_older(service) ? has_other_fields(service, kOlder) : has_other_fields(service, kOurs);
  }
  static bool is_group_by_hand(const Json& group) {
    constexpr std::array<std::string_view, 8> kOurs = {
        "file", "imageName", "type", "path", "services", "kustomization", "namespace", "yqPath"};
    return has_other_fields(group, kOurs);
  }

  // Whether the older procedure made the service.
  bool is_older(const Json& service) const {
    return older_ || (service.is_object() && service.contains("fluxPath"));
  }

 private:
  bool older_;
};

// Whether regenerating made the name of a service that stands for the group of the place, after its
// image: "redis", "redis.live".
bool is_named_after_image(std::string_view name, const GroupPlace& place) {
  const std::string base = catalog_name(last_segment(place.image_name));
  return name.starts_with(base) && (name.size() == base.size() || name[base.size()] == '.');
}

void set(Json& object, const char* key, const std::optional<std::string>& value) {
  if (value) {
    object[key] = *value;
  }
}

class Merger {
 public:
  Merger(const Json& old, const CatalogDraft& draft, const PlaceCheck& check)
      : draft_(draft),
        check_(check),
        origin_(old),
        old_services_(section(old, kServices)),
        old_groups_(section(old, kImageGroups)) {
    for (const auto& [key, value] : old.items()) {
      if (key != kServices && key != kImageGroups && key != "generatedAt") {
        merged_.value[key] = value;
      }
    }
    if (Origin::older_time(old)) {
      Json& metadata = merged_.value["metadata"];
      metadata.erase("generatedAt");
      if (metadata.empty()) {
        merged_.value.erase("metadata");
      }
    }
    for (const DraftGroup& group : draft.groups) {
      group_at_.emplace(group.place, &group);
    }
  }

  MergedCatalog merge() {
    for (const DraftGroup& group : draft_.groups) {
      put_group(group);
    }
    for (const DraftService& service : draft_.services) {
      put_service(service);
    }
    for (const auto& [name, service] : old_services_.items()) {
      if (!services_.contains(name)) {
        keep_or_remove(name, service);
      }
    }
    for (const auto& [name, group] : old_groups_.items()) {
      if (!groups_.contains(name)) {
        keep_or_remove_group(name, group);
      }
    }
    list_members();
    merged_.value[kServices] = std::move(services_);
    merged_.value[kImageGroups] = std::move(groups_);
    return std::move(merged_);
  }

 private:
  void put_group(const DraftGroup& group) {
    const auto old = old_groups_.find(group.name);
    Json entry = old != old_groups_.end() && old->is_object() ? *old : Json::object();
    entry["file"] = group.place.file;
    entry["imageName"] = group.place.image_name;
    entry["type"] = group.place.type;
    if (group.place.path.empty()) {
      entry.erase("path");
    } else {
      entry["path"] = group.place.path;
    }
    set(entry, "kustomization", group.kustomization);
    set(entry, "namespace", group.namespace_name);
    groups_[group.name] = std::move(entry);
  }

  void put_service(const DraftService& service) {
    const auto old = old_services_.find(service.name);
    Json entry = old != old_services_.end() && old->is_object() ? *old : Json::object();
    entry["imageGroup"] = service.image_group;
    set(entry, "kustomization", service.kustomization);
    set(entry, "namespace", service.namespace_name);
    set(entry, "deployment", service.deployment);
    if (old == old_services_.end()) {
      merged_.added.push_back(service.name);
    } else if (*old != entry) {
      merged_.changed.push_back(service.name);
    }
    services_[service.name] = std::move(entry);
  }

  // Why the group of that name leads nowhere; nothing if it leads somewhere.
  std::optional<std::string> defect(const std::string& group) {
    const auto known = defects_.find(group);
    if (known != defects_.end()) {
      return known->second;
    }
    std::optional<std::string> why;
    const auto old = old_groups_.find(group);
    if (old == old_groups_.end()) {
      why = "there is no image group " + group;
    } else if (const auto place = place_of(*old)) {
      why = check_(*place);
    }
    return defects_[group] = why;
  }

  // What was found at the place of the group that has that name in the old catalog, or of that
  // name itself; null for none.
  const DraftGroup* found(const std::string& group) const {
    const auto old = old_groups_.find(group);
    const auto place = old == old_groups_.end() ? std::nullopt : place_of(*old);
    const auto at = place ? group_at_.find(*place) : group_at_.end();
    if (at != group_at_.end()) {
      return at->second;
    }
    const auto named = std::ranges::lower_bound(draft_.groups, group, {}, &DraftGroup::name);
    return named == draft_.groups.end() || named->name != group ? nullptr : &*named;
  }

  // Whether the place of a group of the old catalog was found and is not offered.
  bool is_excluded(const std::string& group) const {
    const auto old = old_groups_.find(group);
    const auto place = old == old_groups_.end() ? std::nullopt : place_of(*old);
    return place && draft_.excluded.contains(*place);
  }

  // Why a service that was not found again is to go, unless a person wrote in it.
  std::optional<std::string> reason_to_go(const std::string& name, const Json& service,
                                          const std::optional<std::string>& group,
                                          const DraftGroup* there) {
    const auto workload = text(service, "deployment");
    if (!group) {
      const bool gone = workload && !draft_.workloads.contains(*workload);
      return origin_.is_older(service) && gone ? std::optional("its workload is gone")
                                               : std::nullopt;
    }
    if (there == nullptr) {
      return is_excluded(*group) ? std::optional("its image is no longer one that is offered")
                                 : defect(*group);
    }
    if (workload) {
      return "its workload is gone";
    }
    const bool stands_in =
        there->place.type == "helm-values" && is_named_after_image(name, there->place);
    return stands_in || !is_catalog_name(name)
               ? std::optional("its image group has a service of another name")
               : std::nullopt;
  }

  void keep_or_remove(const std::string& name, const Json& service) {
    const auto group = text(service, "imageGroup");
    const DraftGroup* const there = group ? found(*group) : nullptr;
    const auto why = reason_to_go(name, service, group, there);
    if (why && !origin_.is_by_hand(service)) {
      merged_.removed.push_back(name);
      merged_.unplaced.push_back({"", name, "removed from the catalog: " + *why});
      return;
    }
    if (why && there == nullptr && !(group && is_excluded(*group))) {
      merged_.unplaced.push_back(
          {"", name, "kept for what was written by hand, but it leads nowhere: " + *why});
    }
    merged_.kept.push_back(name);
    services_[name] = service;
    if (there != nullptr) {
      services_[name]["imageGroup"] = there->name;
    } else if (group && old_groups_.contains(*group)) {
      needed_groups_.insert(*group);
    }
  }

  void keep_or_remove_group(const std::string& name, const Json& group) {
    const auto place = place_of(group);
    const bool settled = place && (group_at_.contains(*place) || draft_.excluded.contains(*place));
    if (needed_groups_.contains(name) || Origin::is_group_by_hand(group) ||
        (!settled && !defect(name))) {
      groups_[name] = group;
    }
  }

  // Writes the services of a group down where they are not just those that name it.
  void list_members() {
    std::map<std::string, std::vector<std::string>> naming;
    for (const auto& [name, service] : services_.items()) {
      if (const auto group = text(service, "imageGroup")) {
        naming[*group].push_back(name);
      }
    }
    for (const DraftGroup& group : draft_.groups) {
      Json& entry = groups_[group.name];
      std::vector<std::string> listed = listed_before(entry);
      const std::set<std::string, std::less<>> before(listed.begin(), listed.end());
      const bool all_name_it = std::ranges::includes(naming[group.name], group.services);
      if (listed.empty() && all_name_it) {
        continue;
      }
      for (const std::string& service : group.services) {
        if (!before.contains(service)) {
          listed.push_back(service);
        }
      }
      entry[kServices] = listed;
    }
  }

  // Those of the old list that are still in the catalog.
  std::vector<std::string> listed_before(const Json& group) const {
    std::vector<std::string> listed;
    const auto found = group.find(kServices);
    if (found != group.end() && found->is_array()) {
      for (const Json& name : *found) {
        if (name.is_string() && services_.contains(name.get_ref<const std::string&>())) {
          listed.push_back(name.get<std::string>());
        }
      }
    }
    return listed;
  }

  const CatalogDraft& draft_;
  const PlaceCheck& check_;
  const Origin origin_;
  std::map<GroupPlace, const DraftGroup*> group_at_;
  const Json& old_services_;
  const Json& old_groups_;
  Json services_ = Json::object();
  Json groups_ = Json::object();
  std::map<std::string, std::optional<std::string>> defects_;
  std::set<std::string> needed_groups_;  // by services that are kept
  MergedCatalog merged_;
};

}  // namespace

KnownNames known_names(const Json& catalog) {
  KnownNames known;
  const Origin origin(catalog);
  const Json& groups = section(catalog, kImageGroups);
  for (const auto& [name, group] : groups.items()) {
    const auto place = place_of(group);
    if (place) {
      known.places.insert(*place);
    }
    if (place && (is_catalog_name(name) || Origin::is_group_by_hand(group))) {
      known.groups.emplace(*place, name);
    }
  }
  for (const auto& [name, service] : section(catalog, kServices).items()) {
    const auto group = groups.find(text(service, "imageGroup").value_or(""));
    const auto place = group == groups.end() ? std::nullopt : place_of(*group);
    if (!place || !(is_catalog_name(name) || origin.is_by_hand(service))) {
      continue;
    }
    const auto workload = text(service, "deployment");
    known.services.emplace(std::pair(*place, workload.value_or(name)), name);
    if (!workload) {
      // Of several that may stand for the group the one that is called as it would be.
      const auto [stand_in, added] = known.services.emplace(std::pair(*place, ""), name);
      if (!added && !is_named_after_image(stand_in->second, *place) &&
          is_named_after_image(name, *place)) {
        stand_in->second = name;
      }
    }
  }
  return known;
}

MergedCatalog merge_catalog(const Json& old, const CatalogDraft& draft, const PlaceCheck& check) {
  return Merger(old, draft, check).merge();
}

}  // namespace engine
