#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/manifest/read_summary.h"
#include "engine/manifest/tree.h"
#include "engine/yaml/reader.h"
#include "tests/support/expect_ok.h"

namespace {

using engine::ManifestSummary;
using engine::read_manifest_summary;
using engine::YamlReader;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

std::vector<std::string> images_of(const engine::Workload& workload) {
  std::vector<std::string> images;
  for (const engine::ContainerImage& container : workload.containers) {
    images.push_back(container.container + "=" + container.image);
  }
  return images;
}

TEST(ManifestTree, APathIsBelowADirectoryOfThatNameOnly) {
  for (const char* below : {"apps", "apps/a.yaml", "apps/old/a.yaml"}) {
    EXPECT_TRUE(engine::is_below(below, "apps")) << below;
    EXPECT_TRUE(engine::is_below(below, "")) << below;
  }
  for (const char* beside : {"apps-old/a.yaml", "app", "other/apps/a.yaml"}) {
    EXPECT_FALSE(engine::is_below(beside, "apps")) << beside;
  }
}

TEST(YamlReader, FollowsAliasesAndMergeKeys) {
  const auto yaml = YamlReader::parse("base: &b {a: 1, c: 3}\nx: {<<: *b, a: 2}\ny: *b\n");
  ASSERT_TRUE(test::ok(yaml));
  const auto root = yaml->documents().front();
  EXPECT_EQ(yaml->text(yaml->find(root, {"x", "a"})), "2");
  EXPECT_EQ(yaml->text(yaml->find(root, {"x", "c"})), "3");
  EXPECT_EQ(yaml->text(yaml->find(root, {"y", "a"})), "1");
  EXPECT_EQ(yaml->find(root, {"y", "z"}), std::nullopt);
}

TEST(YamlReader, EndsWithMappingsThatMergeThemselves) {
  const auto yaml = YamlReader::parse("a: &a {<<: [*a, *a, *a], b: 1}\n");
  ASSERT_TRUE(test::ok(yaml));
  EXPECT_EQ(yaml->find(yaml->documents().front(), {"a", "z"}), std::nullopt);
}

TEST(YamlReader, SaysWhereTheTextIsNoYaml) {
  const auto yaml = YamlReader::parse("a: 1\nb: [\n");
  ASSERT_TRUE(test::fails(yaml, engine::Code::bad_manifest));
  EXPECT_THAT(yaml.error().message, HasSubstr("line 3"));
  EXPECT_FALSE(YamlReader::parse("a: *nobody\n"));
}

TEST(YamlReader, ReadsNoBytesAtAll) {
  const auto yaml = YamlReader::parse({});
  ASSERT_TRUE(yaml);
  EXPECT_TRUE(yaml->documents().empty());
}

TEST(ManifestSummary, ReadsTheImagesOfEveryKindOfWorkload) {
  const std::string pod =
      "spec: {containers: [{name: main, image: \"papi:1\"}], initContainers: [{name: init, image: "
      "migrate}]}";
  for (const std::string kind : {"Deployment", "StatefulSet", "DaemonSet", "Job"}) {
    const ManifestSummary summary = read_manifest_summary(
        "a.yaml", "kind: " + kind + "\nmetadata: {name: papi, namespace: shop}" +
                      "\nspec: {template: {" + pod + "}}\n");
    ASSERT_EQ(summary.workloads.size(), 1U) << kind;
    EXPECT_EQ(summary.workloads[0].kind, kind);
    EXPECT_EQ(summary.workloads[0].name, "papi");
    EXPECT_THAT(summary.workloads[0].namespace_name, Optional(std::string("shop")));
    EXPECT_THAT(images_of(summary.workloads[0]), ElementsAre("main=papi:1", "init=migrate"));
  }
  const ManifestSummary cron = read_manifest_summary(
      "a.yaml", "kind: CronJob\nmetadata: {name: c}\nspec: {jobTemplate: {spec: {template: {" +
                    pod + "}}}}\n");
  ASSERT_EQ(cron.workloads.size(), 1U);
  EXPECT_THAT(images_of(cron.workloads[0]), ElementsAre("main=papi:1", "init=migrate"));
}

TEST(ManifestSummary, ReadsListsAndSeveralDocuments) {
  const ManifestSummary summary = read_manifest_summary(
      "a.yaml",
      "kind: List\nitems:\n- {kind: Job, metadata: {name: a}, spec: {template: {spec: {containers: "
      "[{image: x}]}}}}\n---\nkind: Job\nmetadata: {name: b}\n");
  ASSERT_EQ(summary.workloads.size(), 2U);
  EXPECT_EQ(summary.workloads[0].name, "a");
  EXPECT_EQ(summary.workloads[1].name, "b");
}

TEST(ManifestSummary, ReadsAKustomization) {
  const ManifestSummary summary = read_manifest_summary("apps/papi/kustomization.yaml", R"(
namespace: shop
namePrefix: pre-
resources: [../base, deployment.yaml, ../base]
bases: [../old]
components: [../tls]
images:
- {name: papi, newName: registry.example.com/papi, newTag: v1}
- {name: plain}
- {name: pinned, digest: "sha256:00"}
)");
  ASSERT_TRUE(summary.kustomization);
  const engine::KustomizationFile& file = *summary.kustomization;
  EXPECT_THAT(file.resources, ElementsAre("../base", "deployment.yaml", "../old"));
  EXPECT_THAT(file.components, ElementsAre("../tls"));
  EXPECT_THAT(file.namespace_name, Optional(std::string("shop")));
  EXPECT_EQ(file.name_prefix, "pre-");
  ASSERT_EQ(file.images.size(), 3U);
  EXPECT_TRUE(file.images[0].sets_tag);
  EXPECT_FALSE(file.images[1].sets_tag);
  EXPECT_EQ(file.images[1].refusal, std::nullopt);
  ASSERT_TRUE(file.images[2].refusal);
  EXPECT_THAT(*file.images[2].refusal, HasSubstr("digest"));
}

TEST(ManifestSummary, TakesAFluxObjectForOneWhateverItsFileIsCalled) {
  const ManifestSummary summary = read_manifest_summary("kustomization.yaml", R"(
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps}
spec: {path: ./apps, targetNamespace: shop, sourceRef: {kind: GitRepository, name: flux-system}}
)");
  EXPECT_FALSE(summary.kustomization);
  ASSERT_EQ(summary.flux.kustomizations.size(), 1U);
  EXPECT_EQ(summary.flux.kustomizations[0].name, "apps");
  EXPECT_EQ(summary.flux.kustomizations[0].path, "./apps");
  EXPECT_EQ(summary.flux.kustomizations[0].source.kind, "GitRepository");
}

