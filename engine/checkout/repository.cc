#include "engine/checkout/repository.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "engine/base/file_below.h"
#include "engine/base/reader_word.h"
#include "engine/text/text.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxPath = 4096;
constexpr std::string_view kGitFile = "gitdir: ";

// The first line of a file that holds one line.
std::string_view first_line(std::string_view text) {
  return text.substr(0, text.find_first_of("\r\n"));
}

fs::path real(const fs::path& directory) {
  std::error_code error;
  fs::path at = fs::weakly_canonical(directory, error);
  return error ? fs::absolute(directory, error).lexically_normal() : at;
}

Failure not_in_a_work_tree(const fs::path& directory) {
  return fail(Code::not_a_repository,
              "'" + sanitize_line(directory.string()) + "' is not in a git work tree.",
              for_reader("Run it in the project whose feature branch is to be rolled out, or name "
                         "that directory ({projectDir})."));
}

Failure in_a_bare_repository(const fs::path& directory, const fs::path& bare) {
  return fail(
      Code::not_a_repository,
      "'" + sanitize_line(directory.string()) + "' is in the bare repository " +
          sanitize_line(bare.string()) + ", which has no work tree.",
      for_reader("Name the project's work tree ({projectDir}). A bare repository in a "
                 "folder of a project is never used: its configuration is not the user's."));
}

// Whether git would take the directory itself for a repository.
bool is_bare_repository(const fs::path& directory) {
  const auto opened = open_directory(directory);
  if (!opened || !status_below(opened->get(), "HEAD")) {
    return false;
  }
  std::error_code error;
  return status_below(opened->get(), "commondir") ||
         (fs::is_directory(directory / "objects", error) &&
          fs::is_directory(directory / "refs", error));
}

// Opens what all work trees share; false with the reason where that cannot be done.
FileResult<void> open_common(ProjectRepository& repository) {
  repository.common_dir = repository.git_dir;
  const auto text = read_below(repository.git.get(), "commondir", kMaxPath);
  if (!text && text.error().kind != FileFault::Kind::missing) {
    return tl::unexpected(text.error());
  }
  if (text) {
    repository.common_dir = (repository.git_dir / first_line(text->bytes)).lexically_normal();
    if (!repository.common_dir.has_filename()) {
      repository.common_dir = repository.common_dir.parent_path();
    }
  }
  auto opened = open_directory(repository.common_dir);
  if (!opened) {
    return tl::unexpected(FileFault{FileFault::Kind::other, "what it names is not a directory"});
  }
  repository.common = std::move(*opened);
  // Whatever is checked out has an index.
  repository.bare = !text && !status_below(repository.git.get(), "index") &&
                    status_below(repository.git.get(), "worktrees");
  return {};
}

// The git directory that a `.git` file names.
FileResult<fs::path> named_git_dir(int root, const fs::path& at) {
  const auto text = read_below(root, ".git", kMaxPath);
  if (!text) {
    return tl::unexpected(text.error());
  }
  const std::string_view line = first_line(text->bytes);
  if (!line.starts_with(kGitFile) || line.find('\0') != std::string_view::npos) {
    return tl::unexpected(FileFault{FileFault::Kind::other, "it names no git directory"});
  }
  return (at / line.substr(kGitFile.size())).lexically_normal();
}

// Opens the git directory of the work tree at `at`: `missing` if there is no `.git`, or one that is
// just a directory.
FileResult<ProjectRepository> open_git_dir(const fs::path& at) {
  const auto root = open_directory(at);
  if (!root) {
    return tl::unexpected(root.error());
  }
  const auto status = status_below(root->get(), ".git");
  if (!status) {
    return tl::unexpected(status.error());
  }
  ProjectRepository repository{at, at / ".git", {}, {}, {}};
  const bool is_directory = S_ISDIR(status->st_mode);
  if (!is_directory) {
    auto named = named_git_dir(root->get(), at);
    if (!named) {
      return tl::unexpected(named.error());
    }
    repository.git_dir = std::move(*named);
  }
  auto opened =
      is_directory ? open_directory_below(root->get(), ".git") : open_directory(repository.git_dir);
  if (!opened) {
    return tl::unexpected(
        is_directory ? opened.error()
                     : FileFault{FileFault::Kind::other, "what it names is not a directory"});
  }
  repository.git = std::move(*opened);
  if (is_directory) {
    // As git does it: without a HEAD this is no repository, and one further up may be.
    if (const auto head = status_below(repository.git.get(), "HEAD"); !head) {
      return tl::unexpected(head.error());
    }
  }
  return repository;
}

// Whether the `.git` file in `directory` names the repository that is open as `common`.
bool has_git_file_for(const fs::path& directory, int common) {
  const auto root = open_directory(directory);
  const auto named = root ? named_git_dir(root->get(), directory) : tl::unexpected(root.error());
  const auto opened = named ? open_directory(*named) : tl::unexpected(named.error());
  return opened && is_same_directory(opened->get(), common);
}

}  // namespace

Failure holds_a_bare_repository(const fs::path& directory, const ProjectRepository& repository) {
  return fail(
      Code::not_a_repository,
      "'" + sanitize_line(directory.string()) +
          "' is not a work tree; it only holds the bare repository " +
          sanitize_line(repository.git_dir.string()) + ".",
      for_reader("Name one of the repository's work trees ({projectDir}); `git worktree list` "
                 "lists them."));
}

Failure unreadable_repository(const fs::path& directory, const fs::path& file,
                              const FileFault& fault) {
  // What the system fails at says nothing of the repository.
  const bool system = fault.kind == FileFault::Kind::system;
  return fail(system ? Code::internal : Code::not_a_repository,
              "The repository of '" + sanitize_line(directory.string()) +
                  "' cannot be read: " + sanitize_line(file.string()) + ": " + fault.reason + ".",
              system ? "Check that you may read it, then try again."
                     : "Git's own files are read only if they are regular files and not links; "
                       "run `git fsck` there to learn more.");
}

Result<ProjectRepository> find_project_repository(const fs::path& directory) {
  for (fs::path at = real(directory);; at = at.parent_path()) {
    auto repository = open_git_dir(at);
    if (repository) {
      if (const auto common = open_common(*repository); !common) {
        return unreadable_repository(directory, repository->git_dir / "commondir", common.error());
      }
      return std::move(*repository);
    }
    if (repository.error().kind != FileFault::Kind::missing) {
      return unreadable_repository(directory, at / ".git", repository.error());
    }
    if (is_bare_repository(at)) {
      return in_a_bare_repository(directory, at);
    }
    if (!at.has_relative_path()) {
      return not_in_a_work_tree(directory);
    }
  }
}

std::optional<fs::path> work_tree_root(const fs::path& directory) {
  // The directories above are those of the place that a symbolic link leads to.
  for (fs::path at = real(directory);; at = at.parent_path()) {
    std::error_code error;
    if (fs::exists(fs::symlink_status(at / ".git", error))) {
      return at;
    }
    if (!at.has_relative_path()) {
      return std::nullopt;
    }
  }
}

std::optional<fs::path> main_work_tree_root(const ProjectRepository& repository) {
  if (repository.common_dir == repository.git_dir) {
    return std::nullopt;
  }
  fs::path beside = repository.common_dir.parent_path();
  const bool is_main = repository.common_dir.filename() == ".git" ||
                       has_git_file_for(beside, repository.common.get());
  return is_main ? std::optional(std::move(beside)) : std::nullopt;
}

}  // namespace engine
