// What regenerate records of how Flux gets the file of each image group.
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/discovery/catalog_builder.h"
#include "engine/wiring/recorded_wiring.h"
#include "tests/support/manifest_files.h"

namespace {

using engine::RecordedWiring;
using test::Files;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

constexpr const char* kUrl = "https://git.example.com/infra/flux.git";

std::string flux(const std::string& name, const std::string& path, const std::string& more = "") {
  return "---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: " +
         name + ", namespace: flux-system}\nspec: {interval: 10m, path: " + path +
         ", sourceRef: {kind: GitRepository, name: flux-system}" + more + "}\n";
}

std::string source(const std::string& ref = "branch: main") {
  return "---\napiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\n"
         "metadata: {name: flux-system, namespace: flux-system}\nspec: {url: \"" +
         std::string(kUrl) + "\", ref: {" + ref + "}}\n";
}

// What `flux bootstrap` commits.
std::string bootstrap(const std::string& path) {
  return source() + flux("flux-system", path);
}

std::string images(const std::string& name, const std::string& resources = "d.yaml") {
  return "resources: [" + resources + "]\nimages: [{name: " + name + ", newTag: a}]\n";
}

std::string deployment(const std::string& name) {
  return "kind: Deployment\nmetadata: {name: " + name +
         "}\nspec: {template: {spec: {containers: [{name: main, image: " + name + "}]}}}\n";
}

Files one_app() {
  return {{"apps/papi/kustomization.yaml", images("papi")},
          {"apps/papi/d.yaml", deployment("papi")},
          {"clusters/a/apps.yaml", flux("apps", "./apps/papi")},
          {"clusters/a/flux-system/gotk-sync.yaml", bootstrap("./clusters/a")}};
}

RecordedWiring wiring_of(const Files& files,
                         const std::string& file = "apps/papi/kustomization.yaml",
                         const std::optional<std::string>& flux_path = {}) {
  const engine::CatalogDraft draft =
      test::draft_of(test::tree_of(files),
                     {flux_path ? std::nullopt : std::optional<std::string>(""),
                      flux_path,
                      {engine::RemoteUrl(kUrl), "main"}},
                     {});
  for (const engine::DraftGroup& group : draft.groups) {
    if (group.place.file == file) {
      return group.wiring;
    }
  }
  ADD_FAILURE() << "no group in " << file;
  return {};
}

std::vector<std::string> files_of(const RecordedWiring& wiring) {
  std::vector<std::string> files;
  for (const engine::RecordedKustomization& kustomization : wiring.kustomizations) {
    files.push_back(kustomization.file);
  }
  return files;
}

TEST(GroupWiring, HasTheKustomizationAndItsSource) {
  EXPECT_EQ(engine::to_json(wiring_of(one_app())), Json::parse(R"({"kustomizations": [
    {"file": "clusters/a/apps.yaml", "name": "apps", "namespace": "flux-system",
     "path": "apps/papi", "interval": "10m",
     "source": {"file": "clusters/a/flux-system/gotk-sync.yaml", "name": "flux-system",
                "namespace": "flux-system", "branch": "main"}}]})"));
}

TEST(GroupWiring, HasTheKustomizationsBetweenInnermostFirst) {
  Files files = one_app();
  files["clusters/a/apps.yaml"] = flux("apps", "./staging");
  files["staging/kustomization.yaml"] = "resources: [../apps]\n";
  files["apps/kustomization.yaml"] = "resources: [papi]\n";
  const RecordedWiring wiring = wiring_of(files);
  ASSERT_THAT(wiring.kustomizations, SizeIs(1));
  EXPECT_THAT(wiring.kustomizations[0].outer,
              ElementsAre("apps/kustomization.yaml", "staging/kustomization.yaml"));
}

TEST(GroupWiring, OfTwoWaysHasOnlyTheirBeginning) {
  Files files = one_app();
  files["clusters/a/apps.yaml"] = flux("apps", "./staging");
  files["staging/kustomization.yaml"] = "resources: [../one, ../two]\n";
  files["one/kustomization.yaml"] = "resources: [../apps/papi]\nnamePrefix: one-\n";
  files["two/kustomization.yaml"] = "resources: [../apps/papi]\nnamePrefix: two-\n";
  const RecordedWiring wiring = wiring_of(files);
  ASSERT_THAT(wiring.kustomizations, SizeIs(1));
  EXPECT_THAT(wiring.kustomizations[0].outer, ElementsAre("staging/kustomization.yaml"));
}

TEST(GroupWiring, OfADirectoryWithoutAKustomization) {
  Files files = one_app();
  files["clusters/a/apps.yaml"] = flux("apps", "./apps");
  const RecordedWiring wiring = wiring_of(files);
  EXPECT_THAT(files_of(wiring), ElementsAre("clusters/a/apps.yaml"));
  EXPECT_EQ(wiring.kustomizations.at(0).path, "apps");
  EXPECT_THAT(wiring.kustomizations.at(0).outer, IsEmpty());
}

