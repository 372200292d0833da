// The catalog made from a real remote: what is written and where, clones that lack objects, and
// what is never overwritten.
#include "engine/regenerate.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "engine/lookup_service.h"
#include "json/json.h"
#include "tests/support/expect_ok.h"
#include "tests/support/git_sandbox.h"

namespace {

namespace fs = std::filesystem;

using engine::Code;
using engine::RegenerateResult;
using engine::RegenerateStatus;
using engine::Result;
using test::fails;
using test::GitSandbox;
using test::ok;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kDeployment =
    "kind: Deployment\nmetadata: {name: papi}\nspec: {template: {spec: {containers: [{name: papi, "
    "image: \"backend:1\"}]}}}\n";

std::string read(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// Real processes, whose git subcommands are noted.
class RecordingRunner final : public engine::CommandRunner {
 public:
  explicit RecordingRunner(engine::CommandRunner& real) : real_(real) {}
  engine::ProcessResult run(const engine::Command& command, const std::stop_token& stop,
                            std::chrono::milliseconds limit) override {
    std::ranges::copy(command.arguments(), std::back_inserter(arguments));
    return real_.run(command, stop, limit);
  }
  std::vector<std::string> arguments;

 private:
  engine::CommandRunner& real_;
};

class Regenerate : public testing::Test {
 protected:
  Regenerate() {
    sandbox_.set("RWENV_CONFIG_DIR", (sandbox_.path() / "config").string());
    write("project/.claude/rwenv", "dev\n");
    write_envs("");
    // The sandbox's manifest has entries for backend and other images.
    push("apps/backend/papi.yaml", kDeployment);
    push("apps/backend/kustomization.yaml",
         "namespace: shop\nresources: [papi.yaml]\nimages: [{name: backend, newTag: old}]\n");
  }

  void write(const fs::path& file, std::string_view bytes) const {
    fs::create_directories((sandbox_.path() / file).parent_path());
    std::ofstream(sandbox_.path() / file, std::ios::binary) << bytes;
  }
  void write_envs(const std::string& more) const {
    write("config/envs.json",
          R"({"rwenvs": {"dev": {"fluxGitRepo": ")" + sandbox_.url() + "\"" + more + "}}}");
  }
  void push(const std::string& file, std::string_view bytes) const {
    const test::TemporaryDirectory work;
    const fs::path clone = work.path() / "clone";
    sandbox_.git(sandbox_.path(), {"clone", "--quiet", sandbox_.url(), clone.string()});
    work.write(fs::path("clone") / file, std::string(bytes));
    sandbox_.git(clone, {"add", "."});
    sandbox_.git(clone, {"commit", "--quiet", "-m", "change " + file});
    sandbox_.git(clone, {"push", "--quiet", "origin", "HEAD"});
  }

  Result<RegenerateResult> regenerate(engine::RegenerateRequest request = {},
                                      const engine::CallContext& call = {}) {
    test::SandboxHost host(sandbox_);
    RecordingRunner noting(host.runner);
    request.project.directory = (sandbox_.path() / "project").string();
    const engine::Host& base = host.host;
    const engine::Host noted{.environment = base.environment,
                             .working_directory = base.working_directory,
                             .executable = base.executable,
                             .services_file = base.services_file,
                             .runner = noting,
                             .clock = base.clock};
    auto result = engine::regenerate(noted, request, call);
    arguments_ = std::move(noting.arguments);
    return result;
  }

  fs::path catalog() const { return sandbox_.path() / "config/flux-infra-guide/dev/services.json"; }
  std::ptrdiff_t runs_of(std::string_view subcommand) const {
    return std::ranges::count(arguments_, subcommand);
  }

  GitSandbox sandbox_;
  std::vector<std::string> arguments_;
};

TEST_F(Regenerate, WritesWhatALookupFinds) {
  const std::string head = sandbox_.remote_head();
  const auto result = regenerate();
  ASSERT_TRUE(ok(result));
  EXPECT_EQ(result->status, RegenerateStatus::written);
  EXPECT_EQ(result->catalog_file, catalog().string());
  EXPECT_EQ(result->commit, head);
  EXPECT_THAT(result->added, ElementsAre("papi"));
  EXPECT_THAT(result->diff, HasSubstr("+    \"papi\": {"));
  test::SandboxHost host(sandbox_);
  const auto lookup =
      engine::lookup_service(host.host, {{.directory = (sandbox_.path() / "project").string(),
                                          .client = {},
                                          .place = {},
                                          .rwenv = {}},
                                         "papi"});
  ASSERT_TRUE(ok(lookup));
  EXPECT_EQ(lookup->file, "apps/backend/kustomization.yaml");
  EXPECT_EQ(lookup->namespace_name, "shop");
  EXPECT_EQ(sandbox_.remote_head(), head);
  EXPECT_EQ(runs_of("push"), 0);
}

TEST_F(Regenerate, ASecondTimeLeavesTheFileAlone) {
  ASSERT_TRUE(ok(regenerate()));
  struct stat before {};
  ASSERT_EQ(::stat(catalog().c_str(), &before), 0);
  const auto result = regenerate();
  ASSERT_TRUE(ok(result));
  EXPECT_EQ(result->status, RegenerateStatus::unchanged);
  EXPECT_EQ(result->diff, "");
  struct stat after {};
  ASSERT_EQ(::stat(catalog().c_str(), &after), 0);
  EXPECT_EQ(before.st_ino, after.st_ino);
}

TEST_F(Regenerate, ADryRunWritesNothing) {
  const auto result = regenerate({.project = {}, .dry_run = true, .path = {}});
  ASSERT_TRUE(ok(result));
  EXPECT_EQ(result->status, RegenerateStatus::dry_run);
  EXPECT_THAT(result->diff, HasSubstr("papi"));
  EXPECT_FALSE(fs::exists(catalog()));
}

TEST_F(Regenerate, AReadOnlyEnvironmentHasACatalogToo) {
  write_envs(R"(, "readOnly": true)");
  EXPECT_TRUE(ok(regenerate()));
  EXPECT_TRUE(fs::exists(catalog()));
}

TEST_F(Regenerate, KeepsTheFilesModeAndWhatWasWrittenByHand) {
  write("config/flux-infra-guide/dev/services.json",
        R"({"owner": "me", "services": {"papi": {"description": "Public API"}}})");
  fs::permissions(catalog(), fs::perms::owner_read | fs::perms::owner_write);
  const auto result = regenerate();
  ASSERT_TRUE(ok(result));
  EXPECT_THAT(result->changed, ElementsAre("papi"));
  EXPECT_EQ(result->service_count, 1U);
  const Json catalog_json = Json::parse(read(catalog()));
  EXPECT_EQ(catalog_json.at("owner"), "me");
  EXPECT_EQ(catalog_json.at("services").at("papi").at("description"), "Public API");
  EXPECT_EQ(fs::status(catalog()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(std::distance(fs::directory_iterator(catalog().parent_path()), {}), 1);
}

TEST_F(Regenerate, KeepsWhatIsWrittenByHandWhileItFetches) {
  ASSERT_TRUE(ok(regenerate()));
  push("apps/backend/kustomization.yaml",
       "namespace: market\nresources: [papi.yaml]\nimages: [{name: backend, newTag: old}]\n");
  bool written = false;
  const auto edit_while_reading = [&](std::string_view step) {
    if (step.starts_with("reading the manifests")) {
      Json edited = Json::parse(read(catalog()));
      edited["services"]["papi"]["description"] = "The API of the shop";
      write("config/flux-infra-guide/dev/services.json", edited.dump());
      written = true;
    }
  };
  ASSERT_TRUE(ok(regenerate({}, {{}, edit_while_reading})));
  EXPECT_TRUE(written);
  const Json papi = Json::parse(read(catalog())).at("services").at("papi");
  EXPECT_EQ(papi.at("description"), "The API of the shop");
  EXPECT_EQ(papi.at("namespace"), "market");
}

TEST_F(Regenerate, BringsTheFilesOfAPartialCloneAtOnce) {
  sandbox_.git(sandbox_.remote(), {"config", "uploadpack.allowFilter", "true"});
  sandbox_.git(sandbox_.path(), {"clone", "--quiet", "--filter=blob:none", "--no-checkout",
                                 sandbox_.url(), sandbox_.clone().string()});
  const auto result = regenerate();
  ASSERT_TRUE(ok(result));
  EXPECT_THAT(result->added, ElementsAre("papi"));
  EXPECT_EQ(runs_of("diff-tree"), 1);
}

TEST_F(Regenerate, ReplacesABrokenClone) {
  ASSERT_TRUE(ok(regenerate()));
  ASSERT_EQ(sandbox_.shell(sandbox_.clone(),
                           "git gc -q; git unpack-objects -q < .git/objects/pack/*.pack; "
                           "mkdir ../kept; mv .git/objects/pack/* ../kept; "
                           "for p in ../kept/*.pack; do git unpack-objects -q < $p; done; "
                           "b=$(git rev-parse refs/remotes/origin/main:apps/backend/papi.yaml); "
                           "rm -f .git/objects/$(echo $b | cut -c1-2)/$(echo $b | cut -c3-); "
                           "rm -rf ../kept"),
            0);
  fs::remove(catalog());
  const auto result = regenerate();
  ASSERT_TRUE(ok(result));
  EXPECT_THAT(result->added, ElementsAre("papi"));
}

// No other git repairs this one: it is no partial clone, so what is lost cannot be fetched into it.
TEST_F(Regenerate, ReplacesAFullCloneThatLacksAManifest) {
  sandbox_.git(sandbox_.path(),
               {"clone", "--quiet", "--no-local", sandbox_.url(), sandbox_.clone().string()});
  ASSERT_EQ(sandbox_.shell(sandbox_.clone(),
                           "mv .git/objects/pack ../pack; mkdir .git/objects/pack; "
                           "for p in ../pack/*.pack; do git unpack-objects -q < $p; done; "
                           "b=$(git rev-parse HEAD:apps/backend/papi.yaml); "
                           "rm .git/objects/$(echo $b | cut -c1-2)/$(echo $b | cut -c3-)"),
            0);
  std::vector<std::string> steps;
  const auto result =
      regenerate({}, {{}, [&](std::string_view step) { steps.emplace_back(step); }});
  ASSERT_TRUE(ok(result));
  EXPECT_THAT(result->added, ElementsAre("papi"));
  EXPECT_THAT(steps, Contains("the clone is broken: making a new one"));
  EXPECT_EQ(sandbox_.shell(sandbox_.clone(), "git fsck --strict"), 0);
}

TEST_F(Regenerate, SaysWhyAServiceThatItKeepsLeadsNowhere) {
  write("config/flux-infra-guide/dev/services.json", R"({
    "services": {
      "outside": {"imageGroup": "outside", "description": "by hand"},
      "lost": {"imageGroup": "lost", "description": "by hand"},
      "renamed": {"imageGroup": "renamed", "description": "by hand"},
      "elsewhere": {"imageGroup": "elsewhere", "description": "by hand"}
    },
    "imageGroups": {
      "outside": {"file": "../kustomization.yaml", "imageName": "backend", "type": "kustomize-images"},
      "lost": {"file": "apps/lost/kustomization.yaml", "imageName": "backend", "type": "kustomize-images"},
      "renamed": {"file": "apps/backend/kustomization.yaml", "imageName": "frontend", "type": "kustomize-images"},
      "elsewhere": {"file": "apps/backend/kustomization.yaml", "imageName": "backend", "type": "helm-values", "path": ".image.tag"}
    }})");
  const auto result = regenerate();
  ASSERT_TRUE(ok(result));
  std::map<std::string, std::string> reasons;
  for (const auto& unplaced : result->unplaced) {
    reasons[unplaced.what] = unplaced.reason;
  }
  EXPECT_THAT(reasons["outside"], HasSubstr("../kustomization.yaml"));
  EXPECT_THAT(reasons["lost"], HasSubstr("apps/lost/kustomization.yaml"));
  EXPECT_THAT(reasons["renamed"], HasSubstr("frontend"));
  EXPECT_THAT(reasons["elsewhere"], HasSubstr("image.tag"));
  EXPECT_EQ(reasons.count("papi"), 0U);
}

TEST_F(Regenerate, NeverWritesThroughASymbolicLink) {
  write("elsewhere.json", "{}");
  fs::create_directories(catalog().parent_path());
  fs::create_symlink(sandbox_.path() / "elsewhere.json", catalog());
  EXPECT_TRUE(fails(regenerate(), Code::bad_config));
  fs::remove_all(catalog().parent_path());
  fs::create_directory_symlink(sandbox_.path() / "project", catalog().parent_path());
  EXPECT_TRUE(fails(regenerate(), Code::bad_config));
  EXPECT_EQ(read(sandbox_.path() / "elsewhere.json"), "{}");
  EXPECT_EQ(runs_of("fetch"), 0);
}

TEST_F(Regenerate, NeverOverwritesACatalogThatItCannotRead) {
  for (const std::string_view broken : {"{\"services\": ", R"({"services": []})"}) {
    write("config/flux-infra-guide/dev/services.json", broken);
    EXPECT_TRUE(fails(regenerate(), Code::bad_config));
    EXPECT_EQ(read(catalog()), broken);
  }
}

TEST_F(Regenerate, RefusesADirectoryThatIsNotThere) {
  EXPECT_TRUE(fails(regenerate({.project = {}, .dry_run = false, .path = "none"}), Code::bad_path));
  EXPECT_TRUE(
      fails(regenerate({.project = {}, .dry_run = false, .path = "../apps"}), Code::bad_path));
  EXPECT_TRUE(ok(regenerate({.project = {}, .dry_run = false, .path = "./apps/backend/"})));
}

// Two clusters of one repository, each with its environment.
class RegenerateClusters : public Regenerate {
 protected:
  RegenerateClusters() {
    for (const std::string cluster : {"production", "staging"}) {
      const std::string entry = "clusters/" + cluster;
      push(entry + "/flux-system/gotk-sync.yaml",
           "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: "
           "flux-system, namespace: flux-system}\nspec: {url: \"" +
               sandbox_.url() +
               "\", ref: {branch: main}}\n---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: "
               "Kustomization\nmetadata: {name: flux-system, namespace: flux-system}\nspec: {path: "
               "./" +
               entry + ", sourceRef: {kind: GitRepository, name: flux-system}}\n");
      push(entry + "/apps.yaml",
           "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: "
           "apps, namespace: team}\nspec: {path: ./apps/" +
               cluster +
               ", sourceRef: {kind: GitRepository, name: flux-system, namespace: flux-system}}\n");
      push("apps/" + cluster + "/kustomization.yaml",
           "namespace: " + cluster +
               "\nresources: [../backend]\nimages: [{name: backend, newTag: old}]\n");
    }
  }

  std::vector<std::string> names(const char* section) const {
    std::vector<std::string> out;
    const Json written = Json::parse(read(catalog()));
    for (const auto& entry : written.at(section).items()) {
      out.push_back(entry.key());
    }
    return out;
  }
};

TEST_F(RegenerateClusters, WithoutAFluxPathTheWarningNamesTheChoices) {
  const auto result = regenerate();
  ASSERT_TRUE(ok(result));
  EXPECT_THAT(result->warnings,
              ElementsAre(HasSubstr("fluxPath` of rwenv 'dev' in " +
                                    (sandbox_.path() / "config/envs.json").string() +
                                    " to the one that it is for: clusters/production, "
                                    "clusters/staging.")));
  EXPECT_THAT(names("services"), ElementsAre("papi.production", "papi.staging"));
}

TEST_F(RegenerateClusters, AFluxPathMakesTheCatalogOfOneEnvironment) {
  ASSERT_TRUE(ok(regenerate()));
  Json written = Json::parse(read(catalog()));
  written["services"]["by-hand"] = {{"imageGroup", "backend.production"}, {"description", "mine"}};
  write("config/flux-infra-guide/dev/services.json", written.dump());
  for (const char* path : {"clusters/staging", "./apps/staging/"}) {
    write_envs(R"(, "fluxPath": ")" + std::string(path) + "\"");
    const auto result = regenerate();
    ASSERT_TRUE(ok(result));
    EXPECT_THAT(result->warnings, testing::IsEmpty());
    EXPECT_THAT(names("services"), ElementsAre("by-hand", "papi"));
    EXPECT_EQ(result->service_count, 2U);
    EXPECT_EQ(result->image_group_count, 2U);
    EXPECT_THAT(names("imageGroups"), ElementsAre("backend", "backend.production"));
    const Json papi = Json::parse(read(catalog())).at("services").at("papi");
    EXPECT_EQ(papi.at("namespace"), "staging");
    EXPECT_EQ(papi.at("kustomization"), "apps");
    EXPECT_EQ(papi.at("kustomizationNamespace"), "team");
    EXPECT_EQ(Json::parse(read(catalog())).at("fluxPath"),
              *path == '.' ? "apps/staging" : "clusters/staging");
    EXPECT_EQ(regenerate()->status, RegenerateStatus::unchanged);
  }
  write_envs("");
  ASSERT_TRUE(ok(regenerate()));
  EXPECT_FALSE(Json::parse(read(catalog())).contains("fluxPath"));
}

TEST_F(RegenerateClusters, ThePathOfACallBeatsTheFluxPath) {
  write_envs(R"(, "fluxPath": "clusters/staging")");
  ASSERT_TRUE(ok(regenerate()));
  ASSERT_TRUE(ok(regenerate({.project = {}, .dry_run = false, .path = "apps/production"})));
  EXPECT_THAT(names("services"), ElementsAre("papi"));
  EXPECT_EQ(Json::parse(read(catalog())).at("services").at("papi").at("namespace"), "production");
}

TEST_F(RegenerateClusters, AFluxPathThatIsNotThereIsAFaultOfTheConfiguration) {
  write_envs(R"(, "fluxPath": "clusters/none")");
  const auto result = regenerate();
  ASSERT_TRUE(fails(result, Code::bad_config));
  EXPECT_THAT(
      result.error().message,
      HasSubstr("/rwenvs/dev/fluxPath: there is no directory clusters/none with manifests"));
  EXPECT_TRUE(ok(regenerate({.project = {}, .dry_run = true, .path = "apps"})));
}

TEST_F(Regenerate, StopsWhenItIsCancelled) {
  std::stop_source stop;
  stop.request_stop();
  test::SandboxHost host(sandbox_);
  engine::RegenerateRequest request;
  request.project.directory = (sandbox_.path() / "project").string();
  EXPECT_TRUE(
      fails(engine::regenerate(host.host, request, {stop.get_token(), {}}), Code::cancelled));
  EXPECT_FALSE(fs::exists(catalog()));
}

}  // namespace
