#include "engine/config/write_rwenv.h"

#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "engine/base/write_file.h"
#include "engine/config/rwenv_list.h"
#include "tests/support/engine_host.h"
#include "tests/support/expect_ok.h"
#include "tests/support/reader_words.h"

namespace {

namespace fs = std::filesystem;
using engine::Code;
using engine::RwenvField;
using testing::HasSubstr;

engine::NewRwenv rwenv(const std::string& name,
                       const std::string& url = "https://git.example/f.git") {
  return {.name = name, .fields = {{RwenvField::flux_git_repo, url}}};
}

class WriteRwenv : public testing::Test {
 protected:
  engine::Result<engine::WrittenRwenv> write(const engine::NewRwenv& added) {
    return engine::write_rwenv(sandbox_.host(), sandbox_.config(), added, {});
  }
  fs::path file() const { return sandbox_.config() / "envs.json"; }
  static unsigned mode_of(const fs::path& path) {
    return static_cast<unsigned>(fs::status(path).permissions());
  }

  test::EngineHost sandbox_;
};

TEST_F(WriteRwenv, MakesWhatIsMissingForItsUserAlone) {
  engine::NewRwenv added{.name = "dev",
                         .fields = {{RwenvField::flux_git_repo, " https://git.example/f.git "},
                                    {RwenvField::flux_git_repo_type, "gitea"},
                                    {RwenvField::flux_git_branch, "staging"},
                                    {RwenvField::flux_path, "clusters/dev"},
                                    {RwenvField::kubernetes_context, "dev-1"},
                                    {RwenvField::kubeconfig_path, "/root/.kube/config"},
                                    {RwenvField::description, "Shared \"debug\" cluster"},
                                    {RwenvField::type, "k3s"}},
                         .read_only = true};
  const auto written = write(added);
  ASSERT_TRUE(test::ok(written));
  EXPECT_TRUE(written->created);
  EXPECT_EQ(written->file, file());
  EXPECT_EQ(test::read_bytes(file()),
            "{\n"
            "  \"rwenvs\": {\n"
            "    \"dev\": {\n"
            "      \"description\": \"Shared \\\"debug\\\" cluster\",\n"
            "      \"type\": \"k3s\",\n"
            "      \"fluxGitRepo\": \"https://git.example/f.git\",\n"
            "      \"fluxGitRepoType\": \"gitea\",\n"
            "      \"fluxGitBranch\": \"staging\",\n"
            "      \"fluxPath\": \"clusters/dev\",\n"
            "      \"kubernetesContext\": \"dev-1\",\n"
            "      \"kubeconfigPath\": \"/root/.kube/config\",\n"
            "      \"readOnly\": true\n"
            "    }\n"
            "  }\n"
            "}\n");
  EXPECT_EQ(mode_of(file()), 0600U);
  EXPECT_EQ(mode_of(sandbox_.config()), 0700U);
  EXPECT_EQ(mode_of(sandbox_.config().parent_path()), 0700U);
  EXPECT_TRUE(written->rwenv.read_only);
  EXPECT_EQ(written->rwenv.type, "k3s");
}

TEST_F(WriteRwenv, KeepsEveryByteThatIsNotTheEntry) {
  const std::string before =
      "\xEF\xBB\xBF{\r\n"
      "   \"version\": \"7.3\",  \r\n"
      "   \"unknown\": [1,2 , 3],\r\n"
      "   \"rwenvs\": {\r\n"
      "      \"z\": {\"fluxGitRepo\": \"x\",   \"own\": {\"kept\": 1e0}},\r\n"
      "      \"a\": {\"readonly\": true}\r\n"
      "   },\r\n"
      "   \"databases\": {}\r\n"
      "}";
  sandbox_.directory.write("home/.claude/rwenv/envs.json", before);
  fs::permissions(file(), fs::perms(0640));
  ASSERT_TRUE(test::ok(write(rwenv("dev"))));
  std::string after = test::read_bytes(file());
  const std::string entry = ",\r\n      \"dev\": {\"fluxGitRepo\": \"https://git.example/f.git\"}";
  const auto at = after.find(entry);
  ASSERT_NE(at, std::string::npos) << after;
  EXPECT_EQ(after.erase(at, entry.size()), before);
  EXPECT_EQ(mode_of(file()), 0640U);
}

TEST_F(WriteRwenv, AnEmptyFileAndOneOfAnotherProgramAreFilled) {
  for (const char* content : {"", "{}", "{\"version\": 99}", "{\"rwenvs\": null}"}) {
    sandbox_.directory.write("home/.claude/rwenv/envs.json", content);
    ASSERT_TRUE(test::ok(write(rwenv("dev")))) << content;
    EXPECT_TRUE(test::ok(engine::load_rwenv(sandbox_.config(), "dev"))) << content;
  }
}

TEST_F(WriteRwenv, ANameThatIsThereIsRefused) {
  ASSERT_TRUE(test::ok(write(rwenv("dev"))));
  const std::string before = test::read_bytes(file());
  const auto again = write(rwenv("dev", "https://git.example/other.git"));
  ASSERT_TRUE(test::fails(again, Code::rwenv_exists));
  EXPECT_EQ(again.error().message, "rwenv 'dev' is in " + file().string() + " already.");
  EXPECT_EQ(test::read_bytes(file()), before);
}

TEST_F(WriteRwenv, WhatCannotBeReadAsOneIsRefusedAndStays) {
  for (const char* content :
       {"{", "[]", "{\"rwenvs\": []}", "{\"a\": 1, \"a\": 2}", "{\"rwenv\": {}}", "// none\n{}"}) {
    sandbox_.directory.write("home/.claude/rwenv/envs.json", content);
    EXPECT_TRUE(test::fails(write(rwenv("dev")), Code::bad_config)) << content;
    EXPECT_EQ(test::read_bytes(file()), content);
  }
}

TEST_F(WriteRwenv, ARefusalMakesNothing) {
  EXPECT_TRUE(test::fails(write(rwenv("no name")), Code::bad_argument));
  EXPECT_FALSE(fs::exists(sandbox_.home()));
  std::stop_source stopped;
  stopped.request_stop();
  EXPECT_TRUE(test::fails(engine::write_rwenv(sandbox_.host(), sandbox_.config(), rwenv("dev"),
                                              {stopped.get_token(), {}}),
                          Code::cancelled));
  EXPECT_FALSE(fs::exists(file()));
}

TEST_F(WriteRwenv, ALinkStaysAndWhatItLeadsToIsWritten) {
  const fs::path real = sandbox_.directory.write("dotfiles/envs.json", "{\"rwenvs\": {}}\n");
  fs::permissions(real.parent_path(), fs::perms(0755));
  fs::create_directories(sandbox_.config());
  fs::create_symlink(real, file());
  ASSERT_TRUE(test::ok(write(rwenv("dev"))));
  EXPECT_TRUE(fs::is_symlink(file()));
  EXPECT_THAT(test::read_bytes(real), HasSubstr("\"dev\""));
}

TEST_F(WriteRwenv, ManyAtOnceLoseNothing) {
  constexpr int kWriters = 8;
  engine::SteadyClock clock;
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([&, i] {
      engine::Host host{.environment = engine::Environment(sandbox_.variables),
                        .working_directory = "/",
                        .executable = {},
                        .services_file = {},
                        .runner = sandbox_.runner,
                        .clock = clock};
      EXPECT_TRUE(test::ok(
          engine::write_rwenv(host, sandbox_.config(), rwenv("dev" + std::to_string(i)), {})));
    });
  }
  for (std::thread& writer : writers) {
    writer.join();
  }
  const auto list = engine::read_rwenvs(sandbox_.config());
  ASSERT_TRUE(test::ok(list));
  EXPECT_EQ(list->entries.size(), std::size_t{kWriters});
}

