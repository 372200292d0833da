#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "engine/checkout/repository.h"
#include "engine/config/project.h"
#include "tests/support/git_sandbox.h"

namespace {

namespace fs = std::filesystem;

using engine::Code;
using testing::HasSubstr;

void make_pipe_at(const fs::path& file) {
  fs::remove_all(file);
  ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
}

void put(const fs::path& file, const std::string& bytes) {
  fs::remove_all(file);
  fs::create_directories(file.parent_path());
  std::ofstream(file) << bytes;
}

// A project with a commit on the branch feature/health, and what the program reads of it.
class ProjectRepository : public testing::Test {
 protected:
  ProjectRepository() {
    fs::create_directories(project());
    git({"init", "-q", "-b", "feature/health"});
    put(project() / "a", "a\n");
    git({"add", "."});
    git({"commit", "-qm", "A"});
  }

  fs::path project() const { return sandbox_.path() / "project"; }
  fs::path git_dir() const { return project() / ".git"; }
  std::string git(const std::vector<std::string>& arguments) const {
    return sandbox_.git(project(), arguments);
  }

  engine::Result<engine::Project> read(const fs::path& directory) {
    engine::ProjectRequest request;
    request.directory = directory.string();
    return engine::read_project(host_.host, request, {.head = true}, {});
  }
  engine::ProjectHead head(const fs::path& directory) {
    auto project = read(directory);
    EXPECT_TRUE(project) << project.error().message;
    return project ? *project->head
                   : engine::ProjectHead{*engine::CommitId::parse(std::string(40, '0')), {}};
  }
  engine::Error refusal(const fs::path& directory) {
    const auto project = read(directory);
    EXPECT_FALSE(project);
    return project ? engine::Error() : project.error();
  }
  // The refusal of the project names the file and why.
  void expect_unreadable(const fs::path& file, const std::string& reason) {
    const engine::Error error = refusal(project());
    EXPECT_EQ(error.code, Code::not_a_repository) << error.message;
    EXPECT_THAT(error.message, HasSubstr(file.string() + ": " + reason));
  }

