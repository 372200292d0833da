#include "engine/config/write_rwenv_name.h"

#include <chrono>
#include <filesystem>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "engine/base/write_below.h"
#include "engine/config/rwenv_name.h"
#include "tests/support/engine_host.h"
#include "tests/support/expect_ok.h"

namespace {

namespace fs = std::filesystem;
using engine::Code;

class WriteRwenvName : public testing::Test {
 protected:
  engine::Result<engine::WrittenRwenvName> write(const fs::path& project,
                                                 const std::string& name = "dev") {
    return engine::write_rwenv_name(sandbox_.host(), project, name, {});
  }
  void make_repository() { write_file("project/.git/HEAD", "ref: refs/heads/main\n"); }
  // A work tree of that repository, which it knows.
  fs::path make_linked(const std::string& name, const std::string& known_as = "") {
    const std::string git = "project/.git/worktrees/" + name;
    const fs::path root = sandbox_.directory.path() / name;
    write_file("project/.git/index", "");  // the main one is checked out
    write_file(git + "/HEAD", "ref: refs/heads/x\n");
    write_file(git + "/commondir", "../..\n");
    write_file(git + "/gitdir", (known_as.empty() ? (root / ".git").string() : known_as) + "\n");
    write_file(name + "/.git", "gitdir: " + (sandbox_.directory.path() / git).string() + "\n");
    return root;
  }
  void write_file(const std::string& path, const std::string& bytes) const {
    sandbox_.directory.write(path, bytes);
  }
  fs::path project() const { return sandbox_.project(); }
  std::string ignored() const { return test::read_bytes(project() / ".gitignore"); }

