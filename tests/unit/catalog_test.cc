#include "engine/config/catalog.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/config/catalog_scope.h"
#include "engine/config/load_catalog.h"
#include "engine/lookup_service.h"
#include "tests/support/engine_host.h"
#include "tests/support/reader_words.h"

namespace {

using engine::Catalog;
using engine::Code;

constexpr const char* kCatalog = R"({
  "generatedAt": "2026-01-02T03:04:05Z",
  "services": {
    "zeta": {"imageGroup": "backend-services", "namespace": "z"},
    "papi": {"imageGroup": "backend-services", "deployment": "papi-v2", "extra": [1]},
    "web": {"imageGroup": "web"},
    "lonely": {},
    "lost": {"imageGroup": "none"},
    "wrong": {"imageGroup": 7}
  },
  "imageGroups": {
    "backend-services": {"file": "apps/b/kustomization.yaml", "imageName": "backend-services", "type": "kustomize-images",
                         "kustomization": "apps"},
    "web": {"file": "w.yaml", "imageName": "w", "services": ["web", "web-admin"], "type": "helm-values", "path": ".a.b"},
    "unfinished": {"file": "x"}
  }
})";

Catalog parsed(const char* text = kCatalog) {
  auto catalog = Catalog::parse(text, "/c/services.json");
  EXPECT_TRUE(catalog) << catalog.error().message;
  return std::move(*catalog);
}

TEST(Catalog, TheServicesOfAProjectAreThoseThatNameIt) {
  const Catalog catalog = parsed(R"({"services": {
    "zeta": {"project": "https://git.example.com/team/shop.git"},
    "none": {"imageGroup": "project"},
    "other": {"imageGroup": "shop", "project": "https://git.example.com/team/other"},
    "escaped": {"pro\u006aect": "git@git.example.com:team/shop"},
    "empty": {"project": ""},
    "wrong": {"project": 7},
    "null": null
  }})");
  const std::vector<engine::RemoteUrl> remotes = {
      engine::RemoteUrl("https://git.example.com/team/shop")};
  EXPECT_EQ(catalog.services_of_project(remotes), (std::vector<std::string>{"zeta", "escaped"}));
  EXPECT_TRUE(catalog.services_of_project({}).empty());
}

TEST(Catalog, TheTimeMayStandInMetadataAsItOnceDid) {
  EXPECT_EQ(parsed().generated_at(), "2026-01-02T03:04:05Z");
  EXPECT_EQ(parsed(R"({"services": {}, "metadata": {"generatedFrom": "f", "generatedAt": "then"}})")
                .generated_at(),
            "then");
  EXPECT_EQ(parsed(R"({"metadata": {"generatedAt": "then"}, "generatedAt": "now"})").generated_at(),
            "now");
  for (const char* other : {R"({"metadata": {"generatedAt": 3}})", R"({"metadata": "then"})",
                            R"({"metadata": ["generatedAt", "then"]})"}) {
    EXPECT_EQ(parsed(other).generated_at(), std::nullopt) << other;
  }
}

TEST(Catalog, MadeForAnotherFluxPathIsSaid) {
  const Catalog staging = parsed(R"({"fluxPath": "clusters/staging", "services": {}})");
  engine::Rwenv rwenv{.name = "dev"};
  EXPECT_EQ(
      engine::other_scope(staging, rwenv)->message,
      "The catalog was made for the `fluxPath` clusters/staging, and rwenv 'dev' now has none: "
      "its services may be those of another environment.");
  EXPECT_EQ(test::in_braces(engine::other_scope(staging, rwenv)->hint),
            "Regenerate the catalog with {regenerate_services}.");
  rwenv.flux_path = "";
  EXPECT_TRUE(engine::other_scope(staging, rwenv));
  rwenv.flux_path = "clusters/production";
  EXPECT_NE(engine::other_scope(staging, rwenv)->message.find("now has clusters/production:"),
            std::string::npos);
  rwenv.flux_path = "clusters/staging";
  EXPECT_FALSE(engine::other_scope(staging, rwenv));
  for (const char* const silent : {kCatalog, R"({"fluxPath": ["x"]})", R"({"fluxPath": null})"}) {
    EXPECT_FALSE(engine::other_scope(parsed(silent), rwenv)) << silent;
  }
}

