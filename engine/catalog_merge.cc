#include "engine/catalog_merge.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>
#include <utility>

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
  }
  return place;
}

template <std::size_t N>
bool has_other_fields(const Json& object, const std::array<std::string_view, N>& ours) {
  return !object.is_object() || std::ranges::any_of(object.items(), [&](const auto& item) {
    return std::ranges::find(ours, item.key()) == ours.end();
  });
}

// Whether a person wrote any of it.
bool is_by_hand(const Json& service) {
  constexpr std::array<std::string_view, 4> kOurs = {"imageGroup", "kustomization", "namespace",
                                                     "deployment"};
  return has_other_fields(service, kOurs);
}
bool is_group_by_hand(const Json& group) {
  constexpr std::array<std::string_view, 7> kOurs = {
      "file", "imageName", "type", "path", "services", "kustomization", "namespace"};
  return has_other_fields(group, kOurs);
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
        old_services_(section(old, kServices)),
        old_groups_(section(old, kImageGroups)) {
    for (const auto& [key, value] : old.items()) {
      if (key != kServices && key != kImageGroups && key != "generatedAt") {
        merged_.value[key] = value;
      }
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

  void keep_or_remove(const std::string& name, const Json& service) {
    const auto group = text(service, "imageGroup");
    const bool found_group = group && groups_.contains(*group);
    const auto why = !group || found_group ? std::nullopt : defect(*group);
    const bool workload_gone = found_group && text(service, "deployment").has_value();
    if ((why || workload_gone) && !is_by_hand(service)) {
      merged_.removed.push_back(name);
      merged_.unplaced.push_back(
          {"", name, "removed from the catalog: " + why.value_or("its workload is gone")});
      return;
    }
    if (why) {
      merged_.unplaced.push_back(
          {"", name, "kept for what was written by hand, but it leads nowhere: " + *why});
    }
    merged_.kept.push_back(name);
    services_[name] = service;
    if (group && !found_group && old_groups_.contains(*group)) {
      needed_groups_.insert(*group);
    }
  }

  void keep_or_remove_group(const std::string& name, const Json& group) {
    if (needed_groups_.contains(name) || is_group_by_hand(group) || !defect(name)) {
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
  const Json& groups = section(catalog, kImageGroups);
  for (const auto& [name, group] : groups.items()) {
    if (const auto place = place_of(group)) {
      known.groups.emplace(*place, name);
    }
  }
  for (const auto& [name, service] : section(catalog, kServices).items()) {
    const auto group = groups.find(text(service, "imageGroup").value_or(""));
    const auto place = group == groups.end() ? std::nullopt : place_of(*group);
    if (place) {
      known.services.emplace(std::pair(*place, text(service, "deployment").value_or(name)), name);
    }
  }
  return known;
}

MergedCatalog merge_catalog(const Json& old, const CatalogDraft& draft, const PlaceCheck& check) {
  return Merger(old, draft, check).merge();
}

}  // namespace engine
