// How far an image has come, told from what was seen: each sentence of the specification about
// rollout_status is a row.
#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/status/failure_watch.h"
#include "engine/status/judge.h"
#include "engine/status/running.h"

namespace {

using engine::FluxRevision;
using engine::ImageMatch;
using engine::LiveState;
using engine::LiveStatus;
using engine::ReadyCondition;
using engine::RevisionKind;
using engine::Stage;
using engine::StageName;
using engine::StageState;
using engine::StatusFacts;
using engine::WorkloadState;
using testing::HasSubstr;

constexpr const char* kTag = "pr-7-0123456";

ReadyCondition ready(ReadyCondition::Status status, std::string reason = "",
                     std::string message = "") {
  return {.status = status,
          .reason = std::move(reason),
          .message = std::move(message),
          .since = "2026-01-31T12:00:00Z"};
}

WorkloadState workload(std::string image) {
  return {.object = {"Deployment", "apps", "papi"},
          .images = {std::move(image)},
          .wanted = 3,
          .updated = 3,
          .ready = 3,
          .is_settled = true};
}

// All is as it should be.
StatusFacts live() {
  StatusFacts facts{.image = {"acme/papi", kTag},
                    .committed = {.name = StageName::committed, .state = StageState::done}};
  facts.kustomization.answer =
      engine::FluxKustomizationState{.object = {"Kustomization", "flux-system", "apps"},
                                     .applied = FluxRevision{"main@sha1:a"},
                                     .attempted = FluxRevision{"main@sha1:a"},
                                     .ready = ready(ReadyCondition::Status::yes)};
  facts.source.answer = engine::FluxSourceState{.object = {"GitRepository", "flux-system", "flux"},
                                                .artifact = FluxRevision{"main@sha1:a"}};
  facts.workloads.answer = {{workload("acme/papi:" + std::string(kTag))}};
  facts.fetched = facts.applied = facts.attempted = {RevisionKind::ours};
  return facts;
}

engine::FluxKustomizationState& kustomization(StatusFacts& facts) {
  return **facts.kustomization.answer;
}
engine::FluxSourceState& source(StatusFacts& facts) {
  return **facts.source.answer;
}
WorkloadState& first_workload(StatusFacts& facts) {
  return facts.workloads.answer->front();
}

// Flux has not come to our commit.
void hold_back(StatusFacts& facts) {
  facts.fetched = facts.applied = facts.attempted = {RevisionKind::without_it};
}

void fail_ours(StatusFacts& facts) {
  facts.applied = {RevisionKind::without_it};
  kustomization(facts).ready = ready(ReadyCondition::Status::no, "BuildFailed", "no such file");
}

struct Row {
  const char* name;
  std::function<void(StatusFacts&)> change;
  LiveState state;
  // committed, fetched, applied, running: d(one), w(aiting), f(ailed), u(nknown)
  const char* stages;
  const char* says;  // in the deciding stage's detail
  bool is_final = false;
};

std::vector<Row> rows() {
  return {
      {"live", [](StatusFacts&) {}, LiveState::live, "dddd", "papi runs pr-7-0123456, 3 of 3",
       true},
      {"not fetched yet", hold_back, LiveState::pending, "dwwd", "GitRepository flux has main@"},
      {"fetched and not applied yet",
       [](StatusFacts& facts) { facts.applied = facts.attempted = {RevisionKind::without_it}; },
       LiveState::pending, "ddwd", "Kustomization apps has applied main@sha1:a"},
      {"nothing applied ever",
       [](StatusFacts& facts) {
         facts.applied.reset();
         kustomization(facts).applied.reset();
       },
       LiveState::pending, "ddwd", "nothing yet"},
      {"a later value is applied",
       [](StatusFacts& facts) {
         facts.applied = {RevisionKind::later, "pr-8-7654321"};
       },
       LiveState::superseded, "ddwd", "which has pr-8-7654321 there", true},
      {"a later value is fetched before ours was applied",
       [](StatusFacts& facts) {
         facts.fetched = {RevisionKind::later, "pr-8-7654321"};
         facts.applied = facts.attempted = {RevisionKind::without_it};
       },
       LiveState::superseded, "ddwd", "", true},
      {"ours is live while a later value is only fetched",
       [](StatusFacts& facts) {
         facts.fetched = {RevisionKind::later, "pr-8-7654321"};
       },
       LiveState::live, "dddd", "", true},
      {"a later value is being applied, and ours does not run any more",
       [](StatusFacts& facts) {
         facts.fetched = facts.attempted = {RevisionKind::later, "pr-8-7654321"};
         first_workload(facts).images = {"acme/papi:pr-8-7654321"};
       },
       LiveState::superseded, "dddw", "", true},
      {"the applied revision cannot be compared: never not applied",
       [](StatusFacts& facts) {
         facts.applied = {RevisionKind::unknown, "no history"};
       },
       LiveState::unknown, "ddud", "no history"},
      {"the same where the source is behind",
       [](StatusFacts& facts) {
         hold_back(facts);
         facts.applied = {RevisionKind::unknown, "no history"};
       },
       LiveState::unknown, "dwud", "no history"},
      {"the fetched revision alone cannot be compared",
       [](StatusFacts& facts) {
         facts.fetched = {RevisionKind::unknown, "no history"};
       },
       LiveState::live, "dudd", "", true},
      {"the catalog names no Kustomization",
       [](StatusFacts& facts) { facts.no_kustomization = "not named"; }, LiveState::unknown, "duud",
       "not named", true},
      {"there is no such Kustomization",
       [](StatusFacts& facts) { facts.kustomization.answer.emplace(); }, LiveState::unknown, "duud",
       "no such Kustomization"},
      {"the Kustomization may not be read: the others stand",
       [](StatusFacts& facts) {
         facts.kustomization = {{}, "dana cannot get resource"};
       },
       LiveState::unknown, "duud", "dana cannot get resource"},
      {"the source may not be read: the others stand",
       [](StatusFacts& facts) {
         facts.source = {{}, "dana cannot get resource"};
       },
       LiveState::live, "dudd", "", true},
      {"the workloads may not be read",
       [](StatusFacts& facts) {
         facts.workloads = {{}, "dana cannot get resource"};
       },
       LiveState::unknown, "dddu", "dana cannot get resource"},
      {"the catalog names no workload", [](StatusFacts& facts) { facts.no_workload = "not named"; },
       LiveState::unknown, "dddu", "not named", true},
      {"there is no such workload", [](StatusFacts& facts) { facts.workloads.answer->clear(); },
       LiveState::unknown, "dddu", "no such workload"},
      {"the workload runs another tag",
       [](StatusFacts& facts) { first_workload(facts).images = {"acme/papi:pr-6-0000000"}; },
       LiveState::pending, "dddw", "was created with acme/papi:pr-6-0000000"},
      {"the workload has no such image",
       [](StatusFacts& facts) { first_workload(facts).images = {"redis:7"}; }, LiveState::unknown,
       "dddu", "has no image acme/papi; it has redis:7"},
      {"the pods are not ready",
       [](StatusFacts& facts) {
         first_workload(facts).is_settled = false;
         first_workload(facts).ready = 1;
         first_workload(facts).trouble = "ImagePullBackOff: acme/papi:pr-7-0123456";
       },
       LiveState::pending, "dddw", "1 of 3 ready, 3 updated: ImagePullBackOff: acme/papi:pr-7-"},
      {"ready but not settled",
       [](StatusFacts& facts) { first_workload(facts).is_settled = false; }, LiveState::pending,
       "dddw", ""},
      {"nothing is wanted", [](StatusFacts& facts) { first_workload(facts).wanted = 0; },
       LiveState::pending, "dddw", "is scaled to 0 replicas"},
      {"its controller has given up",
       [](StatusFacts& facts) {
         first_workload(facts).is_settled = false;
         first_workload(facts).has_failed = true;
       },
       LiveState::failed, "dddf", "makes no progress", true},
      {"a controller gave up on what came before",
       [](StatusFacts& facts) {
         facts.applied = facts.attempted = {RevisionKind::without_it};
         first_workload(facts).has_failed = true;
       },
       LiveState::pending, "ddww", ""},
      {"one of two workloads runs it",
       [](StatusFacts& facts) { facts.workloads.answer->push_back(workload("acme/papi:old")); },
       LiveState::pending, "dddw", "acme/papi:old"},
      {"another workload of that name has nothing to do with it",
       [](StatusFacts& facts) { facts.workloads.answer->push_back(workload("redis:7")); },
       LiveState::live, "dddd", "", true},
      {"Flux fails with ours", fail_ours, LiveState::failed, "ddfd", "BuildFailed: no such file",
       true},
      {"a failure that may pass",
       [](StatusFacts& facts) {
         fail_ours(facts);
         facts.apply_failure_counts = false;
       },
       LiveState::pending, "ddwd", "BuildFailed: no such file"},
      {"Flux fails with what came before",
       [](StatusFacts& facts) {
         fail_ours(facts);
         facts.attempted = {RevisionKind::without_it};
       },
       LiveState::pending, "ddwd", "BuildFailed"},
      {"a failure of an older generation says nothing",
       [](StatusFacts& facts) {
         fail_ours(facts);
         kustomization(facts).ready->is_of_latest_generation = false;
       },
       LiveState::pending, "ddwd", ""},
      {"what waits for a dependency has not failed",
       [](StatusFacts& facts) {
         fail_ours(facts);
         kustomization(facts).ready->reason = "DependencyNotReady";
       },
       LiveState::pending, "ddwd", "DependencyNotReady"},
      {"Flux cannot fetch",
       [](StatusFacts& facts) {
         hold_back(facts);
         source(facts).ready = ready(ReadyCondition::Status::no, "GitOperationFailed", "no auth");
       },
       LiveState::failed, "dfwd", "GitOperationFailed: no auth", true},
      {"Flux could not fetch once",
       [](StatusFacts& facts) {
         hold_back(facts);
         source(facts).ready = ready(ReadyCondition::Status::no, "GitOperationFailed", "no auth");
         facts.fetch_failure_counts = false;
       },
       LiveState::pending, "dwwd", "GitOperationFailed"},
      {"the Kustomization is suspended",
       [](StatusFacts& facts) {
         facts.applied = facts.attempted = {RevisionKind::without_it};
         kustomization(facts).is_suspended = true;
       },
       LiveState::suspended, "ddwd", "it is suspended"},
      {"the source is suspended",
       [](StatusFacts& facts) {
         hold_back(facts);
         source(facts).is_suspended = true;
       },
       LiveState::suspended, "dwwd", "it is suspended"},
      {"the source was suspended after it had fetched ours",
       [](StatusFacts& facts) {
         facts.applied = facts.attempted = {RevisionKind::without_it};
         source(facts).is_suspended = true;
       },
       LiveState::pending, "ddwd", ""},
      {"what is applied stays live while it is suspended",
       [](StatusFacts& facts) { kustomization(facts).is_suspended = true; }, LiveState::live,
       "dddd", "", true},
      {"no cluster", [](StatusFacts& facts) { facts.no_cluster = "no kubernetesContext"; },
       LiveState::unknown, "duuu", "no kubernetesContext", true},
      {"not committed yet", [](StatusFacts& facts) { facts.committed.state = StageState::waiting; },
       LiveState::pending, "wddd", "", true},
      {"it cannot be told what is committed",
       [](StatusFacts& facts) { facts.committed.state = StageState::failed; }, LiveState::unknown,
       "fddd", "", true},
  };
}

TEST(StatusJudge, EveryRow) {
  for (const Row& row : rows()) {
    StatusFacts facts = live();
    row.change(facts);
    const LiveStatus status = engine::judge(facts);
    std::string stages;
    for (const Stage& stage : status.stages) {
      stages += engine::name(stage.state).front();
    }
    EXPECT_EQ(engine::name(status.state), engine::name(row.state)) << row.name;
    EXPECT_EQ(stages, row.stages) << row.name;
    EXPECT_THAT(status.deciding().detail, HasSubstr(row.says)) << row.name;
    EXPECT_EQ(status.is_final, row.is_final) << row.name;
  }
}

struct ImageRow {
  const char* name;
  const char* tag;
  std::vector<std::string> images;
  ImageMatch match;
};

TEST(StatusJudge, AnImageIsOursByNameAndTag) {
  const std::vector<ImageRow> images = {
      {"acme/papi", "v1", {"acme/papi:v1"}, ImageMatch::ours},
      {"acme/papi", "v1", {"acme/papi:v2"}, ImageMatch::other},
      {"acme/papi", "v1", {"acme/papi"}, ImageMatch::other},
      {"acme/papi", "v1", {"acme/papi:v1@sha256:00"}, ImageMatch::ours},
      {"acme/papi", "v1@sha256:00", {"acme/papi:v1"}, ImageMatch::other},
      {"acme/papi", "v1", {"ghcr.io:443/acme/papi:v1"}, ImageMatch::ours},
      {"acme/papi", "v1", {"ghcr.io/acme/xpapi:v1"}, ImageMatch::none},
      {"acme/papi", "v1", {"acme/other:v1"}, ImageMatch::none},
      {"acme/papi", "v1", {"acme/papi:v1", "acme/papi:v0"}, ImageMatch::other},
      {"acme/papi", "v1", {"acme/papi:v0", "acme/papi:v1"}, ImageMatch::other},
      {"acme/papi", "v1", {"redis:7", "acme/papi:v1"}, ImageMatch::ours},
      // The exact name counts before one that only ends in it.
      {"papi", "v1", {"papi:v0", "acme/papi:v1"}, ImageMatch::other},
      {"localhost:5000/papi", "v1", {"localhost:5000/papi:v1"}, ImageMatch::ours},
      {"", "pr-7-0123456", {"any/thing:pr-7-0123456"}, ImageMatch::ours},
      {"", "v1", {"any/thing:v1"}, ImageMatch::none},
      {"acme/papi", "pr-7-0123456", {"any/thing:pr-7-0123456"}, ImageMatch::none},
  };
  for (const ImageRow& row : images) {
    EXPECT_EQ(engine::match_images({row.name, row.tag}, row.images), row.match)
        << row.name << " " << row.tag << " " << row.images.front();
  }
}

class Watch : public testing::Test {
 protected:
  bool fails(const char* since, const char* attempted = "a") {
    auto condition = ready(ReadyCondition::Status::no, "BuildFailed");
    condition.since = since;
    return watch_.has_failed_again(condition, FluxRevision{attempted});
  }
  void is(ReadyCondition::Status status) {
    EXPECT_FALSE(watch_.has_failed_again(ready(status, "Progressing"), FluxRevision{"a"}));
  }