TEST(GroupWiring, HasOneForEachCluster) {
  Files files = one_app();
  files["clusters/b/apps.yaml"] = flux("apps", "./apps/papi");
  files["clusters/b/flux-system/gotk-sync.yaml"] = bootstrap("./clusters/b");
  const RecordedWiring all = wiring_of(files);
  EXPECT_THAT(files_of(all), ElementsAre("clusters/a/apps.yaml", "clusters/b/apps.yaml"));
  EXPECT_EQ(all.kustomizations[1].source->file, "clusters/b/flux-system/gotk-sync.yaml");
  const RecordedWiring one = wiring_of(files, "apps/papi/kustomization.yaml", "clusters/b");
  EXPECT_THAT(files_of(one), ElementsAre("clusters/b/apps.yaml"));
}

// A common definition: which of the sources is meant depends on the cluster.
TEST(GroupWiring, HasNoSourceThatIsOnlyOneOfSeveral) {
  Files files = one_app();
  files["clusters/b/flux-system/gotk-sync.yaml"] = bootstrap("./clusters/b");
  files.erase("clusters/a/apps.yaml");
  files["shared/apps.yaml"] = flux("apps", "./apps/papi");
  const RecordedWiring wiring = wiring_of(files);
  EXPECT_THAT(files_of(wiring), ElementsAre("shared/apps.yaml"));
  EXPECT_FALSE(wiring.kustomizations.at(0).source);
}

TEST(GroupWiring, HasASourceThatFollowsAnotherBranch) {
  Files files = one_app();
  files["clusters/a/flux-system/gotk-sync.yaml"] = source("tag: v1") + flux("flux-system", "./x");
  const RecordedWiring wiring = wiring_of(files);
  EXPECT_THAT(files_of(wiring), ElementsAre("clusters/a/apps.yaml"));
  ASSERT_TRUE(wiring.kustomizations[0].source);
  EXPECT_FALSE(wiring.kustomizations[0].source->branch);
}

TEST(GroupWiring, NamesTheFieldsThatPatchesSet) {
  const std::string by_merge =
      "patches:\n- patch: |\n    apiVersion: kustomize.toolkit.fluxcd.io/v1\n"
      "    kind: Kustomization\n    metadata: {name: all}\n    spec: {suspend: true, timeout: 1m}\n"
      "  target: {kind: Kustomization}\n";
  const std::string by_operation =
      "patches:\n- patch: |\n    - {op: add, path: /spec/suspend, value: true}\n"
      "  target: {kind: Kustomization}\n";
  const std::string of_others =
      "patches:\n- patch: |\n    - {op: add, path: /spec/suspend, value: true}\n"
      "  target: {kind: HelmRelease}\n";
  const std::string by_file = "patches: [{path: patch.yaml, target: {kind: Kustomization}}]\n";
  const std::map<std::string, std::vector<std::string>> cases = {{by_merge, {"suspend"}},
                                                                 {by_operation, {"suspend"}},
                                                                 {of_others, {}},
                                                                 {by_file, {"suspend"}}};
  for (const auto& [patches, fields] : cases) {
    Files files = one_app();
    files["clusters/a/kustomization.yaml"] = "resources: [apps.yaml]\n" + patches;
    files["clusters/a/patch.yaml"] = "- {op: replace, path: /spec/suspend, value: true}\n";
    EXPECT_EQ(wiring_of(files).kustomizations.at(0).patched, fields) << patches;
  }
  Files files = one_app();
  files["clusters/a/flux-system/gotk-sync.yaml"] =
      source() +
      flux("flux-system", "./clusters/a",
           ", patches: [{patch: '[{op: add, path: /spec/images, value: []}]', target: {kind: "
           "Kustomization}}]");
  EXPECT_THAT(wiring_of(files).kustomizations.at(0).patched, ElementsAre("images"));
}

TEST(GroupWiring, OfARepositoryWithoutFluxIsEmpty) {
  Files files = one_app();
  std::erase_if(files, [](const auto& file) { return file.first.starts_with("clusters"); });
  const RecordedWiring wiring = wiring_of(files);
  EXPECT_THAT(wiring.kustomizations, IsEmpty());
  EXPECT_FALSE(wiring.absence);
}

TEST(GroupWiring, OfTooManyClustersIsEmpty) {
  Files files = one_app();
  for (int i = 0; i < 17; ++i) {
    files["clusters/" + std::to_string(i) + "/apps.yaml"] = flux("apps", "./apps/papi");
  }
  EXPECT_THAT(wiring_of(files).kustomizations, IsEmpty());
}

