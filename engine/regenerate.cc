#include "engine/regenerate.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <future>
#include <map>
#include <memory>
#include <stop_token>
#include <utility>

#include "engine/base/beside.h"
#include "engine/base/data_directory.h"
#include "engine/base/read_file.h"
#include "engine/base/reader_word.h"
#include "engine/base/repository_path.h"
#include "engine/base/write_file.h"
#include "engine/config/active_rwenv.h"
#include "engine/config/catalog.h"
#include "engine/config/catalog_file.h"
#include "engine/config/config_file.h"
#include "engine/config/configured_remote.h"
#include "engine/config/load_catalog.h"
#include "engine/config/misspelt_field.h"
#include "engine/discovery/own_images.h"
#include "engine/flux/repository.h"
#include "engine/git/unified_diff.h"
#include "engine/place_trial.h"
#include "engine/text/moment.h"
#include "engine/text/text.h"
#include "json/reader.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

// The catalog that there is: what is written by hand in it is kept.
struct OldCatalog {
  std::string text;  // empty for none
  std::unique_ptr<const Json> value = std::make_unique<const Json>(Json::object());
  KnownNames known = {};
};

struct Plan {
  std::string rwenv;
  FluxRemote remote;
  LookAt look;    // the branch of its origin is not known yet
  fs::path envs;  // where the rwenv is configured
  fs::path file;
  std::vector<fs::path> old_catalog_paths;  // see read_old_catalog
  std::vector<std::string> image_prefixes;
  std::vector<std::string> warnings;
};

Result<std::optional<std::string>> directory_asked_for(const RegenerateRequest& request) {
  if (!request.path) {
    return std::optional<std::string>();
  }
  auto directory = repository_directory(*request.path, reader_label("path"));
  RETURN_IF_FAILED(directory);
  return std::optional(std::move(*directory));
}

// The catalog at its own place, or else the one that is used instead.
Result<OldCatalog> read_old_catalog(const std::vector<fs::path>& places) {
  for (const fs::path& place : places) {
    auto text = read_file(place, kMaxConfigBytes);
    RETURN_IF_FAILED(text);
    if (!*text) {
      continue;
    }
    auto parsed = parse_config(std::move(**text), place);
    RETURN_IF_FAILED(parsed);
    RETURN_IF_FAILED(refuse_misspelt_catalog_fields(*parsed, keys_of(*parsed->value)));
    json::ObjectReader in(*parsed->value, "", json::ObjectReader::Null::same_as_missing);
    in.object("services");
    in.object("imageGroups");
    if (in.problem()) {
      return bad_field(*parsed, *in.problem());
    }
    KnownNames known = known_names(*parsed->value);
    return OldCatalog{std::move(parsed->text), std::move(parsed->value), std::move(known)};
  }
  return OldCatalog();
}

Result<Plan> make_plan(const Host& host, const RegenerateRequest& request,
                       const CallContext& call) {
  Plan plan;
  auto below = directory_asked_for(request);
  RETURN_IF_FAILED(below);
  plan.look.below = std::move(*below);
  auto configured = find_configured_rwenv(host, request.project, call);
  RETURN_IF_FAILED(configured);
  auto& [active, rwenv] = *configured;
  auto remote = configured_remote(host, active.config_directory, rwenv);
  RETURN_IF_FAILED(remote);
  plan.rwenv = std::move(active.name);
  plan.warnings = std::move(active.warnings);
  plan.look.flux_path = std::move(rwenv.flux_path);
  plan.look.origin.url = remote->url;
  plan.envs = active.config_directory / "envs.json";
  plan.image_prefixes = std::move(rwenv.image_prefixes);
  plan.remote = std::move(*remote);
  plan.file = catalog_path(host, active.config_directory, plan.rwenv);
  RETURN_IF_FAILED(check_catalog_file(plan.file));
  plan.old_catalog_paths = catalog_paths(host, active.config_directory, plan.rwenv);
  if (const auto named = named_catalog(host)) {
    plan.warnings.push_back(
        for_reader("A catalog is named by {services_file} or ROLLOUT_SERVICES_FILE: ") +
        sanitize_line(named->string()) + " is used in place of the catalog that is made here.");
  }
  return plan;
}

