// Repositories that are made to multiply: what the catalog is made of has a limit, and the report
// says where that was reached.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/discovery/catalog_builder.h"
#include "engine/discovery/kustomize_graph.h"
#include "engine/discovery/service_namer.h"
#include "engine/manifest/edit.h"
#include "engine/manifest/limits.h"
#include "engine/manifest/read_summary.h"
#include "tests/support/manifest_files.h"

namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

using test::deployment;
using test::Files;
using test::tree_of;

std::string repeated(const std::string& text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) {
    out += text;
  }
  return out;
}

// Each of `depth` kustomizations refers to the next one twice.
Files diamonds(int depth, const std::string& field) {
  Files files;
  for (int i = 0; i < depth; ++i) {
    std::string& text = files["d" + std::to_string(i) + "/kustomization.yaml"];
    text.append(field).append(": [");
    for (const char* end : {", ", "/]\n"}) {
      text.append("../d").append(std::to_string(i + 1)).append(end);
    }
    text.append("images: [{name: app, newTag: a}]\n");
  }
  files["d" + std::to_string(depth) + "/kustomization.yaml"] =
      (field == "components" ? "kind: Component\n" : "") + std::string("resources: [d.yaml]\n");
  files["d" + std::to_string(depth) + "/d.yaml"] = deployment("app", "app");
  return files;
}

std::vector<std::string> reasons(const engine::CatalogDraft& draft) {
  std::vector<std::string> out;
  for (const engine::SkippedItem& unplaced : draft.unplaced) {
    out.push_back(unplaced.reason);
  }
  return out;
}

TEST(RegenerateLimits, ComponentsThatMultiplyEnd) {
  const engine::CatalogDraft draft = test::draft_of(tree_of(diamonds(60, "components")), {}, {});
  EXPECT_THAT(reasons(draft), Contains(HasSubstr("build too much together")));
}

TEST(RegenerateLimits, BasesThatMultiplyEnd) {
  const engine::CatalogDraft draft = test::draft_of(tree_of(diamonds(60, "resources")), {}, {});
  EXPECT_THAT(reasons(draft), Contains(HasSubstr("it builds too much")));
}

