// Which images of a repository become groups, and what they are called: HelmReleases with several,
// plain workloads, names that fit, and the same names run after run.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/discovery/catalog_builder.h"
#include "engine/discovery/catalog_merger.h"
#include "engine/discovery/own_images.h"
#include "engine/discovery/service_namer.h"
#include "engine/manifest/edit.h"
#include "tests/support/manifest_files.h"

namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

using test::Files;
using test::tree_of;

std::vector<std::optional<std::string>> refusals_in(const Files& files, const std::string& file,
                                                    const std::vector<engine::GroupPlace>& places) {
  std::vector<engine::TagLocation> tags;
  for (const engine::GroupPlace& place : places) {
    tags.push_back({.type = place.type, .image_name = place.image_name, .path = {}});
    if (!place.path.empty()) {
      tags.back().path = place.path;
    }
  }
  std::vector<std::optional<std::string>> out;
  for (const auto& error : engine::check_tag_places(file, files.at(file), tags)) {
    out.push_back(error ? std::optional(error->message) : std::nullopt);
  }
  return out;
}

engine::CatalogDraft draft(const Files& files, std::vector<std::string> prefixes = {},
                           const engine::KnownNames& known = {}) {
  const engine::ImageChoice choice{std::move(prefixes),
                                   [&](const std::string& file, const auto& places) {
                                     return refusals_in(files, file, places);
                                   }};
  return test::draft_of(tree_of(files), {}, known, {}, choice);
}

// "<service> -> <path, or image of a kustomization>", each of which the editor accepts.
std::vector<std::string> services_in(const Files& files, const engine::CatalogDraft& draft) {
  std::vector<std::string> out;
  for (const engine::DraftService& service : draft.services) {
    const auto group =
        std::ranges::find(draft.groups, service.image_group, &engine::DraftGroup::name);
    const engine::GroupPlace& place = group->place;
    EXPECT_THAT(refusals_in(files, place.file, {place}), ElementsAre(std::nullopt))
        << place.file << " " << place.path;
    EXPECT_TRUE(engine::is_catalog_name(service.name)) << service.name;
    EXPECT_TRUE(engine::is_catalog_name(group->name)) << group->name;
    out.push_back(service.name + " -> " + (place.path.empty() ? place.image_name : place.path));
  }
  return out;
}

std::vector<std::string> services_of(const Files& files, std::vector<std::string> prefixes = {}) {
  return services_in(files, draft(files, std::move(prefixes)));
}

std::vector<std::string> reasons_of(const engine::CatalogDraft& draft) {
  std::vector<std::string> out;
  for (const engine::SkippedItem& unplaced : draft.unplaced) {
    out.push_back(unplaced.reason);
  }
  return out;
}

// `old` is one that was made as well: all of one without a time would be a person's.
Json regenerated(const Files& files, Json old, std::vector<std::string> prefixes = {}) {
  if (!old.contains("metadata")) {
    old["generatedAt"] = "2026-01-01T00:00:00Z";
  }
  const engine::CatalogDraft found = draft(files, std::move(prefixes), engine::known_names(old));
  return engine::merge_catalog(old, found,
                               [&](const engine::GroupPlace& place) {
                                 return files.contains(place.file)
                                            ? refusals_in(files, place.file, {place}).front()
                                            : std::optional<std::string>("gone");
                               })
      .value;
}

// The second and third run leave what the first has made.
Json stable_catalog(const Files& files, const Json& old = Json::object()) {
  const Json first = regenerated(files, old);
  EXPECT_EQ(regenerated(files, first), first);
  return first;
}

std::vector<std::string> names_in(const Json& catalog, const char* section) {
  std::vector<std::string> names;
  for (const auto& [name, value] : catalog.at(section).items()) {
    names.push_back(name);
  }
  return names;
}

std::string release(const std::string& name, const std::string& values) {
  return "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: " + name +
         "\nspec:\n  values:\n" + values;
}

std::string app_template(const std::string& name, const std::string& repository) {
  return release(name, "    controllers:\n      " + name +
                           ":\n        containers:\n          app:\n" +
                           "            image:\n              repository: " + repository +
                           "\n              tag: v1\n");
}

