// The push that is made while the fetch is still under way: in every order of the two, and whatever
// another writer does meanwhile, the outcome is that of a rollout that fetches first.
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/flux/repository.h"
#include "tests/support/blocking_runner.h"
#include "tests/support/expect_ok.h"
#include "tests/support/git_sandbox.h"
#include "tests/support/scripted_runner.h"

namespace {

namespace fs = std::filesystem;

using engine::Change;
using engine::Code;
using engine::FluxRepository;
using engine::ProcessResult;
using engine::PushedChange;
using engine::Result;
using test::BlockingRunner;
using test::change_to;
using test::Event;
using test::exited;
using test::fails;
using test::GitSandbox;
using test::manifest;
using test::ok;
using test::sandbox_identity;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kTag = "pr-1-abcdef0";

// A name for the sandbox's remote that does not say that it is on this machine.
constexpr const char* kDistant = "https://flux.invalid/flux.git";

enum class Place { distant, local };

// A remote, and a clone that knows its head: a commit with tag pr-9-0000000.
class Known {
 public:
  explicit Known(Place place = Place::distant)
      : real(sandbox.environment(), std::chrono::seconds(60)),
        runner(real),
        remote_(sandbox.flux_remote()) {
    if (place == Place::distant) {
      sandbox.configure("url." + remote_.url.with_userinfo() + ".insteadOf", kDistant);
      remote_.url = engine::RemoteUrl(kDistant);
    }
    good = sandbox.remote_head();
    known = sandbox.push_tag("pr-9-0000000", "Founder");
    auto repository = open(real);
    EXPECT_TRUE(ok(repository));
    EXPECT_TRUE(ok(repository->fetch({})));
  }

  Result<FluxRepository> open(engine::CommandRunner& with) {
    const engine::Host host{.environment = sandbox.environment(),
                            .working_directory = sandbox.path(),
                            .executable = {},
                            .services_file = {},
                            .runner = with,
                            .clock = clock};
    hosts_.push_back(std::make_unique<engine::Host>(host));
    return FluxRepository::open(*hosts_.back(), remote_, {});
  }

  // Fetch and push side by side, as the runner lets them.
  Result<PushedChange> push(const Change& change = change_to(kTag),
                            const engine::CallContext& call = {}) {
    auto repository = open(runner);
    return repository ? repository->push(change, sandbox_identity(), call)
                      : engine::failure_of(repository);
  }

  // Nothing but the remote's head is left of what was fetched.
  void expect_clean() const {
    const fs::path clone = sandbox.clone();
    EXPECT_EQ(sandbox.git(clone, {"for-each-ref", "refs/rollout"}), "");
    EXPECT_EQ(sandbox.git(clone, {"rev-parse", "origin/main"}), sandbox.remote_head());
    EXPECT_EQ(sandbox.shell(clone,
                            "! find .git -name '*.lock' -o -name 'tmp_*' -o -name '*.keep' | "
                            "grep ."),
              0);
  }

  GitSandbox sandbox;
  std::string good;   // the commit before the known one
  std::string known;  // the head that the clone knows
  engine::ProcessRunner real;
  engine::SteadyClock clock;
  BlockingRunner runner;

