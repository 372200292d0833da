// A clone as it may be found at its place, without git: what is no sound one, and what is cleared
// up.
#include "engine/flux/clone_directory.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/engine_host.h"
#include "tests/support/expect_ok.h"

namespace {

namespace fs = std::filesystem;

using engine::CloneSession;
using engine::Code;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::fails;
using test::ok;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Optional;

constexpr const char* kUrl = "https://git.example/flux.git";

class CloneDirectory : public testing::Test {
 protected:
  CloneDirectory() {
    fs::create_directories(clone_.parent_path());
    EXPECT_TRUE(ok(engine::make_clone(clone_, engine::RemoteUrl(kUrl))));
  }
  ~CloneDirectory() override { ::umask(umask_); }

  std::optional<std::string> defect() {
    const auto found = engine::defect_of_clone(
        machine_.host(), {.url = engine::RemoteUrl(kUrl), .tls = {}, .clone = clone_},
        CloneSession(clone_), {});
    EXPECT_TRUE(ok(found));
    return found ? *found : std::nullopt;
  }
  fs::path write(const fs::path& file, const std::string& bytes) const {
    return machine_.directory.write(clone_ / file, bytes);
  }
  // ... and last so long ago.
  fs::path write(const fs::path& file, const std::string& bytes, seconds age) const {
    fs::path written = write(file, bytes);
    fs::last_write_time(written, fs::file_time_type::clock::now() - age);
    return written;
  }

