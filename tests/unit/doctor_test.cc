#include "engine/doctor/doctor.h"

#include <algorithm>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/config/other_plugins.h"
#include "tests/support/engine_host.h"
#include "tests/support/reader_words.h"

namespace {

namespace fs = std::filesystem;

using engine::Code;
using engine::DoctorCheck;
using engine::DoctorReport;
using test::exited;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using State = engine::DoctorCheck::State;

constexpr const char* kCommit = "a1b2c3d13453c51f4b009996f31f074f029fb670";

// A machine on which all is in place; each test takes one thing away.
class Doctor : public testing::Test {
 protected:
  Doctor() {
    machine_.variables["TMPDIR"] = temporary().string();
    fs::create_directories(temporary());
    write("project/.git/HEAD", "ref: refs/heads/feature/health\n");
    // An id of SHA-256, so that no object is needed.
    write("project/.git/refs/heads/feature/health", std::string(kCommit) + std::string(24, '0'));
    write("project/.claude/rwenv", "dev\n");
    write_envs(R"("fluxGitRepo": "https://ann:s3cret@git.example/flux.git")");
    write_catalog(R"({"papi": {"imageGroup": "backend"}})");
    machine_.runner.on("git --version", exited(0, "git version 2.39.5 (Apple Git-154)\n"));
    machine_.runner.on("config --null",
                       exited(0, std::string("user.name\nDana\0user.email\nd@example.com\0", 40)));
    machine_.runner.on("gh auth status",
                       exited(0, "",
                              "github.com\n  ✓ Logged in to github.com as dana (/h/hosts)\n"
                              "  ✓ Token: gho_s3cret\n"));
    machine_.runner.on("ls-remote", exited(0, std::string(kCommit) + "\trefs/heads/main\n"));
  }

  fs::path temporary() const { return machine_.directory.path() / "tmp"; }
  void write(const fs::path& file, const std::string& bytes) {
    machine_.directory.write(file, bytes);
  }
  void write_envs(const std::string& fields) {
    write("home/.claude/rwenv/envs.json", R"({"rwenvs": {"dev": {)" + fields + "}}}");
  }
  void write_catalog(const std::string& services) {
    write(
        "home/.claude/rwenv/flux-infra-guide/dev/services.json",
        R"({"generatedAt": "2026-01-02T03:04:05Z", "services": )" + services +
            R"(, "imageGroups": {"backend": {"file": "a/k.yaml", "imageName": "backend", "wiring": )" +
            wiring_ + R"(},
                  "strange": {"file": "a/k.yaml", "imageName": "x", "type": "jsonnet"},
                  "outside": {"file": "../k.yaml", "imageName": "x"}}})");
  }
  DoctorReport examine() { return engine::examine(machine_.host(), {}, {}); }
  DoctorCheck check(const std::string& name) {
    const DoctorReport report = examine();
    const auto found = std::ranges::find(report.checks, name, &DoctorCheck::name);
    EXPECT_NE(found, report.checks.end()) << name;
    return found == report.checks.end() ? DoctorCheck() : *found;
  }

  test::EngineHost machine_;
  std::string wiring_ = R"({"kustomizations": []})";
};

TEST_F(Doctor, FindsAllInPlace) {
  const DoctorReport report = examine();
  std::vector<std::string> names;
  for (const DoctorCheck& check : report.checks) {
    EXPECT_EQ(check.state, State::ok) << check.name << ": " << check.message;
    EXPECT_THAT(check.message + check.hint, Not(HasSubstr("s3cret")));
    names.push_back(check.name);
  }
  EXPECT_THAT(names, ElementsAre("git", "gh", "time-limit", "project", "rwenv", "envs.json",
                                 "flux-repo", "read-only", "catalog", "wiring", "identity",
                                 "signing", "clone", "remote", "cluster", "plugins"));
  EXPECT_TRUE(report.ready());
  EXPECT_THAT(report.missing(), IsEmpty());
}

