#include "engine/discovery/catalog_builder.h"

#include <algorithm>
#include <map>
#include <set>

#include "engine/base/repository_path.h"
#include "engine/discovery/service_namer.h"
#include "engine/text/join.h"

namespace engine {
namespace {

constexpr const char* kUsualNamespace = "flux-system";

std::string listed(const std::set<std::string>& names) {
  std::vector<std::string> shown(names.begin(), names.end());
  if (shown.size() < Agreement::kMaxKept) {
    return joined(shown);
  }
  shown.resize(Agreement::kMaxKept - 1);
  return joined(shown) + " and more";
}

// Names what was found, and says what is known of it.
class CatalogBuilder {
 public:
  CatalogBuilder(FoundCatalog found, const KnownNames& known)
      : found_(std::move(found)), known_(known) {}

  CatalogDraft draft() {
    draft_.looked_below = found_.looked_below;
    draft_.unplaced = std::move(found_.unplaced);
    draft_.left_out = std::move(found_.left_out);
    draft_.clusters = std::move(found_.clusters);
    name_groups();
    name_services();
    fill_groups();
    list_shared();
    const std::set<SkippedItem> all(draft_.unplaced.begin(), draft_.unplaced.end());
    draft_.unplaced.assign(all.begin(), all.end());
    return std::move(draft_);
  }

 private:
  // What tells groups of one directory apart.
  static std::string detail_of(const GroupPlace& place) { return directory_of(place.image_name); }

  // What was told apart from namesakes and has none any more has its plain name again, unless a
  // person wrote in it.
  static void forget_needless(std::vector<NameWish>& wishes, const std::set<std::string>& by_hand) {
    if (std::ranges::none_of(wishes, [](const NameWish& wish) {
          return wish.known && wish.known->find('.') != std::string::npos;
        })) {
      return;  // which spares a large catalog the two maps
    }
    std::map<std::string, std::size_t> bases;
    std::set<std::string> known;
    for (const NameWish& wish : wishes) {
      ++bases[catalog_name(wish.base)];
      known.insert(wish.known.value_or(""));
    }
    for (NameWish& wish : wishes) {
      const std::string base = catalog_name(wish.base);
      if (wish.known && wish.known->starts_with(base + ".") && bases[base] == 1 &&
          !known.contains(base) && !by_hand.contains(*wish.known)) {
        wish.known.reset();
      }
    }
  }

  void name_groups() {
    std::vector<NameWish> wishes;
    for (const auto& [place, group] : found_.groups) {
      const auto known = known_.groups.find(place);
      wishes.push_back({group.base, directory_of(place.file), detail_of(place),
                        known == known_.groups.end() ? std::nullopt : std::optional(known->second),
                        group.longer});
    }
    forget_needless(wishes, known_.groups_by_hand);
    const std::vector<std::string> names = distinct_names(wishes);
    std::size_t index = 0;
    for (auto& [place, group] : found_.groups) {
      group.name = names[index++];
    }
  }

  void name_services() {
    std::vector<NameWish> wishes;
    std::vector<FoundService*> services;
    for (auto& [place, group] : found_.groups) {
      for (auto& [workload, service] : group.services) {
        const auto known = known_.services.find({place, service.deployed ? workload : ""});
        wishes.push_back(
            {workload, directory_of(place.file),
             detail_of(place) + "/" + last_segment(place.image_name),
             known == known_.services.end() ? std::nullopt : std::optional(known->second),
             service.longer});
        services.push_back(&service);
      }
    }
    forget_needless(wishes, known_.services_by_hand);
    const std::vector<std::string> names = distinct_names(wishes);
    for (std::size_t i = 0; i < services.size(); ++i) {
      services[i]->name = names[i];
    }
  }

  void fill_groups() {
    for (const auto& [place, group] : found_.groups) {
      DraftGroup out;
      out.name = group.name;
      out.place = place;
      out.wiring = group.wiring;
      out.kustomization =
          agreed(place, place.image_name, "kustomization", group.site.kustomization);
      out.namespace_name = group.site.namespace_name.value();
      out.kustomization_namespace = kustomization_namespace(group.site);
      std::set<std::string> services;
      for (const auto& [home, workload] : group.secondary_workloads) {
        services.insert(home->services.at(workload).name);
      }
      for (const auto& [workload, service] : group.services) {
        if (service.deployed || group.secondary_workloads.empty()) {
          services.insert(service.name);
        }
        fill_service(group, service);
      }
      out.services.assign(services.begin(), services.end());
      draft_.groups.push_back(std::move(out));
    }
    std::ranges::sort(draft_.groups, {}, &DraftGroup::name);
    std::ranges::sort(draft_.services, {}, &DraftService::name);
  }

  void fill_service(const FoundGroup& group, const FoundService& service) {
    DraftService out;
    out.name = service.name;
    out.image_group = group.name;
    out.kustomization = service.site.kustomization.value();
    out.kustomization_namespace = kustomization_namespace(service.site);
    out.namespace_name =
        agreed(group.place, service.name, "namespace", service.site.namespace_name);
    out.project = service.project.value();
    if (service.deployed) {
      out.deployment = service.workload;
    } else if (group.secondary_workloads.empty() && group.place.type == "kustomize-images") {
      draft_.unplaced.push_back(
          {group.place.file, group.place.image_name,
           "no workload was found that runs it; the catalog has the service " + service.name +
               " for it"});
    }
    draft_.services.push_back(std::move(out));
  }

  // flux takes flux-system for granted, so it is written down only where it is another.
  static std::optional<std::string> kustomization_namespace(const Site& site) {
    auto name = site.kustomization.value() ? site.kustomization_namespace.value() : std::nullopt;
    return name == kUsualNamespace ? std::nullopt : std::move(name);
  }

  void list_shared() {
    for (const auto& [place, users] : found_.shared) {
      const auto group = found_.groups.find(place);
      if (group != found_.groups.end()) {
        draft_.shared.push_back(group->second.name + " in " + place.file + " (by " +
                                listed(users.values()) + ")");
      }
    }
  }

  // The value, or nothing and an entry in the list where there are several.
  std::optional<std::string> agreed(const GroupPlace& place, const std::string& what,
                                    const std::string& field, const Agreement& agreement) {
    if (agreement.is_split()) {
      draft_.unplaced.push_back(
          {place.file, what,
           "there is more than one " + field + " for it: " + listed(agreement.values())});
    }
    return agreement.value();
  }

  FoundCatalog found_;
  const KnownNames& known_;
  CatalogDraft draft_;
};

}  // namespace

CatalogDraft draft_catalog(FoundCatalog found, const ManifestTree& tree, const KnownNames& known) {
  CatalogDraft draft = CatalogBuilder(std::move(found), known).draft();
  for (const ManifestFile& file : tree.files()) {
    for (const Workload& workload : file.summary.workloads) {
      draft.workloads.insert(workload.name);
    }
  }
  for (const DraftService& service : draft.services) {
    draft.workloads.insert(service.deployment.value_or(""));
  }
  return draft;
}

}  // namespace engine
