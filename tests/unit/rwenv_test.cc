#include "engine/config/rwenv.h"

#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/engine_host.h"
#include "tests/support/reader_words.h"

namespace {

using engine::Code;

class Rwenv : public ::testing::Test {
 protected:
  // The refusal of the rwenv `name` when envs.json has this content.
  engine::Error refusal(const std::string& content, const std::string& name = "dev") {
    sandbox_.directory.write("home/.claude/rwenv/envs.json", content);
    auto rwenv = engine::load_rwenv(sandbox_.config(), name);
    EXPECT_FALSE(rwenv);
    return rwenv ? engine::Error() : rwenv.error();
  }
  std::string file() const { return (sandbox_.config() / "envs.json").string(); }

  test::EngineHost sandbox_;
};

TEST_F(Rwenv, ConfigurationIsReadWithUnknownFieldsIgnored) {
  sandbox_.directory.write("home/.claude/rwenv/envs.json", R"({"other": 1, "rwenvs": {"my-env.2": {
      "fluxGitRepo": "https://git.example/flux.git", "fluxGitRepoType": "gitea", "readOnly": true,
      "kubeconfig": {"x": []}}}})");
  auto rwenv = engine::load_rwenv(sandbox_.config(), "my-env.2");
  ASSERT_TRUE(rwenv);
  EXPECT_EQ(rwenv->flux_git_repo.value().with_userinfo(), "https://git.example/flux.git");
  EXPECT_EQ(rwenv->flux_git_repo_type, engine::FluxGitRepoType::gitea);
  EXPECT_TRUE(rwenv->read_only);
}

TEST_F(Rwenv, TypeIsGithubUnlessSaid) {
  sandbox_.directory.write("home/.claude/rwenv/envs.json",
                           R"({"rwenvs": {"dev": {"fluxGitRepo": "u", "fluxGitRepoType": null}}})");
  EXPECT_EQ(engine::load_rwenv(sandbox_.config(), "dev")->flux_git_repo_type,
            engine::FluxGitRepoType::github);
}

TEST(FluxGitRepoType, DecidesWhetherCertificatesAreVerified) {
  EXPECT_EQ(engine::tls_verification(engine::FluxGitRepoType::github), engine::TlsVerification::on);
  EXPECT_EQ(engine::tls_verification(engine::FluxGitRepoType::gitea), engine::TlsVerification::off);
}

TEST_F(Rwenv, UnknownNameListsThoseThatAreThere) {
  const auto error = refusal(R"({"rwenvs": {"prod": {}, "test-1": {}}})");
  EXPECT_EQ(error.code, Code::unknown_rwenv);
  EXPECT_EQ(error.message, "rwenv 'dev' not found in " + file() + ". There are: prod, test-1.");
}

TEST_F(Rwenv, MissingConfigurationSaysWhichFile) {
  auto rwenv = engine::load_rwenv(sandbox_.config(), "dev");
  ASSERT_FALSE(rwenv);
  EXPECT_EQ(rwenv.error().code, Code::unknown_rwenv);
  EXPECT_EQ(rwenv.error().message,
            "rwenv 'dev' not found in " + file() + ": there is no such file.");
}

TEST_F(Rwenv, WrongTypesNameFileLineColumnAndField) {
  const auto error = refusal("{\n  \"rwenvs\": {\n    \"dev\": {\"fluxGitRepo\": 5}\n  }\n}");
  EXPECT_EQ(error.code, Code::bad_config);
  EXPECT_EQ(error.message, file() + ":3:28: rwenvs/dev/fluxGitRepo: given 5, expected a string.");
}

TEST_F(Rwenv, ImagePrefixesAreAListOfTexts) {
  sandbox_.directory.write("home/.claude/rwenv/envs.json",
                           R"({"rwenvs": {"dev": {"imagePrefixes": ["ghcr.io/acme/", "a"]},
                                          "none": {"imagePrefixes": null}, "no": {}}})");
  EXPECT_EQ(engine::load_rwenv(sandbox_.config(), "dev")->image_prefixes,
            (std::vector<std::string>{"ghcr.io/acme/", "a"}));
  EXPECT_TRUE(engine::load_rwenv(sandbox_.config(), "none")->image_prefixes.empty());
  EXPECT_TRUE(engine::load_rwenv(sandbox_.config(), "no")->image_prefixes.empty());
  for (const char* wrong : {"\"ghcr.io/acme/\"", "[\"a\", 3]", "[\"\"]", "{}", "true",
                            "[\"ghcr.io/acme/*\"]", "[\"https://ghcr.io/acme\"]", "[\"a b\"]"}) {
    const auto error =
        refusal(std::string(R"({"rwenvs": {"dev": {"imagePrefixes": )") + wrong + "}}}");
    EXPECT_EQ(error.code, Code::bad_config) << wrong;
    EXPECT_NE(error.message.find("rwenvs/dev/imagePrefixes: given "), std::string::npos)
        << error.message;
  }
}

