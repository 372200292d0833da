// Which rwenv a project is set to: where its name is looked for, and what is none.
#include "engine/config/rwenv_name.h"

#include <filesystem>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/engine_host.h"
#include "tests/support/reader_words.h"

namespace {

using engine::Code;

class RwenvName : public ::testing::Test {
 protected:
  test::EngineHost sandbox_;
};

TEST_F(RwenvName, NameComesFromTheProjectWithoutOuterSpace) {
  sandbox_.directory.write("project/.claude/rwenv", " \trdebug.2-x_y \r\n");
  EXPECT_EQ(engine::active_rwenv_name(sandbox_.project()).value(), "rdebug.2-x_y");
}

TEST_F(RwenvName, NameComesFromTheRootOfTheWorkTreeWhereTheDirectoryHasNone) {
  sandbox_.directory.write("project/.git/HEAD", "");
  sandbox_.directory.write("project/.claude/rwenv", "root");
  sandbox_.directory.write("project/deep/er/file", "");
  EXPECT_EQ(engine::active_rwenv_name(sandbox_.project() / "deep/er").value(), "root");
  sandbox_.directory.write("project/deep/.claude/rwenv", "own");
  EXPECT_EQ(engine::active_rwenv_name(sandbox_.project() / "deep").value(), "own");
  const auto link = sandbox_.directory.path() / "link";
  std::filesystem::create_directory_symlink(sandbox_.project() / "deep/er", link);
  EXPECT_EQ(engine::active_rwenv_name(link).value(), "root");
}

TEST_F(RwenvName, NoNameIsRefusedInTheSkillsWords) {
  std::filesystem::create_directories(sandbox_.project());
  // In a home directory `.claude/rwenv` is the configuration directory, and never the name.
  sandbox_.directory.write("project/.claude/rwenv/current", "trap");
  auto name = engine::active_rwenv_name(sandbox_.project());
  ASSERT_FALSE(name);
  EXPECT_EQ(name.error().code, Code::no_rwenv);
  EXPECT_EQ(name.error().message, "No rwenv set. Use `/rwenv-set` first.");
  const auto file = sandbox_.project() / ".claude/rwenv";
  EXPECT_EQ(test::in_braces(name.error().hint),
            "Set one {set_rwenv}. The project's file `.claude/rwenv` is missing or empty; looked "
            "for:\n" +
                file.string());
}

TEST_F(RwenvName, NoNameSaysEveryPlaceWhereItWasLookedFor) {
  sandbox_.directory.write("project/.git/HEAD", "ref: refs/heads/main\n");
  sandbox_.directory.write("project/deep/file", "");
  const std::string hint = engine::active_rwenv_name(sandbox_.project() / "deep").error().hint;
  const auto list = hint.substr(hint.find('\n') + 1);
  EXPECT_EQ(list, (sandbox_.project() / "deep/.claude/rwenv").string() + "\n" +
                      (sandbox_.project() / ".claude/rwenv").string());
}

TEST_F(RwenvName, BlankFileIsNoName) {
  sandbox_.directory.write("project/.claude/rwenv", " \n");
  EXPECT_EQ(engine::active_rwenv_name(sandbox_.project()).error().code, Code::no_rwenv);
}

TEST_F(RwenvName, NamesThatCouldLeadElsewhereAreRefused) {
  for (const char* name : {"../x", "a/b", ".hidden", "-f", "a b", "a\nb", "ü", "$HOME"}) {
    sandbox_.directory.write("project/.claude/rwenv", name);
    auto read = engine::active_rwenv_name(sandbox_.project());
    ASSERT_FALSE(read) << name;
    EXPECT_EQ(read.error().code, Code::bad_config) << name;
  }
}

// The refusal of the project's `.claude/rwenv`, which quotes nothing.
engine::Error refused_name(const test::EngineHost& sandbox) {
  auto read = engine::active_rwenv_name(sandbox.project());
  EXPECT_FALSE(read) << *read;
  const engine::Error error = read ? engine::Error() : read.error();
  EXPECT_EQ(error.code, Code::bad_config);
  EXPECT_EQ((error.message + error.hint).find("s3cret"), std::string::npos) << error.message;
  return error;
}

TEST_F(RwenvName, ALinkIsRefusedAndNeverFollowed) {
  namespace fs = std::filesystem;
  const auto file = sandbox_.project() / ".claude/rwenv";
  const auto expect_link = [&](const fs::path& place) {
    EXPECT_TRUE(refused_name(sandbox_).message.starts_with(
        place.string() + ": it cannot be read: it is a symbolic link."));
  };
  sandbox_.directory.write("home/.git-credentials", "https://ann:s3cret@git.example\n");
  sandbox_.directory.write("project/.claude/other", "dev\n");
  fs::create_directories(sandbox_.project() / ".claude/directory");
  for (const char* target : {"../../home/.git-credentials", "other", "directory", "nothing",
                             "rwenv", "/dev/zero", "/proc/self/environ"}) {
    fs::create_symlink(target, file);
    expect_link(file);
    fs::remove(file);
  }
  fs::rename(sandbox_.project() / ".claude", sandbox_.project() / "elsewhere");
  sandbox_.directory.write("project/elsewhere/rwenv", "s3cret\n");
  for (const char* target : {"elsewhere", "../home", "nothing"}) {
    fs::create_symlink(target, sandbox_.project() / ".claude");
    expect_link(sandbox_.project() / ".claude");
    fs::remove(sandbox_.project() / ".claude");
  }
}

TEST_F(RwenvName, OnlyARegularFileOfLittleSizeHasAName) {
  const auto file = sandbox_.project() / ".claude/rwenv";
  sandbox_.directory.write("project/.claude/rwenv", "dev" + std::string(253, ' '));
  EXPECT_EQ(engine::active_rwenv_name(sandbox_.project()).value(), "dev");
  sandbox_.directory.write("project/.claude/rwenv", "s3cret" + std::string(251, ' '));
  EXPECT_TRUE(refused_name(sandbox_).message.ends_with("it is larger than 256 bytes."));
  std::filesystem::remove(file);
  ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
  EXPECT_TRUE(refused_name(sandbox_).message.ends_with("it is not a regular file."));
  std::filesystem::remove(file);
}

TEST_F(RwenvName, AByteOrderMarkIsNamed) {
  const std::string file = (sandbox_.project() / ".claude/rwenv").string();
  const auto refused = [&](const std::string& bytes) {
    sandbox_.directory.write("project/.claude/rwenv", bytes);
    const engine::Error error = refused_name(sandbox_);
    EXPECT_EQ(test::in_braces(error.hint),
              "Save it as UTF-8 without BOM, or set it again {set_rwenv}.");
    return error.message;
  };
  for (const char* rest : {"dev\n", "dev\r\n", " dev", ""}) {
    EXPECT_EQ(refused(std::string("\xEF\xBB\xBF") + rest),
              file + ": it begins with a byte order mark (BOM), which is no part of a name.");
  }
  for (const std::string& bytes : {std::string("\xFF\xFE"
                                               "d\0e\0v\0",
                                               8),
                                   std::string("\xFE\xFF\0d\0e\0v", 8)}) {
    EXPECT_EQ(refused(bytes), file +
                                  ": it begins with the byte order mark (BOM) of UTF-16, which "
                                  "is no part of a name.");
  }
}

TEST_F(RwenvName, WhatIsNoNameIsNotQuoted) {
  for (const char* content : {"token s3cret", "-s3cret", "https://ann:s3cret@git.example",
                              "dev\ns3cret", "\x1b[31ms3cret"}) {
    sandbox_.directory.write("project/.claude/rwenv", content);
    (void)refused_name(sandbox_);
  }
}

TEST_F(RwenvName, WhatCannotBeReadIsNotCalledMissing) {
  if (::geteuid() == 0) {
    GTEST_SKIP() << "nothing is unreadable to root";
  }
  const auto claude = sandbox_.project() / ".claude";
  sandbox_.directory.write("project/.claude/rwenv", "dev\n");
  std::filesystem::permissions(claude / "rwenv", std::filesystem::perms::none);
  EXPECT_TRUE(refused_name(sandbox_).message.ends_with("Permission denied."));
  std::filesystem::permissions(claude, std::filesystem::perms::none);
  EXPECT_TRUE(refused_name(sandbox_).message.ends_with("Permission denied."));
  std::filesystem::permissions(claude, std::filesystem::perms::owner_all);
}

// A bare repository in `.bare`, a `.git` file beside it, and work trees there and elsewhere.
TEST_F(RwenvName, AWorkTreeOfABareRepositoryInheritsFromTheDirectoryThatHoldsIt) {
  sandbox_.directory.write("project/.git", "gitdir: ./.bare\n");
  sandbox_.directory.write("project/.bare/HEAD", "ref: refs/heads/main\n");
  for (const std::string name : {"project/feature/health", "elsewhere"}) {
    const auto root = sandbox_.directory.path() / name;
    const std::string git_dir = "project/.bare/worktrees/" + root.filename().string();
    sandbox_.directory.write(git_dir + "/HEAD", "ref: refs/heads/x\n");
    sandbox_.directory.write(git_dir + "/commondir", "../..\n");
    sandbox_.directory.write(name + "/.git",
                             "gitdir: " + (sandbox_.directory.path() / git_dir).string() + "\n");
    sandbox_.directory.write(name + "/deep/file", "");
    EXPECT_EQ(engine::active_rwenv_name(root).error().code, Code::no_rwenv);
    EXPECT_NE(engine::active_rwenv_name(root).error().hint.find(
                  "\n" + (sandbox_.project() / ".claude/rwenv").string()),
              std::string::npos);
    sandbox_.directory.write("project/.claude/rwenv", "shared\n");
    EXPECT_EQ(engine::active_rwenv_name(root).value(), "shared");
    EXPECT_EQ(engine::active_rwenv_name(root / "deep").value(), "shared");
    sandbox_.directory.write(name + "/.claude/rwenv", "own\n");
    EXPECT_EQ(engine::active_rwenv_name(root / "deep").value(), "own");
    std::filesystem::remove(sandbox_.project() / ".claude/rwenv");
  }
}

TEST_F(RwenvName, ADirectoryThatIsNotOfTheBareRepositoryBesideItIsNotAsked) {
  sandbox_.directory.write("project/.bare/HEAD", "ref: refs/heads/main\n");
  sandbox_.directory.write("project/.bare/worktrees/x/HEAD", "ref: refs/heads/x\n");
  sandbox_.directory.write("project/.bare/worktrees/x/commondir", "../..\n");
  sandbox_.directory.write("project/other/HEAD", "ref: refs/heads/main\n");
  sandbox_.directory.write("project/x/.git", "gitdir: ../.bare/worktrees/x\n");
  sandbox_.directory.write("project/.claude/rwenv", "shared\n");
  EXPECT_EQ(engine::active_rwenv_name(sandbox_.project() / "x").error().code, Code::no_rwenv);
  sandbox_.directory.write("project/.git", "gitdir: other\n");
  EXPECT_EQ(engine::active_rwenv_name(sandbox_.project() / "x").error().code, Code::no_rwenv);
  sandbox_.directory.write("project/.git", "gitdir: .bare\n");
  EXPECT_EQ(engine::active_rwenv_name(sandbox_.project() / "x").value(), "shared");
}

TEST_F(RwenvName, ALinkedWorkTreeInheritsFromTheMainOne) {
  sandbox_.directory.write("project/.git/HEAD", "ref: refs/heads/main\n");
  sandbox_.directory.write("project/.git/worktrees/x/HEAD", "ref: refs/heads/x\n");
  sandbox_.directory.write("project/.git/worktrees/x/commondir", "../..\n");
  sandbox_.directory.write("project/.claude/rwenv", "main");
  const auto linked = sandbox_.directory.path() / "linked";
  sandbox_.directory.write("linked/.git", "gitdir: ../project/.git/worktrees/x\n");
  sandbox_.directory.write("linked/deep/file", "");
  EXPECT_EQ(engine::active_rwenv_name(linked).value(), "main");
  EXPECT_EQ(engine::active_rwenv_name(linked / "deep").value(), "main");
  sandbox_.directory.write("linked/.claude/rwenv", "own");
  EXPECT_EQ(engine::active_rwenv_name(linked / "deep").value(), "own");
}

}  // namespace