TEST_F(Doctor, SaysWhatItFound) {
  EXPECT_EQ(check("git").message, "version 2.39.5 (Apple Git-154)");
  EXPECT_EQ(check("gh").message, "logged in to github.com as dana");
  EXPECT_EQ(check("flux-repo").message, "https://git.example/flux.git (github)");
  EXPECT_THAT(check("project").message, HasSubstr(", branch feature/health at a1b2c3d"));
  EXPECT_THAT(check("catalog").message,
              HasSubstr("services.json, 1 service, generated 2026-01-02T03:04:05Z"));
  EXPECT_EQ(check("identity").message, "Dana <d@example.com>");
  EXPECT_EQ(check("remote").message, "answers, branch main");
}

TEST_F(Doctor, ShowsTheWiringOnce) {
  wiring_ = R"({"kustomizations": [
    {"file": "clusters/x/apps.yaml", "name": "backend", "path": "clusters/x", "interval": "1m",
     "source": {"file": "clusters/x/sync.yaml", "name": "flux-system", "branch": "main"}}]})";
  write_catalog(R"({"papi": {"imageGroup": "backend"}, "worker": {"imageGroup": "backend"}})");
  EXPECT_EQ(check("wiring").state, State::ok);
  EXPECT_EQ(check("wiring").message,
            "Flux follows main at ./clusters/x, Kustomization backend, every 1m");
}

TEST_F(Doctor, AWiringThatTheCatalogDoesNotKnowIsANote) {
  wiring_ = "null";
  write_catalog(R"({"papi": {"imageGroup": "backend"}})");
  EXPECT_EQ(check("wiring").state, State::note);
  EXPECT_THAT(check("wiring").message, HasSubstr("does not know how Flux gets"));
  EXPECT_THAT(check("wiring").hint, HasSubstr("regenerate"));
  EXPECT_TRUE(examine().ready());
}

TEST_F(Doctor, NamesOtherPluginsThatAnswerToRollout) {
  const std::string cache = "home/.claude/plugins/cache/";
  EXPECT_EQ(check("plugins").message, "no other plugin answers to `/rollout`");
  machine_.directory.write(cache + "acme/rwenv/1.0.0/skills/rollout/SKILL.md", "");
  EXPECT_EQ(check("plugins").state, State::note);
  EXPECT_THAT(check("plugins").message,
              AllOf(HasSubstr("Another plugin"), HasSubstr("rwenv@acme"),
                    HasSubstr("`/rollout:rollout` is always this one's")));
  EXPECT_TRUE(examine().ready());
  for (const char* name : {"a", "b", "c", "d", "e", "f\x1b[31m"}) {
    machine_.directory.write(cache + "acme/" + name + "/1.0.0/commands/rollout.md", "");
  }
  EXPECT_THAT(check("plugins").message,
              AllOf(HasSubstr("a@acme, b@acme, c@acme, d@acme, e@acme and 2 more"),
                    Not(HasSubstr("\x1b"))));
}

TEST_F(Doctor, OffersTheCatalogOfAnotherPluginOnlyWhereThereIsNone) {
  const std::string other = "home/.claude/plugins/cache/acme/rwenv/1.0.0/";
  machine_.directory.write(other + engine::kCatalogInPlugin, "{}");
  EXPECT_THAT(check("catalog").hint, Not(HasSubstr("import_catalog")));
  write_catalog("{}");  // it has no services, but an import would not overwrite it
  EXPECT_EQ(check("catalog").state, State::missing);
  EXPECT_THAT(check("catalog").hint, Not(HasSubstr("import_catalog")));
  fs::remove_all(machine_.config() / "flux-infra-guide");
  EXPECT_EQ(check("catalog").state, State::missing);
  EXPECT_THAT(check("catalog").hint,
              AllOf(HasSubstr("that rwenv@acme has left"), HasSubstr("import_catalog")));
  fs::remove_all(machine_.directory.path() / other);
  EXPECT_THAT(check("catalog").hint, Not(HasSubstr("import_catalog")));
}