TEST_F(Rwenv, TheContainerIsTheRwenvsOwnOrThatOfAll) {
  const auto container_of = [this](const std::string& top, const std::string& own) {
    sandbox_.directory.write("home/.claude/rwenv/envs.json",
                             "{" + top + R"("rwenvs": {"dev": {)" + own + "}}}");
    auto rwenv = engine::load_rwenv(sandbox_.config(), "dev");
    EXPECT_TRUE(rwenv) << rwenv.error().message;
    return rwenv ? rwenv->dev_container.value_or("none") : "";
  };
  const std::string of_all = R"("devContainer": "all_1.x", )";
  const std::string own = R"("devContainer": "own")";
  EXPECT_EQ(container_of("", ""), "none");
  EXPECT_EQ(container_of(of_all, ""), "all_1.x");
  EXPECT_EQ(container_of(of_all, own), "own");
  EXPECT_EQ(container_of("", own), "own");
  EXPECT_EQ(container_of(of_all, R"("devContainer": "")"), "all_1.x");
  EXPECT_EQ(container_of(of_all, R"("devContainer": null)"), "all_1.x");
  EXPECT_EQ(container_of(of_all + R"("useDevContainer": true, )", own), "own");
  EXPECT_EQ(container_of(of_all + R"("useDevContainer": null, )", own), "own");
  EXPECT_EQ(container_of(of_all + R"("useDevContainer": false, )", own), "none");
}

TEST_F(Rwenv, AContainerThatDockerWouldNotTakeForANameIsRefused) {
  for (const char* wrong : {"\"-it\"", "\"--privileged\"", "\"a b\"", "\"a/b\"", "\"a;b\"", "7",
                            "{\"name\": \"x\"}", "\".a\""}) {
    const std::string field = std::string(R"("devContainer": )") + wrong;
    const auto own = refusal(R"({"rwenvs": {"dev": {)" + field + "}}}");
    EXPECT_EQ(own.code, Code::bad_config) << wrong;
    EXPECT_NE(own.message.find("rwenvs/dev/devContainer: given "), std::string::npos)
        << own.message;
    const auto of_all = refusal("{" + field + R"(, "rwenvs": {"dev": {}}})");
    EXPECT_EQ(of_all.code, Code::bad_config) << wrong;
    EXPECT_NE(of_all.message.find("devContainer: given "), std::string::npos) << of_all.message;
  }
  EXPECT_EQ(refusal(R"({"useDevContainer": "no", "rwenvs": {"dev": {}}})").code, Code::bad_config);
}

TEST_F(Rwenv, BrokenJsonNamesThePlace) {
  const auto error = refusal("{\n  \"rwenvs\": {,}\n}");
  EXPECT_EQ(error.code, Code::bad_config);
  EXPECT_TRUE(error.message.starts_with(file() + ":2:14: not JSON: ")) << error.message;
}

TEST_F(Rwenv, WhatIsWrongIsNamedWithoutItsPassword) {
  const std::string password = "s3cret" + std::string(100, 'x');
  const std::string url = "\"https://ann:" + password + "@git.example/f";
  for (const std::string& content :
       {R"({"rwenvs": {"dev": )" + url + "\"}}", R"({"rwenvs": )" + url + "\"}",
        R"({"rwenvs": {"dev": {"fluxGitRepoType": )" + url + "\"}}}",
        R"({"rwenvs": {"dev": {"fluxGitRepo": )" + url + "\n}}}",
        R"({"rwenvs": {"dev": {"fluxGitRepo" )" + url + "\"}}}", url + "\""}) {
    const auto error = refusal(content);
    EXPECT_EQ(error.code, Code::bad_config);
    EXPECT_EQ(error.message.find("s3cret"), std::string::npos) << error.message;
  }
}

