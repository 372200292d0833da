// Which commits changed the value of a place, by real histories: the value counts, and not the
// file.
#include <filesystem>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/git/object_store.h"
#include "engine/manifest/edit.h"
#include "tests/support/tag_history.h"

namespace {

namespace fs = std::filesystem;

using engine::CommitId;
using engine::GitObjectStore;
using engine::PastValues;
using testing::ElementsAre;
using testing::IsEmpty;
using End = engine::PastValues::End;

class PastValuesTest : public test::TagHistory {
 protected:
  void set_other(const std::string& author) const {
    write("other/" + author, "x");
    commit(author);
  }
  void branch(const std::string& name) const { git({"checkout", "--quiet", "-b", name}); }
  void go(const std::string& name) const { git({"checkout", "--quiet", name}); }
  // Merges with the file as it shall be afterwards, where that is no matter of the merge itself.
  void merge(const std::string& name, const std::string& backend = "") const {
    if (backend.empty()) {
      git({"-c", "user.name=Merger", "merge", "--quiet", "--no-ff", "-m", "merge", name});
      return;
    }
    sandbox_.shell(work_, "git merge --quiet --no-ff --no-commit " + name + " >/dev/null 2>&1");
    set("Merger", backend);
  }

  static std::optional<std::string> read(std::string_view bytes) {
    return engine::read_image_tag(kFile, bytes, {.image_name = "backend"}).value_or(std::nullopt);
  }