TEST_F(WriteRwenv, FlawsNameTheArgumentAndWhatIsAccepted) {
  const auto message = [&](const engine::NewRwenv& wrong) {
    const auto refused = engine::check_new_rwenv(wrong);
    EXPECT_TRUE(test::fails(refused, Code::bad_argument));
    return refused ? "" : test::in_braces(refused.error().message);
  };
  EXPECT_EQ(message(rwenv("-x")),
            "name: given '-x', expected letters, digits, '.', '_' and '-', beginning with a letter "
            "or digit, at most 128 characters.");
  for (const char* url : {"", "-oProxyCommand=x", "ext::sh -c x", "ftp://h/x", "flux.git", "a b",
                          "https://h/a b", "https://h/\nx", "file://other/x", "../flux"}) {
    EXPECT_THAT(message(rwenv("dev", url)), testing::StartsWith("fluxGitRepo: given ")) << url;
  }
  EXPECT_THAT(message(rwenv("dev", "ftp://ann:s3cret@h/x")), testing::Not(HasSubstr("s3cret")));
  for (const char* url : {"https://h/x", "http://h/x", "ssh://git@h/x", "git://h/x", "file:///x",
                          "git@h:x", "/srv/flux.git"}) {
    EXPECT_TRUE(test::ok(engine::check_new_rwenv(rwenv("dev", url)))) << url;
  }
  const std::vector<std::pair<RwenvField, const char*>> flaws = {
      {RwenvField::flux_git_repo_type, "gitlab"}, {RwenvField::flux_git_branch, "a..b"},
      {RwenvField::flux_git_branch, "-x"},        {RwenvField::flux_path, "../x"},
      {RwenvField::kubernetes_context, ""},       {RwenvField::kubeconfig_path, "~/.kube/config"},
      {RwenvField::description, "two\nlines"},    {RwenvField::type, "\x1b[31m"}};
  for (const auto& [field, value] : flaws) {
    engine::NewRwenv wrong = rwenv("dev");
    wrong.fields[field] = value;
    EXPECT_THAT(message(wrong),
                testing::StartsWith(std::string(engine::key_of(field)) + ": given "))
        << value;
  }
  EXPECT_EQ(message({.fields = {{RwenvField::flux_git_repo, "git@h:x"}}}),
            "name is missing; expected the name of the new rwenv.");
  EXPECT_EQ(message({.name = "dev"}),
            "fluxGitRepo is missing; expected the address of a git repository: an https, http, "
            "ssh, git or file URL, git@host:path, or an absolute path.");
}

