// The catalog, services.json: which image group a service belongs to, and in which file of the Flux
// repository the group's image stands (CONTRACT sections 1 and 2).
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/host.h"
#include "engine/result.h"

namespace engine {

struct Service {
  std::string name;
  std::optional<std::string> image_group;
  std::optional<std::string> kustomization;
  std::optional<std::string> namespace_name;
  std::optional<std::string> deployment;
  std::optional<std::string> description;
};

struct ImageGroup {
  std::string name;
  std::string file;                 // relative to the flux repository's root
  std::string image_name;           // kustomize's images[].name
  std::string type;                 // as written; "kustomize-images" where there is none
  std::optional<std::string> path;  // where a helm-values file has the tag
  std::vector<std::string> services;
  std::optional<std::string> kustomization;
  std::optional<std::string> namespace_name;
};

// A catalog as read; immutable, so it may be shared between threads.
class Catalog {
 public:
  // Reads the first catalog that exists: `no_catalog`-like refusals name every place that was
  // looked at (bad_config).
  static Result<Catalog> load(const Host& host, const std::filesystem::path& config_directory,
                              std::string_view rwenv);
  // Reads `text`, which came from `file`: `bad_config` with file, line, column and field.
  static Result<Catalog> parse(std::string_view text, const std::filesystem::path& file);

  const std::filesystem::path& file() const { return file_; }
  const std::optional<std::string>& generated_at() const { return generated_at_; }
  // In the catalog's order.
  const std::vector<Service>& services() const { return services_; }

  // The service: `unknown_service`, with the nearest names.
  Result<const Service*> find_service(std::string_view name) const;
  // The image group of a service: `no_image_group` also where the catalog lacks the group that the
  // service names.
  Result<const ImageGroup*> find_image_group(const Service& service) const;
  // The group's `services`, or else the services that name the group, in the catalog's order.
  std::vector<std::string> services_of(const ImageGroup& group) const;

 private:
  std::filesystem::path file_;
  std::optional<std::string> generated_at_;
  std::vector<Service> services_;
  std::map<std::string, std::size_t, std::less<>> index_;  // into services_
  std::map<std::string, ImageGroup, std::less<>> groups_;
};

}  // namespace engine
