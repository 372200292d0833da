#include "engine/flux/replaced_clone.h"

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include <sys/stat.h>

#include "engine/base/file_error.h"
#include "engine/base/owner.h"
#include "engine/flux/clone_trust.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUnique = "XXXXXX";

// Of directories beside the clone that hold what it replaced. No rwenv's name begins so.
std::string prefix_of(const fs::path& clone) {
  return "." + clone.filename().string() + ".old-";
}

bool is_there(const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

// Whether refs have been fetched into a repository. Told from their files: it is not known yet
// whether it may be opened.
bool has_refs(const fs::path& git_directory) {
  std::error_code error;
  if (fs::exists(fs::symlink_status(git_directory / "packed-refs", error))) {
    return true;
  }
  for (fs::recursive_directory_iterator entry(git_directory / "refs", error), end;
       !error && entry != end; entry.increment(error)) {
    std::error_code unknown;
    if (entry->symlink_status(unknown).type() == fs::file_type::regular &&
        entry->path().extension() != ".lock") {
      return true;
    }
  }
  return false;
}

// Whether a new clone stands there: nothing stands there yet, nor does a clone that has been made
// and not fetched into.
bool stands(const fs::path& clone) {
  std::error_code error;
  if (fs::is_directory(fs::symlink_status(clone / ".git", error))) {
    return has_refs(clone / ".git");
  }
  return is_there(clone) && !fs::is_empty(clone, error);
}

}  // namespace

Result<ReplacedClone> ReplacedClone::set_aside(const fs::path& clone) {
  ReplacedClone replaced;
  if (!is_there(clone)) {
    return replaced;
  }
  std::string directory = (clone.parent_path() / prefix_of(clone)).string() + std::string(kUnique);
  if (::mkdtemp(directory.data()) == nullptr) {
    return Failure(file_error("make a directory in", clone.parent_path(), errno));
  }
  if (::rename(clone.c_str(), (fs::path(directory) / clone.filename()).c_str()) != 0) {
    const int error = errno;
    ::rmdir(directory.c_str());
    return Failure(file_error("rename", clone, error));
  }
  replaced.clone_ = clone;
  replaced.directory_ = directory;
  return replaced;
}

ReplacedClone::ReplacedClone(ReplacedClone&& other) noexcept
    : clone_(std::exchange(other.clone_, {})), directory_(std::exchange(other.directory_, {})) {}

ReplacedClone& ReplacedClone::operator=(ReplacedClone&& other) noexcept {
  if (this != &other) {
    put_back();
    clone_ = std::exchange(other.clone_, {});
    directory_ = std::exchange(other.directory_, {});
  }
  return *this;
}

ReplacedClone::~ReplacedClone() {
  put_back();
}

void ReplacedClone::drop() noexcept {
  if (!directory_.empty()) {
    std::error_code error;
    fs::remove_all(std::exchange(directory_, {}), error);
  }
}

void ReplacedClone::put_back() noexcept {
  if (directory_.empty() || !refuse_symbolic_links(clone_)) {
    return;
  }
  std::error_code error;
  fs::remove_all(clone_, error);
  if (::rename((directory_ / clone_.filename()).c_str(), clone_.c_str()) == 0) {
    ::rmdir(directory_.c_str());
  }
  directory_.clear();
}

void remove_leftovers(const fs::path& clone) {
  const std::string prefix = prefix_of(clone);
  std::error_code error;
  std::vector<fs::path> leftovers;
  for (fs::directory_iterator entry(clone.parent_path(), error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    struct stat status {};
    if (name.starts_with(prefix) && name.size() == prefix.size() + kUnique.size() &&
        ::lstat(entry->path().c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
        is_ours(status)) {
      leftovers.push_back(entry->path());
    }
  }
  for (const fs::path& leftover : leftovers) {
    const fs::path replaced = leftover / clone.filename();
    if (is_there(replaced) && !stands(clone)) {
      fs::remove_all(clone, error);
      if (::rename(replaced.c_str(), clone.c_str()) != 0) {
        continue;
      }
    }
    fs::remove_all(leftover, error);
  }
}

}  // namespace engine
