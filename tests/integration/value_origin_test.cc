// Which commit gave a place its value, by real histories: the value counts, and not the file.
#include <filesystem>
#include <fstream>
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
using engine::ImageTag;

constexpr const char* kOurs = "pr-41-0f0e0d0";

class ValueOrigin : public test::TagHistory {
 protected:
  static std::optional<std::string> read(std::string_view bytes) {
    return engine::tag_to_replace(kFile, bytes, {.image_name = "backend"},
                                  *ImageTag::parse("pr-42-a1b2c3d"));
  }

  std::optional<engine::ValueOrigin> origin(
      const fs::path& repository, const std::string& value = kOurs,
      const std::function<bool()>& go_on = [] { return true; }) const {
    const auto store = GitObjectStore::open(repository);
    const auto head = CommitId::parse(git({"rev-parse", "HEAD"}, repository));
    return store->value_origin(*head, test::repository_path(kFile), value, read, go_on);
  }
  // Who set it; "" where that is not known.
  std::string author(const fs::path& repository) const {
    const auto found = origin(repository);
    return found ? found->by.author : "";
  }
  std::string author() const { return author(work_); }
};

TEST_F(ValueOrigin, IsTheCommitThatSetIt) {
  set("Founder", "v0");
  set("Alice", kOurs);
  const auto found = origin(work_);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->by.author, "Alice");
  EXPECT_EQ(found->commit.text(), git({"rev-parse", "HEAD"}));
  EXPECT_EQ(std::to_string(found->by.time), git({"log", "-1", "--format=%ct"}));
}

TEST_F(ValueOrigin, OfAValueThatIsNotThereIsNotKnown) {
  set("Alice", kOurs);
  set("Bob", "pr-42-0000000");
  EXPECT_FALSE(origin(work_));
}