  const mode_t umask_ = ::umask(077);  // the program's, as a clone's files have it
  test::EngineHost machine_;
  fs::path clone_ = machine_.config() / "flux-repos/dev";
};

TEST_F(CloneDirectory, ThatWasJustMadeIsSound) {
  EXPECT_EQ(defect(), std::nullopt);
  EXPECT_THAT(machine_.runner.lines(), IsEmpty());
}

TEST_F(CloneDirectory, ThatIsNotThereIsSaidToBeMissing) {
  fs::remove_all(clone_);
  EXPECT_THAT(defect(), Optional(std::string("there is none yet")));
}

TEST_F(CloneDirectory, WhoseGitDirectoryIsALinkIsNoRepository) {
  const fs::path elsewhere = machine_.directory.path() / "elsewhere";
  fs::rename(clone_ / ".git", elsewhere);
  fs::create_directory_symlink(elsewhere, clone_ / ".git");
  EXPECT_THAT(defect(), Optional(std::string("it is not a repository")));
  fs::remove(clone_ / ".git");
  write(".git", "gitdir: " + elsewhere.string() + "\n");
  EXPECT_THAT(defect(), Optional(std::string("it is not a repository")));
}

TEST_F(CloneDirectory, WithoutAFileThatGitNeedsIsBroken) {
  for (const char* const file : {".git/config", ".git/HEAD"}) {
    fs::rename(clone_ / file, clone_ / "away");
    EXPECT_NE(defect(), std::nullopt) << file;
    fs::rename(clone_ / "away", clone_ / file);
    EXPECT_EQ(defect(), std::nullopt) << file;
  }
}

// A pipe would be waited for.
TEST_F(CloneDirectory, WithAPipeInPlaceOfAFileIsBroken) {
  for (const char* const file :
       {".git/packed-refs", ".git/index", ".git/shallow", ".git/info/attributes",
        ".git/objects/info/alternates", ".git/objects/pack/pack-1.idx", ".git/refs/heads/main"}) {
    fs::create_directories((clone_ / file).parent_path());
    ASSERT_EQ(::mkfifo((clone_ / file).c_str(), 0600), 0) << file;
    EXPECT_THAT(defect(), Optional(std::string("it is broken"))) << file;
    fs::remove(clone_ / file);
  }
  EXPECT_EQ(defect(), std::nullopt);
}

TEST_F(CloneDirectory, WithAPackThatACrashLeftEmptyIsBroken) {
  const fs::path pack = write(".git/objects/pack/pack-1.pack", "");
  EXPECT_THAT(defect(), Optional(std::string("it is broken")));
  write(".git/objects/pack/pack-1.pack", std::string(31, 'x'));
  EXPECT_THAT(defect(), Optional(std::string("it is broken")));
  // As many bytes as the smallest has; what is in it is for git to say.
  write(".git/objects/pack/pack-1.pack", std::string(32, 'x'));
  EXPECT_EQ(defect(), std::nullopt);
}

TEST_F(CloneDirectory, ThatOthersCanWriteIsNotTrusted) {
  for (const char* const part : {"", ".git", ".git/config", ".git/objects"}) {
    const fs::path path = part[0] == '\0' ? clone_ : clone_ / part;
    const fs::perms before = fs::status(path).permissions();
    fs::permissions(path, fs::perms::group_write, fs::perm_options::add);
    EXPECT_THAT(defect(), Optional(HasSubstr("users other than you can write"))) << part;
    fs::permissions(path, before);
  }
  EXPECT_EQ(defect(), std::nullopt);
}

TEST_F(CloneDirectory, FollowsTheBranchThatItIsTold) {
  EXPECT_EQ(engine::followed_branch(CloneSession(clone_)), "main");
  ASSERT_TRUE(ok(engine::follow_branch(CloneSession(clone_), "trunk")));
  EXPECT_EQ(engine::followed_branch(CloneSession(clone_)), "trunk");
  const std::string config = test::read_bytes(clone_ / ".git/config");
  EXPECT_THAT(config, HasSubstr("fetch = +refs/heads/trunk:refs/remotes/origin/trunk\n"));
  EXPECT_THAT(config, Not(HasSubstr("refs/heads/main")));
}

TEST_F(CloneDirectory, KeepsThatAPersonFetchesAllBranches) {
  const std::string one = "+refs/heads/main:refs/remotes/origin/main";
  const std::string all = "+refs/heads/*:refs/remotes/origin/*";
  std::string config = test::read_bytes(clone_ / ".git/config");
  const auto at = config.find(one);
  ASSERT_NE(at, std::string::npos) << config;
  write(".git/config", config.replace(at, one.size(), all));
  ASSERT_TRUE(ok(engine::follow_branch(CloneSession(clone_), "trunk")));
  EXPECT_EQ(engine::followed_branch(CloneSession(clone_)), "trunk");
  EXPECT_THAT(test::read_bytes(clone_ / ".git/config"), HasSubstr("fetch = " + all + "\n"));
}

TEST_F(CloneDirectory, IsOpenedOnceForEachThreadThatWorksThere) {
  CloneSession session(clone_);
  const auto own = session.repository();
  ASSERT_TRUE(own);
  EXPECT_EQ(session.repository(), own);
  std::thread([&] {
    const auto other = session.repository();
    EXPECT_TRUE(other);
    EXPECT_NE(other, own);
    EXPECT_EQ(session.repository(), other);
  }).join();
  EXPECT_EQ(session.repository(), own);
  session.close();
  EXPECT_NE(session.repository(), own);
}

TEST_F(CloneDirectory, IsNotOpenedAgainForAThreadThatComesAfterAnother) {
  const CloneSession session(clone_);
  const auto own = session.repository();
  const git_repository* first = nullptr;
  const git_repository* second = nullptr;
  std::thread([&] { first = session.repository().get(); }).join();
  std::thread([&] { second = session.repository().get(); }).join();
  EXPECT_TRUE(first != nullptr);
  EXPECT_EQ(second, first);
}

TEST_F(CloneDirectory, IsSeenByASessionAsAnotherHasChangedIt) {
  const CloneSession session(clone_);
  EXPECT_EQ(engine::followed_branch(session), "main");
  ASSERT_TRUE(ok(engine::follow_branch(CloneSession(clone_), "trunk")));
  EXPECT_EQ(engine::followed_branch(session), "trunk");
  ASSERT_TRUE(ok(engine::follow_branch(session, "main")));
  EXPECT_THAT(test::read_bytes(clone_ / ".git/config"),
              HasSubstr("fetch = +refs/heads/main:refs/remotes/origin/main\n"));
}

TEST_F(CloneDirectory, IsOpenedOnceItIsThere) {
  const CloneSession session(clone_.parent_path() / "later");
  EXPECT_FALSE(session.repository());
  ASSERT_TRUE(ok(engine::make_clone(session.clone(), engine::RemoteUrl(kUrl))));
  EXPECT_TRUE(session.repository());
}

TEST_F(CloneDirectory, LosesOfAFetchThatWasEndedOnlyWhatItLeft) {
  const fs::path packs = clone_ / ".git/objects/pack";
  const auto begin = fs::file_time_type::clock::now();
  write(".git/objects/pack/tmp_pack_new", "half of");
  write(".git/objects/pack/tmp_pack_old", "another git's", seconds(60));
  write(".git/objects/pack/pack-1.pack", std::string(32, 'x'));
  engine::remove_remains_of_fetch(CloneSession(clone_), begin);
  EXPECT_FALSE(fs::exists(packs / "tmp_pack_new"));
  EXPECT_TRUE(fs::exists(packs / "tmp_pack_old"));
  EXPECT_TRUE(fs::exists(packs / "pack-1.pack"));
}

// Calls a function whenever it is slept on.
class WatchedClock final : public engine::Clock {
 public:
  explicit WatchedClock(std::function<void()> on_sleep) : on_sleep_(std::move(on_sleep)) {}
  TimePoint now() const override { return clock_.now(); }
  bool sleep(milliseconds duration, const std::stop_token& stop) override {
    on_sleep_();
    return clock_.sleep(duration, stop);
  }

