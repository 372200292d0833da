#include "engine/discovery/catalog_merger.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using engine::GroupPlace;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

engine::CatalogDraft draft() {
  engine::CatalogDraft draft;
  draft.groups = {{"backend",
                   {.file = "apps/k.yaml", .image_name = "backend", .path = {}},
                   "apps",
                   "shop",
                   {"papi"}}};
  draft.services = {{"papi", "backend", "apps", "shop", "papi"}};
  return draft;
}

// Every place but those in files called gone.yaml is still there.
std::optional<std::string> check(const GroupPlace& place) {
  return place.file == "gone.yaml" ? std::optional<std::string>("gone.yaml does not exist.")
                                   : std::nullopt;
}

engine::MergedCatalog merge(const char* old) {
  return engine::merge_catalog(Json::parse(old), draft(), check);
}

TEST(CatalogMerge, MakesACatalogWhereThereIsNone) {
  const engine::MergedCatalog merged = merge("{}");
  EXPECT_EQ(merged.value, Json::parse(R"({
    "services": {"papi": {"imageGroup": "backend", "kustomization": "apps", "namespace": "shop", "deployment": "papi"}},
    "imageGroups": {"backend": {"file": "apps/k.yaml", "imageName": "backend", "type": "kustomize-images",
                                "kustomization": "apps", "namespace": "shop",
                                "wiring": {"kustomizations": []}}}})"));
  EXPECT_THAT(merged.added, ElementsAre("papi"));
}

TEST(CatalogMerge, KeepsDescriptionsAndUnknownFieldsAtEveryLevel) {
  const engine::MergedCatalog merged = merge(R"({
    "version": 1, "generatedAt": "then",
    "services": {"papi": {"imageGroup": "old", "description": "Public API", "owner": {"team": ["a", "b"]}}},
    "imageGroups": {"backend": {"file": "x", "imageName": "y", "note": "by hand"}}})");
  EXPECT_EQ(merged.value.at("version"), 1);
  EXPECT_FALSE(merged.value.contains("generatedAt"));
  const Json& papi = merged.value.at("services").at("papi");
  EXPECT_EQ(papi.at("description"), "Public API");
  EXPECT_EQ(papi.at("owner"), Json::parse(R"({"team": ["a", "b"]})"));
  EXPECT_EQ(papi.at("imageGroup"), "backend");
  const Json& group = merged.value.at("imageGroups").at("backend");
  EXPECT_EQ(group.at("note"), "by hand");
  EXPECT_EQ(group.at("file"), "apps/k.yaml");
  EXPECT_THAT(merged.changed, ElementsAre("papi"));
}

TEST(CatalogMerge, WritesAProjectButNotOverOne) {
  engine::CatalogDraft proven = draft();
  proven.services.front().project = "https://github.com/acme/papi";
  const auto project_after = [&](const char* old) {
    return engine::merge_catalog(Json::parse(old), proven, check)
        .value.at("services")
        .at("papi")
        .at("project");
  };
  EXPECT_EQ(project_after("{}"), "https://github.com/acme/papi");
  EXPECT_EQ(project_after(R"({"services": {"papi": {"project": "git@host:mine"}}})"),
            "git@host:mine");
}

TEST(CatalogMerge, ASecondTimeNothingChanges) {
  const engine::MergedCatalog first = merge(R"({"services": {"papi": {"description": "x"}}})");
  const engine::MergedCatalog second = engine::merge_catalog(first.value, draft(), check);
  EXPECT_EQ(second.value, first.value);
  EXPECT_THAT(second.added, IsEmpty());
  EXPECT_THAT(second.changed, IsEmpty());
}

TEST(CatalogMerge, KeepsWhatWasAddedByHandAndLeadsSomewhere) {
  const engine::MergedCatalog merged = merge(R"({
    "services": {"manual": {"imageGroup": "values"}, "alias": {"imageGroup": "backend"}, "lonely": {}},
    "imageGroups": {"values": {"file": "infra/v.yaml", "imageName": "m", "type": "helm-values"}}})");
  EXPECT_THAT(merged.kept, ElementsAre("alias", "lonely", "manual"));
  EXPECT_THAT(merged.removed, IsEmpty());
  EXPECT_TRUE(merged.value.at("imageGroups").contains("values"));
  EXPECT_EQ(merged.value.at("services").at("alias").at("imageGroup"), "backend");
}