std::string workload(const std::string& kind, const std::string& name, const std::string& image,
                     const std::string& container = "main") {
  const std::string api = kind == "Rollout" ? "argoproj.io/v1alpha1" : "apps/v1";
  return "apiVersion: " + api + "\nkind: " + kind + "\nmetadata:\n  name: " + name +
         "\nspec:\n  template:\n    spec:\n      containers:\n      - name: " + container +
         "\n        image: " + image + "\n";
}

constexpr const char* kOwn = "ghcr.io/acme/papi:pr-1-0f0e0d0";

struct ReleaseCase {
  const char* name;
  const char* values;
  std::vector<std::string> services;
};

TEST(CatalogImages, AReleaseHasItsOwnImageAndOthersAreCalledByTheKeyAbove) {
  const std::string at = ".spec.values.";
  const std::vector<ReleaseCase> cases = {
      // `image.tag` first, wherever it is written.
      {"web",
       "    redis: {image: {repository: redis, tag: v6}}\n    image: {repository: acme/shop, tag: "
       "v1}\n",
       {"web -> " + at + "image.tag", "web-redis -> " + at + "redis.image.tag"}},
      {"web",
       "    image: {tag: v1}\n    sidecarImage: {tag: v2}\n    metrics: {repository: acme/web, "
       "tag: "
       "v3}\n",
       {"web -> " + at + "image.tag", "web-metrics -> " + at + "metrics.tag",
        "web-sidecar -> " + at + "sidecarImage.tag"}},
      // The only one, whatever its image is called.
      {"radarr-4k",
       "    app: {image: {repository: acme/radarr, tag: v1}}\n",
       {"radarr-4k -> " + at + "app.image.tag"}},
      // The one that is named like the release.
      {"papi",
       "    redis: {image: {repository: redis, tag: v6}}\n    api: {image: {repository: "
       "ghcr.io/acme/papi, tag: v1}}\n",
       {"papi -> " + at + "api.image.tag", "papi-redis -> " + at + "redis.image.tag"}},
      // None is.
      {"immich",
       "    server: {image: {repository: acme/immich-server, tag: v1}}\n    ml: {image: "
       "{repository: acme/immich-ml, tag: v1}}\n",
       {"immich-ml -> " + at + "ml.image.tag", "immich-server -> " + at + "server.image.tag"}},
      // One key is not enough.
      {"shop",
       "    controllers:\n      web: {containers: {app: {image: {repository: a, tag: v1}}}}\n      "
       "work: {containers: {app: {image: {repository: a, tag: v1}}}}\n",
       {"shop-web-containers-app -> " + at + "controllers.web.containers.app.image.tag",
        "shop-work-containers-app -> " + at + "controllers.work.containers.app.image.tag"}},
      // What is not offered may be its own: a string, an image without a tag, a namesake.
      {"bar",
       "    image: ghcr.io/acme/bar:v1\n    redis: {image: {repository: redis, tag: v7}}\n",
       {"bar-redis -> " + at + "redis.image.tag"}},
      {"bar",
       "    image: {repository: x}\n    redis: {image: {repository: redis, tag: v7}}\n",
       {"bar-redis -> " + at + "redis.image.tag"}},
      {"bar",
       "    webImage: ghcr.io/acme/bar:v1\n    redis: {image: {repository: redis, tag: v7}}\n",
       {"bar-redis -> " + at + "redis.image.tag"}},
      {"bar",
       "    image: {repository: x}\n    web: {image: {repository: acme/bar, tag: v7}}\n",
       {"bar -> " + at + "web.image.tag"}},
      {"bar", "    image: {main: {repository: x, tag: v7}}\n", {"bar -> " + at + "image.main.tag"}},
      {"bar",
       "    image: {pullPolicy: Always}\n    web: {image: {repository: x, tag: v7}}\n",
       {"bar -> " + at + "web.image.tag"}},
      // Items of a list by their names.
      {"shop",
       "    list:\n    - {name: one, image: {repository: a, tag: v1}}\n    - {name: two, image: "
       "{repository: b, tag: v1}}\n",
       {"shop-one -> " + at + "list[name=one].image.tag",
        "shop-two -> " + at + "list[name=two].image.tag"}},
  };
  for (const ReleaseCase& next : cases) {
    const Files files = {{"apps/r.yaml", release(next.name, next.values)}};
    EXPECT_EQ(services_of(files), next.services) << next.values;
    stable_catalog(files);
  }
}