TEST(Catalog, ALookupSaysThatItWasMadeForAnotherFluxPath) {
  test::EngineHost machine;
  machine.directory.write("project/.claude/rwenv", "dev\n");
  machine.directory.write(
      "home/.claude/rwenv/flux-infra-guide/dev/services.json",
      R"({"fluxPath": "clusters/staging", "services": {"a": {"imageGroup": "a"}},
                              "imageGroups": {"a": {"file": "a.yaml", "imageName": "a"}}})");
  const auto warnings = [&](const char* fields) {
    machine.directory.write("home/.claude/rwenv/envs.json",
                            std::string(R"({"rwenvs": {"dev": {)") + fields + "}}}");
    engine::ProjectRequest project;
    project.directory = machine.project().string();
    const auto lookup = engine::lookup_service(machine.host(), {project, "a"});
    EXPECT_TRUE(lookup) << lookup.error().message;
    return lookup ? lookup->warnings.size() : 99;
  };
  EXPECT_EQ(warnings(""), 1U);
  EXPECT_EQ(warnings(R"("fluxPath": "./clusters/staging/")"), 0U);
  EXPECT_EQ(warnings(R"("fluxPath": 7)"), 0U) << "what a lookup does not need is not judged";
}

TEST(Catalog, ALookupPrefersWhatTheServiceSaysToWhatItsImageGroupSays) {
  test::EngineHost machine;
  machine.directory.write("project/.claude/rwenv", "dev\n");
  machine.directory.write(
      "home/.claude/rwenv/flux-infra-guide/dev/services.json",
      R"({"services": {"a": {"imageGroup": "g", "namespace": "own", "kustomization": "own-apps"},
                       "b": {"imageGroup": "g"}},
          "imageGroups": {"g": {"file": "a.yaml", "imageName": "a", "namespace": "shared",
                                "kustomization": "shared-apps"}}})");
  engine::ProjectRequest project;
  project.directory = machine.project().string();
  const auto own = engine::lookup_service(machine.host(), {project, "a"});
  ASSERT_TRUE(own) << own.error().message;
  EXPECT_EQ(own->namespace_name, "own");
  EXPECT_EQ(own->kustomization, "own-apps");
  const auto shared = engine::lookup_service(machine.host(), {project, "b"});
  ASSERT_TRUE(shared) << shared.error().message;
  EXPECT_EQ(shared->namespace_name, "shared");
  EXPECT_EQ(shared->kustomization, "shared-apps");
}

TEST(Catalog, KeepsTheOrderOfTheFile) {
  EXPECT_EQ(parsed().service_names(),
            (std::vector<std::string>{"zeta", "papi", "web", "lonely", "lost", "wrong"}));
}

TEST(Catalog, WhatIsThereTwiceIsRefusedWithThePlaceOfTheSecond) {
  const auto refusal = [](const char* text) {
    auto catalog = Catalog::parse(text, "/c/services.json");
    EXPECT_FALSE(catalog) << text;
    return catalog ? engine::Error() : catalog.error();
  };
  for (const char* const text : {R"({"services": {"a": {}}, "services": {"b": {}}})",
                                 R"({"services": {"b": {}, "c": {}, "b": {}}})",
                                 R"({"services": {}, "imageGroups": {"b": {}, "b": {}}})",
                                 R"({"services": {"a": {"imageGroup": "x", "imageGroup": "y"}}})",
                                 R"({"services": {"a": {}}, "other": [{"k": 1, "k": 1}]})"}) {
    EXPECT_EQ(refusal(text).code, Code::bad_config) << text;
  }
  const engine::Error error = refusal("{\n \"services\": {\n  \"b\": {},\n  \"b\": {}}}");
  EXPECT_EQ(error.message, "/c/services.json:4:3: services/b: the key is there twice.");
  const auto detail = [&](const std::string& key) {
    for (const auto& [name, value] : error.details) {
      if (name == key) {
        return value;
      }
    }
    return engine::Detail();
  };
  EXPECT_EQ(detail("line"), engine::Detail(std::int64_t{4}));
  EXPECT_EQ(detail("column"), engine::Detail(std::int64_t{3}));
  EXPECT_EQ(detail("field"), engine::Detail(std::string("/services/b")));
}

