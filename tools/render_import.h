// What engine::import_catalog() did, as a caller gets it: as text, and as the object that
// schemas/import.json describes. Pure functions, for any thread.
#pragma once

#include <string>

#include "engine/import_catalog.h"
#include "json/json.h"
#include "tools/hint_words.h"

namespace tools {

// "✓ Imported the catalog of <plugin>@<marketplace>", and a line for each rwenv.
std::string report(const engine::ImportResult& result, Reader reader = Reader::client);

OrderedJson structured(const engine::ImportResult& result);

}  // namespace tools