 private:
  engine::FluxRemote remote_;
  std::vector<std::unique_ptr<engine::Host>> hosts_;
};

// What another writer does (cases F1, F2, F3 and F34 of tests/remotes/README.md).
enum class Others { commit_elsewhere, set_another_tag, set_the_same_tag, rewind };
// When, and which of fetch and push the remote sees first.
enum class Order { before_and_push_first, before_and_fetch_first, between_fetch_and_push };

void act(const Known& world, Others others) {
  switch (others) {
    case Others::commit_elsewhere:
      world.sandbox.push_tag("pr-9-0000000", "Grace");
      return;
    case Others::set_another_tag:
      world.sandbox.push_tag("pr-2-0000000", "Grace");
      return;
    case Others::set_the_same_tag:
      world.sandbox.push_tag(kTag, "Grace");
      return;
    case Others::rewind:
      world.sandbox.git(world.sandbox.remote(), {"update-ref", "refs/heads/main", world.good});
      return;
  }
}

// What a push came to, in words, without what differs from run to run: ids and ages.
std::string described(const Known& world, const Result<PushedChange>& outcome) {
  if (!outcome) {
    return std::string(engine::name(outcome.error().code)) + " " + outcome.error().message;
  }
  std::string text = outcome->changed ? "changed" : "unchanged";
  text +=
      " on " + outcome->branch + " from " + outcome->edits.front().previous_tag.value_or("nothing");
  text += " in " + std::to_string(outcome->attempts) + " attempts\n" + outcome->edits.front().diff;
  for (const std::string& warning : outcome->warnings) {
    text += std::regex_replace(warning, std::regex("[0-9]+ seconds? ago"), "lately") + "\n";
  }
  EXPECT_EQ(outcome->commit.has_value(), outcome->changed);
  if (outcome->commit) {
    EXPECT_EQ(outcome->commit->text(), world.sandbox.remote_head());
    EXPECT_EQ(outcome->head.text(),
              world.sandbox.git(world.sandbox.remote(), {"rev-parse", "main^"}));
  }
  return text + world.sandbox.git(world.sandbox.remote(), {"log", "--format=%an: %s", "main"});
}

std::string outcome_of_fetching_first(Others others, Order order, Place place) {
  Known world(place);
  if (order != Order::between_fetch_and_push) {
    act(world, others);
  }
  auto repository = world.open(world.real);
  EXPECT_TRUE(ok(repository->fetch({})));
  if (order == Order::between_fetch_and_push) {
    act(world, others);
  }
  return described(world, repository->push(change_to(kTag), sandbox_identity(), {}));
}

std::string outcome_of_hedging(Others others, Order order) {
  Known world;
  Event fetched;
  Event pushing;
  Event pushed;
  if (order != Order::between_fetch_and_push) {
    act(world, others);
  }
  if (order == Order::before_and_push_first) {
    world.runner.first_fetch = [&](const BlockingRunner::Run& run, const std::stop_token& stop) {
      EXPECT_TRUE(pushed.wait(stop));
      return run();
    };
    world.runner.first_push = [&](const BlockingRunner::Run& run, const std::stop_token&) {
      ProcessResult completion = run();
      pushed.happen();
      return completion;
    };
  } else {
    // The fetch is over, but nobody knows yet.
    world.runner.first_fetch = [&](const BlockingRunner::Run& run, const std::stop_token& stop) {
      ProcessResult completion = run();
      fetched.happen();
      EXPECT_TRUE(pushing.wait(stop));
      return completion;
    };
    world.runner.first_push = [&](const BlockingRunner::Run& run, const std::stop_token&) {
      EXPECT_TRUE(fetched.wait());
      if (order == Order::between_fetch_and_push) {
        act(world, others);
      }
      ProcessResult completion = run();
      pushing.happen();
      return completion;
    };
  }
  std::string text = described(world, world.push());
  EXPECT_GE(world.runner.pushes(), 1);
  world.expect_clean();
  return text;
}

class Interleaving : public testing::TestWithParam<std::tuple<Others, Order>> {};

TEST_P(Interleaving, EndsAsIfTheFetchHadBeenWaitedFor) {
  const auto [others, order] = GetParam();
  EXPECT_EQ(outcome_of_hedging(others, order),
            outcome_of_fetching_first(others, order, Place::distant));
}

INSTANTIATE_TEST_SUITE_P(
    OptimisticPush, Interleaving,
    testing::Combine(testing::Values(Others::commit_elsewhere, Others::set_another_tag,
                                     Others::set_the_same_tag, Others::rewind),
                     testing::Values(Order::before_and_push_first, Order::before_and_fetch_first,
                                     Order::between_fetch_and_push)));

// A remote on this machine: the fetch comes after the push, if at all.
class PushFirst : public testing::TestWithParam<Others> {};

TEST_P(PushFirst, EndsAsIfFetchedFirst) {
  const Others others = GetParam();
  Known world(Place::local);
  act(world, others);
  Event pushed;
  world.runner.first_push = [&](const BlockingRunner::Run& run, const std::stop_token&) {
    EXPECT_EQ(world.runner.fetches(), 0);
    ProcessResult completion = run();
    pushed.happen();
    return completion;
  };
  world.runner.first_fetch = [&](const BlockingRunner::Run& run, const std::stop_token& stop) {
    EXPECT_TRUE(pushed.wait(stop));
    return run();
  };
  EXPECT_EQ(described(world, world.push()),
            outcome_of_fetching_first(others, Order::before_and_push_first, Place::local));
  world.expect_clean();
}

INSTANTIATE_TEST_SUITE_P(OptimisticPush, PushFirst,
                         testing::Values(Others::commit_elsewhere, Others::set_another_tag,
                                         Others::set_the_same_tag, Others::rewind));

TEST(OptimisticPush, OfALocalRemoteFetchesNothingWhenThePushLands) {
  Known world(Place::local);
  const auto outcome = world.push();
  ASSERT_TRUE(ok(outcome));
  EXPECT_EQ(outcome->attempts, 1);
  EXPECT_EQ(world.runner.pushes(), 1);
  EXPECT_EQ(world.runner.fetches(), 0);
  world.expect_clean();
}

TEST(OptimisticPush, LandsWithOnePushAndEndsTheFetch) {
  Known world;
  world.runner.first_fetch = [](const BlockingRunner::Run&, const std::stop_token& stop) {
    EXPECT_FALSE(Event().wait(stop));
    return ProcessResult{ProcessResult::Kind::cancelled, 0, {}, {}};
  };
  const auto outcome = world.push();
  ASSERT_TRUE(ok(outcome));
  EXPECT_EQ(outcome->attempts, 1);
  EXPECT_THAT(outcome->warnings, IsEmpty());
  EXPECT_EQ(outcome->head.text(), world.known);
  EXPECT_EQ(world.runner.pushes(), 1);
  EXPECT_EQ(world.runner.fetches(), 1);
  world.expect_clean();
}

// In the same second the same change on the same head is the same commit.
TEST(OptimisticPush, OfACommitThatTheRemoteHasAlreadyIsUnchanged) {
  Known world;
  ASSERT_TRUE(ok(world.push()));
  world.sandbox.git(world.sandbox.clone(), {"update-ref", "refs/remotes/origin/main", world.known});
  const std::string head = world.sandbox.remote_head();
  const auto again = world.push();
  ASSERT_TRUE(ok(again));
  EXPECT_FALSE(again->changed);
  EXPECT_EQ(again->head.text(), head);
  EXPECT_EQ(again->attempts, 0);
  EXPECT_EQ(world.sandbox.remote_head(), head);
}

TEST(OptimisticPush, EndsAFetchInTheMiddleOfItsPackAndLeavesNothingOfIt) {
  Known world;
  const GitSandbox& sandbox = world.sandbox;
  sandbox.push_tag("pr-2-0000000");
  const fs::path begun = sandbox.path() / "begun";
  const fs::path hook = sandbox.path() / "pack-hook";
  ASSERT_EQ(
      sandbox.shell(sandbox.path(), "printf '#!/bin/sh\\n\"$@\" | head -c 40; touch " +
                                        begun.string() + "; sleep 60\\n' > '" + hook.string() +
                                        "'; chmod +x '" + hook.string() + "'"),
      0);
  sandbox.configure("uploadpack.packObjectsHook", hook.string());
  sandbox.configure("fetch.unpackLimit", "1");
  world.runner.first_push = [&](const BlockingRunner::Run& run, const std::stop_token&) {
    EXPECT_EQ(sandbox.shell(sandbox.clone(), "until [ -e '" + begun.string() +
                                                 "' ] && ls .git/objects/pack/tmp_pack_*; do "
                                                 "sleep 0.02; done"),
              0);
    act(world, Others::rewind);
    sandbox.git(sandbox.remote(), {"update-ref", "refs/heads/main", world.known});
    return run();
  };
  const auto outcome = world.push();
  ASSERT_TRUE(ok(outcome));
  EXPECT_EQ(outcome->attempts, 1);
  world.expect_clean();
}

TEST(OptimisticPush, WaitsForTheTrueHeadWhereTheKnownOneWouldBeRefused) {
  Known world;
  world.sandbox.push_tag("pr-2-0000000");
  Change change = change_to(kTag);
  change.edits.front().edit = [edit = change.edits.front().edit](std::string_view bytes) {
    return bytes.find("pr-9-") == std::string_view::npos
               ? edit(bytes)
               : engine::Result<engine::ManifestEdit>(engine::fail(Code::image_not_found, "Not."));
  };
  const auto outcome = world.push(change);
  ASSERT_TRUE(ok(outcome));
  EXPECT_EQ(outcome->attempts, 1);
  EXPECT_EQ(outcome->edits.front().previous_tag, "pr-2-0000000");
  EXPECT_EQ(world.runner.pushes(), 1);
}

TEST(OptimisticPush, OfADryRunOrAnUnchangedManifestPushesNothing) {
  Known world;
  world.sandbox.push_tag("pr-2-0000000");
  Change change = change_to(kTag);
  change.dry_run = true;
  const auto dry = world.push(change);
  ASSERT_TRUE(ok(dry));
  EXPECT_EQ(dry->edits.front().previous_tag, "pr-2-0000000");
  const auto same = world.push(change_to("pr-2-0000000"));
  ASSERT_TRUE(ok(same));
  EXPECT_FALSE(same->changed);
  EXPECT_EQ(world.runner.pushes(), 0);
  world.expect_clean();
}

const ProcessResult no_host =
    exited(128, "", "fatal: unable to access: Could not resolve host: x\n");

ProcessResult arrives(const BlockingRunner::Run& run, const std::stop_token& /*stop*/) {
  return run();
}

// The push arrives, and its answer does not.
ProcessResult loses_the_answer(const BlockingRunner::Run& run, const std::stop_token& /*stop*/) {
  EXPECT_TRUE(run().ok());
  return exited(128, "", "fatal: the remote end hung up unexpectedly\n");
}

// The push arrives, and a gateway answers in its place that it did not wait for the server.
ProcessResult is_answered_by_a_gateway(const BlockingRunner::Run& run,
                                       const std::stop_token& /*stop*/) {
  EXPECT_TRUE(run().ok());
  return exited(128, "",
                "error: RPC failed; HTTP 502 curl 22 The requested URL returned error: 502\n"
                "send-pack: unexpected disconnect while reading sideband packet\n"
                "fatal: the remote end hung up unexpectedly\n");
}

// The first push is made so; then the fetch beside it finds no host.
void fail_the_fetch_after(const BlockingRunner::Intervention& push, BlockingRunner& runner,
                          Event& pushed) {
  runner.first_push = [&pushed, push](const BlockingRunner::Run& run, const std::stop_token& stop) {
    ProcessResult completion = push(run, stop);
    pushed.happen();
    return completion;
  };
  runner.first_fetch = [&pushed](const BlockingRunner::Run&, const std::stop_token&) {
    EXPECT_TRUE(pushed.wait());
    return no_host;
  };
}

TEST(OptimisticPush, ThatIsLostAnswersWithTheFailureOfTheFetch) {
  Known world;
  world.sandbox.push_tag("pr-2-0000000");
  Event pushed;
  fail_the_fetch_after(arrives, world.runner, pushed);
  const auto outcome = world.push();
  ASSERT_TRUE(fails(outcome, Code::unreachable));
  EXPECT_THAT(outcome.error().message, HasSubstr("fetch from"));
  EXPECT_EQ(world.runner.pushes(), 1);
}

// Lets `event` happen when the calling thread ends, and so after its std::async has its result.
void happens_at_thread_end(Event& event) {
  struct AtEnd {
    Event* waited_for = nullptr;
    AtEnd() = default;
    AtEnd(const AtEnd&) = delete;
    AtEnd& operator=(const AtEnd&) = delete;
    ~AtEnd() { waited_for->happen(); }
  };
  thread_local AtEnd at_end;
  at_end.waited_for = &event;
}

TEST(OptimisticPush, IsNotMadeWhereTheFetchFailsWhileTheChangeIsMade) {
  Known world;
  Event editing;
  Event failed;
  world.runner.first_fetch = [&](const BlockingRunner::Run&, const std::stop_token&) {
    EXPECT_TRUE(editing.wait());
    return no_host;
  };
  auto repository = world.open(world.runner);
  ASSERT_TRUE(ok(repository));
  repository->begin_fetch({}, [&] { happens_at_thread_end(failed); });
  Change change = change_to(kTag);
  change.edits.front().edit = [&, edit = change.edits.front().edit](std::string_view bytes) {
    editing.happen();
    EXPECT_TRUE(failed.wait());
    return edit(bytes);
  };
  EXPECT_TRUE(fails(repository->push(change, sandbox_identity(), {}), Code::unreachable));
  EXPECT_EQ(world.runner.pushes(), 0);
}

TEST(OptimisticPush, IsNotMadeWhereTheFetchHasFailedAlready) {
  Known world;
  Event failed;
  world.runner.first_fetch = [&](const BlockingRunner::Run&, const std::stop_token&) {
    return no_host;
  };
  auto repository = world.open(world.runner);
  ASSERT_TRUE(ok(repository));
  repository->begin_fetch({}, [&] { happens_at_thread_end(failed); });
  ASSERT_TRUE(failed.wait());
  Change change = change_to(kTag);
  change.edits.front().edit = [](std::string_view) {
    ADD_FAILURE() << "the change was made";
    return engine::Result<engine::ManifestEdit>(engine::fail(Code::internal, "Not."));
  };
  EXPECT_TRUE(fails(repository->push(change, sandbox_identity(), {}), Code::unreachable));
  EXPECT_EQ(world.runner.pushes(), 0);
}

// A push that arrived is not made again, although neither its answer nor the fetch says so.
void expect_landed_once(const BlockingRunner::Intervention& push) {
  Known world;
  Event pushed;
  fail_the_fetch_after(push, world.runner, pushed);
  const auto outcome = world.push();
  ASSERT_TRUE(ok(outcome));
  EXPECT_EQ(outcome->attempts, 1);
  EXPECT_EQ(world.runner.pushes(), 1);
  EXPECT_EQ(world.sandbox.remote_manifest(), manifest(kTag));
  world.expect_clean();
}

TEST(OptimisticPush, WhoseConnectionBreaksAfterItArrivedHasLandedThoughTheFetchFailed) {
  expect_landed_once(loses_the_answer);
}

TEST(OptimisticPush, ThatAGatewayAnswersAfterItArrivedHasLanded) {
  expect_landed_once(is_answered_by_a_gateway);
}

// What became of a push is looked at to the end, too.
TEST(OptimisticPush, WhoseConnectionBreaksOnACallThatIsCancelledHasLanded) {
  Known world;
  std::stop_source stop;
  world.runner.first_fetch = [](const BlockingRunner::Run&, const std::stop_token& token) {
    EXPECT_FALSE(Event().wait(token));
    return ProcessResult{ProcessResult::Kind::cancelled, 0, {}, {}};
  };
  world.runner.first_push = [&](const BlockingRunner::Run& run, const std::stop_token& token) {
    stop.request_stop();
    return loses_the_answer(run, token);
  };
  const auto outcome = world.push(change_to(kTag), {stop.get_token(), {}});
  ASSERT_TRUE(ok(outcome));
  EXPECT_EQ(outcome->commit->text(), world.sandbox.remote_head());
  EXPECT_EQ(world.runner.pushes(), 1);
}

TEST(OptimisticPush, WhoseConnectionBreaksWithTheRemoteGoneHasAnUnknownOutcome) {
  Known world;
  Event pushed;
  fail_the_fetch_after(loses_the_answer, world.runner, pushed);
  world.runner.later_fetches = [](const BlockingRunner::Run&, const std::stop_token&) {
    return no_host;
  };
  EXPECT_TRUE(fails(world.push(), Code::unknown_outcome));
}

TEST(OptimisticPush, EndedAtTheTimeLimitMayStillArrive) {
  Known world;
  world.runner.first_push = [](const BlockingRunner::Run&, const std::stop_token&) {
    return ProcessResult{ProcessResult::Kind::timed_out, 0, {}, {}};
  };
  const auto outcome = world.push();
  ASSERT_TRUE(fails(outcome, Code::timeout));
  EXPECT_THAT(outcome.error().hint, HasSubstr("The remote may still finish what it was sent"));
}

TEST(OptimisticPush, BegunIsFinishedThoughTheCallIsCancelled) {
  Known world;
  std::stop_source stop;
  world.runner.first_fetch = [](const BlockingRunner::Run&, const std::stop_token& token) {
    EXPECT_FALSE(Event().wait(token));
    return ProcessResult{ProcessResult::Kind::cancelled, 0, {}, {}};
  };
  world.runner.first_push = [&](const BlockingRunner::Run& run, const std::stop_token&) {
    stop.request_stop();
    return run();
  };
  ASSERT_TRUE(ok(world.push(change_to(kTag), {stop.get_token(), {}})));
  EXPECT_EQ(world.sandbox.remote_manifest(), manifest(kTag));
}

TEST(OptimisticPush, IsNotMadeForACallThatIsCancelledWhileTheChangeIsMade) {
  for (const Place place : {Place::distant, Place::local}) {
    Known world(place);
    std::stop_source stop;
    Change change = change_to(kTag);
    change.edits.front().edit = [&, edit = change.edits.front().edit](std::string_view bytes) {
      stop.request_stop();
      return edit(bytes);
    };
    EXPECT_TRUE(fails(world.push(change, {stop.get_token(), {}}), Code::cancelled));
    EXPECT_EQ(world.runner.pushes(), 0);
  }
}

TEST(OptimisticPush, LostByACancelledCallEndsAsCancelled) {
  Known world;
  act(world, Others::commit_elsewhere);
  std::stop_source stop;
  world.runner.first_fetch = [](const BlockingRunner::Run&, const std::stop_token& token) {
    EXPECT_FALSE(Event().wait(token));
    return ProcessResult{ProcessResult::Kind::cancelled, 0, {}, {}};
  };
  world.runner.first_push = [&](const BlockingRunner::Run& run, const std::stop_token&) {
    stop.request_stop();
    return run();
  };
  EXPECT_TRUE(fails(world.push(change_to(kTag), {stop.get_token(), {}}), Code::cancelled));
  EXPECT_EQ(world.runner.pushes(), 1);
}

TEST(OptimisticPush, RefusedByAHookIsRefusedThoughTheFetchFailed) {
  Known world;
  world.sandbox.install_hook("pre-receive", "echo 'not on friday'; exit 1");
  Event pushed;
  fail_the_fetch_after(arrives, world.runner, pushed);
  EXPECT_TRUE(fails(world.push(), Code::rejected));
}

TEST(OptimisticPush, RefusedByAHookIsNotTriedAgain) {
  Known world;
  world.sandbox.install_hook("pre-receive", "echo 'not on friday'; exit 1");
  const auto outcome = world.push();
  ASSERT_TRUE(fails(outcome, Code::rejected));
  EXPECT_THAT(outcome.error().message, HasSubstr("not on friday"));
  EXPECT_EQ(world.runner.pushes(), 1);
}

}  // namespace