TEST_F(ValueOrigin, HasTheTimeOfTheCommitter) {
  sandbox_.set("GIT_AUTHOR_DATE", "@1000000000 +0000");
  sandbox_.set("GIT_COMMITTER_DATE", "@1600000000 +0200");
  set("Alice", kOurs);
  EXPECT_EQ(origin(work_)->by.time, 1'600'000'000);
}

TEST_F(ValueOrigin, IsNotWhoChangedAnotherEntryLater) {
  set("Founder", "v0");
  set("Alice", kOurs);
  set("Bob", kOurs, "v2");
  std::ofstream(work_ / "other") << "x";
  commit("Carol");
  set("Dave", kOurs, "v3");
  EXPECT_EQ(author(), "Alice");
}

TEST_F(ValueOrigin, OfAValueThatCameBackIsTheLast) {
  set("Alice", kOurs);
  set("Bob", "pr-42-0000000");
  set("Carol", kOurs);
  set("Dave", kOurs, "v2");
  EXPECT_EQ(author(), "Carol");
}

TEST_F(ValueOrigin, IsTheFirstCommitOfAWholeHistory) {
  set("Alice", kOurs);
  set("Bob", kOurs, "v2");
  EXPECT_EQ(author(), "Alice");
}

TEST_F(ValueOrigin, IsWhoAddedTheFileOrTheEntry) {
  commit("Founder");
  set("Alice", kOurs);
  EXPECT_EQ(author(), "Alice");
  std::ofstream(work_ / kFile) << "images: []\n";
  commit("Bob");
  set("Carol", kOurs);
  EXPECT_EQ(author(), "Carol");
  std::ofstream(work_ / kFile) << "images: [\n";
  commit("Dave");
  set("Erin", kOurs);
  EXPECT_EQ(author(), "Erin") << "nothing was there in a file that is not YAML";
}

TEST_F(ValueOrigin, GoesThroughMergesToWhoSetIt) {
  set("Founder", "v0");
  git({"checkout", "--quiet", "-b", "side"});
  set("Alice", kOurs);
  git({"checkout", "--quiet", "main"});
  std::ofstream(work_ / "other") << "x";
  commit("Bob");
  git({"-c", "user.name=Merger", "merge", "--quiet", "--no-ff", "-m", "merge", "side"});
  EXPECT_EQ(author(), "Alice");
  // Also where the merge itself changed the rest of the file.
  git({"checkout", "--quiet", "-b", "more"});
  std::ofstream(work_ / "third") << "x";
  commit("Carol");
  git({"checkout", "--quiet", "main"});
  std::ofstream(work_ / "fourth") << "x";
  commit("Bob");
  git({"merge", "--quiet", "--no-ff", "--no-commit", "more"});
  write(kFile, entries(kOurs, "v2"));
  commit("Merger");
  EXPECT_EQ(author(), "Alice");
}

TEST_F(ValueOrigin, IsAMergeThatSetsAValueOfItsOwn) {
  set("Founder", "v0");
  git({"checkout", "--quiet", "-b", "side"});
  set("Alice", "v1");
  git({"checkout", "--quiet", "main"});
  std::ofstream(work_ / "other") << "x";
  commit("Bob");
  git({"merge", "--quiet", "--no-ff", "--no-commit", "side"});
  write(kFile, entries(kOurs));
  commit("Merger");
  EXPECT_EQ(author(), "Merger");
}

TEST_F(ValueOrigin, IsAMergeThatWentBackToAnEarlierValue) {
  set("Alice", kOurs);
  git({"branch", "side"});
  set("Carol", "pr-42-0000000");
  git({"checkout", "--quiet", "side"});
  std::ofstream(work_ / "other") << "x";
  commit("Bob");
  git({"checkout", "--quiet", "main"});
  git({"merge", "--quiet", "--no-ff", "--no-commit", "side"});
  write(kFile, entries(kOurs));
  commit("Merger");
  EXPECT_EQ(author(), "Merger") << "Alice's had been replaced";
}

TEST_F(ValueOrigin, IsNotWhoRenamedTheFile) {
  fs::create_directories(work_ / "old");
  std::ofstream(work_ / "old/k.yaml") << entries("v0", "v1");
  commit("Founder");
  std::ofstream(work_ / "old/k.yaml") << entries(kOurs, "v1");
  commit("Alice");
  git({"mv", "old/k.yaml", kFile});
  commit("Bob");
  set("Carol", kOurs, "v2");
  EXPECT_EQ(author(), "Alice");
}

TEST_F(ValueOrigin, IsUnknownToAShallowClone) {
  set("Founder", "v0");
  set("Alice", kOurs);
  const auto shallow = [&](const char* depth) {
    const fs::path clone = sandbox_.path() / (std::string("depth-") + depth);
    git({"clone", "--quiet", std::string("--depth=") + depth, "file://" + work_.string(),
         clone.string()},
        sandbox_.path());
    return clone;
  };
  EXPECT_EQ(author(shallow("1")), "") << "it may have been there before";
  EXPECT_EQ(author(shallow("2")), "Alice") << "what it was before is there";
  set("Bob", kOurs, "v2");
  git({"-C", "depth-1", "pull", "--quiet"}, sandbox_.path());
  EXPECT_EQ(author(sandbox_.path() / "depth-1"), "");
  set("Carol", "v0");
  set("Dave", kOurs);
  git({"-C", "depth-1", "pull", "--quiet"}, sandbox_.path());
  EXPECT_EQ(author(sandbox_.path() / "depth-1"), "Dave") << "that has come since";
}

TEST_F(ValueOrigin, OfAPartialCloneIsLookedForWithoutTheRemote) {
  git({"config", "uploadpack.allowFilter", "true"});
  set("Founder", "v0");
  set("Alice", kOurs);
  std::ofstream(work_ / "other") << "x";
  commit("Bob");
  const fs::path clone = sandbox_.path() / "partial";
  git({"clone", "--quiet", "--filter=blob:none", "file://" + work_.string(), clone.string()},
      sandbox_.path());
  fs::rename(work_, sandbox_.path() / "gone");
  const std::string before = git({"count-objects", "-v"}, clone);
  EXPECT_EQ(author(clone), "") << "the file before is not there";
  EXPECT_EQ(git({"count-objects", "-v"}, clone), before);
}

TEST_F(ValueOrigin, OfACloneWithoutTreesIsUnknown) {
  git({"config", "uploadpack.allowFilter", "true"});
  set("Founder", "v0");
  set("Alice", kOurs);
  const fs::path clone = sandbox_.path() / "treeless";
  git({"clone", "--quiet", "--filter=tree:0", "file://" + work_.string(), clone.string()},
      sandbox_.path());
  EXPECT_EQ(author(clone), "");
}

TEST_F(ValueOrigin, AuthorsAreFitToBeShown) {
  set("Founder", "v0");
  set("A\x1b[31ml\u202eice\x02{path}\x03", kOurs);
  EXPECT_EQ(author(), "Alice{path}");
}

TEST_F(ValueOrigin, EndsWhenItIsToldTo) {
  set("Founder", "v0");
  set("Alice", kOurs);
  for (int i = 0; i < 5; ++i) {
    set("Bob", kOurs, "w" + std::to_string(i));
  }
  int left = 3;
  EXPECT_FALSE(origin(work_, kOurs, [&] { return left-- > 0; }));
  EXPECT_LT(left, 0);
}

TEST_F(ValueOrigin, IsGivenUpWhereTooMuchWouldHaveToBeRead) {
  const std::string padding = "# " + std::string(400'000, 'x') + "\n";
  set("Founder", "v0");
  set("Alice", kOurs);
  for (int i = 0; i < 5; ++i) {
    std::ofstream(work_ / kFile) << entries(kOurs, "w" + std::to_string(i)) + padding;
    commit("Bob");
  }
  EXPECT_EQ(author(), "");
}

}  // namespace