TEST(CatalogImages, ReleasesOfOneImageKeepTheirNames) {
  const Files apart = {{"apps/radarr/r.yaml", app_template("radarr", "acme/radarr")},
                       {"apps/radarr-4k/r.yaml", app_template("radarr-4k", "acme/radarr")}};
  const Files together = {{"apps/r.yaml", app_template("radarr", "acme/radarr") + "---\n" +
                                              app_template("radarr-4k", "acme/radarr")}};
  for (const Files& files : {apart, together}) {
    const Json catalog = stable_catalog(files);
    EXPECT_THAT(names_in(catalog, "services"), ElementsAre("radarr", "radarr-4k"));
    EXPECT_THAT(names_in(catalog, "imageGroups"), ElementsAre("radarr", "radarr-4k"));
    EXPECT_EQ(catalog.at("services").at("radarr-4k").at("deployment"), "radarr-4k");
  }
}

TEST(CatalogImages, WhatIsAddedOrRenamedLeavesTheOtherNames) {
  Files files = {{"apps/radarr/r.yaml", app_template("radarr", "acme/radarr")}};
  Json catalog = stable_catalog(files);
  files["apps/other/r.yaml"] = app_template("radarr-4k", "acme/radarr");
  catalog = stable_catalog(files, catalog);
  EXPECT_THAT(names_in(catalog, "services"), ElementsAre("radarr", "radarr-4k"));
  EXPECT_EQ(catalog.at("imageGroups").at("radarr").at("file"), "apps/radarr/r.yaml");
  files["apps/radarr/r.yaml"] = app_template("films", "acme/radarr");
  catalog = stable_catalog(files, catalog);
  EXPECT_THAT(names_in(catalog, "services"), ElementsAre("films", "radarr-4k"));
  files.erase("apps/radarr/r.yaml");
  catalog = stable_catalog(files, catalog);
  EXPECT_THAT(names_in(catalog, "services"), ElementsAre("radarr-4k"));
}

TEST(CatalogImages, StandInsThatHaveNoWorkloadKeepTheirNames) {
  const Files files = {
      {"apps/live/kustomization.yaml", "images: [{name: papi, newTag: a}]\n"},
      {"apps/test/kustomization.yaml", "resources: [d.yaml]\nimages: [{name: papi, newTag: a}]\n"},
      {"apps/test/d.yaml", workload("Deployment", "papi", "papi")}};
  EXPECT_THAT(names_in(stable_catalog(files), "services"), ElementsAre("papi.live", "papi.test"));
}

TEST(CatalogImages, ACatalogWithNamesThatDoNotFitGetsOthers) {
  const Files files = {
      {"apps/r.yaml", release("immich",
                              "    server: {image: {repository: acme/immich, tag: v1}}\n    ml: "
                              "{image: {repository: acme/immich, tag: v1}}\n")}};
  const Json old = Json::parse(R"({
    "services": {
      "immich..spec.values.server.image.tag": {"imageGroup": "immich..spec.values.server.image.tag"},
      "immich..spec.values.ml.image.tag": {"imageGroup": "immich..spec.values.ml.image.tag", "owner": "ann"}},
    "imageGroups": {
      "immich..spec.values.server.image.tag": {"file": "apps/r.yaml", "imageName": "acme/immich", "type": "helm-values",
        "path": ".spec.values.server.image.tag"},
      "immich..spec.values.ml.image.tag": {"file": "apps/r.yaml", "imageName": "acme/immich", "type": "helm-values",
        "path": ".spec.values.ml.image.tag"}}})");
  const Json catalog = stable_catalog(files, old);
  // What a person wrote in stays under its name.
  EXPECT_THAT(names_in(catalog, "services"),
              ElementsAre("immich", "immich..spec.values.ml.image.tag"));
  EXPECT_EQ(catalog.at("services").at("immich..spec.values.ml.image.tag").at("owner"), "ann");
  EXPECT_THAT(names_in(catalog, "imageGroups"), ElementsAre("immich", "immich-ml"));
}

