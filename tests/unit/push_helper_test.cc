// What git's remote helper is told, what it answers, and where it is asked at all.
#include "engine/git/push_helper.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/git/push_result.h"
#include "tests/support/scripted_runner.h"

namespace {

using engine::CommitId;
using engine::HelperAnswers;
using engine::PushResult;
using engine::RemoteUrl;
using testing::Eq;
using testing::Optional;
using Kind = PushResult::Kind;
using Settings = std::vector<std::pair<std::string, std::string>>;

const CommitId& old_head() {
  static const CommitId id = *CommitId::parse(std::string(40, 'a'));
  return id;
}
const CommitId& commit() {
  static const CommitId id = *CommitId::parse(std::string(40, 'b'));
  return id;
}

// What git 2.39.5 writes.
const std::string kCapabilities =
    "stateless-connect\nfetch\nget\noption\npush\ncheck-connectivity\nobject-format\n\n";
const std::string kListed = kCapabilities + "ok\nok\n" + std::string(40, 'c') +
                            " refs/heads/mainly\n" + std::string(40, 'a') + " refs/heads/main\n\n";

PushResult parse(const std::string& said) {
  const std::string out = engine::porcelain_of(said, "main", commit());
  return engine::parse_push(test::exited(0, out), "refs/heads/main");
}

TEST(PushHelper, IsToldWhatToPushAndOnWhat) {
  EXPECT_EQ(engine::helper_push("main", commit(), old_head()),
            "option cas refs/heads/main:" + old_head().text() + "\npush " + commit().text() +
                ":refs/heads/main\n\n\n");
}

TEST(HelperAnswers, TellWhereTheBranchIsHoweverTheyAreCut) {
  for (std::size_t size = 1; size <= kListed.size(); ++size) {
    HelperAnswers answers("main");
    for (std::size_t at = 0; at < kListed.size(); at += size) {
      EXPECT_FALSE(answers.has_listed());
      answers.read(std::string_view(kListed).substr(at, size));
    }
    EXPECT_TRUE(answers.has_listed());
    EXPECT_THAT(answers.tip(), Optional(old_head()));
    answers.read("ok\nok refs/heads/");
    answers.read("main\n\n");
    EXPECT_EQ(answers.of_push(), "ok\nok refs/heads/main\n\n");
  }
}

TEST(HelperAnswers, AreReadToTheEndOfTheListInOnePiece) {
  HelperAnswers answers("main");
  answers.read(kListed + "ok\nok refs/heads/main\n\n");
  EXPECT_EQ(answers.of_push(), "ok\nok refs/heads/main\n\n");
}

TEST(HelperAnswers, NameNoTipOfABranchThatIsNotThere) {
  HelperAnswers answers("trunk");
  answers.read(kListed);
  EXPECT_TRUE(answers.has_listed());
  EXPECT_EQ(answers.tip(), std::nullopt);
}

TEST(HelperAnswers, PassOverRefsAndLinesOfAnyLength) {
  HelperAnswers answers("main");
  answers.read(kCapabilities + "ok\nunsupported\n");
  for (int i = 0; i < 1000; ++i) {
    answers.read(std::string(100'000, 'x'));
  }
  answers.read(" refs/heads/main\n:object-format sha1\n@refs/heads/main HEAD\n? refs/heads/main\n" +
               old_head().text() + " refs/heads/main\n\n");
  EXPECT_TRUE(answers.has_listed());
  EXPECT_THAT(answers.tip(), Optional(old_head()));
}

TEST(HelperAnswers, OfAHelperThatCannotPushOrSaysSomethingElseAreNoList) {
  for (const std::string& said :
       {std::string("fetch\noption\n\nok\nok\n\n"), kCapabilities + "ok\nerror what\n\n\n",
        std::string("\n\n\n\n"),
        kCapabilities + "ok\n" + old_head().text() + " refs/heads/main\n\n"}) {
    HelperAnswers answers("main");
    answers.read(said);
    EXPECT_FALSE(answers.has_listed()) << said;
  }
}

TEST(HelperAnswers, KeepNoMoreOfThePushThanIsSaidOfOneRef) {
  HelperAnswers answers("main");
  answers.read(kListed);
  for (int i = 0; i < 10; ++i) {
    answers.read(std::string(50'000, 'x'));
  }
  EXPECT_EQ(answers.of_push().size(), 65'536U);
}

TEST(PorcelainOfHelper, IsWhatGitPushSays) {
  EXPECT_EQ(parse("ok\nok refs/heads/main\n\n").kind, Kind::pushed);
  EXPECT_EQ(parse("ok\nok refs/heads/main\n\n").ref, "refs/heads/main");
  EXPECT_EQ(parse("ok refs/heads/main\noption refname refs/heads/other\n\n").kind, Kind::pushed);
  EXPECT_EQ(parse("ok refs/heads/main \"up to date\"\n\n").kind, Kind::up_to_date);
  EXPECT_EQ(parse("ok refs/heads/main up to date\n\n").kind, Kind::up_to_date);
}

TEST(PorcelainOfHelper, TellsTheLostLeaseFromTheRemotesRefusal) {
  for (const char* const why : {"stale info", "fetch first", "\"non-fast forward\""}) {
    const PushResult lost = parse(std::string("error refs/heads/main ") + why + "\n\n");
    EXPECT_EQ(lost.kind, Kind::rejected) << why;
  }
  EXPECT_EQ(parse("error refs/heads/main stale info\n\n").reason, "stale info");
  const PushResult moved = parse("error refs/heads/main failed to update ref\n\n");
  EXPECT_EQ(moved.kind, Kind::remote_rejected);
  EXPECT_TRUE(moved.lost_race());
  const PushResult refused =
      parse("error refs/heads/main \"pre-receive hook \\\"x\\\" (declined)\"\n");
  EXPECT_EQ(refused.kind, Kind::remote_rejected);
  EXPECT_EQ(refused.reason, "pre-receive hook \"x\" (declined)");
  EXPECT_TRUE(refused.is_refused_by_policy());
  EXPECT_EQ(parse("error refs/heads/main\n\n").kind, Kind::remote_rejected);
}

TEST(PorcelainOfHelper, IsNoneWithoutALineAboutTheRef) {
  for (const char* const said :
       {"", "ok\n\n", "ok refs/heads/mainly\n", "error refs/heads/ma in\n"}) {
    EXPECT_EQ(engine::porcelain_of(said, "main", commit()), "") << said;
    EXPECT_EQ(parse(said).kind, Kind::no_answer) << said;
  }
}

constexpr const char* kUrl = "https://git.example/flux.git";

// Those of every clone, and more.
std::optional<std::string> scheme_with(Settings more, const std::string& url = kUrl) {
  more.insert(more.begin(), {{"remote.origin.url", url},
                             {"remote.origin.fetch", "+refs/heads/main:refs/remotes/origin/main"}});
  return engine::helper_scheme(more, RemoteUrl(url));
}

TEST(HelperScheme, IsThatOfTheAddressThatIsPushedTo) {
  EXPECT_THAT(scheme_with({}), Optional(Eq("https")));
  EXPECT_THAT(scheme_with({}, "http://git.example/flux.git"), Optional(Eq("http")));
  EXPECT_THAT(scheme_with({{"url.https://other.example/.insteadof", "https://git.example/"}}),
              Optional(Eq("https")));
  EXPECT_THAT(scheme_with({{"remote.origin.proxy", "http://proxy.example"},
                           {"remote.origin.promisor", "true"}}),
              Optional(Eq("https")));
}

TEST(HelperScheme, IsNoneForAnotherTransport) {
  EXPECT_EQ(scheme_with({}, "git://git.example/flux.git"), std::nullopt);
  EXPECT_EQ(scheme_with({{"url.git@git.example:.insteadof", "https://git.example/"}}),
            std::nullopt);
  EXPECT_EQ(scheme_with({{"url./srv/.insteadof", "https://git.example/"}}), std::nullopt);
}

TEST(HelperScheme, IsNoneWhereGitPushGoesElsewhereOrDoesMore) {
  for (const char* const key :
       {"core.hookspath", "hook.scan.command", "push.gpgsign", "push.pushoption",
        "remote.origin.pushurl", "remote.origin.mirror", "remote.origin.vcs", "remote.origin.push",
        "remote.origin.receivepack", "remote.origin.somethingnew", "remote.origin.url"}) {
    EXPECT_EQ(scheme_with({{key, "value"}}), std::nullopt) << key;
  }
  EXPECT_EQ(scheme_with({{"url.https://other.example/.pushinsteadof", "https://git.example/"}}),
            std::nullopt);
  EXPECT_EQ(engine::helper_scheme({}, RemoteUrl(kUrl)), std::nullopt);
}

}  // namespace
