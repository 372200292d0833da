// What a rollback gives back, whose that is, and that nothing is lost which others set meanwhile.
#include "engine/rollback.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/expect_ok.h"
#include "tests/support/git_sandbox.h"

namespace test {
namespace {

using engine::Code;

constexpr std::string_view kOwn = "pr-42-a1b2c3d";

class Rollback : public testing::Test {
 protected:
  Rollback() {
    sandbox_.make_project();
    sandbox_.write("config/flux-infra-guide/dev/services.json",
                   R"({"services": {"papi": {"imageGroup": "backend"}}, "imageGroups": {"backend":
                       {"file": "apps/backend/kustomization.yaml", "imageName": "backend"}}})");
  }

  // Another person sets the tag.
  void set_by_another(const std::string& tag) const {
    sandbox_.push_changes(
        "git config user.name Olga && git config user.email olga@example.com && cat >" +
        std::string(kManifestFile) + " <<'END'\n" + manifest(tag) + "END\n");
  }

  // Another person sets these tags while the first push of the rollback is under way; returns what
  // main is at then.
  std::string set_meanwhile(const std::vector<std::string>& tags) const {
    const std::string before = sandbox_.remote_head();
    for (const std::string& tag : tags) {
      set_by_another(tag);
    }
    std::string after = sandbox_.remote_head();
    sandbox_.git(sandbox_.remote(), {"update-ref", "refs/heads/main", before});
    sandbox_.install_hook("pre-receive",
                          "unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY "
                          "GIT_ALTERNATE_OBJECT_DIRECTORIES\n"
                          "[ -e moved ] || git update-ref refs/heads/main " +
                              after + "\ntouch moved");
    return after;
  }

  engine::Result<engine::RolloutResult> roll_back(const std::optional<std::string>& to = {},
                                                  bool dry_run = false) const {
    SandboxHost host(sandbox_);
    host.host.working_directory = sandbox_.path() / "project";
    return engine::rollback(
        host.host, {.project = {}, .service = "papi", .to = to, .dry_run = dry_run}, {}, {});
  }

  GitSandbox sandbox_;
};

TEST_F(Rollback, OfADryRunPushesNothing) {
  const std::string before = sandbox_.push_tag(kOwn);
  const auto result = roll_back({}, true);
  ASSERT_TRUE(ok(result));
  EXPECT_EQ(result->tag, "old");
  EXPECT_EQ(result->commit, std::nullopt);
  EXPECT_EQ(sandbox_.remote_head(), before);
}

TEST_F(Rollback, DoneAgainDoesNotUndoTheFirst) {
  sandbox_.push_tag(kOwn);
  const auto result = roll_back();
  ASSERT_TRUE(ok(result));
  EXPECT_EQ(result->status, engine::RolloutStatus::updated);
  EXPECT_EQ(sandbox_.remote_manifest(), manifest("old"));
  const auto again = roll_back();
  ASSERT_TRUE(ok(again));
  EXPECT_EQ(again->status, engine::RolloutStatus::unchanged);
  EXPECT_EQ(sandbox_.remote_manifest(), manifest("old"));
}

TEST_F(Rollback, OfWhatAnotherPersonSetIsRefused) {
  sandbox_.push_tag(kOwn);
  set_by_another("pr-77-7777777");
  EXPECT_TRUE(fails(roll_back(), Code::occupied));
  EXPECT_EQ(sandbox_.remote_manifest(), manifest("pr-77-7777777"));
}

TEST_F(Rollback, ReplacesNoTagThatCameMeanwhile) {
  sandbox_.push_tag(kOwn);
  const std::string meanwhile = set_meanwhile({"pr-77-7777777"});
  EXPECT_TRUE(fails(roll_back(), Code::occupied));
  EXPECT_EQ(sandbox_.remote_head(), meanwhile);
}

// The user has named the tag to go back to for the tag that was there.
TEST_F(Rollback, ToATagReplacesNoTagThatCameMeanwhile) {
  sandbox_.push_tag(kOwn);
  const std::string meanwhile = set_meanwhile({"pr-77-7777777"});
  EXPECT_TRUE(fails(roll_back("old"), Code::occupied));
  EXPECT_EQ(sandbox_.remote_head(), meanwhile);
}

TEST_F(Rollback, DoesNotReplaceTheSameTagWhereAnotherPersonHasSetItMeanwhile) {
  sandbox_.push_tag(kOwn);
  const std::string meanwhile = set_meanwhile({"v3", std::string(kOwn)});
  EXPECT_TRUE(fails(roll_back(), Code::occupied));
  EXPECT_EQ(sandbox_.remote_head(), meanwhile);
}

}  // namespace
}  // namespace test
