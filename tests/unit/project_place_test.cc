// Which checkout a call is about, in repositories with and without linked work trees.
#include "engine/checkout/project_place.h"

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/checkout/work_trees.h"
#include "tests/support/git_sandbox.h"
#include "tests/support/reader_words.h"

namespace {

namespace fs = std::filesystem;

using engine::ClientRoot;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A repository with a commit on the branch main, of which work trees can be linked.
class ProjectPlace : public testing::Test {
 protected:
  ProjectPlace() {
    sandbox_.set("CLAUDE_PROJECT_DIR", main().string());
    fs::create_directories(main() / "src");
    git({"init", "-q", "-b", "main"});
    git({"commit", "-q", "--allow-empty", "-m", "A"});
  }

  fs::path main() const { return sandbox_.path() / "main"; }
  void git(const std::vector<std::string>& arguments) const { sandbox_.git(main(), arguments); }
  // Links a work tree on a branch of the same name.
  fs::path link(const std::string& name) const {
    git({"worktree", "add", "-q", "-b", name, "../" + name});
    fs::create_directories(sandbox_.path() / name / "src");
    return sandbox_.path() / name;
  }

  // The place that is found where the client's first root is `root`.
  engine::ProjectPlace found(const fs::path& root) { return found(ClientRoot{root, {}, ""}); }
  engine::ProjectPlace found(const ClientRoot& root) {
    request_.client.ask = [this, root] {
      ++asked_;
      return root;
    };
    const test::SandboxHost host(sandbox_);
    auto place = engine::find_project_place(host.host, request_, {});
    EXPECT_TRUE(place) << place.error().message;
    return place ? *place : engine::ProjectPlace();
  }