TEST_F(WriteRwenv, APasswordInTheAddressIsSeen) {
  for (const char* url :
       {"https://ann:pw@h/x", "https://ghp_0123456789abcdefghijklmnopqrstuvwxyz@h/x",
        "ssh://ann:pw@h/x"}) {
    EXPECT_TRUE(engine::RemoteUrl(url).has_password()) << url;
  }
  for (const char* url : {"https://ann@h/x", "https://h/x", "git@h:x", "ssh://git@h:22/x",
                          "/srv/a:b@c", "file:///a:b@c"}) {
    EXPECT_FALSE(engine::RemoteUrl(url).has_password()) << url;
  }
}

TEST_F(WriteRwenv, TheListKeepsWhatIsWrongToItself) {
  sandbox_.directory.write("home/.claude/rwenv/envs.json",
                           R"({"rwenvs": {"good": {"type": "k3s"}, "typo": {"readonly": true},
                               "of another": {}, "no object": 3, "wrong": {"readOnly": true,
                               "description": "Live", "fluxGitRepoType": "gitlab"}}})");
  const auto list = engine::read_rwenvs(sandbox_.config());
  ASSERT_TRUE(test::ok(list));
  std::vector<std::string> wrong;
  for (const engine::RwenvEntry& entry : list->entries) {
    if (entry.problem) {
      EXPECT_EQ(entry.problem->code, Code::bad_config);
      wrong.push_back(entry.rwenv.name);
    }
  }
  EXPECT_THAT(wrong, testing::ElementsAre("no object", "of another", "typo", "wrong"));
  EXPECT_TRUE(list->entries.back().rwenv.read_only);
  EXPECT_EQ(list->entries.back().rwenv.description, "Live");

  const engine::Error unknown = engine::unknown_rwenv(*list, "godo");
  EXPECT_THAT(unknown.message, HasSubstr("rwenv 'godo' not found in "));
  EXPECT_THAT(unknown.hint, testing::StartsWith("Nearest names: good"));
}

TEST_F(WriteRwenv, WithoutAFileTheListSaysHowToBegin) {
  const auto list = engine::read_rwenvs(sandbox_.config());
  ASSERT_TRUE(test::ok(list));
  EXPECT_FALSE(list->exists);
  const engine::Error none = engine::unknown_rwenv(*list, "dev");
  EXPECT_EQ(none.code, Code::unknown_rwenv);
  EXPECT_EQ(none.message, "There are no rwenvs yet: " + file().string() + " does not exist.");
  EXPECT_EQ(test::in_braces(none.hint), "Add one {add_rwenv}.");
}

}  // namespace
