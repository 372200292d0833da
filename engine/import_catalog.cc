#include "engine/import_catalog.h"

#include <optional>
#include <utility>

#include "engine/base/data_directory.h"
#include "engine/base/environment_directories.h"
#include "engine/base/file_below.h"
#include "engine/base/reader_word.h"
#include "engine/base/write_file.h"
#include "engine/config/catalog.h"
#include "engine/config/catalog_file.h"
#include "engine/config/load_catalog.h"
#include "engine/config/rwenv.h"
#include "engine/config/rwenv_list.h"
#include "engine/flux/clone_lock.h"
#include "engine/text/text.h"
#include "json/insert_member.h"
#include "json/parse.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

// A catalog of a plugin, fit to be written.
struct Candidate {
  OtherPlugin plugin;
  fs::path source;
  std::string text;
  std::size_t service_count = 0;
};

std::string shown(const fs::path& path) {
  return sanitize_line(path.string());
}

std::string full_name_of(const OtherPlugin& plugin) {
  return sanitize_line(plugin.full_name(), 200);
}

// The text with its origin, unless it says already where it once came from.
std::string with_origin(std::string text, const OtherPlugin& plugin) {
  const auto value = json::parse_unique(text);
  if (!value || !value->is_object() || value->contains(kImportedFrom)) {
    return text;
  }
  return json::insert_member(text, "", kImportedFrom,
                             full_name_of(plugin) + " " + sanitize_line(plugin.version, 200));
}

Result<Candidate> read_candidate(const fs::path& cache, const OtherPlugin& plugin) {
  Candidate candidate{.plugin = plugin, .source = cache / plugin.directory / kCatalogInPlugin};
  const auto directory = open_directory(cache);
  auto file = directory
                  ? read_below(directory->get(), (plugin.directory / kCatalogInPlugin).string(),
                               kMaxConfigBytes)
                  : FileResult<FileBytes>(tl::unexpected(directory.error()));
  if (!file) {
    return fail(Code::bad_config,
                "Cannot read " + shown(candidate.source) + ": " + file.error().reason + ".");
  }
  RETURN_IF_FAILED(Catalog::parse(file->bytes, candidate.source));
  candidate.text = with_origin(std::move(file->bytes), plugin);
  auto catalog = Catalog::parse(candidate.text, candidate.source);
  RETURN_IF_FAILED(catalog);
  candidate.service_count = catalog->service_names().size();
  if (candidate.service_count == 0) {
    return fail(Code::bad_config, "The catalog " + shown(candidate.source) + " has no services.");
  }
  if (candidate.text.size() > kMaxConfigBytes) {
    return fail(Code::bad_config, shown(candidate.source) + " is too large to be copied.");
  }
  return candidate;
}

Failure no_catalog_to_import(const OtherPlugins& plugins) {
  const std::string places =
      plugins.cache.empty() ? std::string("~/.claude/plugins/cache") : shown(plugins.cache);
  return fail(Code::unknown_service,
              "No other plugin below " + places + " has a catalog (" + kCatalogInPlugin + ").",
              for_reader("Make one with {regenerate_services}."));
}

// The first that is good; the names of the others, and what is wrong with those before it, go into
// `result`.
Result<Candidate> choose(const OtherPlugins& plugins, ImportResult& result) {
  std::optional<Candidate> chosen;
  std::optional<Error> first_problem;
  for (const OtherPlugin& plugin : plugins_with_catalog(plugins)) {
    if (chosen) {
      result.other_plugins.push_back(plugin.full_name());
      continue;
    }
    auto candidate = read_candidate(plugins.cache, plugin);
    if (candidate) {
      chosen = std::move(*candidate);
      continue;
    }
    result.warnings.push_back("The catalog of " + full_name_of(plugin) +
                              " was passed over: " + candidate.error().message);
    if (!first_problem) {
      first_problem = std::move(candidate.error());
    }
  }
  if (chosen) {
    return std::move(*chosen);
  }
  return first_problem ? Failure(std::move(*first_problem)) : no_catalog_to_import(plugins);
}

// Copies the catalog for one rwenv, unless it has one.
Result<void> import_for(const Host& host, const fs::path& config_directory,
                        const Candidate& candidate, const std::string& rwenv,
                        const CallContext& call, ImportResult& result) {
  if (auto there = catalog_of_rwenv(host, config_directory, rwenv)) {
    result.kept.push_back({rwenv, std::move(*there)});
    return {};
  }
  const fs::path file = catalog_path(host, config_directory, rwenv);
  RETURN_IF_FAILED(check_catalog_file(file));
  const auto lock = lock_clone(host, clone_path(host, config_directory, rwenv), call);
  if (!lock) {
    return Failure(lock.error());
  }
  if (call.stop.stop_requested()) {
    return fail(Code::cancelled, "The request was cancelled.");
  }
  // A regenerate may have made one meanwhile.
  if (auto there = catalog_of_rwenv(host, config_directory, rwenv)) {
    result.kept.push_back({rwenv, std::move(*there)});
    return {};
  }
  RETURN_IF_FAILED(write_file(file, candidate.text, host.creation_mask));
  result.imported.push_back({rwenv, file});
  return {};
}

// For every rwenv; fails where something was wrong and nothing was written.
Result<void> import_for_all(const Host& host, const fs::path& config_directory,
                            const RwenvList& list, const Candidate& candidate,
                            const CallContext& call, ImportResult& result) {
  std::optional<Error> first_problem;
  for (const RwenvEntry& entry : list.entries) {
    const auto done = entry.problem ? Result<void>(Failure(*entry.problem))
                                    : import_for(host, config_directory, candidate,
                                                 entry.rwenv.name, call, result);
    if (!done) {
      result.warnings.push_back("Nothing was imported for " + named(entry.rwenv.name) + ": " +
                                done.error().message);
      first_problem = first_problem ? first_problem : std::optional(done.error());
    }
  }
  return first_problem && result.imported.empty() ? Failure(std::move(*first_problem))
                                                  : Result<void>();
}

}  // namespace

Result<ImportResult> import_catalog(const Host& host, const CallContext& call) {
  RETURN_IF_FAILED(check_directories(host.environment));
  auto config_directory = rwenv_config_directory(host);
  RETURN_IF_FAILED(config_directory);
  auto list = read_rwenvs(*config_directory);
  RETURN_IF_FAILED(list);
  if (list->entries.empty()) {
    return Failure(no_rwenvs(*list));
  }
  call.report("looking for the catalogs of other plugins");
  ImportResult result;
  const OtherPlugins plugins = find_other_plugins(host);
  auto candidate = choose(plugins, result);
  RETURN_IF_FAILED(candidate);
  RETURN_IF_FAILED(import_for_all(host, *config_directory, *list, *candidate, call, result));
  result.plugin = std::move(candidate->plugin);
  result.source = std::move(candidate->source);
  result.service_count = candidate->service_count;
  if (!plugins.is_all) {
    result.warnings.push_back("There is more below " + shown(plugins.cache) +
                              " than is looked at; a plugin may have been missed.");
  }
  if (const auto named_one = named_catalog(host)) {
    result.warnings.push_back(
        for_reader("A catalog is named by {services_file} or ROLLOUT_SERVICES_FILE: ") +
        shown(*named_one) + " is used in place of those that are imported.");
  }
  return result;
}

}  // namespace engine
