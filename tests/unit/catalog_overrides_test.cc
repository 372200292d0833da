// Places whose tag has no effect because something else sets the image: patches, expressions as
// names, overlays that only rename. What takes effect is the service's place, if it has one.
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/discovery/catalog_builder.h"
#include "engine/discovery/label_selector.h"
#include "engine/manifest/image_pattern.h"
#include "tests/support/manifest_files.h"

namespace test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// "<service> -> <file> <image> <path>", for images of the team, "x/...".
std::vector<std::string> services_of(const Files& files,
                                     const std::optional<std::string>& flux_path = {}) {
  const engine::CatalogDraft draft = test::draft_of(tree_of(files), {{}, flux_path, {}}, {}, {},
                                                    {.prefixes = {"x/", "papi"}, .refusals = {}});
  return test::services_of(draft, [](const auto& /*service*/, const auto& group) {
    return group.place.path.empty() ? "" : " " + group.place.path;
  });
}

std::vector<std::string> reasons_of(const Files& files) {
  return unplaced_of(
      test::draft_of(tree_of(files), {}, {}, {}, {.prefixes = {"x/", "papi"}, .refusals = {}}));
}

std::string deployment(const std::string& name, const std::string& image,
                       const std::string& labels = "") {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: " + name + "\n" +
         (labels.empty() ? "" : "  labels: {" + labels + "}\n") +
         "spec:\n  template:\n    spec:\n      containers:\n      - name: main\n        image: " +
         image + "\n";
}

std::string release(const std::string& name, const std::string& values) {
  return "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: " + name +
         "\nspec:\n  values:\n" + values;
}

std::string indented(const std::string& text) {
  std::string out;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    out += "    " + text.substr(begin, end - begin) + "\n";
    begin = end + 1;
  }
  return out;
}

constexpr const char* kBase = "base/kustomization.yaml";
constexpr const char* kLive = "live/kustomization.yaml";
const std::string kAt = ".spec.template.spec.containers[name=main].image";

// A base that has the tag, and an overlay with these patches.
Files overlay(const std::string& patches) {
  return {{kBase, "resources: [d.yaml]\nimages:\n- name: papi\n  newName: x/papi\n  newTag: v1\n"},
          {"base/d.yaml", deployment("papi", "papi")},
          {kLive, "resources: [../base]\n" + patches}};
}

TEST(CatalogOverrides, APatchOfTheImageTakesTheBasesPlace) {
  const std::string base = "papi -> " + std::string(kBase) + " papi";
  const std::string json =
      "- {op: replace, path: /spec/template/spec/containers/0/image, value: \"x/papi:v2\"}\n";
  const std::string merge = deployment("papi", "x/papi:v2");
  const std::string target = "  target: {kind: Deployment, name: papi}\n";
  struct Case {
    const char* what;
    Files files;
    std::vector<std::string> services;
  };
  std::vector<Case> cases = {
      {"nothing that matters", overlay("patches: [{path: gone.yaml}]\n"), {base}},
      {"a strategic merge in place", overlay("patches:\n- patch: |-\n" + indented(merge)), {}},
      {"the older field", overlay("patchesStrategicMerge:\n- |-\n" + indented(merge)), {}},
      {"a JSON patch in place", overlay("patches:\n- patch: |-\n" + indented(json) + target), {}},
      {"its older field", overlay("patchesJson6902:\n- patch: |-\n" + indented(json) + target), {}},
      {"the whole container",
       overlay("patches:\n- patch: |-\n    - {op: replace, path: /spec/template/spec/containers/0, "
               "value: {name: main, image: \"x/papi:v2\"}}\n" +
               target),
       {}},
      {"a selector of labels that is not the workload's",
       overlay("patches:\n- patch: |-\n" + indented(json) +
               "  target: {labelSelector: \"app=web\"}\n"),
       {base}},
      {"another workload",
       overlay("patches:\n- patch: |-\n" + indented(json) +
               "  target: {kind: Deployment, name: web}\n"),
       {base}},
      {"another kind",
       overlay("patches:\n- patch: |-\n" + indented(json) + "  target: {kind: StatefulSet}\n"),
       {base}},
      {"a name that is an expression",
       overlay("patches:\n- patch: |-\n" + indented(json) + "  target: {name: \"pa.*|web\"}\n"),
       {}},
      {"another container",
       overlay("patches:\n- patch: |-\n" +
               indented(json).replace(indented(json).find("/0/"), 3, "/1/") + target),
       {base}},
      {"a container that is put before",
       overlay("patches:\n- patch: |-\n    - {op: add, path: /spec/template/spec/containers/0, "
               "value: {name: side, image: \"x/side:v2\"}}\n" +
               target),
       {base}},
      {"an entry after the patch decides",
       overlay("images: [{name: x/papi, newTag: v3}]\npatches:\n- patch: |-\n" + indented(merge)),
       {"papi -> " + std::string(kLive) + " x/papi"}},
  };
  Files file = overlay("patches: [{path: p.yaml}]\n");
  file["live/p.yaml"] = merge;
  cases.push_back({"a strategic merge in a file", file, {"papi -> live/p.yaml x/papi " + kAt}});
  file = overlay("patches:\n- path: p.yaml\n" + target);
  file["live/p.yaml"] = json;
  cases.push_back({"a JSON patch in a file", file, {"papi -> live/p.yaml x/papi [0].value"}});
  file["live/p.yaml"] =
      "- {op: add, path: /spec/template/spec/containers/0/image, value: \"x/papi:v2\"}\n";
  cases.push_back({"one that adds", file, {"papi -> live/p.yaml x/papi [0].value"}});
  for (const Case& next : cases) {
    EXPECT_EQ(services_of(next.files), next.services) << next.what;
  }
}

