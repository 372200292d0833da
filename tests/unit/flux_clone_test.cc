// A Flux repository's clone from opening to the work tree after a push, with a git that is made up:
// which commands are run, and what is done about those that fail.
#include <chrono>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/flux/scratch_repository.h"
#include "engine/git/signing.h"
#include "tests/support/expect_ok.h"
#include "tests/support/git_sandbox.h"
#include "tests/unit/flux_clones.h"

namespace {

namespace fs = std::filesystem;

using engine::Code;
using engine::ProcessResult;
using test::change_to;
using test::exited;
using test::fails;
using test::FluxClones;
using test::ok;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

test::ScriptedRunner::Answer always(ProcessResult completion) {
  return [completion = std::move(completion)](const engine::Command&) { return completion; };
}

TEST_F(FluxClones, AreMadeFetchedAndPushedFrom) {
  const auto pushed = push();
  ASSERT_TRUE(ok(pushed));
  EXPECT_EQ(pushed->commit, git_.pushed());
  EXPECT_EQ(pushed->branch, "main");
  EXPECT_EQ(pushed->edits.front().previous_tag, "old");
  EXPECT_EQ(pushed->head, git_.ref(kMain));
  EXPECT_THAT(pushed->warnings, IsEmpty());
  EXPECT_THAT(commands("fetch"),
              ElementsAre(AllOf(HasSubstr("--depth=1"), HasSubstr("--filter=blob:limit=1m"))));
  EXPECT_THAT(commands("reset"), ElementsAre("reset --quiet --hard " + pushed->commit->text()));
  EXPECT_THAT(
      steps_,
      ElementsAre(HasSubstr("making a clone in"), "fetching main of file:///remote/flux.git",
                  "pushing to main of file:///remote/flux.git", "updating the clone's work tree"));
}

TEST_F(FluxClones, ThatKnowTheHeadPushWithoutAFetch) {
  ASSERT_TRUE(ok(push()));
  git_.set_ref(kMain, *git_.pushed());  // as git's push does
  const auto pushed = push(change_to("pr-2-abcdef0"));
  ASSERT_TRUE(ok(pushed));
  EXPECT_EQ(pushed->edits.front().previous_tag, kTag);
  EXPECT_EQ(commands("fetch").size(), 1U);
  EXPECT_EQ(commands("push").size(), 2U);
}

TEST_F(FluxClones, ThatKnowAnOldHeadFetchOnceTheLeaseIsLost) {
  ASSERT_TRUE(ok(push()));
  git_.commit("pr-3-0000000", "Grace");
  git_.on_push = [lost = false]() mutable -> std::optional<ProcessResult> {
    return std::exchange(lost, true)
               ? std::nullopt
               : std::optional(exited(1, "!\tx:refs/heads/main\t[rejected] (stale info)\n"));
  };
  const auto pushed = push(change_to("pr-2-abcdef0"));
  ASSERT_TRUE(ok(pushed));
  EXPECT_EQ(pushed->edits.front().previous_tag, "pr-3-0000000");
  EXPECT_EQ(pushed->attempts, 1) << "a fetch before the push would have prevented the first";
  EXPECT_EQ(git_.ref("refs/rollout/fetched"), std::nullopt);
}

TEST_F(FluxClones, OfADistantRemoteFetchBesideThePush) {
  remote_.url = engine::RemoteUrl("https://git.example/flux.git");
  ASSERT_TRUE(ok(push()));
  auto repository = open();
  ASSERT_TRUE(ok(repository));
  repository->begin_fetch(call(), [] {});
  EXPECT_FALSE(repository->is_new());
  EXPECT_TRUE(ok(repository->push(change_to("pr-2-abcdef0"), identity_, {})));
}

TEST_F(FluxClones, TakeWhatTheServerCanServe) {
  const ProcessResult no_filter = exited(128, "", "fatal: filtering not recognized by server\n");
  const ProcessResult no_depth = exited(128, "", "fatal: shallow capabilities not supported\n");
  test::ScriptedRunner plain;
  const test::MadeUpGit git(plain, remote_.clone);
  int fetches = 0;
  machine_.runner.on(" fetch ", [&](const engine::Command& command) {
    ++fetches;
    return fetches == 1 ? no_filter : fetches == 2 ? no_depth : plain.run(command, {}, {});
  });
  ASSERT_TRUE(ok(push()));
  EXPECT_THAT(
      commands("fetch"),
      ElementsAre(HasSubstr("--filter="), AllOf(HasSubstr("--depth=1"), HasSubstr("--no-filter")),
                  AllOf(Not(HasSubstr("--depth")), HasSubstr("--no-filter"))));
}

TEST_F(FluxClones, FollowTheBranchThatTheRemoteHasInsteadOfMain) {
  git_.rename_branch("trunk");
  const auto pushed = push();
  ASSERT_TRUE(ok(pushed));
  EXPECT_EQ(pushed->branch, "trunk");
  EXPECT_THAT(test::read_bytes(remote_.clone / ".git/config"), HasSubstr("refs/heads/trunk"));
  ASSERT_TRUE(ok(push(change_to("pr-2-abcdef0"))));
  EXPECT_EQ(commands("ls-remote").size(), 2U) << "main may be there now";
}

TEST_F(FluxClones, OfARemoteWithoutABranchSaySo) {
  git_.rename_branch("trunk");
  machine_.runner.on(" ls-remote ", exited(0, ""));
  const auto pushed = push();
  ASSERT_TRUE(fails(pushed, Code::branch_not_found));
  EXPECT_THAT(pushed.error().message, HasSubstr("has neither a branch `main` nor a HEAD"));
  machine_.runner.on(" ls-remote ", exited(128, "", "fatal: Could not resolve host: h\n"));
  EXPECT_TRUE(fails(push(), Code::unreachable));
}

TEST_F(FluxClones, WhoseFetchTimesOutAreLeftClean) {
  machine_.runner.on(" fetch ", ProcessResult{ProcessResult::Kind::timed_out, 0, "", ""});
  EXPECT_TRUE(fails(push(), Code::timeout));
  EXPECT_EQ(git_.ref("refs/rollout/fetched"), std::nullopt);
}

TEST_F(FluxClones, WaitForAnotherGit) {
  test::ScriptedRunner plain;
  const test::MadeUpGit git(plain, remote_.clone);
  fail_once("fetch", exited(128, "", "fatal: Unable to create 'shallow.lock': File exists.\n"),
            [&](const engine::Command& command) { return plain.run(command, {}, {}); });
  const auto before = machine_.clock.now();
  ASSERT_TRUE(ok(push()));
  EXPECT_GE(machine_.clock.now() - before, std::chrono::milliseconds(100));
  EXPECT_EQ(commands("fetch").size(), 2U);
}

// A ref that cannot be read is the clone's own, whatever git says of it.
TEST_F(FluxClones, ThatAreBrokenAreReplacedOnce) {
  test::ScriptedRunner plain;
  const test::MadeUpGit git(plain, remote_.clone);
  int left = 1;
  machine_.runner.on(" fetch ", [&](const engine::Command& command) {
    if (left-- <= 0) {
      return plain.run(command, {}, {});
    }
    machine_.directory.write(remote_.clone / ".git/refs/heads/lost", "garbage\n");
    return exited(128, "", "fatal: bad object refs/heads/lost\n");
  });
  ASSERT_TRUE(ok(push()));
  EXPECT_THAT(steps_, Contains(HasSubstr("the clone is broken")));
  left = 2;
  auto repository = open();
  ASSERT_TRUE(ok(repository));
  EXPECT_TRUE(fails(repository->fetch({}), Code::internal));
  EXPECT_EQ(left, 0);
}

TEST_F(FluxClones, ThatAreSoundAreKeptWhateverGitSays) {
  ASSERT_TRUE(ok(push()));
  machine_.directory.write(remote_.clone / "mark", "");
  machine_.runner.on(" fetch ", exited(128, "", "fatal: bad object refs/heads/lost\n"));
  auto repository = open();
  ASSERT_TRUE(ok(repository));
  EXPECT_TRUE(fails(repository->fetch(call()), Code::internal));
  EXPECT_TRUE(fs::exists(remote_.clone / "mark"));
  EXPECT_THAT(steps_, Not(Contains(HasSubstr("the clone is broken"))));
}

TEST_F(FluxClones, WithAMissingTreeAreReplacedWhileAPushIsPrepared) {
  {
    auto repository = open();
    ASSERT_TRUE(ok(repository));
    ASSERT_TRUE(ok(repository->fetch(call())));
  }
  const auto head = git_.ref(kMain);
  ASSERT_TRUE(head);
  std::vector<fs::path> objects;
  for (const auto& entry : fs::recursive_directory_iterator(remote_.clone / ".git/objects")) {
    const std::string id =
        entry.path().parent_path().filename().string() + entry.path().filename().string();
    if (entry.is_regular_file() && id != head->text()) {
      objects.push_back(entry.path());
    }
  }
  ASSERT_FALSE(objects.empty());
  for (const fs::path& object : objects) {
    fs::remove(object);
  }
  // What is made up as a fetch brings all objects again, which git would not do.
  machine_.directory.write(remote_.clone / ".git/refs/heads/lost", "garbage\n");
  ASSERT_TRUE(ok(push()));
  EXPECT_EQ(commands("fetch").size(), 3U);
  EXPECT_THAT(steps_, Contains(HasSubstr("the clone is broken")));
}

TEST_F(FluxClones, BringAFileThatWasLeftOut) {
  git_.leave_out_blobs(true);
  ASSERT_TRUE(ok(push()));
  EXPECT_EQ(commands("cat-file").size(), 1U);
  EXPECT_THAT(steps_, Contains(HasSubstr("fetching apps/backend/kustomization.yaml of")));
}

TEST_F(FluxClones, WhoseFileCannotBeBroughtSayWhy) {
  git_.leave_out_blobs(true);
  machine_.runner.on(" cat-file ", exited(128, "", "fatal: Could not resolve host: h\n"));
  EXPECT_TRUE(fails(push(), Code::unreachable));
}

TEST_F(FluxClones, HaveCommitsSigned) {
  identity_.sign_commits = true;
  ASSERT_TRUE(ok(push()));
  EXPECT_THAT(commands("commit-tree"), ElementsAre(HasSubstr("-S")));
  machine_.runner.on(" commit-tree ", exited(128, "", "error: gpg failed to sign the data\n"));
  EXPECT_TRUE(fails(push(change_to("pr-2-abcdef0")), Code::sign_failed));
}

TEST_F(FluxClones, HaveSigningEndedEarlierThanOtherCommands) {
  identity_.sign_commits = true;
  ASSERT_TRUE(ok(push()));
  EXPECT_EQ(machine_.runner.limit_of(" commit-tree "), engine::kSigningLimit);
  time_limit_ = engine::kSigningLimit / 2;
  ASSERT_TRUE(ok(push(change_to("pr-2-abcdef0"))));
  EXPECT_EQ(machine_.runner.limit_of(" commit-tree "), time_limit_);
}

TEST_F(FluxClones, AreCompletedForARemoteThatTakesNothingFromAShallowOne) {
  git_.on_push = [refused = false]() mutable -> std::optional<ProcessResult> {
    return std::exchange(refused, true)
               ? std::nullopt
               : std::optional(exited(1,
                                      "!\tx:refs/heads/main\t[remote rejected] (shallow update "
                                      "not allowed)\n"));
  };
  ASSERT_TRUE(ok(push()));
  EXPECT_THAT(commands("fetch"), Contains(HasSubstr("--unshallow")));
}

TEST_F(FluxClones, TellOfAPushThatTheRemoteRefuses) {
  git_.on_push = [] {
    return std::optional(exited(1, "!\tx:refs/heads/main\t[remote rejected] (hook declined)\n",
                                "remote: ask the owners\n"));
  };
  const auto pushed = push();
  ASSERT_TRUE(fails(pushed, Code::rejected));
  EXPECT_THAT(pushed.error().message, HasSubstr("hook declined. ask the owners"));
}

TEST_F(FluxClones, WhoseWorkTreeCannotBeUpdatedWarn) {
  machine_.runner.on(" reset ",
                     exited(128, "", "fatal: Unable to create 'index.lock': File exists.\n"));
  const auto locked = push();
  ASSERT_TRUE(ok(locked));
  EXPECT_THAT(locked->warnings, ElementsAre(HasSubstr("; the next rollout corrects it. ")));
  machine_.runner.on(" reset ", exited(128, "", "fatal: something new\n"));
  const auto other = push(change_to("pr-2-abcdef0"));
  ASSERT_TRUE(ok(other));
  EXPECT_THAT(other->warnings, ElementsAre(AllOf(HasSubstr("is not up to date. Could not"),
                                                 HasSubstr("something new"))));
}

TEST_F(FluxClones, DoWithoutAFilterThatFails) {
  using std::string_literals::operator""s;
  fail_once("reset", exited(128, "", "error: external filter 'git-lfs smudge' failed 1\n"),
            always(exited(0, "")));
  machine_.runner.on("^filter", exited(0, "filter.lfs.smudge\ngit-lfs smudge\0"s));
  const auto pushed = push();
  ASSERT_TRUE(ok(pushed));
  EXPECT_THAT(pushed->warnings, ElementsAre(HasSubstr("git's filter 'lfs'")));
  EXPECT_THAT(machine_.runner.lines(), Contains(HasSubstr("filter.lfs.smudge= ")));
}

// Where the scan beside the push finds the work tree clean, only the changed file is touched.
TEST_F(FluxClones, WithALargeCleanWorkTreeAreAdvanced) {
  ASSERT_TRUE(ok(push()));
  git_.set_ref(kMain, *git_.pushed());
  git_.set_ref("refs/heads/main", *git_.pushed());
  const std::string index = (remote_.clone / ".git/index").string();
  std::ofstream(index) << std::string(200 << 10, 'x');
  const auto pushed = push(change_to("pr-2-abcdef0"));
  ASSERT_TRUE(ok(pushed));
  EXPECT_EQ(commands("status").size(), 1U);
  EXPECT_THAT(commands("checkout"), ElementsAre(HasSubstr(pushed->commit->text())));
  EXPECT_EQ(commands("reset").size(), 1U) << "the first push's";
  EXPECT_EQ(git_.ref("refs/heads/main"), pushed->commit);
  // What a person changed there is discarded by a reset.
  git_.set_ref(kMain, *pushed->commit);
  machine_.runner.on(" status ", exited(0, " M file"));
  ASSERT_TRUE(ok(push(change_to("pr-3-abcdef0"))));
  EXPECT_EQ(commands("reset").size(), 2U);
}

TEST_F(FluxClones, ArePackedWhenTheyHoldManyLooseObjects) {
  ASSERT_TRUE(ok(push()));
  for (int number = 10; number < 40; ++number) {
    machine_.directory.write(
        remote_.clone / ".git/objects/17" / (std::string(36, 'a') + std::to_string(number)), "x");
  }
  ASSERT_TRUE(ok(push(change_to("pr-2-abcdef0"))));
  EXPECT_EQ(commands("maintenance").size(), 1U);
  EXPECT_EQ(commands("prune-packed").size(), 1U);
  EXPECT_FALSE(fs::exists(remote_.clone / ".git/rollout-packing"));
  // One that failed is not tried again at once.
  machine_.runner.on(" maintenance ", exited(1, ""));
  ASSERT_TRUE(ok(push(change_to("pr-3-abcdef0"))));
  ASSERT_TRUE(ok(push(change_to("pr-4-abcdef0"))));
  EXPECT_EQ(commands("maintenance").size(), 2U);
}

TEST_F(FluxClones, WithManyPacksAreCollected) {
  ASSERT_TRUE(ok(push()));
  for (int number = 0; number < 51; ++number) {
    machine_.directory.write(
        remote_.clone / ".git/objects/pack" / ("pack-" + std::to_string(number) + ".pack"),
        std::string(32, 'x'));
  }
  ASSERT_TRUE(ok(push(change_to("pr-2-abcdef0"))));
  EXPECT_EQ(commands("gc").size(), 1U);
}

TEST_F(FluxClones, ReadTheManifestsOfTheHead) {
  auto repository = open();
  ASSERT_TRUE(ok(repository));
  EXPECT_TRUE(repository->is_new());
  const auto tree = repository->read_tree(call());
  ASSERT_TRUE(ok(tree));
  EXPECT_EQ(tree->branch, "main");
  EXPECT_NE(tree->manifests.find(test::kManifestFile), nullptr);
  const auto file = repository->read_file(tree->commit, test::repository_path(test::kManifestFile));
  ASSERT_TRUE(ok(file));
  EXPECT_EQ(*file, test::manifest("old"));
  EXPECT_TRUE(fails(repository->read_file(tree->commit, test::repository_path("nowhere.yaml")),
                    Code::bad_path));
  // The head that was fetched is the one that is pushed on.
  EXPECT_TRUE(ok(repository->push(change_to(kTag), identity_, call())));
  EXPECT_EQ(commands("fetch").size(), 1U);
}

TEST_F(FluxClones, BringManifestsThatWereLeftOutOverOneConnection) {
  git_.leave_out_blobs(true);
  auto repository = open();
  ASSERT_TRUE(ok(repository));
  ASSERT_TRUE(ok(repository->read_tree(call())));
  EXPECT_EQ(commands("diff-tree").size(), 1U);
  EXPECT_EQ(commands("cat-file").size(), 0U);
}

TEST_F(FluxClones, WhoseManifestsCannotBeBroughtSayWhy) {
  git_.leave_out_blobs(true);
  machine_.runner.on(" diff-tree ", exited(128, "", "fatal: Could not resolve host: h\n"));
  auto repository = open();
  ASSERT_TRUE(ok(repository));
  EXPECT_TRUE(fails(repository->read_tree(call()), Code::unreachable));
}

TEST_F(FluxClones, WhosePlaceSomethingElseTakesAreLeftAlone) {
  auto repository = open();
  ASSERT_TRUE(ok(repository));
  ASSERT_TRUE(ok(repository->fetch(call())));
  const fs::path aside = machine_.config() / "aside";
  git_.on_push = [&]() -> std::optional<ProcessResult> {
    fs::rename(remote_.clone, aside);
    fs::create_directories(remote_.clone / ".git");
    return exited(128, "", "fatal: the remote end hung up unexpectedly\n");
  };
  EXPECT_TRUE(fails(repository->push(change_to(kTag), identity_, call()), Code::unknown_outcome));
  EXPECT_THAT(commands("reset"), IsEmpty());
  EXPECT_TRUE(fails(repository->fetch(call()), Code::bad_config));
}

TEST_F(FluxClones, ThatCannotBeMadeAreRefused) {
  fs::create_directories(machine_.config());
  machine_.directory.write(machine_.config() / "flux-repos", "no directory");
  EXPECT_FALSE(open());
}

TEST_F(FluxClones, AreNotPushedFromByACancelledCall) {
  stop_.request_stop();
  EXPECT_TRUE(fails(push(), Code::cancelled));
  EXPECT_THAT(commands("push"), IsEmpty());
}

TEST_F(FluxClones, FailsWithTheRemoteAsItSays) {
  machine_.runner.on(" fetch ", exited(128, "", "fatal: Authentication failed for 'x'\n"));
  int told = 0;
  auto repository = open();
  ASSERT_TRUE(ok(repository));
  repository->begin_fetch(call(), [&] { ++told; });
  EXPECT_TRUE(fails(repository->push(change_to(kTag), identity_, call()), Code::auth_failed));
  EXPECT_EQ(told, 1);
}

TEST_F(FluxClones, HaveAScratchRepositoryToTrySomethingIn) {
  machine_.variables["TMPDIR"] = machine_.directory.path().string();
  fs::path path;
  {
    auto scratch = engine::ScratchRepository::make(engine::Environment(machine_.variables),
                                                   engine::RemoteUrl("x"));
    ASSERT_TRUE(ok(scratch));
    auto moved = std::move(*scratch);
    path = moved.path();
    EXPECT_TRUE(fs::is_directory(path / ".git"));
  }
  EXPECT_FALSE(fs::exists(path.parent_path()));
  machine_.variables["TMPDIR"] = "/nowhere";
  EXPECT_FALSE(engine::ScratchRepository::make(engine::Environment(machine_.variables),
                                               engine::RemoteUrl("x")));
}

}  // namespace