TEST_F(Doctor, LeavesNothingBehind) {
  examine();
  EXPECT_TRUE(fs::is_empty(temporary()));
  EXPECT_FALSE(fs::exists(machine_.config() / "flux-repos"));
}

TEST_F(Doctor, WithoutGitTellsWhatCannotBeChecked) {
  engine::ProcessResult none;
  none.kind = engine::ProcessResult::Kind::not_found;
  machine_.runner.on("git --version", none);
  const DoctorReport report = examine();
  EXPECT_THAT(report.missing(), ElementsAre("git"));
  EXPECT_THAT(check("git").hint, HasSubstr("Install git"));
  EXPECT_EQ(check("identity").state, State::skipped);
  EXPECT_EQ(check("identity").message, "cannot be checked before git is in place");
  EXPECT_EQ(check("signing").state, State::skipped);
  EXPECT_EQ(check("remote").state, State::skipped);
  EXPECT_EQ(check("catalog").state, State::ok);
}

TEST_F(Doctor, AnOldGitIsNamed) {
  machine_.runner.on("git --version", exited(0, "git version 2.28.1\n"));
  EXPECT_EQ(check("git").message, "git is of version 2.28.1; 2.29 or later is needed.");
  machine_.runner.on("git --version", exited(0, "git version 2.29.0.rc1\n"));
  EXPECT_EQ(check("git").state, State::ok);
  machine_.runner.on("git --version", exited(0, "git version unknown\n"));
  EXPECT_EQ(check("git").state, State::ok);
}

TEST_F(Doctor, GhThatIsMissingOrNotLoggedIn) {
  engine::ProcessResult none;
  none.kind = engine::ProcessResult::Kind::not_found;
  machine_.runner.on("gh auth", none);
  EXPECT_EQ(check("gh").code, Code::gh_missing);
  machine_.runner.on("gh auth", exited(1, "",
                                       "You are not logged into any GitHub hosts. Run gh "
                                       "auth login to authenticate.\n"));
  EXPECT_EQ(check("gh").code, Code::gh_auth);
  EXPECT_THAT(check("gh").hint, HasSubstr("gh auth login"));
  // A newer gh writes it to stdout.
  machine_.runner.on("gh auth", exited(1, "github.com\n  X Failed to log in to github.com\n"));
  EXPECT_EQ(check("gh").code, Code::gh_failed);
  EXPECT_THAT(check("gh").message, HasSubstr("X Failed to log in to github.com"));
}

// A rollout takes the number of the pull request from the remote's refs.
TEST_F(Doctor, GhThatIsNotNeededForTheProjectsRemoteIsANote) {
  engine::ProcessResult none;
  none.kind = engine::ProcessResult::Kind::not_found;
  machine_.runner.on("gh auth", none);
  for (const char* const url :
       {"https://ann:s3cret@gitlab.example/shop/papi.git", "git@gitlab.example:shop/papi.git"}) {
    write("project/.git/config", "[remote \"origin\"]\n\turl = " + std::string(url) + "\n");
    const DoctorCheck gh = check("gh");
    EXPECT_EQ(gh.state, State::note) << url;
    EXPECT_THAT(gh.message, HasSubstr("not installed"));
    EXPECT_THAT(gh.hint, AllOf(HasSubstr("gitlab.example"), Not(HasSubstr("s3cret"))));
    EXPECT_TRUE(examine().ready());
  }
  for (const char* const url : {"https://github.com/shop/papi.git", "../elsewhere"}) {
    write("project/.git/config", "[remote \"origin\"]\n\turl = " + std::string(url) + "\n");
    EXPECT_EQ(check("gh").code, Code::gh_missing) << url;
  }
}

TEST_F(Doctor, GhThatIsLoggedInElsewhereOnlyIsANote) {
  machine_.runner.on("gh auth", exited(1, "",
                                       "github.com\n  ✓ Logged in to github.com as dana (/h)\n"
                                       "old.example\n  X old.example: authentication failed\n"));
  EXPECT_EQ(check("gh").state, State::note);
  EXPECT_THAT(check("gh").message,
              AllOf(HasSubstr("github.com as dana"), HasSubstr("old.example")));
}

