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
    out.push_back(sanitize_line(value));
  }
  return out;
}

OrderedJson warnings_of(const std::vector<std::string>& warnings) {
  OrderedJson out = OrderedJson::array();
  for (const std::string& warning : warnings) {
    out.push_back(sanitize_line(warning, Reader::client));
  }
  return out;
}

void add(OrderedJson& object, const char* key, const std::optional<std::string>& value) {
  if (value) {
    object[key] = sanitize_line(*value);
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
    return engine::sanitize_text(*text);
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
  out["warnings"] = warnings_of(resolved.warnings);
  out["report"] = report(resolved);
  return out;
}

OrderedJson structured(const engine::ServiceLookup& lookup) {
  OrderedJson out = OrderedJson::object();
  out["service"] = sanitize_line(lookup.service);
  out["imageGroup"] = sanitize_line(lookup.image_group);
  out["file"] = sanitize_line(lookup.file);
  out["imageName"] = sanitize_line(lookup.image_name);
  out["type"] = sanitize_line(lookup.type);
  add(out, "kustomization", lookup.kustomization);
  add(out, "namespace", lookup.namespace_name);
  add(out, "deployment", lookup.deployment);
  add(out, "description", lookup.description);
  out["servicesAffected"] = list_of(lookup.services_affected);
  out["catalogFile"] = sanitize_line(lookup.catalog_file);
  add(out, "catalogGeneratedAt", lookup.catalog_generated_at);
  out["report"] = report(lookup);
  return out;
}

OrderedJson structured(const engine::RolloutResult& result) {
  OrderedJson out = OrderedJson::object();
  out["status"] = name(result.status);
  out["tag"] = sanitize_line(result.tag);
  add(out, "previousTag", result.previous_tag);
  add(out, "service", result.service);
  add(out, "imageGroup", result.image_group);
  out["imageName"] = sanitize_line(result.image_name);
  out["file"] = sanitize_line(result.file);
  out["fluxRepo"] = sanitize_line(result.flux_repo);
  out["branch"] = sanitize_line(result.branch);
  out["rwenv"] = sanitize_line(result.rwenv);
  add(out, "commit", result.commit);
  out["attempts"] = result.attempts;
  out["servicesAffected"] = list_of(result.services_affected);
  add(out, "kustomization", result.kustomization);
  const std::string command = reconcile_command(result);
  if (!command.empty()) {
    out["reconcileCommand"] = command;
  }
  out["diff"] = sanitize_text(result.diff, kMaxDiff);
  out["projectDir"] = sanitize_line(result.project_directory);
  add(out, "projectBranch", result.project_branch);
  out["warnings"] = warnings_of(result.warnings);
  out["report"] = report(result);
  return out;
}

OrderedJson structured(const engine::Error& error) {
  OrderedJson out = OrderedJson::object();
  out["status"] = "refused";
  out["code"] = engine::name(error.code);
  out["message"] = engine::sanitize_text(worded(error.message, Reader::client));
  if (!error.hint.empty()) {
    out["hint"] = engine::sanitize_text(worded(error.hint, Reader::client));
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
