// The history of a place by way of a clone: what it lacks is fetched, as far as that is needed.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/flux/repository.h"
#include "engine/manifest/edit.h"
#include "tests/support/expect_ok.h"
#include "tests/support/git_sandbox.h"

namespace test {
namespace {

namespace fs = std::filesystem;

using engine::Code;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::SizeIs;

class PlaceHistory : public testing::Test {
 protected:
  engine::Result<engine::PlaceHistory> find(std::size_t limit = 10,
                                            const engine::CallContext& call = {}) {
    auto repository =
        engine::FluxRepository::open(sandbox_host_.host, sandbox_.flux_remote(), call);
    if (!repository) {
      return engine::failure_of(repository);
    }
    return repository->read_history({.file = repository_path(kManifestFile),
                                     .read =
                                         [this](std::string_view bytes) {
                                           ++read_;
                                           return engine::read_image_tag(kManifestFile, bytes,
                                                                         {.image_name = image_});
                                         },
                                     .limit = limit,
                                     .key = "the place",
                                     .cache = cache_},
                                    call);
  }
  static std::vector<std::string> values(const engine::Result<engine::PlaceHistory>& history) {
    std::vector<std::string> out;
    for (std::size_t i = 0; history && i < history->changes.size(); ++i) {
      const auto& value = history->changes[i].value;
      out.push_back(value ? value->text() : "-");
    }
    return out;
  }
  std::string git(const std::vector<std::string>& arguments) const {
    return sandbox_.git(sandbox_.clone(), arguments);
  }
  bool is_shallow() const { return git({"rev-parse", "--is-shallow-repository"}) == "true"; }
  // Commits on top of the remote's main, which change another file or the manifest's tag to <i> of
  // every `period`th.
  void import(int count, int period) const {
    const std::string script =
        "{ for i in $(seq " + std::to_string(count) +
        "); do echo 'commit refs/heads/main'; echo \"committer Import <i@example.com> "
        "$((1600000000 "
        "+ i)) +0000\"; printf 'data 1\\nx\\n'; [ $i = 1 ] && echo 'from refs/heads/main^0'; "
        "if [ $((i % " +
        std::to_string(period) + ")) = 0 ]; then m=\"" + manifest("$i") +
        "\"; printf 'M 100644 inline " + std::string(kManifestFile) +
        "\\ndata %d\\n%s\\n' ${#m} \"$m\"; "
        "else printf 'M 100644 inline other/file\\ndata %d\\n%s\\n' ${#i} $i; fi; "
        "done; echo done; } | git -c fastimport.unpackLimit=1 fast-import --quiet --done";
    ASSERT_EQ(sandbox_.shell(sandbox_.remote(), script), 0);
  }