  engine::FailureWatch watch_;
};

TEST_F(Watch, OneFailureIsSeenManyTimes) {
  EXPECT_FALSE(fails("12:00"));
  EXPECT_FALSE(fails("12:00"));
}

TEST_F(Watch, TheNextAttemptFailsAtAnotherTime) {
  EXPECT_FALSE(fails("12:00"));
  EXPECT_TRUE(fails("12:05"));
}

TEST_F(Watch, TheNextAttemptIsOfAnotherRevision) {
  EXPECT_FALSE(fails("12:00", "a"));
  EXPECT_TRUE(fails("12:00", "b"));
}

TEST_F(Watch, TheNextAttemptWasSeenUnderWay) {
  EXPECT_FALSE(fails("12:00"));
  is(ReadyCondition::Status::unknown);
  EXPECT_TRUE(fails("12:00"));
}

TEST_F(Watch, WhatHasPassedBeginsAgain) {
  EXPECT_FALSE(fails("12:00"));
  is(ReadyCondition::Status::yes);
  EXPECT_FALSE(fails("12:05"));
}

TEST_F(Watch, WhatIsUnderWayHasNotFailed) {
  is(ReadyCondition::Status::unknown);
  EXPECT_FALSE(fails("12:00"));
}

TEST(StatusJudge, TellsTheReasonInWords) {
  StatusFacts facts = live();
  EXPECT_EQ(engine::reason_of(engine::judge(facts)),
            "deployment/papi runs pr-7-0123456, 3 of 3 ready");
  fail_ours(facts);
  EXPECT_EQ(engine::reason_of(engine::judge(facts)),
            "failed: Kustomization apps has applied main@sha1:a; BuildFailed: no such file");
}

}  // namespace
