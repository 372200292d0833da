// Takes over the catalog that another rwenv plugin left (specification, section 9, `import`): a
// copy for each rwenv that has none. Nothing of the plugin is changed, and nothing that is there is
// overwritten. Knows nothing of MCP or of the command line.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/config/other_plugins.h"

namespace engine {

// The member of a catalog that says which plugin it came from.
inline constexpr const char* kImportedFrom = "importedFrom";

struct CatalogOfRwenv {
  std::string rwenv;
  std::filesystem::path file;
};

struct ImportResult {
  OtherPlugin plugin;            // whose catalog it is
  std::filesystem::path source;  // the file
  std::size_t service_count = 0;
  std::vector<CatalogOfRwenv> imported;
  std::vector<CatalogOfRwenv> kept;        // had a catalog, which stays
  std::vector<std::string> other_plugins;  // the full names of others that have one, too
  std::vector<std::string> warnings;
};

// The catalog is that of the plugin whose full name comes first among those whose newest one can be
// read and has services; those that are passed over are told. `unknown_service` if no plugin has
// one, `bad_config` (file, line, field) if none can be read, `unknown_rwenv` without rwenvs;
// `locked`, `cancelled`, `disk_full`, `internal`: then no catalog was written. Where only some
// could be, warnings say so. For any thread; waits for rollouts and regenerates of the same rwenv.
Result<ImportResult> import_catalog(const Host& host, const CallContext& call);

}  // namespace engine
