#include "engine/config/catalog.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/base/nearest.h"
#include "engine/base/reader_word.h"
#include "engine/config/misspelt_field.h"
#include "engine/text/join.h"
#include "engine/text/text.h"
#include "json/parse.h"
#include "json/reader.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

constexpr auto kNull = json::ObjectReader::Null::same_as_missing;

constexpr std::array<std::string_view, 2> kSections = {"services", "imageGroups"};
constexpr std::array<std::string_view, 3> kTopFields = {kSections[0], kSections[1], "generatedAt"};
constexpr std::array<std::string_view, 7> kServiceFields = {
    "imageGroup",  "kustomization", "kustomizationNamespace", "namespace", "deployment",
    "description", "project"};
// Of a service: by these it is found without its name.
constexpr std::array<std::string_view, 2> kIndexed = {"imageGroup", "project"};
constexpr std::array<std::string_view, 9> kGroupFields = {
    "file",      "imageName", "type", "path", "services", "kustomization", "kustomizationNamespace",
    "namespace", "wiring"};

std::string pointer(std::string_view section, std::string_view name) {
  return "/" + std::string(section) + "/" + json::escaped(name);
}

std::string regenerate_or_name_file() {
  return for_reader(
      "Regenerate the catalog with {regenerate_services}, or roll out with {file} and "
      "{imageName}.");
}

}  // namespace

Result<void> refuse_misspelt_catalog_fields(const ConfigFile& config,
                                            const std::vector<std::string>& keys) {
  return refuse_misspelt(config, "", keys, kTopFields, Misspelling::any, kSections);
}

Result<Catalog> Catalog::parse(std::string text, const fs::path& file) {
  // Without its values, unless they are needed to say what is wrong.
  if (json::check_unique(text)) {
    RETURN_IF_FAILED(parse_config(text, file));
  }
  Catalog catalog;
  catalog.config_ = {file, std::move(text), nullptr};
  RETURN_IF_FAILED(catalog.read_sections());
  return catalog;
}

Result<void> Catalog::read_sections() {
  const std::string_view text = config_.text;
  const TextRange whole = whole_value(text);
  const MemberIndex members(text, whole);
  RETURN_IF_FAILED(refuse_misspelt_catalog_fields(config_, members.names()));
  // The catalog without its entries, to be read as any configuration file is.
  const bool is_object = whole.in(text).starts_with('{');
  Json outline = is_object ? Json::object() : Json::parse(whole.in(text));
  for (const char* const name : {"generatedAt", "services", "imageGroups"}) {
    if (const auto member = members.find(name)) {
      const std::string_view value = members.value(*member).in(text);
      outline[name] = value.starts_with('{') ? Json::object() : Json::parse(value);
    }
  }
  json::ObjectReader in(outline, "", kNull);
  generated_at_ = in.string("generatedAt");
  if (const auto metadata = members.find("metadata"); metadata && !generated_at_) {
    // Where the shell procedure that this program replaces has it.
    generated_at_ = string_member(text, members.value(*metadata), "generatedAt");
  }
  flux_path_ = string_member(text, whole, kMadeForFluxPath);
  in.object("services");
  in.object("imageGroups");
  if (in.problem()) {
    return bad_field(config_, *in.problem());
  }
  const auto section = [&](std::string_view name) {
    const auto member = members.find(name);
    return member ? MemberIndex(text, members.value(*member)) : MemberIndex();
  };
  services_ = section("services");
  groups_ = section("imageGroups");
  index_services();
  return {};
}

void Catalog::index_services() {
  const std::size_t count = services_.names().size();
  services_by_group_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    std::array<std::string_view, kIndexed.size()> values;
    find_members(config_.text, services_.value(i), kIndexed, values);
    const auto& [image_group, project] = values;
    if (!project.empty()) {
      services_with_project_.push_back(static_cast<std::uint32_t>(i));
    }
    const auto name = string_value(image_group);
    if (const auto group = name ? groups_.find(*name) : std::nullopt) {
      services_by_group_.emplace_back(static_cast<std::uint32_t>(*group),
                                      static_cast<std::uint32_t>(i));
    }
  }
  std::ranges::sort(services_by_group_);
}

std::optional<Json> Catalog::entry(const MemberIndex& section, std::string_view name) const {
  const auto found = section.find(name);
  return found ? std::optional(Json::parse(section.value(*found).in(config_.text))) : std::nullopt;
}

