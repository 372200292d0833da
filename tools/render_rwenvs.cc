#include "tools/render_rwenvs.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/base/reader_word.h"
#include "tools/paragraphs.h"
#include "tools/render.h"
#include "tools/table.h"

namespace tools {
namespace {

using engine::for_reader;

using Row = std::vector<std::string>;

std::string shown(const std::optional<std::string>& value) {
  return sanitize_line(value.value_or(""));
}

std::string shown(const std::filesystem::path& path) {
  return sanitize_line(path.string());
}

std::string url_of(const engine::Rwenv& rwenv) {
  return rwenv.flux_git_repo ? sanitize_line(rwenv.flux_git_repo->shown()) : "";
}

bool is_active(const engine::RwenvListing& listing, const engine::RwenvEntry& entry) {
  return listing.active == entry.rwenv.name;
}

std::string read_only(const engine::Rwenv& rwenv) {
  return rwenv.read_only ? "Yes" : "No";
}

Row row_of(const engine::RwenvListing& listing, const engine::RwenvEntry& entry) {
  const engine::Rwenv& rwenv = entry.rwenv;
  const std::string mark = is_active(listing, entry) ? "* " : "  ";
  return {mark + sanitize_line(rwenv.name), shown(rwenv.type), shown(rwenv.description),
          entry.problem ? "?" : read_only(rwenv)};
}

void add_table(const engine::RwenvListing& listing, Paragraphs& out) {
  std::vector<Row> rows = {{"  NAME", "TYPE", "DESCRIPTION", "READ-ONLY"}};
  for (const engine::RwenvEntry& entry : listing.list.entries) {
    rows.push_back(row_of(listing, entry));
  }
  out.line("Environments:");
  out.end_paragraph();
  for (const std::string& line : table_lines(rows)) {
    out.line(line);
  }
}

// What the project is set to, below the table.
std::string line_about_project(const engine::RwenvListing& listing) {
  const std::string project = shown(listing.project);
  const auto& entries = listing.list.entries;
  if (listing.active_problem) {
    return "⚠ " + listing.active_problem->message + " " + listing.active_problem->hint;
  }
  if (!listing.active) {
    return "No rwenv is set for " + project + ". Set one " + for_reader("{set_rwenv}.");
  }
  if (std::ranges::any_of(entries, [&](const auto& entry) { return is_active(listing, entry); })) {
    return "* = active for " + project;
  }
  return "⚠ " + project + " is set to rwenv '" + shown(listing.active) +
         "', which is not among them. Set another " + for_reader("{set_rwenv}.");
}

void add(OrderedJson& object, const char* key, const std::string& value) {
  if (!value.empty()) {
    object[key] = value;
  }
}

OrderedJson entry_of(const engine::RwenvListing& listing, const engine::RwenvEntry& entry) {
  OrderedJson out = OrderedJson::object();
  out["name"] = sanitize_line(entry.rwenv.name);
  add(out, "type", shown(entry.rwenv.type));
  add(out, "description", shown(entry.rwenv.description));
  out["readOnly"] = entry.rwenv.read_only;
  add(out, "fluxRepo", url_of(entry.rwenv));
  add(out, "kubernetesContext", shown(entry.rwenv.kubernetes_context));
  out["active"] = is_active(listing, entry);
  if (entry.problem) {
    out["problem"] = sanitize_line(entry.problem->message, Reader::client);
  }
  return out;
}

std::vector<std::string> warnings_of(const engine::AddRwenvResult& result) {
  std::vector<std::string> warnings = result.warnings;
  if (result.remote_problem) {
    warnings.push_back("The entry is written, but its remote did not answer as it should: " +
                       result.remote_problem->message + " " + result.remote_problem->hint);
  }
  return warnings;
}

// What the fields of an rwenv say, as far as they are there.
void add_details(const engine::Rwenv& rwenv, Paragraphs& out) {
  out.labelled("Type", shown(rwenv.type));
  out.labelled("Description", shown(rwenv.description));
  out.labelled("Context", shown(rwenv.kubernetes_context));
  out.labelled("Kubeconfig", shown(rwenv.kubeconfig_path));
  out.labelled("Read-only", rwenv.read_only ? "Yes: rollouts are refused, dry runs are allowed"
                                            : read_only(rwenv));
  out.labelled("Flux repo", url_of(rwenv));
  out.labelled("Flux branch", shown(rwenv.flux_git_branch));
  out.labelled("Flux path", shown(rwenv.flux_path));
}

}  // namespace

std::string choice_of(const engine::RwenvEntry& entry) {
  std::string out = shown(entry.rwenv.description);
  for (const auto& [holds, word] :
       {std::pair(entry.rwenv.read_only, "READ-ONLY"),
        std::pair(entry.problem.has_value(), "its entry in envs.json is wrong")}) {
    out += holds ? (out.empty() ? "" : ", ") + std::string(word) : "";
  }
  return out;
}

std::string report(const engine::RwenvListing& listing, Reader reader) {
  Paragraphs out;
  if (listing.list.entries.empty()) {
    const engine::Error none = engine::no_rwenvs(listing.list);
    out.line(sanitize_line(none.message, reader));
    out.line(sanitize_line(none.hint, reader));
    return truncate_with_notice(out.text());
  }
  add_table(listing, out);
  out.end_paragraph();
  out.line(sanitize_line(line_about_project(listing), reader));
  std::vector<std::string> warnings = listing.warnings;
  for (const engine::RwenvEntry& entry : listing.list.entries) {
    if (entry.problem) {
      warnings.push_back(sanitize_line(entry.rwenv.name) + ": " + entry.problem->message);
    }
  }
  out.warnings(sanitize_lines(warnings, reader));
  return truncate_with_notice(out.text());
}

std::string report(const engine::SetRwenvResult& result, Reader reader) {
  const std::string name = sanitize_line(result.rwenv.name);
  const std::string previous = shown(result.written.previous);
  Paragraphs out;
  out.line(previous == name
               ? "✓ rwenv is already " + name
               : "✓ rwenv: " + (previous.empty() ? "(none)" : previous) + " → " + name);
  out.end_paragraph();
  out.labelled("Project", shown(result.project));
  out.labelled("File", shown(result.written.file));
  if (result.written.gitignore) {
    out.labelled("Ignored by", shown(*result.written.gitignore));
  }
  out.end_paragraph();
  add_details(result.rwenv, out);
  out.warnings(sanitize_lines(result.warnings, reader));
  return truncate_with_notice(out.text());
}

std::string report(const engine::AddRwenvResult& result, Reader reader) {
  Paragraphs out;
  out.line("✓ Added rwenv " + sanitize_line(result.rwenv.name));
  out.end_paragraph();
  out.labelled("File", shown(result.file));
  add_details(result.rwenv, out);
  if (result.remote_branch) {
    out.labelled("Remote", "answers, branch " + shown(result.remote_branch));
  }
  out.end_paragraph();
  out.line(sanitize_line(for_reader("Set it for a project {set_rwenv}."), reader));
  out.warnings(sanitize_lines(warnings_of(result), reader));
  return truncate_with_notice(out.text());
}

std::string report(const engine::ConfiguredRwenv& configured, Reader reader) {
  Paragraphs out;
  out.line("rwenv: " + sanitize_line(configured.rwenv.name));
  out.end_paragraph();
  add_details(configured.rwenv, out);
  out.end_paragraph();
  out.labelled("Project", shown(configured.active.project));
  out.labelled("Config", shown(engine::envs_file(configured.active.config_directory)));
  out.warnings(sanitize_lines(configured.active.warnings, reader));
  return truncate_with_notice(out.text());
}

OrderedJson structured(const engine::RwenvListing& listing) {
  OrderedJson out = OrderedJson::object();
  OrderedJson& rwenvs = out["rwenvs"] = OrderedJson::array();
  for (const engine::RwenvEntry& entry : listing.list.entries) {
    rwenvs.push_back(entry_of(listing, entry));
  }
  add(out, "active", shown(listing.active));
  out["projectDir"] = shown(listing.project);
  out["configFile"] = shown(listing.list.file);
  out["report"] = report(listing);
  return out;
}

OrderedJson structured(const engine::SetRwenvResult& result) {
  OrderedJson out = OrderedJson::object();
  out["rwenv"] = sanitize_line(result.rwenv.name);
  add(out, "previous", shown(result.written.previous));
  out["readOnly"] = result.rwenv.read_only;
  add(out, "description", shown(result.rwenv.description));
  add(out, "fluxRepo", url_of(result.rwenv));
  out["projectDir"] = shown(result.project);
  out["file"] = shown(result.written.file);
  if (result.written.gitignore) {
    out["gitignore"] = shown(*result.written.gitignore);
  }
  out["warnings"] = sanitize_lines(result.warnings, Reader::client);
  out["report"] = report(result);
  return out;
}

OrderedJson structured(const engine::AddRwenvResult& result) {
  OrderedJson out = OrderedJson::object();
  out["rwenv"] = sanitize_line(result.rwenv.name);
  out["configFile"] = shown(result.file);
  out["created"] = result.created;
  out["fluxRepo"] = url_of(result.rwenv);
  out["readOnly"] = result.rwenv.read_only;
  out["remoteAnswers"] = result.remote_branch.has_value();
  add(out, "remoteBranch", shown(result.remote_branch));
  out["warnings"] = sanitize_lines(warnings_of(result), Reader::client);
  out["report"] = report(result);
  return out;
}

OrderedJson structured(const engine::ConfiguredRwenv& configured) {
  const engine::Rwenv& rwenv = configured.rwenv;
  OrderedJson out = OrderedJson::object();
  out["rwenv"] = sanitize_line(rwenv.name);
  add(out, "description", shown(rwenv.description));
  add(out, "fluxRepo", url_of(rwenv));
  add(out, "fluxGitBranch", shown(rwenv.flux_git_branch));
  out["fluxGitRepoType"] =
      rwenv.flux_git_repo_type == engine::FluxGitRepoType::gitea ? "gitea" : "github";
  out["fluxWrite"] = rwenv.flux_write == engine::FluxWrite::pull_request ? "pull-request" : "push";
  if (rwenv.flux_forge) {
    out["fluxForge"] = engine::name(*rwenv.flux_forge);
  }
  out["readOnly"] = rwenv.read_only;
  out["confirmReplace"] = rwenv.confirm_replace;
  out["projectDir"] = shown(configured.active.project);
  out["configFile"] = shown(engine::envs_file(configured.active.config_directory));
  return out;
}

}  // namespace tools