// The overlay of one environment patches, the other does not.
TEST(CatalogOverrides, WhereNotAllPatchTheBaseIsAPlaceStill) {
  Files files = overlay("patches: [{path: p.yaml}]\n");
  files["live/p.yaml"] = deployment("papi", "x/papi:v2");
  files["test/kustomization.yaml"] = "resources: [../base]\n";
  EXPECT_THAT(services_of(files), ElementsAre("papi.base -> base/kustomization.yaml papi",
                                              "papi.live -> live/p.yaml x/papi " + kAt));
}

TEST(CatalogOverrides, APatchInPlaceIsSkippedWithItsReason) {
  const Files files = overlay("patches:\n- patch: |-\n" + indented(deployment("papi", "x/a:v2")));
  EXPECT_THAT(services_of(files), IsEmpty());
  EXPECT_THAT(reasons_of(files),
              Contains(HasSubstr("base/kustomization.yaml papi not offered: all that builds on it "
                                 "sets the tag again")));
  EXPECT_THAT(reasons_of(files),
              Contains(HasSubstr("1 image is set by inline patches of kustomizations, where a "
                                 "rollout cannot set a tag: x/a")));
}

TEST(CatalogOverrides, APatchSelectsByLabelsAsTheKustomizationsMadeThem) {
  const std::string patch =
      "- {op: replace, path: /spec/template/spec/containers/0/image, value: \"x/papi:v2\"}\n";
  for (const char* selector : {"tier=api", "tier in (web, api),app=papi", "!old"}) {
    const Files files = {
        {kBase,
         "resources: [d.yaml]\ncommonLabels: {app: papi}\nimages: [{name: papi, newTag: "
         "v1}]\n"},
        {"base/d.yaml", deployment("papi", "papi", "tier: api")},
        {kLive, "resources: [../base]\npatches:\n- patch: |-\n" + indented(patch) +
                    "  target: {labelSelector: \"" + selector + "\"}\n"}};
    EXPECT_THAT(services_of(files), IsEmpty()) << selector;
  }
}

TEST(CatalogOverrides, ATagOfAReleaseThatAPatchSetsIsNotOffered) {
  const std::string base = "web -> base/r.yaml x/web .spec.values.image.tag";
  const std::string target = "  target: {kind: HelmRelease, name: web}\n";
  const auto json = [&](const std::string& pointer, const std::string& value) {
    return "patches:\n- patch: |-\n    - {op: replace, path: " + pointer + ", value: " + value +
           "}\n" + target;
  };
  const std::string merge = indented(release("web", "    image: {tag: v2}\n"));
  for (const auto& [patches, is_offered] : std::vector<std::pair<std::string, bool>>{
           {"patches:\n- patch: |-\n" + merge, false},
           {"patches:\n- patch: |-\n" + merge + "  target: {kind: HelmRelease}\n", false},
           {"patchesStrategicMerge:\n- |-\n" + merge, false},
           {json("/spec/values/image/tag", "v2"), false},
           {json("/spec/values/image", "{repository: x/web, tag: v2}"), false},
           {json("/spec/values/replicas", "2"), true},
           {json("/spec/values/image/tagged", "v2"), true},
       }) {
    const Files files = {
        {kBase, "resources: [r.yaml]\n"},
        {"base/r.yaml", release("web", "    image: {repository: x/web, tag: v1}\n")},
        {kLive, "resources: [../base]\n" + patches}};
    EXPECT_EQ(services_of(files),
              is_offered ? std::vector<std::string>{base} : std::vector<std::string>{})
        << patches;
  }
}

