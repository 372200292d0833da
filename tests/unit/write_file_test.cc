#include "engine/base/write_file.h"

#include <filesystem>
#include <iterator>
#include <string>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "engine/base/make_directories.h"
#include "tests/support/expect_ok.h"
#include "tests/support/file_size_limit.h"
#include "tests/support/temporary_directory.h"

namespace {

namespace fs = std::filesystem;

class WriteFile : public testing::Test {
 protected:
  ~WriteFile() override { ::umask(umask_); }
  static unsigned mode_of(const fs::path& path) {
    return static_cast<unsigned>(fs::status(path).permissions());
  }
  const mode_t umask_ = ::umask(077);
  test::TemporaryDirectory directory_;
  fs::path file_ = directory_.path() / "a/b/file";
};

TEST_F(WriteFile, MakesWhatIsMissingWithTheMaskAndNotTheUmask) {
  for (const mode_t mask : {002U, 022U, 027U, 077U}) {
    ASSERT_TRUE(engine::write_file(file_, "x", mask));
    EXPECT_EQ(mode_of(file_), 0644U & ~mask);
    EXPECT_EQ(mode_of(file_.parent_path()), 0777U & ~mask);
    EXPECT_EQ(mode_of(file_.parent_path().parent_path()), 0777U & ~mask);
    fs::remove_all(directory_.path() / "a");
  }
}

TEST_F(WriteFile, KeepsTheModeOfWhatIsThere) {
  ASSERT_TRUE(engine::write_file(file_, "old", 022));
  fs::permissions(file_, fs::perms(0660));
  fs::permissions(file_.parent_path(), fs::perms(0711));
  ASSERT_TRUE(engine::write_file(file_, "new", 022));
  EXPECT_EQ(test::read_bytes(file_), "new");
  EXPECT_EQ(mode_of(file_), 0660U);
  EXPECT_EQ(mode_of(file_.parent_path()), 0711U);
}

TEST_F(WriteFile, WritesThroughNoSymbolicLink) {
  const fs::path target = directory_.write("target", "old");
  fs::create_directories(file_.parent_path());
  for (const fs::path& to : {target, directory_.path() / "nowhere"}) {
    fs::create_symlink(to, file_);
    const auto written = engine::write_file(file_, "new", 022);
    ASSERT_TRUE(test::fails(written, engine::Code::bad_config));
    EXPECT_EQ(written.error().message, file_.string() + " is a symbolic link, and is not written.");
    EXPECT_TRUE(fs::is_symlink(file_));
    fs::remove(file_);
  }
  EXPECT_EQ(test::read_bytes(target), "old");
  EXPECT_FALSE(fs::exists(directory_.path() / "nowhere"));
  EXPECT_TRUE(fs::is_empty(file_.parent_path()));
}

TEST_F(WriteFile, WritesOnlyWhereARegularFileIs) {
  fs::create_directories(file_);
  const auto written = engine::write_file(file_, "new", 022);
  ASSERT_TRUE(test::fails(written, engine::Code::bad_config));
  EXPECT_EQ(written.error().message,
            file_.string() + " is not a regular file, and is not written.");
}

TEST_F(WriteFile, ReplacesWhatAWriterThatDiedHasLeft) {
  const fs::path left = directory_.write("a/b/.file.new", "half of");
  ASSERT_TRUE(test::ok(engine::write_file(file_, "new", 022)));
  EXPECT_EQ(test::read_bytes(file_), "new");
  EXPECT_FALSE(fs::exists(left));
  // Anyone who may write there may have put a link in its place.
  const fs::path target = directory_.write("target", "old");
  fs::create_symlink(target, left);
  ASSERT_TRUE(test::ok(engine::write_file(file_, "newer", 022)));
  EXPECT_EQ(test::read_bytes(file_), "newer");
  EXPECT_FALSE(fs::is_symlink(file_));
  EXPECT_FALSE(fs::exists(fs::symlink_status(left)));
  EXPECT_EQ(test::read_bytes(target), "old");
}

TEST_F(WriteFile, LeavesTheOldFileAndNothingElseWhereItFails) {
  directory_.write("a/b/file", "old");
  {
    const test::FileSizeLimit limit(1000);
    EXPECT_TRUE(test::fails(engine::write_file(file_, std::string(2000, 'x'), 022),
                            engine::Code::disk_full));
  }
  EXPECT_EQ(test::read_bytes(file_), "old");
  EXPECT_EQ(std::distance(fs::directory_iterator(file_.parent_path()), {}), 1);
}

TEST_F(WriteFile, SaysWhichDirectoryCannotBeMade) {
  directory_.write("a", "a file\n");
  const auto written = engine::write_file(file_, "x", 022);
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().message.find(file_.parent_path().string()), std::string::npos);
}

TEST(MakeDirectories, AreOfTheModeThatIsAskedFor) {
  const test::TemporaryDirectory directory;
  const mode_t umask = ::umask(0);
  ASSERT_TRUE(engine::make_directories(directory.path() / "x/y/", 0700));
  ::umask(umask);
  EXPECT_EQ(fs::status(directory.path() / "x").permissions(), fs::perms(0700));
  EXPECT_EQ(fs::status(directory.path() / "x/y").permissions(), fs::perms(0700));
}

}  // namespace