Result<Service> Catalog::find_service(std::string_view name) const {
  const std::optional<Json> value = entry(services_, name);
  if (!value) {
    const auto near = nearest(name, service_names());
    const std::string names =
        near.empty() ? "" : "Nearest names: " + sanitize_line(joined(near)) + ".\n";
    std::string hint = names + places_looked_at() + regenerate_or_name_file();
    return fail(
        Code::unknown_service,
        "Service '" + sanitize_line(name, 200) +
            "' not found in flux-infra-guide. Run `/flux-infra-guide-regenerate` or provide the "
            "file path manually.",
        std::move(hint), {{"nearest", near}});
  }
  const std::string place = pointer("services", name);
  if (auto spelt = refuse_misspelt(config_, place, keys_of(*value), kServiceFields,
                                   Misspelling::no_other_word);
      !spelt) {
    return failure_of(spelt);
  }
  json::ObjectReader in(*value, place, kNull);
  Service service{.name = std::string(name)};
  service.image_group = in.string("imageGroup");
  service.kustomization = in.string("kustomization");
  service.kustomization_namespace = in.string("kustomizationNamespace");
  service.namespace_name = in.string("namespace");
  service.deployment = in.string("deployment");
  service.description = in.string("description");
  if (const auto project = in.string("project")) {
    service.project = RemoteUrl(*project);
  }
  if (in.problem()) {
    return bad_field(config_, *in.problem());
  }
  return service;
}

Result<ImageGroup> Catalog::find_image_group(const Service& service) const {
  const std::string name = service.image_group.value_or("");
  const std::optional<Json> value = name.empty() ? std::nullopt : entry(groups_, name);
  if (!value || value->is_null()) {
    return fail(
        Code::no_image_group,
        "No imageGroup configured for '" + sanitize_line(service.name, 200) +
            "'. Update services.json or provide the file path manually.",
        (name.empty() ? ""
                      : "It names the image group '" + sanitize_line(name, 200) + "', which " +
                            sanitize_line(file().string()) + " does not have.\n") +
            regenerate_or_name_file());
  }
  const std::string place = pointer("imageGroups", name);
  if (auto spelt = refuse_misspelt(config_, place, keys_of(*value), kGroupFields,
                                   Misspelling::no_other_word);
      !spelt) {
    return failure_of(spelt);
  }
  json::ObjectReader in(*value, place, kNull);
  in.require("file");
  in.require("imageName");
  ImageGroup group{.name = name};
  group.file = in.string("file").value_or("");
  group.image_name = in.string("imageName").value_or("");
  group.type = in.string("type").value_or("kustomize-images");
  group.path = in.string("path");
  group.services = in.strings("services").value_or(std::vector<std::string>());
  group.kustomization = in.string("kustomization");
  group.kustomization_namespace = in.string("kustomizationNamespace");
  group.namespace_name = in.string("namespace");
  if (const Json* const recorded = in.object("wiring")) {
    auto wiring = read_wiring(*recorded, in.pointer("wiring"));
    if (!wiring) {
      return bad_field(config_, wiring.error());
    }
    group.wiring = std::move(*wiring);
  }
  if (in.problem()) {
    return bad_field(config_, *in.problem());
  }
  return group;
}

std::string Catalog::places_looked_at() const {
  std::string list;
  for (const fs::path& place : looked_at_) {
    list += "\n" + sanitize_line(place.string());
  }
  return list.empty() ? list : "There is no catalog; looked for:" + list + "\n";
}

std::string Catalog::how_to_get_services() const {
  return places_looked_at() +
         for_reader(
             "Make it with {regenerate_services}, or name one with {services_file} or "
             "ROLLOUT_SERVICES_FILE.");
}

std::vector<std::string> Catalog::image_names() const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < groups_.names().size(); ++i) {
    if (auto name = string_member(config_.text, groups_.value(i), "imageName")) {
      names.push_back(std::move(*name));
    }
  }
  return names;
}

std::vector<std::string> Catalog::services_of_project(const std::vector<RemoteUrl>& remotes) const {
  std::vector<std::string> names;
  for (const std::uint32_t i : services_with_project_) {
    const auto text = string_member(config_.text, services_.value(i), "project");
    const RemoteUrl project(text.value_or(""));
    if (!project.empty() && std::ranges::any_of(remotes, [&](const RemoteUrl& remote) {
          return is_same_repository(project, remote);
        })) {
      names.push_back(service_names()[i]);
    }
  }
  return names;
}

std::vector<std::string> Catalog::services_of(const ImageGroup& group) const {
  if (!group.services.empty()) {
    return group.services;
  }
  std::vector<std::string> names;
  if (const auto index = groups_.find(group.name)) {
    const auto group_index = static_cast<std::uint32_t>(*index);
    auto next = std::ranges::lower_bound(services_by_group_, std::pair(group_index, 0U));
    for (; next != services_by_group_.end() && next->first == group_index; ++next) {
      names.push_back(service_names()[next->second]);
    }
  }
  return names;
}

}  // namespace engine
