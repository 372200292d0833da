// What belongs to one environment: whose Flux Kustomizations count, what is applied from a
// directory, and which entries change nothing.
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/discovery/catalog_builder.h"
#include "tests/support/manifest_files.h"

namespace {

using engine::CatalogDraft;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using test::deployment;
using test::Files;
using test::tree_of;
using test::unplaced_of;

constexpr const char* kUrl = "https://git.example.com/infra/flux.git";

struct Asked {
  std::optional<std::string> below = {};
  std::optional<std::string> flux_path = {};
};

CatalogDraft draft(const Files& files, const Asked& asked = {}) {
  return test::draft_of(tree_of(files),
                        {asked.below, asked.flux_path, {engine::RemoteUrl(kUrl), "main"}}, {});
}

std::string release(const std::string& name, const std::string& values) {
  return "kind: HelmRelease\nmetadata: {name: " + name + ", namespace: " + name +
         "}\nspec: {values: {" + values + "}}\n";
}

std::string images(const std::string& entries, const std::string& more) {
  return more + "\nimages: [" + entries + "]\n";
}

// `metadata` and `source` as the inside of a mapping, `more` as further fields of the spec.
std::string flux(const std::string& metadata, const std::string& path,
                 const std::string& source = "kind: GitRepository, name: flux-system",
                 const std::string& more = "") {
  return "---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {" +
         metadata + "}\nspec: {path: " + path +
         (source.empty() ? "" : ", sourceRef: {" + source + "}") + more + "}\n";
}

std::string git(const std::string& metadata, const std::string& url, const std::string& ref) {
  return "---\napiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {" +
         metadata + "}\nspec: {url: \"" + url + "\"" + (ref.empty() ? "" : ", ref: {" + ref + "}") +
         "}\n";
}

// What `flux bootstrap` commits.
std::string gotk_sync(const std::string& path, const std::string& branch = "main") {
  return git("name: flux-system, namespace: flux-system", "ssh://git@git.example.com/infra/flux",
             "branch: " + branch) +
         flux("name: flux-system, namespace: flux-system", path);
}

// "<service> -> <file> <image> ns=<namespace> ks=[<namespace>/]<kustomization>".
std::vector<std::string> services_of(const CatalogDraft& draft) {
  return test::services_of(draft, [](const auto& service, const auto& /*group*/) {
    return " ns=" + service.namespace_name.value_or("-") + " ks=" +
           (service.kustomization_namespace ? *service.kustomization_namespace + "/" : "") +
           service.kustomization.value_or("-");
  });
}

// One application of one Flux Kustomization, whose other manifests differ.
struct SourceCase {
  const char* what;
  std::string manifests;
  const char* kustomization;  // of the service; "-" for none
};

TEST(FluxWiring, CountsOnlyWhatAppliesThisRepository) {
  const std::string ours = "https://git.example.com/infra/flux";
  const std::string system = "name: flux-system, namespace: flux-system";
  const std::string apps = "name: apps, namespace: flux-system";
  for (const auto& [what, manifests, kustomization] : std::vector<SourceCase>{
           {"no source is defined", flux(apps, "./apps"), "apps"},
           {"no source is named", flux(apps, "./apps", ""), "apps"},
           {"its source is here", git(system, ours, "branch: main") + flux(apps, "./apps"), "apps"},
           {"the same, without a leading dot",
            git(system, ours, "branch: main") + flux(apps, "apps"), "apps"},
           {"the root", git(system, ours, "branch: main") + flux(apps, "./"), "apps"},
           {"its source has the branch's full name",
            git(system, ours, "name: refs/heads/main") + flux(apps, "./apps"), "apps"},
           {"its source is another repository",
            git(system, "https://git.example.com/infra/other", "branch: main") +
                flux(apps, "./apps"),
            "-"},
           {"its source follows another branch",
            git(system, ours, "branch: release") + flux(apps, "./apps"), "-"},
           {"its source follows Flux' default branch", git(system, ours, "") + flux(apps, "./apps"),
            "-"},
           {"its source is pinned",
            git(system, ours, "branch: main, commit: \"0123456\"") + flux(apps, "./apps"), "-"},
           {"its source follows tags",
            git(system, ours, "semver: \">=1.0\"") + flux(apps, "./apps"), "-"},
           {"one of that name elsewhere is another repository",
            git(system, ours, "branch: main") +
                git("name: flux-system, namespace: team", "https://git.example.com/team/apps",
                    "branch: main") +
                flux(apps, "./apps"),
            "apps"},
           {"one of that name in its own namespace is another repository",
            git(system, ours, "branch: main") +
                git("name: flux-system, namespace: team", "https://git.example.com/team/apps",
                    "branch: main") +
                flux("name: apps, namespace: team", "./apps"),
            "-"},
           {"the source's namespace is named",
            git(system, ours, "branch: main") +
                git("name: flux-system, namespace: team", "https://git.example.com/team/apps",
                    "branch: main") +
                flux("name: apps, namespace: team", "./apps",
                     "kind: GitRepository, name: flux-system, namespace: flux-system"),
            "team/apps"},
           {"a bucket", flux(apps, "./apps", "kind: Bucket, name: b"), "-"},
           {"an OCI artifact", flux(apps, "./apps", "kind: OCIRepository, name: flux-system"), "-"},
           {"an artifact of nobody knows what",
            flux(apps, "./", "kind: ExternalArtifact, name: apps"), "-"},
           {"a patch, by its content",
            "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {" + apps +
                "}\nspec: {interval: 1m, patches: []}\n",
            "-"},
       }) {
    const CatalogDraft found = draft({
        {"apps/kustomization.yaml",
         images("{name: papi, newTag: a}", "resources: [d.yaml]\nnamespace: shop")},
        {"apps/d.yaml", deployment("papi", "papi")},
        {"clusters/live/flux.yaml", manifests},
    });
    EXPECT_THAT(services_of(found), ElementsAre("papi -> apps/kustomization.yaml papi ns=shop ks=" +
                                                std::string(kustomization)))
        << what;
  }
}

TEST(FluxWiring, SaysWhichKustomizationsItCannotCount) {
  const CatalogDraft found = draft({
      {"apps/kustomization.yaml", images("{name: papi, newTag: a}", "")},
      {"c/oci.yaml", flux("name: oci", "./apps", "kind: OCIRepository, name: artifact")},
      {"c/release.yaml", git("name: release", kUrl, "branch: release") +
                             flux("name: release", "./apps", "kind: GitRepository, name: release")},
      {"c/vendor.yaml", git("name: vendor", "https://vendor.example.com/x", "tag: v1") +
                            flux("name: vendor", "./", "kind: GitRepository, name: vendor")},
  });
  EXPECT_THAT(unplaced_of(found),
              Contains("c/oci.yaml oci the Flux Kustomization is not counted: its source is the "
                       "OCIRepository artifact, and nothing here says what it contains"));
  EXPECT_THAT(unplaced_of(found),
              Contains("c/release.yaml release the Flux Kustomization is not counted: its source "
                       "release follows the branch release, not the branch main"));
  EXPECT_THAT(unplaced_of(found), Not(Contains(HasSubstr("vendor"))));
}

TEST(FluxWiring, APatchOfAKustomizationIsNone) {
  const std::string patch = flux("name: apps, namespace: flux-system", "./staging");
  for (const char* field : {"patches: [{path: patch.yaml}]", "patchesStrategicMerge: [patch.yaml]",
                            "patchesJson6902: [{path: patch.yaml, target: {kind: Kustomization}}]",
                            "patches: [{path: ./patch.yaml, target: {name: apps}}]"}) {
    const CatalogDraft found = draft({
        {"staging/kustomization.yaml", images("{name: papi, newTag: a}", "resources: [d.yaml]")},
        {"staging/d.yaml", deployment("papi", "papi")},
        {"c/kustomization.yaml", "resources: [apps.yaml]\n" + std::string(field) + "\n"},
        {"c/apps.yaml", flux("name: all, namespace: flux-system", "./")},
        {"c/patch.yaml", patch},
    });
    EXPECT_THAT(services_of(found),
                ElementsAre("papi -> staging/kustomization.yaml papi ns=- ks=all"))
        << field;
  }
}

// Where several clusters define one source, the nearest is meant.
TEST(FluxWiring, EachClusterHasItsOwnSource) {
  Files files = {
      {"apps/live/kustomization.yaml", images("{name: papi, newTag: a}", "resources: [d.yaml]")},
      {"apps/live/d.yaml", deployment("papi", "papi")},
      {"apps/test/kustomization.yaml", images("{name: web, newTag: a}", "resources: [d.yaml]")},
      {"apps/test/d.yaml", deployment("web", "web")},
  };
  for (const auto& [cluster, branch] :
       Files{{"live", "release"}, {"test", "main"}, {"test-2", "release"}}) {
    const std::string directory = "clusters/" + cluster;
    files[directory + "/flux-system/gotk-sync.yaml"] = gotk_sync("./" + directory, branch);
    files[directory + "/apps.yaml"] =
        flux("name: apps-" + cluster + ", namespace: flux-system", "./apps/" + cluster);
  }
  EXPECT_THAT(services_of(draft(files)),
              ElementsAre("papi -> apps/live/kustomization.yaml papi ns=- ks=-",
                          "web -> apps/test/kustomization.yaml web ns=- ks=apps-test"));
}

TEST(FluxWiring, TheNamespaceOfTheKustomizationIsWhatKustomizeGivesIt) {
  const std::string source = "kind: GitRepository, name: flux-system, namespace: flux-system";
  for (const auto& [listing, expected] : Files{
           {"resources: [ks.yaml]\n", "papi"},
           {"resources: [ks.yaml]\nnamespace: web\n", "web/papi"},
       }) {
    const CatalogDraft found = draft({
        {"kubernetes/apps/web/kustomization.yaml", listing},
        {"kubernetes/apps/web/ks.yaml",
         flux("name: papi, namespace: flux-system", "./kubernetes/apps/web/papi", source,
              ", targetNamespace: web")},
        {"kubernetes/apps/web/papi/kustomization.yaml", "resources: [release.yaml]\n"},
        {"kubernetes/apps/web/papi/release.yaml",
         "kind: HelmRelease\nmetadata: {name: papi}\nspec: {values: {image: {repository: "
         "example.com/papi, tag: a}}}\n"},
    });
    EXPECT_THAT(services_of(found), ElementsAre("papi -> kubernetes/apps/web/papi/release.yaml "
                                                "example.com/papi ns=web ks=" +
                                                expected))
        << listing;
  }
}

TEST(FluxWiring, AnArtifactThatIsMadeOfThisRepositoryIsFollowedToIt) {
  const auto generator = [](const std::string& copy) {
    return "---\napiVersion: source.extensions.fluxcd.io/v1beta1\nkind: ArtifactGenerator\n"
           "metadata: {name: split, namespace: flux-system}\nspec: {sources: [{alias: repo, kind: "
           "GitRepository, name: flux-system}], artifacts: [{name: apps, copy: [" +
           copy + "]}]}\n";
  };
  for (const auto& [path, copy] : std::vector<std::pair<std::string, std::string>>{
           {"./", R"({from: "@repo/apps/papi/**", to: "@artifact/"})"},
           {"./papi", R"({from: "@repo/apps/**", to: "@artifact/"})"},
           {"./x/papi", R"({from: "@repo/apps/papi/", to: "@artifact/x/"})"},
           {"./", R"({from: "@repo/apps/papi/*.yaml", to: "@artifact/any/"})"},
       }) {
    const CatalogDraft found = draft({
        {"apps/papi/kustomization.yaml", images("{name: papi, newTag: a}", "resources: [d.yaml]")},
        {"apps/papi/d.yaml", deployment("papi", "papi")},
        {"c/flux.yaml", generator(copy) + flux("name: papi, namespace: flux-system", path,
                                               "kind: ExternalArtifact, name: apps")},
    });
    EXPECT_THAT(services_of(found),
                ElementsAre("papi -> apps/papi/kustomization.yaml papi ns=- ks=papi"))
        << path << " " << copy;
  }
}

// The layout of flux2-kustomize-helm-example.
Files helm_example() {
  Files files = {
      {"apps/base/papi/kustomization.yaml", "resources: [release.yaml, d.yaml]\nnamespace: papi\n"},
      {"apps/base/papi/release.yaml",
       release("web", "image: {repository: example.com/web, tag: a}")},
      {"apps/base/papi/d.yaml", deployment("papi", "example.com/papi")},
      {"infrastructure/controllers/nginx.yaml",
       release("nginx", "image: {repository: example.com/nginx, tag: a}")},
  };
  for (const std::string cluster : {"staging", "production"}) {
    const std::string entry = "clusters/" + cluster;
    files[entry + "/flux-system/gotk-sync.yaml"] = gotk_sync("./" + entry);
    files[entry + "/flux-system/kustomization.yaml"] = "resources: [gotk-sync.yaml]\n";
    files[entry + "/apps.yaml"] = flux("name: apps, namespace: flux-system", "./apps/" + cluster);
    files[entry + "/infrastructure.yaml"] =
        flux("name: infra-controllers, namespace: flux-system", "./infrastructure/controllers");
    files["apps/" + cluster + "/kustomization.yaml"] = images(
        "{name: example.com/papi, newTag: a}",
        "resources: [../base/papi]\npatches: [{path: web.yaml, target: {kind: HelmRelease}}]");
    files["apps/" + cluster + "/web.yaml"] = release("web", "image: {tag: b}");
  }
  return files;
}

std::vector<std::string> helm_example_of(const std::string& cluster) {
  const std::string apps = "apps/" + cluster + "/";
  return {
      "nginx -> infrastructure/controllers/nginx.yaml example.com/nginx ns=nginx "
      "ks=infra-controllers",
      "papi -> " + apps + "kustomization.yaml example.com/papi ns=papi ks=apps",
      "web -> " + apps + "web.yaml web ns=web ks=apps"};
}

TEST(FluxPath, AClustersEntryIsFollowed) {
  for (const std::string cluster : {"staging", "production"}) {
    const CatalogDraft found = draft(helm_example(), {.flux_path = "clusters/" + cluster});
    EXPECT_EQ(services_of(found), helm_example_of(cluster));
    EXPECT_EQ(found.looked_below, "clusters/" + cluster);
    EXPECT_THAT(found.clusters, IsEmpty());
  }
}

TEST(FluxPath, ASubtreeIsWhatItBuilds) {
  const CatalogDraft found = draft(helm_example(), {.flux_path = "apps/staging"});
  std::vector<std::string> expected = helm_example_of("staging");
  expected.erase(expected.begin());
  EXPECT_EQ(services_of(found), expected);
}

TEST(FluxPath, WithoutItTheReportNamesTheClusters) {
  const CatalogDraft found = draft(helm_example());
  EXPECT_THAT(found.clusters, ElementsAre("clusters/production", "clusters/staging"));
  EXPECT_THAT(services_of(found), Contains(HasSubstr("papi.staging -> ")));
  // A directory that was named was chosen.
  EXPECT_THAT(draft(helm_example(), {.below = "apps"}).clusters, IsEmpty());
  EXPECT_THAT(draft(helm_example(), {.below = "apps", .flux_path = "clusters/staging"}).services,
              testing::SizeIs(draft(helm_example(), {.below = "apps"}).services.size()));
}

struct ClusterCase {
  const char* what;
  Files files;
  std::vector<std::string> clusters;
};

TEST(FluxPath, ClustersAreToldWithoutABootstrap) {
  const std::string apps = "name: apps, namespace: flux-system";
  for (const auto& [what, files, clusters] : std::vector<ClusterCase>{
           {"one cluster",
            {{"clusters/live/apps.yaml", flux(apps, "./apps")},
             {"clusters/live/infra/x.yaml", flux("name: infra", "./apps")}},
            {}},
           {"directories in `clusters`",
            {{"clusters/a/apps.yaml", flux("name: one", "./apps")},
             {"clusters/b/x/apps.yaml", flux("name: two", "./apps")}},
            {"clusters/a", "clusters/b"}},
           {"namesakes",
            {{"kubernetes/main/flux/apps.yaml", flux(apps, "./apps")},
             {"kubernetes/lab/flux/apps.yaml", flux(apps, "./apps")}},
            {"kubernetes/lab", "kubernetes/main"}},
           {"one follows another branch",
            {{"clusters/a/s.yaml", gotk_sync("./clusters/a", "release")},
             {"clusters/b/s.yaml", gotk_sync("./clusters/b")}},
            {"clusters/a", "clusters/b"}},
           {"what a cluster applies is none",
            {{"clusters/a/s.yaml", gotk_sync("./clusters/a")},
             {"clusters/a/base.yaml", flux("name: base", "./clusters/base")},
             {"clusters/base/apps.yaml", flux(apps, "./apps")}},
            {}},
           {"applications of one cluster",
            {{"flux/apps.yaml", flux(apps, "./apps")},
             {"apps/a/ks.yaml", flux("name: a", "./apps/a")},
             {"apps/b/ks.yaml", flux("name: b", "./apps/b")}},
            {}},
       }) {
    Files all = files;
    all["apps/kustomization.yaml"] = images("{name: papi, newTag: a}", "");
    EXPECT_EQ(draft(all).clusters, clusters) << what;
  }
}

// Each of these is applied from clusters/live, and nothing else is.
TEST(FluxPath, FollowsWhateverTheLayout) {
  const std::string papi = images("{name: papi, newTag: a}", "resources: [d.yaml]");
  for (const auto& [path, files] : std::vector<std::pair<std::string, Files>>{
           {"apps/papi", {{"clusters/live/apps.yaml", flux("name: apps", "apps/papi")}}},
           {"apps/papi",
            {{"clusters/live/apps.yaml",
              flux("name: apps", "./clusters/live/nested") + gotk_sync("./clusters/live")},
             {"clusters/live/nested/kustomization.yaml", "resources: [ks.yaml]\n"},
             {"clusters/live/nested/ks.yaml", flux("name: apps", "./apps/papi/")}}},
           {"apps/papi",
            {{"clusters/live/kustomization.yaml", "resources: [../common]\n"},
             {"clusters/common/kustomization.yaml", "resources: [apps.yaml]\n"},
             {"clusters/common/apps.yaml", flux("name: apps", "./apps")}}},
           {"clusters/live/papi",
            {{"clusters/live/flux-system/gotk-sync.yaml",
              git("name: flux-system", kUrl, "branch: main") +
                  flux("name: apps", "./clusters/live")}}},
       }) {
    Files all = files;
    all[path + "/kustomization.yaml"] = papi;
    all[path + "/d.yaml"] = deployment("papi", "papi");
    all["other/kustomization.yaml"] = images("{name: papi, newTag: b}", "resources: [d.yaml]");
    all["other/d.yaml"] = deployment("papi", "papi");
    all["clusters/other/apps.yaml"] = flux("name: apps", "./other");
    EXPECT_THAT(services_of(draft(all, {.flux_path = "clusters/live"})),
                ElementsAre("papi -> " + path + "/kustomization.yaml papi ns=- ks=apps"))
        << files.begin()->first << files.begin()->second;
  }
}

TEST(FluxPath, SaysWhatItDidNotFollow) {
  const CatalogDraft found =
      draft({{"apps/kustomization.yaml", images("{name: papi, newTag: a}", "")},
             {"clusters/live/apps.yaml",
              git("name: f", "https://ann:s3cret@other.example.com/x.git", "branch: main") +
                  flux("name: apps", "./apps", "kind: GitRepository, name: f")}},
            {.flux_path = "clusters/live"});
  EXPECT_THAT(found.services, IsEmpty());
  EXPECT_THAT(unplaced_of(found),
              ElementsAre("clusters/live/apps.yaml apps the Flux Kustomization is not followed: "
                          "its source f is another repository: https://other.example.com/x.git"));
}

TEST(FluxPath, SaysWhatIsAppliedFromElsewhereAsWell) {
  const std::string nginx =
      "nginx in infrastructure/controllers/nginx.yaml (by clusters/production/infrastructure.yaml)";
  Files files = helm_example();
  files["apps/base/papi/kustomization.yaml"] =
      images("{name: example.com/papi, newTag: a}", "resources: [release.yaml, d.yaml]");
  files["apps/staging/kustomization.yaml"] = "resources: [../base/papi]\n";
  EXPECT_THAT(draft(files, {.flux_path = "clusters/staging"}).shared, ElementsAre(nginx));
  // Production has no tags of its own any more.
  files["apps/production/kustomization.yaml"] = files["apps/staging/kustomization.yaml"];
  EXPECT_THAT(draft(files, {.flux_path = "clusters/staging"}).shared,
              testing::UnorderedElementsAre(
                  nginx, "papi in apps/base/papi/kustomization.yaml (by apps/production)",
                  "web in apps/base/papi/release.yaml (by apps/production)"));
}

TEST(FluxPath, SaysThatTheImageOfAPlainWorkloadIsAppliedFromElsewhereAsWell) {
  const Files files = {{"base/kustomization.yaml", "resources: [d.yaml]\n"},
                       {"base/d.yaml", deployment("papi", "example.com/papi:pr-1-0f0e0d0")},
                       {"apps/staging/kustomization.yaml", "resources: [../../base]\n"},
                       {"apps/production/kustomization.yaml", "resources: [../../base]\n"},
                       {"clusters/staging/apps.yaml", flux("name: apps", "./apps/staging")},
                       {"clusters/production/apps.yaml", flux("name: apps", "./apps/production")}};
  EXPECT_THAT(draft(files, {.flux_path = "clusters/staging"}).shared,
              ElementsAre("papi in base/d.yaml (by apps/production)"));
}

struct ReplacedCase {
  const char* what;
  Files files;
  std::vector<std::string> files_offered;
};

TEST(Replaced, AnEntryThatIsAlwaysSetAgainIsNotOffered) {
  const std::string set = images("{name: papi, newTag: b}", "resources: [../base]");
  const std::string base = images("{name: papi, newTag: a}", "resources: [d.yaml]");
  const std::string remote =
      images("{name: papi, newTag: a}", "resources: [https://example.com/d.yaml]");
  for (const auto& [what, files, offered] : std::vector<ReplacedCase>{
           {"all overlays set it",
            {{"base/kustomization.yaml", base},
             {"live/kustomization.yaml", set},
             {"test/kustomization.yaml", set}},
            {"live/kustomization.yaml", "test/kustomization.yaml"}},
           {"one does not",
            {{"base/kustomization.yaml", base},
             {"live/kustomization.yaml", set},
             {"test/kustomization.yaml", "resources: [../base]\n"}},
            {"base/kustomization.yaml", "live/kustomization.yaml"}},
           {"one only renames it",
            {{"base/kustomization.yaml", base},
             {"live/kustomization.yaml", set},
             {"test/kustomization.yaml",
              images("{name: papi, newName: x}", "resources: [../base]")}},
            {"base/kustomization.yaml", "live/kustomization.yaml"}},
           {"nobody knows the workloads",
            {{"base/kustomization.yaml", remote},
             {"live/kustomization.yaml", set},
             {"test/kustomization.yaml", set}},
            {"live/kustomization.yaml", "test/kustomization.yaml"}},
           {"nobody knows the workloads, and one does not set it",
            {{"base/kustomization.yaml", remote},
             {"live/kustomization.yaml", set},
             {"test/kustomization.yaml", "resources: [../base]\n"}},
            {"base/kustomization.yaml", "live/kustomization.yaml"}},
           {"through a layer between, under a new name",
            {{"base/kustomization.yaml", images("{name: papi, newName: x/papi, newTag: a}",
                                                "resources: [https://example.com/d.yaml]")},
             {"middle/kustomization.yaml", "resources: [../base]\n"},
             {"live/kustomization.yaml",
              images("{name: x/papi, newTag: b}", "resources: [../middle]")}},
            {"live/kustomization.yaml"}},
           {"by a component of the overlay",
            {{"base/kustomization.yaml", remote},
             {"tags/kustomization.yaml", images("{name: papi, newTag: b}", "kind: Component")},
             {"live/kustomization.yaml", "resources: [../base]\ncomponents: [../tags]\n"}},
            {"tags/kustomization.yaml"}},
           {"Flux applies the base itself",
            {{"base/kustomization.yaml", base},
             {"live/kustomization.yaml", set},
             {"flux.yaml", flux("name: base", "./base")}},
            {"base/kustomization.yaml", "live/kustomization.yaml"}},
           {"nothing builds on it",
            {{"base/kustomization.yaml", base}},
            {"base/kustomization.yaml"}},
       }) {
    Files all = files;
    all["base/d.yaml"] = deployment("papi", "papi");
    std::vector<std::string> found;
    for (const engine::DraftGroup& group : draft(all).groups) {
      found.push_back(group.place.file);
    }
    EXPECT_THAT(found, testing::UnorderedElementsAreArray(offered)) << what;
  }
}

TEST(Replaced, ATagOfAReleaseThatIsAlwaysPatchedIsNotOffered) {
  const std::string patch = release("web", "image: {tag: b}");
  const std::string other = release("web", "replicas: 2");
  for (const auto& [test_patch, is_offered] : Files{{patch, ""}, {other, "base/web.yaml"}}) {
    const CatalogDraft found = draft({
        {"base/kustomization.yaml", "resources: [web.yaml]\n"},
        {"base/web.yaml", release("web", "image: {repository: web, tag: a}")},
        {"live/kustomization.yaml", "resources: [../base]\npatchesStrategicMerge: [p.yaml]\n"},
        {"live/p.yaml", patch},
        {"test/kustomization.yaml", "resources: [../base]\npatches: [{path: p.yaml}]\n"},
        {"test/p.yaml", test_patch},
    });
    std::vector<std::string> files;
    for (const engine::DraftGroup& group : found.groups) {
      files.push_back(group.place.file);
    }
    EXPECT_EQ(std::ranges::count(files, "base/web.yaml"), is_offered.empty() ? 0 : 1);
    EXPECT_EQ(std::ranges::count(files, "live/p.yaml"), 1);
    EXPECT_EQ(found.left_out
                  .reason_of({.type = "helm-values",
                              .file = "base/web.yaml",
                              .image_name = "web",
                              .path = ".spec.values.image.tag"})
                  .has_value(),
              is_offered.empty());
  }
}

// What an environment had to be told apart by is not needed where it is alone.
TEST(FluxPath, ServicesHaveTheirPlainNamesAgain) {
  const engine::GroupPlace place{
      .file = "apps/staging/kustomization.yaml", .image_name = "example.com/papi", .path = {}};
  engine::KnownNames known;
  known.groups[place] = "papi.staging";
  known.services[{place, "papi"}] = "papi.staging";
  const auto names = [&] {
    const CatalogDraft found =
        test::draft_of(tree_of(helm_example()),
                       {{}, "clusters/staging", {engine::RemoteUrl(kUrl), "main"}}, known);
    std::vector<std::string> out;
    for (const engine::DraftService& service : found.services) {
      out.push_back(service.name + " in " + service.image_group);
    }
    return out;
  };
  EXPECT_THAT(names(), Contains("papi in papi"));
  known.services_by_hand.insert("papi.staging");
  EXPECT_THAT(names(), Contains("papi.staging in papi"));
}

// The image of the base decides elsewhere, and not here.
TEST(FluxPath, AnImageThatAPatchSetsHereIsThePatchs) {
  const Files files = {
      {"apps/base/kustomization.yaml", "resources: [d.yaml]\n"},
      {"apps/base/d.yaml", deployment("papi", "acme/papi:pr-1-1234567")},
      {"apps/live/kustomization.yaml", "resources: [../base]\n"},
      {"apps/staging/kustomization.yaml", "resources: [../base]\npatches: [{path: p.yaml}]\n"},
      {"apps/staging/p.yaml", deployment("papi", "acme/papi:pr-3-1234567")}};
  const CatalogDraft found = draft(files, {.flux_path = "apps/staging"});
  ASSERT_EQ(found.services.size(), 1U);
  EXPECT_EQ(found.services.front().name, "papi");
  EXPECT_EQ(found.groups.front().place.file, "apps/staging/p.yaml");
}

}  // namespace