  test::EngineHost sandbox_;
};

TEST_F(WriteRwenvName, GoesIntoTheRootOfTheWorkTreeAndIsIgnored) {
  make_repository();
  write_file("project/deep/er/file", "");
  const auto written = write(project() / "deep/er");
  ASSERT_TRUE(test::ok(written));
  EXPECT_EQ(written->file, project() / ".claude/rwenv");
  EXPECT_EQ(written->previous, std::nullopt);
  EXPECT_EQ(written->gitignore, project() / ".gitignore");
  EXPECT_EQ(test::read_bytes(project() / ".claude/rwenv"), "dev\n");
  EXPECT_EQ(ignored(), ".claude/rwenv\n");
  EXPECT_EQ(engine::active_rwenv_name(project() / "deep").value(), "dev");

  const auto again = write(project(), "live");
  ASSERT_TRUE(test::ok(again));
  EXPECT_EQ(again->previous, "dev");
  EXPECT_EQ(again->gitignore, std::nullopt);
  EXPECT_EQ(ignored(), ".claude/rwenv\n");
  EXPECT_EQ(engine::active_rwenv_name(project()).value(), "live");
  for (const auto& entry : fs::directory_iterator(project() / ".claude")) {
    EXPECT_EQ(entry.path().filename(), "rwenv");
  }
}

// Linked work trees share the file, so two sessions may set it at once.
TEST_F(WriteRwenvName, SeveralAtOnceAllSucceedAndNothingIsLost) {
  make_repository();
  write_file("project/.gitignore", "build/\n");
  std::vector<std::future<bool>> writers;
  for (int i = 0; i < 8; ++i) {
    writers.push_back(std::async(std::launch::async, [this, name = "env-" + std::to_string(i)] {
      bool all = true;
      for (int round = 0; round < 20; ++round) {
        const auto written = write(project(), name);
        all = all && written && written->warnings.empty();
      }
      return all;
    }));
  }
  for (std::future<bool>& writer : writers) {
    EXPECT_TRUE(writer.get());
  }
  EXPECT_THAT(test::read_bytes(project() / ".claude/rwenv"), testing::MatchesRegex("env-[0-7]\n"));
  EXPECT_EQ(ignored(), "build/\n.claude/rwenv\n");
  for (const char* directory : {"", ".claude"}) {
    for (const auto& entry : fs::directory_iterator(project() / directory)) {
      EXPECT_THAT(entry.path().filename().string(), testing::Not(testing::EndsWith(".new")));
    }
  }
}

TEST_F(WriteRwenvName, WaitsForAnotherThatChangesTheSameDirectory) {
  make_repository();
  std::optional<engine::UniqueFd> other = engine::lock_directory(project());
  auto writer = std::async(std::launch::async, [this] { return write(project()).has_value(); });
  EXPECT_EQ(writer.wait_for(std::chrono::milliseconds(200)), std::future_status::timeout);
  EXPECT_FALSE(fs::exists(project() / ".claude"));
  other.reset();
  EXPECT_TRUE(writer.get());
}

TEST_F(WriteRwenvName, IsNotDoneAfterItWasGivenUp) {
  make_repository();
  std::optional<engine::UniqueFd> other = engine::lock_directory(project());
  engine::Host host = sandbox_.host();
  host.time_limit = std::chrono::milliseconds(20);
  EXPECT_TRUE(test::fails(engine::write_rwenv_name(host, project(), "dev", {}), Code::timeout));
  other.reset();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_FALSE(fs::exists(project() / ".claude"));
}

TEST_F(WriteRwenvName, OutsideOfARepositoryItGoesIntoTheDirectory) {
  fs::create_directories(project() / "deep");
  ASSERT_TRUE(test::ok(write(project() / "deep")));
  EXPECT_EQ(test::read_bytes(project() / "deep/.claude/rwenv"), "dev\n");
  EXPECT_FALSE(fs::exists(project() / "deep/.gitignore"));
}

TEST_F(WriteRwenvName, AFileThatIsNearerIsTheOneThatIsChanged) {
  make_repository();
  write_file("project/deep/.claude/rwenv", "old\n");
  const auto written = write(project() / "deep");
  ASSERT_TRUE(test::ok(written));
  EXPECT_EQ(written->previous, "old");
  EXPECT_EQ(engine::active_rwenv_name(project() / "deep").value(), "dev");
  EXPECT_FALSE(fs::exists(project() / ".claude"));
  EXPECT_FALSE(fs::exists(project() / ".gitignore"));
}

TEST_F(WriteRwenvName, WhatIsNoNameIsReplaced) {
  make_repository();
  for (const char* content : {"no name",
                              "\xEF\xBB\xBF"
                              "dev",
                              " \n", ""}) {
    write_file("project/.claude/rwenv", content);
    const auto written = write(project());
    ASSERT_TRUE(test::ok(written)) << content;
    EXPECT_EQ(written->previous, std::nullopt) << content;
    EXPECT_EQ(engine::active_rwenv_name(project()).value(), "dev");
  }
}

TEST_F(WriteRwenvName, OfALinkedWorkTreeTheMainOneIsSet) {
  make_repository();
  const fs::path linked = make_linked("linked");
  ASSERT_TRUE(test::ok(write(linked)));
  EXPECT_EQ(test::read_bytes(project() / ".claude/rwenv"), "dev\n");
  EXPECT_EQ(ignored(), ".claude/rwenv\n");
  EXPECT_FALSE(fs::exists(linked / ".claude"));
  EXPECT_EQ(engine::active_rwenv_name(linked).value(), "dev");

  write_file("linked/.claude/rwenv", "own\n");
  ASSERT_TRUE(test::ok(write(linked, "live")));
  EXPECT_EQ(engine::active_rwenv_name(linked).value(), "live");
  EXPECT_EQ(engine::active_rwenv_name(project()).value(), "dev");
}

TEST_F(WriteRwenvName, ARepositoryThatDoesNotKnowTheWorkTreeIsNotWritten) {
  make_repository();
  const fs::path stranger = make_linked("stranger", "/elsewhere/.git");
  ASSERT_TRUE(test::ok(write(stranger)));
  EXPECT_EQ(test::read_bytes(stranger / ".claude/rwenv"), "dev\n");
  EXPECT_FALSE(fs::exists(project() / ".claude"));

  // One that names a git directory of its own, which names another's as the common one.
  write_file("made-up/.git", "gitdir: fake\n");
  write_file("made-up/fake/HEAD", "ref: refs/heads/x\n");
  write_file("made-up/fake/commondir", (project() / ".git").string() + "\n");
  write_file("made-up/fake/gitdir", (sandbox_.directory.path() / "made-up/.git").string() + "\n");
  ASSERT_TRUE(test::ok(write(sandbox_.directory.path() / "made-up")));
  EXPECT_FALSE(fs::exists(project() / ".claude"));
  EXPECT_FALSE(fs::exists(project() / ".gitignore"));

  // Not even where that one's rwenv is the one that counts.
  write_file("project/.claude/rwenv", "live\n");
  write_file("other/.git/HEAD", "ref: refs/heads/x\n");
  write_file("other/.git/commondir", (project() / ".git").string() + "\n");
  const auto written = write(sandbox_.directory.path() / "other");
  ASSERT_TRUE(test::ok(written));
  EXPECT_EQ(written->file, sandbox_.directory.path() / "other/.claude/rwenv");
  EXPECT_EQ(test::read_bytes(project() / ".claude/rwenv"), "live\n");
  EXPECT_FALSE(fs::exists(project() / ".gitignore"));
}

TEST_F(WriteRwenvName, NothingIsWrittenThroughALink) {
  make_repository();
  write_file("victim/rwenv", "untouched");
  write_file("victim/file", "untouched");
  const auto refused = [&](const fs::path& link) {
    const auto written = write(project());
    EXPECT_TRUE(test::fails(written, Code::bad_config));
    EXPECT_TRUE(fs::is_symlink(link));
    EXPECT_FALSE(fs::exists(project() / ".gitignore"));
    fs::remove(link);
    return written ? "" : written.error().message;
  };
  fs::create_symlink("../victim", project() / ".claude");
  EXPECT_EQ(refused(project() / ".claude"), (project() / ".claude/rwenv").string() +
                                                ": it is a symbolic link, and is not written.");
  for (const char* target : {"../../victim/file", "nowhere"}) {
    fs::create_directories(project() / ".claude");
    fs::create_symlink(target, project() / ".claude/rwenv");
    refused(project() / ".claude/rwenv");
  }
  EXPECT_EQ(test::read_bytes(sandbox_.directory.path() / "victim/rwenv"), "untouched");
  EXPECT_EQ(test::read_bytes(sandbox_.directory.path() / "victim/file"), "untouched");
  EXPECT_FALSE(fs::exists(project() / ".claude/nowhere"));
}

TEST_F(WriteRwenvName, TheConfigurationDirectoryOfAHomeIsNoName) {
  write_file("project/.claude/rwenv/envs.json", "{}");
  const auto written = write(project());
  ASSERT_TRUE(test::fails(written, Code::bad_config));
  EXPECT_THAT(written.error().message, testing::HasSubstr("it is a directory"));
  EXPECT_TRUE(fs::exists(project() / ".claude/rwenv/envs.json"));
}

TEST_F(WriteRwenvName, TheLineIsAddedOnceAndOnALineOfItsOwn) {
  make_repository();
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"build", "build\n.claude/rwenv\n"},
      {"build\n", "build\n.claude/rwenv\n"},
      {"build\r\n*.o", "build\r\n*.o\r\n.claude/rwenv\r\n"},
      {".claude/rwenv2\n", ".claude/rwenv2\n.claude/rwenv\n"},
  };
  for (const auto& [before, after] : cases) {
    write_file("project/.gitignore", before);
    ASSERT_TRUE(test::ok(write(project()))) << before;
    EXPECT_EQ(ignored(), after);
    ASSERT_TRUE(test::ok(write(project()))) << before;
    EXPECT_EQ(ignored(), after);
  }
  for (const char* decided : {".claude/rwenv", "/.claude/rwenv\nx", " .claude/ \r\n", ".claude\n",
                              ".claude/*\n!.claude/settings.json\n", "!.claude/rwenv\n"}) {
    write_file("project/.gitignore", decided);
    ASSERT_TRUE(test::ok(write(project()))) << decided;
    EXPECT_EQ(ignored(), decided);
  }
}

