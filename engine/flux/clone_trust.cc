#include "engine/flux/clone_trust.h"

#include <array>
#include <cerrno>
#include <system_error>
#include <unistd.h>
#include <vector>

#include <sys/stat.h>

#include "engine/base/file_error.h"
#include "engine/base/owner.h"
#include "engine/text/text.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kOthers = S_IRWXG | S_IRWXO;
constexpr mode_t kOwner = S_IRWXU;

// What a clone is made with. Anyone who can write one of these decides what git runs.
constexpr std::array<std::string_view, 9> kMade = {
    "",          ".git",         ".git/config",       ".git/hooks",       ".git/info",
    ".git/refs", ".git/objects", ".git/objects/info", ".git/objects/pack"};

// What a person's git makes later, with their umask. Its mode matters only where others can get
// there at all.
constexpr std::array<std::string_view, 5> kMadeLater = {
    ".git/config.worktree", ".git/HEAD", ".git/packed-refs", ".git/index", ".git/info/attributes"};

bool look(const fs::path& path, struct stat& status) {
  return ::lstat(path.c_str(), &status) == 0;
}

std::vector<fs::path> hooks_of(const fs::path& clone) {
  std::vector<fs::path> hooks;
  std::error_code error;
  for (fs::directory_iterator entry(clone / ".git/hooks", error), end; !error && entry != end;
       entry.increment(error)) {
    hooks.push_back(entry->path());
  }
  return hooks;
}

std::vector<fs::path> parts_made_later(const fs::path& clone) {
  std::vector<fs::path> parts = hooks_of(clone);
  for (const std::string_view part : kMadeLater) {
    parts.push_back(clone / part);
  }
  return parts;
}

Failure owned_by(const fs::path& path, const struct stat& status, const fs::path& to_remove) {
  return fail(Code::bad_config,
              sanitize_line(path.string()) + " belongs to " + user_name(status.st_uid) +
                  ", not to you (" + user_name(::geteuid()) +
                  "); what git runs for a rollout must be yours alone.",
              "Have " + sanitize_line(to_remove.string()) +
                  " removed by its owner or by root; the next rollout makes it, as yours.");
}

// A link's mode says nothing, and what it leads to was chosen by its owner.
bool can_be_changed(const struct stat& status) {
  return !S_ISLNK(status.st_mode) && group_or_others_can_write(status);
}

// Whether others than the owner can get at what is below the directory.
bool is_open(const fs::path& directory) {
  struct stat status {};
  return look(directory, status) && (status.st_mode & (S_IXGRP | S_IXOTH)) != 0;
}

bool is_exposed(const fs::path& path) {
  struct stat status {};
  return look(path, status) && !S_ISLNK(status.st_mode) && (status.st_mode & kOthers) != 0;
}

// 0 or the error's number; nothing is done to a link or to what another user owns.
int close_to_others(const fs::path& path) {
  struct stat status {};
  if (!look(path, status) || S_ISLNK(status.st_mode) || (status.st_mode & kOthers) == 0 ||
      !is_ours(status)) {
    return 0;
  }
  return ::chmod(path.c_str(), status.st_mode & kOwner) == 0 ? 0 : errno;
}

}  // namespace

Result<void> refuse_symbolic_links(const fs::path& clone) {
  for (const fs::path& path : {clone.parent_path(), clone}) {
    std::error_code error;
    if (fs::is_symlink(path, error)) {
      return fail(Code::bad_config,
                  path.string() +
                      " is a symbolic link; the Flux repository's clone is kept in a "
                      "directory of its own.",
                  "Remove the link (what it points to stays as it is); the clone is then made "
                  "there.");
    }
  }
  return {};
}

Result<void> refuse_what_others_own(const fs::path& clone) {
  struct stat status {};
  for (const fs::path& path : {clone.parent_path(), clone, clone / ".git"}) {
    if (look(path, status) && !is_ours(status)) {
      return owned_by(path, status, path == clone.parent_path() ? path : clone);
    }
  }
  std::vector<fs::path> parts = parts_made_later(clone);
  for (const std::string_view part : kMade) {
    parts.push_back(clone / part);
  }
  for (const fs::path& path : parts) {
    if (look(path, status) && !is_ours(status) && status.st_uid != 0) {
      return owned_by(path, status, clone);
    }
  }
  return {};
}

std::optional<std::string> writable_by_others(const fs::path& clone) {
  struct stat status {};
  for (const std::string_view part : kMade) {
    if (look(clone / part, status) && can_be_changed(status)) {
      return "users other than you can write " + std::string(part.empty() ? "it" : part);
    }
  }
  if (is_open(clone) && is_open(clone / ".git")) {
    for (const fs::path& path : parts_made_later(clone)) {
      if (look(path, status) && can_be_changed(status)) {
        return "users other than you can write " +
               sanitize_line(path.lexically_relative(clone).string());
      }
    }
  }
  return std::nullopt;
}

Result<void> make_private(const fs::path& clone) {
  std::vector<fs::path> paths = {clone.parent_path()};
  if (is_exposed(clone) || is_exposed(clone / ".git") || is_exposed(clone / ".git/config")) {
    paths.push_back(clone);
    std::error_code error;
    for (fs::recursive_directory_iterator entry(clone, error), end; !error && entry != end;
         entry.increment(error)) {
      paths.push_back(entry->path());
    }
  }
  for (const fs::path& path : paths) {
    if (const int error = close_to_others(path); error != 0) {
      return Failure(file_error("take the access of others from", path, error));
    }
  }
  return {};
}

std::optional<CloneIdentity::Place> CloneIdentity::place_of(const fs::path& directory) {
  struct stat status {};
  if (!look(directory, status) || !S_ISDIR(status.st_mode)) {
    return std::nullopt;
  }
  return Place{status.st_dev, status.st_ino};
}

CloneIdentity CloneIdentity::of(const fs::path& clone) {
  CloneIdentity identity;
  identity.clone_ = place_of(clone);
  identity.repository_ = place_of(clone / ".git");
  return identity;
}

Result<void> CloneIdentity::expect_at(const fs::path& clone) const {
  if (auto refused = refuse_symbolic_links(clone); !refused) {
    return refused;
  }
  if (!clone_ || !repository_ || of(clone) != *this) {
    return fail(Code::bad_config,
                "Something else has taken the place of " + sanitize_line(clone.string()) +
                    " while it was used; nothing is done in it.",
                "See who moves directories there, then try again.");
  }
  return {};
}

}  // namespace engine