TEST(ManifestSummary, FindsTheImageTagsOfAHelmRelease) {
  const ManifestSummary summary = read_manifest_summary("release.yaml", R"(
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: shop, namespace: flux}
spec:
  targetNamespace: shop
  values:
    image: {repository: example.com/shop, tag: "1"}
    git: {tag: v3}
    controllers:
      "a.b": {containers: [{image: {tag: 2}}]}
    shared: &s {tag: x, repository: y}
    again: *s
    nginx: {repository: nginx, tag: none, digest: "sha256:00"}
)");
  std::vector<std::string> places;
  for (const engine::HelmTag& tag : summary.helm_tags) {
    EXPECT_EQ(tag.namespace_name, "shop");
    places.push_back(tag.repository + tag.path + (tag.refusal ? " refused" : ""));
  }
  EXPECT_THAT(places, ElementsAre("example.com/shop.spec.values.image.tag",
                                  ".spec.values.controllers.\"a.b\".containers[0].image.tag",
                                  "y.spec.values.shared.tag refused",
                                  "nginx.spec.values.nginx.tag refused"));
}

// The colon is not of the alias' name, as the parser of kustomize and Flux reads it.
TEST(ManifestSummary, ReadsKeysThatAreAliases) {
  for (const char* key : {"*app:", "*app :", "? *app\n      :"}) {
    const ManifestSummary summary = read_manifest_summary(
        "r.yaml",
        std::string("kind: HelmRelease\nmetadata:\n  name: &app radarr\nspec:\n  values:\n"
                    "    # \"*app:\" \xC3\xBC\n    controllers:\n      ") +
            key + "\n        image: {repository: x/radarr, tag: v1} # *app: x\n");
    EXPECT_EQ(summary.problem, std::nullopt) << key;
    ASSERT_EQ(summary.helm_tags.size(), 1U) << key;
    EXPECT_EQ(summary.helm_tags[0].path, ".spec.values.controllers.radarr.image.tag") << key;
    EXPECT_EQ(summary.helm_tags[0].refusal, std::nullopt) << key;
  }
}

TEST(ManifestSummary, NamesTheReleaseWhereThereAreSeveralDocuments) {
  const std::string release =
      "kind: HelmRelease\nmetadata: {name: NAME}\nspec: {values: {image: {tag: a}}}\n";
  std::string first = release;
  std::string second = release;
  const ManifestSummary summary =
      read_manifest_summary("releases.yaml", first.replace(first.find("NAME"), 4, "one") + "---\n" +
                                                 second.replace(second.find("NAME"), 4, "two.x"));
  ASSERT_EQ(summary.helm_tags.size(), 2U);
  EXPECT_EQ(summary.helm_tags[0].path, "[kind=HelmRelease][name=one].spec.values.image.tag");
  EXPECT_EQ(summary.helm_tags[1].path, "[kind=HelmRelease][name=\"two.x\"].spec.values.image.tag");
  EXPECT_EQ(summary.helm_tags[0].refusal, std::nullopt);
  EXPECT_EQ(summary.helm_tags[1].refusal, std::nullopt);
}

TEST(ManifestSummary, SaysWhyAManifestIsNotRead) {
  const auto problem = [](std::string_view path, std::string_view bytes) {
    return read_manifest_summary(path, bytes).problem.value_or("");
  };
  EXPECT_THAT(problem("kustomization.yaml", "images: [\n"), HasSubstr("line 2"));
  EXPECT_THAT(problem("d.yaml", "kind: Deployment\nimage: {{ .Values.image }}\na: {{b}}: c\n"),
              HasSubstr("template"));
  EXPECT_THAT(problem("kustomization.yaml", "$ANSIBLE_VAULT;1.1;AES256\n3331\n"),
              HasSubstr("encrypted with Ansible Vault"));
  EXPECT_THAT(
      problem("d.yaml", "kind: Deployment\nmetadata: {name: a}\nimage: x\nsops: {mac: y}\n"),
      HasSubstr("SOPS"));
  EXPECT_EQ(problem("values.yaml", "anything: [\n"), "");
}

}  // namespace