Files with_unapplied() {
  Files files = one_app();
  files["old/papi/kustomization.yaml"] = images("papi");
  files["old/papi/d.yaml"] = deployment("papi");
  return files;
}

TEST(GroupWiring, SaysThatNothingAppliesAFile) {
  const RecordedWiring wiring = wiring_of(with_unapplied(), "old/papi/kustomization.yaml");
  EXPECT_THAT(wiring.kustomizations, IsEmpty());
  ASSERT_TRUE(wiring.absence);
  ASSERT_THAT(wiring.absence->entries, SizeIs(1));
  EXPECT_EQ(wiring.absence->entries[0].file, "clusters/a/flux-system/gotk-sync.yaml");
  EXPECT_THAT(wiring.absence->directories, ElementsAre(Pair("clusters/a", "")));
}

// Only of a repository that has all of its wiring.
TEST(GroupWiring, DoesNotSaySoWhereSomethingElseMayApplyIt) {
  const std::string oci =
      "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: oci}\n"
      "spec: {path: ./, sourceRef: {kind: OCIRepository, name: x}}\n";
  const Files more = {
      {"clusters/b/apps.yaml", flux("apps", "./apps/papi")},
      {"clusters/a/oci.yaml", oci},
      {"clusters/a/variable.yaml", flux("variable", "\"./${DIRECTORY}\"")},
      {"clusters/a/instance.yaml",
       "apiVersion: fluxcd.controlplane.io/v1\nkind: FluxInstance\nmetadata: {name: flux}\n"},
      {"argo.yaml", "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: x}\n"},
      {"clusters/a/kustomization.yaml",
       "resources: [apps.yaml, flux-system/gotk-sync.yaml, \"https://example.com/x.yaml\"]\n"}};
  for (const auto& [path, bytes] : more) {
    Files files = with_unapplied();
    files[path] = bytes;
    EXPECT_FALSE(wiring_of(files, "old/papi/kustomization.yaml").absence) << path;
  }
  Files files = with_unapplied();
  files["clusters/a/flux-system/gotk-sync.yaml"] = source();
  EXPECT_FALSE(wiring_of(files, "old/papi/kustomization.yaml").absence);
}

TEST(RecordedWiring, IsReadAsItWasWritten) {
  Files files = one_app();
  files["clusters/a/kustomization.yaml"] = "resources: [apps.yaml]\n";
  for (const std::string& file :
       {std::string("apps/papi/kustomization.yaml"), std::string("old/papi/kustomization.yaml")}) {
    const Json json = engine::to_json(wiring_of(with_unapplied(), file));
    const auto read = engine::read_wiring(json, "");
    ASSERT_TRUE(read);
    EXPECT_EQ(engine::to_json(*read), json);
  }
}

TEST(RecordedWiring, ThatLeadsOutOrIsTooMuchIsAsGoodAsEmpty) {
  const std::string many = [] {
    std::string all;
    for (int i = 0; i < 17; ++i) {
      all += (i == 0 ? "" : ",") + std::string(R"({"file": "a.yaml", "name": "a"})");
    }
    return all;
  }();
  for (const std::string& kustomizations :
       {std::string(R"({"file": "../a.yaml", "name": "a"})"),
        std::string(R"({"file": "/etc/passwd", "name": "a"})"),
        std::string(R"({"file": "a.yaml", "name": "a", "path": "../x"})"),
        std::string(R"({"file": "a.yaml", "name": "a", "outer": [".git/config"]})"),
        std::string(
            R"({"file": "a.yaml", "name": "a", "source": {"file": "../s.yaml", "name": "s"}})"),
        many}) {
    const auto read =
        engine::read_wiring(Json::parse(R"({"kustomizations": [)" + kustomizations + "]}"), "");
    ASSERT_TRUE(read) << kustomizations;
    EXPECT_THAT(read->kustomizations, IsEmpty()) << kustomizations;
  }
}

TEST(RecordedWiring, OfAnotherTypeIsAProblemWithItsPlace) {
  const std::map<std::string, std::string> cases = {
      {R"({"kustomizations": {}})", "/w/kustomizations"},
      {R"({"kustomizations": [{"file": "a"}]})", "/w/kustomizations/0/name"},
      {R"({"kustomizations": [{"file": "a", "name": 1}]})", "/w/kustomizations/0/name"},
      {R"({"kustomizations": ["a"]})", "/w/kustomizations/0"},
      {R"({"kustomizations": [{"file": "a", "name": "a", "source": []}]})",
       "/w/kustomizations/0/source"},
      {R"({"absence": {"directories": {"a": 1}}})", "/w/absence/directories/a"},
      {R"({"absence": []})", "/w/absence"}};
  for (const auto& [text, pointer] : cases) {
    const auto read = engine::read_wiring(Json::parse(text), "/w");
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().pointer, pointer) << text;
  }
}

}  // namespace