TEST_F(Rwenv, KeysThatAreThereTwiceAreRefused) {
  for (const char* const content :
       {R"({"rwenvs": {"dev": {"readOnly": true, "readOnly": false}}})",
        R"({"rwenvs": {"dev": {"readOnly": true, "read\u004fnly": false}}})",
        R"({"rwenvs": {"dev": {"readOnly": true}, "dev": {}}})",
        R"({"rwenvs": {"dev": {}}, "rwenvs": {"dev": {}}})",
        R"({"rwenvs": {"dev": {}, "prod": {"x": {"y": [{"k": 1, "k": 1}]}}}})",
        R"({"useDevContainer": true, "useDevContainer": false, "rwenvs": {"dev": {}}})"}) {
    EXPECT_EQ(refusal(content).code, Code::bad_config) << content;
  }
  EXPECT_EQ(refusal("{\"rwenvs\": {\"dev\": {\n  \"readOnly\": true,\n  \"readOnly\": false\n}}}")
                .message,
            file() + ":3:3: rwenvs/dev/readOnly: the key is there twice.");
}

TEST_F(Rwenv, OnlyWhatHasTheFormOfANameIsQuoted) {
  const auto message_for = [this](const std::string& value) {
    return refusal(R"({"rwenvs": {"dev": {"fluxGitRepoType": )" + value + "}}}").message;
  };
  const std::string start = file() + ":1:40: rwenvs/dev/fluxGitRepoType: given ";
  const std::string end = ", expected \"github\" or \"gitea\".";
  EXPECT_EQ(message_for("\"gitlab-2.x\""), start + "\"gitlab-2.x\"" + end);
  EXPECT_EQ(message_for("\"hunter2 hunter2\""), start + "a text of 15 characters" + end);
  EXPECT_EQ(message_for("\"é!\""), start + "a text of 2 characters" + end);
  EXPECT_EQ(message_for("\"!\""), start + "a text of 1 character" + end);
  EXPECT_EQ(message_for("\"https://a:b@h/x\""), start + "a URL" + end);
  const std::string prefix = "ghp_";
  for (const std::string& token :
       {prefix + "0123456789abcdefghij", std::string("0123456789abcdef0123456789abcdef01234567"),
        std::string("q7Xz9Lm2Vw8Rt4Kp"), std::string(65, 'a')}) {
    EXPECT_EQ(message_for("\"" + token + "\"").find(token.substr(0, 12)), std::string::npos);
  }
  for (const char* const container : {R"({"password": "hunter2"})", R"(["hunter2"])"}) {
    const std::string message = message_for(container);
    EXPECT_EQ(message.find("hunter2"), std::string::npos) << message;
  }
}

TEST_F(Rwenv, NamesOfOthersThatAreSecretsAreNotListed) {
  const std::string token = "glpat-" + std::string("0123456789abcdefghij");
  const engine::Error error =
      refusal(R"({"rwenvs": {")" + token + R"(": {}, "https://ann:hunter2@host/x": {}}})");
  EXPECT_EQ(error.code, Code::unknown_rwenv);
  EXPECT_NE(error.message.find("There are: ***, "), std::string::npos) << error.message;
  std::string told = error.message + error.hint;
  for (const auto& [name, value] : error.details) {
    if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
      for (const std::string& text : *list) {
        told += text;
      }
    }
  }
  EXPECT_EQ(told.find("0123456789"), std::string::npos) << told;
  EXPECT_EQ(told.find("hunter2"), std::string::npos) << told;
}

TEST_F(Rwenv, WhatIsNoJsonIsNotQuoted) {
  for (const char* const content :
       {R"({"rwenvs": hunter2})", R"({"rwenvs": "hunter2)", R"({"hunter2" "x"})", "hunter2",
        R"({"rwenvs": 'hunter2'})", R"({"rwenvs": "hunter2\q"})", "{\"rwenvs\": \"hunter2\x01\"}",
        R"({"rwenvs": 7777777e999999})", R"({"hunter2": 1} hunter2)"}) {
    const std::string message = refusal(content).message;
    EXPECT_EQ(message.find("hunter2"), std::string::npos) << message;
    EXPECT_EQ(message.find("7777777"), std::string::npos) << message;
  }
}

