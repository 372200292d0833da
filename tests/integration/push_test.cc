// What becomes of a push: lost, refused, broken off, arrived after all. The remote is a real one
// whose hooks bring the case about.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/flux/repository.h"
#include "tests/support/expect_ok.h"
#include "tests/support/git_sandbox.h"

namespace test {
namespace {

using engine::Change;
using engine::Code;
using engine::FluxRepository;
using engine::PushedChange;
using engine::Result;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// A clone that has fetched the remote's head and has not landed its change yet.
class Fetched {
 public:
  explicit Fetched(const GitSandbox& sandbox)
      : host_(sandbox), repository_(FluxRepository::open(host_.host, sandbox.flux_remote(), {})) {
    EXPECT_TRUE(ok(repository_));
    EXPECT_TRUE(ok(repository_->fetch({})));
  }

  Result<PushedChange> push(const Change& change, const engine::CallContext& call = {}) {
    return repository_->push(change, sandbox_identity(), call);
  }

 private:
  SandboxHost host_;
  Result<FluxRepository> repository_;
};

TEST(Push, LostToAnotherCommitIsMadeAnewOnTheNewHead) {
  const GitSandbox sandbox;
  Fetched clone(sandbox);
  const std::string other = sandbox.push_tag("pr-2-0000000", "Grace");
  const auto pushed = clone.push(change_to("pr-1-abcdef0"));
  ASSERT_TRUE(ok(pushed));
  EXPECT_EQ(pushed->attempts, 2);
  EXPECT_EQ(pushed->head.text(), other);
  EXPECT_EQ(pushed->edits.front().previous_tag, "pr-2-0000000");
  EXPECT_EQ(sandbox.git(sandbox.remote(), {"rev-parse", "main^"}), other);
  EXPECT_THAT(pushed->warnings, ElementsAre(AllOf(HasSubstr("Grace"), HasSubstr("'pr-2-0000000'"),
                                                  HasSubstr("ago"))));
}

TEST(Push, LostToACommitElsewhereWarnsOfNothing) {
  const GitSandbox sandbox;
  Fetched clone(sandbox);
  sandbox.push_tag("old", "Grace");
  const auto pushed = clone.push(change_to("pr-1-abcdef0"));
  ASSERT_TRUE(ok(pushed));
  EXPECT_EQ(pushed->attempts, 2);
  EXPECT_THAT(pushed->warnings, IsEmpty());
}

TEST(Push, LostToTheSameTagIsUnchanged) {
  const GitSandbox sandbox;
  Fetched clone(sandbox);
  const std::string other = sandbox.push_tag("pr-1-abcdef0", "Grace");
  const auto pushed = clone.push(change_to("pr-1-abcdef0"));
  ASSERT_TRUE(ok(pushed));
  EXPECT_FALSE(pushed->changed);
  EXPECT_FALSE(pushed->commit);
  EXPECT_EQ(sandbox.remote_head(), other);
}

TEST(Push, DoesNotBringBackWhatWasRewound) {
  const GitSandbox sandbox;
  const std::string good = sandbox.remote_head();
  const std::string bad = sandbox.push_tag("pr-9-bad0000");
  Fetched clone(sandbox);
  sandbox.git(sandbox.remote(), {"update-ref", "refs/heads/main", good});
  const auto pushed = clone.push(change_to("pr-1-abcdef0"));
  ASSERT_TRUE(ok(pushed));
  EXPECT_EQ(sandbox.git(sandbox.remote(), {"rev-parse", "main^"}), good);
  EXPECT_THAT(sandbox.git(sandbox.remote(), {"rev-list", "main"}), Not(HasSubstr(bad)));
}

TEST(Push, ShowsTheHeadThatTheChangeIsMadeOn) {
  const GitSandbox sandbox;
  Fetched clone(sandbox);
  Change change = change_to("pr-1-abcdef0");
  std::string branch;
  std::string there;
  std::string made;
  change.edits.front().examine = [&](const engine::HeadView& head,
                                     const engine::ManifestEdit& edit) {
    branch = head.branch;
    there = head.read_file(std::string(test::kManifestFile)).value_or("");
    made = edit.bytes;
  };
  ASSERT_TRUE(ok(clone.push(change)));
  EXPECT_EQ(branch, "main");
  EXPECT_EQ(there, manifest("old"));
  EXPECT_EQ(made, manifest("pr-1-abcdef0"));
}

// Moves main to the commit of `side` while the push is under way: once, or with every push.
std::string moves_main(const GitSandbox& sandbox, const std::string& condition) {
  return "unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES\n" +
         condition +
         " && git update-ref refs/heads/main $(git commit-tree -p main -m moved "
         "$(git rev-parse main^{tree}))\n" +
         "touch '" + (sandbox.path() / "moved").string() + "'\n";
}

TEST(Push, LostWhileTheRemoteReceivesIsMadeAgain) {
  const GitSandbox sandbox;
  Fetched clone(sandbox);
  sandbox.install_hook(
      "pre-receive", moves_main(sandbox, "[ ! -e '" + (sandbox.path() / "moved").string() + "' ]"));
  const auto pushed = clone.push(change_to("pr-1-abcdef0"));
  ASSERT_TRUE(ok(pushed));
  EXPECT_EQ(pushed->attempts, 2);
  EXPECT_EQ(sandbox.remote_manifest(), manifest("pr-1-abcdef0"));
}

TEST(Push, RefusedByAHookIsNotTriedAgain) {
  const GitSandbox sandbox;
  Fetched clone(sandbox);
  const std::string before = sandbox.remote_head();
  sandbox.install_hook("pre-receive",
                       "echo 'GH006: Protected branch update failed'; echo 'ask the owners'\n"
                       "echo x >> '" +
                           (sandbox.path() / "pushes").string() + "'; exit 1");
  const auto pushed = clone.push(change_to("pr-1-abcdef0"));
  ASSERT_TRUE(fails(pushed, Code::rejected));
  EXPECT_THAT(pushed.error().message,
              AllOf(HasSubstr("pre-receive hook declined"),
                    HasSubstr("GH006: Protected branch update failed ask the owners")));
  EXPECT_EQ(read_bytes(sandbox.path() / "pushes"), "x\n");
  EXPECT_EQ(sandbox.remote_head(), before);
}

TEST(Push, RefusedWithASecretInTheRemotesWordsDoesNotRepeatIt) {
  const GitSandbox sandbox;
  const std::string token = "glpat-" + std::string("0123456789abcdefghij");
  sandbox.install_hook("pre-receive", "echo 'the token " + token +
                                          " may not push'\n"
                                          "echo 'see https://ann:hunter2@flux.example/rules'\n"
                                          "exit 1");
  Fetched clone(sandbox);
  const auto pushed = clone.push(change_to("pr-1-abcdef0"));
  ASSERT_TRUE(fails(pushed, Code::rejected));
  std::string told = pushed.error().message + pushed.error().hint;
  for (const auto& [name, value] : pushed.error().details) {
    if (const auto* words = std::get_if<std::vector<std::string>>(&value)) {
      for (const std::string& word : *words) {
        told += "\n" + word;
      }
    }
  }
  EXPECT_THAT(told, HasSubstr("the token *** may not push"));
  EXPECT_THAT(told, Not(HasSubstr("0123456789")));
  EXPECT_THAT(told, Not(HasSubstr("hunter2")));
}

TEST(Push, RefusedByAnUpdateHookSaysWhy) {
  const GitSandbox sandbox;
  Fetched clone(sandbox);
  sandbox.install_hook("update", "echo 'no deploys on friday'; exit 1");
  const auto pushed = clone.push(change_to("pr-1-abcdef0"));
  ASSERT_TRUE(fails(pushed, Code::rejected));
  EXPECT_THAT(pushed.error().message, HasSubstr("no deploys on friday"));
}

TEST(Push, RefusedByAPolicyWhileMainMovesIsTriedOnceMore) {
  const GitSandbox sandbox;
  Fetched clone(sandbox);
  sandbox.install_hook("pre-receive", moves_main(sandbox, "true") +
                                          "echo 'not allowed'; echo x >> '" +
                                          (sandbox.path() / "pushes").string() + "'; exit 1");
  const auto pushed = clone.push(change_to("pr-1-abcdef0"));
  ASSERT_TRUE(fails(pushed, Code::rejected));
  EXPECT_THAT(pushed.error().message, HasSubstr("not allowed"));
  EXPECT_EQ(read_bytes(sandbox.path() / "pushes"), "x\nx\n");
}

TEST(Push, RefusedByAHookOnThisMachineSaysWhatTheHookSaid) {
  const GitSandbox sandbox;
  Fetched clone(sandbox);
  const auto hook = sandbox.path() / "hooks/pre-push";
  std::filesystem::create_directories(hook.parent_path());
  ASSERT_EQ(sandbox.shell(sandbox.path(),
                          "printf '#!/bin/sh\\necho run the tests first >&2; exit 1\\n' > '" +
                              hook.string() + "' && chmod +x '" + hook.string() + "'"),
            0);
  sandbox.configure("core.hooksPath", hook.parent_path().string());
  const auto pushed = clone.push(change_to("pr-1-abcdef0"));
  ASSERT_TRUE(fails(pushed, Code::rejected));
  EXPECT_THAT(pushed.error().message, HasSubstr("run the tests first"));
  EXPECT_THAT(pushed.error().hint, HasSubstr("pre-push"));
}

TEST(Push, BehindALockOfTheRemoteThatStaysIsRefusedAfterAFewAttempts) {
  const GitSandbox sandbox;
  Fetched clone(sandbox);
  ASSERT_EQ(sandbox.shell(sandbox.remote(), "touch refs/heads/main.lock"), 0);
  const auto pushed = clone.push(change_to("pr-1-abcdef0"));
  ASSERT_TRUE(fails(pushed, Code::rejected));
  EXPECT_THAT(pushed.error().message, HasSubstr("main.lock"));
  EXPECT_THAT(pushed.error().hint, HasSubstr("lock file"));
}

TEST(Push, NoticeOnSuccessIsAWarning) {
  const GitSandbox sandbox;
  sandbox.install_hook("post-receive", "echo 'Bypassed rule violations for refs/heads/main:'");
  Fetched clone(sandbox);
  const auto pushed = clone.push(change_to("pr-1-abcdef0"));
  ASSERT_TRUE(ok(pushed));
  EXPECT_THAT(pushed->warnings,
              ElementsAre("The remote says: Bypassed rule violations for refs/heads/main:"));
}

// receive-pack is the hook's parent: it dies with the update made and nothing answered.
constexpr std::string_view kDiesWhenUpdated = "[ \"$1\" != committed ] || kill -9 $PPID";

TEST(Push, WhoseConnectionBreaksAfterItArrivedHasLanded) {
  const GitSandbox sandbox;
  sandbox.install_hook("reference-transaction", kDiesWhenUpdated);
  Fetched clone(sandbox);
  const auto pushed = clone.push(change_to("pr-1-abcdef0"));
  ASSERT_TRUE(ok(pushed));
  EXPECT_TRUE(pushed->changed);
  EXPECT_EQ(pushed->attempts, 1);
  EXPECT_EQ(pushed->commit->text(), sandbox.remote_head());
}

TEST(Push, WhoseConnectionBreaksOnACancelledCallIsLookedAtNevertheless) {
  const GitSandbox sandbox;
  sandbox.install_hook("reference-transaction", kDiesWhenUpdated);
  Fetched clone(sandbox);
  std::stop_source stop;
  const engine::CallContext call{stop.get_token(), [&](std::string_view step) {
                                   if (step.starts_with("pushing")) {
                                     stop.request_stop();
                                   }
                                 }};
  const auto pushed = clone.push(change_to("pr-1-abcdef0"), call);
  ASSERT_TRUE(ok(pushed));
  EXPECT_EQ(pushed->commit->text(), sandbox.remote_head());
}

TEST(Push, WhoseConnectionBreaksBeforeItArrivedIsTriedAgain) {
  const GitSandbox sandbox;
  sandbox.install_hook("pre-receive", "[ -e died ] || { touch died; kill -9 $PPID; }");
  Fetched clone(sandbox);
  const auto pushed = clone.push(change_to("pr-1-abcdef0"));
  ASSERT_TRUE(ok(pushed));
  EXPECT_EQ(pushed->attempts, 2);
  EXPECT_EQ(pushed->commit->text(), sandbox.remote_head());
}

TEST(Push, WhoseConnectionAlwaysBreaksEndsAsUnreachable) {
  const GitSandbox sandbox;
  sandbox.install_hook("pre-receive", "kill -9 $PPID");
  Fetched clone(sandbox);
  const auto pushed = clone.push(change_to("pr-1-abcdef0"));
  ASSERT_TRUE(fails(pushed, Code::unreachable));
}

TEST(Push, ThatBrokeOffWithTheRemoteGoneHasAnUnknownOutcome) {
  const GitSandbox sandbox;
  Fetched clone(sandbox);
  sandbox.install_hook("reference-transaction", "[ \"$1\" != committed ] || mv '" +
                                                    sandbox.remote().string() + "' '" +
                                                    (sandbox.path() / "gone").string() + "'\n" +
                                                    std::string(kDiesWhenUpdated));
  const auto pushed = clone.push(change_to("pr-1-abcdef0"));
  ASSERT_TRUE(fails(pushed, Code::unknown_outcome));
  EXPECT_THAT(pushed.error().hint, HasSubstr("git log origin/main"));
}

TEST(Push, LostToAnotherWithTheRemoteGoneHasAnUnknownOutcome) {
  // Who was faster may have been this push: git's HTTP sends it again when its connection breaks.
  const GitSandbox sandbox;
  Fetched clone(sandbox);
  sandbox.git(sandbox.clone(), {"config", "remote.origin.uploadpack", "false"});
  ASSERT_EQ(sandbox.shell(sandbox.remote(), "touch refs/heads/main.lock"), 0);
  EXPECT_TRUE(fails(clone.push(change_to("pr-1-abcdef0")), Code::unknown_outcome));
}

TEST(Push, ToARemoteThatIsGoneIsNoDoubtfulOutcome) {
  const GitSandbox sandbox;
  Fetched clone(sandbox);
  std::filesystem::rename(sandbox.remote(), sandbox.path() / "gone");
  EXPECT_TRUE(fails(clone.push(change_to("pr-1-abcdef0")), Code::remote_not_found));
}

TEST(Push, BegunIsFinishedThoughTheCallIsCancelled) {
  const GitSandbox sandbox;
  Fetched clone(sandbox);
  std::stop_source stop;
  const engine::CallContext call{stop.get_token(), [&](std::string_view step) {
                                   if (step.starts_with("pushing")) {
                                     stop.request_stop();
                                   }
                                 }};
  ASSERT_TRUE(ok(clone.push(change_to("pr-1-abcdef0"), call)));
  EXPECT_EQ(sandbox.remote_manifest(), manifest("pr-1-abcdef0"));
}

TEST(Push, IsNotBegunByACancelledCall) {
  const GitSandbox sandbox;
  Fetched clone(sandbox);
  const std::string before = sandbox.remote_head();
  std::stop_source stop;
  stop.request_stop();
  EXPECT_TRUE(
      fails(clone.push(change_to("pr-1-abcdef0"), {stop.get_token(), {}}), Code::cancelled));
  EXPECT_EQ(sandbox.remote_head(), before);
}

TEST(Push, IsNotBegunByACallThatIsCancelledWhileTheChangeIsMade) {
  const GitSandbox sandbox;
  Fetched clone(sandbox);
  const std::string before = sandbox.remote_head();
  std::stop_source stop;
  Change change = change_to("pr-1-abcdef0");
  change.edits.front().edit = [&, edit = change.edits.front().edit](std::string_view bytes) {
    stop.request_stop();
    return edit(bytes);
  };
  EXPECT_TRUE(fails(clone.push(change, {stop.get_token(), {}}), Code::cancelled));
  EXPECT_EQ(sandbox.remote_head(), before);
}

TEST(Push, LostEveryTimeIsAConflictThatNamesTheWinner) {
  const GitSandbox sandbox;
  sandbox.install_hook("pre-receive",
                       "export GIT_AUTHOR_NAME=Grace GIT_AUTHOR_EMAIL=g@example.com "
                       "GIT_COMMITTER_NAME=Grace GIT_COMMITTER_EMAIL=g@example.com\n" +
                           moves_main(sandbox, "true"));
  // A clock that leaps: the two minutes are over after some attempts.
  class LeapingClock final : public engine::Clock {
   public:
    TimePoint now() const override { return now_; }
    bool sleep(std::chrono::milliseconds /*duration*/, const std::stop_token& /*stop*/) override {
      now_ += std::chrono::seconds(50);
      return true;
    }

   private:
    TimePoint now_{};
  };
  LeapingClock clock;
  SandboxHost real(sandbox);
  const engine::Host host{.environment = sandbox.environment(),
                          .working_directory = sandbox.path(),
                          .executable = {},
                          .services_file = {},
                          .runner = real.runner,
                          .clock = clock};
  auto repository = FluxRepository::open(host, sandbox.flux_remote(), {});
  ASSERT_TRUE(ok(repository));
  const auto pushed = repository->push(change_to("pr-1-abcdef0"), sandbox_identity(), {});
  ASSERT_TRUE(fails(pushed, Code::conflict));
  EXPECT_THAT(pushed.error().message, AllOf(HasSubstr("4 times"), HasSubstr("Grace")));
}

}  // namespace
}  // namespace test
