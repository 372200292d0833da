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
  constexpr std::array<std::string_view, 5> kOurs = {
      "imageGroup", "kustomization", "kustomizationNamespace", "namespace", "deployment"};
  return has_other_fields(service, kOurs);
}
bool is_group_by_hand(const Json& group) {
  constexpr std::array<std::string_view, 8> kOurs = {"file",
                                                     "imageName",
                                                     "type",
                                                     "path",
                                                     "services",
                                                     "kustomization",
                                                     "kustomizationNamespace",
                                                     "namespace"};
  return has_other_fields(group, kOurs);
}

void set(Json& object, const char* key, const std::optional<std::string>& value) {
  if (value) {
    object[key] = *value;
  }
}

// The Flux Kustomization with its namespace, which is that of no other one.
void set_kustomization(Json& object, const std::optional<std::string>& name,
                       const std::optional<std::string>& namespace_name) {
  if (name) {
    object["kustomization"] = *name;
    object.erase("kustomizationNamespace");
    set(object, "kustomizationNamespace", namespace_name);
  }
}

// Whether regenerate wrote the catalog, or a person all of it.
bool was_generated(const Json& catalog) {
  return text(catalog, "generatedAt").has_value() ||
         text(section(catalog, "metadata"), "generatedAt").has_value();
}

class Merger {
 public:
  Merger(const Json& old, const CatalogDraft& draft, const PlaceCheck& check)
      : draft_(draft),
        check_(check),
        old_services_(section(old, kServices)),
        old_groups_(section(old, kImageGroups)),
        was_generated_(was_generated(old)) {
    for (const DraftGroup& group : draft_.groups) {
      found_places_.emplace(group.place, group.name);
    }
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
    set_kustomization(entry, group.kustomization, group.kustomization_namespace);
    set(entry, "namespace", group.namespace_name);
    groups_[group.name] = std::move(entry);
  }

  void put_service(const DraftService& service) {
    const auto old = old_services_.find(service.name);
    Json entry = old != old_services_.end() && old->is_object() ? *old : Json::object();
    entry["imageGroup"] = service.image_group;
    set_kustomization(entry, service.kustomization, service.kustomization_namespace);
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

  // Whether the names and fields are such as regenerate writes for a place.
  bool is_made(const std::string& name, const Json& service, const std::string& group,
               const GroupPlace& place) const {
    const std::string base = last_segment(place.image_name);
    const auto old = old_groups_.find(group);
    return was_generated_ && !is_by_hand(service) && !is_group_by_hand(*old) &&
           (text(service, "deployment") || name == group || name == base ||
            name.starts_with(base + "."));
  }

  // Why regenerate, which made the service, does not make it again; nothing where it does, where a
  // person may have made it, and where its place is gone.
  std::optional<std::string> why_not_made(const std::string& name, const Json& service) const {
    const auto group = text(service, "imageGroup");
    const auto old = group ? old_groups_.find(*group) : old_groups_.end();
    const auto place = old == old_groups_.end() ? std::nullopt : place_of(*old);
    if (!place || !is_made(name, service, *group, *place)) {
      return std::nullopt;
    }
    if (const auto left_out = draft_.left_out.find(*place); left_out != draft_.left_out.end()) {
      return left_out->second;
    }
    const auto found = found_places_.find(*place);
    return found == found_places_.end() || found->second == *group
               ? std::nullopt
               : std::optional("its image group is called " + found->second);
  }

  void keep_or_remove(const std::string& name, const Json& service) {
    const auto group = text(service, "imageGroup");
    const bool found_group = group && groups_.contains(*group);
    const auto why = !group || found_group ? std::nullopt : defect(*group);
    const bool workload_gone = found_group && text(service, "deployment").has_value();
    const auto not_made = why || workload_gone ? std::nullopt : why_not_made(name, service);
    if (not_made || ((why || workload_gone) && !is_by_hand(service))) {
      merged_.removed.push_back(name);
      merged_.unplaced.push_back(
          {"", name,
           "removed from the catalog: " +
               (not_made ? *not_made : why.value_or("its workload is gone"))});
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
    if (needed_groups_.contains(name) || is_group_by_hand(group)) {
      groups_[name] = group;
      return;
    }
    const auto place = was_generated_ ? place_of(group) : std::nullopt;
    const bool not_made =
        place && (draft_.left_out.contains(*place) || found_places_.contains(*place));
    if (!not_made && !defect(name)) {
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
  bool was_generated_;
  std::map<GroupPlace, std::string> found_places_;  // with the names of their groups
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
    if (is_group_by_hand(group)) {
      known.groups_by_hand.insert(name);
    }
  }
  for (const auto& [name, service] : section(catalog, kServices).items()) {
    if (is_by_hand(service)) {
      known.services_by_hand.insert(name);
    }
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