TEST(CatalogOverrides, AnOverlayThatOnlyRenamesIsNoServiceOfItsOwn) {
  const Files files = {{kBase, "resources: [d.yaml]\nimages: [{name: papi, newTag: v1}]\n"},
                       {"base/d.yaml", deployment("papi", "papi")},
                       {kLive, "resources: [../base]\nimages: [{name: papi, newName: x/papi}]\n"}};
  EXPECT_THAT(services_of(files), ElementsAre("papi -> base/kustomization.yaml papi"));
  EXPECT_THAT(reasons_of(files), Contains(HasSubstr("live/kustomization.yaml papi not offered")));
  // Where nothing sets the tag, it is the place.
  Files no_tag = files;
  no_tag[kBase] = "resources: [d.yaml]\n";
  EXPECT_THAT(services_of(no_tag), ElementsAre("papi -> live/kustomization.yaml papi"));
}

TEST(CatalogOverrides, AnEntryForANameThatIsGoneIsNotOffered) {
  const Files files = {
      {kBase, "resources: [d.yaml]\nimages: [{name: papi, newName: x/papi, newTag: v1}]\n"},
      {"base/d.yaml", deployment("papi", "papi")},
      {kLive, "resources: [../base]\nimages: [{name: papi, newTag: v2}]\n"}};
  EXPECT_THAT(services_of(files), ElementsAre("papi -> base/kustomization.yaml papi"));
  EXPECT_THAT(reasons_of(files), Contains(HasSubstr("gives the image another name")));
  // Something else that is not known may have it.
  Files more = files;
  more[kLive] = "resources: [../base, ../gone]\nimages: [{name: papi, newTag: v2}]\n";
  EXPECT_THAT(services_of(more), Contains(HasSubstr("live/kustomization.yaml papi")));
  // One that is renamed there, and one that is not.
  Files two = files;
  two[kLive] = "resources: [../base, e.yaml]\nimages: [{name: papi, newTag: v2}]\n";
  two["live/e.yaml"] = deployment("other", "papi");
  EXPECT_THAT(services_of(two), Contains("other -> live/kustomization.yaml papi"));
}

TEST(CatalogOverrides, WhatAReleasesPostRendererSetsIsNotOffered) {
  const auto rendered = [](const std::string& entry) {
    return Files{
        {kLive, "resources: [r.yaml]\n"},
        {"live/r.yaml", release("web", "    image: {repository: x/web, tag: v1}\n") +
                            "  postRenderers:\n  - kustomize: {images: [" + entry + "]}\n"}};
  };
  EXPECT_THAT(services_of(rendered("{name: x/web, newTag: v2}")), IsEmpty());
  EXPECT_THAT(reasons_of(rendered("{name: x/web, newTag: v2}")),
              Contains(HasSubstr("postRenderers")));
  for (const char* const entry : {"{name: x/web, newName: y/web}", "{name: x/api, newTag: v2}"}) {
    EXPECT_THAT(services_of(rendered(entry)),
                ElementsAre("web -> live/r.yaml x/web .spec.values.image.tag"));
  }
}

