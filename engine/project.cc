#include "engine/project.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "engine/git_failure.h"
#include "engine/git_handles.h"
#include "engine/project_commands.h"
#include "engine/runner.h"
#include "engine/text.h"
#include "engine/time_limit.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

Failure not_a_repository(const fs::path& directory) {
  return fail(Code::not_a_repository,
              "'" + printable_line(directory.string()) + "' is not in a git work tree.",
              "Run it in the project whose feature branch is to be rolled out, or name that "
              "directory (`projectDir`, `--project`).");
}

Failure no_commit(const fs::path& directory) {
  return fail(Code::no_commit,
              "The repository of '" + printable_line(directory.string()) + "' has no commit yet.",
              "Commit and push the feature branch first; the tag is made of its commit.");
}

Result<fs::path> existing_directory(const fs::path& directory, const std::string& source) {
  std::error_code error;
  if (!fs::is_directory(directory, error)) {
    return fail(Code::bad_argument,
                source + ": given '" + printable_line(directory.string()) +
                    "', accepted is the absolute path of an existing directory.");
  }
  return directory;
}

// HEAD as git itself reads it, for repositories that libgit2 cannot open.
Result<ProjectHead> ask_git(const Host& host, const fs::path& directory, const Call& call) {
  const Completion completion = host.runner.run(ProjectCommands(directory).head(), call.stop);
  const auto newline = completion.out.find('\n');
  const auto commit = CommitId::parse(std::string_view(completion.out).substr(0, newline));
  if (completion.kind != Completion::Kind::exited) {
    return Failure(git_not_run(completion, "read the project's HEAD",
                               time_limit_or_default(host.environment)));
  }
  if (!commit && completion.err.find("unknown revision") != std::string::npos) {
    return no_commit(directory);
  }
  if (!completion.ok() || !commit) {
    return not_a_repository(directory);
  }
  std::string branch = completion.out.substr(newline + 1);
  branch.erase(branch.find_last_not_of('\n') + 1);
  return ProjectHead{*commit, branch == "HEAD" ? std::nullopt : std::optional(branch)};
}

Result<ProjectHead> read_head(git_repository* repository, const fs::path& directory) {
  const auto head = git_new<GitReference>(git_repository_head, repository);
  if (!head) {
    return no_commit(directory);
  }
  const auto commit = git_new<GitObject>(git_reference_peel, head.get(), GIT_OBJECT_COMMIT);
  if (!commit) {
    return no_commit(directory);
  }
  const auto id = CommitId::parse(git_oid_tostr_s(git_object_id(commit.get())));
  std::optional<std::string> branch;
  if (git_repository_head_detached(repository) == 0) {
    branch = git_reference_shorthand(head.get());
  }
  return ProjectHead{*id, std::move(branch)};
}

}  // namespace

Result<fs::path> find_project_directory(const Host& host, const ProjectRequest& request) {
  if (request.directory) {
    const fs::path directory(*request.directory);
    if (!directory.is_absolute() || request.directory->find('\0') != std::string::npos) {
      return fail(Code::bad_argument,
                  "projectDir: given '" + printable_line(*request.directory) +
                      "', accepted is the absolute path of an existing directory.");
    }
    return existing_directory(directory, "projectDir");
  }
  if (const auto directory = host.environment.get("CLAUDE_PROJECT_DIR")) {
    return existing_directory(*directory, "CLAUDE_PROJECT_DIR");
  }
  if (request.client_root) {
    if (const auto root = request.client_root()) {
      return existing_directory(*root, "the client's first root");
    }
  }
  return host.working_directory;
}

Result<ProjectHead> read_project_head(const Host& host, const fs::path& directory,
                                      const Call& call) {
  start_libgit2();
  git_repository* opened = nullptr;
  const int status = git_repository_open_ext(&opened, directory.c_str(), 0, nullptr);
  const GitRepository repository(opened);
  if (status == GIT_ENOTFOUND) {
    return not_a_repository(directory);
  }
  if (status != 0) {
    return ask_git(host, directory, call);
  }
  if (git_repository_is_bare(repository.get()) != 0) {
    return not_a_repository(directory);
  }
  return read_head(repository.get(), directory);
}

bool has_uncommitted_changes(const Host& host, const fs::path& directory, FluxGitRepoType type,
                             const Call& call) {
  const Completion completion =
      host.runner.run(ProjectCommands(directory).uncommitted_changes(type), call.stop);
  return completion.ok() && !completion.out.empty();
}

std::optional<fs::path> work_tree_root(const fs::path& directory) {
  // `.git` is a directory, or a file in a linked worktree or submodule. Found without opening the
  // repository, so that it works for those that libgit2 cannot read.
  // The directories above are those of the place that a symbolic link leads to.
  std::error_code error;
  fs::path at = fs::weakly_canonical(directory, error);
  if (error) {
    at = fs::absolute(directory, error).lexically_normal();
  }
  for (;; at = at.parent_path()) {
    if (fs::exists(at / ".git", error)) {
      return at;
    }
    if (!at.has_relative_path()) {
      return std::nullopt;
    }
  }
}

}  // namespace engine
