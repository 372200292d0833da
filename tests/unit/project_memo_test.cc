// What a project's files said is known for as long as they are unchanged, and no longer.
#include "engine/checkout/project_memo.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "tests/support/temporary_directory.h"

namespace {

namespace fs = std::filesystem;

using engine::ProjectMemo;
using engine::WorkTree;

constexpr auto kNever = ProjectMemo::TimePoint::max();

class Memo : public testing::Test {
 protected:
  Memo() {
    directory_.write("project/.git/HEAD", "ref: refs/heads/main\n");
    directory_.write("project/.claude/rwenv", "dev\n");
  }

  void keep() {
    const auto states = ProjectMemo::states_of(project_);
    memo_.keep(project_, states, WorkTree{project_});
    memo_.keep(project_, states, "dev");
  }
  // Until the file system's clock goes on.
  static void wait() { std::this_thread::sleep_for(std::chrono::milliseconds(20)); }
  // Whether both facts are known, or neither.
  bool is_known(ProjectMemo::TimePoint since = kNever) {
    const auto facts = memo_.find(project_, since);
    EXPECT_EQ(facts.work_tree.has_value(), facts.rwenv_name.has_value());
    return facts.work_tree.has_value();
  }

  test::TemporaryDirectory directory_;
  const fs::path project_ = directory_.path() / "project";
  std::chrono::seconds later_{10};  // the files are that old
  ProjectMemo memo_{[this] { return std::chrono::system_clock::now() + later_; }};
};

TEST_F(Memo, KnowsWhatWasKept) {
  EXPECT_FALSE(is_known());
  keep();
  const auto facts = memo_.find(project_, kNever);
  EXPECT_EQ(facts.work_tree.value().root, project_);
  EXPECT_EQ(facts.rwenv_name, "dev");
  EXPECT_FALSE(memo_.find(directory_.path(), kNever).rwenv_name);
}

TEST_F(Memo, ForgetsWithEachChangeThatMatters) {
  const std::function<void()> changes[] = {
      [this] { directory_.write("project/.claude/rwenv", "abc\n"); },
      [this] { fs::remove(project_ / ".claude/rwenv"); },
      [this] {
        directory_.write("project/.claude/new", "live\n");
        fs::rename(project_ / ".claude/new", project_ / ".claude/rwenv");
      },
      [this] {
        fs::rename(project_ / ".claude", project_ / "moved");
        fs::create_directory_symlink("moved", project_ / ".claude");
      },
      [this] { directory_.write("project/.git/commondir", "../../other\n"); },
      [this] { fs::create_directories(project_ / ".git/worktrees/other"); },
      [this] { fs::remove(project_ / ".git/HEAD"); },
      [this] {
        fs::remove_all(project_ / ".git");
        directory_.write("project/.git", "gitdir: /elsewhere\n");
      },
      [this] {
        fs::rename(project_, directory_.path() / "away");
        directory_.write("project/.claude/rwenv", "dev\n");
      },
  };
  for (const auto& change : changes) {
    fs::remove_all(project_);
    fs::remove_all(directory_.path() / "away");
    directory_.write("project/.git/HEAD", "ref: refs/heads/main\n");
    directory_.write("project/.claude/rwenv", "dev\n");
    keep();
    ASSERT_TRUE(is_known());
    wait();
    change();
    EXPECT_FALSE(is_known()) << "change " << &change - changes;
    EXPECT_FALSE(is_known()) << "it was forgotten";
  }
}

TEST_F(Memo, SeesAWorkTreeThatIsAddedToADirectoryThatIsThere) {
  fs::create_directory(project_ / ".git/worktrees");
  keep();
  ASSERT_TRUE(is_known());
  wait();
  fs::create_directory(project_ / ".git/worktrees/other");
  EXPECT_FALSE(is_known());
}

TEST_F(Memo, KeepsNothingOfFilesThatChangedAMomentAgo) {
  later_ = std::chrono::seconds(0);
  keep();
  EXPECT_FALSE(is_known());
}

TEST_F(Memo, KeepsNothingOfFilesThatChangedWhileTheyWereRead) {
  const auto before = ProjectMemo::states_of(project_);
  directory_.write("project/.claude/rwenv", "live\n");
  memo_.keep(project_, before, WorkTree{project_});
  memo_.keep(project_, before, "dev");
  EXPECT_FALSE(is_known());
}

TEST_F(Memo, KeepsOnlyWorkTreesThatThoseFilesDecide) {
  const auto states = ProjectMemo::states_of(project_);
  memo_.keep(project_, states, WorkTree{directory_.path()});  // the root is further up
  memo_.keep(project_, states, WorkTree{project_, true, "branch main"});
  EXPECT_FALSE(memo_.find(project_, kNever).work_tree);

  directory_.write("project/.git/commondir", "../../other\n");  // whose `worktrees` count
  memo_.keep(project_, ProjectMemo::states_of(project_), WorkTree{project_});
  EXPECT_FALSE(memo_.find(project_, kNever).work_tree);

  fs::remove_all(project_ / ".git");
  directory_.write("project/.git", "gitdir: /elsewhere\n");  // the files there may change
  memo_.keep(project_, ProjectMemo::states_of(project_), WorkTree{project_});
  EXPECT_FALSE(memo_.find(project_, kNever).work_tree);
}

// Calls that came before the files were looked at need not look themselves.
TEST_F(Memo, LooksAtFilesOnceForAllThatWait) {
  keep();
  const auto before = std::chrono::steady_clock::now();
  ASSERT_TRUE(is_known());
  fs::remove(project_ / ".claude/rwenv");
  EXPECT_TRUE(is_known(before));
  EXPECT_FALSE(is_known(std::chrono::steady_clock::now()));
  EXPECT_FALSE(is_known(before));
}

}  // namespace