TEST(CatalogMerge, RemovesWhatItMadeAndIsGoneAndSaysSo) {
  const engine::MergedCatalog merged = merge(R"({
    "services": {"old": {"imageGroup": "gone", "deployment": "old"},
                 "worker": {"imageGroup": "backend", "deployment": "worker"}},
    "imageGroups": {"gone": {"file": "gone.yaml", "imageName": "old", "type": "kustomize-images"},
                    "backend": {"file": "apps/k.yaml", "imageName": "backend", "services": ["papi", "worker"]}}})");
  EXPECT_THAT(merged.removed, ElementsAre("old", "worker"));
  EXPECT_FALSE(merged.value.at("imageGroups").contains("gone"));
  EXPECT_THAT(merged.value.at("imageGroups").at("backend").at("services"), ElementsAre("papi"));
  ASSERT_EQ(merged.unplaced.size(), 2U);
  EXPECT_EQ(merged.unplaced[0].reason, "removed from the catalog: gone.yaml does not exist.");
}

TEST(CatalogMerge, NeverLosesWhatAPersonWrote) {
  const engine::MergedCatalog merged = merge(R"({
    "services": {"old": {"imageGroup": "gone", "deployment": "old", "description": "precious"}},
    "imageGroups": {"gone": {"file": "gone.yaml", "imageName": "old"},
                    "noted": {"file": "gone.yaml", "imageName": "x", "owner": "me"},
                    "bare": {"file": "gone.yaml", "imageName": "z"}}})");
  EXPECT_THAT(merged.kept, ElementsAre("old"));
  EXPECT_EQ(merged.value.at("services").at("old").at("description"), "precious");
  EXPECT_TRUE(merged.value.at("imageGroups").contains("gone"));
  EXPECT_TRUE(merged.value.at("imageGroups").contains("noted"));
  EXPECT_FALSE(merged.value.at("imageGroups").contains("bare"));
  ASSERT_EQ(merged.unplaced.size(), 1U);
  EXPECT_EQ(merged.unplaced[0].what, "old");
}

TEST(CatalogMerge, ListsTheServicesOfAGroupWhereNotAllNameIt) {
  engine::CatalogDraft with_guest = draft();
  with_guest.groups[0].services = {"guest", "papi"};
  const engine::MergedCatalog merged = engine::merge_catalog(Json::object(), with_guest, check);
  EXPECT_THAT(merged.value.at("imageGroups").at("backend").at("services"),
              ElementsAre("guest", "papi"));
}

// As the shell procedure wrote it that this program replaces.
constexpr const char* kOlder = R"({
  "services": {
    "papi": {"namespace": "shop", "deployment": "papi", "fluxPath": "apps/", "kustomization": "apps",
             "description": "Public API", "imageGroup": "backend"},
    "dead": {"namespace": "shop", "deployment": "dead", "fluxPath": "apps/", "kustomization": "apps",
             "description": "Gone", "imageGroup": "gone"},
    "plain": {"namespace": "shop", "deployment": "plain", "description": "Gone", "imageGroup": "gone"},
    "worker": {"namespace": "shop", "deployment": "worker", "fluxPath": "apps/", "description": "Gone",
               "imageGroup": "backend"},
    "unplaced": {"namespace": "shop", "deployment": "unplaced", "fluxPath": "apps/", "description": "Gone"},
    "database": {"namespace": "shop", "deployment": "database", "fluxPath": "apps/", "description": "There"},
    "noted": {"namespace": "shop", "deployment": "noted", "fluxPath": "apps/", "imageGroup": "gone", "owner": "ann"}},
  "imageGroups": {
    "gone": {"file": "gone.yaml", "imageName": "dead", "type": "kustomize-images", "yqPath": "x", "services": ["dead"]},
    "lost": {"file": "gone.yaml", "imageName": "lost", "type": "kustomize-images", "yqPath": "x", "services": []},
    "backend": {"file": "apps/k.yaml", "imageName": "backend", "type": "kustomize-images", "yqPath": "y",
                "services": ["papi", "worker"]}},
  "metadata": {"generatedFrom": "flux", "generatedAt": "2026-02-03T10:00:00Z"}})";

TEST(CatalogMerge, ServicesOfAnOlderGenerationAreNotByHand) {
  engine::CatalogDraft found = draft();
  found.workloads = {"papi", "database"};
  const engine::MergedCatalog merged = engine::merge_catalog(Json::parse(kOlder), found, check);
  EXPECT_THAT(merged.removed, ElementsAre("dead", "plain", "unplaced", "worker"));
  EXPECT_THAT(merged.kept, ElementsAre("database", "noted"));
  EXPECT_EQ(merged.value.at("services").at("papi").at("description"), "Public API");
  EXPECT_EQ(merged.value.at("metadata"), Json::parse(R"({"generatedFrom": "flux"})"));
  EXPECT_FALSE(merged.value.at("imageGroups").contains("lost"));
  EXPECT_EQ(merged.value.at("imageGroups").at("backend").at("yqPath"), "y");
  // Later runs know them by `fluxPath`.
  Json later = merged.value;
  later["generatedAt"] = "now";
  later["services"]["papi"]["imageGroup"] = "gone";
  engine::CatalogDraft nothing;
  nothing.workloads = {"database"};
  EXPECT_THAT(engine::merge_catalog(later, nothing, check).removed, ElementsAre("papi"));
}

