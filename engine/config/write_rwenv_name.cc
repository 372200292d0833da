#include "engine/config/write_rwenv_name.h"

#include <algorithm>
#include <stop_token>
#include <system_error>
#include <utility>

#include "engine/base/abandonable.h"
#include "engine/base/file_below.h"
#include "engine/base/write_below.h"
#include "engine/checkout/project_place.h"
#include "engine/checkout/repository.h"
#include "engine/checkout/work_trees.h"
#include "engine/config/rwenv_name.h"
#include "engine/text/ascii.h"
#include "engine/text/text.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

constexpr const char* kIgnored = ".claude/rwenv";
constexpr mode_t kNewFile = 0644;
constexpr mode_t kNewDirectory = 0777;
constexpr std::size_t kMaxIgnoreFile = std::size_t{1} << 20U;

Failure not_written(const fs::path& file, const FileFault& fault) {
  const std::string name = sanitize_line(file.string());
  if (fault.kind == FileFault::Kind::system) {
    return fail(Code::internal, "Could not write " + name + ": " + fault.reason + ".",
                "Make sure that you own the directory and may write there, and that its disk has "
                "room.");
  }
  return fail(Code::bad_config, name + ": " + fault.reason + ", and is not written.",
              "Remove it (what a link points to stays as it is), then try again.",
              {{"file", name}});
}

// Where the name is written: see the header. A `.git` can name the repository of any other work
// tree: that one's root is not written, even where its name is the one that counts.
fs::path place_for(const fs::path& project, const std::vector<RwenvNamePlace>& places) {
  const auto root = work_tree_root(project);
  const auto repository = root ? find_project_repository(*root)
                               : Result<ProjectRepository>(Failure(Error{Code::not_a_repository}));
  const auto main = repository ? main_work_tree_root(*repository) : std::nullopt;
  const bool is_own = repository && is_known_to_its_repository(*repository);
  const auto& nearest = places.back();
  const bool has_name = !nearest.name || !nearest.name->empty();
  if (has_name && (is_own || nearest.directory != main)) {
    return nearest.directory;
  }
  return is_own && main ? *main : root.value_or(project);
}

// Whether a line of ignore patterns is about `.claude/rwenv`, or about all of `.claude`: then no
// line is added, even if it says that the file is not ignored.
bool decides(std::string_view line) {
  line = trimmed(line);
  line.remove_prefix(line.starts_with('!') ? 1 : 0);
  line.remove_prefix(line.starts_with('/') ? 1 : 0);
  return line == kIgnored || line == ".claude" || line == ".claude/" || line == ".claude/*" ||
         line == ".claude/**";
}

bool has_decision(std::string_view text) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (decides(text.substr(0, end))) {
      return true;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
}

bool is_root_of_work_tree(const fs::path& directory) {
  const auto root = work_tree_root(directory);
  std::error_code error;
  return root && fs::equivalent(*root, directory, error);
}

// Adds the line where it is missing: true if it did.
FileResult<bool> ignore(const fs::path& root, mode_t creation_mask) {
  const auto repository = find_project_repository(root);
  const auto exclude = repository
                           ? read_below(repository->common.get(), "info/exclude", kMaxIgnoreFile)
                           : tl::unexpected(FileFault());
  if ((repository && repository->bare) || (exclude && has_decision(exclude->bytes))) {
    return false;
  }
  const auto opened = open_directory(root);
  if (!opened) {
    return tl::unexpected(opened.error());
  }
  const auto old = read_below(opened->get(), ".gitignore", kMaxIgnoreFile);
  if (!old && old.error().kind != FileFault::Kind::missing) {
    return tl::unexpected(old.error());
  }
  std::string text = old ? old->bytes : "";
  if (has_decision(text)) {
    return false;
  }
  const std::string line_end = text.find("\r\n") == std::string::npos ? "\n" : "\r\n";
  if (!text.empty() && !text.ends_with('\n')) {
    text += line_end;
  }
  text += kIgnored + line_end;
  if (auto written = write_below(opened->get(), ".gitignore", text, kNewFile & ~creation_mask);
      !written) {
    return tl::unexpected(written.error());
  }
  return true;
}

FileResult<void> write_name(const fs::path& directory, const std::string& name,
                            mode_t creation_mask) {
  const auto opened = open_directory(directory);
  const auto claude =
      opened ? make_directory_below(opened->get(), ".claude", kNewDirectory & ~creation_mask)
             : tl::unexpected(opened.error());
  return claude ? write_below(claude->get(), "rwenv", name + "\n", kNewFile & ~creation_mask)
                : tl::unexpected(claude.error());
}

Result<WrittenRwenvName> write(const fs::path& project, const std::string& name,
                               mode_t creation_mask, const std::stop_token& stop) {
  const fs::path directory = place_for(project, rwenv_name_places(project));
  const UniqueFd lock = lock_directory(directory);  // what is read below is what is changed
  // The caller has been told that it was given up.
  if (stop.stop_requested()) {
    return Failure(Error{Code::timeout});
  }
  const auto places = rwenv_name_places(project);
  WrittenRwenvName written{.file = directory / kIgnored};
  const auto& before = places.back().name;
  if (before && !before->empty()) {
    written.previous = *before;
  }
  if (written.previous != name) {
    if (const auto done = write_name(directory, name, creation_mask); !done) {
      return not_written(written.file, done.error());
    }
  }
  if (is_root_of_work_tree(directory)) {
    const auto ignored = ignore(directory, creation_mask);
    if (!ignored) {
      written.warnings.push_back(sanitize_line((directory / ".gitignore").string()) +
                                 " was not changed: " + ignored.error().reason +
                                 ". Add the line `" + kIgnored + "` to it.");
    } else if (*ignored) {
      written.gitignore = directory / ".gitignore";
    }
  }
  return written;
}

}  // namespace

Result<WrittenRwenvName> write_rwenv_name(const Host& host, const fs::path& project_directory,
                                          const std::string& name, const CallContext& call) {
  if (call.stop.stop_requested()) {
    return fail(Code::cancelled, "Cancelled before the rwenv was set.");
  }
  // Once begun it is not cancelled, so that it is known whether it was written.
  Patience patience = project_patience(host, project_directory, {});
  patience.doing = "setting the rwenv of '" + sanitize_line(project_directory.string()) + "'";
  return abandonable<WrittenRwenvName>(
      patience, [project_directory, name, mask = host.creation_mask](const std::stop_token& stop) {
        return write(project_directory, name, mask, stop);
      });
}

}  // namespace engine
