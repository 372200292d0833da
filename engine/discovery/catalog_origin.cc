#include "engine/discovery/catalog_origin.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/discovery/service_namer.h"
#include "engine/yaml/path.h"

namespace engine {
namespace {

constexpr const char* kDefaultHelmPath = ".spec.values.image.tag";

template <std::size_t N>
bool has_other_fields(const Json& object, const std::array<std::string_view, N>& ours) {
  return !object.is_object() || std::ranges::any_of(object.items(), [&](const auto& item) {
    return std::ranges::find(ours, item.key()) == ours.end();
  });
}

}  // namespace

std::optional<std::string> string_of_member(const Json& object, const char* key) {
  if (!object.is_object()) {
    return std::nullopt;
  }
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? std::optional(found->get<std::string>())
                                                     : std::nullopt;
}

const Json& catalog_section(const Json& catalog, const char* key) {
  static const Json none = Json::object();
  const auto found = catalog.find(key);
  return found != catalog.end() && found->is_object() ? *found : none;
}

std::optional<GroupPlace> place_in_catalog(const Json& group) {
  const auto file = string_of_member(group, "file");
  const auto image = string_of_member(group, "imageName");
  if (!file || !image) {
    return std::nullopt;
  }
  GroupPlace place{.file = *file, .image_name = *image, .path = {}};
  place.type = string_of_member(group, "type").value_or(place.type);
  if (place.type == "helm-values") {
    place.path = string_of_member(group, "path").value_or(kDefaultHelmPath);
  } else if (place.type == "image-reference") {
    place.path = string_of_member(group, "path").value_or("");
  }
  return place;
}

CatalogOrigin::CatalogOrigin(const Json& catalog)
    : older_(!catalog.contains("generatedAt") && older_time(catalog).has_value()),
      generated_(older_ || string_of_member(catalog, "generatedAt").has_value()) {}

std::optional<std::string> CatalogOrigin::older_time(const Json& catalog) {
  const auto metadata = catalog.find("metadata");
  return metadata == catalog.end() ? std::nullopt : string_of_member(*metadata, "generatedAt");
}

bool CatalogOrigin::is_by_hand(const Json& service) const {
  constexpr std::array<std::string_view, 7> kOurs = {
      "imageGroup", "kustomization", "kustomizationNamespace", "namespace", "deployment",
      "fluxPath",   "project"};
  constexpr std::array<std::string_view, 8> kOlder = {
      "imageGroup",  "kustomization", "kustomizationNamespace",
      "namespace",   "deployment",    "fluxPath",
      "description", "project"};
  return is_older(service) ? has_other_fields(service, kOlder) : has_other_fields(service, kOurs);
}

bool CatalogOrigin::is_group_by_hand(const Json& group) {
  constexpr std::array<std::string_view, 10> kOurs = {"file",
                                                      "imageName",
                                                      "type",
                                                      "path",
                                                      "services",
                                                      "kustomization",
                                                      "kustomizationNamespace",
                                                      "namespace",
                                                      "wiring",
                                                      "yqPath"};
  return has_other_fields(group, kOurs);
}

bool CatalogOrigin::is_older(const Json& service) const {
  return older_ || (service.is_object() && service.contains("fluxPath"));
}

bool is_named_after_image(std::string_view name, const GroupPlace& place) {
  const std::string base = catalog_name(last_segment(place.image_name));
  return name.starts_with(base) && (name.size() == base.size() || name[base.size()] == '.');
}

bool is_named_after_path(std::string_view name, const GroupPlace& place) {
  const auto path = YamlPath::parse(place.path);
  return path && std::ranges::any_of(path->steps, [&](const YamlStep& step) {
           const std::string_view part = step.kind == YamlStep::Kind::match ? step.value : step.key;
           return !part.empty() && part != "image" && part != "tag" &&
                  name.ends_with("-" + catalog_name(part));
         });
}

KnownNames known_names(const Json& catalog) {
  KnownNames known;
  const CatalogOrigin origin(catalog);
  const Json& groups = catalog_section(catalog, kImageGroups);
  for (const auto& [name, group] : groups.items()) {
    const auto place = place_in_catalog(group);
    if (place) {
      known.places.insert(*place);
    }
    const bool by_hand = CatalogOrigin::is_group_by_hand(group);
    if (place && (is_catalog_name(name) || by_hand)) {
      known.groups.emplace(*place, name);
    }
    if (by_hand) {
      known.groups_by_hand.insert(name);
    }
  }
  for (const auto& [name, service] : catalog_section(catalog, kServices).items()) {
    const bool by_hand = origin.is_by_hand(service);
    if (by_hand) {
      known.services_by_hand.insert(name);
    }
    const auto group = groups.find(string_of_member(service, "imageGroup").value_or(""));
    const auto place = group == groups.end() ? std::nullopt : place_in_catalog(*group);
    if (!place || !(is_catalog_name(name) || by_hand)) {
      continue;
    }
    const auto workload = string_of_member(service, "deployment");
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

}  // namespace engine
