// The result of rollout_status, and of a rollout's wait, as text and as objects; see
// tools/render.h.
#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "engine/text/join.h"
#include "engine/text/text.h"
#include "tools/add_member.h"
#include "tools/paragraphs.h"
#include "tools/render.h"
#include "tools/render_live.h"
#include "tools/table.h"

namespace tools {
namespace {

using engine::GroupStatus;

using Row = std::vector<std::string>;

// In the table, where one entry must not push all others aside; the object has the whole.
std::string cell(const std::string& text) {
  constexpr std::size_t kMaxCell = 60;
  return engine::truncate(sanitize_line(text), kMaxCell);
}

std::string marks_of(const GroupStatus& group) {
  if (group.contains_head.value_or(false)) {
    return "your commit";
  }
  return group.is_this_pr.value_or(false) ? "your PR" : "";
}

std::string applied_of(const GroupStatus& group) {
  return !group.applied ? "" : *group.applied ? "applied" : "not applied yet";
}

Row row_of(const GroupStatus& group) {
  const std::string tag = group.problem ? "(cannot be read)" : group.tag.value_or("(none)");
  std::string notes = marks_of(group);
  const std::string applied = applied_of(group);
  notes += (notes.empty() || applied.empty() ? "" : ", ") + applied;
  return {cell(group.image_group), cell(tag), group.committed_at.value_or(""),
          cell(group.author.value_or("")), notes};
}

std::string table_of(const std::vector<GroupStatus>& groups) {
  std::vector<Row> rows = {{"IMAGE GROUP", "TAG", "SINCE", "SET BY", ""}};
  std::ranges::transform(groups, std::back_inserter(rows), row_of);
  return engine::joined(table_lines(rows), "\n");
}

std::string place_of(const engine::EnvironmentStatus& status) {
  return sanitize_line(status.rwenv) + " (" + sanitize_line(status.flux_repo) + ", " +
         sanitize_line(status.branch) + " at " + status.commit.substr(0, 7) + ")";
}

std::string_view mark_of(engine::StageState state) {
  switch (state) {
    case engine::StageState::done:
      return "✓";
    case engine::StageState::waiting:
      return "…";
    case engine::StageState::failed:
      return "✗";
    case engine::StageState::unknown:
      break;
  }
  return "?";
}

void add_stages(Paragraphs& out, const engine::LiveStatus& live) {
  for (const engine::Stage& stage : live.stages) {
    out.line(std::string(mark_of(stage.state)) + " " + std::string(engine::name(stage.name)) +
             ": " + sanitize_line(stage.detail) +
             (stage.since ? " (since " + sanitize_line(*stage.since) + ")" : ""));
  }
}

void add_group(Paragraphs& out, const GroupStatus& group) {
  out.labelled("File", sanitize_line(group.file));
  out.labelled("Image", sanitize_line(group.image_name));
  out.labelled("Tag", sanitize_line(group.tag.value_or("")));
  out.labelled("Set by", sanitize_line(group.author.value_or("")) +
                             (group.committed_at ? " at " + *group.committed_at : ""));
  out.line(group.contains_head.value_or(false) ? "It is the tag of your commit." : "");
}

// "papi in rdebug: live"
std::string headline(const engine::EnvironmentStatus& status) {
  if (!status.live) {
    return "What is set in " + place_of(status);
  }
  return sanitize_line(status.service.value_or("")) + " in " + place_of(status) + ": " +
         std::string(engine::name(status.live->state));
}

OrderedJson to_json(const GroupStatus& group) {
  OrderedJson out = OrderedJson::object();
  out["imageGroup"] = sanitize_line(group.image_group);
  out["imageName"] = sanitize_line(group.image_name);
  out["file"] = sanitize_line(group.file);
  add_member(out, "tag", group.tag);
  if (group.problem) {
    out["problem"] = sanitize_line(*group.problem, Reader::client);
  }
  if (group.pr_number) {
    out["prNumber"] = group.pr_number->value();
  }
  add_member(out, "commit", group.commit);
  add_member(out, "author", group.author);
  add_member(out, "committedAt", group.committed_at);
  if (group.contains_head) {
    out["containsHead"] = *group.contains_head;
  }
  if (group.is_this_pr) {
    out["isThisPr"] = *group.is_this_pr;
  }
  out["servicesAffected"] = OrderedJson::array();
  for (const std::string& service : group.services_affected) {
    out["servicesAffected"].push_back(sanitize_line(service));
  }
  if (group.applied) {
    out["applied"] = *group.applied;
  }
  return out;
}

OrderedJson stages_of(const engine::LiveStatus& live) {
  OrderedJson stages = OrderedJson::array();
  for (const engine::Stage& stage : live.stages) {
    OrderedJson out = OrderedJson::object();
    out["stage"] = engine::name(stage.name);
    out["state"] = engine::name(stage.state);
    add_member(out, "since", stage.since);
    out["detail"] = sanitize_line(stage.detail, Reader::client);
    stages.push_back(std::move(out));
  }
  return stages;
}

}  // namespace

OrderedJson to_json(const engine::Live& live) {
  const engine::LiveGroup& deciding = live.deciding();
  OrderedJson out = OrderedJson::object();
  out["state"] = engine::name(deciding.status.state);
  out["detail"] = sanitize_line(live.in_words(), Reader::client);
  out["stages"] = stages_of(deciding.status);
  if (live.groups.size() > 1) {
    out["groups"] = OrderedJson::array();
    for (const engine::LiveGroup& group : live.groups) {
      OrderedJson entry = OrderedJson::object();
      entry["imageGroup"] = sanitize_line(group.label);
      entry["state"] = engine::name(group.status.state);
      entry["stages"] = stages_of(group.status);
      out["groups"].push_back(std::move(entry));
    }
  }
  return out;
}

std::string report(const engine::EnvironmentStatus& status, Reader reader) {
  Paragraphs out;
  out.line(headline(status));
  out.end_paragraph();
  if (status.live) {
    add_group(out, status.groups.front());
    out.end_paragraph();
    add_stages(out, *status.live);
  } else if (status.groups.empty()) {
    out.line("The catalog has no image groups.");
  } else {
    out.line(table_of(status.groups));
  }
  std::vector<std::string> warnings = status.warnings;
  for (const GroupStatus& group : status.groups) {
    if (group.problem && !status.live) {
      warnings.push_back(group.image_group + ": " + *group.problem);
    }
  }
  out.warnings(sanitize_lines(std::move(warnings), reader));
  return truncate_with_notice(out.text());
}

OrderedJson structured(const engine::EnvironmentStatus& status) {
  OrderedJson out = OrderedJson::object();
  out["rwenv"] = sanitize_line(status.rwenv);
  out["fluxRepo"] = sanitize_line(status.flux_repo);
  out["branch"] = sanitize_line(status.branch);
  out["commit"] = status.commit;
  out["groups"] = OrderedJson::array();
  for (const GroupStatus& group : status.groups) {
    out["groups"].push_back(to_json(group));
  }
  if (status.live) {
    out["stages"] = stages_of(*status.live);
    out["state"] = engine::name(status.live->state);
  }
  out["warnings"] = OrderedJson::array();
  for (const std::string& warning : status.warnings) {
    out["warnings"].push_back(sanitize_line(warning, Reader::client));
  }
  out["report"] = report(status);
  return out;
}

}  // namespace tools
