// The pull refs in what `git ls-remote` lists. tests/remotes/pull_refs.test.mjs has real remotes.
#include "engine/forge/pull_refs.h"

#include <string>

#include <gtest/gtest.h>

namespace {

using engine::CommitId;
using engine::number_of_pull_ref;
using engine::PullRefReader;
using engine::PullRequestsOfCommit;

const std::string kHead(40, 'a');
const std::string kUpstream(40, 'b');
const std::string kOther(40, 'c');

std::string line(const std::string& id, const std::string& ref) {
  return id + "\t" + ref + "\n";
}

PullRefReader reader(const std::string& upstream = "") {
  return {*CommitId::parse(kHead), CommitId::parse(upstream)};
}

PullRefReader read(const std::string& list, const std::string& upstream = "") {
  PullRefReader refs = reader(upstream);
  refs.read(list);
  return refs;
}

std::int64_t highest(const PullRequestsOfCommit& of) {
  return of.highest ? of.highest->value() : 0;
}

TEST(PullRefs, AreThoseOfThreeForms) {
  EXPECT_EQ(number_of_pull_ref("refs/pull/42/head")->value(), 42);
  EXPECT_EQ(number_of_pull_ref("refs/merge-requests/7/head")->value(), 7);
  EXPECT_EQ(number_of_pull_ref("refs/pull-requests/1/from")->value(), 1);
  EXPECT_EQ(number_of_pull_ref("refs/pull/9007199254740991/head")->value(), 9007199254740991);
}

// git's patterns match at the end of a name, and their `*` any number of components.
TEST(PullRefs, NoOtherNameIsTakenForOne) {
  for (const char* name : {"",
                           "refs/pull//head",
                           "refs/pull/head",
                           "refs/pull/42",
                           "refs/pull/42/merge",
                           "refs/pull/42/from",
                           "refs/pull-requests/42/head",
                           "refs/pull-requests/42/merge",
                           "refs/merge-requests/42/merge",
                           "refs/pull/0/head",
                           "refs/pull/007/head",
                           "refs/pull/-1/head",
                           "refs/pull/+1/head",
                           "refs/pull/ 1/head",
                           "refs/pull/1 /head",
                           "refs/pull/1.5/head",
                           "refs/pull/1e3/head",
                           "refs/pull/0x1/head",
                           "refs/pull/a/head",
                           "refs/pull/1/2/head",
                           "refs/pull/1/head/head",
                           "refs/heads/refs/pull/42/head",
                           "refs/heads/pull/42/head",
                           "refs/tags/refs/pull/42/head",
                           "xrefs/pull/42/head",
                           "refs/Pull/42/head",
                           "refs/pull/42/head^{}",
                           "refs/pull/42/head ",
                           "refs/pull/9007199254740992/head",
                           "refs/pull/99999999999999999999/head"}) {
    EXPECT_FALSE(number_of_pull_ref(name)) << name;
    EXPECT_FALSE(read(line(kHead, name)).has_any()) << name;
  }
}

TEST(PullRefs, TheNumberIsThatWhoseCommitIsHead) {
  const auto refs = read(line(kOther, "refs/pull/50/head") + line(kHead, "refs/pull/42/head") +
                         line(kOther, "refs/pull/7/head"));
  EXPECT_EQ(highest(refs.of_head()), 42);
  EXPECT_FALSE(refs.of_head().several);
}

TEST(PullRefs, OfSeveralNumbersTheHighestIsTaken) {
  for (const auto* const order : {"9 10 2", "10 9 2", "2 9 10"}) {
    std::string list;
    for (std::string_view rest = order; !rest.empty();) {
      const std::string number(rest.substr(0, rest.find(' ')));
      list += line(kHead, "refs/pull/" + number + "/head");
      rest.remove_prefix(std::min(rest.size(), number.size() + 1));
    }
    EXPECT_EQ(highest(read(list).of_head()), 10) << order;
    EXPECT_TRUE(read(list).of_head().several) << order;
  }
}

TEST(PullRefs, OneNumberInTwoFormsIsNotSeveral) {
  const auto refs =
      read(line(kHead, "refs/pull/42/head") + line(kHead, "refs/merge-requests/42/head"));
  EXPECT_EQ(highest(refs.of_head()), 42);
  EXPECT_FALSE(refs.of_head().several);
}

TEST(PullRefs, TheUpstreamsAreKeptApart) {
  const std::string list =
      line(kUpstream, "refs/pull/8/head") + line(kUpstream, "refs/pull/9/head");
  EXPECT_EQ(highest(read(list, kUpstream).of_head()), 0);
  EXPECT_EQ(highest(read(list, kUpstream).of_upstream()), 9);
  EXPECT_TRUE(read(list, kUpstream).of_upstream().several);
  EXPECT_EQ(highest(read(list).of_upstream()), 0);
  const auto both = read(line(kHead, "refs/pull/3/head"), kHead);
  EXPECT_EQ(highest(both.of_head()), 3);
  EXPECT_EQ(highest(both.of_upstream()), 3);
}

TEST(PullRefs, OfOtherCommitsAreAnAnswerAsWell) {
  EXPECT_FALSE(reader().has_any());
  EXPECT_TRUE(read(line(kOther, "refs/pull/8/head")).has_any());
  EXPECT_FALSE(read(line(kOther, "refs/heads/main") + line(kHead, "refs/heads/x")).has_any());
}

TEST(PullRefs, AListMayBeCutAnywhere) {
  const std::string list = line(kOther, "refs/pull/50/head") + line(kHead, "refs/pull/42/head") +
                           line(kHead, "refs/pull/41/head") + line(kUpstream, "refs/pull/7/head");
  for (std::size_t cut = 0; cut <= list.size(); ++cut) {
    for (const std::size_t more : {std::size_t{0}, std::size_t{1}, std::size_t{30}}) {
      PullRefReader refs = reader(kUpstream);
      const std::size_t second = std::min(list.size(), cut + more);
      refs.read(std::string_view(list).substr(0, cut));
      refs.read(std::string_view(list).substr(cut, second - cut));
      refs.read(std::string_view(list).substr(second));
      EXPECT_EQ(highest(refs.of_head()), 42) << cut;
      EXPECT_TRUE(refs.of_head().several) << cut;
      EXPECT_EQ(highest(refs.of_upstream()), 7) << cut;
    }
  }
}

TEST(PullRefs, ALineThatIsNoneIsPassedOver) {
  const std::string long_name = "refs/pull/" + std::string(100'000, '1') + "/head";
  for (const std::string& bad :
       {std::string("\n"), std::string("warning: redirecting to https://x/\n"),
        line("", "refs/pull/66/head"), line(kHead + "0", "refs/pull/66/head"),
        line(kHead.substr(1), "refs/pull/66/head"), kHead + " refs/pull/66/head\n",
        line(kHead, "\trefs/pull/66/head"), line(kHead, long_name),
        line(std::string(40, 'A'), "refs/pull/66/head"), std::string(1, '\0') + "\n",
        line(kHead, "refs/pull/6\x1b[2J/head")}) {
    PullRefReader refs = reader();
    for (std::size_t at = 0; at < bad.size(); at += 100) {
      refs.read(std::string_view(bad).substr(at, 100));
    }
    EXPECT_EQ(highest(refs.of_head()), 0) << bad.substr(0, 200);
    refs.read(line(kHead, "refs/pull/42/head"));
    EXPECT_EQ(highest(refs.of_head()), 42) << bad.substr(0, 200);
  }
}

TEST(PullRefs, AnEndThatLacksItsNewlineIsNotALine) {
  EXPECT_EQ(highest(read(kHead + "\trefs/pull/4/head").of_head()), 0);
}

TEST(PullRefs, AnIdOfSha256IsCompared) {
  const std::string id(64, 'd');
  PullRefReader refs(*CommitId::parse(id), std::nullopt);
  refs.read(line(id, "refs/merge-requests/9007199254740991/head"));
  EXPECT_EQ(highest(refs.of_head()), 9007199254740991);
}

}  // namespace