TEST(CatalogImages, AStandInThatWasCalledAsTheImageMakesRoom) {
  const Files files = {{"apps/r.yaml", app_template("radarr-4k", "acme/radarr")}};
  const Json old = Json::parse(R"({
    "services": {"radarr": {"imageGroup": "radarr"}, "films": {"imageGroup": "radarr"}},
    "imageGroups": {"radarr": {"file": "apps/r.yaml", "imageName": "acme/radarr", "type": "helm-values",
      "path": ".spec.values.controllers.radarr-4k.containers.app.image.tag"}}})");
  EXPECT_THAT(names_in(stable_catalog(files, old), "services"), ElementsAre("films", "radarr-4k"));
}

TEST(CatalogImages, NamesFit) {
  const std::string long_name(189, 'a');
  for (const std::string image : {"ghcr.io/acme/", "//", "@", "localhost:5000/", "über/größe",
                                  "${REGISTRY}/papi", "a b", ".hidden.", "x/redis:6"}) {
    EXPECT_TRUE(engine::is_catalog_name(engine::catalog_name(engine::last_segment(image))))
        << image << engine::catalog_name(engine::last_segment(image));
  }
  EXPECT_EQ(engine::catalog_name(engine::last_segment("ghcr.io/acme/")), "acme");
  EXPECT_EQ(engine::catalog_name(engine::last_segment("x/redis:6")), "redis");
  EXPECT_EQ(engine::catalog_name("//"), "image");
  EXPECT_EQ(engine::catalog_name(long_name).size(), engine::kMaxCatalogName);
  EXPECT_NE(engine::catalog_name(long_name), engine::catalog_name(long_name + "b"));
  const Files files = {
      {"apps/r.yaml",
       release("rel", "    " + long_name + ":\n      image: {tag: v1}\n    other:\n" +
                          "      image: {tag: v1}\n")},
      {"apps/kustomization.yaml", "images: [{name: ghcr.io/acme/, newTag: v1}]\n"},
      {"apps/d.yaml", workload("Deployment", long_name, kOwn)}};
  EXPECT_THAT(services_of(files), Contains("acme -> ghcr.io/acme/"));
  stable_catalog(files);
}

struct PlainCase {
  const char* what;
  Files files;
  std::vector<std::string> services;
};

