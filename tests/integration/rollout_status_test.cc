// What stands in the Flux repository for each image group: one fetch, one read for each file, and
// who set each tag as far as the clone knows it.
#include "engine/rollout_status.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/expect_ok.h"
#include "tests/support/git_sandbox.h"
#include "tests/support/scripted_runner.h"

namespace test {
namespace {

using engine::Code;
using engine::GroupStatus;
using testing::Contains;
using testing::HasSubstr;

// Counts what is started; the real one runs it.
class CountingRunner final : public engine::CommandRunner {
 public:
  explicit CountingRunner(engine::CommandRunner& runner) : runner_(runner) {}
  engine::ProcessResult run(const engine::Command& command, const std::stop_token& stop,
                            std::chrono::milliseconds limit) override {
    {
      const std::lock_guard lock(mutex_);
      lines_.push_back(line_of(command));
    }
    return runner_.run(command, stop, limit);
  }
  std::size_t count(const std::string& part) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        lines_, [&](const std::string& line) { return line.find(part) != std::string::npos; }));
  }
  std::size_t size() const { return lines_.size(); }

 private:
  engine::CommandRunner& runner_;
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

class RolloutStatus : public testing::Test {
 protected:
  RolloutStatus() {
    sandbox_.make_project();
    set_catalog(R"({"backend": {"file": "apps/backend/kustomization.yaml",
                    "imageName": "backend", "kustomization": "apps"}})");
  }

  void set_catalog(const std::string& groups) const {
    sandbox_.write("config/flux-infra-guide/dev/services.json",
                   R"({"services": {"papi": {"imageGroup": "backend", "namespace": "apps",
              "deployment": "papi"}}, "imageGroups": )" +
                       groups + "}");
  }
  engine::Result<engine::EnvironmentStatus> ask(std::optional<std::string> service = {},
                                                std::optional<std::chrono::seconds> wait = {}) {
    SandboxHost sandbox_host(sandbox_);
    CountingRunner runner(sandbox_host.runner);
    const engine::Host host{.environment = sandbox_.environment(),
                            .working_directory = sandbox_.path() / "project",
                            .executable = {},
                            .services_file = {},
                            .runner = runner,
                            .clock = sandbox_host.clock};
    auto status = engine::rollout_status(
        host, {.project = {}, .service = std::move(service), .wait = wait}, {});
    fetches_ = runner.count(" fetch ");
    processes_ = runner.size();
    return status;
  }
  // That many groups, each in a file of its own, and a commit for each that sets its tag.
  void make_groups(int count) {
    sandbox_.push_changes("for i in $(seq " + std::to_string(count) +
                          "); do mkdir -p many/$i; printf 'images:\\n  - name: image%s\\n    "
                          "newTag: pr-%s-0123456\\n' "
                          "$i $i > many/$i/kustomization.yaml; done; echo " +
                          std::to_string(++pushes_) + " > pushes");
    std::string groups;
    for (int i = 1; i <= count; ++i) {
      const std::string number = std::to_string(i);
      groups += (groups.empty() ? "" : ", ") + ("\"group" + number) + R"(": {"file": "many/)" +
                number + R"(/kustomization.yaml", "imageName": "image)" + number + "\"}";
    }
    set_catalog("{" + groups + "}");
  }

  GitSandbox sandbox_;
  int pushes_ = 0;  // so that each changes something
  std::size_t fetches_ = 0;
  std::size_t processes_ = 0;
};

TEST_F(RolloutStatus, TellsTheTagAndWhoSetIt) {
  sandbox_.push_tag("v1");
  ASSERT_TRUE(ok(ask())) << "the clone is made";
  const std::string setter = sandbox_.push_tag("pr-7-0123456", "Alice");
  sandbox_.push_changes("echo x > other");
  const auto status = ask();
  ASSERT_TRUE(ok(status));
  EXPECT_EQ(status->rwenv, "dev");
  EXPECT_EQ(status->branch, "main");
  EXPECT_EQ(status->commit, sandbox_.remote_head());
  ASSERT_EQ(status->groups.size(), 1U);
  const GroupStatus& group = status->groups.front();
  EXPECT_EQ(group.image_group, "backend");
  EXPECT_EQ(group.file, kManifestFile);
  EXPECT_EQ(group.tag, "pr-7-0123456");
  EXPECT_EQ(group.pr_number, engine::PrNumber::make(7));
  EXPECT_EQ(group.author, "Alice");
  EXPECT_EQ(group.commit, setter);
  EXPECT_THAT(group.services_affected, testing::ElementsAre("papi"));
  EXPECT_FALSE(group.applied);
  EXPECT_FALSE(group.contains_head) << "the project is no repository";
  EXPECT_FALSE(status->live);
  EXPECT_EQ(fetches_, 1U);
}

TEST_F(RolloutStatus, LeavesOutWhoSetItWhereTheCloneDoesNotKnow) {
  sandbox_.push_tag("pr-7-0123456", "Alice");
  const auto status = ask();
  ASSERT_TRUE(ok(status));
  EXPECT_EQ(status->groups.front().tag, "pr-7-0123456");
  EXPECT_FALSE(status->groups.front().author) << "the clone is of one commit";
  EXPECT_EQ(fetches_, 1U) << "nothing is fetched to find out";
}

