#include "engine/checkout/work_trees.h"

#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <string_view>

#include "engine/base/file_below.h"
#include "engine/base/unique_fd.h"
#include "engine/text/text.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWorkTrees = "worktrees";
constexpr std::size_t kMaxPath = 4096;

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

// Whether the common git directory has an entry for any linked work tree.
bool has_linked_work_trees(int common) {
  const auto status = status_below(common, kWorkTrees);
  if (!status) {
    return status.error().kind != FileFault::Kind::missing;
  }
  UniqueFd opened(::openat(common, kWorkTrees, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  const std::unique_ptr<DIR, CloseDirectory> entries(opened ? ::fdopendir(opened.get()) : nullptr);
  if (!entries) {
    return true;
  }
  static_cast<void>(opened.release());  // the stream's now
  // cppcheck-suppress readdirCalled; no other thread has this directory's stream
  while (const dirent* entry = ::readdir(entries.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") {
      return true;
    }
  }
  return false;
}

// Whether its git directory is the common one or lies in that one's `worktrees`: a `.git` file can
// name any directory, and that one any other as common.
bool is_work_tree_of_its_repository(const ProjectRepository& repository) {
  if (is_same_directory(repository.git.get(), repository.common.get())) {
    return true;
  }
  const auto linked = open_directory_below(repository.common.get(), kWorkTrees);
  const auto parent = open_directory(repository.git_dir.parent_path());
  return linked && parent && is_same_directory(linked->get(), parent->get());
}

std::string head_in_words(const ProjectRepository& repository) {
  const auto head = read_head_ref(repository);
  if (!head || head->reftable) {
    return "";
  }
  return head->branch ? "branch " + sanitize_line(*head->branch) : "a detached HEAD";
}

// Whether the git directory's file `gitdir`, by which git finds the work tree, leads to `root`.
bool leads_back(const ProjectRepository& repository) {
  const auto text = read_below(repository.git.get(), "gitdir", kMaxPath);
  if (!text) {
    return false;
  }
  const std::string_view line =
      std::string_view(text->bytes).substr(0, text->bytes.find_first_of("\r\n"));
  const fs::path named = (repository.git_dir / line).lexically_normal();
  const auto there = open_directory(named.parent_path());
  const auto here = open_directory(repository.root);
  return named.filename() == ".git" && there && here &&
         is_same_directory(there->get(), here->get());
}

}  // namespace

bool is_known_to_its_repository(const ProjectRepository& repository) {
  return is_work_tree_of_its_repository(repository) &&
         (is_same_directory(repository.git.get(), repository.common.get()) ||
          leads_back(repository));
}

std::optional<WorkTree> find_work_tree(const fs::path& directory) {
  auto repository = find_project_repository(directory);
  if (!repository) {
    return std::nullopt;
  }
  const bool has_others = has_linked_work_trees(repository->common.get());
  return WorkTree{repository->root, has_others,
                  has_others ? head_in_words(*repository) : std::string()};
}

WorkTreeRelation relation_of_work_trees(const fs::path& directory, const fs::path& other) {
  if (!open_directory(directory)) {
    return WorkTreeRelation::no_directory;
  }
  const auto one = find_project_repository(directory);
  if (!one && work_tree_root(directory)) {
    return WorkTreeRelation::unreadable;
  }
  const auto two = find_project_repository(other);
  const bool others = one && two && is_same_directory(one->common.get(), two->common.get()) &&
                      !is_same_directory(one->git.get(), two->git.get()) &&
                      is_work_tree_of_its_repository(*one) && is_work_tree_of_its_repository(*two);
  return others ? WorkTreeRelation::others_of_one_repository : WorkTreeRelation::neither;
}

}  // namespace engine