TEST(CatalogOverrides, AnEntryByExpressionDecides) {
  const std::string base =
      "resources: [d.yaml]\nimages: [{name: papi, newName: x/papi, newTag: "
      "v1}]\n";
  const Files files = {
      {kBase, base},
      {"base/d.yaml", deployment("papi", "papi")},
      {kLive, "resources: [../base]\nimages: [{name: \"x/pap.*\", newTag: v2}]\n"}};
  EXPECT_THAT(services_of(files), ElementsAre("papi -> live/kustomization.yaml x/papi"));
  // It sets the tag of another as well, so it is no place of one.
  Files two = files;
  two["base/d.yaml"] += "---\n" + deployment("paper", "x/paper");
  EXPECT_THAT(services_of(two), IsEmpty());
  // One that does not match.
  Files other = files;
  other[kLive] = "resources: [../base]\nimages: [{name: \"x/web.*\", newTag: v2}]\n";
  EXPECT_THAT(services_of(other), ElementsAre("papi -> base/kustomization.yaml papi"));
  // A rollout of the image's own entry sets the expression after it as well.
  Files same = files;
  same[kLive] = "resources: [../base]\n";
  same[kBase] =
      "resources: [d.yaml]\nimages: [{name: papi, newTag: v1}, {name: \"pap.\", newTag: "
      "v2}]\n";
  EXPECT_THAT(services_of(same), ElementsAre("papi -> base/kustomization.yaml papi"));
}

// A dot stands in the names of all registries.
TEST(CatalogOverrides, ADotIsADot) {
  EXPECT_FALSE(engine::has_pattern_signs("ghcr.io/acme/papi.v2"));
  const Files files = {
      {"apps/kustomization.yaml",
       "resources: [d.yaml]\nimages: [{name: x/pa.pi, newTag: a}, {name: x/pa-pi, newTag: b}]\n"},
      {"apps/d.yaml", deployment("one", "x/pa.pi") + "---\n" + deployment("two", "x/pa-pi")}};
  EXPECT_THAT(services_of(files), ElementsAre("one -> apps/kustomization.yaml x/pa.pi",
                                              "two -> apps/kustomization.yaml x/pa-pi"));
}

// It is more where nothing has the name with the dot, and something has it with another letter.
TEST(CatalogOverrides, ADotIsMoreWhereItMatchesNothingElse) {
  const Files files = {
      {"apps/kustomization.yaml", "resources: [d.yaml]\nimages: [{name: pap., newTag: a}]\n"},
      {"apps/d.yaml", deployment("one", "papi")}};
  EXPECT_THAT(services_of(files), ElementsAre("one -> apps/kustomization.yaml papi"));
  Files two = files;
  two["apps/d.yaml"] += "---\n" + deployment("two", "papy");
  EXPECT_THAT(services_of(two), IsEmpty());
}

std::string flux(const std::string& name, const std::string& path, const std::string& more = "") {
  return "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: " +
         name + "\nspec:\n  path: " + path +
         "\n  sourceRef: {kind: GitRepository, name: flux-system}\n" + more;
}

const std::string kPatchesOfFlux =
    "  patches:\n  - target: {kind: Deployment}\n    patch: |-\n      "
    "- {op: replace, path: /spec/template/spec/containers/0/image, "
    "value: \"x/papi:v2\"}\n";

TEST(CatalogOverrides, WhatAFluxKustomizationSetsItselfDecides) {
  const std::string own = "papi -> apps/papi/kustomization.yaml papi";
  struct Case {
    const char* what;
    std::string additions;
    std::vector<std::string> services;
  };
  for (const auto& [what, additions, services] : std::vector<Case>{
           {"nothing of its own", "", {own}},
           {"images", "  images: [{name: papi, newTag: v2}]\n", {}},
           {"images of another", "  images: [{name: web, newTag: v2}]\n", {own}},
           {"an entry that only renames", "  images: [{name: x/papi, newName: x/p}]\n", {own}},
           {"patches", kPatchesOfFlux, {}},
       }) {
    const Files files = {
        {"apps/papi/kustomization.yaml",
         "resources: [../base]\nimages: [{name: papi, newName: x/papi, newTag: v1}]\n"},
        {"apps/base/kustomization.yaml", "resources: [d.yaml]\n"},
        {"apps/base/d.yaml", deployment("papi", "papi")},
        {"clusters/live/apps.yaml", flux("apps", "./apps/papi", additions)}};
    EXPECT_EQ(services_of(files), services) << what;
    EXPECT_EQ(services_of(files, "clusters/live"), services) << what;
  }
}