Failure cancelled() {
  return fail(Code::cancelled, "The request was cancelled.");
}

std::string text_of(const Json& catalog) {
  return catalog.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

// Sets the catalog's text and status; writes it unless it is a dry run or nothing has changed.
// `cancelled` before anything is written.
Result<void> finish(const Host& host, const RegenerateRequest& request, const Plan& plan,
                    const OldCatalog& old, Json catalog, const std::stop_token& stop,
                    RegenerateResult& result) {
  // When it was made is no difference.
  if (const auto generated = old.value->find("generatedAt"); generated != old.value->end()) {
    catalog["generatedAt"] = *generated;
  }
  std::error_code error;
  if (fs::exists(plan.file, error) && *old.value == catalog) {
    result.status = RegenerateStatus::unchanged;
    return {};
  }
  catalog["generatedAt"] = in_utc(std::chrono::floor<std::chrono::seconds>(host.clock.wall_time()));
  const std::string text = text_of(catalog);
  if (text.size() > kMaxConfigBytes) {
    return fail(Code::bad_config,
                sanitize_line(plan.file.string()) + " would have " + std::to_string(text.size()) +
                    " bytes, and a catalog of at most 64 MiB is read.",
                for_reader("Name a directory of the Flux repository with {path}."));
  }
  if (stop.stop_requested()) {
    return cancelled();
  }
  auto diff = unified_diff("services.json", old.text, text);
  RETURN_IF_FAILED(diff);
  result.diff = std::move(*diff);
  if (request.dry_run) {
    result.status = RegenerateStatus::dry_run;
    return {};
  }
  if (stop.stop_requested()) {
    return cancelled();
  }
  return write_file(plan.file, text, host.creation_mask);
}

// `bad_path` or `bad_config` where the directory that is to be looked at has no manifests.
Result<void> expect_directory(const Plan& plan, const FluxTree& tree) {
  const auto& directory = plan.look.below ? plan.look.below : plan.look.flux_path;
  if (!directory || tree.manifests.has_directory(*directory)) {
    return {};
  }
  const std::string missing = sanitize_line(*directory) + " with manifests on " +
                              sanitize_line(tree.branch) + " of " + plan.remote.url.shown() + ".";
  if (plan.look.below) {
    return fail(Code::bad_path, reader_label("path") + ": there is no directory " + missing,
                for_reader("Name a directory of the Flux repository, or leave {path} out."));
  }
  return fail(Code::bad_config,
              sanitize_line(plan.envs.string()) + ": /rwenvs/" + plan.rwenv +
                  "/fluxPath: there is no directory " + missing,
              for_reader("Correct `fluxPath`, or name a directory with {path}."),
              {{"file", sanitize_line(plan.envs.string())}});
}

// The first of the names, and how many more there are.
std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t kMaxNamed = 20;
  std::string out;
  for (std::size_t i = 0; i < std::min(names.size(), kMaxNamed); ++i) {
    out += (i == 0 ? "" : ", ") + sanitize_line(names[i]);
  }
  return names.size() <= kMaxNamed
             ? out
             : out + " and " + std::to_string(names.size() - kMaxNamed) + " more";
}

// A prefix that no image has is a slip: it would empty the catalog without a word.
void warn_of_prefixes(const Plan& plan, const ManifestTree& tree,
                      const std::vector<std::string>& prefixes,
                      std::vector<std::string>& warnings) {
  const std::vector<std::string> unused = prefixes_without_images(tree, prefixes);
  if (!unused.empty()) {
    warnings.push_back("No image in the Flux repository has a name that begins with " +
                       some_of(unused) + ". Correct `imagePrefixes` of rwenv '" + plan.rwenv +
                       "' in " + sanitize_line(plan.envs.string()) + ".");
  }
}

void add_warnings(const Plan& plan, const CatalogDraft& draft, std::vector<std::string>& warnings) {
  if (!draft.clusters.empty()) {
    warnings.push_back(
        "The repository has several clusters, and the catalog has the services of "
        "all of them. Set `fluxPath` of rwenv '" +
        plan.rwenv + "' in " + sanitize_line(plan.envs.string()) +
        " to the one that it is for: " + some_of(draft.clusters) + ".");
  }
  if (!draft.shared.empty()) {
    warnings.push_back("Manifests outside of " + sanitize_line(draft.looked_below) +
                       " apply these image groups, too, so a rollout changes more than that: " +
                       some_of(draft.shared) + ".");
  }
}