  GitSandbox sandbox_;
  SandboxHost sandbox_host_{sandbox_};
  std::string image_ = "backend";
  engine::PlaceHistoryCache* cache_ = nullptr;
  int read_ = 0;  // versions of the file
};

TEST_F(PlaceHistory, IsThatOfANewClone) {
  sandbox_.push_tag("v1", "Alice");
  sandbox_.push_tag("v2", "Bob");
  const auto history = find();
  ASSERT_TRUE(ok(history));
  EXPECT_THAT(values(history), ElementsAre("v2", "v1", "old"));
  EXPECT_EQ(history->changes.front().by.author, "Bob");
  EXPECT_EQ(history->changes.front().commit.text(), sandbox_.remote_head());
  EXPECT_FALSE(history->stopped);
  EXPECT_EQ(history->branch, "main");
}

TEST_F(PlaceHistory, FetchesNoMoreThanItNeeds) {
  import(600, 1);
  EXPECT_THAT(values(find(3)), ElementsAre("600", "599", "598"));
  EXPECT_TRUE(is_shallow());
  const std::string deep = git({"rev-list", "--count", "origin/main"});
  EXPECT_THAT(values(find(2)), ElementsAre("600", "599"));
  EXPECT_EQ(git({"rev-list", "--count", "origin/main"}), deep) << "what is there is not fetched";
}

TEST_F(PlaceHistory, GoesBackToTheBeginningOfAShallowClone) {
  import(700, 650);
  const auto history = find();
  ASSERT_TRUE(ok(history));
  EXPECT_THAT(values(history), ElementsAre("650", "old"));
  EXPECT_FALSE(history->stopped);
  EXPECT_FALSE(is_shallow());
}

TEST_F(PlaceHistory, FollowsWhatOthersPushedSince) {
  sandbox_.push_tag("v1");
  EXPECT_THAT(values(find()), ElementsAre("v1", "old"));
  sandbox_.push_tag("v2");
  EXPECT_THAT(values(find()), ElementsAre("v2", "v1", "old"));
}

TEST_F(PlaceHistory, ThatIsKnownIsNotReadAgain) {
  engine::PlaceHistoryCache cache;
  cache_ = &cache;
  import(20, 1);
  EXPECT_THAT(values(find(3)), ElementsAre("20", "19", "18"));
  read_ = 0;
  EXPECT_THAT(values(find(3)), ElementsAre("20", "19", "18"));
  EXPECT_THAT(values(find(2)), ElementsAre("20", "19"));
  EXPECT_LE(read_, 4) << "no more than the head's version";
  EXPECT_THAT(values(find(5)), ElementsAre("20", "19", "18", "17", "16")) << "more is looked for";
  EXPECT_THAT(values(find(50)), SizeIs(21));
  sandbox_.push_tag("v1");
  read_ = 0;
  EXPECT_THAT(values(find(4)), ElementsAre("v1", "20", "19", "18"));
  EXPECT_LE(read_, 4);
  sandbox_.git(sandbox_.remote(), {"update-ref", "refs/heads/main", "refs/heads/main~3"});
  EXPECT_THAT(values(find(2)), ElementsAre("18", "17")) << "what was rewound does not come back";
}

TEST_F(PlaceHistory, IsThatOfARebasedMain) {
  sandbox_.push_tag("v1");
  EXPECT_THAT(values(find()), ElementsAre("v1", "old"));
  sandbox_.git(sandbox_.remote(), {"update-ref", "refs/heads/main", "refs/heads/main~1"});
  sandbox_.push_tag("v3");
  EXPECT_THAT(values(find()), ElementsAre("v3", "old"));
}

TEST_F(PlaceHistory, ChangesNothingOfTheWorkTreeAndNothingOfTheRemote) {
  sandbox_.push_tag("v1");
  ASSERT_TRUE(ok(push(sandbox_, change_to("pr-1-abcdef0"))));
  const std::string head = sandbox_.remote_head();
  sandbox_.push_tag("v2");
  EXPECT_THAT(values(find()), ElementsAre("v2", "pr-1-abcdef0", "v1", "old"));
  EXPECT_EQ(git({"rev-parse", "HEAD"}), head);
  EXPECT_EQ(git({"status", "--porcelain"}), "");
  EXPECT_EQ(git({"for-each-ref", "refs/rollout", "refs/tags"}), "");
  ASSERT_TRUE(ok(push(sandbox_, change_to("pr-2-abcdef0")))) << "the clone stays one to work with";
}

TEST_F(PlaceHistory, OfATreeThatIsPartialFetchesTheFilesThatItLacks) {
  sandbox_.git(sandbox_.remote(), {"config", "uploadpack.allowFilter", "true"});
  sandbox_.push_tag("v1");
  sandbox_.push_tag("v2");
  sandbox_.git(sandbox_.path(), {"clone", "--quiet", "--filter=blob:none", sandbox_.url(),
                                 sandbox_.clone().string()});
  EXPECT_THAT(values(find()), ElementsAre("v2", "v1", "old"));
}

TEST_F(PlaceHistory, SaysThatTheRemoteGaveNoMore) {
  import(3, 1);
  // A remote that is shallow itself.
  const fs::path shallow = sandbox_.path() / "shallow.git";
  sandbox_.git(sandbox_.path(),
               {"clone", "--quiet", "--bare", "--depth=2", sandbox_.url(), shallow.string()});
  fs::rename(sandbox_.remote(), sandbox_.path() / "whole.git");
  fs::rename(shallow, sandbox_.remote());
  const auto history = find();
  ASSERT_TRUE(ok(history));
  EXPECT_THAT(values(history), ElementsAre("3"));
  ASSERT_TRUE(history->stopped);
  EXPECT_THAT(*history->stopped, MatchesRegex("at [0-9a-f]{7} of 2020-09-13T12:26:42Z: .+"));
}

TEST_F(PlaceHistory, SaysThatTheTimeWasOver) {
  sandbox_.push_tag("v1");
  ASSERT_TRUE(ok(find()));
  sandbox_.push_tag("v2");
  // The clock that the time limit is measured by jumps when the head has been fetched.
  class JumpingClock final : public engine::Clock {
   public:
    TimePoint now() const override { return TimePoint(std::chrono::hours(hours_++)); }
    bool sleep(std::chrono::milliseconds, const std::stop_token&) override { return true; }

   private:
    mutable int hours_ = 0;
  } clock;
  engine::Host host{.environment = sandbox_.environment(),
                    .working_directory = sandbox_.path(),
                    .executable = {},
                    .services_file = {},
                    .runner = sandbox_host_.runner,
                    .clock = clock};
  auto repository = engine::FluxRepository::open(host, sandbox_.flux_remote(), {});
  ASSERT_TRUE(ok(repository));
  const auto history = repository->read_history(
      {.file = repository_path(kManifestFile),
       .read =
           [](std::string_view bytes) {
             return engine::read_image_tag(kManifestFile, bytes, {.image_name = "backend"});
           }},
      {});
  ASSERT_TRUE(ok(history));
  EXPECT_THAT(history->changes, IsEmpty());
  ASSERT_TRUE(history->stopped);
  EXPECT_THAT(*history->stopped, HasSubstr(": the time limit of 120 s was over"));
}

TEST_F(PlaceHistory, EndsWithTheCall) {
  sandbox_.push_tag("v1");
  std::stop_source stop;
  const auto history = find(10, {stop.get_token(), [&](std::string_view step) {
                                   if (step.starts_with("fetching older history")) {
                                     stop.request_stop();
                                   }
                                 }});
  ASSERT_FALSE(history);
  EXPECT_EQ(history.error().code, Code::cancelled);
  EXPECT_THAT(values(find()), ElementsAre("v1", "old"));
}

TEST_F(PlaceHistory, IsRefusedWhereARolloutWouldBe) {
  image_ = "nothing";
  const auto history = find();
  ASSERT_FALSE(history);
  EXPECT_EQ(history.error().code, Code::image_not_found);
}

TEST_F(PlaceHistory, OfAHundredThousandCommitsIsFoundInTime) {
  import(100'000, 40'000);
  const auto history = find(3);
  ASSERT_TRUE(ok(history));
  EXPECT_THAT(values(history), ElementsAre("80000", "40000", "old"));
  EXPECT_FALSE(history->stopped);
}

}  // namespace
}  // namespace test
