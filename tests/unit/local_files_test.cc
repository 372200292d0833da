// Which projects are looked at without a thread of their own.
#include "engine/base/local_files.h"

#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/temporary_directory.h"

namespace {

namespace fs = std::filesystem;

using engine::LocalFiles;
using std::chrono::seconds;
using std::chrono::steady_clock;

class LocalFilesTest : public testing::Test {
 protected:
  LocalFilesTest() { fs::create_directories(project_); }

  bool is_known(const fs::path& directory) const { return files_.are_known_in(directory); }
  bool learn(const fs::path& directory) {
    files_.learn(directory);
    return is_known(directory);
  }

  test::TemporaryDirectory directory_;
  const fs::path root_ = directory_.path() / "repository";
  const fs::path project_ = root_ / "services/papi";
  fs::path network_drive_;  // where one is mounted
  steady_clock::time_point now_;
  LocalFiles files_{[this] { return now_; },
                    [this](const fs::path& path) { return path != network_drive_; }};
};

TEST_F(LocalFilesTest, AreKnownForAMoment) {
  fs::create_directory(root_ / ".git");
  EXPECT_FALSE(is_known(project_));
  EXPECT_TRUE(learn(project_));
  EXPECT_FALSE(is_known(root_)) << "of another directory nothing is known";
  now_ += seconds(9);
  EXPECT_TRUE(is_known(project_));
  now_ += seconds(2);
  EXPECT_FALSE(is_known(project_));
  EXPECT_TRUE(learn(project_));
}

TEST_F(LocalFilesTest, EndWhereANetworkDriveBegins) {
  fs::create_directory(root_ / ".git");
  EXPECT_TRUE(learn(project_));
  for (const fs::path& drive : {project_, project_.parent_path(), root_}) {
    network_drive_ = drive;
    EXPECT_FALSE(learn(project_)) << drive;
  }
  network_drive_ = directory_.path();
  EXPECT_TRUE(learn(project_)) << "nothing is looked for above the repository";
}

TEST_F(LocalFilesTest, OfNoRepositoryAreLookedForUpToTheRoot) {
  EXPECT_TRUE(learn(project_));
  network_drive_ = directory_.path().root_path();
  EXPECT_FALSE(learn(project_));
}

TEST_F(LocalFilesTest, DoNotFollowAFileThatNamesAnotherPlace) {
  std::ofstream(root_ / ".git") << "gitdir: /net/far/away\n";
  EXPECT_FALSE(learn(project_));
  fs::remove(root_ / ".git");
  fs::create_directory_symlink("/net/far/away", root_ / ".git");
  EXPECT_FALSE(learn(project_));
}

TEST_F(LocalFilesTest, OfARelativePathAreNotKnown) {
  EXPECT_FALSE(learn("services/papi"));
}

TEST_F(LocalFilesTest, ForgetBeforeTheyKnowTooManyPlaces) {
  fs::create_directory(root_ / ".git");
  for (int i = 0; i < 150; ++i) {
    const fs::path directory = root_ / std::to_string(i);
    fs::create_directory(directory);
    EXPECT_TRUE(learn(directory));
  }
  EXPECT_FALSE(is_known(root_ / "0"));
}

TEST(LocalFilesOfTheSystem, DoNotIncludeWhatIsNoDirectory) {
  LocalFiles files;
  files.learn("/dev/null/nothing");
  EXPECT_FALSE(files.are_known_in("/dev/null/nothing"));
}

}  // namespace
