#include "engine/rollout_target.h"

#include <algorithm>
#include <utility>

#include "engine/config/catalog.h"
#include "engine/config/catalog_scope.h"
#include "engine/config/load_catalog.h"
#include "engine/text/text.h"

namespace engine {
namespace {

Result<RepositoryPath> file_of(const ImageGroup& group) {
  return RepositoryPath::parse(group.file,
                               "file of image group '" + sanitize_line(group.name, 200) + "'");
}

RolloutTarget target_of_group(const Catalog& catalog, const Service& service,
                              const ImageGroup& group, RepositoryPath file) {
  RolloutTarget target{.service = {}, .file = std::move(file)};
  target.place = {.type = group.type,
                  .image_name = group.image_name,
                  .path = group.path,
                  .catalog_images = catalog.image_names()};
  target.image_group = group.name;
  target.services_affected = catalog.services_of(group);
  target.kustomization = service.kustomization ? service.kustomization : group.kustomization;
  target.kustomization_namespace =
      service.kustomization ? service.kustomization_namespace : group.kustomization_namespace;
  target.workload = {service.namespace_name ? service.namespace_name : group.namespace_name,
                     service.deployment};
  return target;
}

// "Provide the file path manually": the file and image given stand in for what the catalog lacks,
// and what the file is decides how it is edited.
RolloutTarget manual_target(const RolloutRequest& request, RolloutTarget target) {
  target.place.by_hand = true;
  target.place.usual_path = std::exchange(target.place.path, request.path);
  if (request.image_name) {
    target.place.image_name = *request.image_name;
    target.place.image_by_hand = true;
  } else if (target.place.image_name.empty()) {
    target.place.image_name = *request.service;
  }
  return target;
}

Result<RolloutTarget> find_target(const Host& host, const std::filesystem::path& config,
                                  const Rwenv& rwenv, const RolloutRequest& request,
                                  const std::optional<RepositoryPath>& file) {
  auto catalog = load_catalog(host, config, rwenv.name);
  const auto unknown_to_catalog = [&] {
    RolloutTarget target{.service = {}, .file = *file};
    if (catalog) {
      target.place.catalog_images = (*catalog)->image_names();
    }
    return manual_target(request, std::move(target));
  };
  if (!request.service) {
    return unknown_to_catalog();
  }
  RETURN_IF_FAILED(catalog);
  auto service = (*catalog)->find_service(*request.service);
  if (!service) {
    if (file && service.error().code == Code::unknown_service) {
      return unknown_to_catalog();
    }
    return failure_of(service);
  }
  auto group = (*catalog)->find_image_group(*service);
  if (!group) {
    if (file && group.error().code == Code::no_image_group) {
      return unknown_to_catalog();
    }
    return failure_of(group);
  }
  if (file) {
    return manual_target(request, target_of_group(**catalog, *service, *group, *file));
  }
  auto own = file_of(*group);
  RETURN_IF_FAILED(own);
  RolloutTarget target = target_of_group(**catalog, *service, *group, std::move(*own));
  target.wiring = group->wiring.value_or(RecordedWiring());
  if (const auto other = other_scope(**catalog, rwenv)) {
    target.warnings.push_back(other->message + " " + other->hint);
  }
  return target;
}

Result<RolloutTarget> find_checked_target(const Host& host, const std::filesystem::path& config,
                                          const Rwenv& rwenv, const RolloutRequest& request,
                                          const std::optional<RepositoryPath>& file) {
  auto target = find_target(host, config, rwenv, request, file);
  RETURN_IF_FAILED(target);
  target->service = request.service;
  RETURN_IF_FAILED(check_tag_place(target->file.text(), target->place));
  return target;
}

// The refusal of one of several services. The messages of the catalog's lookups name it already.
Failure naming(const std::string& service, Error error) {
  if (error.code != Code::unknown_service && error.code != Code::no_image_group) {
    error.message = service_label(service) + ": " + error.message;
  }
  return Failure(std::move(error));
}

bool is_same_group(const RolloutTarget& target, const RolloutTarget& other) {
  return target.image_group == other.image_group;
}

}  // namespace

std::string service_label(std::string_view service) {
  return "Service '" + sanitize_line(service, 200) + "'";
}

Result<std::vector<RolloutTarget>> find_rollout_targets(const Host& host,
                                                        const std::filesystem::path& config,
                                                        const Rwenv& rwenv,
                                                        const RolloutRequest& request,
                                                        const std::optional<RepositoryPath>& file) {
  std::vector<RolloutTarget> targets;
  if (request.services.empty()) {
    auto target = find_checked_target(host, config, rwenv, request, file);
    RETURN_IF_FAILED(target);
    targets.push_back(std::move(*target));
    return targets;
  }
  RolloutRequest one = request;
  for (const std::string& service : request.services) {
    one.service = service;
    auto target = find_checked_target(host, config, rwenv, one, file);
    if (!target) {
      return naming(service, std::move(target.error()));
    }
    const bool known = std::ranges::any_of(
        targets, [&](const RolloutTarget& other) { return is_same_group(*target, other); });
    if (!known) {
      targets.push_back(std::move(*target));
    }
  }
  return targets;
}

}  // namespace engine
