#include "engine/discovery/catalog_merger.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <utility>

#include "engine/discovery/catalog_origin.h"
#include "engine/discovery/service_namer.h"

namespace engine {
namespace {

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

class CatalogMerger {
 public:
  CatalogMerger(const Json& old, const CatalogDraft& draft, const PlaceCheck& check)
      : draft_(draft),
        check_(check),
        origin_(old),
        old_services_(catalog_section(old, kServices)),
        old_groups_(catalog_section(old, kImageGroups)) {
    for (const auto& [key, value] : old.items()) {
      if (key != kServices && key != kImageGroups && key != "generatedAt") {
        merged_.value[key] = value;
      }
    }
    if (CatalogOrigin::older_time(old)) {
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
      members_[service.image_group].push_back(&service);
    }
    for (const auto& [name, service] : old_services_.items()) {
      const auto group = string_of_member(service, "imageGroup");
      if (const DraftGroup* const there = group ? found(*group) : nullptr) {
        ++old_members_[there];
      }
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
    entry["wiring"] = to_json(group.wiring);
    groups_[group.name] = std::move(entry);
  }

  void put_service(const DraftService& service) {
    const auto old = old_services_.find(service.name);
    Json entry = old != old_services_.end() && old->is_object() ? *old : Json::object();
    entry["imageGroup"] = service.image_group;
    set_kustomization(entry, service.kustomization, service.kustomization_namespace);
    set(entry, "namespace", service.namespace_name);
    set(entry, "deployment", service.deployment);
    if (!entry.contains("project")) {  // what a person wrote there stays
      set(entry, "project", service.project);
    }
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
    } else if (const auto place = place_in_catalog(*old)) {
      why = check_(*place);
    }
    return defects_[group] = why;
  }

  // What was found at the place of the group that has that name in the old catalog, or of that
  // name itself; null for none.
  const DraftGroup* found(const std::string& group) const {
    const auto old = old_groups_.find(group);
    const auto place = old == old_groups_.end() ? std::nullopt : place_in_catalog(*old);
    const auto at = place ? group_at_.find(*place) : group_at_.end();
    if (at != group_at_.end()) {
      return at->second;
    }
    const auto named = std::ranges::lower_bound(draft_.groups, group, {}, &DraftGroup::name);
    return named == draft_.groups.end() || named->name != group ? nullptr : &*named;
  }

  // Whether regenerate made the service and its group, as far as names and fields tell.
  bool is_made(const std::string& name, const Json& service, const std::string& group) const {
    const auto old = old_groups_.find(group);
    const auto place = old == old_groups_.end() ? std::nullopt : place_in_catalog(*old);
    return place && origin_.is_generated() && !origin_.is_by_hand(service) &&
           !CatalogOrigin::is_group_by_hand(*old) &&
           (string_of_member(service, "deployment") || name == group ||
            is_named_after_image(name, *place) || is_named_after_path(name, *place));
  }

  // Why the place of a group of the old catalog is there and not offered; nothing where it is not
  // so.
  std::optional<std::string> reason_left_out(const std::string& group) const {
    const auto old = old_groups_.find(group);
    const auto place = old == old_groups_.end() ? std::nullopt : place_in_catalog(*old);
    return place ? draft_.left_out.reason_of(*place) : std::nullopt;
  }

  // Why a service that was not found again is to go, unless a person wrote in it.
  std::optional<std::string> reason_to_go(const std::string& name, const Json& service,
                                          const std::optional<std::string>& group,
                                          const DraftGroup* there) {
    const auto workload = string_of_member(service, "deployment");
    if (!group) {
      const bool gone = workload && !draft_.workloads.contains(*workload);
      return origin_.is_older(service) && gone ? std::optional("its workload is gone")
                                               : std::nullopt;
    }
    if (there == nullptr) {
      auto left_out = reason_left_out(*group);
      if (!left_out) {
        return defect(*group);
      }
      return is_made(name, service, *group) ? std::move(left_out) : std::nullopt;
    }
    if (workload) {
      return draft_.workloads.contains(*workload)
                 ? "its workload runs no image of its image group any more"
                 : "its workload is gone";
    }
    const bool stands_in =
        there->place.type == "helm-values" && is_named_after_image(name, there->place);
    if (stands_in || !is_catalog_name(name)) {
      return "its image group has a service of another name";
    }
    return there->name != *group && is_made(name, service, *group)
               ? std::optional("its image group is called " + there->name)
               : std::nullopt;
  }

  // What a service of a group that was found again, and is to go, is called now: by its workload,
  // or where it was and is the only one of the group. Nothing for one that is not there any more.
  std::optional<std::string> new_name(const Json& service, const DraftGroup& there) const {
    const auto members = members_.find(there.name);
    if (members == members_.end()) {
      return std::nullopt;
    }
    const auto workload = string_of_member(service, "deployment");
    for (const DraftService* member : members->second) {
      const bool is_only = members->second.size() == 1 && old_members_.at(&there) == 1;
      if (!old_services_.contains(member->name) &&
          (is_only || (workload && member->deployment == workload))) {
        return member->name;
      }
    }
    return std::nullopt;
  }

  void remove(const std::string& name, const Json& service, const DraftGroup* there,
              const std::string& why) {
    merged_.removed.push_back(name);
    if (auto now = there == nullptr ? std::nullopt : new_name(service, *there)) {
      merged_.unplaced.push_back({"", name, "removed from the catalog: it is called " + *now});
      merged_.renamed.push_back({name, std::move(*now)});
    } else {
      merged_.unplaced.push_back({"", name, "removed from the catalog: " + why});
    }
  }

  void keep_or_remove(const std::string& name, const Json& service) {
    const auto group = string_of_member(service, "imageGroup");
    const DraftGroup* const there = group ? found(*group) : nullptr;
    const auto why = reason_to_go(name, service, group, there);
    if (why && !origin_.is_by_hand(service)) {
      remove(name, service, there, *why);
      return;
    }
    if (why && there == nullptr) {
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
    const auto place = place_in_catalog(group);
    const bool settled = place && origin_.is_generated() &&
                         (group_at_.contains(*place) || draft_.left_out.reason_of(*place));
    if (needed_groups_.contains(name) || CatalogOrigin::is_group_by_hand(group) ||
        (!settled && !defect(name))) {
      groups_[name] = group;
    }
  }

  // Writes the services of a group down where they are not just those that name it.
  void list_members() {
    std::map<std::string, std::vector<std::string>> naming;
    for (const auto& [name, service] : services_.items()) {
      if (const auto group = string_of_member(service, "imageGroup")) {
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
  const CatalogOrigin origin_;
  std::map<GroupPlace, const DraftGroup*> group_at_;
  std::map<std::string, std::vector<const DraftService*>> members_;  // by group
  std::map<const DraftGroup*, std::size_t> old_members_;             // how many of the old catalog
  const Json& old_services_;
  const Json& old_groups_;
  Json services_ = Json::object();
  Json groups_ = Json::object();
  std::map<std::string, std::optional<std::string>> defects_;
  std::set<std::string> needed_groups_;  // by services that are kept
  MergedCatalog merged_;
};

}  // namespace

MergedCatalog merge_catalog(const Json& old, const CatalogDraft& draft, const PlaceCheck& check) {
  return CatalogMerger(old, draft, check).merge();
}

}  // namespace engine
