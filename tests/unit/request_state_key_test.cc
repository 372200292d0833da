#include "cli/request_state_key.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/support/file_size_limit.h"
#include "tests/support/temporary_directory.h"

namespace {

namespace fs = std::filesystem;

constexpr mode_t kModeBits = 07777;

mode_t mode_of(const fs::path& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & kModeBits;
}

class RequestStateKey : public testing::Test {
 protected:
  std::string key() {
    return cli::request_state_key(engine::Environment(variables_),
                                  [this](std::string_view text) { warnings_.emplace_back(text); });
  }

  bool spend(const std::string& id, std::chrono::minutes lifetime = std::chrono::minutes(10)) {
    return cli::spend_state(engine::Environment(variables_), id,
                            std::chrono::system_clock::now() + lifetime,
                            [this](std::string_view text) { warnings_.emplace_back(text); });
  }

  test::TemporaryDirectory directory_;
  fs::path state_ = directory_.path() / "state/deep";
  fs::path file_ = state_ / "rollout-mcp/request-state.key";
  fs::path used_ = state_ / "rollout-mcp/request-state.used";
  std::map<std::string, std::string, std::less<>> variables_{{"XDG_STATE_HOME", state_.string()}};
  std::vector<std::string> warnings_;
};

TEST_F(RequestStateKey, IsMadeOnceAndForItsOwnerOnly) {
  const std::string first = key();
  EXPECT_EQ(first.size(), 32U);
  EXPECT_EQ(key(), first);
  EXPECT_EQ(mode_of(file_), 0600U);
  for (fs::path made = file_.parent_path(); made != directory_.path(); made = made.parent_path()) {
    EXPECT_EQ(mode_of(made), 0700U) << made;
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(file_.parent_path()), {}), 1);
  EXPECT_THAT(warnings_, testing::IsEmpty());
}

TEST_F(RequestStateKey, DefaultsToTheHomeWhereTheSettingIsNoAbsolutePath) {
  const fs::path here = directory_.path() / "here";
  fs::create_directory(here);
  const test::CurrentDirectory current(here);
  for (const std::string given : {"", "relative/state"}) {
    const fs::path home = directory_.path() / ("home" + std::to_string(given.size()));
    variables_ = {{"HOME", home.string()}, {"XDG_STATE_HOME", given}};
    EXPECT_EQ(key().size(), 32U);
    EXPECT_TRUE(fs::exists(home / ".local/state/rollout-mcp/request-state.key")) << given;
  }
  EXPECT_TRUE(fs::is_empty(here));
}

TEST_F(RequestStateKey, OneThatOthersMayReadIsMadeAgain) {
  for (const auto others :
       {fs::perms::group_read, fs::perms::others_read, fs::perms::others_write}) {
    const std::string exposed = key();
    fs::permissions(file_, others, fs::perm_options::add);
    const std::string made = key();
    EXPECT_NE(made, exposed);
    EXPECT_EQ(made.size(), 32U);
    EXPECT_EQ(mode_of(file_), 0600U);
    EXPECT_EQ(key(), made);
  }
}

TEST_F(RequestStateKey, OneOfAWrongSizeIsMadeAgain) {
  const std::string good = key();
  for (const std::string& bad : {std::string(), good.substr(1), good + "x"}) {
    std::ofstream(file_, std::ios::binary | std::ios::trunc) << bad;
    const std::string made = key();
    EXPECT_EQ(made.size(), 32U);
    EXPECT_NE(made, good) << "a part of what was there";
    EXPECT_EQ(key(), made);
  }
}

TEST_F(RequestStateKey, ASymbolicLinkIsReplacedAndNotFollowed) {
  const std::string elsewhere = key();
  const fs::path target = directory_.path() / "target";
  fs::rename(file_, target);
  fs::create_symlink(target, file_);
  EXPECT_NE(key(), elsewhere);
  EXPECT_FALSE(fs::is_symlink(file_));
  EXPECT_EQ(fs::file_size(target), 32U);
}

TEST_F(RequestStateKey, ADirectoryThatOthersMayEnterIsClosed) {
  fs::create_directories(file_.parent_path());
  fs::permissions(file_.parent_path(), fs::perms::all);
  EXPECT_EQ(key().size(), 32U);
  EXPECT_EQ(mode_of(file_.parent_path()), 0700U);
}