TEST_F(Rwenv, AWrongUrlIsQuotedOnlyWhereNothingInItCanBeAPassword) {
  const auto message_for = [this](const std::string& url) {
    auto checked = engine::flux_git_repo({.name = "dev", .flux_git_repo = engine::RemoteUrl(url)},
                                         sandbox_.config());
    EXPECT_FALSE(checked) << url;
    return checked ? std::string() : checked.error().message;
  };
  EXPECT_EQ(message_for("--upload-pack=/bin/true"),
            file() +
                ": /rwenvs/dev/fluxGitRepo: given '--upload-pack=/bin/true', expected an "
                "https, http, ssh, git or file URL.");
  for (const char* const url :
       {"-ann:hunter2@host", "-x https:/ann:hunter2@host", "x::https://ann:a@hunter2@host",
        "x::https://host/path?private_token=hunter2", "https://ann:hunter2\n@host/x",
        "https://ann:a hunter2@host/x", "http://host/x y?token=hunter2", "ext::sh -c hunter2",
        "-password=hunter2"}) {
    EXPECT_EQ(message_for(url).find("hunter2"), std::string::npos) << message_for(url);
  }
}

TEST_F(Rwenv, AnotherTypeOfRepositoryIsRefused) {
  const auto error = refusal(R"({"rwenvs": {"dev": {"fluxGitRepoType": "gitlab"}}})");
  EXPECT_EQ(error.code, Code::bad_config);
  EXPECT_NE(error.message.find("given \"gitlab\", expected \"github\" or \"gitea\""),
            std::string::npos);
}

TEST_F(Rwenv, NoFluxRepositoryIsRefusedInTheSkillsWords) {
  auto url = engine::flux_git_repo({.name = "dev"}, sandbox_.config());
  ASSERT_FALSE(url);
  EXPECT_EQ(url.error().code, Code::no_flux_repo);
  EXPECT_EQ(url.error().message,
            "No flux repo configured for this rwenv. Add `fluxGitRepo` to rwenv config.");
}

TEST_F(Rwenv, UrlsThatGitWouldTakeForSomethingElseAreRefused) {
  for (const char* url : {"-oProxyCommand=x", "--upload-pack=x", "ext::sh -c x", "a\nb", "::x",
                          "my-helper.2::https://h/x"}) {
    auto checked = engine::flux_git_repo({.name = "dev", .flux_git_repo = engine::RemoteUrl(url)},
                                         sandbox_.config());
    ASSERT_FALSE(checked) << url;
    EXPECT_EQ(checked.error().code, Code::bad_config) << url;
  }
  for (const char* url : {"https://u:p@h/x.git", "git@h:x/y.git", "ssh://h/x", "file:///x", "/x/y",
                          "https://[::1]:8443/x.git", "git@[::1]:x.git", "[fe80::1]:x.git"}) {
    EXPECT_TRUE(engine::flux_git_repo({.name = "dev", .flux_git_repo = engine::RemoteUrl(url)},
                                      sandbox_.config()))
        << url;
  }
}

TEST_F(Rwenv, ConfigurationDirectoryFollowsTheEnvironment) {
  EXPECT_EQ(engine::rwenv_config_directory(sandbox_.host()).value(), sandbox_.config());
  sandbox_.variables["RWENV_CONFIG_DIR"] = "/shared/rwenv";
  EXPECT_EQ(engine::rwenv_config_directory(sandbox_.host()).value(), "/shared/rwenv");
  sandbox_.variables["CLAUDE_PLUGIN_OPTION_CONFIG_DIR"] = "";  // as Claude gives it, if not chosen
  EXPECT_EQ(engine::rwenv_config_directory(sandbox_.host()).value(), "/shared/rwenv");
  sandbox_.variables["CLAUDE_PLUGIN_OPTION_CONFIG_DIR"] = "/chosen/rwenv";
  EXPECT_EQ(engine::rwenv_config_directory(sandbox_.host()).value(), "/chosen/rwenv");
  sandbox_.variables.clear();
  EXPECT_EQ(engine::rwenv_config_directory(sandbox_.host()).error().code, Code::bad_config);
}

