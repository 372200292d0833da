// Finds the catalog of an rwenv among the places where one may be, and reads it (specification,
// section 2). Reads local files only; for any thread.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/config/catalog.h"

namespace engine {

// Where the catalog of an rwenv is looked for, in order; the first is where regenerate writes it.
std::vector<std::filesystem::path> catalog_paths(const Host& host,
                                                 const std::filesystem::path& config_directory,
                                                 std::string_view rwenv);

// The file that --services or ROLLOUT_SERVICES_FILE names instead.
std::optional<std::filesystem::path> named_catalog(const Host& host);

// The first catalog that exists (specification, section 2); where none does, one without services.
// A file that was named on purpose (--services, ROLLOUT_SERVICES_FILE) must exist. `bad_config`.
Result<std::shared_ptr<const Catalog>> load_catalog(const Host& host,
                                                    const std::filesystem::path& config_directory,
                                                    std::string_view rwenv);

}  // namespace engine
