// The fetch beside other work, of a remote that is made up.
#include "engine/flux/background_fetch.h"

#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/expect_ok.h"
#include "tests/support/scripted_remote.h"

namespace {

using engine::BackgroundFetch;
using engine::CallContext;
using engine::Code;
using test::fails;
using test::ok;
using test::Shown;
using testing::ElementsAre;
using Start = BackgroundFetch::Start;

class Fetch : public testing::Test {
 protected:
  CallContext call() {
    return {stop_.get_token(), [this](std::string_view step) { steps_.emplace_back(step); }};
  }

  static void wait(const BackgroundFetch& fetch) {
    while (!fetch.done()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  test::MadeUpHistory history_;
  test::ScriptedRemote remote_{history_, "old", "new"};
  std::stop_source stop_;
  std::vector<std::string> steps_;
};

TEST_F(Fetch, FindsTheHeadByItselfAndRecordsItWhenItIsWaitedFor) {
  {
    BackgroundFetch fetch(remote_, Start::at_once, call(), {});
    wait(fetch);
    EXPECT_EQ(remote_.finds, 1);
    EXPECT_EQ(remote_.records, 0);
    const engine::FetchResult& found = fetch.finish();
    ASSERT_TRUE(ok(found.head));
    EXPECT_EQ(*found.head, remote_.head());
    EXPECT_EQ(remote_.records, 1);
    EXPECT_TRUE(fetch.done());
    EXPECT_THAT(steps_, ElementsAre("finding"));
  }
  EXPECT_EQ(remote_.discards, 1);
}

TEST_F(Fetch, ThatIsDeferredRunsWhenItIsWaitedFor) {
  BackgroundFetch fetch(remote_, Start::deferred, call(), {});
  EXPECT_FALSE(fetch.done());
  EXPECT_EQ(remote_.finds, 0);
  EXPECT_TRUE(ok(fetch.finish().head));
  EXPECT_EQ(remote_.finds, 1);
}

TEST_F(Fetch, ThatIsDeferredAndNotWaitedForNeverRuns) {
  { const BackgroundFetch fetch(remote_, Start::deferred, call(), {}); }
  EXPECT_EQ(remote_.finds, 0);
  EXPECT_EQ(remote_.discards, 1);
}

TEST_F(Fetch, ThatIsDeferredRunsByItselfOnceItIsStarted) {
  BackgroundFetch fetch(remote_, Start::deferred, call(), {});
  fetch.start();
  fetch.start();
  wait(fetch);
  EXPECT_TRUE(ok(fetch.finish().head));
  fetch.start();
  EXPECT_EQ(remote_.finds, 1);
}

TEST_F(Fetch, IsStoppedByTheCall) {
  BackgroundFetch fetch(remote_, Start::deferred, call(), {});
  stop_.request_stop();
  EXPECT_TRUE(fails(fetch.finish().head, Code::cancelled));
}

TEST_F(Fetch, IsStoppedByItsOwner) {
  BackgroundFetch fetch(remote_, Start::deferred, call(), {});
  fetch.cancel();
  EXPECT_TRUE(fails(fetch.finish().head, Code::cancelled));
}

TEST_F(Fetch, ThatFailsTellsAtOnce) {
  int told = 0;
  remote_.find_head_shows = Shown::nothing;
  BackgroundFetch fetch(remote_, Start::at_once, call(), [&] { ++told; });
  wait(fetch);
  EXPECT_EQ(told, 1);
  EXPECT_TRUE(fails(fetch.finish().head, Code::unreachable));
  EXPECT_FALSE(fetch.clone_is_broken());
}

TEST_F(Fetch, ThatFailsForTheCloneTellsNobody) {
  int told = 0;
  remote_.find_head_shows = Shown::nothing;
  remote_.clone_is_broken = true;
  BackgroundFetch fetch(remote_, Start::deferred, call(), [&] { ++told; });
  EXPECT_FALSE(fetch.clone_is_broken()) << "nothing is known yet";
  EXPECT_FALSE(fetch.finish().head);
  EXPECT_EQ(told, 0);
  EXPECT_TRUE(fetch.clone_is_broken());
}

TEST_F(Fetch, ThatSucceedsTellsNobody) {
  int told = 0;
  BackgroundFetch fetch(remote_, Start::deferred, call(), [&] { ++told; });
  EXPECT_TRUE(ok(fetch.finish().head));
  EXPECT_EQ(told, 0);
}

}  // namespace
