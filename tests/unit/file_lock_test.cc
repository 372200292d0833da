#include "engine/base/file_lock.h"

#include <thread>

#include <gtest/gtest.h>

#include "tests/support/expect_ok.h"
#include "tests/support/scripted_runner.h"
#include "tests/support/temporary_directory.h"

namespace {

namespace fs = std::filesystem;

using engine::Code;
using engine::FileLock;
using std::chrono::seconds;
using test::fails;
using test::ok;

class FileLockTest : public testing::Test {
 protected:
  engine::Result<FileLock> acquire(const fs::path& file, const engine::CallContext& call = {}) {
    return FileLock::acquire(file, {"waiting"}, seconds(5), clock_, call);
  }
  test::TemporaryDirectory directory_;
  test::FakeClock clock_;
  fs::path file_ = directory_.path() / "lock";
};

TEST_F(FileLockTest, ExcludesAnotherUntilTheTimeLimit) {
  const auto held = acquire(file_);
  ASSERT_TRUE(ok(held));
  int reports = 0;
  const auto second = acquire(file_, {{}, [&](std::string_view) { ++reports; }});
  ASSERT_TRUE(fails(second, Code::locked));
  EXPECT_NE(second.error().message.find(file_.string()), std::string::npos);
  EXPECT_EQ(reports, 1);
}

TEST_F(FileLockTest, IsFreeWhenItsHolderIsGone) {
  EXPECT_TRUE(ok(acquire(file_)));
  EXPECT_TRUE(ok(acquire(file_)));
}

TEST_F(FileLockTest, PassesToOneWhoWaits) {
  engine::SteadyClock clock;
  auto held = std::make_unique<engine::Result<FileLock>>(acquire(file_));
  ASSERT_TRUE(ok(*held));
  engine::Result<FileLock> waiting = engine::fail(Code::internal, "not yet");
  std::thread waiter([&] {
    // Released as soon as the other is seen to wait.
    waiting = FileLock::acquire(file_, {"waiting"}, seconds(30), clock,
                                {{}, [&](std::string_view) { held.reset(); }});
  });
  waiter.join();
  EXPECT_TRUE(ok(waiting));
}

TEST_F(FileLockTest, GivesUpWhenTheCallIsCancelled) {
  const auto held = acquire(file_);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_TRUE(fails(acquire(file_, {stop.get_token(), {}}), Code::cancelled));
}

TEST_F(FileLockTest, FollowsNoSymbolicLink) {
  const fs::path target = directory_.write("target", "");
  fs::create_symlink(target, file_);
  EXPECT_TRUE(fails(acquire(file_), Code::internal));
}

TEST_F(FileLockTest, NamesAPlaceThatCannotBeUsed) {
  const auto lock = acquire(directory_.path() / "missing/lock");
  ASSERT_TRUE(fails(lock, Code::internal));
  EXPECT_NE(lock.error().message.find("missing/lock"), std::string::npos);
}

}  // namespace
