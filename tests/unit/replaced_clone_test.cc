// What stood at a clone's place while the one that replaces it is made.
#include "engine/flux/replaced_clone.h"

#include <filesystem>
#include <utility>

#include <gtest/gtest.h>

#include "tests/support/expect_ok.h"
#include "tests/support/temporary_directory.h"

namespace {

namespace fs = std::filesystem;

using engine::ReplacedClone;
using test::ok;

class Replaced : public testing::Test {
 protected:
  Replaced() { old_ = directory_.write("flux-repos/dev/old", "old"); }

  // How many entries there are beside the clone's place, with it.
  std::ptrdiff_t entries() const {
    return std::distance(fs::directory_iterator(clone_.parent_path()), fs::directory_iterator());
  }
  fs::path make_new() const { return directory_.write("flux-repos/dev/new", "new"); }

  test::TemporaryDirectory directory_;
  fs::path clone_ = directory_.path() / "flux-repos/dev";
  fs::path old_;
};

TEST_F(Replaced, IsPutBackUnlessTheNewOneStands) {
  {
    const auto replaced = ReplacedClone::set_aside(clone_);
    ASSERT_TRUE(ok(replaced));
    EXPECT_FALSE(fs::exists(clone_));
    make_new();
  }
  EXPECT_TRUE(fs::exists(old_));
  EXPECT_FALSE(fs::exists(clone_ / "new"));
  EXPECT_EQ(entries(), 1);
}

TEST_F(Replaced, IsRemovedWhereTheNewOneStands) {
  {
    auto replaced = ReplacedClone::set_aside(clone_);
    ASSERT_TRUE(ok(replaced));
    make_new();
    replaced->drop();
  }
  EXPECT_FALSE(fs::exists(old_));
  EXPECT_TRUE(fs::exists(clone_ / "new"));
  EXPECT_EQ(entries(), 1);
}

TEST_F(Replaced, CanBeMoved) {
  auto replaced = ReplacedClone::set_aside(clone_);
  ASSERT_TRUE(ok(replaced));
  {
    ReplacedClone moved(std::move(*replaced));
    EXPECT_FALSE(fs::exists(clone_));
    *replaced = std::move(moved);
    EXPECT_FALSE(fs::exists(clone_));
  }
  replaced->drop();
  EXPECT_FALSE(fs::exists(old_));
}

TEST_F(Replaced, IsNothingWhereThereWasNothing) {
  fs::remove_all(clone_);
  {
    const auto replaced = ReplacedClone::set_aside(clone_);
    ASSERT_TRUE(ok(replaced));
    make_new();
  }
  EXPECT_TRUE(fs::exists(clone_ / "new"));
}

TEST_F(Replaced, MayBeAFile) {
  fs::remove_all(clone_);
  directory_.write("flux-repos/dev", "a file");
  { ASSERT_TRUE(ok(ReplacedClone::set_aside(clone_))); }
  EXPECT_TRUE(fs::is_regular_file(clone_));
}

TEST_F(Replaced, IsLeftWhereTheDirectoryAboveIsGone) {
  EXPECT_TRUE(ok(ReplacedClone::set_aside(directory_.path() / "nowhere/dev")));
}

TEST_F(Replaced, OfAProcessThatDiedIsPutBack) {
  fs::create_directories(clone_.parent_path() / ".dev.old-AbCdEf");
  fs::rename(clone_, clone_.parent_path() / ".dev.old-AbCdEf/dev");
  engine::remove_leftovers(clone_);
  EXPECT_TRUE(fs::exists(old_));
  EXPECT_EQ(entries(), 1);
}

TEST_F(Replaced, OfAProcessThatDiedIsRemovedWhereAnotherStands) {
  directory_.write("flux-repos/.dev.old-AbCdEf/dev/older", "older");
  directory_.write("flux-repos/.dev.old-file", "no such name");
  directory_.write("flux-repos/.prod.old-AbCdEf/prod/x", "another rwenv's");
  engine::remove_leftovers(clone_);
  EXPECT_TRUE(fs::exists(old_));
  EXPECT_EQ(entries(), 3);
}

}  // namespace