TEST(CatalogImages, PlainWorkloadsOfTheTeamAreOffered) {
  const std::string at = ".spec.template.spec.containers[name=main].image";
  const std::string redis = workload("Deployment", "redis", "redis:7");
  const std::vector<PlainCase> cases = {
      {"a directory without a kustomization",
       {{"apps/d.yaml", workload("Deployment", "papi", kOwn)}, {"apps/r.yaml", redis}},
       {"papi -> " + at}},
      {"the same image with another tag, since one shows whose it is",
       {{"apps/d.yaml", workload("StatefulSet", "papi", kOwn)},
        {"apps/e.yaml", workload("DaemonSet", "worker", "ghcr.io/acme/papi:v1")}},
       {"papi -> " + at, "worker -> " + at}},
      {"the tag of a kustomization shows it as well, and overrides its own workload",
       {{"apps/a/kustomization.yaml",
         "resources: [d.yaml]\nimages: [{name: papi, newName: ghcr.io/acme/papi, newTag: "
         "pr-2-0f0e0d0}]\n"},
        {"apps/a/d.yaml", workload("Deployment", "papi", "papi:v1")},
        {"apps/b/d.yaml", workload("Deployment", "other", "ghcr.io/acme/papi:v1")}},
       {"other -> " + at, "papi -> papi"}},
      {"several documents",
       {{"apps/d.yaml",
         workload("Deployment", "papi", kOwn) + "---\n" + workload("Deployment", "worker", kOwn)}},
       {"papi -> [kind=Deployment][name=papi]" + at,
        "worker -> [kind=Deployment][name=worker]" + at}},
      {"a list",
       {{"apps/d.yaml",
         std::string("kind: List\nitems:\n- kind: Deployment\n  metadata: {name: papi}\n  spec: "
                     "{template: {spec: {containers: [{name: main, image: \"") +
             kOwn + "\"}]}}}\n"}},
       {"papi -> .items[0]" + at}},
      {"an Argo Rollout and a CronJob",
       {{"apps/r.yaml", workload("Rollout", "papi", kOwn)},
        {"apps/c.yaml", std::string("kind: CronJob\nmetadata: {name: nightly}\nspec: {jobTemplate: "
                                    "{spec: {template: {spec: {containers: [{name: a, image: "
                                    "\"ghcr.io/acme/papi:v1\"}, {name: a, image: redis}]}}}}}\n")}},
       {"nightly -> .spec.jobTemplate.spec.template.spec.containers[0].image", "papi -> " + at}},
      {"two containers with one image",
       {{"apps/d.yaml", std::string("kind: Deployment\nmetadata: {name: papi}\nspec: {template: "
                                    "{spec: {containers: [{name: papi, image: \"") +
                            kOwn + "\"}], initContainers: [{name: migrate, image: \"" + kOwn +
                            "\"}]}}}\n"}},
       {"papi -> .spec.template.spec.containers[name=papi].image",
        "papi-migrate -> .spec.template.spec.initContainers[name=migrate].image"}},
      {"what nothing applies is not",
       {{"apps/kustomization.yaml", "resources: [d.yaml]\n"},
        {"apps/d.yaml", workload("Deployment", "papi", kOwn)},
        {"apps/unused.yaml", workload("Deployment", "unused", kOwn)}},
       {"papi -> " + at}},
      {"a patch decides, its target does not",
       {{"apps/base/kustomization.yaml", "resources: [d.yaml]\n"},
        {"apps/base/d.yaml", workload("Deployment", "papi", kOwn)},
        {"apps/live/kustomization.yaml", "resources: [../base]\npatches: [{path: p.yaml}]\n"},
        {"apps/live/p.yaml", workload("Deployment", "papi", "ghcr.io/acme/papi:v2")}},
       {"papi -> " + at}},
      {"a patch within the kustomization decides, and cannot be edited",
       {{"apps/kustomization.yaml",
         "resources: [d.yaml]\npatches:\n- target: {kind: Deployment, name: papi}\n  patch: |-\n   "
         " "
         "- {op: replace, path: /spec/template/spec/containers/0/image, value: x}\n"},
        {"apps/d.yaml", workload("Deployment", "papi", kOwn)}},
       {}},
      {"pinned by a digest",
       {{"apps/d.yaml", workload("Deployment", "papi", std::string(kOwn) + "@sha256:00")}},
       {}},
  };
  for (const PlainCase& next : cases) {
    EXPECT_EQ(services_of(next.files), next.services) << next.what;
    stable_catalog(next.files);
  }
}

TEST(CatalogImages, TheFileOfAPatchIsThePlace) {
  const Files files = {
      {"apps/base/kustomization.yaml", "resources: [d.yaml]\n"},
      {"apps/base/d.yaml", workload("Deployment", "papi", kOwn)},
      {"apps/live/kustomization.yaml",
       "namespace: live\nresources: [../base]\npatches: [{path: p.yaml}]\n"},
      {"apps/live/p.yaml", workload("Deployment", "papi", "ghcr.io/acme/papi:v2")}};
  const engine::CatalogDraft found = draft(files);
  ASSERT_EQ(found.groups.size(), 1U);
  EXPECT_EQ(found.groups[0].place.file, "apps/live/p.yaml");
  EXPECT_EQ(found.services[0].namespace_name, "live");
}

TEST(CatalogImages, StringsInHelmValuesAreOffered) {
  const std::string at = ".spec.values.";
  const std::vector<ReleaseCase> cases = {
      {"papi", "    image: ghcr.io/acme/papi:pr-1-0f0e0d0\n", {"papi -> " + at + "image"}},
      {"shop",
       "    workerImage: ghcr.io/acme/papi:pr-1-0f0e0d0\n    busybox: {image: \"busybox:1\"}\n",
       {"shop -> " + at + "workerImage"}},
      {"shop",
       "    image: {repository: acme/web, tag: v1}\n    jobs:\n    - {name: one, image: "
       "\"ghcr.io/acme/papi:pr-1-0f0e0d0\"}\n",
       {"shop -> " + at + "image.tag", "shop-one -> " + at + "jobs[name=one].image"}},
      {"shop",
       "    env:\n    - {name: RUNNER, value: \"ghcr.io/acme/papi:pr-1-0f0e0d0\"}\n",
       {"shop -> " + at + "env[name=RUNNER].value"}},
      // The tag of a string without one may stand beside it.
      {"shop",
       "    a: {image: ghcr.io/acme/papi, imageTag: pr-1-0f0e0d0}\n    b: {image: "
       "\"ghcr.io/acme/papi:pr-1-0f0e0d0\"}\n",
       {"shop -> " + at + "b.image"}},
      {"shop", "    image: redis:7\n", {}},
  };
  for (const ReleaseCase& next : cases) {
    const Files files = {{"apps/r.yaml", release(next.name, next.values)}};
    EXPECT_EQ(services_of(files), next.services) << next.values;
    stable_catalog(files);
  }
}

