// The objects of tools/render.h, with their keys in the order of the tables (specification, section
// 3).
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/text/text.h"
#include "tools/add_member.h"
#include "tools/hint_words.h"
#include "tools/render.h"
#include "tools/render_live.h"

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

std::string_view name(engine::RolloutStatus status) {
  switch (status) {
    case engine::RolloutStatus::updated:
      return "updated";
    case engine::RolloutStatus::unchanged:
      return "unchanged";
    case engine::RolloutStatus::dry_run:
      return "dry_run";
    case engine::RolloutStatus::proposed:
      return "proposed";
  }
  return {};
}

OrderedJson to_json(const engine::Proposal& proposal) {
  OrderedJson out = OrderedJson::object();
  add_member(out, "url", proposal.url);
  if (proposal.number) {
    out["number"] = *proposal.number;
  }
  out["headBranch"] = sanitize_line(proposal.head_branch);
  out["reused"] = proposal.reused;
  return out;
}

OrderedJson to_json(const engine::Effect& effect) {
  using Followed = engine::Effect::Followed;
  OrderedJson out = OrderedJson::object();
  out["followed"] = effect.followed == Followed::yes  ? "yes"
                    : effect.followed == Followed::no ? "no"
                                                      : "unknown";
  out["notes"] = list_of(effect.notes);
  return out;
}

std::string_view name(engine::PrSource source) {
  switch (source) {
    case engine::PrSource::argument:
      return "argument";
    case engine::PrSource::gh:
      return "gh";
    case engine::PrSource::refs:
      return "refs";
  }
  return {};
}

OrderedJson to_json(const engine::Replacement& replaced) {
  OrderedJson out = OrderedJson::object();
  out["tag"] = sanitize_line(replaced.tag);
  if (replaced.pr_number) {
    out["prNumber"] = replaced.pr_number->value();
  }
  add_member(out, "author", replaced.author);
  add_member(out, "committedAt", replaced.committed_at);
  add_member(out, "commit", replaced.commit);
  return out;
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

void add_reconcile_command(OrderedJson& object, const engine::RolloutResult& result,
                           const engine::RolloutChange& change) {
  const std::string command = reconcile_command(result, change);
  if (!command.empty()) {
    object["reconcileCommand"] = command;
  }
}

// The diffs together may be as long as a single one may be.
OrderedJson changes_of(const engine::RolloutResult& result) {
  OrderedJson changes = OrderedJson::array();
  for (const engine::RolloutChange& change : result.changes) {
    OrderedJson out = OrderedJson::object();
    add_member(out, "imageGroup", change.image_group);
    out["imageName"] = sanitize_line(change.image_name);
    out["file"] = sanitize_line(change.file);
    add_member(out, "previousTag", change.previous_tag);
    if (change.replaced) {
      out["replaced"] = to_json(*change.replaced);
    }
    out["changed"] = change.changed;
    out["servicesAffected"] = list_of(change.services_affected);
    add_member(out, "kustomization", change.kustomization);
    add_reconcile_command(out, result, change);
    out["effect"] = to_json(change.effect);
    out["diff"] = sanitize_text(change.diff, kMaxDiff / result.changes.size());
    changes.push_back(std::move(out));
  }
  return changes;
}

}  // namespace

OrderedJson structured(const engine::ResolvedTag& resolved) {
  OrderedJson out = OrderedJson::object();
  out["tag"] = resolved.tag.text();
  out["prNumber"] = resolved.pr_number.value();
  out["commit"] = resolved.commit.text();
  out["shortSha"] = resolved.commit.short_sha();
  add_member(out, "branch", resolved.branch);
  add_member(out, "prUrl", resolved.pr_url);
  add_member(out, "prState", resolved.pr_state);
  out["warnings"] = sanitize_lines(resolved.warnings, Reader::client);
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
  add_member(out, "kustomization", lookup.kustomization);
  add_member(out, "namespace", lookup.namespace_name);
  add_member(out, "deployment", lookup.deployment);
  add_member(out, "description", lookup.description);
  out["servicesAffected"] = list_of(lookup.services_affected);
  out["catalogFile"] = sanitize_line(lookup.catalog_file);
  add_member(out, "catalogGeneratedAt", lookup.catalog_generated_at);
  out["report"] = report(lookup);
  return out;
}

OrderedJson structured(const engine::RolloutResult& result) {
  const engine::RolloutChange& first = result.changes.front();
  OrderedJson out = OrderedJson::object();
  out["status"] = name(result.status);
  out["tag"] = sanitize_line(result.tag);
  add_member(out, "previousTag", first.previous_tag);
  add_member(out, "service", first.service);
  add_member(out, "imageGroup", first.image_group);
  out["imageName"] = sanitize_line(first.image_name);
  out["file"] = sanitize_line(first.file);
  out["fluxRepo"] = sanitize_line(result.flux_repo);
  out["branch"] = sanitize_line(result.branch);
  out["rwenv"] = sanitize_line(result.rwenv);
  add_member(out, "commit", result.commit);
  out["attempts"] = result.attempts;
  out["servicesAffected"] = list_of(first.services_affected);
  add_member(out, "kustomization", first.kustomization);
  add_reconcile_command(out, result, first);
  out["diff"] = sanitize_text(first.diff, kMaxDiff);
  out["projectDir"] = sanitize_line(result.project_directory);
  add_member(out, "projectBranch", result.project_branch);
  if (result.pr_source) {
    out["prSource"] = name(*result.pr_source);
  }
  if (first.replaced) {
    out["replaced"] = to_json(*first.replaced);
  }
  out["effect"] = to_json(first.effect);
  if (result.several) {
    out["changes"] = changes_of(result);
  }
  if (result.proposal) {
    out["proposal"] = to_json(*result.proposal);
  }
  if (result.live) {
    out["live"] = to_json(*result.live);
  }
  out["warnings"] = sanitize_lines(result.warnings, Reader::client);
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