TEST_F(RolloutStatus, APlaceThatCannotBeReadIsAProblemOfItsGroup) {
  set_catalog(R"({"backend": {"file": "apps/backend/kustomization.yaml", "imageName": "backend"},
                  "other": {"file": "apps/backend/kustomization.yaml", "imageName": "other"},
                  "lost": {"file": "lost.yaml", "imageName": "lost"},
                  "out": {"file": "../x.yaml", "imageName": "out"},
                  "broken": {"file": 5, "imageName": "out"}})");
  const auto status = ask();
  ASSERT_TRUE(ok(status));
  ASSERT_EQ(status->groups.size(), 5U);
  EXPECT_FALSE(status->groups[0].problem);
  EXPECT_THAT(status->groups[1].problem.value_or(""), HasSubstr("no entry 'other'"));
  EXPECT_THAT(status->groups[2].problem.value_or(""), HasSubstr("lost.yaml"));
  EXPECT_TRUE(status->groups[3].problem);
  EXPECT_TRUE(status->groups[4].problem);
}

TEST_F(RolloutStatus, EntriesThatDisagreeAreAProblem) {
  sandbox_.push_changes(
      "printf 'images:\\n  - {name: backend, newTag: a}\\n  - {name: backend, "
      "newTag: b}\\n' > apps/backend/kustomization.yaml");
  const auto status = ask();
  ASSERT_TRUE(ok(status));
  EXPECT_THAT(status->groups.front().problem.value_or(""), HasSubstr("set different tags"));
}

TEST_F(RolloutStatus, AThousandGroupsStartNoMoreThanOne) {
  make_groups(1);
  ASSERT_TRUE(ok(ask()));
  make_groups(1);
  ASSERT_TRUE(ok(ask()));
  const std::size_t of_one = processes_;
  EXPECT_EQ(fetches_, 1U);
  make_groups(1000);
  ASSERT_TRUE(ok(ask()));
  const auto status = ask();
  ASSERT_TRUE(ok(status));
  ASSERT_EQ(status->groups.size(), 1000U);
  EXPECT_EQ(fetches_, 1U);
  EXPECT_EQ(processes_, of_one);
  for (const GroupStatus& group : status->groups) {
    ASSERT_FALSE(group.problem) << *group.problem;
    ASSERT_TRUE(group.tag) << group.image_group;
  }
}

TEST_F(RolloutStatus, AServiceHasStagesAndWhyTheClusterIsNotAsked) {
  sandbox_.push_tag("pr-7-0123456", "Alice");
  for (const auto& wait :
       {std::optional<std::chrono::seconds>(), std::optional(std::chrono::seconds(5))}) {
    const auto status = ask("papi", wait);
    ASSERT_TRUE(ok(status));
    ASSERT_TRUE(status->live);
    EXPECT_EQ(status->live->state, engine::LiveState::unknown);
    ASSERT_EQ(status->live->stages.size(), 4U);
    EXPECT_EQ(status->live->stages[0].state, engine::StageState::done);
    EXPECT_THAT(status->live->stages[0].detail, HasSubstr("pr-7-0123456 is in main"));
    EXPECT_THAT(status->live->stages[2].detail, HasSubstr("kubernetesContext"));
    EXPECT_FALSE(status->groups.front().applied);
  }
  EXPECT_TRUE(fails(ask("pappi"), Code::unknown_service));
}

TEST_F(RolloutStatus, AServiceWhosePlaceCannotBeReadIsUnknown) {
  set_catalog(R"({"backend": {"file": "lost.yaml", "imageName": "backend"}})");
  const auto status = ask("papi");
  ASSERT_TRUE(ok(status));
  EXPECT_TRUE(status->groups.front().problem);
  EXPECT_EQ(status->live->state, engine::LiveState::unknown);
  EXPECT_EQ(status->live->stages.front().state, engine::StageState::failed);
}

TEST_F(RolloutStatus, AWaitWithoutAServiceIsSaidNotToCount) {
  const auto status = ask({}, std::chrono::seconds(600));
  ASSERT_TRUE(ok(status));
  EXPECT_THAT(status->warnings, Contains(HasSubstr("only together with a service")));
}

TEST_F(RolloutStatus, NamesTheGroupsOfTheProjectsCommit) {
  sandbox_.git(sandbox_.path() / "project", {"init", "--quiet"});
  sandbox_.git(sandbox_.path() / "project", {"commit", "--quiet", "--allow-empty", "-m", "x"});
  const std::string head = sandbox_.git(sandbox_.path() / "project", {"rev-parse", "HEAD"});
  const std::string own = "pr-7-" + head.substr(0, 7);
  sandbox_.push_changes("printf 'images:\\n  - {name: a, newTag: " + own +
                        "}\\n  - {name: b, newTag: pr-8-0123456}\\n  - {name: c, newTag: v1}\\n  - "
                        "{name: d, newTag: pr-7-0123456}\\n' > k.yaml");
  set_catalog(R"({"a": {"file": "k.yaml", "imageName": "a"}, "b": {"file": "k.yaml",
      "imageName": "b"}, "c": {"file": "k.yaml", "imageName": "c"}, "d": {"file": "k.yaml",
      "imageName": "d"}})");
  const auto status = ask();
  ASSERT_TRUE(ok(status));
  EXPECT_EQ(status->groups[0].contains_head, true);
  EXPECT_EQ(status->groups[0].is_this_pr, true);
  EXPECT_EQ(status->groups[1].contains_head, false);
  EXPECT_EQ(status->groups[1].is_this_pr, false);
  EXPECT_EQ(status->groups[2].contains_head, std::nullopt);
  EXPECT_EQ(status->groups[2].is_this_pr, std::nullopt);
  EXPECT_EQ(status->groups[3].contains_head, false);
  EXPECT_EQ(status->groups[3].is_this_pr, std::nullopt) << "it may be another repository's 7";
}

}  // namespace
}  // namespace test