TEST_F(WriteRwenvName, WhatTheRepositoryExcludesNeedsNoLine) {
  make_repository();
  write_file("project/.git/info/exclude", "# git ls-files\n.claude/\n");
  ASSERT_TRUE(test::ok(write(project())));
  EXPECT_FALSE(fs::exists(project() / ".gitignore"));
}

TEST_F(WriteRwenvName, AGitignoreThatIsALinkIsAWarning) {
  make_repository();
  write_file("victim", "untouched");
  fs::create_symlink("../victim", project() / ".gitignore");
  const auto written = write(project());
  ASSERT_TRUE(test::ok(written));
  ASSERT_EQ(written->warnings.size(), 1U);
  EXPECT_EQ(written->warnings.front(), (project() / ".gitignore").string() +
                                           " was not changed: it is a symbolic link. Add the line "
                                           "`.claude/rwenv` to it.");
  EXPECT_EQ(test::read_bytes(sandbox_.directory.path() / "victim"), "untouched");
  EXPECT_EQ(engine::active_rwenv_name(project()).value(), "dev");
}

TEST_F(WriteRwenvName, ModesAreThoseOfTheMaskAndWhatIsThereKeepsItsOwn) {
  make_repository();
  const mode_t before = ::umask(077);
  write_file("project/.gitignore", "x\n");
  fs::permissions(project() / ".gitignore", fs::perms(0664));
  ASSERT_TRUE(test::ok(write(project())));
  ::umask(before);
  const auto mode = [](const fs::path& path) {
    return static_cast<unsigned>(fs::status(path).permissions());
  };
  EXPECT_EQ(mode(project() / ".claude/rwenv"), 0644U);
  EXPECT_EQ(mode(project() / ".claude"), 0755U);
  EXPECT_EQ(mode(project() / ".gitignore"), 0664U);
}

TEST_F(WriteRwenvName, ACallThatIsCancelledWritesNothing) {
  make_repository();
  std::stop_source stopped;
  stopped.request_stop();
  EXPECT_TRUE(test::fails(
      engine::write_rwenv_name(sandbox_.host(), project(), "dev", {stopped.get_token(), {}}),
      Code::cancelled));
  EXPECT_FALSE(fs::exists(project() / ".claude"));
}

}  // namespace
