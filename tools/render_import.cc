#include "tools/render_import.h"

#include <vector>

#include "engine/base/reader_word.h"
#include "engine/text/join.h"
#include "tools/paragraphs.h"
#include "tools/render.h"

namespace tools {
namespace {

std::string shown(const std::filesystem::path& path) {
  return sanitize_line(path.string());
}

std::string plugin_of(const engine::ImportResult& result) {
  return sanitize_line(result.plugin.full_name());
}

std::vector<std::string> warnings_of(const engine::ImportResult& result) {
  std::vector<std::string> warnings = result.warnings;
  if (!result.other_plugins.empty()) {
    warnings.push_back("Other plugins have a catalog, too: " +
                       engine::joined(result.other_plugins) + ". That of " + plugin_of(result) +
                       " was taken because its name comes first. To use another one, copy it over "
                       "the imported file.");
  }
  return warnings;
}

OrderedJson files_of(const std::vector<engine::CatalogOfRwenv>& catalogs) {
  OrderedJson out = OrderedJson::array();
  for (const engine::CatalogOfRwenv& catalog : catalogs) {
    out.push_back({{"rwenv", sanitize_line(catalog.rwenv)}, {"catalogFile", shown(catalog.file)}});
  }
  return out;
}

}  // namespace

std::string report(const engine::ImportResult& result, Reader reader) {
  Paragraphs out;
  out.line(result.imported.empty() ? "✓ Nothing to import: every rwenv has a catalog"
                                   : "✓ Imported the catalog of " + plugin_of(result) + " " +
                                         sanitize_line(result.plugin.version));
  out.end_paragraph();
  out.labelled("From", shown(result.source));
  out.labelled("Services", std::to_string(result.service_count));
  out.end_paragraph();
  for (const engine::CatalogOfRwenv& catalog : result.imported) {
    out.labelled(sanitize_line(catalog.rwenv), shown(catalog.file));
  }
  for (const engine::CatalogOfRwenv& catalog : result.kept) {
    out.labelled(sanitize_line(catalog.rwenv),
                 "has a catalog, which stays: " + shown(catalog.file));
  }
  out.end_paragraph();
  if (!result.imported.empty()) {
    out.line(sanitize_line(
        engine::for_reader("{regenerate_services} brings it up to date with the Flux repository."),
        reader));
  }
  out.warnings(sanitize_lines(warnings_of(result), reader));
  return truncate_with_notice(out.text());
}

OrderedJson structured(const engine::ImportResult& result) {
  OrderedJson out = OrderedJson::object();
  out["plugin"] = plugin_of(result);
  out["version"] = sanitize_line(result.plugin.version);
  out["source"] = shown(result.source);
  out["services"] = result.service_count;
  out["imported"] = files_of(result.imported);
  out["kept"] = files_of(result.kept);
  out["otherPlugins"] = sanitize_lines(result.other_plugins, Reader::client);
  out["warnings"] = sanitize_lines(warnings_of(result), Reader::client);
  out["report"] = report(result);
  return out;
}

}  // namespace tools
