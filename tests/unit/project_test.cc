#include "engine/config/project.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/repository_path.h"
#include "engine/config/session_rwenv.h"
#include "tests/support/engine_host.h"
#include "tests/support/expect_ok.h"
#include "tests/support/reader_words.h"

namespace {

using engine::Code;

// The directory of the project that is asked for.
std::filesystem::path directory_of(test::EngineHost& sandbox,
                                   const engine::ProjectRequest& request) {
  const auto project = engine::read_project(sandbox.host(), request, {}, {});
  EXPECT_TRUE(project) << project.error().message;
  return project ? project->directory : std::filesystem::path();
}

TEST(ProjectDirectory, IsTheArgumentThenTheVariableThenTheRootThenTheWorkingDirectory) {
  test::EngineHost sandbox;
  const auto directory = [&](const char* name) {
    const auto path = sandbox.directory.path() / name;
    std::filesystem::create_directories(path);
    return path;
  };
  engine::ProjectRequest request;
  EXPECT_EQ(directory_of(sandbox, request), sandbox.project());
  request.client.ask = [&] { return engine::ClientRoot{directory("root"), {}, ""}; };
  EXPECT_EQ(directory_of(sandbox, request), directory("root"));
  sandbox.variables["CLAUDE_PROJECT_DIR"] = directory("claude").string();
  EXPECT_EQ(directory_of(sandbox, request), directory("claude"));
  request.directory = directory("argument").string();
  EXPECT_EQ(directory_of(sandbox, request), directory("argument"));
}

TEST(ProjectDirectory, TheClientIsAskedOnlyWhereNothingElseSays) {
  test::EngineHost sandbox;
  engine::ProjectRequest request;
  request.directory = sandbox.directory.path().string();
  request.client.ask = [] {
    ADD_FAILURE() << "asked";
    return engine::ClientRoot();
  };
  EXPECT_TRUE(engine::read_project(sandbox.host(), request, {}, {}));
}

TEST(ProjectDirectory, RefusesWhatIsNotAnAbsoluteDirectory) {
  test::EngineHost sandbox;
  for (const std::string& given :
       {std::string("relative"), std::string("/none/such"), std::string("/tmp\0x", 6),
        sandbox.directory.write("file", "").string(), std::string()}) {
    engine::ProjectRequest request;
    request.directory = given;
    const auto directory = engine::read_project(sandbox.host(), request, {}, {});
    ASSERT_FALSE(directory) << given;
    EXPECT_EQ(directory.error().code, Code::bad_argument);
    EXPECT_TRUE(test::in_braces(directory.error().message).starts_with("projectDir: given '"))
        << directory.error().message;
  }
}

TEST(ProjectRwenv, IsTheOneThatTheCallerLookedAt) {
  test::EngineHost sandbox;
  std::filesystem::create_directories(sandbox.project() / ".claude");
  std::ofstream(sandbox.project() / ".claude/rwenv") << "staging\n";
  const auto read = [&](const char* rwenv) {
    engine::ProjectRequest request;
    request.rwenv = rwenv;
    return engine::read_project(sandbox.host(), request, {.rwenv_name = true}, {});
  };
  EXPECT_TRUE(test::ok(read("staging")));
  EXPECT_TRUE(test::fails(read("production"), engine::Code::other_rwenv));
}

TEST(SessionRwenv, IsThatOfTheWorkingDirectoryTooWhereTheClientNamesARoot) {
  test::EngineHost sandbox;
  const auto root = sandbox.directory.path() / "root";
  sandbox.directory.write("root/.claude/rwenv", "prod\n");
  sandbox.directory.write("project/.claude/rwenv", "dev\n");
  engine::ProjectRequest request;
  request.client.ask = [&] { return engine::ClientRoot{root, {}, ""}; };
  const auto other = engine::find_other_rwenv(
      sandbox.host(), request,
      {.project = root, .config_directory = {}, .name = "prod", .warnings = {}}, {});
  ASSERT_TRUE(other);
  EXPECT_EQ(other->session_project, sandbox.project());
  EXPECT_EQ(other->session_rwenv, "dev");
}

TEST(ProjectHead, NeedsAWorkTreeWithACommit) {
  test::EngineHost sandbox;
  const auto refusal = [&] {
    const auto project = engine::read_project(sandbox.host(), {}, {.head = true}, {});
    EXPECT_FALSE(project);
    return project ? engine::Error() : project.error();
  };
  EXPECT_EQ(refusal().code, Code::not_a_repository);
  sandbox.directory.write("project/.git/HEAD", "ref: refs/heads/main\n");
  std::filesystem::create_directories(sandbox.project() / ".git/objects");
  std::filesystem::create_directories(sandbox.project() / ".git/refs/heads");
  EXPECT_EQ(refusal().code, Code::no_commit);
  EXPECT_THAT(refusal().message, testing::HasSubstr("has no commit yet"));
  const std::string id(40, 'a');
  sandbox.directory.write("project/.git/refs/heads/main", id + "\n");
  EXPECT_EQ(refusal().code, Code::no_commit);
  EXPECT_THAT(refusal().message, testing::HasSubstr("is " + id + ", and no commit can be read"));
}

TEST(RepositoryPath, MustStayInsideTheRepository) {
  for (const char* path :
       {"apps/x/kustomization.yaml", "a", "a b/c", ".github/x", "ä/ö.yaml", "a/..b"}) {
    EXPECT_EQ(engine::RepositoryPath::parse(path, "file").value().text(), path);
  }
  for (const char* path :
       {"", "/etc/passwd", "../x", "a/../../x", "a/", "a/.", ".", "./", ".git/config",
        "./.git/config", "a/.GIT/x", "-rf", "./-rf", "a\nb", "a\\..\\b", "a/../f", ".git/x"}) {
    const auto refused = engine::RepositoryPath::parse(path, "file");
    ASSERT_FALSE(refused) << path;
    EXPECT_EQ(refused.error().code, Code::bad_path) << path;
  }
}

TEST(RepositoryPath, IsSpelledAsGitSpellsIt) {
  for (const char* path : {"./a/b", "a//b", "a/./b", ".//././a/.//b"}) {
    EXPECT_EQ(engine::RepositoryPath::parse(path, "file").value().text(), "a/b") << path;
  }
}

}  // namespace