// So that a later rollout can tell whether the catalog is of the environment that the rwenv means.
void note_flux_path(const Plan& plan, Json& catalog) {
  catalog.erase(kMadeForFluxPath);
  if (!plan.look.flux_path.value_or("").empty()) {
    catalog[kMadeForFluxPath] = *plan.look.flux_path;
  }
}

// Fills in the ids of the directories, which only the trees of the commit have.
void add_directory_ids(const FluxRepository& repository, const CommitId& commit,
                       CatalogDraft& draft) {
  std::map<std::string, std::string> ids;
  for (DraftGroup& group : draft.groups) {
    if (!group.wiring.absence) {
      continue;
    }
    for (auto& [directory, id] : group.wiring.absence->directories) {
      const auto [known, is_new] = ids.try_emplace(directory);
      if (is_new) {
        known->second =
            repository.list_directory(commit, directory).value_or(DirectoryEntries()).id;
      }
      id = known->second;
    }
  }
}

}  // namespace

Result<RegenerateResult> regenerate(const Host& host, const RegenerateRequest& request,
                                    const CallContext& call) {
  call.report("reading the configuration");
  auto plan = make_plan(host, request, call);
  RETURN_IF_FAILED(plan);
  auto repository = FluxRepository::open(host, plan->remote, call);
  RETURN_IF_FAILED(repository);
  auto tree = repository->read_tree(call);
  RETURN_IF_FAILED(tree);
  RETURN_IF_FAILED(expect_directory(*plan, *tree));
  plan->look.origin.branch = tree->branch;
  call.report("placing the services");
  // Only now: what a person writes into the catalog during the fetch is kept. A large one takes
  // nearly as long to read as the images to find.
  auto old_catalog = std::async(kBeside, [&] { return read_old_catalog(plan->old_catalog_paths); });
  const PlaceTrial trial(*repository, tree->commit, call.stop);
  const ImageChoice choice{std::move(plan->image_prefixes),
                           [&](const std::string& file, const std::vector<GroupPlace>& places) {
                             return trial.refusals(file, places,
                                                   "the file is too large for its images");
                           }};
  FoundCatalog found = find_image_groups(tree->manifests, plan->look, choice, call.stop);
  auto old = old_catalog.get();
  RETURN_IF_FAILED(old);
  CatalogDraft draft = draft_catalog(std::move(found), tree->manifests, old->known);
  add_directory_ids(*repository, tree->commit, draft);
  DefectCheck check(trial, old->known);
  MergedCatalog merged = merge_catalog(
      *old->value, draft, [&](const GroupPlace& place) { return check.defect_of(place); });
  // What was found or checked until then is not all.
  if (call.stop.stop_requested()) {
    return cancelled();
  }
  RegenerateResult result;
  result.rwenv = plan->rwenv;
  result.flux_repo = plan->remote.url.shown();
  result.branch = tree->branch;
  result.commit = tree->commit.text();
  result.catalog_file = plan->file.string();
  result.looked_below = draft.looked_below;
  result.groups = std::move(draft.groups);
  result.services = std::move(draft.services);
  result.added = std::move(merged.added);
  result.changed = std::move(merged.changed);
  result.removed = std::move(merged.removed);
  result.kept = std::move(merged.kept);
  result.renamed = std::move(merged.renamed);
  result.service_count = catalog_section(merged.value, kServices).size();
  result.image_group_count = catalog_section(merged.value, kImageGroups).size();
  result.unplaced = std::move(draft.unplaced);
  result.unplaced.insert(result.unplaced.end(), merged.unplaced.begin(), merged.unplaced.end());
  result.warnings = std::move(plan->warnings);
  add_warnings(*plan, draft, result.warnings);
  warn_of_prefixes(*plan, tree->manifests, choice.prefixes, result.warnings);
  note_flux_path(*plan, merged.value);
  if (auto finished =
          finish(host, request, *plan, *old, std::move(merged.value), call.stop, result);
      !finished) {
    return failure_of(finished);
  }
  return result;
}

}  // namespace engine