TEST(RegenerateLimits, TheStepsOfABuildGrowWithTheRepository) {
  // A common base of 20 workloads for 500 kustomizations: for each its workloads and a few steps.
  Files files;
  std::string resources;
  for (int i = 0; i < 20; ++i) {
    const std::string name = "w" + std::to_string(i);
    files["base/" + name + ".yaml"] = deployment(name, "app");
    resources += name + ".yaml, ";
  }
  files["base/kustomization.yaml"] = "resources: [" + resources + "]\n";
  for (int i = 0; i < 500; ++i) {
    files["o" + std::to_string(i) + "/kustomization.yaml"] =
        "resources: [../base]\nimages: [{name: app, newTag: a}]\n";
  }
  const engine::ManifestTree tree = tree_of(files);
  engine::KustomizeGraph enough(tree, {}, {.steps = 50'000});
  engine::KustomizeGraph too_few(tree, {}, {.steps = 10'000});
  EXPECT_THAT(enough.roots(), SizeIs(500));
  for (const std::string& root : enough.roots()) {
    EXPECT_THAT(enough.build(root), SizeIs(20));
    too_few.build(root);
  }
  EXPECT_FALSE(enough.exhausted());
  EXPECT_TRUE(too_few.exhausted());
}

TEST(RegenerateLimits, WhatIsBuiltHasALimitInBytes) {
  const engine::ManifestTree tree = tree_of(diamonds(10, "resources"));
  engine::KustomizeGraph graph(tree, {}, {.bytes = 10'000});
  graph.build("d0");
  EXPECT_TRUE(graph.exhausted());
}

TEST(RegenerateLimits, NamesDoNotGrowWithoutEnd) {
  const std::string prefix(200, 'p');
  const engine::ManifestTree tree =
      tree_of({{"a/kustomization.yaml", "resources: [d.yaml]\nnamePrefix: " + prefix + "\n"},
               {"a/d.yaml", deployment("app", "app")},
               {"b/kustomization.yaml", "resources: [../a]\nnamePrefix: " + prefix + "\n"}});
  engine::KustomizeGraph graph(tree);
  EXPECT_THAT(graph.build("a"), SizeIs(1));
  EXPECT_THAT(graph.build("b"), IsEmpty());
  EXPECT_THAT(graph.obstacles(), SizeIs(1));
}

TEST(RegenerateLimits, AStopEndsTheBuild) {
  std::stop_source source;
  source.request_stop();
  const engine::ManifestTree tree = tree_of(diamonds(60, "components"));
  engine::KustomizeGraph graph(tree, source.get_token());
  EXPECT_THAT(graph.build("d0"), IsEmpty());
  EXPECT_FALSE(graph.exhausted());
}

TEST(RegenerateLimits, EachEntrySeesTheNameThatThoseBeforeItMade) {
  const engine::ManifestTree tree = tree_of(
      {{"a/kustomization.yaml",
        "resources: [d.yaml]\nimages:\n- {name: b, newName: x, newTag: a}\n- {name: a, newName: b, "
        "newTag: a}\n- {name: b, newName: c, newTag: a}\n- {name: c, newTag: a}\n"},
       {"a/d.yaml", deployment("app", "a")}});
  engine::KustomizeGraph graph(tree);
  const auto& built = graph.build("a");
  ASSERT_THAT(built, SizeIs(1));
  EXPECT_EQ(built[0].images[0].name, "c");
  EXPECT_EQ(built[0].images[0].entry, &tree.files()[1].summary.kustomization->images[3]);
}

TEST(RegenerateLimits, AManifestHasSoManyImages) {
  const auto summary = [](std::size_t count) {
    return engine::read_manifest_summary("kustomization.yaml",
                                         "images:\n" + repeated("- name: a\n", count));
  };
  EXPECT_EQ(summary(engine::kMaxImages).problem, std::nullopt);
  const auto more = summary(200'000);
  EXPECT_EQ(more.problem, "it has more than 2000 images");
  EXPECT_THAT(more.kustomization->images, IsEmpty());
  const auto helm = engine::read_manifest_summary(
      "r.yaml", "kind: HelmRelease\nmetadata: {name: a}\nspec:\n  values:\n    image:\n" +
                    repeated("    - {tag: v}\n", 200'000));
  EXPECT_EQ(helm.problem, "it has more than 2000 images");
  EXPECT_THAT(helm.helm_tags, IsEmpty());
}

TEST(RegenerateLimits, NamesAndPathsHaveASize) {
  const std::string key(600, 'k');
  const auto helm = engine::read_manifest_summary(
      "r.yaml", "kind: HelmRelease\nmetadata: {name: a}\nspec:\n  values:\n    " + key +
                    ":\n      " + key + ":\n        image: {tag: v}\n");
  EXPECT_EQ(helm.problem, "a path in its values has more than 1024 bytes");
  EXPECT_THAT(helm.helm_tags, IsEmpty());
  const auto workload = engine::read_manifest_summary("d.yaml", deployment(key, "image"));
  EXPECT_EQ(workload.problem, "a name in it has more than 253 bytes");
  EXPECT_THAT(workload.workloads, IsEmpty());
}

TEST(RegenerateLimits, AFileThatIsTooLargeForItsPlacesIsNotSearched) {
  const std::string bytes = "images: [{name: a}]\nx: [" + repeated("y,", 200'000) + "]\n";
  const std::vector<engine::TagLocation> places(200, {.image_name = "a", .path = {}});
  const auto errors = engine::check_tag_places("f", bytes, places);
  ASSERT_THAT(errors, SizeIs(200));
  ASSERT_TRUE(errors.front());
  EXPECT_EQ(errors.front()->message, "the file is too large for its 200 images");
  EXPECT_EQ(engine::check_tag_places("f", bytes, {places.front()}).front(), std::nullopt);
}

TEST(RegenerateLimits, ManyFluxKustomizationsOfADirectoryAreCounted) {
  std::string objects;
  for (int i = 0; i < 101; ++i) {
    objects += "---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nmetadata: {name: f" +
               std::to_string(i) + "}\nspec: {path: ./a}\n";
  }
  const engine::CatalogDraft draft = test::draft_of(
      tree_of({{"flux.yaml", objects}, {"a/kustomization.yaml", "images: [{name: app}]\n"}}), {},
      {});
  EXPECT_THAT(reasons(draft),
              Contains("101 Flux Kustomizations name it; none of them is looked at"));
  ASSERT_THAT(draft.services, SizeIs(1));
  EXPECT_EQ(draft.services[0].kustomization, std::nullopt);
}

// Each looks for the nearest of many definitions of one name, without a look at all of them.
TEST(RegenerateLimits, ManyClustersDefineOneSource) {
  Files files = {{"apps/kustomization.yaml", "images: [{name: app}]\n"}};
  for (int i = 0; i < 20'000; ++i) {
    const std::string name = std::to_string(i);
    files["clusters/" + name + "/flux.yaml"] =
        "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: s}\n"
        "spec: {url: https://example.com/" +
        name +
        "}\n---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: "
        "{name: k" +
        name + "}\nspec: {path: ./apps, sourceRef: {kind: GitRepository, name: s}}\n";
  }
  const engine::CatalogDraft draft = test::draft_of(
      tree_of(files), {{}, {}, {engine::RemoteUrl("https://example.com/777"), "master"}}, {});
  ASSERT_THAT(draft.services, SizeIs(1));
  EXPECT_EQ(draft.services[0].kustomization, "k777");
}

TEST(RegenerateLimits, EntriesThatAreSetAgainThroughManyLayersEnd) {
  // Nobody knows the workloads, so only the entries tell.
  Files files;
  const auto directory = [](int i) { return "l" + std::to_string(i); };
  for (int i = 0; i < 30; ++i) {
    std::string& text = files[directory(i) + "/kustomization.yaml"];
    text = i == 0 ? "resources: [https://example.com/d.yaml]\n"
                  : "resources: [../" + directory(i - 1) + "]\ncomponents: [../" +
                        directory(i - 1) + "]\n";
    text += "images:\n" + repeated("- {name: app, newName: app}\n", 100);
  }
  files[directory(29) + "/kustomization.yaml"] += "- {name: app, newTag: a}\n";
  const engine::ManifestTree tree = tree_of(files);
  engine::KustomizeGraph graph(tree);
  EXPECT_TRUE(graph.is_always_set_again(
      directory(0), tree.kustomization_in(directory(0))->summary.kustomization->images[0], {}));
  engine::KustomizeGraph too_few(tree, {}, {.steps = 1'000});
  EXPECT_FALSE(too_few.is_always_set_again(
      directory(0), tree.kustomization_in(directory(0))->summary.kustomization->images[0], {}));
  EXPECT_TRUE(too_few.exhausted());
}

TEST(RegenerateLimits, PatchesThatSelectByExpressionsAreCounted) {
  std::string workloads;
  for (int i = 0; i < 200; ++i) {
    workloads += "---\n" + deployment("w" + std::to_string(i), "app");
  }
  const std::string patch =
      "- target: {name: \"w.*\"}\n  patch: '[{op: replace, path: "
      "/spec/template/spec/containers/0/image, value: other}]'\n";
  const engine::ManifestTree tree =
      tree_of({{"a/kustomization.yaml", "resources: [d.yaml]\npatches:\n" + repeated(patch, 100)},
               {"a/d.yaml", workloads}});
  engine::KustomizeGraph graph(tree);
  const auto& built = graph.build("a");
  ASSERT_THAT(built, SizeIs(200));
  EXPECT_EQ(built.back().images[0].name, "other");
  EXPECT_FALSE(graph.exhausted());
  engine::KustomizeGraph too_few(tree, {}, {.steps = 100'000});
  too_few.build("a");
  EXPECT_TRUE(too_few.exhausted());
}

TEST(RegenerateLimits, NamesThatAreExpressionsAreCounted) {
  const engine::ManifestTree tree =
      tree_of({{"a/kustomization.yaml",
                "resources: [d.yaml]\nimages:\n" + repeated("- {name: \"b.*\", newTag: a}\n", 101)},
               {"a/d.yaml", deployment("app", "app")}});
  engine::KustomizeGraph graph(tree);
  graph.build("a");
  EXPECT_THAT(graph.obstacles(),
              Contains(testing::Pair(
                  "a", testing::Field(&engine::SkippedItem::reason,
                                      HasSubstr("more than 100 names in `images` are regular")))));
  engine::KustomizeGraph too_few(tree, {}, {.steps = 1'000});
  too_few.build("a");
  EXPECT_TRUE(too_few.exhausted());
}

TEST(RegenerateLimits, AliasesOfAPatchAreCounted) {
  const std::string text =
      "x: &p |\n" + repeated("  - {op: test, path: /a}\n", 40'000) + "patches:\n";
  const auto summary = [&](std::size_t times) {
    return engine::read_manifest_summary("kustomization.yaml",
                                         text + repeated("- {patch: *p}\n", times));
  };
  EXPECT_EQ(summary(2).problem, std::nullopt);
  EXPECT_EQ(summary(10).problem, "its patches have more than 4194304 bytes");
}

TEST(RegenerateLimits, WhatDiffersIsToldInPart) {
  std::string objects;
  for (int i = 10; i < 40; ++i) {
    objects += "---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nmetadata: {name: f" +
               std::to_string(i) + "}\nspec: {path: ./a}\n";
  }
  const engine::CatalogDraft draft = test::draft_of(
      tree_of({{"flux.yaml", objects}, {"a/kustomization.yaml", "images: [{name: app}]\n"}}), {},
      {});
  EXPECT_THAT(reasons(draft),
              Contains("there is more than one kustomization for it: f10, f11, f12, f13, f14, f15, "
                       "f16, f17, f18, f19 and more"));
}

TEST(RegenerateLimits, TheReportSaysWhatWasNotLookedAt) {
  const engine::CatalogDraft draft = test::draft_of(
      tree_of({{"a/kustomization.yaml", "images: [{name: app}]\n"}}, {"not read: 3 manifests"}), {},
      {});
  EXPECT_THAT(reasons(draft), Contains("not read: 3 manifests"));
}

// Which could not be told apart: each gets the next number, without a search from the first.
TEST(RegenerateLimits, ManyNamesakesAreNumbered) {
  const std::vector<engine::NameWish> wishes(50'000, {"app", "", {}, {}});
  const std::vector<std::string> names = engine::distinct_names(wishes);
  EXPECT_EQ(names.front(), "app");
  EXPECT_EQ(names[1], "app.2");
  EXPECT_EQ(names.back(), "app.50000");
}

}  // namespace