TEST(CatalogImages, WithPrefixesNothingElseIsOffered) {
  const Files files = {
      {"apps/a/kustomization.yaml",
       "images:\n- {name: papi, newName: ghcr.io/acme/papi, newTag: v1}\n- {name: "
       "ghcr.io/acme/web, newTag: v1}\n- {name: redis, newTag: v7}\n"},
      {"apps/r.yaml", release("shop",
                              "    image: {registry: ghcr.io, repository: acme/shop, tag: v1}\n"
                              "    redis: {image: {repository: redis, tag: v7}}\n"
                              "    none: {image: {tag: v7}}\n    job: {image: "
                              "\"ghcr.io/acme/job:v1\"}\n")},
      {"apps/d/d.yaml", workload("Deployment", "plain", "ghcr.io/acme/plain:v1")},
      {"apps/d/e.yaml", workload("Deployment", "other", "ghcr.io/other/x:pr-1-0f0e0d0")}};
  EXPECT_THAT(
      services_of(files, {"ghcr.io/acme/"}),
      ElementsAre("papi -> papi", "plain -> .spec.template.spec.containers[name=main].image",
                  "shop -> .spec.values.image.tag", "shop-job -> .spec.values.job.image",
                  "web -> ghcr.io/acme/web"));
  EXPECT_THAT(reasons_of(draft(files, {"ghcr.io/acme/"})),
              Contains("4 images are not offered: their names begin with none of the rwenv's "
                       "`imagePrefixes`: ghcr.io/other/x, redis, shop"));
  EXPECT_THAT(services_of(files, {"quay.io/"}), IsEmpty());
}

TEST(CatalogImages, PrefixesThatNoImageHasAreTold) {
  const engine::ManifestTree tree = tree_of(
      {{"apps/kustomization.yaml",
        "images: [{name: papi, newName: ghcr.io/acme/papi, newTag: a}]\n"},
       {"apps/r.yaml",
        release("shop", "    image: {registry: quay.io, repository: acme/shop, tag: v1}\n")},
       {"apps/d.yaml", workload("Deployment", "web", "docker.io/acme/web:v1")}});
  EXPECT_THAT(
      engine::prefixes_without_images(tree, {"ghcr.io/acme/", "gchr.io/", "quay.io/acme/", "acme/",
                                             "docker.io/acme/x", "docker.io/acme/w", "pap"}),
      ElementsAre("gchr.io/", "docker.io/acme/x"));
  EXPECT_THAT(engine::prefixes_without_images(tree, {}), IsEmpty());
}

TEST(CatalogImages, WhatIsNoLongerOfferedGoesUnlessAPersonWroteInIt) {
  Files files = {{"apps/r.yaml", release("redis", "    image: {repository: redis, tag: v1}\n")},
                 {"apps/d.yaml", workload("Deployment", "papi", kOwn)},
                 {"apps/e.yaml", workload("Deployment", "web", kOwn)}};
  Json catalog = stable_catalog(files);
  EXPECT_THAT(names_in(catalog, "services"), ElementsAre("papi", "redis", "web"));
  EXPECT_THAT(names_in(regenerated(files, catalog, {"ghcr.io/acme/"}), "services"),
              ElementsAre("papi", "web"));
  EXPECT_THAT(names_in(regenerated(files, catalog, {"ghcr.io/acme/"}), "imageGroups"),
              ElementsAre("papi", "web"));
  // From here on an entry decides the tag of one and nothing applies the other.
  files["apps/kustomization.yaml"] =
      "resources: [d.yaml]\nimages: [{name: ghcr.io/acme/papi, newTag: v1}]\n";
  const Json later = stable_catalog(files, catalog);
  EXPECT_THAT(names_in(later, "services"), ElementsAre("papi", "redis"));
  EXPECT_EQ(later.at("imageGroups").at(later.at("services").at("papi").at("imageGroup")).at("file"),
            "apps/kustomization.yaml");
  catalog["services"]["web"]["description"] = "The shop";
  EXPECT_THAT(names_in(stable_catalog(files, catalog), "services"),
              ElementsAre("papi", "redis", "web"));
}

