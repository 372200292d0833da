// The result of rollout_history as text and as an object; see tools/render.h.
#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "engine/text/join.h"
#include "engine/text/text.h"
#include "tools/add_member.h"
#include "tools/render.h"
#include "tools/table.h"

namespace tools {
namespace {

using Row = std::vector<std::string>;

// In the table, where one entry must not push all others aside; the object has the whole.
std::string cell(const std::string& text) {
  constexpr std::size_t kMaxCell = 72;
  return engine::truncate(sanitize_line(text), kMaxCell);
}

std::string tag_of(const std::optional<std::string>& tag) {
  return cell(tag.value_or("(none)"));
}

Row row_of(const engine::RolloutHistoryEntry& entry) {
  return {(entry.current ? "* " : "  ") + tag_of(entry.tag), entry.committed_at,
          entry.commit.substr(0, 7), cell(entry.author), cell(entry.message)};
}

std::string table_of(const std::vector<engine::RolloutHistoryEntry>& entries) {
  std::vector<Row> rows = {{"  TAG", "SINCE", "COMMIT", "AUTHOR", "MESSAGE"}};
  std::ranges::transform(entries, std::back_inserter(rows), row_of);
  return engine::joined(table_lines(rows), "\n");
}

std::string headline(const engine::RolloutHistory& history) {
  const std::string place = sanitize_line(history.image_group) + " in " +
                            sanitize_line(history.rwenv) + " (" + sanitize_line(history.file) + ")";
  if (history.entries.empty()) {
    return place + (history.stopped ? ": who set the tag is not known" : ": no tag was ever set");
  }
  return place + ": the tags that were set, newest first";
}

std::string warning_of(const std::string& text, Reader reader) {
  return "\n⚠ " + sanitize_line(text, reader);
}

}  // namespace

std::string report(const engine::RolloutHistory& history, Reader reader) {
  std::string out = headline(history);
  if (!history.entries.empty()) {
    out += "\n\n" + table_of(history.entries);
  }
  if (history.stopped || !history.warnings.empty()) {
    out += "\n";
  }
  if (history.stopped) {
    out += warning_of("Older tags are not listed. Stopped " + *history.stopped, reader);
  }
  for (const std::string& warning : history.warnings) {
    out += warning_of(warning, reader);
  }
  return truncate_with_notice(std::move(out));
}

OrderedJson structured(const engine::RolloutHistory& history) {
  OrderedJson entries = OrderedJson::array();
  for (const engine::RolloutHistoryEntry& entry : history.entries) {
    OrderedJson out = OrderedJson::object();
    add_member(out, "tag", entry.tag);
    add_member(out, "previousTag", entry.previous_tag);
    if (entry.pr_number) {
      out["prNumber"] = entry.pr_number->value();
    }
    out["commit"] = entry.commit;
    out["author"] = sanitize_line(entry.author);
    out["committedAt"] = entry.committed_at;
    out["message"] = sanitize_line(entry.message);
    out["current"] = entry.current;
    entries.push_back(std::move(out));
  }
  OrderedJson out = OrderedJson::object();
  out["rwenv"] = sanitize_line(history.rwenv);
  out["imageGroup"] = sanitize_line(history.image_group);
  out["file"] = sanitize_line(history.file);
  out["imageName"] = sanitize_line(history.image_name);
  out["entries"] = std::move(entries);
  out["complete"] = !history.stopped.has_value();
  out["report"] = report(history);
  return out;
}

}  // namespace tools
