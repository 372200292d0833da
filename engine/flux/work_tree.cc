#include "engine/flux/work_tree.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "engine/base/beside.h"
#include "engine/base/file_error.h"
#include "engine/base/repository_path.h"
#include "engine/git/handles.h"
#include "engine/git/work_tree_filters.h"
#include "engine/text/text.h"

namespace engine {
namespace {

// Up to here a full work tree costs less than what is special about a sparse one.
constexpr std::size_t kMaxEntriesOfFullWorkTree = 2000;
// The size in bytes of an index of about as many entries.
constexpr std::uintmax_t kLargeIndex = 128 << 10;

Failure libgit2_failure(const FluxClone& clone, std::string_view doing) {
  return Failure(git_library_error(std::string(doing) + " in " + clone.remote().clone.string(),
                                   sanitize_line(last_git_error()),
                                   "Make sure that you own the directory and may write there."));
}

// Notes the branch's upstream, as an ordinary clone has it, unless the person chose one.
bool set_upstream(git_repository* repository, const std::string& branch) {
  const GitConfig config = git_new<GitConfig>(git_repository_config, repository);
  const GitConfig snapshot = git_new<GitConfig>(git_repository_config_snapshot, repository);
  if (!config || !snapshot) {
    return false;
  }
  const std::string section = "branch." + branch;
  const char* known = nullptr;
  if (git_config_get_string(&known, snapshot.get(), (section + ".merge").c_str()) == 0) {
    return true;
  }
  return git_config_set_string(config.get(), (section + ".remote").c_str(),
                               std::string(GitCommands::kRemote).c_str()) == 0 &&
         git_config_set_string(config.get(), (section + ".merge").c_str(),
                               GitCommands::branch_ref(branch).c_str()) == 0;
}

// Puts HEAD on the branch, which need not exist yet.
Result<void> set_head(const FluxClone& clone, const std::string& branch) {
  const auto repository = clone.session().repository();
  if (!repository) {
    return libgit2_failure(clone, "open the repository");
  }
  if (git_repository_state(repository.get()) != GIT_REPOSITORY_STATE_NONE) {
    git_repository_state_cleanup(repository.get());
  }
  const GitReference head = git_new<GitReference>(git_reference_lookup, repository.get(), "HEAD");
  const std::string target = GitCommands::branch_ref(branch);
  const char* const current = head ? git_reference_symbolic_target(head.get()) : nullptr;
  if (current == nullptr || target != current) {
    const GitReference attached = git_new<GitReference>(
        git_reference_symbolic_create, repository.get(), "HEAD", target.c_str(), 1, "rollout");
    if (!attached) {
      return libgit2_failure(clone, "put HEAD on " + branch);
    }
  }
  if (!set_upstream(repository.get(), branch)) {
    return libgit2_failure(clone, "configure " + branch);
  }
  return {};
}

// Whether HEAD is on the branch at `commit`, with nothing unfinished.
bool is_checked_out_at(const FluxClone& clone, const std::string& branch, const CommitId& commit) {
  const auto repository = clone.session().repository();
  if (!repository || git_repository_state(repository.get()) != GIT_REPOSITORY_STATE_NONE) {
    return false;
  }
  const GitReference head = git_new<GitReference>(git_repository_head, repository.get());
  const git_oid* const id = head ? git_reference_target(head.get()) : nullptr;
  return id != nullptr && git_reference_name(head.get()) == GitCommands::branch_ref(branch) &&
         git_oid_streq(id, commit.text().c_str()) == 0;
}

bool has_large_index(const FluxClone& clone) {
  std::error_code error;
  const auto size = std::filesystem::file_size(clone.remote().clone / ".git/index", error);
  return !error && size >= kLargeIndex;
}

Result<void> set_branch(const FluxClone& clone, const std::string& branch, const CommitId& commit) {
  const auto repository = clone.session().repository();
  git_oid id;
  const bool set =
      repository && git_oid_fromstr(&id, commit.text().c_str()) == 0 &&
      git_new<GitReference>(git_reference_create, repository.get(),
                            GitCommands::branch_ref(branch).c_str(), &id, 1, "rollout") != nullptr;
  return set ? Result<void>() : libgit2_failure(clone, "move " + branch);
}

std::vector<std::string> directories_of(const std::vector<RepositoryPath>& files) {
  std::vector<std::string> directories;
  for (const RepositoryPath& file : files) {
    directories.push_back(directory_of(file.text()));
  }
  return directories;
}

// Where there is no index yet, nothing has been checked out. A git that is too old to make the work
// tree sparse leaves it full.
void restrict_new_work_tree(const FluxClone& clone, const CommitId& commit,
                            const std::vector<RepositoryPath>& files) {
  std::error_code error;
  if (std::filesystem::exists(clone.remote().clone / ".git/index", error)) {
    return;
  }
  const auto objects = clone.objects();
  if (objects && objects->has_more_entries(commit, kMaxEntriesOfFullWorkTree)) {
    clone.run(clone.commands().restrict_work_tree(directories_of(files)), {});
  }
}

// A file that is not there after all was brought in line is in a part that was left out.
ProcessResult extend_to(const FluxClone& clone, const GitCommands& commands,
                        const std::vector<RepositoryPath>& files) {
  std::vector<RepositoryPath> left_out = files;
  std::erase_if(left_out, [&](const RepositoryPath& file) {
    std::error_code error;
    return std::filesystem::exists(symlink_status(clone.remote().clone / file.text(), error));
  });
  return left_out.empty() ? ProcessResult()
                          : clone.run(commands.extend_work_tree(directories_of(left_out)), {});
}

// Sets all to `commit` and brings `files`.
ProcessResult bring(const FluxClone& clone, const GitCommands& commands, const CommitId& commit,
                    const std::vector<RepositoryPath>& files) {
  ProcessResult completion = clone.run(commands.reset(commit), {});
  return completion.ok() ? extend_to(clone, commands, files) : completion;
}

// The index while git makes another one. It is put back unless that worked: what git complained
// about may have been a remote that it asked for files.
class IndexAside {
 public:
  explicit IndexAside(const std::filesystem::path& clone)
      : index_(clone / ".git" / "index"), aside_(clone / ".git" / "rollout-index") {
    std::error_code error;
    std::filesystem::rename(index_, aside_, error);
    is_aside_ = !error;
  }
  IndexAside(const IndexAside&) = delete;
  IndexAside& operator=(const IndexAside&) = delete;
  ~IndexAside() {
    std::error_code ignored;
    if (is_aside_) {
      std::filesystem::rename(aside_, index_, ignored);
    }
  }

