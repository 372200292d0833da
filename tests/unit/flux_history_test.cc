// What a clone tells of its history, with a git that is made up: which part of it is fetched, and
// what is said of the part that is not here.
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/flux/place_history_cache.h"
#include "engine/flux/remote_head.h"
#include "tests/support/expect_ok.h"
#include "tests/unit/flux_clones.h"

namespace {

using engine::Code;
using engine::CommitId;
using engine::Lineage;
using engine::PlaceHistory;
using engine::ProcessResult;
using engine::Result;
using test::exited;
using test::fails;
using test::ok;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

const ProcessResult kUnreachable = exited(128, "", "fatal: Could not resolve host: h\n");

std::string tag_in(std::string_view bytes) {
  constexpr std::string_view kKey = "newTag: ";
  const auto begin = bytes.find(kKey) + kKey.size();
  return std::string(bytes.substr(begin, bytes.find('\n', begin) - begin));
}

std::optional<CommitId> made_up_commit() {
  return CommitId::parse(std::string(40, 'a'));
}

class FluxHistories : public test::FluxClones {
 protected:
  FluxHistories() {
    git_.commit("v1", "Alice");
    git_.commit("v2", "Bob");
    git_.commit("v3", "Carol");
  }

  Result<PlaceHistory> find(std::size_t limit = 10) {
    auto repository = open();
    if (!repository) {
      return engine::failure_of(repository);
    }
    return repository->read_history({.file = test::repository_path(test::kManifestFile),
                                     .read = read_,
                                     .limit = limit,
                                     .key = "the place",
                                     .cache = &cache_},
                                    call());
  }
  static std::vector<std::string> values(const Result<PlaceHistory>& history) {
    std::vector<std::string> out;
    for (std::size_t i = 0; history && i < history->changes.size(); ++i) {
      const auto& value = history->changes[i].value;
      out.push_back(value ? value->text() : "-");
    }
    return out;
  }
  // What ended the history that was found.
  static std::string stopped(const Result<PlaceHistory>& history) {
    return history ? history->stopped.value_or("") : history.error().message;
  }

