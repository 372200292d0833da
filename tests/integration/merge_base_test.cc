// The commit at which two histories parted, as git itself finds it, in random histories.
#include "engine/git/merge_base.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/git_sandbox.h"

namespace {

namespace fs = std::filesystem;

using engine::MergeBase;
using test::GitSandbox;
using testing::Contains;

constexpr int kCommits = 40;

class MergeBaseTest : public testing::Test {
 protected:
  MergeBaseTest() : work_(sandbox_.path() / "work") {
    sandbox_.git(sandbox_.path(), {"init", "--quiet", "--initial-branch=main", work_.string()});
  }

  // Each commit has up to two of those before it as its parents, or none; branch c<number> is at
  // it.
  void make_history(std::mt19937& random, bool clocks_are_right) const {
    const auto below = [&random](int bound) {
      return std::uniform_int_distribution<int>(0, bound - 1)(random);
    };
    std::ostringstream script;
    for (int commit = 0; commit < kCommits; ++commit) {
      const int time = clocks_are_right ? commit : below(kCommits);
      script << "reset refs/heads/c" << commit << "\ncommit refs/heads/c" << commit
             << "\ncommitter A <a@example.com> " << 1'600'000'000 + time << " +0000\ndata 0\n";
      if (commit > 0 && below(20) != 0) {
        const int first = commit - 1 - below(std::min(commit, 4));
        script << "from refs/heads/c" << first << "\n";
        if (const int second = below(commit); second != first && below(3) == 0) {
          script << "merge refs/heads/c" << second << "\n";
        }
      }
    }
    script << "done\n";
    std::ofstream(work_ / "history") << script.str();
    ASSERT_EQ(sandbox_.shell(work_, "git fast-import --quiet --force --done < history"), 0);
  }

  // Every best common ancestor of two branches, as git has them.
  std::vector<std::string> bases_of_git(const std::string& one, const std::string& other) const {
    const fs::path found = work_ / "found";
    sandbox_.shell(work_, "git merge-base --all " + one + " " + other + " > found");
    std::ifstream lines(found);
    std::vector<std::string> bases;
    for (std::string line; std::getline(lines, line);) {
      bases.push_back(line);
    }
    return bases;
  }

  void expect_common_ancestor(const std::string& commit, const std::string& one,
                              const std::string& other) const {
    sandbox_.git(work_, {"merge-base", "--is-ancestor", commit, one});
    sandbox_.git(work_, {"merge-base", "--is-ancestor", commit, other});
  }

  static MergeBase find(
      const fs::path& repository, const std::string& one, const std::string& other,
      const std::function<bool()>& go_on = [] { return true; }) {
    const auto opened = engine::open_clone(repository);
    git_oid one_id;
    git_oid other_id;
    EXPECT_EQ(git_reference_name_to_id(&one_id, opened.get(), ("refs/heads/" + one).c_str()), 0);
    EXPECT_EQ(git_reference_name_to_id(&other_id, opened.get(), ("refs/heads/" + other).c_str()),
              0);
    return engine::merge_base(opened.get(), one_id, other_id, go_on);
  }

  GitSandbox sandbox_;
  fs::path work_;
};

TEST_F(MergeBaseTest, IsThatOfGit) {
  std::mt19937 random(17);
  for (int history = 0; history < 6; ++history) {
    const bool clocks_are_right = history % 2 == 0;
    make_history(random, clocks_are_right);
    for (int pair = 0; pair < 25; ++pair) {
      const std::string one = "c" + std::to_string(random() % kCommits);
      const std::string other = "c" + std::to_string(random() % kCommits);
      SCOPED_TRACE("history " + std::to_string(history) + ": " + one + " and " + other);
      const std::vector<std::string> bases = bases_of_git(one, other);
      const MergeBase found = find(work_, one, other);
      EXPECT_TRUE(found.known);
      ASSERT_EQ(found.commit.has_value(), !bases.empty());
      if (found.commit && clocks_are_right) {
        EXPECT_THAT(bases, Contains(engine::hex_of(*found.commit)));
      } else if (found.commit) {
        expect_common_ancestor(engine::hex_of(*found.commit), one, other);
      }
    }
  }
}

TEST_F(MergeBaseTest, IsUnknownWhereAShallowCloneEndsBefore) {
  const auto commit = [&](const std::string& message) {
    sandbox_.git(work_, {"commit", "--quiet", "--allow-empty", "-m", message});
  };
  commit("base");
  sandbox_.git(work_, {"branch", "side"});
  commit("one");
  sandbox_.git(work_, {"checkout", "--quiet", "side"});
  commit("other");
  const auto clone = [&](const std::string& depth) {
    const fs::path to = sandbox_.path() / ("depth" + depth);
    sandbox_.git(sandbox_.path(), {"clone", "--quiet", "--depth=" + depth, "--no-single-branch",
                                   "file://" + work_.string(), to.string()});
    sandbox_.git(to, {"branch", "main", "origin/main"});
    return find(to, "main", "side");
  };
  EXPECT_FALSE(clone("1").known);
  const MergeBase found = clone("2");
  ASSERT_TRUE(found.commit);
  EXPECT_TRUE(found.known);
  EXPECT_EQ(engine::hex_of(*found.commit), sandbox_.git(work_, {"rev-parse", "main~1"}));
}

TEST_F(MergeBaseTest, EndsWhenItIsToldTo) {
  std::mt19937 random(17);
  make_history(random, true);
  int asked = 0;
  const MergeBase found = find(work_, "c38", "c39", [&] { return ++asked < 2; });
  EXPECT_FALSE(found.known);
  EXPECT_FALSE(found.commit);
  EXPECT_EQ(asked, 2);
}

}  // namespace
