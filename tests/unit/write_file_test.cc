#include "engine/base/write_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "engine/base/make_directories.h"
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