TEST_F(Rwenv, DirectoriesFromTheEnvironmentAreAbsolute) {
  for (const char* variable :
       {"CLAUDE_PLUGIN_OPTION_CONFIG_DIR", "RWENV_CONFIG_DIR", "HOME", "XDG_CONFIG_HOME",
        "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "GIT_CONFIG_GLOBAL"}) {
    for (const char* value : {"x", "./x", "~/x", "$HOME/x", "../x"}) {
      test::EngineHost machine;
      machine.variables[variable] = value;
      const auto refused = engine::rwenv_config_directory(machine.host());
      ASSERT_FALSE(refused) << variable << "=" << value;
      EXPECT_EQ(refused.error().code, Code::bad_config);
      EXPECT_EQ(refused.error().message,
                std::string(variable) + ": given '" + value +
                    "', expected an absolute path, in which neither `~` nor a variable is "
                    "expanded.");
      machine.variables[variable] = "";
      EXPECT_TRUE(engine::rwenv_config_directory(machine.host()) ||
                  variable == std::string("HOME"));
    }
  }
}

TEST_F(Rwenv, ThatEverybodyCanWriteIsRefused) {
  namespace fs = std::filesystem;
  const fs::path envs = sandbox_.directory.write("home/.claude/rwenv/envs.json",
                                                 R"({"rwenvs":{"dev":{"readOnly":true}}})");
  const auto loaded = [&] { return engine::load_rwenv(sandbox_.config(), "dev"); };
  for (const unsigned mode : {0600U, 0644U, 0660U, 0664U}) {
    fs::permissions(envs, fs::perms(mode));
    EXPECT_TRUE(loaded()) << mode;
  }
  for (const unsigned mode : {0666U, 0602U, 0777U}) {
    fs::permissions(envs, fs::perms(mode));
    ASSERT_FALSE(loaded()) << mode;
    EXPECT_EQ(loaded().error().code, Code::bad_config);
    EXPECT_NE(loaded().error().message.find("can be written by everybody"), std::string::npos);
  }
  fs::permissions(envs, fs::perms(0600));
  for (const unsigned mode : {0777U, 01777U, 0702U}) {
    fs::permissions(sandbox_.config(), fs::perms(mode));
    EXPECT_FALSE(loaded()) << mode;
    EXPECT_FALSE(engine::rwenv_config_directory(sandbox_.host())) << mode;
  }
  fs::permissions(sandbox_.config(), fs::perms(0770));
  EXPECT_TRUE(loaded());
  EXPECT_TRUE(engine::rwenv_config_directory(sandbox_.host()));
}

TEST_F(Rwenv, ThatIsALinkIsJudgedByWhatItLeadsTo) {
  namespace fs = std::filesystem;
  const fs::path real = sandbox_.directory.write("dotfiles/envs.json", R"({"rwenvs":{"dev":{}}})");
  fs::create_directories(sandbox_.config());
  fs::create_symlink(real, sandbox_.config() / "envs.json");
  EXPECT_TRUE(engine::load_rwenv(sandbox_.config(), "dev"));
  fs::permissions(real.parent_path(), fs::perms(0777));
  EXPECT_FALSE(engine::load_rwenv(sandbox_.config(), "dev"));
}

TEST_F(Rwenv, TheFluxPathIsADirectoryInsideOfTheRepository) {
  const auto flux_path = [&](const std::string& value) {
    sandbox_.directory.write("home/.claude/rwenv/envs.json",
                             R"({"rwenvs": {"dev": {"fluxPath": )" + value + "}}}");
    return engine::load_rwenv(sandbox_.config(), "dev");
  };
  for (const auto& [value, directory] : std::vector<std::pair<const char*, const char*>>{
           {R"("clusters/staging")", "clusters/staging"},
           {R"("./clusters/staging/")", "clusters/staging"},
           {R"("clusters//staging")", "clusters/staging"},
           {R"("..apps/a..b")", "..apps/a..b"},
           {R"("./")", ""},
           {R"(".")", ""}}) {
    const auto rwenv = flux_path(value);
    ASSERT_TRUE(rwenv) << value << " " << rwenv.error().message;
    EXPECT_EQ(rwenv->flux_path, directory) << value;
  }
  EXPECT_EQ(flux_path("null")->flux_path, std::nullopt);
  for (const char* value :
       {R"("")", R"("/clusters")", R"("..")", R"("../x")", R"("a/../../b")", R"(".git")",
        R"("a/.git/b")", R"("a\\b")", R"("a\nb")", R"("-a")", "7", "[\"a\"]", "true"}) {
    const auto rwenv = flux_path(value);
    ASSERT_FALSE(rwenv) << value;
    EXPECT_EQ(rwenv.error().code, Code::bad_config) << value;
    EXPECT_NE(rwenv.error().message.find("rwenvs/dev/fluxPath"), std::string::npos)
        << rwenv.error().message;
  }
}

TEST_F(Rwenv, TheFluxBranchIsANameThatGitAccepts) {
  const auto load = [&](const std::string& value) {
    sandbox_.directory.write("home/.claude/rwenv/envs.json",
                             R"({"rwenvs": {"dev": {"fluxGitBranch": )" + value + "}}}");
    return engine::load_rwenv(sandbox_.config(), "dev");
  };
  for (const char* const name : {"main", "env/live-1", "a.b", "x-", "refs/heads/x", "äöü"}) {
    const auto rwenv = load("\"" + std::string(name) + "\"");
    ASSERT_TRUE(rwenv) << name << " " << rwenv.error().message;
    EXPECT_EQ(rwenv->flux_git_branch, name);
  }
  EXPECT_EQ(load("null")->flux_git_branch, std::nullopt);
  for (const char* const value :
       {R"("")",     R"("-x")",  R"("a..b")",     R"("a b")",     R"("a~1")",   R"("a^")",
        R"("a:b")",  R"("a?")",  R"("a*")",       R"("[a")",      R"("/a")",    R"("a/")",
        R"("a//b")", R"("a.")",  R"(".a")",       R"("a.lock")",  R"("@{-1}")", R"("a@{1}")",
        R"("a\\b")", R"("a\n")", R"("a\u0000b")", R"("a\u007f")", R"("HEAD")",  "7",
        "true",      R"(["a"])"}) {
    const auto rwenv = load(value);
    ASSERT_FALSE(rwenv) << value;
    EXPECT_EQ(rwenv.error().code, Code::bad_config) << value;
    EXPECT_NE(rwenv.error().message.find("rwenvs/dev/fluxGitBranch: "), std::string::npos)
        << rwenv.error().message;
  }
}

TEST_F(Rwenv, SaysWhetherToProposeAndOnWhichForge) {
  const auto load = [&](const std::string& fields) {
    sandbox_.directory.write("home/.claude/rwenv/envs.json",
                             R"({"rwenvs": {"dev": {)" + fields + "}}}");
    return engine::load_rwenv(sandbox_.config(), "dev");
  };
  using engine::FluxForge;
  using engine::FluxWrite;
  for (const char* const fields : {"", R"("fluxWrite": "push")", R"("fluxWrite": null)"}) {
    EXPECT_EQ(load(fields)->flux_write, FluxWrite::push) << fields;
    EXPECT_EQ(load(fields)->flux_forge, std::nullopt) << fields;
  }
  EXPECT_EQ(load(R"("fluxWrite": "pull-request")")->flux_write, FluxWrite::pull_request);
  for (const auto& [name, forge] : {std::pair("github", FluxForge::github),
                                    {"gitlab", FluxForge::gitlab},
                                    {"gitea", FluxForge::gitea}}) {
    EXPECT_EQ(load(R"("fluxForge": ")" + std::string(name) + "\"")->flux_forge, forge) << name;
  }
  for (const auto& [field, values] :
       {std::pair("fluxWrite", R"("Push","pull request","merge-request","",true)"),
        {"fluxForge", R"("GitHub","forgejo","",1)"}}) {
    std::istringstream list(values);
    for (std::string value; std::getline(list, value, ',');) {
      const auto rwenv = load("\"" + std::string(field) + "\": " + value);
      ASSERT_FALSE(rwenv) << value;
      EXPECT_EQ(rwenv.error().code, Code::bad_config) << value;
      EXPECT_NE(rwenv.error().message.find(std::string("rwenvs/dev/") + field), std::string::npos)
          << rwenv.error().message;
    }
  }
}

TEST_F(Rwenv, ReplacingIsConfirmedOnlyIfSaid) {
  const auto load = [&](const std::string& value) {
    sandbox_.directory.write("home/.claude/rwenv/envs.json",
                             R"({"rwenvs": {"dev": {"confirmReplace": )" + value + "}}}");
    return engine::load_rwenv(sandbox_.config(), "dev");
  };
  EXPECT_TRUE(load("true")->confirm_replace);
  EXPECT_FALSE(load("false")->confirm_replace);
  EXPECT_FALSE(load("null")->confirm_replace);
  EXPECT_EQ(load("\"true\"").error().code, Code::bad_config);
}

}  // namespace