TEST(CatalogImages, AServiceNamedAfterItsPlaceGoesToo) {
  const Files files = {
      {"apps/r.yaml", release("shop",
                              "    image: {repository: ghcr.io/acme/shop, tag: v1}\n    redis: "
                              "{image: {repository: docker.io/redis, tag: v1}}\n")}};
  Json catalog = stable_catalog(files);
  EXPECT_THAT(names_in(catalog, "services"), ElementsAre("shop", "shop-redis"));
  catalog["services"]["cache"] = {{"imageGroup", catalog["services"]["shop-redis"]["imageGroup"]}};
  const Json later = regenerated(files, catalog, {"ghcr.io/acme/"});
  // What a person named otherwise stays.
  EXPECT_THAT(names_in(later, "services"), ElementsAre("cache", "shop"));
}

TEST(CatalogImages, AnEntryWhoseNameIsARegularExpressionIsNotOffered) {
  for (const char* name : {"ghcr.io/acme/.*", "acme/(papi|web)", "papi$", "pap[i]"}) {
    const Files files = {
        {"apps/kustomization.yaml", std::string("images: [{name: \"") + name +
                                        "\", newTag: v1}, {name: redis, newTag: v1}]\n"}};
    const Json catalog = stable_catalog(files);
    EXPECT_THAT(names_in(catalog, "imageGroups"), ElementsAre("redis")) << name;
  }
}

TEST(CatalogImages, NamesThatAreAlikeOnceTheyAreNamesStayApart) {
  for (const char* other : {"other/papi-", "other/papi", "x/.papi"}) {
    const Files files = {{"apps/kustomization.yaml",
                          "resources: [d.yaml]\nimages: [{name: acme/papi, newTag: v1}, {name: \"" +
                              std::string(other) + "\", newTag: v1}]\n"},
                         {"apps/d.yaml",
                          "kind: Deployment\nmetadata: {name: papi}\nspec: {template: {spec: "
                          "{containers: [{name: main, image: acme/papi}]}}}\n"}};
    EXPECT_THAT(names_in(stable_catalog(files), "imageGroups"), SizeIs(2)) << other;
  }
}

TEST(CatalogImages, APatchOfAReleaseHasTheRepositoryThatItIsSetOver) {
  const Files files = {
      {"apps/base/kustomization.yaml", "resources: [r.yaml]\n"},
      {"apps/base/r.yaml",
       release("podinfo", "    image: {repository: ghcr.io/acme/podinfo, tag: v1}\n")},
      {"apps/live/kustomization.yaml", "resources: [../base]\npatches: [{path: p.yaml}]\n"},
      {"apps/live/p.yaml", release("podinfo", "    image: {tag: v2}\n")}};
  EXPECT_THAT(names_in(regenerated(files, Json::object(), {"ghcr.io/acme/"}), "services"),
              ElementsAre("podinfo"));
  EXPECT_THAT(names_in(regenerated(files, Json::object(), {"ghcr.io/other/"}), "services"),
              IsEmpty());
}