  PastValues find(
      const fs::path& repository, std::size_t limit = 50,
      const std::function<bool()>& go_on = [] { return true; },
      const engine::KnownPastValues* known = nullptr) const {
    const auto store = GitObjectStore::open(repository);
    const auto head = CommitId::parse(git({"rev-parse", "HEAD"}, repository));
    const engine::ReadValue reading = read;
    return store->past_values(*head, {test::repository_path(kFile), reading, limit, go_on, known});
  }
  static std::string text_of(const std::optional<engine::PastValue>& value) {
    return value ? value->text() : "-";
  }
  static std::vector<std::string> words(const PastValues& found) {
    std::vector<std::string> out;
    for (const engine::ValueChange& change : found.changes) {
      out.push_back(change.by.author + ": " + text_of(change.previous) + " > " +
                    text_of(change.value));
    }
    return out;
  }
  // "Alice: v0 > v1" for each change.
  std::vector<std::string> changes() const { return words(find(work_)); }
};

TEST_F(PastValuesTest, AreListedNewestFirst) {
  set("Founder", "v0");
  set("Alice", "v1");
  set_other("Bob");
  set("Carol", "v2");
  const PastValues found = find(work_);
  EXPECT_THAT(words(found), ElementsAre("Carol: v1 > v2", "Alice: v0 > v1", "Founder: - > v0"));
  EXPECT_EQ(found.end, End::beginning);
  EXPECT_EQ(found.changes.front().commit.text(), git({"rev-parse", "HEAD"}));
  EXPECT_EQ(found.changes.front().message, "by Carol");
  EXPECT_EQ(std::to_string(found.changes.front().by.time), git({"log", "-1", "--format=%ct"}));
}

TEST_F(PastValuesTest, AreThoseOfThePlaceAndNotOfTheFile) {
  set("Founder", "v0", "w0");
  set("Bob", "v0", "w1");
  set("Alice", "v1", "w1");
  set("Carol", "v1", "w2");
  write(kFile, "# a comment\n" + entries("v1", "w2"));
  commit("Dave");
  EXPECT_THAT(changes(), ElementsAre("Alice: v0 > v1", "Founder: - > v0"));
}

TEST_F(PastValuesTest, HaveAValueThatWasSetTwiceTwice) {
  set("Founder", "v0");
  set("Alice", "v1");
  set("Bob", "v2");
  git({"-c", "user.name=Reverter", "revert", "--no-edit", "HEAD"});
  set("Alice", "v1", "w2");
  EXPECT_THAT(changes(), ElementsAre("Reverter: v2 > v1", "Bob: v1 > v2", "Alice: v0 > v1",
                                     "Founder: - > v0"));
}

TEST_F(PastValuesTest, HaveTimesWithoutAValue) {
  set_other("Founder");
  set("Alice", "v1");
  git({"rm", "--quiet", kFile});
  commit("Bob");
  set("Carol", "v1");
  write(kFile, "images: [\n");
  commit("Dave");
  EXPECT_THAT(changes(),
              ElementsAre("Dave: v1 > -", "Carol: - > v1", "Bob: v1 > -", "Alice: - > v1"));
}

TEST_F(PastValuesTest, OfAPlaceThatNeverHadOneAreNone) {
  set_other("Founder");
  write(kFile, "images:\n  - name: backend\n    newName: other\n");
  commit("Alice");
  const PastValues found = find(work_);
  EXPECT_THAT(found.changes, IsEmpty());
  EXPECT_EQ(found.end, End::beginning);
}

TEST_F(PastValuesTest, AreNoMoreThanWereAskedFor) {
  set("Founder", "v0");
  set("Alice", "v1");
  set("Bob", "v2");
  const PastValues found = find(work_, 2);
  EXPECT_THAT(words(found), ElementsAre("Bob: v1 > v2", "Alice: v0 > v1"));
  EXPECT_EQ(found.end, End::limit);
}

TEST_F(PastValuesTest, ThatCameByAMergeAreTheMergedCommits) {
  set("Founder", "v0");
  branch("side");
  set("Alice", "v1");
  set("Bob", "v2");
  go("main");
  set_other("Carol");
  merge("side");
  set("Dave", "v3");
  EXPECT_THAT(changes(),
              ElementsAre("Dave: v2 > v3", "Bob: v1 > v2", "Alice: v0 > v1", "Founder: - > v0"));
}

TEST_F(PastValuesTest, OfAPullWithoutRebaseAreAllThere) {
  set("Founder", "v0");
  branch("theirs");
  set("Alice", "v1");
  set("Bob", "v2");
  go("main");
  set_other("Local");
  // The person's own commits are the first parent.
  merge("theirs");
  EXPECT_THAT(changes(), ElementsAre("Bob: v1 > v2", "Alice: v0 > v1", "Founder: - > v0"));
}

TEST_F(PastValuesTest, OfTheBranchItselfStayWhereAMergeReplacesThem) {
  set("Founder", "v0");
  branch("side");
  set("Alice", "v1");
  go("main");
  set("Bob", "v2");
  merge("side", "v1");
  EXPECT_THAT(changes(), ElementsAre("Alice: v2 > v1", "Bob: v0 > v2", "Founder: - > v0"));
}

TEST_F(PastValuesTest, AreNotThoseOfASideThatAMergeDidNotTake) {
  set("Founder", "v0");
  branch("side");
  set("Alice", "v1");
  go("main");
  set("Bob", "v2");
  merge("side", "v2");
  EXPECT_THAT(changes(), ElementsAre("Bob: v0 > v2", "Founder: - > v0"));
}

TEST_F(PastValuesTest, OfAMergeThatChoseOneOfItsOwnAreTheMerges) {
  set("Founder", "v0");
  branch("side");
  set_other("Alice");
  go("main");
  set("Bob", "v2");
  git({"merge", "--quiet", "--no-ff", "--no-commit", "side"});
  set("Merger", "v0");
  EXPECT_THAT(changes(), ElementsAre("Merger: v2 > v0", "Bob: v0 > v2", "Founder: - > v0"));
  branch("more");
  set_other("Carol");
  go("main");
  git({"merge", "--quiet", "--no-ff", "--no-commit", "more"});
  set("Merger", "v9");
  EXPECT_EQ(changes().front(), "Merger: v0 > v9");
}

TEST_F(PastValuesTest, GoThroughUnrelatedHistories) {
  set("Founder", "v0");
  git({"checkout", "--quiet", "--orphan", "other"});
  set("Stranger", "v7");
  go("main");
  sandbox_.shell(work_,
                 "git merge --quiet --no-commit --allow-unrelated-histories other"
                 " >/dev/null 2>&1");
  set("Merger", "v7");
  EXPECT_THAT(changes(), ElementsAre("Stranger: v0 > v7", "Founder: - > v0"));
}

TEST_F(PastValuesTest, FollowAFileThatWasRenamed) {
  write("old/k.yaml", entries("v0"));
  commit("Founder");
  write("old/k.yaml", entries("v1"));
  commit("Alice");
  git({"mv", "old/k.yaml", kFile});
  commit("Mover");
  set("Bob", "v2");
  EXPECT_THAT(changes(), ElementsAre("Bob: v1 > v2", "Alice: v0 > v1", "Founder: - > v0"));
}

TEST_F(PastValuesTest, FollowAFileThatWasRenamedAndChangedAtOnce) {
  write("old/k.yaml", entries("v0"));
  write("old/other.yaml", "kind: Service\n");
  commit("Founder");
  git({"mv", "old/k.yaml", kFile});
  git({"rm", "--quiet", "old/other.yaml"});
  set("Mover", "v1", "w1");
  EXPECT_THAT(changes(), ElementsAre("Mover: v0 > v1", "Founder: - > v0"));
}

// What git calls a rename, and nothing else: another environment's file is no history of this one.
TEST_F(PastValuesTest, DoNotFollowAnotherFileThatWentAtTheSameTime) {
  const std::string text = "# The staging environment has rules of its own.\n";
  write("staging/k.yaml", text + text + text + text + "# of staging\n" + entries("staging-1"));
  commit("Founder");
  git({"rm", "--quiet", "staging/k.yaml"});
  write(kFile, "images: [{name: backend, newTag: v1}]\n");
  commit("Dana");
  EXPECT_THAT(changes(), ElementsAre("Dana: - > v1"));
}

TEST_F(PastValuesTest, DoNotFollowAFileThatGitSaysBecameAnother) {
  write("a/k.yaml", "# of a\n" + entries("v1"));
  commit("Founder");
  git({"mv", "a/k.yaml", "a/moved.yaml"});
  write("a/moved.yaml", "# of a\n" + entries("v1", "v2"));
  write(kFile, "# of apps, which is another one\n" + entries("v3", "v4"));
  commit("Dana");
  EXPECT_THAT(changes(), ElementsAre("Dana: - > v3"));
}

TEST_F(PastValuesTest, FollowAFileThatOneSideOfAMergeRenamed) {
  write("old/k.yaml", entries("v0"));
  commit("Founder");
  branch("side");
  git({"mv", "old/k.yaml", kFile});
  commit("Mover");
  go("main");
  write("old/k.yaml", entries("v1"));
  commit("Alice");
  merge("side");
  set("Bob", "v2");
  EXPECT_THAT(changes(), ElementsAre("Bob: v1 > v2", "Alice: v0 > v1", "Founder: - > v0"));
}

TEST_F(PastValuesTest, FollowASideThatRenamedAndSetIt) {
  write("old/k.yaml", entries("v0"));
  commit("Founder");
  branch("side");
  git({"mv", "old/k.yaml", kFile});
  commit("Mover");
  set("Alice", "v1");
  go("main");
  set_other("Carol");
  merge("side");
  EXPECT_THAT(changes(), ElementsAre("Alice: v0 > v1", "Founder: - > v0"));
}

TEST_F(PastValuesTest, HaveTheValueOfTheHead) {
  set("Founder", "v0");
  set("Alice", "v1");
  EXPECT_EQ(find(work_).value->text(), "v1");
  EXPECT_EQ(find(work_).changes.front().by.email, git({"log", "-1", "--format=%ae"}));
}

TEST_F(PastValuesTest, DoNotGuessWhichFileWasRenamed) {
  write("a/k.yaml", entries("v1"));
  write("b/k.yaml", entries("v1"));
  commit("Founder");
  git({"mv", "a/k.yaml", kFile});
  git({"rm", "--quiet", "b/k.yaml"});
  commit("Mover");
  EXPECT_THAT(changes(), ElementsAre("Mover: - > v1"));
}

TEST_F(PastValuesTest, OfACopyBeginWithTheCopy) {
  write("a/k.yaml", entries("v1"));
  commit("Founder");
  write(kFile, entries("v1"));
  commit("Copier");
  EXPECT_THAT(changes(), ElementsAre("Copier: - > v1"));
}

TEST_F(PastValuesTest, SayWhereAShallowCloneEnds) {
  set("Founder", "v0");
  set("Alice", "v1");
  set("Bob", "v2");
  const fs::path clone = sandbox_.path() / "shallow";
  git({"clone", "--quiet", "--depth=2", "file://" + work_.string(), clone.string()},
      sandbox_.path());
  const PastValues found = find(clone);
  EXPECT_THAT(words(found), ElementsAre("Bob: v1 > v2"));
  EXPECT_EQ(found.end, End::no_more_history);
  EXPECT_EQ(found.at->text(), git({"rev-parse", "HEAD~1"}));
}

TEST_F(PastValuesTest, SayThatTheShallowEndHidesWhatAMergeDid) {
  set("Founder", "v0");
  branch("side");
  set("Alice", "v1");
  go("main");
  set_other("Carol");
  merge("side");
  const fs::path clone = sandbox_.path() / "shallow";
  git({"clone", "--quiet", "--depth=2", "file://" + work_.string(), clone.string()},
      sandbox_.path());
  const PastValues found = find(clone);
  EXPECT_THAT(found.changes, IsEmpty());
  EXPECT_EQ(found.end, End::no_more_history);
}

TEST_F(PastValuesTest, NameTheFileThatAPartialCloneLacks) {
  git({"config", "uploadpack.allowFilter", "true"});
  set("Founder", "v0");
  const std::string missing = git({"rev-parse", "HEAD:" + std::string(kFile)});
  set("Alice", "v1");
  const fs::path clone = sandbox_.path() / "partial";
  git({"clone", "--quiet", "--filter=blob:none", "file://" + work_.string(), clone.string()},
      sandbox_.path());
  fs::rename(work_, sandbox_.path() / "gone");
  const PastValues found = find(clone);
  EXPECT_THAT(found.changes, IsEmpty());
  EXPECT_EQ(found.end, End::object_missing);
  EXPECT_EQ(found.missing, missing);
}

TEST_F(PastValuesTest, AreFitToBeShown) {
  set("A\x1b[31ml\u202eice", "v1");
  write(kFile, entries("v2"));
  git({"add", "."});
  git({"commit", "--quiet", "-m",
       "\x1b[2Jpassword=hunter2 \u202e" + std::string(500, 'x') + "\n\nmore"});
  const PastValues found = find(work_);
  EXPECT_EQ(found.changes.back().by.author, "Alice");
  const std::string& message = found.changes.front().message;
  EXPECT_TRUE(message.starts_with("password=*** xxx")) << message;
  EXPECT_LT(message.size(), 300U);
}

TEST_F(PastValuesTest, EndWhenTheyAreToldTo) {
  set("Founder", "v0");
  set("Alice", "v1");
  set("Bob", "v2");
  int left = 1;
  const PastValues found = find(work_, 50, [&] { return left-- > 0; });
  EXPECT_THAT(words(found), ElementsAre("Bob: v1 > v2"));
  EXPECT_EQ(found.end, End::stopped);
}

TEST_F(PastValuesTest, ThatAreKnownAreNotReadAgain) {
  set("Founder", "v0");
  set("Alice", "v1");
  engine::KnownPastValues known{*CommitId::parse(git({"rev-parse", "HEAD"})), find(work_)};
  known.values.changes.front().by.author = "Cached";
  set("Bob", "v2");
  const auto with_known = [&](std::size_t limit) {
    return words(find(
        work_, limit, [] { return true; }, &known));
  };
  EXPECT_THAT(with_known(50), ElementsAre("Bob: v1 > v2", "Cached: v0 > v1", "Founder: - > v0"));
  EXPECT_THAT(with_known(2), ElementsAre("Bob: v1 > v2", "Cached: v0 > v1"));
  known.values.changes.pop_back();
  known.values.end = End::limit;
  EXPECT_THAT(with_known(2), ElementsAre("Bob: v1 > v2", "Cached: v0 > v1"));
  EXPECT_THAT(with_known(3), ElementsAre("Bob: v1 > v2", "Alice: v0 > v1", "Founder: - > v0"))
      << "it does not go far enough";
}

}  // namespace
