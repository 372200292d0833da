#include "engine/config/load_catalog.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "engine/base/data_directory.h"
#include "engine/base/reader_word.h"
#include "engine/config/catalog_cache.h"
#include "engine/config/other_plugins.h"
#include "engine/text/text.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

// Whether a plugin is where `place`, a catalog in one, would be.
bool is_in_plugin(const fs::path& place) {
  fs::path root = place;
  for (fs::path rest = kCatalogInPlugin; !rest.empty(); rest = rest.parent_path()) {
    root = root.parent_path();
  }
  std::error_code error;
  return fs::is_directory(root / ".claude-plugin", error) ||
         fs::is_directory(root / "skills", error);
}

// The places that are worth telling a person: each once, and only in a plugin that is there.
std::vector<fs::path> worth_telling(const std::vector<fs::path>& places) {
  std::vector<fs::path> told;
  for (const fs::path& place : places) {
    const fs::path plain = place.lexically_normal();
    const bool in_plugin = plain.string().ends_with(kCatalogInPlugin);
    if (std::ranges::find(told, plain) == told.end() && (!in_plugin || is_in_plugin(plain))) {
      told.push_back(plain);
    }
  }
  return told;
}

}  // namespace

std::optional<fs::path> named_catalog(const Host& host) {
  if (host.services_file) {
    return host.working_directory / *host.services_file;
  }
  if (const auto file = host.environment.get("ROLLOUT_SERVICES_FILE")) {
    return host.working_directory / *file;
  }
  return std::nullopt;
}

std::vector<fs::path> catalog_paths(const Host& host, const fs::path& config_directory,
                                    std::string_view rwenv) {
  std::vector<fs::path> places = {catalog_path(host, config_directory, rwenv)};
  // Beside a user's own, that of the shared directory.
  fs::path shared = config_directory / "flux-infra-guide" / rwenv / "services.json";
  if (shared != places.front()) {
    places.push_back(std::move(shared));
  }
  // A relative one would be looked up in the project.
  const auto plugin = host.environment.get("CLAUDE_PLUGIN_ROOT");
  if (plugin && fs::path(*plugin).is_absolute()) {
    places.push_back(fs::path(*plugin) / kCatalogInPlugin);
  }
  if (!host.executable.empty()) {  // <plugin>/bin/rollout-mcp
    places.push_back(host.executable.parent_path().parent_path() / kCatalogInPlugin);
  }
  return places;
}

Result<std::shared_ptr<const Catalog>> load_catalog(const Host& host,
                                                    const fs::path& config_directory,
                                                    std::string_view rwenv) {
  CatalogCache none_kept;
  CatalogCache& cache = host.catalogs != nullptr ? *host.catalogs : none_kept;
  const auto named = named_catalog(host);
  // Most often there; the others take a while to work out.
  auto first = cache.read(named ? *named : catalog_path(host, config_directory, rwenv));
  if (!first || *first != nullptr) {
    return first;
  }
  if (named) {
    return fail(
        Code::bad_config,
        "The services file " + sanitize_line(named->string()) + " does not exist.",
        for_reader("Correct {services_file} or ROLLOUT_SERVICES_FILE, or drop it to use the usual "
                   "places."));
  }
  const auto places = catalog_paths(host, config_directory, rwenv);
  for (auto place = places.begin() + 1; place != places.end(); ++place) {
    auto catalog = cache.read(*place);
    if (!catalog || *catalog != nullptr) {
      return catalog;
    }
  }
  return std::make_shared<const Catalog>(worth_telling(places));
}

}  // namespace engine
