// The objects of tools/render.h, with their keys in the order of the tables (specification, section
// 3).
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/text/text.h"
#include "tools/hint_words.h"
#include "tools/render.h"

namespace tools {
namespace {

// The diff stands in the report again.
constexpr std::size_t kMaxDiff = std::size_t{64} << 10U;

OrderedJson list_of(const std::vector<std::string>& values) {
  OrderedJson out = OrderedJson::array();
  for (const std::string& value : values) {
    out.push_back(shown(value));
  }
  return out;
}

void add(OrderedJson& object, const char* key, const std::optional<std::string>& value) {
  if (value) {
    object[key] = shown(*value);
  }
}

std::string_view name(engine::RolloutStatus status) {
  switch (status) {
    case engine::RolloutStatus::updated:
      return "updated";
    case engine::RolloutStatus::unchanged:
      return "unchanged";
    case engine::RolloutStatus::dry_run:
      return "dry_run";
  }
  return {};
}

OrderedJson to_json(const engine::Detail& detail) {
  if (const auto* number = std::get_if<std::int64_t>(&detail)) {
    return *number;
  }
  if (const auto* text = std::get_if<std::string>(&detail)) {
    return engine::printable(*text);
  }
  return list_of(std::get<std::vector<std::string>>(detail));
}

}  // namespace

OrderedJson structured(const engine::ResolvedTag& resolved) {
  OrderedJson out = OrderedJson::object();
  out["tag"] = resolved.tag.text();
  out["prNumber"] = resolved.pr_number.value();
  out["commit"] = resolved.commit.text();
  out["shortSha"] = resolved.commit.short_sha();
  add(out, "branch", resolved.branch);
  add(out, "prUrl", resolved.pr_url);
  add(out, "prState", resolved.pr_state);
  out["warnings"] = list_of(resolved.warnings);
  out["report"] = report(resolved);
  return out;
}

OrderedJson structured(const engine::ServiceLookup& lookup) {
  OrderedJson out = OrderedJson::object();
  out["service"] = shown(lookup.service);
  out["imageGroup"] = shown(lookup.image_group);
  out["file"] = shown(lookup.file);
  out["imageName"] = shown(lookup.image_name);
  out["type"] = shown(lookup.type);
  add(out, "kustomization", lookup.kustomization);
  add(out, "namespace", lookup.namespace_name);
  add(out, "deployment", lookup.deployment);
  add(out, "description", lookup.description);
  out["servicesAffected"] = list_of(lookup.services_affected);
  out["catalogFile"] = shown(lookup.catalog_file);
  add(out, "catalogGeneratedAt", lookup.catalog_generated_at);
  out["report"] = report(lookup);
  return out;
}

OrderedJson structured(const engine::RolloutResult& result) {
  OrderedJson out = OrderedJson::object();
  out["status"] = name(result.status);
  out["tag"] = shown(result.tag);
  add(out, "previousTag", result.previous_tag);
  add(out, "service", result.service);
  add(out, "imageGroup", result.image_group);
  out["imageName"] = shown(result.image_name);
  out["file"] = shown(result.file);
  out["fluxRepo"] = shown(result.flux_repo);
  out["branch"] = shown(result.branch);
  out["rwenv"] = shown(result.rwenv);
  add(out, "commit", result.commit);
  out["attempts"] = result.attempts;
  out["servicesAffected"] = list_of(result.services_affected);
  add(out, "kustomization", result.kustomization);
  const std::string command = reconcile_command(result);
  if (!command.empty()) {
    out["reconcileCommand"] = command;
  }
  out["diff"] = bounded(result.diff, kMaxDiff);
  out["projectDir"] = shown(result.project_directory);
  add(out, "projectBranch", result.project_branch);
  out["warnings"] = list_of(result.warnings);
  out["report"] = report(result);
  return out;
}

OrderedJson structured(const engine::Error& error) {
  OrderedJson out = OrderedJson::object();
  out["status"] = "refused";
  out["code"] = engine::name(error.code);
  out["message"] = engine::printable(error.message);
  if (!error.hint.empty()) {
    out["hint"] = engine::printable(for_client(error.hint));
  }
  if (!error.details.empty()) {
    OrderedJson& details = out["details"] = OrderedJson::object();
    for (const auto& [key, detail] : error.details) {
      details[key] = to_json(detail);
    }
  }
  return out;
}

}  // namespace tools