  test::GitSandbox sandbox_;
  engine::ProjectRequest request_;
  int asked_ = 0;
};

TEST_F(ProjectPlace, ARootInAnotherWorkTreeOfTheRepositoryWins) {
  const fs::path linked = link("linked");
  for (const fs::path& root : {linked, linked / "src"}) {
    const auto place = found(root);
    EXPECT_EQ(place.directory, root);
    EXPECT_THAT(place.warnings, IsEmpty());
  }
}

TEST_F(ProjectPlace, TheMainWorkTreeIsAnotherOneOfALinkedOne) {
  const fs::path one = link("one");
  const fs::path two = link("two");
  sandbox_.set("CLAUDE_PROJECT_DIR", one.string());
  EXPECT_EQ(found(main()).directory, main());
  EXPECT_EQ(found(two).directory, two);
}

TEST_F(ProjectPlace, WorkTreesOfABareRepositoryAreOthersOfEachOther) {
  const fs::path bare = sandbox_.path() / "bare.git";
  sandbox_.git(sandbox_.path(), {"clone", "-q", "--bare", main().string(), bare.string()});
  for (const char* name : {"x", "y"}) {
    sandbox_.git(bare, {"worktree", "add", "-q", "-b", name, (sandbox_.path() / name).string()});
  }
  sandbox_.set("CLAUDE_PROJECT_DIR", (sandbox_.path() / "x").string());
  EXPECT_EQ(found(sandbox_.path() / "y").directory, sandbox_.path() / "y");
  EXPECT_EQ(found(bare).directory, sandbox_.path() / "x");
}

// As a session that began beside the bare repository and moved into a work tree there.
TEST_F(ProjectPlace, TheDirectoryThatHoldsABareRepositoryIsLeftForAWorkTreeOfIt) {
  const fs::path top = sandbox_.path() / "top";
  sandbox_.git(sandbox_.path(),
               {"clone", "-q", "--bare", main().string(), (top / ".bare").string()});
  std::ofstream(top / ".git") << "gitdir: ./.bare\n";
  sandbox_.git(top, {"worktree", "add", "-q", "-b", "x", (top / "x").string()});
  sandbox_.set("CLAUDE_PROJECT_DIR", top.string());
  EXPECT_EQ(found(top / "x").directory, top / "x");
  EXPECT_EQ(found(main()).directory, top);
}

TEST_F(ProjectPlace, TheRepositoryIsTheSameByWhateverPath) {
  const fs::path linked = link("linked");
  fs::create_directory_symlink(main(), sandbox_.path() / "way");
  sandbox_.set("CLAUDE_PROJECT_DIR", (sandbox_.path() / "way").string());
  EXPECT_EQ(found(linked).directory, linked);
  EXPECT_EQ(found(main()).directory, sandbox_.path() / "way");  // the same work tree
}

TEST_F(ProjectPlace, ARootElsewhereChangesNothing) {
  link("linked");
  const fs::path other = sandbox_.path() / "other";
  sandbox_.git(sandbox_.path(), {"clone", "-q", main().string(), other.string()});
  sandbox_.git(other, {"worktree", "add", "-q", "-b", "x", "../of-other"});
  for (const fs::path& root :
       {main(), main() / "src", other, sandbox_.path() / "of-other", sandbox_.home()}) {
    const auto place = found(root);
    EXPECT_EQ(place.directory, main()) << root;
    EXPECT_THAT(place.warnings, IsEmpty()) << root;
  }
}

// A `.git` file can say what it likes.
TEST_F(ProjectPlace, ADirectoryThatOnlyClaimsToBeAWorkTreeIsNone) {
  link("linked");
  const fs::path claims = sandbox_.path() / "claims";
  fs::create_directories(claims / "git");
  std::ofstream(claims / ".git") << "gitdir: git\n";
  std::ofstream(claims / "git/commondir") << (main() / ".git").string() << "\n";
  std::ofstream(claims / "git/HEAD") << "ref: refs/heads/main\n";
  EXPECT_EQ(found(claims).directory, main());
  std::ofstream(claims / ".git") << "gitdir: " << (main() / ".git").string() << "\n";
  EXPECT_EQ(found(claims).directory, main());
}

TEST_F(ProjectPlace, WithoutLinkedWorkTreesTheClientIsNotAsked) {
  EXPECT_EQ(found(sandbox_.home()).directory, main());
  sandbox_.set("CLAUDE_PROJECT_DIR", sandbox_.home().string());
  EXPECT_EQ(found(main()).directory, sandbox_.home());
  EXPECT_EQ(asked_, 0);
  sandbox_.set("CLAUDE_PROJECT_DIR", main().string());
  link("linked");
  git({"worktree", "remove", "../linked"});
  EXPECT_EQ(found(sandbox_.home()).directory, main());
  EXPECT_EQ(asked_, 0);
}

TEST_F(ProjectPlace, WhatCannotBeListedCountsAsLinkedWorkTrees) {
  fs::create_directory_symlink("/", main() / ".git/worktrees");
  found(main());
  EXPECT_EQ(asked_, 1);
}

TEST_F(ProjectPlace, AnArgumentBeatsTheRoot) {
  const fs::path linked = link("linked");
  request_.directory = main().string();
  EXPECT_EQ(found(linked).directory, main());
  EXPECT_EQ(asked_, 0);
}

TEST_F(ProjectPlace, AClientThatCannotSayWhereItIsIsAWarningThatNamesWhatWasUsed) {
  const fs::path linked = link("linked");
  const auto warning = [&](const std::string& problem, const fs::path& used,
                           const std::string& head) {
    return "The repository has several work trees, and the client " + problem + ", so '" +
           used.string() + "' (" + head + ") was used. " +
           engine::for_reader("For another one, pass its path as {projectDir}.");
  };
  EXPECT_THAT(found(ClientRoot{{}, {}, "offers no roots"}).warnings,
              ElementsAre(warning("offers no roots", main(), "branch main")));
  const fs::path gone = sandbox_.path() / "gone";
  EXPECT_THAT(found(gone).warnings,
              ElementsAre(warning("names '" + gone.string() + "', which is no directory", main(),
                                  "branch main")));
  const fs::path broken = link("broken");
  fs::remove_all(main() / ".git/worktrees/broken");
  EXPECT_THAT(found(broken).warnings, ElementsAre(warning("names '" + broken.string() +
                                                              "', a work tree that cannot be read",
                                                          main(), "branch main")));
  git({"checkout", "-q", "--detach"});
  EXPECT_THAT(found(ClientRoot{{}, {"first"}, "offers no roots"}).warnings,
              ElementsAre("first", warning("offers no roots", main(), "a detached HEAD")));
  sandbox_.set("CLAUDE_PROJECT_DIR", (linked / "src").string());
  EXPECT_THAT(found(ClientRoot{{}, {}, "offers no roots"}).warnings,
              ElementsAre(warning("offers no roots", linked, "branch linked")));
}

TEST_F(ProjectPlace, WhereNothingElseSaysTheRootOrTheWorkingDirectoryIsMeant) {
  sandbox_.set("CLAUDE_PROJECT_DIR", "");
  const auto find = [&](const fs::path& here, const ClientRoot& root) {
    test::SandboxHost host(sandbox_);
    host.host.working_directory = here;
    request_.client.ask = [&] {
      ++asked_;
      return root;
    };
    return *engine::find_project_place(host.host, request_, {});
  };
  const ClientRoot home{sandbox_.home(), {}, ""};
  const ClientRoot none{{}, {}, "offers no roots"};
  EXPECT_EQ(find(main(), home).directory, sandbox_.home());
  EXPECT_EQ(find(main(), none).directory, main());
  EXPECT_THAT(find(main(), none).warnings, IsEmpty());
  EXPECT_EQ(asked_, 3);

  // Where each question costs a request, it is asked only if it may matter.
  request_.client.sparingly = true;
  EXPECT_EQ(find(main(), home).directory, main());
  EXPECT_EQ(asked_, 3);
  EXPECT_EQ(find(sandbox_.home(), ClientRoot{main(), {}, ""}).directory, main());
  EXPECT_EQ(asked_, 4);
  const fs::path linked = link("linked");
  EXPECT_EQ(find(main(), ClientRoot{linked, {}, ""}).directory, linked);
  EXPECT_EQ(asked_, 5);
  EXPECT_THAT(find(main(), none).warnings, ElementsAre(HasSubstr("(branch main) was used")));
}

TEST_F(ProjectPlace, OnTheCommandLineThereIsNobodyToAskOrToWarnOf) {
  const fs::path linked = link("linked");
  const test::SandboxHost host(sandbox_);
  const auto place = engine::find_project_place(host.host, {}, {});
  ASSERT_TRUE(place);
  EXPECT_EQ(place->directory, main());
  EXPECT_THAT(place->warnings, IsEmpty());
}

// The system did not say in which directory the program was started.
TEST_F(ProjectPlace, ThatIsTheWorkingDirectoryIsRefusedWhereThatIsUnknown) {
  sandbox_.set("CLAUDE_PROJECT_DIR", "");
  test::SandboxHost host(sandbox_);
  host.host.working_directory.clear();
  const auto place = engine::find_project_place(host.host, {}, {});
  ASSERT_FALSE(place);
  EXPECT_EQ(place.error().code, engine::Code::internal);
  EXPECT_THAT(place.error().message, HasSubstr("started in"));
}

}  // namespace