  test::GitSandbox sandbox_;
  test::SandboxHost host_{sandbox_};
};

TEST_F(ProjectRepository, HasTheHeadThatGitHas) {
  const std::string commit = git({"rev-parse", "HEAD"});
  EXPECT_EQ(head(project()).commit.text(), commit);
  EXPECT_EQ(head(project()).branch, "feature/health");
  fs::create_directories(project() / "deep/er");
  EXPECT_EQ(head(project() / "deep/er").commit.text(), commit);
  git({"pack-refs", "--all"});
  EXPECT_EQ(head(project()).commit.text(), commit) << "packed";
  git({"gc", "-q"});
  EXPECT_EQ(head(project()).commit.text(), commit) << "objects in a pack";
}

TEST_F(ProjectRepository, ALooseRefBeatsAPackedOne) {
  git({"pack-refs", "--all"});
  git({"commit", "-q", "--allow-empty", "-m", "B"});
  EXPECT_EQ(head(project()).commit.text(), git({"rev-parse", "HEAD"}));
}

TEST_F(ProjectRepository, APackedRefIsFoundByItsWholeName) {
  git({"branch", "feature/health-2"});
  git({"commit", "-q", "--allow-empty", "-m", "B"});
  git({"branch", "a/feature/health"});
  git({"commit", "-q", "--allow-empty", "-m", "C"});
  git({"tag", "-a", "-m", "T", "v1"});
  git({"pack-refs", "--all"});
  EXPECT_EQ(head(project()).commit.text(), git({"rev-parse", "HEAD"}));
}

TEST_F(ProjectRepository, APackedRefIsFoundFromALinkedWorkTree) {
  git({"worktree", "add", "-q", "-b", "other", "../linked"});
  git({"pack-refs", "--all"});
  EXPECT_EQ(head(sandbox_.path() / "linked").commit.text(), git({"rev-parse", "other"}));
}

TEST_F(ProjectRepository, ADirectoryInThePlaceOfAPackedRefIsNoRef) {
  git({"pack-refs", "--all"});
  fs::create_directories(git_dir() / "refs/heads/feature/health/x");
  EXPECT_EQ(head(project()).commit.text(), git({"rev-parse", "HEAD"}));
}

TEST_F(ProjectRepository, ADetachedHeadHasNoBranch) {
  git({"checkout", "-q", "--detach"});
  EXPECT_EQ(head(project()).branch, std::nullopt);
}

TEST_F(ProjectRepository, LinkedWorkTreesAndSubmodulesWork) {
  git({"worktree", "add", "-q", "-b", "other", "../linked"});
  const fs::path linked = sandbox_.path() / "linked";
  sandbox_.git(linked, {"commit", "-q", "--allow-empty", "-m", "B"});
  EXPECT_EQ(head(linked).commit.text(), sandbox_.git(linked, {"rev-parse", "HEAD"}));
  EXPECT_EQ(head(linked).branch, "other");
  const auto repository = engine::find_project_repository(linked);
  ASSERT_TRUE(repository);
  EXPECT_EQ(engine::main_work_tree_root(*repository), fs::canonical(project()));

  git({"-c", "protocol.file.allow=always", "submodule", "add", "-q", sandbox_.url(), "module"});
  EXPECT_EQ(head(project() / "module").commit.text(), sandbox_.remote_head());
  const auto module = engine::find_project_repository(project() / "module");
  ASSERT_TRUE(module);
  EXPECT_EQ(engine::main_work_tree_root(*module), std::nullopt);
}

TEST_F(ProjectRepository, OfABareRepositoryOnlyTheWorkTreesAreProjects) {
  for (const std::string name : {".bare", ".git"}) {
    const fs::path top = sandbox_.path() / ("with" + name);
    const fs::path bare = top / name;
    sandbox_.git(sandbox_.path(), {"clone", "-q", "--bare", project().string(), bare.string()});
    if (name != ".git") {
      put(top / ".git", "gitdir: ./.bare\n");
    }
    sandbox_.git(bare, {"worktree", "add", "-q", "-b", "fix/it", (top / "fix/it").string()});
    sandbox_.git(top / "fix/it", {"commit", "-q", "--allow-empty", "-m", "B"});
    EXPECT_EQ(head(top / "fix/it").commit.text(),
              sandbox_.git(top / "fix/it", {"rev-parse", "HEAD"}));
    EXPECT_EQ(head(top / "fix/it").branch, "fix/it");
    const auto repository = engine::find_project_repository(top / "fix/it");
    ASSERT_TRUE(repository);
    EXPECT_EQ(engine::main_work_tree_root(*repository), fs::canonical(top));
    for (const fs::path& directory : {top, top / "fix"}) {
      const engine::Error error = refusal(directory);
      EXPECT_EQ(error.code, Code::not_a_repository);
      EXPECT_THAT(error.message, HasSubstr("it only holds the bare repository " + bare.string()));
    }
  }
}

TEST_F(ProjectRepository, ALinkThatIsASymbolicRefIsRead) {
  fs::remove(git_dir() / "HEAD");
  fs::create_symlink("refs/heads/feature/health", git_dir() / "HEAD");
  EXPECT_EQ(head(project()).commit.text(), git({"rev-parse", "HEAD"}));
}

TEST_F(ProjectRepository, ABranchWithoutACommitIsNoCommit) {
  git({"checkout", "-q", "--orphan", "empty"});
  EXPECT_EQ(refusal(project()).code, Code::no_commit);
  git({"pack-refs", "--all"});
  EXPECT_EQ(refusal(project()).code, Code::no_commit);
}

TEST_F(ProjectRepository, WhatIsNoCommitIsRefused) {
  for (const std::string& id :
       {git({"rev-parse", "HEAD^{tree}"}), git({"rev-parse", "HEAD:a"}), std::string(40, 'f')}) {
    put(git_dir() / "HEAD", id + "\n");
    const engine::Error error = refusal(project());
    EXPECT_EQ(error.code, Code::no_commit);
    EXPECT_THAT(error.message, HasSubstr(id));
  }
}

TEST_F(ProjectRepository, AnotherKindOfFileInThePlaceOfOneIsRefusedAtOnce) {
  git({"pack-refs", "--all"});
  fs::create_directories(git_dir() / "refs/heads/feature");
  const fs::path places[] = {git_dir() / "HEAD", git_dir() / "packed-refs",
                             git_dir() / "refs/heads/feature/health", git_dir() / "commondir"};
  for (const fs::path& place : places) {
    const fs::path kept = sandbox_.path() / "kept";
    const bool was_there = fs::exists(place);
    if (was_there) {
      fs::rename(place, kept);
    }
    make_pipe_at(place);
    expect_unreadable(place, "it is not a regular file");
    fs::remove(place);
    fs::create_symlink("/etc/passwd", place);
    expect_unreadable(place, "it is a symbolic link");
    fs::remove(place);
    if (place.filename() != "health" && place.filename() != "HEAD") {
      fs::create_directory(place);
      expect_unreadable(place, "it is a directory");
      fs::remove(place);
    }
    put(place, "");
    fs::resize_file(place, std::uintmax_t{1} << 32U);
    expect_unreadable(place, "it is larger than ");
    fs::remove(place);
    if (was_there) {
      fs::rename(kept, place);
    }
  }
  EXPECT_EQ(head(project()).commit.text(), git({"rev-parse", "HEAD"}));
}

TEST_F(ProjectRepository, WhatDotGitIsDecidesFirst) {
  fs::rename(git_dir(), sandbox_.path() / "real");
  make_pipe_at(git_dir());
  expect_unreadable(git_dir(), "it is not a regular file");
  fs::remove(git_dir());
  fs::create_symlink(sandbox_.path() / "real", git_dir());
  expect_unreadable(git_dir(), "it is a symbolic link");
  fs::remove(git_dir());
  put(git_dir(), "gitdir: ../real\n");
  EXPECT_EQ(head(project()).branch, "feature/health");
  put(git_dir(), "gitdir: ../nowhere\n");
  expect_unreadable(git_dir(), "what it names is not a directory");
  put(git_dir(), "something else\n");
  expect_unreadable(git_dir(), "it names no git directory");
  put(git_dir(), "gitdir: " + std::string(1U << 20U, '/'));
  expect_unreadable(git_dir(), "it is larger than ");
  fs::remove(git_dir());
  EXPECT_THAT(refusal(project()).message, HasSubstr("is not in a git work tree"));
}

TEST_F(ProjectRepository, ADotGitDirectoryWithoutAHeadIsPassedOverForOneFurtherUp) {
  fs::create_directories(project() / "deep/.git");
  EXPECT_EQ(head(project() / "deep").commit.text(), git({"rev-parse", "HEAD"}));
}

TEST_F(ProjectRepository, WhatHeadNamesStaysInsideTheRepository) {
  put(sandbox_.path() / "outside", git({"rev-parse", "HEAD"}) + "\n");
  for (const char* target :
       {"ref: ../../outside", "ref: refs/../../../outside", "ref: refs/heads/../../../outside",
        "ref: /etc/passwd", "ref: refs//heads", "ref: refs/heads/.x", "ref: refs/heads/x.lock",
        "ref: refs/heads/a b", "ref: HEAD", "ref:", "", "s3cret: token", "A1B2C3"}) {
    put(git_dir() / "HEAD", target);
    const engine::Error error = refusal(project());
    EXPECT_EQ(error.code, Code::not_a_repository) << target;
    EXPECT_EQ(error.message.find("s3cret"), std::string::npos) << error.message;
  }
  put(git_dir() / "HEAD", "ref: refs/heads/a\n");
  put(git_dir() / "refs/heads/a", "ref: refs/heads/b\n");
  put(git_dir() / "refs/heads/b", "ref: refs/heads/a\n");
  expect_unreadable(git_dir() / "HEAD", "its chain of symbolic refs does not end");
  put(git_dir() / "refs/heads/b", "ref: refs/heads/feature/health\n");
  EXPECT_EQ(head(project()).branch, "a");
}

TEST_F(ProjectRepository, DirectoriesOfRefsAreNotEnteredThroughLinks) {
  fs::rename(git_dir() / "refs", sandbox_.path() / "refs");
  fs::create_directory_symlink(sandbox_.path() / "refs", git_dir() / "refs");
  expect_unreadable(git_dir() / "refs/heads/feature/health", "it is a symbolic link");
}

TEST_F(ProjectRepository, ABareRepositoryInAFolderIsNeverUsed) {
  const fs::path bare = project() / "vendor/bare";
  sandbox_.git(sandbox_.path(), {"clone", "-q", "--bare", project().string(), bare.string()});
  for (const fs::path& directory : {bare, bare / "refs", git_dir(), git_dir() / "objects"}) {
    const engine::Error error = refusal(directory);
    EXPECT_EQ(error.code, Code::not_a_repository) << directory;
    EXPECT_THAT(error.message, HasSubstr("is in the bare repository ")) << directory;
  }
  // One that borrows its objects.
  const fs::path borrowing = project() / "vendor/borrowing";
  put(borrowing / "HEAD", "ref: refs/heads/feature/health\n");
  put(borrowing / "commondir", "../bare\n");
  EXPECT_THAT(refusal(borrowing).message, HasSubstr("is in the bare repository "));
  EXPECT_EQ(head(project() / "vendor").branch, "feature/health");
}

TEST_F(ProjectRepository, ObjectsThatWouldHoldTheReadUpAreRefused) {
  git({"gc", "-q"});
  const fs::path pipes[] = {git_dir() / "objects/info/alternates",
                            git_dir() / "objects/pack/pack-0.idx"};
  for (const fs::path& pipe : pipes) {
    make_pipe_at(pipe);
    const engine::Error error = refusal(project());
    EXPECT_EQ(error.code, Code::no_commit);
    EXPECT_THAT(error.message, HasSubstr("regular file"));
    fs::remove(pipe);
  }
  const std::string id = git({"rev-parse", "HEAD"});
  fs::create_directories(git_dir() / "objects" / id.substr(0, 2));
  make_pipe_at(git_dir() / "objects" / id.substr(0, 2) / id.substr(2));
  EXPECT_THAT(refusal(project()).message, HasSubstr("it is not a regular file"));
  fs::remove_all(git_dir() / "objects" / id.substr(0, 2));
  fs::rename(git_dir() / "objects", sandbox_.path() / "objects");
  fs::create_directory_symlink(sandbox_.path() / "objects", git_dir() / "objects");
  EXPECT_THAT(refusal(project()).message, HasSubstr("objects: it is a symbolic link"));
}

TEST_F(ProjectRepository, ASha256RepositoryHasAHead) {
  const fs::path other = sandbox_.path() / "sha256";
  sandbox_.git(sandbox_.path(), {"init", "-q", "--object-format=sha256", other.string()});
  sandbox_.git(other, {"commit", "-q", "--allow-empty", "-m", "A"});
  EXPECT_EQ(head(other).commit.text(), sandbox_.git(other, {"rev-parse", "HEAD"}));
}

// A runner that answers as a git that knows tables of refs.
class GitWithTables final : public engine::CommandRunner {
 public:
  engine::ProcessResult run(const engine::Command& command, const std::stop_token&,
                            std::chrono::milliseconds) override {
    environment = command.environment();
    return completion;
  }
  engine::ProcessResult completion;
  std::vector<engine::Command::EnvironmentChange> environment;
};

TEST_F(ProjectRepository, RefsInATableAreAskedOfGitAndOfThisRepositoryOnly) {
  put(git_dir() / "HEAD", "ref: refs/heads/.invalid\n");
  fs::create_directories(git_dir() / "reftable");
  GitWithTables runner;
  runner.completion.out = std::string(40, 'a') + "\nmain\n";
  const engine::Host host{.environment = sandbox_.environment(),
                          .working_directory = project(),
                          .executable = {},
                          .services_file = {},
                          .runner = runner,
                          .clock = host_.clock};
  auto read = engine::read_project(host, {}, {.head = true}, {});
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->head->branch, "main");
  EXPECT_THAT(
      runner.environment,
      testing::IsSupersetOf({engine::Command::EnvironmentChange("GIT_DIR", git_dir()),
                             engine::Command::EnvironmentChange("GIT_WORK_TREE", project()),
                             engine::Command::EnvironmentChange("GIT_ALLOW_PROTOCOL", "none")}));
  runner.completion = {.status = 128, .out = {}, .err = "fatal: unknown extension\n"};
  read = engine::read_project(host, {}, {.head = true}, {});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::not_a_repository);
  EXPECT_THAT(read.error().message, HasSubstr("fatal: unknown extension"));
}

}  // namespace
