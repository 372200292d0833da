#include "engine/flux/other_changes.h"

#include <cstddef>
#include <optional>

#include "engine/flux/push_failure.h"
#include "engine/text/text.h"

namespace engine {
namespace {

std::string shown_value(const std::optional<std::string>& tag) {
  return tag ? "'" + sanitize_line(*tag, 256) + "'" : "no tag";
}

std::string warning_of(const FileEdit& edit, const std::optional<std::string>& tag,
                       const std::optional<Authorship>& by) {
  const std::string who = by ? by->author : "Another person";
  const std::string when = by ? " " + age_of(by->time) + " ago" : "";
  const std::string subject = edit.label.empty() ? "" : edit.label + ": ";
  return subject + who + " set this entry to " + shown_value(tag) + when +
         ", while the rollout was running; that has been replaced.";
}

}  // namespace

std::vector<std::string> other_changes(const ObjectStore& objects, const Change& change,
                                       const PreparedChange& earlier, const PreparedChange& now) {
  std::vector<std::string> warnings;
  for (std::size_t i = 0; i < change.edits.size(); ++i) {
    const ManifestEdit& edit = now.edits[i].edit;
    if (edit.changed && edit.previous_tag != earlier.edits[i].edit.previous_tag) {
      const FileEdit& wanted = change.edits[i];
      warnings.push_back(
          warning_of(wanted, edit.previous_tag,
                     objects.last_change(now.base.commit, earlier.base.commit, wanted.file)));
    }
  }
  return warnings;
}

}  // namespace engine