  std::function<Result<std::optional<std::string>>(std::string_view)> read_ =
      [this](std::string_view bytes) -> Result<std::optional<std::string>> {
    ++versions_;
    return tag_in(bytes);
  };
  engine::PlaceHistoryCache cache_;
  int versions_ = 0;  // of the file that were read
};

TEST_F(FluxHistories, NameWhoChangedTheValue) {
  const auto history = find();
  ASSERT_TRUE(ok(history));
  EXPECT_THAT(values(history), ElementsAre("v3", "v2", "v1", "old"));
  EXPECT_EQ(history->changes.front().by.author, "Carol");
  EXPECT_EQ(history->changes.front().previous->text(), "v2");
  EXPECT_EQ(history->value->text(), "v3");
  EXPECT_EQ(history->branch, "main");
  EXPECT_EQ(stopped(history), "");
  EXPECT_THAT(values(find(2)), ElementsAre("v3", "v2"));
  EXPECT_EQ(stopped(find(2)), "") << "as many as were asked for";
}

TEST_F(FluxHistories, AreReadOnlyAsFarAsTheyAreNotKnown) {
  ASSERT_TRUE(ok(find()));
  git_.commit("v4", "Dora");
  versions_ = 0;
  EXPECT_THAT(values(find()), ElementsAre("v4", "v3", "v2", "v1", "old"));
  EXPECT_LE(versions_, 3) << "of five";
}

TEST_F(FluxHistories, AreFetchedAsFarAsTheyAreNeeded) {
  git_.serve_newest();
  EXPECT_THAT(values(find(2)), ElementsAre("v3", "v2"));
  EXPECT_THAT(commands("fetch"), ElementsAre(HasSubstr("--depth=1"), HasSubstr("--deepen=500"),
                                             HasSubstr("--deepen=5000")));
  EXPECT_THAT(steps_, Contains(HasSubstr("fetching older history of file:///remote/flux.git")));
}

TEST_F(FluxHistories, AreFetchedToTheirBeginning) {
  for (int number = 4; number < 9; ++number) {
    git_.commit("v" + std::to_string(number), "Erin");
  }
  git_.serve_newest();
  const auto history = find();
  EXPECT_THAT(values(history), SizeIs(9));
  EXPECT_EQ(stopped(history), "");
  EXPECT_THAT(commands("fetch").back(), HasSubstr("--unshallow"));
}

TEST_F(FluxHistories, EndWhereTheRemoteHasNoOlder) {
  git_.serve_newest(false);
  const auto history = find();
  EXPECT_THAT(values(history), IsEmpty()) << "whether the last commit changed it is not known";
  EXPECT_THAT(stopped(history), AllOf(StartsWith("at "), HasSubstr(" of 2023-11-14T22:13:20Z: "),
                                      EndsWith("the remote provides no older history")));
  EXPECT_EQ(commands("fetch").size(), 1 + engine::kDeepeningSteps.size() + 1);
}

TEST_F(FluxHistories, EndWhereOlderOnesCannotBeFetched) {
  git_.serve_newest();
  machine_.runner.on(" --deepen=", kUnreachable);
  const auto history = find();
  EXPECT_THAT(stopped(history), HasSubstr(": what is older could not be fetched: Could not"));
  // What is missing is not kept as if it were all.
  machine_.runner.on(" --deepen=",
                     [this](const engine::Command& command) { return git_.fetch(command); });
  EXPECT_THAT(values(find(2)), SizeIs(2));
}

TEST_F(FluxHistories, AreDeepenedWithLargeFilesWhereTheServerCannotLeaveThemOut) {
  git_.serve_newest();
  machine_.runner.on(" --deepen=", [this](const engine::Command& command) {
    const bool refused = test::line_of(command).find("--filter=") != std::string::npos;
    return refused ? exited(128, "", "fatal: filtering not recognized by server\n")
                   : git_.fetch(command);
  });
  EXPECT_THAT(values(find(1)), ElementsAre("v3"));
  EXPECT_THAT(commands("fetch"),
              Contains(AllOf(HasSubstr("--deepen=500"), HasSubstr("--no-filter"))));
}

TEST_F(FluxHistories, EndWithTheTimeLimit) {
  git_.serve_newest();
  machine_.runner.on(" --deepen=", [this](const engine::Command& command) {
    machine_.clock.sleep(time_limit_, {});
    return git_.fetch(command);
  });
  EXPECT_THAT(stopped(find()), EndsWith(": the time limit of 120 s was over"));
}

TEST_F(FluxHistories, BringTheVersionsThatWereLeftOut) {
  git_.leave_out_blobs(true);
  EXPECT_THAT(values(find()), ElementsAre("v3", "v2", "v1", "old"));
  EXPECT_EQ(commands("cat-file").size(), 4U);
}

TEST_F(FluxHistories, EndWhereAVersionCannotBeBrought) {
  git_.leave_out_blobs(true);
  machine_.runner.on(" cat-file ", [this](const engine::Command& command) {
    return commands("cat-file").size() > 2 ? kUnreachable : git_.bring(command);
  });
  const auto history = find();
  EXPECT_THAT(values(history), ElementsAre("v3"));
  EXPECT_THAT(stopped(history), HasSubstr("what is older could not be fetched"));
  machine_.runner.on(" cat-file ", exited(0, ""));
  EXPECT_FALSE(find()) << "brought, git says, and yet not there";
}

TEST_F(FluxHistories, FailWhereTheHeadsVersionCannotBeRead) {
  const auto read = read_;
  read_ = [](std::string_view) -> Result<std::optional<std::string>> {
    return engine::fail(Code::bad_manifest, "no such place");
  };
  EXPECT_TRUE(fails(find(), Code::bad_manifest));
  read_ = read;
  git_.leave_out_blobs(true);
  machine_.runner.on(" cat-file ", kUnreachable);
  EXPECT_TRUE(fails(find(), Code::unreachable));
}

TEST_F(FluxHistories, FailWhereTheCallIsCancelled) {
  read_ = [this](std::string_view bytes) -> Result<std::optional<std::string>> {
    stop_.request_stop();
    return tag_in(bytes);
  };
  const auto while_reading = find();
  EXPECT_TRUE(fails(while_reading, Code::cancelled));
}

TEST_F(FluxHistories, FailWhereTheCallIsCancelledWhileFetching) {
  git_.serve_newest();
  machine_.runner.on(" --deepen=", [this](const engine::Command&) {
    stop_.request_stop();
    return ProcessResult{ProcessResult::Kind::cancelled, 0, "", ""};
  });
  const auto history = find();
  ASSERT_TRUE(fails(history, Code::cancelled));
  EXPECT_THAT(history.error().message, HasSubstr("while fetching older history"));
}

TEST_F(FluxHistories, AreReadInANewCloneWhereTheOldOneIsBroken) {
  git_.leave_out_blobs(true);
  bool broken = false;
  machine_.runner.on(" cat-file ", [&](const engine::Command& command) {
    if (std::exchange(broken, true)) {
      return git_.bring(command);
    }
    machine_.directory.write(remote_.clone / ".git/refs/heads/lost", "garbage\n");
    return exited(128, "", "fatal: bad object refs/heads/lost\n");
  });
  EXPECT_THAT(values(find()), ElementsAre("v3", "v2", "v1", "old"));
  EXPECT_THAT(steps_, Contains(HasSubstr("the clone is broken")));
}

TEST_F(FluxHistories, TellHowTwoCommitsAreRelated) {
  auto repository = open();
  ASSERT_TRUE(ok(repository));
  const auto head = repository->head(call());
  ASSERT_TRUE(ok(head));
  const std::vector<CommitId> ids = git_.ids();
  const auto always = [] { return true; };
  EXPECT_EQ(repository->lineage(ids[1], head->commit, call()).lineage, Lineage::before);
  EXPECT_EQ(repository->lineage(head->commit, ids[1], call()).lineage, Lineage::contains);
  EXPECT_EQ(repository->known_lineage(ids[0], ids[2], always), Lineage::before);
  EXPECT_EQ(commands("fetch").size(), 1U) << "all is here";
  const auto unknown = repository->lineage(*made_up_commit(), head->commit, call());
  EXPECT_EQ(unknown.lineage, Lineage::unknown);
  EXPECT_EQ(commands("fetch").size(), 2U) << "it may be new";
}

TEST_F(FluxHistories, AreDeepenedToTellHowTwoCommitsAreRelated) {
  git_.serve_newest();
  auto repository = open();
  ASSERT_TRUE(ok(repository));
  const auto head = repository->head(call());
  ASSERT_TRUE(ok(head));
  const CommitId before = git_.ids()[2];
  machine_.runner.on(" --deepen=5", kUnreachable);
  const auto unknown = repository->lineage(before, head->commit, call());
  EXPECT_EQ(unknown.lineage, Lineage::unknown);
  EXPECT_THAT(unknown.problem.value_or(""), HasSubstr("Could not resolve host"));
  machine_.runner.on(" --deepen=5",
                     [this](const engine::Command& command) { return git_.fetch(command); });
  EXPECT_EQ(repository->lineage(before, head->commit, call()).lineage, Lineage::before);
  const auto diverged = repository->divergence(before, call());
  ASSERT_TRUE(ok(diverged));
  EXPECT_TRUE(diverged->known);
  EXPECT_THAT(diverged->commits, IsEmpty());
}

TEST_F(FluxHistories, TellWhoGaveManyPlacesTheirValues) {
  auto repository = open();
  ASSERT_TRUE(ok(repository));
  const std::string file(test::kManifestFile);
  const std::vector<engine::ValuePlace> places = {{file, "v3"}, {file, "backend"}};
  const engine::ReadValues read = [](const std::vector<std::size_t>& asked,
                                     std::string_view bytes) {
    std::vector<std::optional<std::string>> found;
    for (const std::size_t place : asked) {
      found.emplace_back(place == 0 ? tag_in(bytes) : "backend");
    }
    return found;
  };
  const auto before = repository->value_origins(places, read, call());
  ASSERT_THAT(before, SizeIs(2));
  EXPECT_FALSE(before[0]) << "nothing has been fetched";
  ASSERT_TRUE(ok(repository->fetch(call())));
  const auto origins = repository->value_origins(places, read, call());
  ASSERT_THAT(origins, SizeIs(2));
  ASSERT_TRUE(origins[0]);
  EXPECT_EQ(origins[0]->by.author, "Carol");
  ASSERT_TRUE(origins[1]);
  EXPECT_EQ(origins[1]->by.author, "Founder");
}

TEST_F(FluxHistories, HaveTheFilesOfACommit) {
  git_.leave_out_blobs(true);
  auto repository = open();
  ASSERT_TRUE(ok(repository));
  const auto head = repository->head(call());
  ASSERT_TRUE(ok(head));
  const auto path = test::repository_path(test::kManifestFile);
  const auto directory = repository->list_directory(head->commit, "apps/backend");
  ASSERT_TRUE(directory);
  EXPECT_FALSE(repository->list_directory(head->commit, "apps/frontend"));
  EXPECT_FALSE(repository->read_file(head->commit, path)) << "it was left out";
  EXPECT_EQ(repository->bring_file(head->commit, path, call()), test::manifest("v3"));
  machine_.runner.on(" cat-file ", kUnreachable);
  EXPECT_TRUE(ok(repository->bring_file(head->commit, path, call()))) << "it is here";
  EXPECT_TRUE(fails(repository->bring_file(git_.ids()[0], path, call()), Code::unreachable));
}

TEST_F(FluxHistories, AreNotReadWhereSomethingElseHasTakenTheClonesPlace) {
  auto repository = open();
  ASSERT_TRUE(ok(repository));
  const auto head = repository->head(call());
  ASSERT_TRUE(ok(head));
  std::filesystem::rename(remote_.clone, machine_.config() / "aside");
  const auto path = test::repository_path(test::kManifestFile);
  EXPECT_TRUE(fails(repository->bring_file(head->commit, path, call()), Code::bad_config));
  EXPECT_TRUE(fails(repository->read_file(head->commit, path), Code::bad_config));
  EXPECT_FALSE(repository->list_directory(head->commit, ""));
  EXPECT_FALSE(repository->proposed("rollout/backend"));
  EXPECT_EQ(repository->known_lineage(head->commit, head->commit, [] { return true; }),
            Lineage::unknown);
}

}  // namespace
