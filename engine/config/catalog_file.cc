#include "engine/config/catalog_file.h"

#include <system_error>

#include "engine/base/write_file.h"
#include "engine/config/catalog_cache.h"
#include "engine/config/load_catalog.h"
#include "engine/text/text.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

// Also a link that leads nowhere.
bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::symlink_status(path, error).type() != fs::file_type::not_found;
}

bool has_services(const Host& host, const fs::path& file) {
  CatalogCache none_kept;
  const auto catalog = (host.catalogs != nullptr ? *host.catalogs : none_kept).read(file);
  return catalog && *catalog != nullptr && !(*catalog)->service_names().empty();
}

}  // namespace

Result<void> check_catalog_file(const fs::path& file) {
  for (const fs::path& directory : {file.parent_path().parent_path(), file.parent_path()}) {
    std::error_code error;
    if (fs::is_symlink(directory, error)) {
      return fail(Code::bad_config,
                  sanitize_line(directory.string()) +
                      " is a symbolic link; the catalog is written to a directory of its own.",
                  "Remove the link (what it points to stays as it is), then try again.");
    }
  }
  return refuse_special_file(file);
}

std::optional<fs::path> catalog_of_rwenv(const Host& host, const fs::path& config_directory,
                                         std::string_view rwenv) {
  const fs::path shared = config_directory / "flux-infra-guide" / rwenv / "services.json";
  const auto places = catalog_paths(host, config_directory, rwenv);
  for (const fs::path& place : places) {
    const bool is_own = place == places.front() || place == shared;
    if (is_own ? is_there(place) : has_services(host, place)) {
      return place;
    }
  }
  return std::nullopt;
}

}  // namespace engine