TEST_F(Doctor, AnIdentityThatOnlyTheCloneCanHaveIsANote) {
  machine_.runner.on("config --null", exited(1, ""));
  EXPECT_EQ(check("identity").code, Code::no_identity);
  machine_.runner.on("includeif", exited(0, std::string("includeif.gitdir:/w/.path\nwork\0", 31)));
  EXPECT_EQ(check("identity").state, State::note);
  EXPECT_THAT(check("identity").message, HasSubstr("for certain repositories only"));
}

TEST_F(Doctor, WithoutAnRwenvTheRestSaysSo) {
  fs::remove(machine_.project() / ".claude/rwenv");
  EXPECT_THAT(examine().missing(), ElementsAre("rwenv"));
  EXPECT_EQ(check("rwenv").message, "No rwenv set. Use `/rwenv-set` first.");
  for (const char* name :
       {"envs.json", "flux-repo", "read-only", "catalog", "wiring", "clone", "remote"}) {
    EXPECT_EQ(check(name).state, State::skipped) << name;
  }
  EXPECT_EQ(check("identity").state, State::ok);
}

TEST_F(Doctor, ConfigurationThatIsMissingOrWrong) {
  write_envs(R"("readOnly": "yes")");
  EXPECT_EQ(check("envs.json").code, Code::bad_config);
  write_envs(R"("readOnly": false)");
  EXPECT_EQ(check("flux-repo").code, Code::no_flux_repo);
  fs::remove(machine_.config() / "envs.json");
  EXPECT_EQ(check("envs.json").code, Code::unknown_rwenv);
  machine_.variables["ROLLOUT_TIMEOUT_SECONDS"] = "soon";
  EXPECT_EQ(check("time-limit").code, Code::bad_config);
}

TEST_F(Doctor, ReadOnlyIsANote) {
  write_envs(R"("fluxGitRepo": "https://git.example/flux.git", "readOnly": true)");
  EXPECT_EQ(check("read-only").state, State::note);
  EXPECT_TRUE(examine().ready());
}

TEST_F(Doctor, ServicesThatCannotBeRolledOutAreNamed) {
  write_catalog(R"({"papi": {"imageGroup": "backend"}, "a": {}, "b": {"imageGroup": "strange"},
                    "c": {"imageGroup": "outside"}, "d": {"imageGroup": 4}})");
  EXPECT_EQ(check("catalog").state, State::note);
  EXPECT_THAT(check("catalog").message,
              HasSubstr("a (no_image_group), b (unsupported_type), c (bad_path), d (bad_config)."));
  write_catalog(R"({"a": {}})");
  EXPECT_EQ(check("catalog").state, State::missing);
}

TEST_F(Doctor, WithoutACatalogItSaysHowToGetOne) {
  fs::remove_all(machine_.config() / "flux-infra-guide");
  EXPECT_EQ(check("catalog").state, State::missing);
  EXPECT_THAT(test::in_braces(check("catalog").hint), HasSubstr("{regenerate_services}"));
  write_catalog("{}");
  EXPECT_THAT(check("catalog").message, HasSubstr("has no services"));
}

TEST_F(Doctor, SigningIsTriedWhereItIsAskedFor) {
  machine_.runner.on(
      "config --null",
      exited(0, std::string("user.name\nDana\0user.email\nd@example.com\0commit.gpgsign\ntrue\0",
                            60)));
  machine_.runner.on("commit-tree -S", exited(0, std::string(kCommit) + "\n"));
  EXPECT_EQ(check("signing").message, "a commit can be signed without a prompt");
  machine_.runner.on("commit-tree -S", exited(128, "", "error: gpg failed to sign the data\n"));
  EXPECT_EQ(check("signing").code, Code::sign_failed);
  EXPECT_THAT(check("signing").message, HasSubstr("gpg failed to sign the data"));
}

