// The result of regenerate_services as text and as an object; see tools/render.h.
#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/render.h"

namespace tools {
namespace {

// A model reads the result; what is more than this is counted.
constexpr std::size_t kMaxListed = 200;
constexpr std::size_t kMaxNamed = 30;
constexpr std::size_t kMaxDiff = std::size_t{16} << 10U;

std::string_view name(engine::RegenerateStatus status) {
  switch (status) {
    case engine::RegenerateStatus::written:
      return "written";
    case engine::RegenerateStatus::unchanged:
      return "unchanged";
    case engine::RegenerateStatus::dry_run:
      return "dry_run";
  }
  return {};
}

std::string counted(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string and_more(std::size_t count, std::size_t shown_count) {
  return count > shown_count ? "and " + std::to_string(count - shown_count) + " more" : "";
}

// "Added: a, b and 3 more", as a line; nothing for none.
std::string line_of(const std::string& label, const std::vector<std::string>& names) {
  if (names.empty()) {
    return {};
  }
  std::string out = label + ": ";
  for (std::size_t i = 0; i < std::min(names.size(), kMaxNamed); ++i) {
    out += (i == 0 ? "" : ", ") + sanitize_line(names[i]);
  }
  const std::string more = and_more(names.size(), kMaxNamed);
  return out + (more.empty() ? "" : " " + more) + "\n";
}

std::string headline(const engine::RegenerateResult& result) {
  const std::string found = counted(result.service_count, "service") + " in " +
                            counted(result.image_group_count, "image group");
  switch (result.status) {
    case engine::RegenerateStatus::written:
      return "✓ Regenerated the catalog of " + sanitize_line(result.rwenv) + ": " + found;
    case engine::RegenerateStatus::unchanged:
      return "✓ The catalog of " + sanitize_line(result.rwenv) + " is up to date: " + found;
    case engine::RegenerateStatus::dry_run:
      return "Dry run: " + found + " for the catalog of " + sanitize_line(result.rwenv);
  }
  return {};
}

// "Renamed: papi.live → papi", and what is renamed is neither added nor removed.
std::string changes_of(const engine::RegenerateResult& result) {
  std::vector<std::string> renamed;
  std::set<std::string_view> was;
  std::set<std::string_view> now;
  for (const engine::RenamedService& service : result.renamed) {
    renamed.push_back(service.was + " → " + service.now);
    was.insert(service.was);
    now.insert(service.now);
  }
  std::vector<std::string> added = result.added;
  std::vector<std::string> removed = result.removed;
  std::erase_if(added, [&](const std::string& name) { return now.contains(name); });
  std::erase_if(removed, [&](const std::string& name) { return was.contains(name); });
  return line_of("Added", added) + line_of("Renamed", renamed) +
         line_of("Changed", result.changed) + line_of("Removed", removed) +
         line_of("Kept, though not found", result.kept);
}

OrderedJson renamed_json(const engine::RenamedService& service) {
  OrderedJson out = OrderedJson::object();
  out["was"] = sanitize_line(service.was);
  out["now"] = sanitize_line(service.now);
  return out;
}

std::string unplaced_text(const engine::SkippedItem& unplaced) {
  std::string out;
  for (const std::string* part : {&unplaced.file, &unplaced.what, &unplaced.reason}) {
    if (!part->empty()) {
      out += (out.empty() ? "" : ": ") + sanitize_line(*part);
    }
  }
  return out;
}

OrderedJson first_of(const std::vector<std::string>& names) {
  OrderedJson out = OrderedJson::array();
  for (std::size_t i = 0; i < std::min(names.size(), kMaxListed); ++i) {
    out.push_back(sanitize_line(names[i]));
  }
  return out;
}

OrderedJson group_json(const engine::DraftGroup& group) {
  OrderedJson out = OrderedJson::object();
  out["imageGroup"] = sanitize_line(group.name);
  out["file"] = sanitize_line(group.place.file);
  out["imageName"] = sanitize_line(group.place.image_name);
  out["type"] = sanitize_line(group.place.type);
  if (!group.place.path.empty()) {
    out["path"] = sanitize_line(group.place.path);
  }
  if (group.kustomization) {
    out["kustomization"] = sanitize_line(*group.kustomization);
  }
  if (group.namespace_name) {
    out["namespace"] = sanitize_line(*group.namespace_name);
  }
  out["services"] = first_of(group.services);
  return out;
}

OrderedJson unplaced_json(const engine::SkippedItem& unplaced) {
  OrderedJson out = OrderedJson::object();
  if (!unplaced.file.empty()) {
    out["file"] = sanitize_line(unplaced.file);
  }
  if (!unplaced.what.empty()) {
    out["what"] = sanitize_line(unplaced.what);
  }
  out["reason"] = sanitize_line(unplaced.reason);
  return out;
}

OrderedJson warning_json(const std::string& warning) {
  return sanitize_line(warning, Reader::client);
}

template <class T>
OrderedJson list_of(const std::vector<T>& items, OrderedJson (*one)(const T&)) {
  OrderedJson out = OrderedJson::array();
  for (std::size_t i = 0; i < std::min(items.size(), kMaxListed); ++i) {
    out.push_back(one(items[i]));
  }
  return out;
}

}  // namespace

std::string report(const engine::RegenerateResult& result, Reader reader) {
  std::string out = headline(result) + "\n\n";
  out += "Flux repo: " + sanitize_line(result.flux_repo) + "\n";
  out += "Branch: " + sanitize_line(result.branch) + " at " + result.commit.substr(0, 7) + "\n";
  out += "Looked below: " +
         (result.looked_below.empty() ? "the root" : sanitize_line(result.looked_below)) + "\n";
  out += "Catalog: " + sanitize_line(result.catalog_file) + "\n";
  const std::string changes = changes_of(result);
  out += changes.empty() ? "" : "\n" + changes;
  if (!result.unplaced.empty()) {
    out += "\nNot placed (" + std::to_string(result.unplaced.size()) + "):\n";
    for (std::size_t i = 0; i < std::min(result.unplaced.size(), kMaxNamed); ++i) {
      out += "  " + unplaced_text(result.unplaced[i]) + "\n";
    }
    const std::string more = and_more(result.unplaced.size(), kMaxNamed);
    out += more.empty() ? "" : "  " + more + "\n";
  }
  out += result.diff.empty() ? "" : "\n" + sanitize_text(result.diff, kMaxDiff);
  out += result.warnings.empty() || out.ends_with("\n") ? "" : "\n";
  for (const std::string& warning : result.warnings) {
    out += (&warning == &result.warnings.front() ? "\n" : "") +
           ("⚠ " + sanitize_line(warning, reader)) + "\n";
  }
  while (out.ends_with('\n')) {
    out.pop_back();
  }
  return truncate_with_notice(std::move(out));
}

OrderedJson structured(const engine::RegenerateResult& result) {
  OrderedJson out = OrderedJson::object();
  out["status"] = name(result.status);
  out["rwenv"] = sanitize_line(result.rwenv);
  out["fluxRepo"] = sanitize_line(result.flux_repo);
  out["branch"] = sanitize_line(result.branch);
  out["commit"] = sanitize_line(result.commit);
  out["catalogFile"] = sanitize_line(result.catalog_file);
  out["path"] = sanitize_line(result.looked_below);
  out["serviceCount"] = result.service_count;
  out["imageGroupCount"] = result.image_group_count;
  out["unplacedCount"] = result.unplaced.size();
  out["imageGroups"] = list_of(result.groups, group_json);
  out["added"] = first_of(result.added);
  out["changed"] = first_of(result.changed);
  out["removed"] = first_of(result.removed);
  out["kept"] = first_of(result.kept);
  if (!result.renamed.empty()) {
    out["renamed"] = list_of(result.renamed, renamed_json);
  }
  out["unplaced"] = list_of(result.unplaced, unplaced_json);
  out["diff"] = sanitize_text(result.diff, kMaxDiff);
  out["warnings"] = list_of(result.warnings, warning_json);
  out["report"] = report(result);
  return out;
}

}  // namespace tools