 private:
  std::function<void()> on_sleep_;
  test::FakeClock clock_;
};

class CloneLocks : public CloneDirectory {
 protected:
  engine::Result<void> clear(engine::Clock& clock, const std::stop_token& stop = {}) {
    return engine::clear_stale_locks(
        clone_, clock, {stop, [this](std::string_view step) { steps_.emplace_back(step); }});
  }
  engine::Result<void> clear() { return clear(machine_.clock); }
  milliseconds waited(const engine::Clock& clock) const {
    return std::chrono::duration_cast<milliseconds>(clock.now() - engine::Clock::TimePoint());
  }

  std::vector<std::string> steps_;
};

TEST_F(CloneLocks, OfADeadGitAreRemovedAtOnceWhereverTheyAre) {
  std::vector<fs::path> locks;
  for (const char* const file :
       {".git/index.lock", ".git/HEAD.lock", ".git/config.lock", ".git/packed-refs.lock",
        ".git/info/sparse-checkout.lock", ".git/objects/info/commit-graph.lock",
        ".git/refs/heads/main.lock", ".git/refs/remotes/origin/team/x.lock"}) {
    locks.push_back(write(file, "", seconds(11)));
  }
  ASSERT_TRUE(ok(clear()));
  for (const fs::path& lock : locks) {
    EXPECT_FALSE(fs::exists(lock)) << lock;
  }
  EXPECT_THAT(steps_, IsEmpty());
  EXPECT_EQ(waited(machine_.clock), milliseconds(0));
}

TEST_F(CloneLocks, ThatMayBeOfAGitAtWorkAreWaitedForAMoment) {
  const fs::path lock = write(".git/index.lock", "", seconds(5));
  ASSERT_TRUE(ok(clear()));
  EXPECT_FALSE(fs::exists(lock));
  EXPECT_THAT(steps_, ElementsAre("waiting for another git in the clone"));
  EXPECT_EQ(waited(machine_.clock), seconds(2));
}

TEST_F(CloneLocks, AreWaitedForNoLongerThanTheyAreThere) {
  const fs::path lock = write(".git/index.lock", "");
  WatchedClock clock([&] { fs::remove(lock); });
  ASSERT_TRUE(ok(clear(clock)));
  EXPECT_LT(waited(clock), seconds(1));
}

TEST_F(CloneLocks, StayWhereTheCallIsCancelledWhileItWaits) {
  const fs::path lock = write(".git/index.lock", "");
  std::stop_source stop;
  WatchedClock clock([&] { stop.request_stop(); });
  const auto cleared = clear(clock, stop.get_token());
  ASSERT_TRUE(fails(cleared, Code::cancelled));
  EXPECT_EQ(cleared.error().message, "Cancelled while another git worked in the clone.");
  EXPECT_TRUE(fs::exists(lock));
}

TEST_F(CloneLocks, AreFilesAndNothingElse) {
  const fs::path target = machine_.directory.write("target", "");
  fs::create_symlink(target, clone_ / ".git/link.lock");
  fs::create_directory(clone_ / ".git/directory.lock");
  ASSERT_TRUE(ok(clear()));
  EXPECT_TRUE(fs::is_symlink(clone_ / ".git/link.lock"));
  EXPECT_TRUE(fs::exists(clone_ / ".git/directory.lock"));
}

}  // namespace
