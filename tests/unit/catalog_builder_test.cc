#include "engine/discovery/catalog_builder.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/discovery/kustomize_graph.h"
#include "engine/discovery/service_namer.h"
#include "engine/manifest/read_summary.h"
#include "tests/support/manifest_files.h"

namespace {

using engine::CatalogDraft;
using engine::distinct_names;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using test::deployment;
using test::Files;
using test::tree_of;
using test::unplaced_of;

std::string flux(const std::string& name, const std::string& path, const std::string& more = "") {
  return "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: " +
         name + "}\nspec: {path: " + path + ", sourceRef: {kind: GitRepository, name: f}" + more +
         "}\n";
}

CatalogDraft draft(const Files& files, const std::optional<std::string>& below = {},
                   const engine::KnownNames& known = {}) {
  return test::draft_of(tree_of(files), {below, {}, {}}, known);
}

// "<service> -> <file> <image> ns=<namespace> ks=<kustomization>".
std::vector<std::string> services_of(const CatalogDraft& draft) {
  return test::services_of(draft, [](const auto& service, const auto& /*group*/) {
    return " ns=" + service.namespace_name.value_or("-") +
           " ks=" + service.kustomization.value_or("-");
  });
}

TEST(CatalogDraft, PlacesTheWorkloadsOfAnImageTogether) {
  const CatalogDraft found = draft({
      {"apps/backend/kustomization.yaml",
       "namespace: shop\nresources: [papi.yaml, worker.yaml, other.yaml]\nimages: [{name: backend, "
       "newName: example.com/backend, newTag: v1}]\n"},
      {"apps/backend/papi.yaml", deployment("papi", "backend:latest")},
      {"apps/backend/worker.yaml", deployment("worker", "backend@sha256:00")},
      {"apps/backend/other.yaml", deployment("other", "backend2")},
      {"clusters/live/apps.yaml", flux("live-apps", "./apps")},
  });
  EXPECT_THAT(
      services_of(found),
      ElementsAre("papi -> apps/backend/kustomization.yaml backend ns=shop ks=live-apps",
                  "worker -> apps/backend/kustomization.yaml backend ns=shop ks=live-apps"));
  ASSERT_EQ(found.groups.size(), 1U);
  EXPECT_EQ(found.groups[0].name, "backend");
  EXPECT_THAT(found.groups[0].services, ElementsAre("papi", "worker"));
  EXPECT_THAT(unplaced_of(found), ElementsAre(HasSubstr("1 image is not offered")));
}

// "<service> <project>" of each that has one.
std::vector<std::string> projects_of(const CatalogDraft& draft) {
  std::vector<std::string> projects;
  for (const engine::DraftService& service : draft.services) {
    if (service.project) {
      projects.push_back(service.name + " " + *service.project);
    }
  }
  return projects;
}

TEST(CatalogDraft, SaysWhoseBranchesAServiceIsRolledOutFromWhereThatIsProven) {
  const std::string annotated =
      "kind: Deployment\nmetadata: {name: web, annotations: {org.opencontainers.image.source: "
      "'https://git.acme.com/shop/web'}}\nspec: {template: {spec: {containers: [{name: main, "
      "image: "
      "web}]}}}\n";
  EXPECT_THAT(
      projects_of(draft({
          {"apps/kustomization.yaml",
           "resources: [papi.yaml, web.yaml, jobs.yaml]\n"
           "images:\n- {name: papi, newName: ghcr.io/acme/papi, newTag: v1}\n"
           "- {name: web, newTag: v1}\n- {name: jobs, newTag: v1}\n"
           "- {name: registry.gitlab.com/acme/alone, newTag: v1}\n"},
          {"apps/papi.yaml", deployment("papi", "papi")},
          {"apps/web.yaml", annotated},
          {"apps/jobs.yaml", deployment("jobs", "jobs")},
          {"apps/release.yaml",
           "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: "
           "shop}\nspec: {values: {image: {repository: ghcr.io/acme/shop, tag: "
           "pr-1-0000000}}}\n"},
      })),
      ElementsAre("alone https://gitlab.com/acme/alone", "papi https://github.com/acme/papi",
                  "shop https://github.com/acme/shop", "web https://git.acme.com/shop/web"));
}

TEST(CatalogDraft, AServiceHasTheNameThatItsKustomizationMakes) {
  const CatalogDraft found = draft({
      {"apps/kustomization.yaml",
       "namePrefix: team-\nnameSuffix: -live\nresources: [papi.yaml]\n"
       "images: [{name: backend, newTag: v1}]\n"},
      {"apps/papi.yaml", deployment("papi", "backend")},
  });
  EXPECT_THAT(services_of(found),
              ElementsAre("team-papi-live -> apps/kustomization.yaml backend ns=- ks=-"));
}

TEST(CatalogDraft, TheOuterKustomizationThatSetsTheTagDecides) {
  const CatalogDraft found = draft({
      {"apps/base/kustomization.yaml",
       "resources: [d.yaml]\nimages: [{name: papi, newName: example.com/papi, newTag: v1}]\n"},
      {"apps/base/d.yaml", deployment("papi", "papi")},
      {"apps/live/kustomization.yaml",
       "namespace: live\nresources: [../base]\nimages: [{name: example.com/papi, newTag: v2}]\n"},
      {"apps/test/kustomization.yaml", "namespace: test\nresources: [../base]\n"},
  });
  EXPECT_THAT(
      services_of(found),
      ElementsAre("papi.base -> apps/base/kustomization.yaml papi ns=test ks=-",
                  "papi.live -> apps/live/kustomization.yaml example.com/papi ns=live ks=-"));
}

TEST(CatalogDraft, ANewNameIsWhatOuterLayersMustMatch) {
  const CatalogDraft found = draft({
      {"apps/base/kustomization.yaml",
       "resources: [d.yaml]\nimages: [{name: papi, newName: example.com/papi}]\n"},
      {"apps/base/d.yaml", deployment("papi", "papi")},
      {"apps/live/kustomization.yaml",
       "resources: [../base]\nimages: [{name: papi, newTag: v2}]\n"},
  });
  EXPECT_THAT(services_of(found),
              ElementsAre(testing::StartsWith("papi -> apps/base/kustomization.yaml papi ")));
  EXPECT_THAT(unplaced_of(found),
              Contains(HasSubstr("apps/live/kustomization.yaml papi not offered: what it builds on "
                                 "gives the image another name")));
}

TEST(CatalogDraft, AComponentChangesWhatItsUserHas) {
  const CatalogDraft found = draft({
      {"apps/live/kustomization.yaml", "resources: [d.yaml]\ncomponents: [../tags]\n"},
      {"apps/live/d.yaml", deployment("papi", "papi:1")},
      {"apps/tags/kustomization.yaml", "kind: Component\nimages: [{name: papi, newTag: v2}]\n"},
  });
  EXPECT_THAT(services_of(found),
              ElementsAre("papi -> apps/tags/kustomization.yaml papi ns=- ks=-"));
}

TEST(CatalogDraft, ASecondImageChangesTheServiceToo) {
  const CatalogDraft found = draft({
      {"apps/kustomization.yaml",
       "resources: [d.yaml]\nimages: [{name: proxy, newTag: a}, {name: example.com/papi, newTag: "
       "b}]\n"},
      {"apps/d.yaml",
       "kind: Deployment\nmetadata: {name: papi}\nspec: {template: {spec: {containers: [{name: p, "
       "image: proxy}, {name: papi, image: \"example.com/papi:3\"}]}}}\n"},
  });
  EXPECT_THAT(services_of(found),
              ElementsAre("papi -> apps/kustomization.yaml example.com/papi ns=- ks=-",
                          "proxy -> apps/kustomization.yaml proxy ns=- ks=-"));
  EXPECT_THAT(found.groups[1].services, ElementsAre("papi"));
  EXPECT_EQ(found.services[1].deployment, std::nullopt);
}

TEST(CatalogDraft, LooksBelowAppsIfThereIsAnythingAndElseEverywhere) {
  Files files = {
      {"infra/kustomization.yaml", "resources: [d.yaml]\nimages: [{name: nginx, newTag: a}]\n"},
      {"infra/d.yaml", deployment("nginx", "nginx")},
  };
  EXPECT_EQ(draft(files).looked_below, "");
  EXPECT_EQ(draft(files).services.size(), 1U);
  files["apps/kustomization.yaml"] = "resources: [d.yaml]\nimages: [{name: papi, newTag: a}]\n";
  files["apps/d.yaml"] = deployment("papi", "papi");
  EXPECT_EQ(draft(files).looked_below, "apps");
  EXPECT_THAT(services_of(draft(files)), ElementsAre(HasSubstr("apps/kustomization.yaml papi")));
  EXPECT_THAT(services_of(draft(files, "infra")),
              ElementsAre(HasSubstr("infra/kustomization.yaml nginx")));
  EXPECT_EQ(draft(files, "").services.size(), 2U);
}

TEST(CatalogDraft, TheLongestPathOfFluxAppliesAndItsNamespaceWins) {
  const CatalogDraft found = draft({
      {"apps/papi/kustomization.yaml",
       "namespace: own\nresources: [d.yaml]\nimages: [{name: papi, newTag: a}]\n"},
      {"apps/papi/d.yaml", deployment("papi", "papi")},
      {"c/all.yaml", flux("all", "./")},
      {"c/papi.yaml", flux("papi", "./apps/papi/", ", targetNamespace: target")},
      {"c/bucket.yaml",
       "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: "
       "{name: b}\nspec: {path: ./apps/papi, sourceRef: {kind: Bucket}}\n"},
  });
  EXPECT_THAT(services_of(found),
              ElementsAre("papi -> apps/papi/kustomization.yaml papi ns=target ks=papi"));
}

TEST(CatalogDraft, SeveralThatApplyAreListedAndNotGuessed) {
  const CatalogDraft found = draft({
      {"apps/kustomization.yaml", "resources: [d.yaml]\nimages: [{name: papi, newTag: a}]\n"},
      {"apps/d.yaml", deployment("papi", "papi")},
      {"c/one.yaml", flux("one", "./apps", ", targetNamespace: n1")},
      {"c/two.yaml", flux("two", "apps", ", targetNamespace: n2")},
  });
  EXPECT_THAT(services_of(found), ElementsAre("papi -> apps/kustomization.yaml papi ns=- ks=-"));
  EXPECT_THAT(unplaced_of(found),
              Contains(HasSubstr("more than one kustomization for it: one, two")));
  EXPECT_THAT(unplaced_of(found), Contains(HasSubstr("more than one namespace for it: n1, n2")));
}

TEST(CatalogDraft, ListsWhatItCannotFollow) {
  std::vector<engine::ManifestFile> files;
  for (const auto& [path, bytes] :
       Files{{"apps/a/kustomization.yaml",
              "resources: [https://example.com/x.yaml, ../gone, ../../../out, link, broken.yaml, "
              "../a]\nimages: [{name: a, newTag: b}, {name: pin, digest: \"sha256:00\"}]\n"},
             {"apps/a/broken.yaml", "kind: Deployment\nimage: [\n"},
             {"apps/chart/Chart.yaml", "name: x\n"},
             {"apps/chart/templates/d.yaml", "kind: Deployment\nimage: {{ x }}: {{ y\n"},
             {"apps/bad/kustomization.yaml", "images: [\n"}}) {
    files.push_back(
        {path, engine::TreeEntryKind::file, engine::read_manifest_summary(path, bytes)});
  }
  files.push_back({"apps/a/link", engine::TreeEntryKind::symbolic_link, {}});
  const CatalogDraft found = test::draft_of(engine::ManifestTree(std::move(files)), {}, {});
  const std::string a = "apps/a/kustomization.yaml ";
  EXPECT_THAT(
      unplaced_of(found),
      testing::UnorderedElementsAre(
          a + "https://example.com/x.yaml it is at an address and is not read",
          a + "../gone it is neither a manifest nor a directory with a readable kustomization",
          a + "../../../out it is outside of the repository", a + "link it is a symbolic link",
          HasSubstr(a + "broken.yaml line 3"), a + " it is built on itself",
          HasSubstr(a + "pin apps/a/kustomization.yaml:2: "),
          HasSubstr(a + "a no workload was found"), HasSubstr("apps/a/broken.yaml  line 3"),
          HasSubstr("apps/bad/kustomization.yaml  line 2")));
  EXPECT_THAT(services_of(found), ElementsAre("a -> " + a + "a ns=- ks=-"));
}

TEST(CatalogDraft, AReleaseIsItsOwnImagesService) {
  const CatalogDraft found = draft({
      {"apps/shop.yaml", R"(kind: HelmRelease
metadata: {name: shop, namespace: live}
spec: {values: {redis: {repository: example.com/redis, tag: 1}, image: {repository: example.com/web, tag: 1}}}
)"},
      {"c/apps.yaml", flux("apps", "./apps")},
  });
  EXPECT_THAT(services_of(found),
              ElementsAre("shop -> apps/shop.yaml example.com/web ns=live ks=apps",
                          "shop-redis -> apps/shop.yaml example.com/redis ns=live ks=apps"));
}

TEST(CatalogDraft, KeepsTheNamesThatThereAre) {
  const Files files = {
      {"apps/kustomization.yaml", "resources: [d.yaml]\nimages: [{name: papi, newTag: a}]\n"},
      {"apps/d.yaml", deployment("papi-deployment", "papi")}};
  const engine::GroupPlace place{
      .file = "apps/kustomization.yaml", .image_name = "papi", .path = {}};
  engine::KnownNames known;
  known.groups[place] = "public-api";
  known.services[{place, "papi-deployment"}] = "api";
  const CatalogDraft found = draft(files, {}, known);
  EXPECT_EQ(found.groups[0].name, "public-api");
  EXPECT_EQ(found.services[0].name, "api");
  EXPECT_EQ(found.services[0].deployment, "papi-deployment");
}

TEST(KustomizeGraph, EndsWithBasesThatMultiplyEachOther) {
  Files files = {{"d0/kustomization.yaml", "resources: [d.yaml]\n"},
                 {"d0/d.yaml", deployment("papi", "papi")}};
  for (int i = 1; i < 40; ++i) {
    const std::string below = "d" + std::to_string(i - 1);
    files["d" + std::to_string(i) + "/kustomization.yaml"] =
        "resources: [../" + below + ", ../x" + std::to_string(i) + "]\n";
    files["x" + std::to_string(i) + "/kustomization.yaml"] = "resources: [../" + below + "]\n";
  }
  const engine::ManifestTree tree = tree_of(files);
  engine::KustomizeGraph graph(tree);
  graph.build("d39");
  EXPECT_THAT(graph.obstacles(),
              Contains(testing::Pair(
                  testing::_, testing::Field(&engine::SkippedItem::reason, "it builds too much"))));
}

TEST(KustomizeGraph, AnImagesNameIsWhatStandsBeforeTagAndDigest) {
  EXPECT_EQ(engine::image_name("papi"), "papi");
  EXPECT_EQ(engine::image_name("papi:1"), "papi");
  EXPECT_EQ(engine::image_name("host:5000/a/papi"), "host:5000/a/papi");
  EXPECT_EQ(engine::image_name("host:5000/papi:1@sha256:00"), "host:5000/papi");
}

TEST(CatalogNames, NamesakesGetWhatTellsThemApart) {
  EXPECT_THAT(
      distinct_names({{"papi", "apps/live/papi"}, {"web", "x"}, {"papi", "apps/test/papi"}}),
      ElementsAre("papi.live", "web", "papi.test"));
  EXPECT_THAT(distinct_names({{"a", "x/base"}, {"a", "x/live/base"}}),
              ElementsAre("a.base", "a.live-base"));
  EXPECT_THAT(distinct_names({{"a", "x"}, {"a", "x/y"}}), ElementsAre("a.x", "a.y"));
  EXPECT_THAT(distinct_names({{"a", "x", "q/i/t"}, {"a", "x", "r/i/t"}}),
              ElementsAre("a.q", "a.r"));
  EXPECT_THAT(distinct_names({{"a", "x"}, {"a", "x"}, {"a", ""}}), ElementsAre("a.x", "a", "a.2"));
}

TEST(CatalogNames, HaveAtMost63Characters) {
  EXPECT_EQ(engine::catalog_name(std::string(63, 'a')), std::string(63, 'a'));
  EXPECT_EQ(engine::catalog_name(std::string(64, 'a')).size(), 63U);
}

TEST(CatalogNames, KnownNamesAreNobodyElses) {
  EXPECT_THAT(distinct_names({{"papi", "apps/live"}, {"other", "apps/test", "", "papi"}}),
              ElementsAre("papi.live", "papi"));
}

}  // namespace