TEST(CatalogOverrides, AComponentOfAFluxKustomizationIsAPlace) {
  const Files files = {
      {"apps/papi/kustomization.yaml", "resources: [d.yaml]\n"},
      {"apps/papi/d.yaml", deployment("papi", "papi")},
      {"apps/tags/kustomization.yaml", "kind: Component\nimages: [{name: papi, newTag: v3}]\n"},
      {"clusters/live/apps.yaml", flux("apps", "./apps/papi", "  components: [../tags]\n")}};
  const std::vector<std::string> expected = {"papi -> apps/tags/kustomization.yaml papi"};
  EXPECT_EQ(services_of(files), expected);
  EXPECT_EQ(services_of(files, "clusters/live"), expected);
}

// Flux makes a kustomization of all that is in the directory.
TEST(CatalogOverrides, ADirectoryWithoutAKustomizationIsPatchedToo) {
  Files files = {
      {"apps/d.yaml", deployment("papi", "x/papi:v1")},
      {"apps/web/kustomization.yaml", "resources: [d.yaml]\nimages: [{name: x/web, newTag: v1}]\n"},
      {"apps/web/d.yaml", deployment("web", "x/web")},
      {"clusters/live/apps.yaml", flux("apps", "./apps")}};
  const std::vector<std::string> both = {"papi -> apps/d.yaml x/papi " + kAt,
                                         "web -> apps/web/kustomization.yaml x/web"};
  EXPECT_EQ(services_of(files), both);
  files["clusters/live/apps.yaml"] = flux("apps", "./apps", kPatchesOfFlux);
  EXPECT_THAT(services_of(files), IsEmpty());
  EXPECT_THAT(services_of(files, "clusters/live"), IsEmpty());
  // Another cluster applies it as it is.
  files["clusters/test/apps.yaml"] = flux("apps", "./apps");
  EXPECT_EQ(services_of(files), both);
  EXPECT_EQ(services_of(files, "clusters/test"), both);
  EXPECT_THAT(services_of(files, "clusters/live"), IsEmpty());
}

TEST(CatalogOverrides, ThePathOfAFluxKustomizationMayBeAPatchs) {
  Files files = {
      {"clusters/base/kustomization.yaml", "resources: [apps.yaml]\n"},
      {"clusters/base/apps.yaml", flux("apps", "./apps/base")},
      {"clusters/live/kustomization.yaml",
       "resources: [../base]\npatches:\n- patch: |-\n    - {op: replace, path: /spec/path, value: "
       "./apps/live}\n  target: {kind: Kustomization, name: apps}\n"},
      {"clusters/test/kustomization.yaml", "resources: [../base]\npatches: [{path: p.yaml}]\n"},
      {"clusters/test/p.yaml", flux("apps", "./apps/test")},
      {"clusters/lab/kustomization.yaml",
       "resources: [../base]\npatches:\n- patch: |-\n" + indented(flux("apps", "./apps/lab"))},
  };
  for (const std::string environment : {"live", "test", "lab"}) {
    const std::string directory = "apps/" + environment;
    files[directory + "/kustomization.yaml"] =
        "resources: [d.yaml]\nimages: [{name: papi, newTag: v1}]\n";
    files[directory + "/d.yaml"] = deployment("papi", "papi");
  }
  for (const std::string environment : {"live", "test", "lab"}) {
    EXPECT_THAT(services_of(files, "clusters/" + environment),
                ElementsAre("papi -> apps/" + environment + "/kustomization.yaml papi"));
  }
}

TEST(LabelSelector, SelectsAsKubernetesDoes) {
  const auto selects = [](const char* text) -> std::optional<bool> {
    const auto selector = engine::LabelSelector::parse(text);
    if (!selector) {
      return std::nullopt;
    }
    return selector->selects([](std::string_view key) {
      return key == "app" ? std::optional<std::string_view>("papi") : std::nullopt;
    });
  };
  for (const char* text : {"", "app", "app=papi", "app == papi", "app!=web", "tier!=api", "!tier",
                           "app in (web, papi)", "tier notin (a),app", " app = papi , !tier "}) {
    EXPECT_EQ(selects(text), true) << text;
  }
  for (const char* text : {"tier", "app=web", "app!=papi", "!app", "app notin (papi)",
                           "app in (web),app", "app=papi,tier=api"}) {
    EXPECT_EQ(selects(text), false) << text;
  }
  for (const char* text : {"app > 3", "app in web", "in (a)", "a b", ",", "=a", "app=(a"}) {
    EXPECT_EQ(selects(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace test
