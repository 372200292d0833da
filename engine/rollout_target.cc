#include "engine/rollout_target.h"

#include <utility>

#include "engine/base/repository_path.h"
#include "engine/config/catalog.h"
#include "engine/config/catalog_scope.h"
#include "engine/config/load_catalog.h"
#include "engine/text/text.h"

namespace engine {
namespace {

RolloutTarget target_of_group(const Catalog& catalog, const Service& service,
                              const ImageGroup& group) {
  RolloutTarget target;
  target.file = group.file;
  target.place = {.type = group.type,
                  .image_name = group.image_name,
                  .path = group.path,
                  .catalog_images = catalog.image_names()};
  target.image_group = group.name;
  target.services_affected = catalog.services_of(group);
  target.kustomization = service.kustomization ? service.kustomization : group.kustomization;
  target.kustomization_namespace =
      service.kustomization ? service.kustomization_namespace : group.kustomization_namespace;
  return target;
}

// "Provide the file path manually": the file and image given stand in for what the catalog lacks,
// and what the file is decides how it is edited.
RolloutTarget manual_target(const RolloutRequest& request, RolloutTarget target) {
  target.file = *request.file;
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
                                  const Rwenv& rwenv, const RolloutRequest& request) {
  auto catalog = load_catalog(host, config, rwenv.name);
  RolloutTarget unknown;
  if (catalog) {
    unknown.place.catalog_images = (*catalog)->image_names();
  }
  if (!request.service) {
    return manual_target(request, std::move(unknown));
  }
  RETURN_IF_FAILED(catalog);
  auto service = (*catalog)->find_service(*request.service);
  if (!service) {
    if (request.file && service.error().code == Code::unknown_service) {
      return manual_target(request, std::move(unknown));
    }
    return failure_of(service);
  }
  auto group = (*catalog)->find_image_group(*service);
  if (!group) {
    if (request.file && group.error().code == Code::no_image_group) {
      return manual_target(request, std::move(unknown));
    }
    return failure_of(group);
  }
  RolloutTarget target = target_of_group(**catalog, *service, *group);
  if (const auto other = request.file ? std::nullopt : other_scope(**catalog, rwenv)) {
    target.warnings.push_back(other->message + " " + other->hint);
  }
  return request.file ? manual_target(request, std::move(target)) : std::move(target);
}

// What of the target can be judged without the file.
Result<RolloutTarget> checked(RolloutTarget target) {
  auto file = repository_path(
      target.file, target.image_group
                       ? "file of image group '" + sanitize_line(*target.image_group, 200) + "'"
                       : "file");
  RETURN_IF_FAILED(file);
  target.file = std::move(*file);
  RETURN_IF_FAILED(check_tag_place(target.file, target.place));
  return target;
}

}  // namespace

Result<RolloutTarget> find_rollout_target(const Host& host, const std::filesystem::path& config,
                                          const Rwenv& rwenv, const RolloutRequest& request) {
  auto target = find_target(host, config, rwenv, request);
  return target ? checked(std::move(*target)) : std::move(target);
}

}  // namespace engine