TEST(CatalogImages, APatchsTagBelongsToTheWholeRelease) {
  const std::string at = ".spec.values.";
  const std::string redis = "    redis: {image: {repository: redis, tag: v7}}\n";
  const std::string redis_patch = release("shop", "    redis: {image: {tag: v8}}\n");
  const std::string only_file = "patches: [{path: p.yaml}]\n";
  const auto pinned = "    image: {repository: ghcr.io/acme/shop, digest: \"sha256:0a\"}\n";
  struct Case {
    std::string base;
    std::string patches;
    std::string patch;
    std::vector<std::string> services;
  };
  const std::vector<Case> cases = {
      {"    image: {repository: ghcr.io/acme/shop, tag: v1}\n" + redis,
       only_file,
       redis_patch,
       {"shop -> " + at + "image.tag", "shop-redis -> " + at + "redis.image.tag"}},
      // The own image cannot be offered.
      {pinned + redis, only_file, redis_patch, {"shop-redis -> " + at + "redis.image.tag"}},
      {redis,
       "patches:\n- {path: p.yaml}\n- target: {kind: HelmRelease, name: shop}\n  patch: |-\n    "
       "- {op: add, path: /spec/values/image, value: {repository: x, tag: v1}}\n",
       redis_patch,
       {"shop-redis -> " + at + "redis.image.tag"}},
      // It is the patch that has it.
      {redis,
       only_file,
       release("shop", "    image: {repository: ghcr.io/acme/shop, tag: v1}\n"),
       {"shop -> " + at + "image.tag", "shop-redis -> " + at + "redis.image.tag"}},
      // The only one of both, and the one that is named like the release in the base.
      {redis, only_file, redis_patch, {"shop -> " + at + "redis.image.tag"}},
      {"    api: {image: {repository: ghcr.io/acme/shop, tag: v1}}\n" + redis,
       only_file,
       release("shop", "    api: {image: {tag: v2}}\n"),
       {"shop -> " + at + "api.image.tag", "shop-redis -> " + at + "redis.image.tag"}},
  };
  for (const Case& next : cases) {
    const Files files = {{"apps/base/kustomization.yaml", "resources: [r.yaml]\n"},
                         {"apps/base/r.yaml", release("shop", next.base)},
                         {"apps/live/kustomization.yaml", "resources: [../base]\n" + next.patches},
                         {"apps/live/p.yaml", next.patch}};
    EXPECT_EQ(services_of(files), next.services) << next.base << next.patches << next.patch;
    stable_catalog(files);
  }
  // What is patched is elsewhere, and may have any image.
  const Files no_base = {{"apps/live/kustomization.yaml",
                          "resources: [\"https://git.example.com/x?ref=main\"]\n" + only_file},
                         {"apps/live/p.yaml", redis_patch}};
  EXPECT_THAT(services_of(no_base), ElementsAre("shop-redis -> " + at + "redis.image.tag"));
}

TEST(CatalogImages, WhatIsPassedOverIsCounted) {
  const Files files = {
      {"apps/d.yaml", workload("Deployment", "redis", "redis:7")},
      {"apps/e.yaml", workload("Deployment", "pinned", "nginx@sha256:00")},
      {"apps/values.yaml", "image: {repository: papi, tag: v1}\nweb: {image: {tag: v2}}\n"},
      {"apps/pod.yaml", "kind: Pod\nmetadata: {name: a}\nspec: {containers: [{image: \"a:b\"}]}\n"},
      {"apps/crd.yaml",
       "apiVersion: example.com/v1\nkind: Cluster\nmetadata: {name: a}\nspec: {image: x/y}\n"},
      {"apps/chart/Chart.yaml", "name: x\n"},
      {"apps/chart/values.yaml", "image: {repository: papi, tag: v1}\n"},
      {"apps/watch.yaml",
       "apiVersion: image.toolkit.fluxcd.io/v1\nkind: ImageRepository\nspec: {image: x/y}\n"}};
  const engine::CatalogDraft found = draft(files);
  EXPECT_THAT(found.services, IsEmpty());
  EXPECT_THAT(reasons_of(found),
              testing::UnorderedElementsAre(
                  "1 image is not offered: no tag of that name has the form of a rollout's "
                  "(`imagePrefixes` of the rwenv says which images are yours): redis",
                  "1 image is pinned by digest, so a tag would change nothing: nginx",
                  "2 image tags are in values files outside of any manifest (a rollout that "
                  "names the file can set one): apps/values.yaml",
                  "2 objects have images and are of a kind that is not known: Cluster, Pod"));
}

TEST(CatalogImages, ARepositoryWithoutImagesSaysSo) {
  EXPECT_THAT(reasons_of(draft({{"apps/kustomization.yaml", "resources: []\n"}})),
              ElementsAre(HasSubstr("no image")));
}

}  // namespace