  void drop() {
    std::error_code ignored;
    std::filesystem::remove(aside_, ignored);
    is_aside_ = false;
  }

 private:
  std::filesystem::path index_;
  std::filesystem::path aside_;
  bool is_aside_ = false;
};

// What bring() came to without the filters that failed.
struct WithoutFilters {
  ProcessResult completion;
  std::string warning;  // where it did without some
};

WithoutFilters bring_without_failed_filters(const FluxClone& clone, const CommitId& commit,
                                            const std::vector<RepositoryPath>& files,
                                            ProcessResult failed) {
  constexpr int kMaxFilters = 8;
  if (failed.ok()) {
    return {std::move(failed), {}};
  }
  const ProcessResult configured = clone.run(clone.commands().filter_configuration(), {});
  const auto settings = parse_configuration(configured.ok() ? configured.out : std::string());
  std::vector<std::string> names;
  std::string said;
  for (int i = 0; i < kMaxFilters && !failed.ok(); ++i) {
    const std::vector<std::string> more = failed_filters(failed.err, settings);
    if (more.empty()) {
      break;
    }
    names.insert(names.end(), more.begin(), more.end());
    said += failed.err;
    failed = bring(clone, clone.commands().doing_without(names), commit, files);
  }
  std::string warning = names.empty() ? std::string() : filters_warning(names, said);
  return {std::move(failed), std::move(warning)};
}

}  // namespace

Result<std::string> reset_work_tree(const FluxClone& clone, const std::string& branch,
                                    const CommitId& commit,
                                    const std::vector<RepositoryPath>& files) {
  start_libgit2();
  RETURN_IF_FAILED(clone.expect_in_place());
  RETURN_IF_FAILED(set_head(clone, branch));
  restrict_new_work_tree(clone, commit, files);
  std::optional<IndexAside> index;
  ProcessResult completion = bring(clone, clone.commands(), commit, files);
  if (!completion.ok() && indicates_corrupt_clone(completion) && clone.expect_in_place()) {
    index.emplace(clone.remote().clone);
    completion = bring(clone, clone.commands(), commit, files);
  }
  auto brought = bring_without_failed_filters(clone, commit, files, std::move(completion));
  if (!brought.completion.ok()) {
    return Failure(clone.failure(brought.completion, "update the work tree of the clone of"));
  }
  if (index) {
    index->drop();
  }
  return std::move(brought.warning);
}

WorkTreeScan::WorkTreeScan(const FluxClone& clone, const std::string& branch,
                           const CommitId& commit)
    : commit_(commit) {
  if (has_large_index(clone) && is_checked_out_at(clone, branch, commit)) {
    clean_ = std::async(kBeside, [&clone, stop = stop_.get_token()] {
      const ProcessResult changes = clone.run(clone.commands().list_changes(), stop);
      return changes.ok() && changes.out.empty();
    });
  }
}

bool WorkTreeScan::found_clean_at(const CommitId& commit) {
  return clean_.valid() && clean_.get() && commit == commit_;
}

Result<void> advance_work_tree(const FluxClone& clone, const std::string& branch,
                               const CommitId& commit, const std::vector<RepositoryPath>& files) {
  if (const ProcessResult checked_out = clone.run(clone.commands().check_out(commit, files), {});
      !checked_out.ok()) {
    return Failure(clone.failure(checked_out, "update the work tree of the clone of"));
  }
  if (auto there = clone.expect_in_place(); !there) {
    return there;
  }
  return set_branch(clone, branch, commit);
}

}  // namespace engine