TEST(CatalogMerge, TheTimeOfAnOlderGenerationGoesWithItsObject) {
  for (const char* old : {R"({"metadata": {"generatedAt": "then"}})",
                          R"({"generatedAt": "now", "metadata": {"generatedAt": "then"}})"}) {
    EXPECT_FALSE(merge(old).value.contains("metadata")) << old;
  }
  EXPECT_EQ(merge(R"({"metadata": {"generatedAt": 3}})").value.at("metadata").at("generatedAt"), 3);
  EXPECT_EQ(merge(R"({"metadata": "mine"})").value.at("metadata"), "mine");
}

TEST(CatalogMerge, KnowsThePlacesOfACatalog) {
  const engine::KnownNames known = engine::known_names(Json::parse(R"({
    "services": {"api": {"imageGroup": "g", "deployment": "papi"}, "h": {"imageGroup": "helm"}, "x": 3},
    "imageGroups": {"g": {"file": "k.yaml", "imageName": "i"}, "bad": {"file": "x"},
                    "helm": {"file": "r.yaml", "imageName": "j", "type": "helm-values"}}})"));
  const GroupPlace place{.file = "k.yaml", .image_name = "i", .path = {}};
  const GroupPlace helm{
      .type = "helm-values", .file = "r.yaml", .image_name = "j", .path = ".spec.values.image.tag"};
  EXPECT_THAT(known.groups, ElementsAre(testing::Pair(helm, "helm"), testing::Pair(place, "g")));
  EXPECT_EQ(known.services.at({place, "papi"}), "api");
  EXPECT_EQ(known.services.at({helm, "h"}), "h");
}

// What regenerate made and this run did not look at, beside what a person may have written.
constexpr const char* kElsewhere = R"({
    "generatedAt": "then",
    "services": {
      "papi.live": {"imageGroup": "backend.live", "deployment": "papi", "kustomization": "apps"},
      "proxy": {"imageGroup": "proxy"},
      "noted": {"imageGroup": "backend.live", "deployment": "noted", "description": "precious"},
      "mine": {"imageGroup": "proxy"},
      "watched": {"imageGroup": "watched", "deployment": "watched"},
      "further": {"imageGroup": "further", "deployment": "further"}},
    "imageGroups": {
      "backend.live": {"file": "live/k.yaml", "imageName": "backend", "type": "kustomize-images"},
      "proxy": {"file": "live/k.yaml", "imageName": "x/proxy", "type": "kustomize-images"},
      "watched": {"file": "live/k.yaml", "imageName": "watched", "owner": "me"},
      "unused": {"file": "live/k.yaml", "imageName": "unused"},
      "further": {"file": "elsewhere.yaml", "imageName": "further"}}})";

engine::CatalogDraft draft_without_live() {
  engine::CatalogDraft found = draft();
  for (const char* image : {"backend", "x/proxy", "watched", "unused"}) {
    found.left_out.add({.file = "live/k.yaml", .image_name = image, .path = {}}, "not applied");
  }
  return found;
}

TEST(CatalogMerge, DropsWhatWasNotLookedAtUnlessAPersonWroteIt) {
  const engine::MergedCatalog merged =
      engine::merge_catalog(Json::parse(kElsewhere), draft_without_live(), check);
  EXPECT_THAT(merged.removed, ElementsAre("papi.live", "proxy"));
  EXPECT_THAT(merged.kept, ElementsAre("further", "mine", "noted", "watched"));
  std::vector<std::string> groups;
  for (const auto& group : merged.value.at("imageGroups").items()) {
    groups.push_back(group.key());
  }
  EXPECT_THAT(groups, ElementsAre("backend", "backend.live", "further", "proxy", "watched"));
  EXPECT_THAT(merged.unplaced, Contains(testing::Field(&engine::SkippedItem::reason,
                                                       "removed from the catalog: not applied")));
}

TEST(CatalogMerge, DropsNothingOfACatalogThatAPersonWrote) {
  Json old = Json::parse(kElsewhere);
  old.erase("generatedAt");
  const engine::MergedCatalog merged = engine::merge_catalog(old, draft_without_live(), check);
  EXPECT_THAT(merged.removed, IsEmpty());
  EXPECT_EQ(merged.value.at("services").size(), 7U);
}

