// How far an image has come, judged with a real clone: what its history tells of the revisions that
// a cluster names, and the wait.
#include "engine/live_follower.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <stop_token>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/expect_ok.h"
#include "tests/support/fake_cluster.h"
#include "tests/support/git_sandbox.h"
#include "tests/support/random_seed.h"
#include "tests/support/scripted_runner.h"

namespace test {
namespace {

using engine::CommitId;
using engine::LiveState;
using engine::LiveStatus;
using engine::StageName;
using engine::StageState;
using std::chrono::seconds;
using testing::HasSubstr;

constexpr const char* kTag = "pr-7-0123456";
constexpr const char* kLater = "pr-8-7654321";

engine::LivePlace place_of(const std::string& commit, const std::string& tag,
                           bool is_setter = true) {
  engine::LivePlace place{
      .label = "backend",
      .file = repository_path(kManifestFile),
      .location = {.image_name = "backend"},
      .kustomization = "apps",
      .workload = {"apps", "backend"},
      .value = {.commit = *CommitId::parse(commit),
                .is_setter = is_setter,
                .image = {"backend", tag}},
      .committed = {.name = StageName::committed, .state = StageState::done, .detail = "set"}};
  return place;
}

StageState state_of(const LiveStatus& status, StageName name) {
  for (const engine::Stage& stage : status.stages) {
    if (stage.name == name) {
      return stage.state;
    }
  }
  return StageState::unknown;
}

class Follower : public testing::Test {
 protected:
  LiveStatus look(const std::string& commit, const std::string& tag, bool is_setter = true) {
    const std::vector<engine::LivePlace> places = {place_of(commit, tag, is_setter)};
    engine::LiveFollower follower(sandbox_host_.host, sandbox_.flux_remote(), asked_, places);
    return follower.look(call_).front();
  }
  LiveStatus follow(const std::string& commit, seconds time = seconds(60)) {
    const std::vector<engine::LivePlace> places = {place_of(commit, kTag)};
    engine::Host host = sandbox_host_.host;
    engine::Host with_clock{.environment = host.environment,
                            .working_directory = host.working_directory,
                            .executable = {},
                            .services_file = {},
                            .runner = host.runner,
                            .clock = clock_};
    engine::LiveFollower follower(with_clock, sandbox_.flux_remote(), asked_, places);
    auto found = follower.follow(time, call_);
    failure_ = follower.failure();
    return found.front();
  }
  // The clone has what the remote has now, as a rollout leaves it.
  void fetch() {
    auto repository = engine::FluxRepository::open(sandbox_host_.host, sandbox_.flux_remote(), {});
    ASSERT_TRUE(ok(repository));
    ASSERT_TRUE(ok(repository->fetch({})));
  }