TEST_F(RequestStateKey, WhereNoneCanBeKeptThereIsNoneAndAWarning) {
  directory_.write("state", "a file");
  EXPECT_EQ(key(), "");
  variables_ = {};
  EXPECT_EQ(key(), "");
  ASSERT_EQ(warnings_.size(), 2U);
  EXPECT_THAT(warnings_[0], testing::HasSubstr("state"));
  EXPECT_THAT(warnings_[1], testing::HasSubstr("HOME"));
}

TEST_F(RequestStateKey, TheWarningSaysWhatWentWrong) {
  for (const rlim_t room : {rlim_t{0}, rlim_t{16}}) {  // not even a part, and a part
    {
      const test::FileSizeLimit limit(room);
      EXPECT_EQ(key(), "");
    }
    ASSERT_EQ(warnings_.size(), 1U);
    EXPECT_THAT(warnings_[0], testing::HasSubstr("request-state.key: File too large"));
    EXPECT_EQ(std::distance(fs::directory_iterator(file_.parent_path()), {}), 0);
    warnings_.clear();
  }
  fs::remove_all(state_.parent_path());
  directory_.write("state", "a file");
  EXPECT_EQ(key(), "");
  EXPECT_THAT(warnings_, testing::ElementsAre(testing::HasSubstr("deep: Not a directory")));
}

// Processes that begin at once, over a key that none of them can use.
TEST_F(RequestStateKey, ManyProcessesAgree) {
  constexpr int kProcesses = 16;
  key();
  fs::permissions(file_, fs::perms::others_read, fs::perm_options::add);
  int results[2];
  ASSERT_EQ(::pipe(results), 0);
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      const std::string mine = key();
      ::_exit(::write(results[1], mine.data(), mine.size()) == 32 ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  const std::string agreed = key();
  for (int i = 0; i < kProcesses; ++i) {
    std::string given(32, '\0');
    ASSERT_EQ(::read(results[0], given.data(), given.size()), 32);
    EXPECT_EQ(given, agreed);
  }
  ::close(results[0]);
  ::close(results[1]);
}

TEST_F(RequestStateKey, AStateIsSpentOnceInAllProcesses) {
  EXPECT_TRUE(spend("AA"));
  EXPECT_TRUE(spend("BB"));
  EXPECT_FALSE(spend("AA"));
  EXPECT_FALSE(spend("BB"));
  EXPECT_EQ(mode_of(used_), 0600U);
  EXPECT_THAT(warnings_, testing::IsEmpty());
}

TEST_F(RequestStateKey, SpentStatesAreForgottenWhenTheyHaveExpired) {
  EXPECT_TRUE(spend("OLD", std::chrono::minutes(-1)));
  EXPECT_TRUE(spend("AA"));
  std::ifstream file(used_);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  EXPECT_THAT(text, testing::HasSubstr(" AA\n"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("OLD")));
}

TEST_F(RequestStateKey, OneOfManyWhoSpendAStateAtOnceDoes) {
  std::vector<pid_t> children;
  for (int i = 0; i < 8; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::_exit(spend("AA") ? 1 : 0);
    }
    children.push_back(child);
  }
  int spent = 0;
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    spent += WEXITSTATUS(status);
  }
  EXPECT_EQ(spent, 1);
}

TEST_F(RequestStateKey, ARecordThatOthersCanWriteIsNotBelieved) {
  EXPECT_TRUE(spend("AA"));
  fs::permissions(used_, fs::perms::others_write, fs::perm_options::add);
  EXPECT_TRUE(spend("BB"));
  EXPECT_EQ(mode_of(used_), 0600U);
  EXPECT_FALSE(spend("BB"));
}

TEST_F(RequestStateKey, ARecordThatIsALinkIsReplaced) {
  const fs::path target = directory_.write("target", "untouched");
  EXPECT_TRUE(spend("AA"));
  fs::remove(used_);
  fs::create_symlink(target, used_);
  EXPECT_TRUE(spend("BB"));
  EXPECT_FALSE(spend("BB"));
  std::ifstream file(target);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "untouched");
}

TEST_F(RequestStateKey, WithoutAPlaceForTheRecordAStateCountsAndItIsSaid) {
  variables_ = {{"XDG_STATE_HOME", directory_.write("no-directory", "").string()}};
  EXPECT_TRUE(spend("AA"));
  EXPECT_THAT(warnings_, testing::SizeIs(1));
}

}  // namespace