TEST(Catalog, FindsServiceAndGroup) {
  const Catalog catalog = parsed();
  const auto service = catalog.find_service("papi");
  ASSERT_TRUE(service);
  EXPECT_EQ(service->deployment, "papi-v2");
  const auto group = catalog.find_image_group(*service);
  ASSERT_TRUE(group);
  EXPECT_EQ(group->file, "apps/b/kustomization.yaml");
  EXPECT_EQ(group->kustomization, "apps");
  EXPECT_EQ(catalog.generated_at(), "2026-01-02T03:04:05Z");
}

TEST(Catalog, ServicesOfAGroupAreItsOwnOrThoseThatNameIt) {
  const Catalog catalog = parsed();
  const auto web = catalog.find_image_group(*catalog.find_service("web"));
  EXPECT_EQ(catalog.services_of(*web), (std::vector<std::string>{"web", "web-admin"}));
  EXPECT_EQ(web->path, ".a.b");
  const auto backend = catalog.find_image_group(*catalog.find_service("papi"));
  EXPECT_EQ(catalog.services_of(*backend), (std::vector<std::string>{"zeta", "papi"}));
}

TEST(Catalog, UnknownServiceNamesTheNearest) {
  const auto error = parsed().find_service("Pappi").error();
  EXPECT_EQ(error.code, Code::unknown_service);
  EXPECT_EQ(error.message,
            "Service 'Pappi' not found in flux-infra-guide. Run `/flux-infra-guide-regenerate` or "
            "provide the file path manually.");
  EXPECT_EQ(
      test::in_braces(error.hint),
      "Nearest names: papi.\nRegenerate the catalog with {regenerate_services}, or roll out with "
      "{file} and {imageName}.");
}

TEST(Catalog, NoImageGroupIsRefusedInTheSkillsWords) {
  const Catalog catalog = parsed();
  for (const char* name : {"lonely", "lost"}) {
    const auto error = catalog.find_image_group(*catalog.find_service(name)).error();
    EXPECT_EQ(error.code, Code::no_image_group);
    EXPECT_EQ(error.message, "No imageGroup configured for '" + std::string(name) +
                                 "'. Update services.json or provide the file path manually.");
  }
}

TEST(Catalog, AMistakeInOneEntryIsReportedThereAndNowhereElse) {
  const Catalog catalog = parsed();
  EXPECT_TRUE(catalog.find_service("papi"));
  const auto error = catalog.find_service("wrong").error();
  EXPECT_EQ(error.code, Code::bad_config);
  EXPECT_EQ(error.message,
            "/c/services.json:9:29: services/wrong/imageGroup: given 7, expected a string.");
  const auto missing = catalog.find_image_group({.name = "x", .image_group = "unfinished"}).error();
  EXPECT_EQ(missing.code, Code::bad_config);
  EXPECT_NE(missing.message.find("imageGroups/unfinished/imageName is missing"), std::string::npos);
}

TEST(Catalog, BrokenFilesAreRefusedWithThePlace) {
  EXPECT_EQ(Catalog::parse("{", "/c").error().code, Code::bad_config);
  EXPECT_EQ(Catalog::parse("[]", "/c").error().code, Code::bad_config);
  EXPECT_EQ(Catalog::parse(R"({"services": []})", "/c").error().code, Code::bad_config);
}