TEST(CatalogMerge, WhatIsCalledOtherwiseNowIsThereOnce) {
  const Json old = Json::parse(R"({
    "generatedAt": "then",
    "services": {"papi.live": {"imageGroup": "backend.live", "deployment": "papi"}},
    "imageGroups": {"backend.live": {"file": "apps/k.yaml", "imageName": "backend"}}})");
  const engine::MergedCatalog merged = engine::merge_catalog(old, draft(), check);
  EXPECT_THAT(merged.added, ElementsAre("papi"));
  EXPECT_THAT(merged.removed, ElementsAre("papi.live"));
  EXPECT_EQ(merged.value.at("imageGroups").size(), 1U);
}

// "<was> -> <now>"
std::vector<std::string> renamed_of(const engine::MergedCatalog& merged) {
  std::vector<std::string> out;
  for (const engine::RenamedService& service : merged.renamed) {
    out.push_back(service.was + " -> " + service.now);
  }
  return out;
}

std::vector<std::string> reasons_of(const engine::MergedCatalog& merged) {
  std::vector<std::string> out;
  for (const engine::SkippedItem& unplaced : merged.unplaced) {
    out.push_back(unplaced.what + ": " + unplaced.reason);
  }
  return out;
}

TEST(CatalogMerge, ARenamedServiceIsToldAsThat) {
  struct Case {
    const char* services;
    std::vector<std::string> renamed;
  };
  for (
      const auto& [services, renamed] : std::vector<Case>{
          // The workload has the plain name again.
          {R"({"papi.live": {"imageGroup": "g", "deployment": "papi"}})", {"papi.live -> papi"}},
          // The workload has another name, and is the only one.
          {R"({"public-api": {"imageGroup": "g", "deployment": "public-api"}})",
           {"public-api -> papi"}},
          // One of two goes: nobody can tell which.
          {R"({"a": {"imageGroup": "g", "deployment": "a"}, "b": {"imageGroup": "g", "deployment": "b"}})",
           {}},
          // It was there before.
          {R"({"papi": {"imageGroup": "g", "deployment": "papi"}, "b": {"imageGroup": "g", "deployment": "b"}})",
           {}},
      }) {
    const std::string old = std::string(R"({"generatedAt": "then", "imageGroups": {"g": {"file":
      "apps/k.yaml", "imageName": "backend"}}, "services": )") +
                            services + "}";
    const engine::MergedCatalog merged = merge(old.c_str());
    EXPECT_EQ(renamed_of(merged), renamed) << services;
    EXPECT_EQ(merged.value.at("services").size(), 1U) << services;
  }
}

TEST(CatalogMerge, SaysWhyAServiceThatIsNotRenamedGoes) {
  const char* const old = R"({"generatedAt": "then",
    "imageGroups": {"g": {"file": "apps/k.yaml", "imageName": "backend"}},
    "services": {"gone": {"imageGroup": "g", "deployment": "gone"},
                 "papi": {"imageGroup": "g", "deployment": "papi"},
                 "worker": {"imageGroup": "g", "deployment": "worker"}}})";
  engine::CatalogDraft found = draft();
  found.workloads = {"papi", "worker"};
  EXPECT_THAT(
      reasons_of(engine::merge_catalog(Json::parse(old), found, check)),
      ElementsAre("gone: removed from the catalog: its workload is gone",
                  "worker: removed from the catalog: its workload runs no image of its image "
                  "group any more"));
}

TEST(CatalogMerge, TheNamespaceIsThatOfTheKustomization) {
  engine::CatalogDraft found = draft();
  found.groups[0].kustomization_namespace = "team";
  found.services[0].kustomization_namespace = "team";
  const engine::MergedCatalog first = engine::merge_catalog(Json::object(), found, check);
  EXPECT_EQ(first.value.at("services").at("papi").at("kustomizationNamespace"), "team");
  EXPECT_EQ(first.value.at("imageGroups").at("backend").at("kustomizationNamespace"), "team");
  // Another Kustomization is in another namespace.
  const engine::MergedCatalog moved = engine::merge_catalog(first.value, draft(), check);
  EXPECT_FALSE(moved.value.at("services").at("papi").contains("kustomizationNamespace"));
  // What a person wrote stays where nothing was found.
  found.services[0].kustomization.reset();
  found.services[0].kustomization_namespace.reset();
  const engine::MergedCatalog kept = engine::merge_catalog(first.value, found, check);
  EXPECT_EQ(kept.value.at("services").at("papi").at("kustomizationNamespace"), "team");
}

}  // namespace
