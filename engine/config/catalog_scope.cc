#include "engine/config/catalog_scope.h"

#include "engine/base/reader_word.h"
#include "engine/text/text.h"

namespace engine {

std::optional<OtherScope> other_scope(const Catalog& catalog, const Rwenv& rwenv) {
  const std::string now = rwenv.flux_path.value_or("");
  if (!catalog.flux_path() || *catalog.flux_path() == now) {
    return std::nullopt;
  }
  return OtherScope{"The catalog was made for the `fluxPath` " +
                        sanitize_line(*catalog.flux_path(), 200) + ", and rwenv '" + rwenv.name +
                        "' now has " + (now.empty() ? "none" : sanitize_line(now, 200)) +
                        ": its services may be those of another environment.",
                    for_reader("Regenerate the catalog with {regenerate_services}.")};
}

}  // namespace engine
