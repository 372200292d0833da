// The catalog, services.json: which image group a service belongs to, and in which file of the Flux
// repository the group's image stands (specification, sections 1 and 2).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/config/catalog_index.h"
#include "engine/config/config_file.h"
#include "engine/git/remote_url.h"
#include "engine/wiring/recorded_wiring.h"

namespace engine {

// The member of a catalog that has the `fluxPath` for which it was made.
inline constexpr const char* kMadeForFluxPath = "fluxPath";

struct Service {
  std::string name;
  std::optional<std::string> image_group;
  std::optional<std::string> kustomization;
  std::optional<std::string> kustomization_namespace;
  std::optional<std::string> namespace_name;
  std::optional<std::string> deployment;
  std::optional<std::string> description;
  std::optional<RemoteUrl> project;  // whose branches it is rolled out from
};

struct ImageGroup {
  std::string name;
  std::string file;                 // relative to the Flux repository's root
  std::string image_name;           // kustomize's images[].name
  std::string type;                 // as written; "kustomize-images" where there is none
  std::optional<std::string> path;  // where a helm-values file has the tag
  std::vector<std::string> services;
  std::optional<std::string> kustomization;
  std::optional<std::string> kustomization_namespace;
  std::optional<std::string> namespace_name;
  std::optional<RecordedWiring> wiring;  // nothing where regenerate has not recorded it
};

// A catalog as read; immutable, so it may be shared between threads. Entries are read when they are
// asked for: a mistake in one does not stand in the way of the others, and a catalog of 100,000
// services takes little more memory than its file.
class Catalog {
 public:
  // No catalog: every service is unknown, and the refusal names the places that were looked at.
  explicit Catalog(std::vector<std::filesystem::path> looked_at)
      : looked_at_(std::move(looked_at)) {}
  // Reads `text`, which came from `file`: `bad_config` with file, line, column and field.
  static Result<Catalog> parse(std::string text, const std::filesystem::path& file);

  // Where it was read from; empty if there is no catalog.
  const std::filesystem::path& file() const { return config_.file; }
  const std::optional<std::string>& generated_at() const { return generated_at_; }
  // The `fluxPath` for which regenerate made it; nothing for a catalog that does not say so.
  const std::optional<std::string>& flux_path() const { return flux_path_; }
  // The services' names in the catalog's order.
  const std::vector<std::string>& service_names() const { return services_.names(); }

  // `unknown_service` with the nearest names; `bad_config`, also for a misspelt field of the entry.
  Result<Service> find_service(std::string_view name) const;
  // The image group of a service: `no_image_group`, also where the catalog lacks the group that the
  // service names; `bad_config`.
  Result<ImageGroup> find_image_group(const Service& service) const;
  // The image groups' names in the catalog's order.
  const std::vector<std::string>& image_group_names() const { return groups_.names(); }
  // The services whose `project` is one of these repositories, in the catalog's order; those that
  // cannot be read do not count. Reads every entry that has one.
  std::vector<std::string> services_of_project(const std::vector<RemoteUrl>& remotes) const;
  // What to do where it lacks services, as a hint: where a catalog was looked for, if there is
  // none, and how to get one.
  std::string how_to_get_services() const;
  // The names of the images of all groups, as far as they can be read, without order.
  std::vector<std::string> image_names() const;
  // The group's `services`, or else the services that name the group, in the catalog's order.
  std::vector<std::string> services_of(const ImageGroup& group) const;

 private:
  Catalog() = default;
  Result<void> read_sections();
  void index_services();
  std::string places_looked_at() const;
  std::optional<Json> entry(const MemberIndex& section, std::string_view name) const;

  ConfigFile config_;  // the text only
  std::optional<std::string> generated_at_;
  std::optional<std::string> flux_path_;
  MemberIndex services_;
  MemberIndex groups_;
  // Each group with each service that names it, in the catalog's order.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> services_by_group_;
  // The services that have a `project`, in the catalog's order.
  std::vector<std::uint32_t> services_with_project_;
  std::vector<std::filesystem::path> looked_at_;
};

// Refuses a misspelt field at the top of a catalog, whose members are `keys`: `bad_config`, naming
// both spellings, with the place. `service` and the like count only where the section is missing.
Result<void> refuse_misspelt_catalog_fields(const ConfigFile& config,
                                            const std::vector<std::string>& keys);

}  // namespace engine