// One place a line, each once, and none that no catalog can be in.
TEST(Catalog, WhereThereIsNoneThePlacesAreListed) {
  const auto looked_for = [](test::EngineHost& sandbox) {
    const auto catalog = engine::load_catalog(sandbox.host(), sandbox.config(), "dev").value();
    const std::string hint = catalog->find_service("papi").error().hint;
    const std::string start = "There is no catalog; looked for:\n";
    EXPECT_EQ(hint.substr(0, start.size()), start);
    return hint.substr(start.size(), hint.find("\nRegenerate the catalog") - start.size());
  };
  test::EngineHost sandbox;
  const std::string own = (sandbox.config() / "flux-infra-guide/dev/services.json").string();
  EXPECT_EQ(looked_for(sandbox), own);
  sandbox.variables["CLAUDE_PLUGIN_ROOT"] = (sandbox.directory.path() / "none").string();
  EXPECT_EQ(looked_for(sandbox), own);
  const auto plugin = sandbox.directory.path() / "plugin";
  sandbox.directory.write("plugin/.claude-plugin/plugin.json", "{}");
  sandbox.variables["CLAUDE_PLUGIN_ROOT"] = plugin.string();
  const std::string both =
      own + "\n" + (plugin / "skills/flux-infra-guide/data/services.json").string();
  EXPECT_EQ(looked_for(sandbox), both);
  sandbox.variables["CLAUDE_PLUGIN_ROOT"] = plugin.string() + "/";
  EXPECT_EQ(looked_for(sandbox), both);
}

TEST(Catalog, IsReadFromTheFirstPlaceThatHasOne) {
  test::EngineHost sandbox;
  const auto loaded_from = [&] {
    return (*engine::load_catalog(sandbox.host(), sandbox.config(), "dev"))->file().string();
  };
  EXPECT_EQ(loaded_from(), "");
  sandbox.variables["CLAUDE_PLUGIN_ROOT"] = (sandbox.directory.path() / "plugin").string();
  const auto plugin =
      sandbox.directory.write("plugin/skills/flux-infra-guide/data/services.json", "{}");
  EXPECT_EQ(loaded_from(), plugin);
  const auto regenerated =
      sandbox.directory.write("home/.claude/rwenv/flux-infra-guide/dev/services.json", "{}");
  EXPECT_EQ(loaded_from(), regenerated);
  sandbox.variables["ROLLOUT_SERVICES_FILE"] = sandbox.directory.write("own.json", "{}").string();
  EXPECT_EQ(loaded_from(), sandbox.directory.path() / "own.json");
}

TEST(Catalog, OfTheCommandLineComesBeforeThatOfTheEnvironment) {
  test::EngineHost sandbox;
  sandbox.variables["ROLLOUT_SERVICES_FILE"] = sandbox.directory.write("own.json", "{}").string();
  engine::Host host = sandbox.host();
  host.services_file = sandbox.directory.write("argument.json", "{}").string();
  EXPECT_EQ(engine::named_catalog(host), sandbox.directory.path() / "argument.json");
}

TEST(Catalog, AFileNamedOnPurposeMustExist) {
  test::EngineHost sandbox;
  sandbox.variables["ROLLOUT_SERVICES_FILE"] = "/none/services.json";
  EXPECT_EQ(engine::load_catalog(sandbox.host(), sandbox.config(), "dev").error().code,
            Code::bad_config);
}

TEST(Catalog, WithoutAnyEveryServiceIsUnknownAndThePlacesAreNamed) {
  test::EngineHost sandbox;
  const auto catalog = engine::load_catalog(sandbox.host(), sandbox.config(), "dev");
  const auto error = (*catalog)->find_service("papi").error();
  EXPECT_EQ(error.code, Code::unknown_service);
  EXPECT_NE(error.hint.find("flux-infra-guide/dev/services.json"), std::string::npos);
}

}  // namespace