  GitSandbox sandbox_;
  SandboxHost sandbox_host_{sandbox_};
  FakeClock clock_;
  FakeCluster cluster_;
  engine::ClusterOrReason asked_{&cluster_, ""};
  engine::CallContext call_;
  std::optional<engine::Error> failure_;
};

TEST_F(Follower, IsLiveAtTheCommitAndAtADescendant) {
  const std::string ours = sandbox_.push_tag(kTag);
  fetch();
  cluster_.come_to(ours);
  cluster_.run("backend:" + std::string(kTag));
  EXPECT_EQ(look(ours, kTag).state, LiveState::live);
  sandbox_.push_changes("echo x > other");  // the clone does not know it yet
  cluster_.come_to(sandbox_.remote_head());
  EXPECT_EQ(look(ours, kTag).state, LiveState::live);
}

TEST_F(Follower, IsPendingAtAnAncestorThatTheCloneLacks) {
  const std::string before = sandbox_.push_tag("v1");
  for (int i = 0; i < 3; ++i) {
    sandbox_.push_changes("echo " + std::to_string(i) + " > other");
  }
  const std::string ours = sandbox_.push_tag(kTag);
  fetch();
  ASSERT_EQ(sandbox_.git(sandbox_.clone(), {"rev-list", "--count", "origin/main"}), "1");
  cluster_.come_to(before);
  cluster_.run("backend:v1");
  const LiveStatus status = look(ours, kTag);
  EXPECT_EQ(status.state, LiveState::pending) << status.deciding().detail;
  EXPECT_EQ(state_of(status, StageName::applied), StageState::waiting);
}

TEST_F(Follower, IsUnknownAtACommitThatIsNowhere) {
  const std::string ours = sandbox_.push_tag(kTag);
  fetch();
  cluster_.come_to(std::string(40, 'e'));
  cluster_.run("backend:" + std::string(kTag));
  const LiveStatus status = look(ours, kTag);
  EXPECT_EQ(status.state, LiveState::unknown);
  EXPECT_EQ(state_of(status, StageName::applied), StageState::unknown);
}

TEST_F(Follower, IsSupersededByALaterValue) {
  const std::string ours = sandbox_.push_tag(kTag);
  fetch();
  cluster_.come_to(sandbox_.push_tag(kLater));
  cluster_.run("backend:" + std::string(kLater));
  const LiveStatus status = look(ours, kTag);
  EXPECT_EQ(status.state, LiveState::superseded);
  EXPECT_THAT(status.deciding().detail, HasSubstr(kLater));
}

TEST_F(Follower, TheSameValueOfAnEarlierTimeIsNotOurs) {
  const std::string earlier = sandbox_.push_tag(kTag);
  sandbox_.push_tag(kLater);
  const std::string ours = sandbox_.push_tag(kTag);
  fetch();
  cluster_.come_to(earlier);
  cluster_.run("backend:" + std::string(kTag));
  EXPECT_EQ(look(ours, kTag).state, LiveState::pending);
}

TEST_F(Follower, FindsTheCommitThatSetAValueWhereThatDecides) {
  sandbox_.push_tag("v1");
  const std::string setter = sandbox_.push_tag(kTag);
  sandbox_.push_changes("echo 1 > other");
  const std::string between = sandbox_.remote_head();
  sandbox_.push_changes("echo 2 > other");
  const std::string head = sandbox_.remote_head();
  fetch();
  cluster_.run("backend:" + std::string(kTag));
  for (const std::string& applied : {setter, between, head}) {
    cluster_.come_to(applied);
    EXPECT_EQ(look(head, kTag, false).state, LiveState::live) << applied;
  }
  cluster_.come_to(sandbox_.git(sandbox_.remote(), {"rev-parse", setter + "^"}));
  EXPECT_EQ(look(head, kTag, false).state, LiveState::pending);
}

// A merge may have given back a value that the branch had before, or the branch may have been
// moved onto such a merge: what Flux has is then older than the value, whatever is merged in it.
TEST_F(Follower, IsPendingAtAnotherValueThatTheBranchHasLeft) {
  const std::string ours = sandbox_.push_tag(kTag);
  const std::string other = sandbox_.push_tag(kLater);
  sandbox_.push_changes(
      "git checkout -q -b own " + ours +
      " && git merge -q -s ours -m keep main && git checkout -q -B main && echo x > more");
  const std::string head = sandbox_.remote_head();
  fetch();
  cluster_.come_to(other);
  cluster_.run("backend:" + std::string(kLater));
  engine::LivePlace place = place_of(ours, kTag);
  place.value.seen_at = CommitId::parse(head);
  for (const bool is_setter : {true, false}) {
    place.value.is_setter = is_setter;
    place.value.commit = *CommitId::parse(is_setter ? ours : head);
    const std::vector<engine::LivePlace> places = {place};
    engine::LiveFollower follower(sandbox_host_.host, sandbox_.flux_remote(), asked_, places);
    const LiveStatus status = follower.look(call_).front();
    EXPECT_EQ(status.state, LiveState::pending) << status.deciding().detail;
    EXPECT_EQ(state_of(status, StageName::fetched), StageState::waiting);
  }
  cluster_.come_to(sandbox_.push_tag("v9"));
  const std::vector<engine::LivePlace> places = {place};
  engine::LiveFollower follower(sandbox_host_.host, sandbox_.flux_remote(), asked_, places);
  EXPECT_EQ(follower.look(call_).front().state, LiveState::superseded) << "that is a later one";
}

TEST_F(Follower, ABranchThatWasRewrittenTellsNothing) {
  const std::string ours = sandbox_.push_tag(kTag);
  fetch();
  sandbox_.git(sandbox_.remote(), {"update-ref", "refs/heads/main", ours + "^"});
  const std::string other = sandbox_.push_tag(kTag, "Rebased");
  ASSERT_NE(other, ours);
  cluster_.come_to(other);
  cluster_.run("backend:" + std::string(kTag));
  const LiveStatus status = look(ours, kTag);
  EXPECT_EQ(status.state, LiveState::unknown);
  EXPECT_THAT(status.deciding().detail, HasSubstr("rewritten"));
}

TEST_F(Follower, WaitsUntilItIsLive) {
  const std::string before = sandbox_.push_tag("v1");
  const std::string ours = sandbox_.push_tag(kTag);
  fetch();
  cluster_.come_to(before);
  cluster_.run("backend:v1");
  std::vector<std::string> steps;
  call_.progress = [&](std::string_view step) { steps.emplace_back(step); };
  cluster_.before_look = [&](int look) {
    if (look == 3) {
      cluster_.come_to(ours);
    }
    if (look == 5) {
      cluster_.run("backend:" + std::string(kTag));
    }
  };
  EXPECT_EQ(follow(ours).state, LiveState::live);
  EXPECT_EQ(cluster_.looks(), 5);
  EXPECT_THAT(steps, testing::Contains(HasSubstr("applied done: Kustomization apps has applied")));
  EXPECT_THAT(steps, testing::Contains(HasSubstr("running done: deployment/backend runs")));
}

TEST_F(Follower, ATransientFailureIsNoneBeforeTheNextAttemptHasFailed) {
  const std::string before = sandbox_.push_tag("v1");
  const std::string ours = sandbox_.push_tag(kTag);
  fetch();
  const auto fail_at = [&](const char* time) {
    cluster_.come_to(ours);
    cluster_.kustomization_there->applied = FakeCluster::revision_of(before);
    cluster_.kustomization_there->ready = engine::ReadyCondition{
        .status = engine::ReadyCondition::Status::no, .reason = "BuildFailed", .since = time};
  };
  cluster_.before_look = [&](int look) {
    fail_at("12:00");
    if (look == 4) {
      cluster_.come_to(ours);
      cluster_.run("backend:" + std::string(kTag));
    }
  };
  EXPECT_EQ(follow(ours).state, LiveState::live) << "it passed";
  cluster_.before_look = [&](int) { fail_at("12:00"); };
  EXPECT_EQ(follow(ours).state, LiveState::pending) << "one attempt, to the end";
  EXPECT_EQ(look(ours, kTag).state, LiveState::failed) << "nobody looks again";
  const int looks = cluster_.looks();
  cluster_.before_look = [&](int look) { fail_at(look < looks + 3 ? "12:00" : "12:05"); };
  EXPECT_EQ(follow(ours).state, LiveState::failed);
  EXPECT_EQ(cluster_.looks(), looks + 3);
}

TEST_F(Follower, AFailureOfAnEarlierRevisionIsNotAnAttemptOfOurs) {
  const std::string before = sandbox_.push_tag("v1");
  const std::string ours = sandbox_.push_tag(kTag);
  fetch();
  const auto fail_at = [&](const char* time, const std::string& attempted) {
    cluster_.come_to(attempted);
    cluster_.kustomization_there->applied = FakeCluster::revision_of(before);
    cluster_.kustomization_there->ready = engine::ReadyCondition{
        .status = engine::ReadyCondition::Status::no, .reason = "BuildFailed", .since = time};
  };
  cluster_.before_look = [&](int look) {
    if (look < 3) {
      fail_at("12:00", before);
    } else if (look < 6) {
      fail_at("12:05", ours);
    } else {
      cluster_.come_to(ours);
      cluster_.run("backend:" + std::string(kTag));
    }
  };
  EXPECT_EQ(follow(ours).state, LiveState::live) << "ours has failed once only";
  const int looks = cluster_.looks();
  cluster_.before_look = [&](int look) {
    fail_at(look < looks + 3   ? "12:00"
            : look < looks + 6 ? "12:05"
                               : "12:10",
            look < looks + 3 ? before : ours);
  };
  EXPECT_EQ(follow(ours).state, LiveState::failed);
  EXPECT_EQ(cluster_.looks(), looks + 6);
}

TEST_F(Follower, WhatTheClusterLacksIsNamed) {
  const std::string ours = sandbox_.push_tag(kTag);
  fetch();
  const auto details = [&] {
    std::vector<std::string> out;
    for (const engine::Stage& stage : look(ours, kTag).stages) {
      out.push_back(stage.detail);
    }
    return out;
  };
  EXPECT_THAT(details(), testing::IsSupersetOf(
                             {"the cluster has no Kustomization apps in the namespace flux-system",
                              "the cluster has no workload backend in the namespace apps"}));
  cluster_.come_to(ours);
  cluster_.source_there.reset();
  EXPECT_THAT(details(), testing::Contains("the cluster has no GitRepository flux in the namespace "
                                           "flux-system"));
  cluster_.kustomization_there->source = {};
  EXPECT_THAT(details(), testing::Contains(HasSubstr("Kustomization apps, as the cluster has it, "
                                                     "names no source")));
}

TEST_F(Follower, TheTimeAndACancellationEndTheWait) {
  const std::string ours = sandbox_.push_tag(kTag);
  fetch();
  cluster_.come_to(sandbox_.git(sandbox_.remote(), {"rev-parse", ours + "^"}));
  const auto begin = clock_.now();
  EXPECT_EQ(follow(ours, seconds(100)).state, LiveState::pending);
  EXPECT_EQ(clock_.now() - begin, seconds(100));
  EXPECT_LT(cluster_.looks(), 25) << "the pauses grow";
  std::stop_source stop;
  call_.stop = stop.get_token();
  const int looks = cluster_.looks();
  cluster_.before_look = [&](int look) {
    if (look == looks + 2) {
      stop.request_stop();
    }
  };
  const LiveStatus seen = follow(ours, seconds(100));
  EXPECT_EQ(seen.state, LiveState::pending) << "what was seen last";
  EXPECT_EQ(state_of(seen, StageName::committed), StageState::done);
  EXPECT_EQ(cluster_.looks(), looks + 2);
}

TEST_F(Follower, AClusterThatHangsIsWaitedForNoLongerThanTheTime) {
  const std::string ours = sandbox_.push_tag(kTag);
  fetch();
  cluster_.come_to(sandbox_.git(sandbox_.remote(), {"rev-parse", ours + "^"}));
  cluster_.hangs_from_look = 2;
  const LiveStatus seen = follow(ours, seconds(1));
  EXPECT_EQ(seen.state, LiveState::pending) << "what was seen last";
  EXPECT_EQ(state_of(seen, StageName::applied), StageState::waiting);
  EXPECT_FALSE(failure_);
  cluster_.hangs_from_look = 1;
  EXPECT_EQ(follow(ours, seconds(1)).state, LiveState::unknown);
  ASSERT_TRUE(failure_);
  EXPECT_EQ(failure_->code, engine::Code::cluster_failed);
  EXPECT_EQ(failure_->message, "The cluster did not answer within 1 s.");
}

TEST_F(Follower, AClusterThatNeverAnswersIsGivenUp) {
  const std::string ours = sandbox_.push_tag(kTag);
  fetch();
  cluster_.failure = engine::Error{engine::Code::cluster_failed, "no route to host"};
  const LiveStatus status = follow(ours);
  EXPECT_EQ(status.state, LiveState::unknown);
  EXPECT_EQ(status.deciding().detail, "no route to host");
  ASSERT_TRUE(failure_);
  EXPECT_EQ(failure_->code, engine::Code::cluster_failed);
  EXPECT_EQ(cluster_.looks(), 3);
}

TEST_F(Follower, AClusterThatIsAwayForAWhileIsAskedAgain) {
  const std::string ours = sandbox_.push_tag(kTag);
  fetch();
  cluster_.come_to(ours);
  cluster_.run("backend:v1");
  cluster_.before_look = [&](int look) {
    cluster_.failure = std::nullopt;
    if (look >= 2 && look < 8) {
      cluster_.failure = engine::Error{engine::Code::cluster_failed, "no route to host"};
    }
    if (look == 8) {
      cluster_.run("backend:" + std::string(kTag));
    }
  };
  EXPECT_EQ(follow(ours).state, LiveState::live);
  EXPECT_FALSE(failure_);
}

// A history made at random, and what git says of it.
struct Scenario {
  std::vector<std::string> commits;                      // those of main and one that is not
  std::vector<std::string> tags;                         // the value of each
  std::map<std::string, std::set<std::string>> history;  // what `git rev-list` lists of each
  std::set<std::string> of_main;
};

class RandomScenarios : public Follower {
 protected:
  std::size_t below(std::size_t most) {
    return std::uniform_int_distribution<std::size_t>(0, most - 1)(random_);
  }
  bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }

  // A stream of git fast-import: values change, stay, come back and are merged.
  Scenario make_scenario() {
    constexpr std::size_t kCommits = 18;
    Scenario scenario;
    std::ostringstream stream;
    for (std::size_t i = 0; i < kCommits; ++i) {
      const bool is_lost = i == kCommits - 1;  // of a branch that is not fetched
      const std::vector<std::string> choice = {kTag, kLater, "v1"};
      const std::size_t parent = i == 0 ? 0 : i - 1 - below(std::min<std::size_t>(i, 3));
      const std::string tag =
          i > 0 && chance(50) ? scenario.tags[parent] : choice[below(choice.size())];
      scenario.tags.push_back(tag);
      const std::string text = manifest(tag);
      const std::string words = "commit " + std::to_string(i);
      stream << "commit refs/heads/" << (is_lost ? "lost" : "main") << "\nmark :" << i + 1
             << "\ncommitter Import <i@example.com> " << 1600000000 + below(5) << " +0000\ndata "
             << words.size() << "\n"
             << words << "\n";
      if (i > 0) {
        stream << "from :" << parent + 1 << "\n";
        if (!is_lost && parent != i - 1) {
          stream << "merge :" << i << "\n";
        }
      }
      stream << "M 100644 inline " << kManifestFile << "\ndata " << text.size() << "\n"
             << text << "\nM 100644 inline number\ndata " << words.size() << "\n"
             << words << "\n";
    }
    stream << "done\n";
    std::ofstream(sandbox_.path() / "stream", std::ios::binary) << stream.str();
    EXPECT_EQ(sandbox_.shell(sandbox_.remote(),
                             "git update-ref -d refs/heads/main; git update-ref -d "
                             "refs/heads/lost; git fast-import --quiet --force --done "
                             "--export-marks=../marks < ../stream"),
              0);
    std::ifstream marks(sandbox_.path() / "marks");
    std::map<std::size_t, std::string> by_mark;
    std::string mark;
    std::string id;
    while (marks >> mark >> id) {
      by_mark[std::stoul(mark.substr(1))] = id;
    }
    for (const auto& [number, commit] : by_mark) {
      scenario.commits.push_back(commit);
      scenario.history[commit] = list_of(sandbox_.git(sandbox_.remote(), {"rev-list", commit}));
    }
    scenario.of_main = list_of(sandbox_.git(sandbox_.remote(), {"rev-list", "main"}));
    return scenario;
  }
  static std::set<std::string> list_of(const std::string& lines) {
    std::istringstream in(lines);
    return {std::istream_iterator<std::string>(in), {}};
  }