TEST_F(Doctor, RemoteThatDoesNotAnswerIsDiagnosedAsInARollout) {
  machine_.runner.on("ls-remote", exited(128, "",
                                         "fatal: unable to access 'https://git.example/"
                                         "flux.git/': Could not resolve host: git.example\n"));
  EXPECT_EQ(check("remote").code, Code::unreachable);
  EXPECT_THAT(check("remote").hint, HasSubstr("Check the network"));
  machine_.runner.on("ls-remote", exited(0, ""));
  EXPECT_EQ(check("remote").code, Code::branch_not_found);
}

TEST_F(Doctor, ASymbolicLinkInPlaceOfTheCloneIsNamed) {
  write("elsewhere/notes.txt", "");
  const fs::path link = machine_.config() / "flux-repos/dev";
  fs::create_directories(link.parent_path());
  fs::create_directory_symlink(machine_.directory.path() / "elsewhere", link);
  const DoctorCheck found = check("clone");
  EXPECT_EQ(found.state, State::missing);
  EXPECT_EQ(found.code, Code::bad_config);
  EXPECT_THAT(found.message, HasSubstr(link.string() + " is a symbolic link"));
}

TEST_F(Doctor, ACloneThatIsBrokenWillBeReplaced) {
  write("home/.claude/rwenv/flux-repos/dev/notes.txt", "");
  EXPECT_EQ(check("clone").state, State::note);
  EXPECT_THAT(check("clone").hint, HasSubstr("replaces it"));
  EXPECT_TRUE(fs::exists(machine_.config() / "flux-repos/dev/notes.txt"));
}

TEST_F(Doctor, TheBranchOfTheRwenvIsLookedForOnTheRemote) {
  write_envs(R"("fluxGitRepo": "https://git.example/flux.git", "fluxGitBranch": "staging")");
  machine_.runner.on("refs/heads/staging", exited(0, std::string(kCommit) + "\tHEAD\n" + kCommit +
                                                         "\trefs/heads/staging\n"));
  EXPECT_EQ(check("remote").message, "answers, branch staging");
  machine_.runner.on("refs/heads/staging", exited(0, std::string(kCommit) + "\tHEAD\n"));
  EXPECT_EQ(check("remote").code, Code::branch_not_found);
  EXPECT_THAT(check("remote").message, HasSubstr("has no branch 'staging'"));
}

TEST_F(Doctor, TheClusterIsNotAskedWhereTheRwenvNamesNone) {
  EXPECT_EQ(check("cluster").message, "not asked: the rwenv has no kubernetesContext");
  for (const std::string& line : machine_.runner.lines()) {
    EXPECT_THAT(line, Not(HasSubstr("kubectl")));
  }
}

TEST_F(Doctor, TheClusterOfTheRwenvAnswers) {
  write_envs(R"("fluxGitRepo": "https://git.example/flux.git", "kubernetesContext": "debug")");
  machine_.runner.on("kubectl --context debug --request-timeout 15s get --raw /version",
                     exited(0, R"({"gitVersion": "v1.29.3\u001b[31m"})"));
  EXPECT_EQ(check("cluster").state, State::ok);
  EXPECT_EQ(check("cluster").message, "answers, context debug, Kubernetes v1.29.3");
}

TEST_F(Doctor, ARolloutDoesNotNeedTheCluster) {
  write_envs(R"("fluxGitRepo": "https://git.example/flux.git", "kubernetesContext": "debug")");
  engine::ProcessResult none;
  none.kind = engine::ProcessResult::Kind::not_found;
  machine_.runner.on("kubectl", none);
  EXPECT_EQ(check("cluster").state, State::note);
  EXPECT_EQ(check("cluster").code, Code::kubectl_missing);
  EXPECT_TRUE(examine().ready());
  write_envs(
      R"("fluxGitRepo": "https://git.example/flux.git", "kubernetesContext": "debug",
         "kubeconfigPath": "kube/config")");
  EXPECT_EQ(check("cluster").code, Code::bad_config);
  EXPECT_TRUE(examine().ready());
}

}  // namespace