  // What the specification says of the revision, by git's own word.
  bool is_ours(const Scenario& scenario, std::size_t revision, std::size_t ours) const {
    return contains(scenario, revision, ours) && scenario.tags[revision] == kTag;
  }
  bool is_later(const Scenario& scenario, std::size_t revision, std::size_t ours) const {
    return contains(scenario, revision, ours) && scenario.tags[revision] != kTag;
  }
  static bool contains(const Scenario& scenario, std::size_t revision, std::size_t ours) {
    return scenario.history.at(scenario.commits[revision]).contains(scenario.commits[ours]);
  }

  std::mt19937 random_;
};

// A status that says live is never wrong, nor is one that says not applied, or superseded.
TEST_F(RandomScenarios, SaysNothingThatGitDoesNotConfirm) {
  const unsigned seed = test::random_seed(20260131U);
  random_.seed(seed);
  constexpr int kScenarios = 40;
  constexpr int kStates = 50;
  std::map<LiveState, int> seen;
  for (int number = 0; number < kScenarios; ++number) {
    const Scenario scenario = make_scenario();
    std::filesystem::remove_all(sandbox_.clone());
    std::vector<std::size_t> own;
    for (std::size_t i = 0; i < scenario.commits.size(); ++i) {
      if (scenario.tags[i] == kTag && scenario.of_main.contains(scenario.commits[i])) {
        own.push_back(i);
      }
    }
    if (own.empty()) {
      continue;
    }
    fetch();
    for (int state = 0; state < kStates; ++state) {
      const std::size_t ours = own[below(own.size())];
      const auto any = [&] {
        const std::size_t lost = scenario.commits.size() - 1;
        return chance(3) ? lost : below(lost);
      };
      const std::size_t applied = any();
      const std::size_t fetched = chance(70) ? applied : any();
      const std::size_t attempted = chance(70) ? applied : any();
      const std::string running = chance(70) ? scenario.tags[applied] : kTag;
      cluster_.come_to(scenario.commits[applied]);
      cluster_.source_there->artifact = FakeCluster::revision_of(scenario.commits[fetched]);
      cluster_.kustomization_there->attempted =
          FakeCluster::revision_of(scenario.commits[attempted]);
      cluster_.kustomization_there->is_suspended = chance(10);
      if (chance(20)) {
        cluster_.kustomization_there->ready->status = engine::ReadyCondition::Status::no;
      }
      cluster_.run("backend:" + running);
      cluster_.workloads_there.front().is_settled = chance(80);
      const LiveStatus status = look(scenario.commits[ours], kTag);
      ++seen[status.state];

      const auto is_known = [&](std::size_t revision) {
        return scenario.of_main.contains(scenario.commits[revision]);
      };
      const bool runs = running == kTag && cluster_.workloads_there.front().is_settled;
      const bool is_live = is_ours(scenario, applied, ours) && runs;
      const std::string where = "seed " + std::to_string(seed) + ", scenario " +
                                std::to_string(number) + ", state " + std::to_string(state) + ": " +
                                std::string(engine::name(status.state));
      if (status.state == LiveState::live) {
        ASSERT_TRUE(is_live) << where;
      } else if (is_known(applied)) {
        ASSERT_FALSE(is_live) << where << ": " << status.deciding().detail;
      }
      const StageState applied_state = state_of(status, StageName::applied);
      if (applied_state == StageState::done) {
        ASSERT_TRUE(is_ours(scenario, applied, ours)) << where;
      } else if (applied_state != StageState::unknown) {
        ASSERT_FALSE(is_ours(scenario, applied, ours)) << where;
        ASSERT_TRUE(is_known(applied)) << where << ": not applied, which cannot be told";
      }
      if (status.state == LiveState::superseded) {
        ASSERT_TRUE(is_later(scenario, applied, ours) || is_later(scenario, fetched, ours) ||
                    is_later(scenario, attempted, ours))
            << where;
      }
      if (is_known(applied) && is_later(scenario, applied, ours)) {
        ASSERT_EQ(status.state, LiveState::superseded) << where;
      }
    }
  }
  EXPECT_GT(seen[LiveState::live], 100);
  EXPECT_GT(seen[LiveState::pending], 100);
  EXPECT_GT(seen[LiveState::superseded], 100);
  EXPECT_GT(seen[LiveState::unknown], 10);
}

}  // namespace
}  // namespace test
